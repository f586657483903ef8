/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Whether a decoder can begin with this picture.
 *
 * DELTA_UNIT alone does not tell: h264parse (seen with GStreamer 1.26) calls any picture of intra slices
 * a key frame, even one that is followed by pictures which refer to what came before it. So H.264 needs
 * an IDR picture or an SPS (which goes in front of a recovery point), H.265 an IRAP picture or an SPS. */
gboolean genos_record_key_frame_check (GstCaps *caps, GstBuffer *buffer);

G_END_DECLS
