/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/transport/sdp/rtp-stand-ins.h>

#include <gst/gst.h>

G_BEGIN_DECLS

/* Keeps media of unannounced sources away from rtpbin. A source that rtpbin meets before its
 * description makes webrtcbin fall back to m-line 0 and crash (1.22 and 1.26), so that any peer
 * could end the process by sending early.
 *
 * Threading contract: any thread. */
typedef struct _GenosSsrcGate GenosSsrcGate;

GenosSsrcGate *genos_ssrc_gate_new (void);
GenosSsrcGate *genos_ssrc_gate_ref (GenosSsrcGate *self);
void genos_ssrc_gate_unref (GenosSsrcGate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosSsrcGate, genos_ssrc_gate_unref)

/* @ssrcs: guint32, ascending. Takes ownership. */
void genos_ssrc_gate_set (GenosSsrcGate *self, GArray *ssrcs);

/* @rows: (element-type GenosStandIn): what comes from sources that nobody announced, and goes through under
 * other names, which are announced. */
void genos_ssrc_gate_set_stand_ins (GenosSsrcGate *self, const GArray *rows);

/* Watches over a webrtcbin that is still in NULL. */
void genos_ssrc_gate_watch (GenosSsrcGate *self, GstElement *webrtc);

/* TRUE when a receiving transport had no pad to guard: the link must not go on. */
gboolean genos_ssrc_gate_is_broken (GenosSsrcGate *self);

/* The decisions, for tests too: FALSE means drop. */
/* They may replace @buffer by a changed copy. */
gboolean genos_ssrc_gate_check_rtp (GenosSsrcGate *self, GstBuffer **buffer);
gboolean genos_ssrc_gate_check_rtcp (GenosSsrcGate *self, GstBuffer **buffer);
/* Of our own reports, which say what is heard of others. */
void genos_ssrc_gate_rename_report (GenosSsrcGate *self, GstBuffer **buffer);

G_END_DECLS
