/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* What the elements of data channels post goes to @bus from now on, and not to webrtcbin, which
 * keeps each error of theirs for ever. Before the first data channel. */
void genos_webrtc_take_channel_errors (GstElement *webrtc, GstBus *bus);

G_END_DECLS
