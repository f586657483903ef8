/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/channel-splitter.h>

#include <string.h>

#include <genos/base/error.h>
#include <genos/wire/deflate.h>
#include <genos/wire/json-text.h>

/* Shorter texts are not worth it; browsers draw the line at the same length. */
#define DEFLATE_FROM 512

typedef struct {
  const char *type;
  guint8 nonce;
  guint8 tag;
  guint total;
  GPtrArray *frames;
} Splitter;

static gboolean
check_json (const char *what, const char *text, gsize size, GError **error)
{
  g_autoptr (GError) reason = NULL;

  if (genos_json_check (text, (gssize) size, &reason))
    return TRUE;
  g_set_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT, "%s: %s", what, reason->message);
  return FALSE;
}

static gboolean
check_payload (GenosPayloadKind kind, GBytes *payload, GError **error)
{
  gsize size;
  const char *text = g_bytes_get_data (payload, &size);

  if (kind == GENOS_PAYLOAD_JSON)
    return check_json ("the message", text != NULL ? text : "", size, error);
  if (kind == GENOS_PAYLOAD_STRING && size > 0 && !g_utf8_validate_len (text, size, NULL)) {
    g_set_error_literal (
        error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT, "the message is not UTF-8 without NUL");
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_metadata (GenosPayloadKind kind, const char *metadata, GError **error)
{
  if (metadata == NULL)
    return TRUE;
  if (kind != GENOS_PAYLOAD_BINARY) {
    g_set_error_literal (
        error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT, "only binary messages carry metadata");
    return FALSE;
  }
  if (strlen (metadata) > GENOS_FRAME_PAYLOAD) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_LIMIT, "the metadata is too long");
    return FALSE;
  }
  return check_json ("the metadata", metadata, strlen (metadata), error);
}

static guint8
tag_of (const GenosDialect *dialect, GenosPayloadKind kind)
{
  switch (kind) {
    case GENOS_PAYLOAD_JSON:
      return GENOS_FRAME_JSON;
    case GENOS_PAYLOAD_BINARY:
      return dialect->binary_has_json_bit ? GENOS_FRAME_BINARY | GENOS_FRAME_JSON
                                          : GENOS_FRAME_BINARY;
    case GENOS_PAYLOAD_EXTENDED:
      return GENOS_FRAME_BINARY | GENOS_FRAME_EXTENDED;
    default:
      return 0;
  }
}

static void
add_frame (Splitter *self, guint8 further_tag, const guint8 *payload, gsize size)
{
  guint number = self->frames->len + 1;
  guint8 progress = (guint8) ((2 * 255 * number + self->total) / (2 * self->total));
  guint8 tag = self->tag | further_tag | (number == self->total ? GENOS_FRAME_LAST : 0);

  g_ptr_array_add (self->frames,
      genos_channel_frame_build (self->type, self->nonce, tag, progress, payload, size));
}

static void
add_payload (Splitter *self, GBytes *payload)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (payload, &size);

  while (self->frames->len < self->total) {
    gsize n = MIN (size, GENOS_FRAME_PAYLOAD);

    add_frame (self, 0, data, n);
    if (n > 0)
      data += n;
    size -= n;
  }
}

static gsize
count_chunks (GBytes *payload, const char *metadata)
{
  gsize size = g_bytes_get_size (payload);

  return MAX (1, size / GENOS_FRAME_PAYLOAD + (size % GENOS_FRAME_PAYLOAD != 0))
      + (metadata != NULL);
}

static guint
max_chunks (GenosPayloadKind kind)
{
  return kind == GENOS_PAYLOAD_EXTENDED ? GENOS_EXTENDED_MAX_CHUNKS : GENOS_MESSAGE_MAX_CHUNKS;
}

GPtrArray *
genos_channel_split (const GenosDialect *dialect, const char *type, guint8 nonce,
    GenosPayloadKind kind, GBytes *payload, const char *metadata, GError **error)
{
  g_autoptr (GBytes) body = NULL;
  Splitter self = { type, nonce, tag_of (dialect, kind), 0, NULL };
  gsize chunks;

  if (!check_payload (kind, payload, error) || !check_metadata (kind, metadata, error))
    return NULL;
  if (dialect->deflates_text && (kind == GENOS_PAYLOAD_STRING || kind == GENOS_PAYLOAD_JSON)
      && g_bytes_get_size (payload) >= DEFLATE_FROM) {
    body = genos_deflate (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
    self.tag |= GENOS_FRAME_DEFLATED;
  } else {
    body = g_bytes_ref (payload);
  }
  chunks = count_chunks (body, metadata);
  if (chunks > max_chunks (kind)) {
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT,
        "the message needs %" G_GSIZE_FORMAT " chunks, a peer takes %u", chunks, max_chunks (kind));
    return NULL;
  }
  self.total = (guint) chunks;
  self.frames = g_ptr_array_new_full (self.total, (GDestroyNotify) g_bytes_unref);
  if (metadata != NULL)
    add_frame (&self, GENOS_FRAME_META, (const guint8 *) metadata, strlen (metadata));
  add_payload (&self, body);
  return self.frames;
}
