/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Retransmission, the wait for late packets and the step of tracks in a webrtcbin. Before any track
 * is there. */
void genos_webrtc_tune_rtp (GstElement *webrtc);

G_END_DECLS
