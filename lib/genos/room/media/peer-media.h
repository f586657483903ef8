/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/media/local-track-private.h>
#include <genos/media/remote-track-private.h>
#include <genos/room/media/peer-far.h>
#include <genos/room/media/peer-tracks.h>
#include <genos/transport/messenger.h>

G_BEGIN_DECLS

/* The tracks of one linked peer, both ways, with their metadata.
 *
 * Metadata goes ahead of its stream and belongs to the next stream that arrives (protocol.md, "The
 * peer connection"); a browser keeps room for one. So streams are offered one after another, each when
 * the one before is agreed on. Lives on the room's context. */
#define GENOS_TYPE_PEER_MEDIA (genos_peer_media_get_type ())
G_DECLARE_FINAL_TYPE (GenosPeerMedia, genos_peer_media, GENOS, PEER_MEDIA, GObject)

GenosPeerMedia *
genos_peer_media_new (const char *peer_id, GenosPeerLink *link, GenosMessenger *messenger);

/* @lists_far: the peer is told of tracks that are passed on as of all others. */
void genos_peer_media_set_far (GenosPeerMedia *self, const GenosPeerFar *far, gboolean lists_far);
/* GenosPeerFarFuncs.sends would say something else now. */
void genos_peer_media_check_holds (GenosPeerMedia *self);

/* A track whose RTP caps are known, or whose audience has changed: it is offered to the peer if it is for
 * it, else taken away, and sent or not. */
void genos_peer_media_update_local (GenosPeerMedia *self, GenosLocalTrack *track);
void genos_peer_media_remove_local (GenosPeerMedia *self, GenosLocalTrack *track);

/* Adds what the peer refused, if it did: the list "refused-tracks". */
void genos_peer_media_describe_refused (GenosPeerMedia *self, GstStructure *stats);

/* @_stream or @_track came in; JSON text. */
void genos_peer_media_take_stream_metadata (GenosPeerMedia *self, const char *metadata);
void genos_peer_media_take_track_metadata (GenosPeerMedia *self, const char *metadata);

/* (transfer none) (element-type GenosRemoteTrack) */
GPtrArray *genos_peer_media_get_remote (GenosPeerMedia *self);

/* Those of our tracks that are offered to the peer, in their order. */
typedef void (*GenosPeerMediaSenderFunc) (
    GenosLocalTrack *track, GenosLinkSender *sender, gpointer user_data);
void genos_peer_media_foreach_sender (
    GenosPeerMedia *self, GenosPeerMediaSenderFunc func, gpointer user_data);

/* FALSE: nothing of it goes there. */
gboolean
genos_peer_media_get_sent_tier (GenosPeerMedia *self, GenosLocalTrack *track, GenosSentTier *tier);

/* (transfer none): what both sides say of their tracks */
GenosPeerTracks *genos_peer_media_get_tracks (GenosPeerMedia *self);

/* The link is over: every remote track is removed, every local one let go. */
void genos_peer_media_close (GenosPeerMedia *self);

/* The same, but the remote tracks go on for those who have them, without packets, until another
 * link's media adopts them. (transfer full) (element-type GenosRemoteTrack) */
GPtrArray *genos_peer_media_detach (GenosPeerMedia *self);

/* Tracks of the link before this one: those that come again go on under the same object, the others
 * are removed after a while. */
void genos_peer_media_adopt (GenosPeerMedia *self, GPtrArray *tracks);

/* Signals: ::track-added (GenosRemoteTrack)  ::track-removed (GenosRemoteTrack)
 *          ::track-tier (GenosLocalTrack, GenosSentTier)   what the peer gets of it has changed
 *          ::warning (GError)                a track could not be offered to this peer */

G_END_DECLS
