/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/audio/audio.h>
#include <gst/video/video.h>

G_BEGIN_DECLS

/* Whether a buffer holds what its caps promise. vp8enc 1.22 reads through a null pointer
 * when it does not. */
gboolean genos_raw_check_picture (const GstVideoInfo *info, GstBuffer *buffer);
gboolean genos_raw_check_sound (const GstAudioInfo *info, GstBuffer *buffer);

G_END_DECLS
