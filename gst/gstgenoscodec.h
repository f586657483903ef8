/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* What genosroomsink encodes raw media as. */
typedef enum {
  GST_GENOS_VIDEO_CODEC_VP8,
  GST_GENOS_VIDEO_CODEC_H264,
} GstGenosVideoCodec;

typedef enum {
  GST_GENOS_AUDIO_CODEC_OPUS,
} GstGenosAudioCodec;

#define GST_TYPE_GENOS_VIDEO_CODEC (gst_genos_video_codec_get_type ())
GType gst_genos_video_codec_get_type (void) G_GNUC_CONST;
#define GST_TYPE_GENOS_AUDIO_CODEC (gst_genos_audio_codec_get_type ())
GType gst_genos_audio_codec_get_type (void) G_GNUC_CONST;

/* As the library calls them. */
const char *gst_genos_video_codec_get_nick (GstGenosVideoCodec codec);
const char *gst_genos_audio_codec_get_nick (GstGenosAudioCodec codec);

G_END_DECLS
