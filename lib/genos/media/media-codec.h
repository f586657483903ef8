/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include <genos/media/media-kind.h>

G_BEGIN_DECLS

typedef enum {
  GENOS_CODEC_VP8,
  GENOS_CODEC_VP9,
  GENOS_CODEC_H264,
  GENOS_CODEC_H265,
  GENOS_CODEC_AV1,
  GENOS_CODEC_OPUS,
  GENOS_CODEC_PCMU,
  GENOS_CODEC_PCMA,
} GenosCodecId;

/* What is fixed about one codec: a row of the table in media-codec.c. */
typedef struct {
  GenosCodecId id;
  GenosMediaKind kind;
  const char *name;          /* as in the property "codec" */
  const char *title;         /* as people write it */
  const char *media_type;    /* GStreamer's name of the encoded form */
  const char *encoding_name; /* RTP's name */
  int payload;
  int clock_rate; /* Hz */
} GenosMediaCodec;

const GenosMediaCodec *genos_media_codec_by_id (GenosCodecId id);
const GenosMediaCodec *genos_media_codec_by_name (const char *name);
const GenosMediaCodec *genos_media_codec_by_media_type (const char *media_type);
const GenosMediaCodec *genos_media_codec_by_encoding_name (GenosMediaKind kind, const char *name);
const GenosMediaCodec *genos_media_codec_default (GenosMediaKind kind);

/* "vp8, vp9, …" */
char *genos_media_codec_list (GenosMediaKind kind);

/* Reads names as they stand in the property "codec", separated by commas, into RTP's names for them;
 * "*" stays.
 * @names: (out) (optional) (nullable): NULL when @text is empty, which stands for any.
 * GENOS_ERROR_INVALID_ARGUMENT for a name that is none of @kind. */
gboolean
genos_media_codec_parse_list (GenosMediaKind kind, const char *text, GStrv *names, GError **error);

/* Those whose bits (1 << GenosCodecId) are set, by their titles: "VP8, H.264". */
char *genos_media_codec_list_bits (guint bits);

/* "video/x-raw" or "audio/x-raw". */
const char *genos_media_codec_raw_type (GenosMediaKind kind);

/* "video/x-raw, video/x-vp8, …" */
char *genos_media_codec_input_types (GenosMediaKind kind);

G_END_DECLS
