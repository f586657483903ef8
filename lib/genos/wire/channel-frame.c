/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/channel-frame.h>

#include <string.h>

#include <genos/base/error.h>

#define NONCE_AT 12
#define TAG_AT 13
#define PROGRESS_AT 14
#define LARGEST (64 * 1024)

static gboolean
fail (GError **error, const char *what)
{
  g_set_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL, "frame: %s", what);
  return FALSE;
}

static gboolean
parse_type (const guint8 *data, char *type, GError **error)
{
  gsize n = strnlen ((const char *) data, GENOS_FRAME_TYPE_SIZE);

  if (n == 0)
    return fail (error, "the type is empty");
  for (gsize i = n; i < GENOS_FRAME_TYPE_SIZE; i++) {
    if (data[i] != 0)
      return fail (error, "the type goes on after its end");
  }
  if (!g_utf8_validate_len ((const char *) data, n, NULL))
    return fail (error, "the type is not UTF-8");
  memset (type, 0, GENOS_FRAME_TYPE_SIZE + 1);
  memcpy (type, data, n);
  return TRUE;
}

gboolean
genos_channel_frame_parse (const guint8 *data, gsize size, GenosChannelFrame *frame, GError **error)
{
  if (size < GENOS_FRAME_HEADER)
    return fail (error, "shorter than its header");
  if (size > LARGEST)
    return fail (error, "longer than 64 KiB");
  if (!parse_type (data, frame->type, error))
    return FALSE;
  frame->nonce = data[NONCE_AT];
  frame->tag = data[TAG_AT];
  frame->progress = data[PROGRESS_AT];
  frame->payload = data + GENOS_FRAME_HEADER;
  frame->payload_size = size - GENOS_FRAME_HEADER;
  return TRUE;
}

GBytes *
genos_channel_frame_build (const char *type, guint8 nonce, guint8 tag, guint8 progress,
    const guint8 *payload, gsize payload_size)
{
  gsize type_size = strlen (type);
  guint8 *data;

  g_return_val_if_fail (type_size <= GENOS_FRAME_TYPE_SIZE, NULL);
  g_return_val_if_fail (payload_size <= LARGEST - GENOS_FRAME_HEADER, NULL);

  data = g_malloc0 (GENOS_FRAME_HEADER + payload_size);
  memcpy (data, type, type_size);
  data[NONCE_AT] = nonce;
  data[TAG_AT] = tag;
  data[PROGRESS_AT] = progress;
  if (payload_size > 0)
    memcpy (data + GENOS_FRAME_HEADER, payload, payload_size);
  return g_bytes_new_take (data, GENOS_FRAME_HEADER + payload_size);
}

gboolean
genos_channel_name_check (const char *name, GError **error)
{
  if (name == NULL || *name == '\0' || strlen (name) > GENOS_FRAME_TYPE_SIZE
      || !g_utf8_validate (name, -1, NULL)) {
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT,
        "a channel name is 1 to %d bytes of UTF-8", GENOS_FRAME_TYPE_SIZE);
    return FALSE;
  }
  if (g_str_has_prefix (name, "@_")) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT,
        "channel names that begin with @_ belong to the protocol");
    return FALSE;
  }
  return TRUE;
}
