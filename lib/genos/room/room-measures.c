/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What can be measured of a room: round trips and counters. */

#include <genos/room/room-private.h>

static void
on_pinged (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gint64 round_trip = genos_messenger_ping_finish (GENOS_MESSENGER (source), result, &error);

  if (round_trip < 0)
    g_task_return_error (task, error);
  else
    g_task_return_int (task, round_trip);
}

/**
 * genos_room_ping_async:
 * @self: a room
 * @peer_id: whom
 * @cancellable: (nullable): cancels waiting
 * @callback: (scope async): called when the answer is here
 * @user_data: user data for @callback
 *
 * Measures the round trip to a peer over its link. Fails with
 * %GENOS_ERROR_TIMED_OUT after 10 seconds, with %GENOS_ERROR_CLOSED when the peer
 * is not linked.
 */
void
genos_room_ping_async (GenosRoom *self, const char *peer_id, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GenosPeer *peer = genos_room_get_peer (self, peer_id);

  g_task_set_source_tag (task, genos_room_ping_async);
  if (peer == NULL) {
    g_task_return_new_error (task, GENOS_ERROR, GENOS_ERROR_CLOSED, "peer %s is not here", peer_id);
    return;
  }
  genos_messenger_ping_async (
      genos_peer_get_messenger (peer), 10000, cancellable, on_pinged, g_steal_pointer (&task));
}

/**
 * genos_room_ping_finish:
 * @self: a room
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [method@Room.ping_async].
 *
 * Returns: the round trip in microseconds, or -1
 */
gint64
genos_room_ping_finish (GenosRoom *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), -1);
  return g_task_propagate_int (G_TASK (result), error);
}

/**
 * genos_room_get_active_speaker:
 * @self: a room
 *
 * Gets who speaks, or spoke last; see [signal@Room::active-speaker].
 *
 * Returns: (transfer none) (nullable): the peer
 */
GenosPeer *
genos_room_get_active_speaker (GenosRoom *self)
{
  const char *peer_id;

  g_return_val_if_fail (GENOS_IS_ROOM (self), NULL);

  peer_id = genos_room_get_speaker_id (self);
  return peer_id != NULL ? genos_room_get_peer (self, peer_id) : NULL;
}

static void
set_field (GstStructure *structure, const char *name, GVariant *variant)
{
  g_auto (GValue) value = G_VALUE_INIT;

  g_dbus_gvariant_to_gvalue (variant, &value);
  gst_structure_take_value (structure, name, &value);
}

static GstStructure *
new_relay_stats (const char *kind, GVariant *fields)
{
  GstStructure *structure = gst_structure_new_empty (kind);
  GVariantIter iter;
  const char *name;
  GVariant *variant;

  g_variant_iter_init (&iter, fields);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &variant))
    set_field (structure, name, variant);
  return structure;
}

static void
append_structure (GValue *list, GstStructure *structure)
{
  GValue value = G_VALUE_INIT;

  g_value_init (&value, GST_TYPE_STRUCTURE);
  g_value_take_boxed (&value, structure);
  gst_value_list_append_and_take_value (list, &value);
}

static void
add_tracks (GstStructure *stats, GPtrArray *tracks)
{
  g_auto (GValue) list = G_VALUE_INIT;

  g_value_init (&list, GST_TYPE_LIST);
  for (guint i = 0; i < tracks->len; i++) {
    GenosLocalTrack *track = g_ptr_array_index (tracks, i);
    GstStructure *one = genos_local_track_get_stats (track);

    gst_structure_set (one, "stream-id", G_TYPE_STRING, genos_local_track_get_stream_id (track),
        "track-id", G_TYPE_STRING, genos_local_track_get_track_id (track), "kind", G_TYPE_STRING,
        genos_local_track_get_kind (track) == GENOS_MEDIA_VIDEO ? "video" : "audio", NULL);
    append_structure (&list, one);
  }
  gst_structure_take_value (stats, "track", &list);
}

