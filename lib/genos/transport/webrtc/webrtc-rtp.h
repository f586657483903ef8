/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Retransmission, the wait for late packets and the step of tracks in a webrtcbin. Before any track
 * is there. */
void genos_webrtc_tune_rtp (GstElement *webrtc);

/* Whether its jitterbuffers are bounded by its latency, before it has any. */
void genos_webrtc_drop_on_latency (GstElement *webrtc, gboolean drop);

G_END_DECLS
