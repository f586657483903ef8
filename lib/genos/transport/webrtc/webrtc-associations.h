/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Gives the SCTP association of @webrtc a number that no other one of ours has. webrtcbin (1.22, 1.26)
 * draws it, out of 65 535 for the whole process; of two with the same number the later one never
 * opens its data channel, without an error. Among 300 links that happens in every second process. Call
 * once, before there is a channel. */
void genos_webrtc_number_association (GstElement *webrtc);

G_END_DECLS
