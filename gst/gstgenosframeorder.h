/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Bringing the tracks of a peer in step may set a frame back by some ms. Parsers take the time from a frame
 * that has the same as the one before, and muxers refuse what has none: so each frame of a track that is newer than
 * all others is also later. One that is older than others (B frames are sent after what they lie before) keeps its
 * time. */
typedef struct {
  gboolean begun;
  guint32 ssrc;
  guint32 rtp_time; /* of the newest frame … */
  GstClockTime pts; /* … and the time it has */
} GstGenosFrameOrder;

/* @packet: RTP; @pts: the time at which it belongs. Returns the time that it gets. */
GstClockTime
gst_genos_frame_order_take (GstGenosFrameOrder *self, GstBuffer *packet, GstClockTime pts);

G_END_DECLS
