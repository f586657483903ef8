/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/room-signals.h>

#include <gst/gst.h>

#include <genos/room/transfer/request.h>

#include <genos/base/reason.h>
#include <genos/room/cells/mesh.h>
#include <genos/room/room.h>
#include <genos/room/media/track-offer.h>

guint genos_room_signals[GENOS_ROOM_N_SIGNALS];

static guint
new_signal (GType room, const char *name, guint n, ...)
{
  GSignalFlags flags = G_SIGNAL_RUN_LAST;
  GType types[4];
  va_list args;

  va_start (args, n);
  for (guint i = 0; i < n; i++)
    types[i] = va_arg (args, GType);
  va_end (args);
  /* What ends in an error has the error's reason as its detail. */
  if (types[n - 1] == G_TYPE_ERROR)
    flags |= G_SIGNAL_DETAILED;
  return g_signal_newv (name, room, flags, NULL, NULL, NULL, NULL, G_TYPE_NONE, n, types);
}

GQuark
genos_room_signals_detail (const GError *error)
{
  return g_quark_from_static_string (genos_reason_get_nick (genos_reason_from_error (error)));
}

void
genos_room_signals_install (GType type)
{
  /**
   * GenosRoom::peer-admit:
   * @self: the room
   * @admission: (type GenosAdmission): the question
   *
   * A peer is there that no list decides about: shall it be linked to? Emitted before
   * anything is sent to it, once for each peer and key. Call
   * [method@Admission.allow], [method@Admission.deny], or
   * [method@Admission.defer] to decide later; without any of these it is allowed.
   * Asked in this order: [property@Room:deny-peers],
   * [property@Room:allow-peers], [property@Room:max-peers],
   * [property@Room:require-verified], and only then this.
   */
  genos_room_signals[GENOS_ROOM_SIGNAL_PEER_ADMIT] =
      new_signal (type, "peer-admit", 1, GENOS_TYPE_ADMISSION);

  /**
   * GenosRoom::peer-joined:
   * @self: the room
   * @peer: (type GenosPeer): who came
   *
   * A link to a peer is open: it can be sent to. Emitted once until
   * [signal@Room::peer-left]; links that replace it are told by
   * [signal@Room::peer-relinked].
   */
  genos_room_signals[GENOS_ROOM_SIGNAL_PEER_JOINED] =
      new_signal (type, "peer-joined", 1, GENOS_TYPE_PEER);

  /**
   * GenosRoom::peer-left:
   * @self: the room
   * @peer: (type GenosPeer): who went
   * @error: (type GError): why; %GENOS_ERROR_CLOSED when it left
   *
   * The link to a peer is over, and no other one took its place in time: within 4
   * seconds of its falling silent, 11 of its last word, 5 of its breaking; at once
   * when the peer said that it leaves. Emitted once for each
   * [signal@Room::peer-joined], after the peer's tracks were removed.
   * [func@Reason.from_error] tells the reason: %GENOS_REASON_LEFT,
   * %GENOS_REASON_LEFT_HERE, %GENOS_REASON_LOST, %GENOS_REASON_REPLACED or another;
   * its nick is the detail of the signal (`peer-left::lost`).
   */
  genos_room_signals[GENOS_ROOM_SIGNAL_PEER_LEFT] =
      new_signal (type, "peer-left", 2, GENOS_TYPE_PEER, G_TYPE_ERROR);

  /**
   * GenosRoom::peer-relinked:
   * @self: the room
   * @peer: (type GenosPeer): whose link it is
   *
   * A new link to a peer took the place of the one before: that broke, the network
   * changed, or the peer restarted under the same id. Its tracks go on where it
   * sends them again, ours are sent again by themselves. Messages that had not left
   * yet fail with %GENOS_ERROR_CLOSED; those on their way may be lost. An
   * application that keeps state with its peers starts over here as it did at
   * [signal@Room::peer-joined].
   */
  genos_room_signals[GENOS_ROOM_SIGNAL_PEER_RELINKED] =
      new_signal (type, "peer-relinked", 1, GENOS_TYPE_PEER);

  /**
   * GenosRoom::peer-metadata:
   * @self: the room
   * @peer: the peer, whose [property@Peer:metadata] is new
   *
   * A peer says something else of itself. Emitted after
   * [signal@Room::peer-joined] when it has something to say, and at each change,
   * on the room's main context; at most some four times a second for each peer.
   */
  genos_room_signals[GENOS_ROOM_SIGNAL_PEER_METADATA] =
      new_signal (type, "peer-metadata", 1, GENOS_TYPE_PEER);

  /**
   * GenosRoom::peer-seen:
   * @self: the room
   * @peer_id: who was heard
   * @kind: (nullable): what it says it is
   *
   * A peer announced itself on a relay, linked to us or not. Emitted at each of
   * its announces, so every few seconds, and once per relay.
   */
  genos_room_signals[GENOS_ROOM_SIGNAL_PEER_SEEN] =
      new_signal (type, "peer-seen", 2, G_TYPE_STRING, G_TYPE_STRING);

  /**
   * GenosRoom::peer-lost:
   * @self: the room
   * @peer_id: who is gone
   *
   * A peer said goodbye on a relay, or has been silent for 90 seconds. Emitted
   * once until it is seen again.
   */
  genos_room_signals[GENOS_ROOM_SIGNAL_PEER_LOST] =
      new_signal (type, "peer-lost", 1, G_TYPE_STRING);

  /**
   * GenosRoom::track-added:
   * @self: the room
   * @peer: (type GenosPeer): who sends it
   * @track: (type GenosRemoteTrack): the track
   *
   * A peer began to send a track. Emitted once for each. In a room with [property@Room:cells]
   * it may be one whom there is no link to, and whose track others pass on: then it is none of
   * [method@Room.get_peers], and only its id is known.
   */
  genos_room_signals[GENOS_ROOM_SIGNAL_TRACK_ADDED] =
      new_signal (type, "track-added", 2, GENOS_TYPE_PEER, GENOS_TYPE_REMOTE_TRACK);

  /**
   * GenosRoom::track-removed:
   * @self: the room
   * @peer: (type GenosPeer): who sent it
   * @track: (type GenosRemoteTrack): the track
   *
   * A track is over: its peer took it away or left. Emitted once for each
   * [signal@Room::track-added]. In a room with [property@Room:cells] a track may outlast the
   * link to its peer.
   */
  genos_room_signals[GENOS_ROOM_SIGNAL_TRACK_REMOVED] =
      new_signal (type, "track-removed", 2, GENOS_TYPE_PEER, GENOS_TYPE_REMOTE_TRACK);

  /**
   * GenosRoom::track-tier:
   * @self: the room
   * @peer: (type GenosPeer): who gets the track
   * @track: (type GenosLocalTrack): a track of ours, of pictures
   * @tier: `full`, `second`, `third` (the further [property@LocalTrack:tiers]), `thinned` (a few of the
   *   pictures) or `audio-only` (none)
   *
   * What a peer can take has changed so much that it gets another encoding of a track than before. Every
   * track begins as `full`. `outbound-rtp` of [method@Room.get_stats] has the same as `tier`.
   */
  genos_room_signals[GENOS_ROOM_SIGNAL_TRACK_TIER] =
      new_signal (type, "track-tier", 3, GENOS_TYPE_PEER, GENOS_TYPE_LOCAL_TRACK, G_TYPE_STRING);

  /**
   * GenosRoom::track-offered:
   * @self: the room
   * @offer: (type GenosTrackOffer): what could be sent
   *
   * A peer of this project has a track, of which it sends nothing unless
   * [method@Room.set_track_filter] lets it. Before [signal@Room::track-added], which
   * comes when the first packet is here.
   */
  genos_room_signals[GENOS_ROOM_SIGNAL_TRACK_OFFERED] =
      new_signal (type, "track-offered", 1, GENOS_TYPE_TRACK_OFFER);

  /**
   * GenosRoom::track-withdrawn:
   * @self: the room
   * @offer: (type GenosTrackOffer): what could be sent
   *
   * A peer has a track no more, or has left. Emitted once for each
   * [signal@Room::track-offered].
   */
  genos_room_signals[GENOS_ROOM_SIGNAL_TRACK_WITHDRAWN] =
      new_signal (type, "track-withdrawn", 1, GENOS_TYPE_TRACK_OFFER);

  /**
   * GenosRoom::message:
   * @self: the room
   * @channel: the channel's name
   * @peer_id: who sent it
   * @message: the message
   *
   * A message came on a channel, whether [method@Room.open_channel] was called
   * for it or not; after [signal@Channel::message].
   */
  genos_room_signals[GENOS_ROOM_SIGNAL_MESSAGE] =
      new_signal (type, "message", 3, G_TYPE_STRING, G_TYPE_STRING, GENOS_TYPE_MESSAGE);

  /**
   * GenosRoom::progress:
   * @self: the room
   * @channel: the channel's name
   * @peer_id: who sends it
   * @fraction: how much is here, above 0 and at most 1
   * @metadata: (nullable): its metadata as JSON text
   *
   * A message of more than one frame is coming in; see
   * [signal@Channel::progress].
   */
  genos_room_signals[GENOS_ROOM_SIGNAL_PROGRESS] =
      new_signal (type, "progress", 4, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_DOUBLE, G_TYPE_STRING);

  /**
   * GenosRoom::request:
   * @self: the room
   * @channel: the channel's name
   * @request: what is asked
   *
   * A peer asks something on a channel, and no handler of its
   * [signal@Channel::request] took it. A handler that answers, now or later, returns
   * %TRUE. Emitted on the room's main context.
   *
   * Returns: %TRUE when the request is taken
   */
  genos_room_signals[GENOS_ROOM_SIGNAL_REQUEST] =
      g_signal_new ("request", type, G_SIGNAL_RUN_LAST, 0, g_signal_accumulator_true_handled, NULL,
          NULL, G_TYPE_BOOLEAN, 2, G_TYPE_STRING, GENOS_TYPE_REQUEST);

  /**
   * GenosRoom::join-error:
   * @self: the room
   * @peer_id: with whom
   * @error: (type GError): %GENOS_ERROR_AUTHENTICATION when its password differs
   *   from ours, %GENOS_ERROR_TIMED_OUT when no packet got through
   *
   * A peer is there but cannot be linked to. Emitted at most once per attempt;
   * once only for a peer whose password differs. The room goes on, and tries
   * again. [func@Reason.from_error] tells the reason; its nick is the detail of
   * the signal (`join-error::wrong-password`).
   */
  genos_room_signals[GENOS_ROOM_SIGNAL_JOIN_ERROR] =
      new_signal (type, "join-error", 2, G_TYPE_STRING, G_TYPE_ERROR);

  /**
   * GenosRoom::relay-changed:
   * @self: the room
   * @url: the relay
   * @open: whether it is open now
   * @reason: (nullable): why it closed; of an open one, what it says or why it
   *   refused something
   *
   * A relay opened, closed, or said something. One that closed is retried by
   * itself; one that talks much is not quoted each time.
   */
  genos_room_signals[GENOS_ROOM_SIGNAL_RELAY_CHANGED] =
      new_signal (type, "relay-changed", 3, G_TYPE_STRING, G_TYPE_BOOLEAN, G_TYPE_STRING);

  /**
   * GenosRoom::warning:
   * @self: the room
   * @error: (type GError): what is wrong
   *
   * Something is wrong that does not end anything: no relay is reachable, one
   * refuses what we send, or a peer sent nonsense. A peer that sends much of it
   * is not complained of each time; its statistics count all. The reason of
   * [func@Reason.from_error] is the detail of the signal (`warning::no-relay`).
   */
  genos_room_signals[GENOS_ROOM_SIGNAL_WARNING] = new_signal (type, "warning", 1, G_TYPE_ERROR);

  /**
   * GenosRoom::active-speaker:
   * @self: the room
   * @peer: (nullable) (type GenosPeer): who speaks; %NULL: the one who did has left
   *
   * Somebody else speaks: was clearly louder than the one before for more than half a second.
   * Silence changes nothing, and nobody takes the floor more often than every one and a half
   * seconds. How loud peers are is told by their packets (RFC 6464; browsers and this library
   * do), or by [method@RemoteTrack.take_audio_level].
   */
  genos_room_signals[GENOS_ROOM_SIGNAL_ACTIVE_SPEAKER] =
      new_signal (type, "active-speaker", 1, GENOS_TYPE_PEER);

  /**
   * GenosRoom::stats:
   * @self: the room
   * @stats: the same as of [method@Room.get_stats]
   *
   * New statistics, every [property@Room:stats-interval] while the room is joined. An
   * interval that is shorter than links take to answer is made longer.
   */
  genos_room_signals[GENOS_ROOM_SIGNAL_STATS] =
      new_signal (type, "stats", 1, gst_structure_get_type ());

  /**
   * GenosRoom::mesh-state:
   * @self: the room
   * @state: the same as of [method@Mesh.get_stats]
   *
   * In a room of cells another layout was sealed, see [signal@Mesh::mesh-state].
   */
  genos_room_signals[GENOS_ROOM_SIGNAL_MESH_STATE] =
      new_signal (type, "mesh-state", 1, gst_structure_get_type ());

  /**
   * GenosRoom::mesh-peer-state:
   * @self: the room
   * @peer_id: who
   * @state: what it is to us now
   *
   * In a room of cells somebody was heard of, was linked, lost its link, or left.
   */
  genos_room_signals[GENOS_ROOM_SIGNAL_MESH_PEER_STATE] =
      new_signal (type, "mesh-peer-state", 2, G_TYPE_STRING, GENOS_TYPE_MESH_PEER_STATE);
}
