/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/topic.h>

#include <string.h>

char *
genos_topic_path (
    const GenosDialect *dialect, const char *app_id, const char *room_name, const char *peer_id)
{
  return g_strconcat (dialect->namespace_, "@", app_id, "@", dialect->room_prefix, room_name,
      peer_id != NULL ? "@" : NULL, peer_id, NULL);
}

static void
append_base36 (GString *out, guint8 byte)
{
  static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";

  if (byte >= 36)
    g_string_append_c (out, digits[byte / 36]);
  g_string_append_c (out, digits[byte % 36]);
}

char *
genos_topic_from_path (const char *path)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  GString *topic = g_string_sized_new (40);
  guint8 digest[20];
  gsize size = sizeof digest;

  g_checksum_update (checksum, (const guchar *) path, (gssize) strlen (path));
  g_checksum_get_digest (checksum, digest, &size);
  for (gsize i = 0; i < size; i++)
    append_base36 (topic, digest[i]);
  return g_string_free (topic, FALSE);
}

guint
genos_topic_kind (const char *topic)
{
  guint sum = 0;

  for (; *topic != '\0'; topic++)
    sum += (guchar) *topic;
  return 20000 + sum % 10000;
}