static void
add_relays (GstStructure *stats, GVariant *relays)
{
  g_auto (GValue) list = G_VALUE_INIT;
  GVariantIter iter;
  GVariant *fields;

  g_value_init (&list, GST_TYPE_LIST);
  g_variant_iter_init (&iter, relays);
  while ((fields = g_variant_iter_next_value (&iter)) != NULL) {
    append_structure (&list, new_relay_stats ("genos-relay-stats", fields));
    g_variant_unref (fields);
  }
  gst_structure_take_value (stats, "relay", &list);
}

/**
 * genos_room_get_stats:
 * @self: a room
 *
 * Gets counters: `peer-id` (string), `relays-open`, `peers`, `peers-seen`,
 * `handshakes` (unsigned), `dropped` (unsigned 64 bits: what relays sent and was
 * of no use), `denied` (unsigned 64 bits: announces, offers and links of peers that were not
 * admitted), `waiting` (unsigned: peers somebody has to decide about), and `peer` (a list of
 * structures, one per linked peer,
 * with `peer-id`, `kind`, `linked-ms`, `messages-in`, `dropped`, `relinks`
 * (unsigned: how often its link was replaced), `linked` (boolean: %FALSE while
 * another link is looked for), `buffered`, `key` (the public key it has proven; absent when it
 * is not verified), `clock-offset` and `clock-error` (ns, as of
 * [method@Peer.get_clock_offset]; absent while they are not known), and
 * `path`: a structure of the pair of ICE candidates in use, with `local-type` and
 * `remote-type` (`host`, `srflx`, `prflx`, `relay`), `local-address`,
 * `local-port`, `remote-address`, `remote-port`, `protocol`, and when a TURN
 * server of ours is in use `relay-protocol` (`udp`, `tcp`, `tls`), and its media as below),
 * `track`, a list of [method@LocalTrack.get_stats] of the tracks that are sent, each with its
 * `stream-id`, `track-id` and `kind`, and `relay`, a list of structures, one per relay: `url`, `state` (`stopped`,
 * `opening`, `open`, `waiting`, `left`), `health` (`unknown`, `fine`, `failing`,
 * `deaf`, `refusing`), `trouble` (why it is of no use, or empty), `score` (0 to
 * 100), `connect-ms`, `echo-ms` and `echo-smoothed-ms` (how long our announce
 * took to come back; absent before it did), `accepted`, `refused`, `closed` and
 * the same by reason (`refused-rate-limited` …), `announce-interval-ms` (0: as
 * often as we like), `withheld` (announces that this did not allow), `unfit`
 * (events over its limits), `pow-bits`, `silenced`, `auth`, `software`,
 * `clock-skew-s` (by how much its clock is ahead of ours; absent when it did
 * not tell), `attempts`, `failures`, `unechoed`, `events-in`, `events-out`,
 * `dropped` (also by reason), `last-error`; and where [property@Room:relay-list-url]
 * is in force `relay-list`, a structure with its `url`, `entries` (relays in the
 * list), `fetched` (seconds since 1970, 0: never), `added` (how many of them
 * are in use) and `last-error`.
 *
 * The media of a peer is told in the words of W3C's webrtc-stats, with hyphens for capitals;
 * [func@stats_to_json] writes them as they are spelled there. `outbound-rtp` is a list with what we
 * send to it, one structure for each track: `stream-id`, `track-id`, `kind`, `mime-type`,
 * `payload-type`, `clock-rate`, `ssrc`, `active` (it takes the track), `packets-sent`, `bytes-sent`,
 * `header-bytes-sent`, `packets-discarded` (the network did not follow), `frames-sent`,
 * `frames-per-second`, `bitrate` (bit/s, of late), `frames-encoded`, `key-frames-encoded`,
 * `total-encode-time` (s), `target-bitrate`, `tier` (of pictures: `full`, `second`, `third`, `thinned` or
 * `audio-only`, see [signal@Room::track-tier]), `quality-limitation-reason` (`bandwidth` when that is not
 * `full`, else `none`), `nack-count`, `pli-count`, `fir-count`, and
 * `remote-inbound-rtp`, what the peer reports of it: `packets-lost`, `fraction-lost`, `jitter` (s),
 * `round-trip-time` (s). `inbound-rtp` is a list with what it sends: the same names of the track,
 * `mid`, `packets-received`, `bytes-received`, `header-bytes-received`, `packets-lost`,
 * `packets-discarded` (too late), `packets-repaired` (sent again), `packets-duplicated`, `jitter`,
 * `fraction-lost` (of late), `bitrate`, `frames-received`, `partial-frames-lost`,
 * `frames-per-second`, `freeze-count`, `total-freezes-duration` (s), `pause-count`,
 * `total-pauses-duration`, `nack-count`, `pli-count`, `fir-count`, and `remote-outbound-rtp`.
 * Packets and frames are counted behind the jitterbuffer. `candidate-pair` has `state`,
 * `nominated`, `local-candidate` and `remote-candidate` (`candidate-type`, `address`, `port`,
 * `protocol`, `relay-protocol`), `media-bytes-sent`, `media-bytes-received` and
 * `current-round-trip-time`. A field is absent as long as nothing is known of it.
 *
 * In a room with cells there is `far-track` as well, a list of what peers send to us and to others by way of
 * us: whose (`peer-id`, `stream-id`, `track-id`), `parent` (the peer we are to have it from: the
 * sender itself, or one who passes it on), `source` (who it comes from now, or empty), `hops` (how
 * often it is passed on before it is here), `children` (to how many we pass it on), `wanted` (here), `changes` (of the
 * source), `packets` (unsigned 64 bits), `sealed` (boolean), `tier` (what of it comes: `full`, `second`,
 * `third`, `thinned` or `audio-only`) and `tiers-beside` (how many come beside it, for those who have it from us).
 *
 * Never waits: what links know themselves is from the last time they were asked, and they are asked
 * again by this. [method@Room.collect_stats_async] tells the newest.
 *
 * Returns: (transfer full): the counters
 */
