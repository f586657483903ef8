/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Keeps the elements that @webrtc removes from itself until a few more have been removed, or it is
 * gone: webrtcbin 1.26 uses those of a data channel after it has given them up. Call once, before
 * there is a channel. */
void genos_webrtc_keep_remnants (GstElement *webrtc);

G_END_DECLS
