/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/audio/audio.h>
#include <gst/video/video.h>

#include <genos/base/error.h>
#include <genos/media/media-codec.h>

G_BEGIN_DECLS

/* What comes into a track, checked: anything in here can be encoded or packed. */
typedef struct {
  const GenosMediaCodec *codec;
  gboolean encoded;
  gboolean in_system_memory;
  GstCaps *caps;      /* made complete where a field is usually left out */
  GstVideoInfo video; /* raw video only */
  GstAudioInfo audio; /* raw audio only */
} GenosInputFormat;

/* @codec_name: what the track shall send, nullable. GENOS_ERROR_UNSUPPORTED says what is accepted. */
gboolean genos_input_format_init (GenosInputFormat *self, GenosMediaKind kind,
    const char *codec_name, GstCaps *caps, GError **error);
void genos_input_format_clear (GenosInputFormat *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GenosInputFormat, genos_input_format_clear)

/* FALSE: in that of a graphics card, and the like. */
gboolean genos_input_format_is_in_system_memory (GstCaps *caps);

/* What can come in at best: the formats, and the memory that encoders here take pictures
 * in. (transfer full) */
GstCaps *genos_input_format_list_caps (GenosMediaKind kind);

G_END_DECLS