GstStructure *
genos_room_get_stats (GenosRoom *self)
{
  GenosMembership *membership;
  GenosDoor *door;
  GstStructure *stats;
  g_autoptr (GPtrArray) peers = NULL;
  g_auto (GValue) list = G_VALUE_INIT;

  g_return_val_if_fail (GENOS_IS_ROOM (self), NULL);

  membership = genos_room_get_membership (self);
  door = membership != NULL ? genos_membership_get_door (membership) : NULL;
  stats = gst_structure_new ("genos-room-stats", "peer-id", G_TYPE_STRING,
      genos_room_get_peer_id (self), "relays-open", G_TYPE_UINT,
      membership != NULL ? genos_membership_get_n_paths (membership) : 0, "peers", G_TYPE_UINT,
      genos_roster_get_n (genos_room_get_roster (self)), "peers-seen", G_TYPE_UINT,
      membership != NULL ? genos_membership_get_n_seen (membership) : 0, "handshakes", G_TYPE_UINT,
      membership != NULL ? genos_membership_get_n_handshakes (membership) : 0, "dropped",
      G_TYPE_UINT64, membership != NULL ? genos_membership_get_dropped (membership) : 0, "denied",
      G_TYPE_UINT64, door != NULL ? genos_door_get_n_denied (door) : 0, "waiting", G_TYPE_UINT,
      door != NULL ? genos_door_get_n_waiting (door) : 0, NULL);

  peers = genos_room_get_peers (self);
  g_value_init (&list, GST_TYPE_LIST);
  for (guint i = 0; i < peers->len; i++) {
    append_structure (&list, genos_peer_get_stats (g_ptr_array_index (peers, i)));
    /* So that whoever looks again sees something new. */
    genos_peer_refresh_stats (g_ptr_array_index (peers, i), NULL, NULL);
  }
  gst_structure_take_value (stats, "peer", &list);
  add_tracks (stats, genos_room_get_ready_tracks (self));
  genos_room_describe_far (self, stats);
  if (membership != NULL) {
    g_autoptr (GVariant) relays = genos_membership_get_path_stats (membership);

    g_autoptr (GVariant) list_stats = genos_membership_get_list_stats (membership);

    add_relays (stats, relays);
    if (list_stats != NULL) {
      g_autoptr (GstStructure) source = new_relay_stats ("genos-relay-list-stats", list_stats);

      gst_structure_set (stats, "relay-list", GST_TYPE_STRUCTURE, source, NULL);
    }
  }
  return stats;
}
