/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/stream-frame.h>

#include <string.h>

#include <genos/base/error.h>

#define MAX_OFFSET ((guint64) G_MAXINT64)

void
genos_stream_frame_clear (GenosStreamFrame *self)
{
  g_clear_pointer (&self->text, g_free);
}

gboolean
genos_stream_frame_is_of_sender (GenosStreamFrameKind kind)
{
  return kind < GENOS_STREAM_ACCEPT;
}

/* --- building */

static void
put_number (GByteArray *out, guint64 value)
{
  guint64 big = GUINT64_TO_BE (value);

  g_byte_array_append (out, (const guint8 *) &big, sizeof big);
}

/* Cut between two characters. */
static void
put_text (GByteArray *out, const char *text, gsize max)
{
  gsize size = text != NULL ? strlen (text) : 0;

  if (size > max)
    size = (gsize) (g_utf8_find_prev_char (text, text + max + 1) - text);
  if (size > 0)
    g_byte_array_append (out, (const guint8 *) text, (guint) size);
}

GBytes *
genos_stream_frame_build (const GenosStreamFrame *frame)
{
  GByteArray *out = g_byte_array_sized_new ((guint) frame->data_size + 64);
  guint8 kind = (guint8) frame->kind;

  g_byte_array_append (out, &kind, 1);
  switch (frame->kind) {
    case GENOS_STREAM_OPEN:
      put_number (out, frame->size);
      put_text (out, frame->text, GENOS_STREAM_MAX_METADATA);
      break;
    case GENOS_STREAM_BEGIN:
      put_number (out, frame->offset);
      break;
    case GENOS_STREAM_DATA:
      put_number (out, frame->offset);
      g_byte_array_append (out, frame->data, (guint) frame->data_size);
      break;
    case GENOS_STREAM_END:
      put_number (out, frame->size);
      g_byte_array_append (out, frame->hash32, sizeof frame->hash32);
      break;
    case GENOS_STREAM_ACCEPT:
      put_number (out, frame->offset);
      put_number (out, frame->limit);
      g_byte_array_append (out, frame->hash32, sizeof frame->hash32);
      break;
    case GENOS_STREAM_CREDIT:
      put_number (out, frame->offset);
      put_number (out, frame->limit);
      break;
    case GENOS_STREAM_ABORT:
    case GENOS_STREAM_STOP:
      g_byte_array_append (out, &frame->why, 1);
      put_text (out, frame->text, GENOS_STREAM_MAX_TEXT);
      break;
    case GENOS_STREAM_RESUME:
    case GENOS_STREAM_DONE:
      break;
  }
  return g_byte_array_free_to_bytes (out);
}

/* --- reading */

/* What is left to read; one step too far, and everything after it fails. */
typedef struct {
  const guint8 *data;
  gsize size;
  gboolean failed;
} Reader;

static const guint8 *
take (Reader *reader, gsize size)
{
  const guint8 *at = reader->data;

  if (reader->failed || size > reader->size) {
    reader->failed = TRUE;
    return NULL;
  }
  reader->data += size;
  reader->size -= size;
  return at;
}

static guint64
take_number (Reader *reader)
{
  const guint8 *at = take (reader, 8);
  guint64 big = 0;

  if (at != NULL)
    memcpy (&big, at, sizeof big);
  return GUINT64_FROM_BE (big);
}

static guint64
take_offset (Reader *reader)
{
  guint64 value = take_number (reader);

  if (value > MAX_OFFSET)
    reader->failed = TRUE;
  return value;
}

static void
take_hash (Reader *reader, guint8 hash32[GENOS_STREAM_HASH_SIZE])
{
  const guint8 *at = take (reader, GENOS_STREAM_HASH_SIZE);

  if (at != NULL)
    memcpy (hash32, at, GENOS_STREAM_HASH_SIZE);
}

/* (transfer full) (nullable): all that is left. */
static char *
take_text (Reader *reader, gsize max)
{
  gsize size = reader->size;
  const guint8 *at;

  if (size > max) {
    reader->failed = TRUE;
    return NULL;
  }
  at = take (reader, size);
  if (at == NULL || !g_utf8_validate_len ((const char *) at, size, NULL)) {
    reader->failed = TRUE;
    return NULL;
  }
  return g_strndup ((const char *) at, size);
}

static void
take_open (Reader *reader, GenosStreamFrame *frame)
{
  frame->size = take_number (reader);
  if (frame->size > MAX_OFFSET && frame->size != GENOS_STREAM_SIZE_UNKNOWN)
    reader->failed = TRUE;
  frame->text = take_text (reader, GENOS_STREAM_MAX_METADATA);
}

static void
take_data (Reader *reader, GenosStreamFrame *frame)
{
  frame->offset = take_offset (reader);
  frame->data_size = reader->size;
  frame->data = take (reader, reader->size);
  if (frame->data_size == 0 || frame->data_size > GENOS_STREAM_MAX_DATA
      || frame->offset > MAX_OFFSET - frame->data_size)
    reader->failed = TRUE;
}

static void
take_fields (Reader *reader, GenosStreamFrame *frame)
{
  const guint8 *why;

  switch (frame->kind) {
    case GENOS_STREAM_OPEN:
      take_open (reader, frame);
      break;
    case GENOS_STREAM_BEGIN:
      frame->offset = take_offset (reader);
      break;
    case GENOS_STREAM_DATA:
      take_data (reader, frame);
      break;
    case GENOS_STREAM_END:
      frame->size = take_offset (reader);
      take_hash (reader, frame->hash32);
      break;
    case GENOS_STREAM_ACCEPT:
      frame->offset = take_offset (reader);
      frame->limit = take_offset (reader);
      take_hash (reader, frame->hash32);
      break;
    case GENOS_STREAM_CREDIT:
      frame->offset = take_offset (reader);
      frame->limit = take_offset (reader);
      break;
    case GENOS_STREAM_ABORT:
    case GENOS_STREAM_STOP:
      why = take (reader, 1);
      frame->why = why != NULL && *why < GENOS_STREAM_N_WHY ? *why : GENOS_STREAM_WHY_FAILED;
      frame->text = take_text (reader, GENOS_STREAM_MAX_TEXT);
      break;
    case GENOS_STREAM_RESUME:
    case GENOS_STREAM_DONE:
      break;
    default:
      reader->failed = TRUE;
  }
}

gboolean
genos_stream_frame_parse (GBytes *bytes, GenosStreamFrame *frame, GError **error)
{
  Reader reader = { NULL, 0, FALSE };
  GenosStreamFrame read = { 0 };
  const guint8 *kind;

  reader.data = g_bytes_get_data (bytes, &reader.size);
  kind = take (&reader, 1);
  if (kind != NULL) {
    read.kind = *kind;
    take_fields (&reader, &read);
  }
  /* Later versions may say more behind what is fixed: nothing does yet, and so nothing is hidden there. */
  if (reader.failed || reader.size > 0) {
    genos_stream_frame_clear (&read);
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL, "stream: a frame that is none");
    return FALSE;
  }
  *frame = read;
  return TRUE;
}
