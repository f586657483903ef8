/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* What genosroomsink encodes raw media as. */
typedef enum {
  GST_GENOS_VIDEO_CODEC_VP8,
  GST_GENOS_VIDEO_CODEC_H264,
  GST_GENOS_VIDEO_CODEC_VP9,
  GST_GENOS_VIDEO_CODEC_H265,
  GST_GENOS_VIDEO_CODEC_AV1,
} GstGenosVideoCodec;

typedef enum {
  GST_GENOS_AUDIO_CODEC_OPUS,
  GST_GENOS_AUDIO_CODEC_PCMU,
  GST_GENOS_AUDIO_CODEC_PCMA,
} GstGenosAudioCodec;

#define GST_TYPE_GENOS_VIDEO_CODEC (gst_genos_video_codec_get_type ())
GType gst_genos_video_codec_get_type (void) G_GNUC_CONST;
#define GST_TYPE_GENOS_AUDIO_CODEC (gst_genos_audio_codec_get_type ())
GType gst_genos_audio_codec_get_type (void) G_GNUC_CONST;

/* What a track takes beside raw media, encoded. */
#define GST_GENOS_VIDEO_CAPS                                                                       \
  "video/x-raw(ANY); video/x-vp8; video/x-vp9; video/x-h264; video/x-h265; video/x-av1"
#define GST_GENOS_AUDIO_CAPS                                                                       \
  "audio/x-raw; audio/x-opus; audio/x-mulaw, rate=8000, channels=1; "                              \
  "audio/x-alaw, rate=8000, channels=1"

/* Codecs as the library calls them, separated by commas. @text: nullable. */
GStrv gst_genos_codecs_parse (const char *text);

/* Whether all of them are of that enumeration; @error: GENOS_ERROR_INVALID_ARGUMENT, and which there are. */
gboolean gst_genos_codecs_check (GType type, const char *const *codecs, GError **error);

/* The value of one of the enumerations above, and the other way round; what it does not know is its
 * first. */
GStrv gst_genos_codecs_from_value (GType type, int codec);
int gst_genos_codecs_to_value (GType type, const char *const *codecs);

G_END_DECLS
