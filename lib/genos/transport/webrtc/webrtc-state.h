/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* How far a connection came, layer by layer, for the debug log: which of ICE, DTLS and SCTP is the one
 * that is stuck. No secrets: user fragments, but no passwords. (transfer full) */
char *genos_webrtc_describe_state (GstElement *webrtc);

G_END_DECLS
