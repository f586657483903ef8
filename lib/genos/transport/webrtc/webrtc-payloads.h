/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include <genos/transport/rtp/rtp-payloads.h>

G_BEGIN_DECLS

/* Renumbers the payload types of packets where the remote has others than webrtcbin: behind everything that
 * knows them when they leave, and before it when they come. As long as there is nothing to renumber, no packet is
 * looked at. Reports name sources only, and stay as they are.
 *
 * Threading contract: any thread. */
typedef struct _GenosWebrtcPayloads GenosWebrtcPayloads;

/* For a webrtcbin that is still in NULL. */
GenosWebrtcPayloads *genos_webrtc_payloads_new (GstElement *webrtc);
GenosWebrtcPayloads *genos_webrtc_payloads_ref (GenosWebrtcPayloads *self);
void genos_webrtc_payloads_unref (GenosWebrtcPayloads *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosWebrtcPayloads, genos_webrtc_payloads_unref)

/* @routes: (element-type GenosRtpRoute), ascending. Takes ownership. @to_wire: of what leaves. */
void genos_webrtc_payloads_set (GenosWebrtcPayloads *self, gboolean to_wire, GArray *routes);

/* @repairs: (element-type GenosRtpRepair). webrtcbin tells what sends and what takes packets again the same, of all
 * lines, and one number for each format; and it does not tell it of lines that come later. @sent: of what leaves. */
void
genos_webrtc_payloads_set_repairs (GenosWebrtcPayloads *self, gboolean sent, const GArray *repairs);

/* For tests too: may replace @packet by a changed copy. */
void
genos_webrtc_payloads_renumber (GenosWebrtcPayloads *self, gboolean to_wire, GstBuffer **packet);

G_END_DECLS
