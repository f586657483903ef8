/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/room/media/track-offer-private.h>
#include <genos/transport/messenger.h>

G_BEGIN_DECLS

/* What the two sides of a link tell each other of their tracks: we what we have, they what they do not
 * want of it, and the other way round. Nothing is said to those who would not understand. Lives on the
 * room's context. */
#define GENOS_TYPE_PEER_TRACKS (genos_peer_tracks_get_type ())
G_DECLARE_FINAL_TYPE (GenosPeerTracks, genos_peer_tracks, GENOS, PEER_TRACKS, GObject)

typedef gboolean (*GenosPeerTracksFilter) (GenosTrackOffer *offer, gpointer user_data);

GenosPeerTracks *genos_peer_tracks_new (const char *peer_id, GenosMessenger *messenger);

/* Whether the other side knows these messages; FALSE at first. */
void genos_peer_tracks_set_understood (GenosPeerTracks *self, gboolean understood);

/* --- ours --- */

/* All that we have; nothing is sent when nothing has changed. @entries: of GenosTrackEntry */
void genos_peer_tracks_announce (GenosPeerTracks *self, GPtrArray *entries);
/* FALSE: the peer has said that it does not want the track. */
gboolean
genos_peer_tracks_is_wanted (GenosPeerTracks *self, const char *stream_id, const char *track_id);
gboolean genos_peer_tracks_take_refusals (GenosPeerTracks *self, const char *text, GError **error);

/* --- theirs --- */

/* What is wanted; without one all is. */
void genos_peer_tracks_set_filter (
    GenosPeerTracks *self, GenosPeerTracksFilter filter, gpointer user_data);
/* The filter would say something else now. */
void genos_peer_tracks_refilter (GenosPeerTracks *self);
gboolean genos_peer_tracks_take_list (GenosPeerTracks *self, const char *text, GError **error);
/* (transfer none) (element-type GenosTrackOffer) */
GPtrArray *genos_peer_tracks_get_offers (GenosPeerTracks *self);

/* Goes on with the offers of the link before, until the peer tells again. */
void genos_peer_tracks_inherit (GenosPeerTracks *self, GenosPeerTracks *before);
/* All offers are withdrawn. */
void genos_peer_tracks_close (GenosPeerTracks *self);

/* Signals: ::offered (GenosTrackOffer)  ::withdrawn (GenosTrackOffer)
 *          ::refusals ()   what the peer wants of ours has changed */

G_END_DECLS
