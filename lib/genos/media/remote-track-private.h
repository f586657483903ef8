/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/media/remote-track.h>
#include <genos/media/track-level.h>
#include <genos/transport/link-receiver.h>

G_BEGIN_DECLS

/* @metadata: JSON text, nullable. */
GenosRemoteTrack *
genos_remote_track_new (const char *peer_id, const char *metadata, GenosLinkReceiver *receiver);

/* (transfer none); on the context of the link */
GenosLinkReceiver *genos_remote_track_get_receiver (GenosRemoteTrack *self);

/* The same track came again over another link: TRUE when @receiver has the same names and caps and
 * its packets go where the old one's went, the first marked as discontinuous. Whoever takes the
 * packets learns nothing else of it. */
gboolean genos_remote_track_move (GenosRemoteTrack *self, GenosLinkReceiver *receiver);

/* (transfer none) */
GenosTrackLevel *genos_remote_track_get_level (GenosRemoteTrack *self);

/* How often it has moved: in the packet function, whether a packet follows the one before. */
int genos_remote_track_get_n_moves (GenosRemoteTrack *self);

/* The packets go to @func as well, whoever watches; known by its @user_data. Neither is called inside
 * such a function, and when the second returns, @func is not running. */
void genos_remote_track_add_tap (
    GenosRemoteTrack *self, GenosRemoteTrackFunc func, gpointer user_data, GDestroyNotify destroy);
void genos_remote_track_remove_tap (GenosRemoteTrack *self, gpointer user_data);

G_END_DECLS
