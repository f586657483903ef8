/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstgenostimeline.h"
#include "gstgenostrackfeed.h"

#include <gst/gst.h>

G_BEGIN_DECLS

/* Private: the beginning of one pad of genosroomsrc. A live source of the RTP packets of one
 * track, in running time of the pipeline, through a bounded queue.
 *
 * Threading contract: packets come on a thread of the library and are never held up; one task
 * pushes. What does not fit is dropped whole, and a key frame asked for.
 *
 * Signal, on the streaming thread: ::ended: EOS has gone out, nothing will follow. */
#define GST_TYPE_GENOS_TRACK_SRC (gst_genos_track_src_get_type ())
G_DECLARE_FINAL_TYPE (GstGenosTrackSrc, gst_genos_track_src, GST, GENOS_TRACK_SRC, GstElement)

GstGenosTrackSrc *gst_genos_track_src_new (
    GstGenosTrackFeed *feed, GstGenosTimeLine *time_line, guint group_id, GstClockTime latency);
GstGenosTrackFeed *gst_genos_track_src_get_feed (GstGenosTrackSrc *self);

/* The track is over, and may come again: EOS only after @duration (µs). FALSE when the end has come
 * already. Any thread. */
gboolean gst_genos_track_src_linger (GstGenosTrackSrc *self, gint64 duration);
/* It has come again: goes on with what @feed gives, which has to be of the same format. FALSE when nobody
 * waits for it, or not any more. Any thread. */
gboolean gst_genos_track_src_take_feed (GstGenosTrackSrc *self, GstGenosTrackFeed *feed);

/* EOS behind what is queued. */
void gst_genos_track_src_end (GstGenosTrackSrc *self);

/* Somebody has linked a pad that nobody took packets from. */
void gst_genos_track_src_resume (GstGenosTrackSrc *self);

/* Whether its packets have the time at which they were taken, not that at which they are to be shown. Before
 * it starts. */
void gst_genos_track_src_set_capture_time (GstGenosTrackSrc *self, gboolean by_capture);

/* What it answers to the latency query. Any thread. */
void gst_genos_track_src_set_latency (GstGenosTrackSrc *self, GstClockTime latency);

guint64 gst_genos_track_src_get_dropped (GstGenosTrackSrc *self);

G_END_DECLS
