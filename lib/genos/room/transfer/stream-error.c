/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/transfer/stream-error.h>

#include <gio/gio.h>

static const struct {
  GenosError code;
  const char *text;
} reasons[GENOS_STREAM_N_WHY] = {
  [GENOS_STREAM_WHY_FAILED] = { GENOS_ERROR_FAILED, "it failed there" },
  [GENOS_STREAM_WHY_CANCELLED] = { GENOS_ERROR_CLOSED, "it was cancelled there" },
  [GENOS_STREAM_WHY_REFUSED] = { GENOS_ERROR_CLOSED, "it is not wanted there" },
  [GENOS_STREAM_WHY_UNWANTED] = { GENOS_ERROR_UNSUPPORTED,
      "nobody there takes streams of this channel" },
  [GENOS_STREAM_WHY_UNKNOWN] = { GENOS_ERROR_CLOSED, "it is not known there any more" },
  [GENOS_STREAM_WHY_PROTOCOL] = { GENOS_ERROR_PROTOCOL, "what was sent is not understood there" },
  [GENOS_STREAM_WHY_LIMIT] = { GENOS_ERROR_LIMIT, "too many or too large streams for the peer" },
  [GENOS_STREAM_WHY_HASH] = { GENOS_ERROR_PROTOCOL,
      "what arrived is not what was sent: the hashes differ" },
  [GENOS_STREAM_WHY_TIMED_OUT] = { GENOS_ERROR_TIMED_OUT, "it took too long there" },
};

GError *
genos_stream_error_from_frame (const GenosStreamFrame *frame)
{
  guint why = MIN (frame->why, GENOS_STREAM_N_WHY - 1);

  if (frame->text == NULL || *frame->text == '\0')
    return g_error_new (
        GENOS_ERROR, reasons[why].code, "the peer ended the stream: %s", reasons[why].text);
  return g_error_new (GENOS_ERROR, reasons[why].code, "the peer ended the stream: %s (%s)",
      reasons[why].text, frame->text);
}

static GenosStreamWhy
why_of_code (gint code)
{
  switch (code) {
    case GENOS_ERROR_PROTOCOL:
      return GENOS_STREAM_WHY_PROTOCOL;
    case GENOS_ERROR_AUTHENTICATION:
      return GENOS_STREAM_WHY_HASH;
    case GENOS_ERROR_LIMIT:
      return GENOS_STREAM_WHY_LIMIT;
    case GENOS_ERROR_TIMED_OUT:
      return GENOS_STREAM_WHY_TIMED_OUT;
    case GENOS_ERROR_CLOSED:
      return GENOS_STREAM_WHY_REFUSED;
    case GENOS_ERROR_UNSUPPORTED:
      return GENOS_STREAM_WHY_UNWANTED;
    default:
      return GENOS_STREAM_WHY_FAILED;
  }
}

GenosStreamWhy
genos_stream_error_get_why (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return GENOS_STREAM_WHY_CANCELLED;
  return error->domain == GENOS_ERROR ? why_of_code (error->code) : GENOS_STREAM_WHY_FAILED;
}

/* An error of the file system may name paths, which are nobody else's business; that there is no room
 * left is what the other side has to know. */
static const char *
text_for_peer (const GError *error)
{
  if (error->domain == GENOS_ERROR)
    return error->message;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
    return "no space is left there";
  return NULL;
}

GBytes *
genos_stream_error_build_frame (GenosStreamFrameKind kind, const GError *error)
{
  const GenosStreamFrame frame = { .kind = kind,
    .why = (guint8) genos_stream_error_get_why (error),
    .text = (char *) text_for_peer (error) };

  return genos_stream_frame_build (&frame);
}
