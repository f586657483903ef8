/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "record-name.h"

#include <string.h>

/* Peer ids have 20 characters, stream ids of browsers 36 random ones. */
#define MAX_PEER 32
#define MAX_STREAM 16

char *
genos_record_name_part (const char *text, gsize max, const char *fallback)
{
  GString *part = g_string_new (NULL);

  for (const char *c = text; c != NULL && *c != '\0' && part->len < max; c++) {
    if (g_ascii_isalnum (*c))
      g_string_append_c (part, *c);
    else if (part->len > 0 && (*c == '-' || part->str[part->len - 1] != '_'))
      g_string_append_c (part, *c == '-' ? '-' : '_');
  }
  while (part->len > 0 && !g_ascii_isalnum (part->str[part->len - 1]))
    g_string_truncate (part, part->len - 1);
  if (part->len == 0)
    g_string_assign (part, fallback);
  return g_string_free (part, FALSE);
}

char *
genos_record_name (
    const char *peer_id, const char *stream_id, guint segment, guint attempt, const char *extension)
{
  g_autofree char *peer = genos_record_name_part (peer_id, MAX_PEER, "peer");
  g_autofree char *stream = genos_record_name_part (stream_id, MAX_STREAM, "stream");

  if (attempt == 0)
    return g_strdup_printf ("%s-%s-%03u.%s", peer, stream, segment, extension);
  return g_strdup_printf ("%s-%s-%03u-%u.%s", peer, stream, segment, attempt + 1, extension);
}
