/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenoscodec.h"

G_DEFINE_ENUM_TYPE (GstGenosVideoCodec, gst_genos_video_codec,
    G_DEFINE_ENUM_VALUE (GST_GENOS_VIDEO_CODEC_VP8, "vp8"),
    G_DEFINE_ENUM_VALUE (GST_GENOS_VIDEO_CODEC_H264, "h264"),
    G_DEFINE_ENUM_VALUE (GST_GENOS_VIDEO_CODEC_VP9, "vp9"),
    G_DEFINE_ENUM_VALUE (GST_GENOS_VIDEO_CODEC_H265, "h265"),
    G_DEFINE_ENUM_VALUE (GST_GENOS_VIDEO_CODEC_AV1, "av1"))

G_DEFINE_ENUM_TYPE (GstGenosAudioCodec, gst_genos_audio_codec,
    G_DEFINE_ENUM_VALUE (GST_GENOS_AUDIO_CODEC_OPUS, "opus"),
    G_DEFINE_ENUM_VALUE (GST_GENOS_AUDIO_CODEC_PCMU, "pcmu"),
    G_DEFINE_ENUM_VALUE (GST_GENOS_AUDIO_CODEC_PCMA, "pcma"))

static const char *
get_nick (GType type, int value)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (type);

  return g_enum_get_value (klass, value)->value_nick;
}

const char *
gst_genos_video_codec_get_nick (GstGenosVideoCodec codec)
{
  return get_nick (GST_TYPE_GENOS_VIDEO_CODEC, codec);
}

const char *
gst_genos_audio_codec_get_nick (GstGenosAudioCodec codec)
{
  return get_nick (GST_TYPE_GENOS_AUDIO_CODEC, codec);
}
