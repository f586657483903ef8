/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include <genos/transport/home.h>
#include <genos/transport/rtp/rate-estimator.h>

G_BEGIN_DECLS

/* What one link can take, from what the RTP session of its webrtcbin is told by the other side.
 *
 * Threading contract: any thread; what changed is posted home. Reference counted. */
typedef struct _GenosWebrtcRate GenosWebrtcRate;

/* Before the first description. @changed is posted when the rate has changed by more than a little. */
GenosWebrtcRate *genos_webrtc_rate_new (GstElement *webrtc, GenosHome *home, GenosHomeFunc changed);
GenosWebrtcRate *genos_webrtc_rate_ref (GenosWebrtcRate *self);
void genos_webrtc_rate_unref (GenosWebrtcRate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosWebrtcRate, genos_webrtc_rate_unref)

/* bit/s with headers, or GENOS_RATE_UNBOUNDED. */
guint genos_webrtc_rate_get (GenosWebrtcRate *self);

/* genos_rate_estimator_get_pace() */
double genos_webrtc_rate_get_pace (GenosWebrtcRate *self, gint64 now);

/* About once a second while something is being sent: so many bytes since the start. */
void genos_webrtc_rate_check (GenosWebrtcRate *self, guint64 sent_bytes);

/* Sets `available-bitrate` (uint, absent: no bound is known), `arriving-bitrate` (uint), `loss`
 * (double, share), `queue-ms`, `round-trip-ms` (uint), `transport-feedback` (boolean). */
void genos_webrtc_rate_describe (GenosWebrtcRate *self, GstStructure *stats);

G_END_DECLS
