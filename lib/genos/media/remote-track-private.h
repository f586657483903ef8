/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/media/capture-clock.h>
#include <genos/media/remote-track.h>
#include <genos/media/track-level.h>
#include <genos/transport/link-receiver.h>

G_BEGIN_DECLS

/* @metadata: JSON text, nullable. */
GenosRemoteTrack *
genos_remote_track_new (const char *peer_id, const char *metadata, GenosLinkReceiver *receiver);

/* A track of @peer_id that somebody else passes on: named as its origin named it, whatever the receiver
 * calls it. Its packets do not say when they were taken until clocks are known. NULL when its packets are
 * nothing known. */
GenosRemoteTrack *genos_remote_track_new_far (const char *peer_id, const char *stream_id,
    const char *track_id, const char *metadata, GenosLinkReceiver *receiver);

/* (transfer none); on the context of the link */
GenosLinkReceiver *genos_remote_track_get_receiver (GenosRemoteTrack *self);

/* The same track came again over another link: TRUE when @receiver has the same names and caps and
 * its packets go where the old one's went, the first marked as discontinuous. Whoever takes the
 * packets learns nothing else of it. */
gboolean genos_remote_track_move (GenosRemoteTrack *self, GenosLinkReceiver *receiver);

/* The same, but @receiver may call it otherwise, as it comes by way of others when @far. Headers are made to
 * go on. FALSE when it is of another codec. */
gboolean
genos_remote_track_take_over (GenosRemoteTrack *self, GenosLinkReceiver *receiver, gboolean far);

/* How the clock of its peer stands to ours and to that of whoever sends it now; any thread. */
void genos_remote_track_set_clock (GenosRemoteTrack *self, const GenosCaptureClock *clock);
/* When @packet, as a tap got it, was taken, in the time of the system clock; GST_CLOCK_TIME_NONE: nobody knows. */
GstClockTime genos_remote_track_get_capture (GenosRemoteTrack *self, GstBuffer *packet);

/* (transfer none) */
GenosTrackLevel *genos_remote_track_get_level (GenosRemoteTrack *self);

/* How often it has moved: in the packet function, whether a packet follows the one before. */
int genos_remote_track_get_n_moves (GenosRemoteTrack *self);

/* The packets go to @func as well, whoever watches; known by its @user_data. Neither is called inside
 * such a function, and when the second returns, @func is not running. */
void genos_remote_track_add_tap (
    GenosRemoteTrack *self, GenosRemoteTrackFunc func, gpointer user_data, GDestroyNotify destroy);
/* The same, of packets as they come. */
void genos_remote_track_add_raw_tap (
    GenosRemoteTrack *self, GenosRemoteTrackFunc func, gpointer user_data, GDestroyNotify destroy);
void genos_remote_track_remove_tap (GenosRemoteTrack *self, gpointer user_data);

/* It comes sealed, and @func opens it for all but raw taps: (transfer full) packet, (transfer full) (nullable) what
 * was in it. Called on a streaming thread, once a packet. For good; nothing the second time. */
typedef GstBuffer *(*GenosRemoteTrackOpenFunc) (GstBuffer *packet, gpointer user_data);
void genos_remote_track_set_open_func (GenosRemoteTrack *self, GenosRemoteTrackOpenFunc func,
    gpointer user_data, GDestroyNotify destroy);

G_END_DECLS
