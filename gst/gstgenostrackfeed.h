/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/genos.h>

#include <gst/gst.h>

G_BEGIN_DECLS

/* One remote track, handed to every genosroomsrc of its room: a track has one packet function, a
 * room in one process may have several sources.
 *
 * Threading contract: any thread. Consumers are called on the library's streaming thread, under
 * the feed's lock: they must not block, nor add or remove consumers. Once remove() has returned,
 * the consumer is not called again. */
#define GST_TYPE_GENOS_TRACK_FEED (gst_genos_track_feed_get_type ())
G_DECLARE_FINAL_TYPE (GstGenosTrackFeed, gst_genos_track_feed, GST, GENOS_TRACK_FEED, GObject)

typedef void (*GstGenosTrackFeedFunc) (GstBuffer *packet, gpointer user_data);

GstGenosTrackFeed *gst_genos_track_feed_new (GenosRemoteTrack *track);
GenosRemoteTrack *gst_genos_track_feed_get_track (GstGenosTrackFeed *self);
void gst_genos_track_feed_add (GstGenosTrackFeed *self, GstGenosTrackFeedFunc func,
    gpointer user_data);
void gst_genos_track_feed_remove (GstGenosTrackFeed *self, gpointer user_data);

/* When a picture that was taken at @ntp_time, on the peer's clock, is here: in the time of the system
 * clock. FALSE: the peer's reports have not told yet. */
gboolean gst_genos_track_feed_map_ntp_time (GstGenosTrackFeed *self, guint64 ntp_time,
    GstClockTime *time);

/* The track is over: nothing is asked of it any more. */
void gst_genos_track_feed_close (GstGenosTrackFeed *self);

G_END_DECLS
