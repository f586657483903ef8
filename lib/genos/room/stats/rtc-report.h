/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include <genos/media/local-track.h>
#include <genos/media/remote-track.h>
#include <genos/room/stats/stats-rates.h>
#include <genos/transport/link-receiver.h>
#include <genos/transport/link-sender.h>

G_BEGIN_DECLS

/* The statistics of one link in the words of W3C's webrtc-stats: names as there, with hyphens for
 * capitals, units too (seconds, bytes, fractions). Made of what was counted here and of what webrtcbin
 * last said; pure, but for asking the objects it is given. */
typedef struct _GenosRtcReport GenosRtcReport;

/* @webrtc: (nullable): webrtcbin's get-stats; has to live as long. @now: µs, monotonic. */
GenosRtcReport *
genos_rtc_report_new (const GstStructure *webrtc, GenosStatsRates *rates, gint64 now);

/* @track: (nullable) */
void
genos_rtc_report_add_sender (GenosRtcReport *self, GenosLocalTrack *track, GenosLinkSender *sender);
void genos_rtc_report_add_receiver (
    GenosRtcReport *self, GenosRemoteTrack *track, GenosLinkReceiver *receiver);

/* @path: (nullable): as genos_peer_link_dup_path() tells it */
void genos_rtc_report_set_path (GenosRtcReport *self, const GstStructure *path);

/* Writes "outbound-rtp", "inbound-rtp" (lists) and "candidate-pair" to @stats, and frees the report. */
void genos_rtc_report_finish (GenosRtcReport *self, GstStructure *stats);

G_END_DECLS
