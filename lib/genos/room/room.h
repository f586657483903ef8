/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include <genos/base/error.h>
#include <genos/base/types.h>
#include <genos/media/local-track.h>
#include <genos/media/remote-track.h>
#include <genos/room/joining/admission.h>
#include <genos/room/channel.h>
#include <genos/room/peer.h>

G_BEGIN_DECLS

/**
 * GenosRoomState:
 * @GENOS_ROOM_IDLE: not in the room
 * @GENOS_ROOM_JOINING: no relay has opened yet
 * @GENOS_ROOM_JOINED: at least one relay knows us; stays when relays go
 * @GENOS_ROOM_LEAVING: the farewell is on its way; ends in @GENOS_ROOM_IDLE
 *   within two seconds
 *
 * Where a room object stands.
 */
typedef enum {
  GENOS_ROOM_IDLE,
  GENOS_ROOM_JOINING,
  GENOS_ROOM_JOINED,
  GENOS_ROOM_LEAVING,
} GenosRoomState;

GENOS_API
GType genos_room_state_get_type (void) G_GNUC_CONST;
#define GENOS_TYPE_ROOM_STATE (genos_room_state_get_type ())

/**
 * GenosIceTransportPolicy:
 * @GENOS_ICE_TRANSPORT_POLICY_ALL: whatever way is found, the most direct one first
 * @GENOS_ICE_TRANSPORT_POLICY_RELAY: by way of a TURN server only; peers are not
 *   told this machine's own addresses
 *
 * Which ways to a peer may be used. The name and its values are those of
 * browsers (`RTCIceTransportPolicy`).
 */
typedef enum {
  GENOS_ICE_TRANSPORT_POLICY_ALL,
  GENOS_ICE_TRANSPORT_POLICY_RELAY,
} GenosIceTransportPolicy;

GENOS_API
GType genos_ice_transport_policy_get_type (void) G_GNUC_CONST;
#define GENOS_TYPE_ICE_TRANSPORT_POLICY (genos_ice_transport_policy_get_type ())

#define GENOS_TYPE_ROOM (genos_room_get_type ())
GENOS_API
G_DECLARE_FINAL_TYPE (GenosRoom, genos_room, GENOS, ROOM, GObject)

/**
 * GenosTrackFilterFunc:
 * @room: the room
 * @offer: what a peer could send
 * @user_data: user data
 *
 * Says whether a track is wanted; on the room's context, for each offer when it comes
 * and after [method@Room.refilter_tracks].
 *
 * Returns: whether the peer shall send it
 */
typedef gboolean (*GenosTrackFilterFunc) (
    GenosRoom *room, GenosTrackOffer *offer, gpointer user_data);

/* Properties: name, password (write-only), app-id, dialect, relays (comma-separated), stun-server,
 * turn-servers (comma-separated), peer-id, kind, latency (ms): all to be set before join;
 * state (read-only). */
GENOS_API
GenosRoom *genos_room_new (const char *name);

/* joining and leaving */
GENOS_API
void genos_room_prepare (void);
GENOS_API
gboolean genos_room_join (GenosRoom *self, GError **error);
GENOS_API
void genos_room_leave (GenosRoom *self);
GENOS_API
GenosRoomState genos_room_get_state (GenosRoom *self);
GENOS_API
const char *genos_room_get_peer_id (GenosRoom *self);
GENOS_API
const char *genos_room_get_key (GenosRoom *self);

/* peers that are linked */
GENOS_API
GPtrArray *genos_room_get_peers (GenosRoom *self);
GENOS_API
GenosPeer *genos_room_get_peer (GenosRoom *self, const char *peer_id);
GENOS_API
GenosPeer *genos_room_get_active_speaker (GenosRoom *self);
GENOS_API
void genos_room_ping_async (GenosRoom *self, const char *peer_id, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data);
GENOS_API
gint64 genos_room_ping_finish (GenosRoom *self, GAsyncResult *result, GError **error);

/* who is let in */
GENOS_API
gboolean genos_room_kick (GenosRoom *self, const char *peer_id, const char *reason);
GENOS_API
void genos_room_admit (GenosRoom *self, const char *peer_id);
GENOS_API
gboolean genos_room_deny (GenosRoom *self, const char *peer_id);

/* channels */
GENOS_API
GenosChannel *genos_room_open_channel (GenosRoom *self, const char *name, GError **error);

/* rooms of cells */
GENOS_API
GenosMesh *genos_room_get_mesh (GenosRoom *self);

/* media */
GENOS_API
void genos_room_add_track (GenosRoom *self, GenosLocalTrack *track);
GENOS_API
void genos_room_remove_track (GenosRoom *self, GenosLocalTrack *track);

/* what peers could send, and what of it is wanted */
GENOS_API
void genos_room_set_track_filter (
    GenosRoom *self, GenosTrackFilterFunc filter, gpointer user_data, GDestroyNotify destroy);
GENOS_API
void genos_room_refilter_tracks (GenosRoom *self);
GENOS_API
GPtrArray *genos_room_get_track_offers (GenosRoom *self);

GENOS_API
GstStructure *genos_room_get_stats (GenosRoom *self);
GENOS_API
void genos_room_collect_stats_async (
    GenosRoom *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GENOS_API
GstStructure *
genos_room_collect_stats_finish (GenosRoom *self, GAsyncResult *result, GError **error);
GENOS_API
char *genos_stats_to_json (const GstStructure *stats);
GENOS_API
char *genos_stats_to_open_metrics (const GstStructure *stats);

/* Signals, all on the context the room was made in:
 * ::peer-joined (GenosPeer)  ::peer-left (GenosPeer)
 * ::peer-metadata (GenosPeer)
 * ::peer-seen (peer_id, kind)  ::peer-lost (peer_id)
 * ::track-added (GenosPeer, GenosRemoteTrack)  ::track-removed (GenosPeer, GenosRemoteTrack)
 * ::message (channel, peer_id, GenosMessage)    of every channel, opened or not
 * ::request (channel, GenosRequest) → gboolean    that no handler of the channel took
 * ::progress (channel, peer_id, fraction, metadata)
 * ::join-error (peer_id, GError)
 * ::relay-changed (url, open, text)           a relay opened, closed or refused something
 * ::active-speaker (GenosPeer, nullable)       somebody else speaks
 * ::mesh-state (GstStructure)  ::mesh-peer-state (peer_id, GenosMeshPeerState)
 * ::stats (GstStructure)                      every stats-interval
 * ::warning (GError)                          no relay reachable, a peer's nonsense; the room goes on
 */

G_END_DECLS
