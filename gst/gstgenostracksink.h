/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/genos.h>

#include <gst/base/gstbasesink.h>

G_BEGIN_DECLS

/* Private: the end of one pad of genosroomsink. Stamps buffers in the time of the system clock and
 * hands them to a local track, which never blocks.
 *
 * A file is paced by the clock as every sink does it. What comes live is handed on at once: the
 * pipeline's latency is for those who play, the receivers have their own.
 *
 * Signals, on the streaming thread or in a state change:
 * ::track-wanted (GstCaps) → GenosLocalTrack   media of these caps is about to be sent
 * ::track-ended (GenosLocalTrack)              EOS, or the element stops */
#define GST_TYPE_GENOS_TRACK_SINK (gst_genos_track_sink_get_type ())
G_DECLARE_FINAL_TYPE (GstGenosTrackSink, gst_genos_track_sink, GST, GENOS_TRACK_SINK, GstBaseSink)

GstGenosTrackSink *gst_genos_track_sink_new (GenosMediaKind kind);
/* Before it starts: whatever kind its first caps are of. */
void gst_genos_track_sink_take_any (GstGenosTrackSink *self);
GenosMediaKind gst_genos_track_sink_get_kind (GstGenosTrackSink *self);

/* What genos_local_track_get_stats() says; NULL while there is no track. (transfer full) */
GstStructure *gst_genos_track_sink_get_stats (GstGenosTrackSink *self);

G_END_DECLS
