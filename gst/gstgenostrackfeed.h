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

/* How the wall clock of a peer stands, to which the reference timestamps of its packets belong. */
typedef struct {
  GstClockTimeDiff ahead; /* of our wall clock */
  GstClockTimeDiff
      to_system; /* what takes ns since 1900 there to the time of the system clock here */
} GstGenosPeerClock;

/* @clock: (nullable): not known */
typedef void (*GstGenosTrackFeedFunc) (
    GstBuffer *packet, const GstGenosPeerClock *clock, gpointer user_data);

GstGenosTrackFeed *gst_genos_track_feed_new (GenosRemoteTrack *track);
GenosRemoteTrack *gst_genos_track_feed_get_track (GstGenosTrackFeed *self);
void
gst_genos_track_feed_add (GstGenosTrackFeed *self, GstGenosTrackFeedFunc func, gpointer user_data);
void gst_genos_track_feed_remove (GstGenosTrackFeed *self, gpointer user_data);

/* By how much the peer's wall clock is ahead of ours, ns. */
void gst_genos_track_feed_set_clock_offset (GstGenosTrackFeed *self, GstClockTimeDiff offset);

/* The track is over: nothing is asked of it any more. */
void gst_genos_track_feed_close (GstGenosTrackFeed *self);

G_END_DECLS
