/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/media-codec.h>

/* The payload numbers are Chromium's own for these formats: a line that both sides use
 * must have the same number in both descriptions. The first row of a kind is its
 * default. */
static const GenosMediaCodec codecs[] = {
  { GENOS_CODEC_VP8, GENOS_MEDIA_VIDEO, "vp8", "video/x-vp8", "VP8", 96, 90000 },
  { GENOS_CODEC_H264, GENOS_MEDIA_VIDEO, "h264", "video/x-h264", "H264", 102, 90000 },
  { GENOS_CODEC_OPUS, GENOS_MEDIA_AUDIO, "opus", "audio/x-opus", "OPUS", 111, 48000 },
};

const GenosMediaCodec *
genos_media_codec_by_name (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++)
    if (g_strcmp0 (codecs[i].name, name) == 0)
      return &codecs[i];
  return NULL;
}

const GenosMediaCodec *
genos_media_codec_by_media_type (const char *media_type)
{
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++)
    if (g_strcmp0 (codecs[i].media_type, media_type) == 0)
      return &codecs[i];
  return NULL;
}

const GenosMediaCodec *
genos_media_codec_default (GenosMediaKind kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++)
    if (codecs[i].kind == kind)
      return &codecs[i];
  return NULL;
}

const char *
genos_media_codec_raw_type (GenosMediaKind kind)
{
  return kind == GENOS_MEDIA_VIDEO ? "video/x-raw" : "audio/x-raw";
}
