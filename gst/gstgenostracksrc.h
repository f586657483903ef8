/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstgenosqueuesrc.h"
#include "gstgenostimeline.h"
#include "gstgenostrackfeed.h"

G_BEGIN_DECLS

/* Private: the beginning of one pad of genosroomsrc. A source of the RTP packets of one track, in running time
 * of the pipeline. What does not fit is dropped whole, and a key frame asked for. */
#define GST_TYPE_GENOS_TRACK_SRC (gst_genos_track_src_get_type ())
G_DECLARE_FINAL_TYPE (GstGenosTrackSrc, gst_genos_track_src, GST, GENOS_TRACK_SRC, GstGenosQueueSrc)

GstGenosTrackSrc *gst_genos_track_src_new (
    GstGenosTrackFeed *feed, GstGenosTimeLine *time_line, guint group_id, GstClockTime latency);
GstGenosTrackFeed *gst_genos_track_src_get_feed (GstGenosTrackSrc *self);

/* The track is over, and may come again: EOS only after @duration (µs). FALSE when the end has come
 * already. Any thread. */
gboolean gst_genos_track_src_linger (GstGenosTrackSrc *self, gint64 duration);
/* It has come again: goes on with what @feed gives, which has to be of the same format. FALSE when nobody
 * waits for it, or not any more. Any thread. */
gboolean gst_genos_track_src_take_feed (GstGenosTrackSrc *self, GstGenosTrackFeed *feed);

/* Whether its packets have the time at which they were taken, not that at which they are to be shown. Before
 * it starts. */
void gst_genos_track_src_set_capture_time (GstGenosTrackSrc *self, gboolean by_capture);
/* How often a key frame is asked for, whether somebody needs one or not; 0: never. Before it starts. */
void gst_genos_track_src_set_key_frame_interval (GstGenosTrackSrc *self, GstClockTime interval);

G_END_DECLS
