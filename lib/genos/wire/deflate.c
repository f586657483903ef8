/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/deflate.h>

#include <zlib.h>

#include <genos/base/error.h>

#define STEP (16 * 1024)

GBytes *
genos_deflate (const guint8 *data, gsize size)
{
  uLongf out_size = compressBound (size);
  g_autofree guint8 *out = g_malloc (out_size);

  if (compress2 (out, &out_size, data, size, Z_DEFAULT_COMPRESSION) != Z_OK)
    g_error ("zlib does not compress");
  return g_bytes_new (out, out_size);
}

static gboolean
too_long (GError **error, gsize max)
{
  g_set_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT,
      "deflated data holds more than %" G_GSIZE_FORMAT " bytes", max);
  return FALSE;
}

/* Output grows with what the data really holds, never with what it claims. */
static gboolean
inflate_all (z_stream *stream, GByteArray *out, gsize max, GError **error)
{
  guint8 step[STEP];
  int result;

  do {
    gsize n;

    stream->next_out = step;
    stream->avail_out = sizeof step;
    result = inflate (stream, Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END)
      break;
    n = sizeof step - stream->avail_out;
    if (n > max - out->len)
      return too_long (error, max);
    g_byte_array_append (out, step, (guint) n);
  } while (result == Z_OK);

  if (result != Z_STREAM_END || stream->avail_in > 0) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL, "malformed deflated data");
    return FALSE;
  }
  return TRUE;
}

GBytes *
genos_inflate (const guint8 *data, gsize size, gsize max, GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  z_stream stream = { 0 };
  gboolean whole;

  if (size > G_MAXUINT / 2) {
    too_long (error, max);
    return NULL;
  }
  stream.next_in = (guint8 *) data;
  stream.avail_in = (uInt) size;
  if (inflateInit (&stream) != Z_OK)
    g_error ("zlib does not start");
  whole = inflate_all (&stream, out, MIN (max, G_MAXUINT / 4), error);
  inflateEnd (&stream);
  return whole ? g_byte_array_free_to_bytes (g_steal_pointer (&out)) : NULL;
}
