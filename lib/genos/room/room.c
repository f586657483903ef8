/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/room-struct.h>

#include <string.h>

#include <genos/room/channel-private.h>
#include <genos/room/transfer/exchange.h>
#include <genos/room/membership.h>
#include <genos/room/joining/network-watch.h>
#include <genos/room/media/outgoing-tracks.h>
#include <genos/room/joining/room-key.h>
#include <genos/room/room-log.h>
#include <genos/room/room-properties.h>
#include <genos/room/room-relays.h>
#include <genos/room/room-settings.h>
#include <genos/room/room-signals.h>
#include <genos/transport/webrtc/peer-link-webrtc.h>
#include <genos/transport/webrtc/webrtc-ice.h>

/**
 * GenosRoom:
 *
 * A room without a server: peers find each other through Nostr relays and are
 * linked by WebRTC.
 *
 * Set the properties, connect the signals, then [method@Room.join]. The room
 * lives on the thread-default main context it was made in, has to be called from
 * there, and emits its signals there; that context has to be iterated. It works
 * on its own: relays that go are retried, peers that fail are dialled again.
 *
 * What comes from the network never raises more than a signal: nonsense of a
 * peer is dropped, counted and told by [signal@Room::warning].
 */
G_DEFINE_FINAL_TYPE (GenosRoom, genos_room, G_TYPE_OBJECT)

static void
set_state (GenosRoom *self, GenosRoomState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), genos_room_properties[GENOS_ROOM_PROP_STATE]);
}

/* --- peers --- */

static void
on_message (GenosRoster *roster, GenosPeer *peer, const char *name,
    const GenosExtendedMessage *extended, GenosMessage *message, GenosRoom *self)
{
  if (extended->role != GENOS_ROLE_MESSAGE || !genos_mesh_take (self->mesh, peer, name, message))
    genos_room_take_message (self, peer, name, extended, message);
}

static void
on_progress (GenosRoster *roster, GenosPeer *peer, const char *name, gdouble fraction,
    const char *metadata, GenosRoom *self)
{
  genos_room_take_progress (self, peer, name, fraction, metadata);
}

static void
on_track_added (GenosRoster *roster, GenosPeer *peer, GenosRemoteTrack *track, GenosRoom *self)
{
  genos_far_tracks_near_added (self->far, peer, track);
  genos_speaker_watch_add (self->speakers, track);
  g_signal_emit (self, genos_room_signals[GENOS_ROOM_SIGNAL_TRACK_ADDED], 0, peer, track);
}

static void
on_track_removed (GenosRoster *roster, GenosPeer *peer, GenosRemoteTrack *track, GenosRoom *self)
{
  /* It goes on by way of others. */
  if (self->far != NULL && genos_far_tracks_near_removed (self->far, peer, track))
    return;
  genos_speaker_watch_remove (self->speakers, track);
  g_signal_emit (self, genos_room_signals[GENOS_ROOM_SIGNAL_TRACK_REMOVED], 0, peer, track);
}

static void
on_track_tier (
    GenosRoster *roster, GenosPeer *peer, GenosLocalTrack *track, const char *tier, GenosRoom *self)
{
  g_signal_emit (self, genos_room_signals[GENOS_ROOM_SIGNAL_TRACK_TIER], 0, peer, track, tier);
}

static void
on_warning (gpointer source, GError *error, GenosRoom *self)
{
  g_signal_emit (self, genos_room_signals[GENOS_ROOM_SIGNAL_WARNING],
      genos_room_signals_detail (error), error);
}

static void
on_left (GenosRoster *roster, GenosPeer *peer, GError *error, GenosRoom *self)
{
  g_autoptr (GenosRoom) alive = g_object_ref (self);

  genos_exchange_drop_peer (self->exchange, peer, error);
  g_signal_emit (self, genos_room_signals[GENOS_ROOM_SIGNAL_PEER_LEFT],
      genos_room_signals_detail (error), peer, error);
}

static void
on_metadata (GenosRoster *roster, GenosPeer *peer, GenosRoom *self)
{
  g_signal_emit (self, genos_room_signals[GENOS_ROOM_SIGNAL_PEER_METADATA], 0, peer);
}

static void
on_speaker (const char *peer_id, gpointer user_data)
{
  GenosRoom *self = user_data;
  GenosPeer *peer = peer_id != NULL ? genos_roster_get (self->roster, peer_id) : NULL;

  if (peer == NULL && peer_id != NULL && self->far != NULL)
    peer = genos_far_tracks_get_peer (self->far, peer_id);
  g_signal_emit (self, genos_room_signals[GENOS_ROOM_SIGNAL_ACTIVE_SPEAKER], 0, peer);
}

static void
offer_ready_tracks (GenosRoom *self, GenosPeer *peer)
{
  GPtrArray *ready = genos_outgoing_tracks_get_ready (self->tracks);

  for (guint i = 0; i < ready->len; i++)
    genos_peer_media_update_local (genos_peer_get_media (peer), g_ptr_array_index (ready, i));
}

static void
on_joined (GenosRoster *roster, GenosPeer *peer, GenosRoom *self)
{
  genos_room_metadata_tell (self, peer);
  g_signal_emit (self, genos_room_signals[GENOS_ROOM_SIGNAL_PEER_JOINED], 0, peer);
  /* A handler may have left the room. */
  if (genos_roster_get (roster, genos_peer_get_id (peer)) == peer)
    offer_ready_tracks (self, peer);
}

static void
on_healed (GenosRoster *roster, GenosPeer *peer, gboolean replaced, GenosRoom *self)
{
  g_autoptr (GenosRoom) alive = g_object_ref (self);

  if (!replaced)
    return;
  genos_room_metadata_tell (self, peer);
  /* First, so that media goes on at once whatever the application does. */
  offer_ready_tracks (self, peer);
  g_signal_emit (self, genos_room_signals[GENOS_ROOM_SIGNAL_PEER_RELINKED], 0, peer);
}

static void
on_track_changed (GenosOutgoingTracks *tracks, GenosLocalTrack *track, GenosRoom *self)
{
  g_autoptr (GPtrArray) peers = genos_room_get_peers (self);

  for (guint i = 0; i < peers->len; i++)
    genos_peer_media_update_local (genos_peer_get_media (g_ptr_array_index (peers, i)), track);
  genos_far_tracks_changed (self->far);
}

/* --- the stay --- */

static void
on_path_changed (GenosMembership *membership, const char *via, gboolean open, const char *reason,
    GenosRoom *self)
{
  g_autoptr (GenosRoom) alive = g_object_ref (self);

  if (open && self->state == GENOS_ROOM_JOINING)
    set_state (self, GENOS_ROOM_JOINED);
  g_signal_emit (self, genos_room_signals[GENOS_ROOM_SIGNAL_RELAY_CHANGED], 0, via, open, reason);
}

static void
on_seen (GenosMembership *membership, const char *peer_id, const char *kind, GenosRoom *self)
{
  g_signal_emit (self, genos_room_signals[GENOS_ROOM_SIGNAL_PEER_SEEN], 0, peer_id, kind);
}

static void
on_lost (GenosMembership *membership, const char *peer_id, GenosRoom *self)
{
  g_signal_emit (self, genos_room_signals[GENOS_ROOM_SIGNAL_PEER_LOST], 0, peer_id);
}

static void
on_join_error (GenosMembership *membership, const char *peer_id, GError *error, GenosRoom *self)
{
  g_signal_emit (self, genos_room_signals[GENOS_ROOM_SIGNAL_JOIN_ERROR],
      genos_room_signals_detail (error), peer_id, error);
}

/* Without a handler nobody has to be asked. */
static void
on_asked (GenosMembership *membership, GenosAdmission *admission, GenosRoom *self)
{
  g_signal_emit (self, genos_room_signals[GENOS_ROOM_SIGNAL_PEER_ADMIT], 0, admission);
}

/* FALSE, and all as it was, when a list is unusable. */
static gboolean
read_rules (GenosRoom *self, GError **error)
{
  GenosAdmissionRules rules;

  if (!genos_room_settings_read_rules (&self->settings, &rules, error))
    return FALSE;
  genos_admission_rules_clear (&self->rules);
  self->rules = rules;
  return TRUE;
}

static gboolean
is_rule (guint id)
{
  return id == GENOS_ROOM_PROP_ALLOW_PEERS || id == GENOS_ROOM_PROP_DENY_PEERS
      || id == GENOS_ROOM_PROP_MAX_PEERS || id == GENOS_ROOM_PROP_REQUIRE_VERIFIED
      || id == GENOS_ROOM_PROP_ADMIT_TIMEOUT;
}

static void
apply_rules (GenosRoom *self)
{
  g_autoptr (GenosMembership) membership = g_object_ref (self->membership);
  g_autoptr (GError) error = NULL;

  if (read_rules (self, &error))
    genos_membership_check_peers (membership);
  else
    on_warning (self, error, self);
}

static void
drop_membership (GenosRoom *self)
{
  if (self->far != NULL)
    genos_far_tracks_end (self->far);
  genos_mesh_end (self->mesh);
  if (self->membership != NULL)
    g_signal_handlers_disconnect_by_data (self->membership, self);
  g_clear_object (&self->membership);
  g_clear_pointer (&self->relays, genos_room_relays_end);
  genos_room_stats_stop (self);
}

static void
on_ended (GenosMembership *membership, GenosRoom *self)
{
  drop_membership (self);
  set_state (self, GENOS_ROOM_IDLE);
}

/* --- joining and leaving --- */

static GenosPeerLink *
make_webrtc_link (gboolean offerer, gpointer user_data, GError **error)
{
  GenosRoom *self = user_data;

  return genos_room_settings_make_link (&self->settings, offerer, error);
}

static void
on_relays_warning (GError *error, gpointer user_data)
{
  on_warning (NULL, error, user_data);
}

static GenosSignaller *
dup_signaller (GenosRoom *self, GError **error)
{
  if (self->signaller != NULL)
    return g_object_ref (self->signaller);
  if (!genos_webrtc_check_plugins (error))
    return NULL;
  genos_room_prepare ();
  if (!genos_room_relays_begin (&self->settings, &self->relays, error))
    return NULL;
  return genos_room_relays_make_signaller (
      self->relays, &self->settings, on_relays_warning, self, error);
}

static void
make_membership (GenosRoom *self, GenosSignaller *signaller)
{
  g_autofree char *path = genos_room_settings_dup_path (&self->settings);
  g_autoptr (GNetworkMonitor) monitor = self->factory == NULL ? genos_network_watch_new () : NULL;
  GenosMembershipConfig config = {
    .peer_id = self->settings.peer_id,
    .dialect = genos_dialect_lookup (self->settings.dialect),
    .factory = self->factory != NULL ? self->factory : make_webrtc_link,
    .factory_data = self->factory != NULL ? self->factory_data : self,
    .prepares_links =
        self->factory == NULL && genos_room_settings_has_ice_servers (&self->settings),
    .monitor = monitor,
    .rules = &self->rules,
    .path = path,
    .key = self->settings.key,
    .kind = self->settings.kind,
    .n_closing = self->factory != NULL ? NULL : genos_peer_link_webrtc_get_n_closing,
  };

  self->membership = genos_membership_new (&config, signaller, self->roster);
  g_signal_connect (self->membership, "path-changed", G_CALLBACK (on_path_changed), self);
  g_signal_connect (self->membership, "seen", G_CALLBACK (on_seen), self);
  g_signal_connect (self->membership, "lost", G_CALLBACK (on_lost), self);
  g_signal_connect (self->membership, "join-error", G_CALLBACK (on_join_error), self);
  g_signal_connect (self->membership, "warning", G_CALLBACK (on_warning), self);
  g_signal_connect (self->membership, "asked", G_CALLBACK (on_asked), self);
  g_signal_connect (self->membership, "ended", G_CALLBACK (on_ended), self);
}

/**
 * genos_room_join:
 * @self: a room
 * @error: return location for an error
 *
 * Joins the room: opens the relays, announces us, links to whoever is there, and
 * goes on doing so until [method@Room.leave].
 *
 * Returns at once. [property@Room:state] becomes `joined` when the first relay
 * opened. Fails with %GENOS_ERROR_INVALID_ARGUMENT when a property is unusable,
 * with %GENOS_ERROR_MISSING_PLUGIN when GStreamer lacks what links need.
 *
 * Returns: %TRUE when joining has begun
 */
gboolean
genos_room_join (GenosRoom *self, GError **error)
{
  g_autoptr (GenosSignaller) signaller = NULL;
  g_autoptr (GenosMembership) membership = NULL;

  g_return_val_if_fail (GENOS_IS_ROOM (self), FALSE);

  if (self->state != GENOS_ROOM_IDLE) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT,
        "the room is joined already, or its farewell is still on its way");
    return FALSE;
  }
  if (!genos_room_settings_check (&self->settings, error) || !read_rules (self, error))
    return FALSE;

  signaller = dup_signaller (self, error);
  if (signaller == NULL) {
    g_clear_pointer (&self->relays, genos_room_relays_end);
    return FALSE;
  }

  make_membership (self, signaller);
  genos_room_mesh_begin (self, signaller);
  membership = g_object_ref (self->membership);
  genos_room_stats_start (self);
  /* A handler may leave at once; then there is nothing to begin. */
  set_state (self, GENOS_ROOM_JOINING);
  if (genos_room_settings_seals (&self->settings))
    genos_room_key_begin (membership, &self->settings);
  else
    genos_membership_begin (membership);
  return TRUE;
}

/**
 * genos_room_leave:
 * @self: a room
 *
 * Leaves the room: says goodbye on every relay and to every peer, then closes
 * everything.
 *
 * Returns at once; every peer's [signal@Room::peer-left] is emitted before.
 * [property@Room:state] becomes `idle` when the farewell is out and the links are
 * torn down: after about 200 milliseconds, at the latest after two seconds, if
 * the room's context goes on being iterated; the room may be joined again then.
 */
void
genos_room_leave (GenosRoom *self)
{
  g_autoptr (GenosMembership) membership = NULL;

  g_return_if_fail (GENOS_IS_ROOM (self));

  if (self->state == GENOS_ROOM_IDLE || self->state == GENOS_ROOM_LEAVING)
    return;

  membership = g_object_ref (self->membership);
  set_state (self, GENOS_ROOM_LEAVING);
  genos_far_tracks_end (self->far);
  genos_membership_end (membership);
}

/* --- properties --- */

static void
genos_room_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GenosRoom *self = GENOS_ROOM (object);

  if (!genos_room_settings_set (&self->settings, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  if (self->membership != NULL && is_rule (id))
    apply_rules (self);
  else if (self->membership != NULL && id == GENOS_ROOM_PROP_METADATA)
    genos_room_metadata_changed (self);
  else if (self->membership != NULL && id == GENOS_ROOM_PROP_STATS_INTERVAL)
    genos_room_stats_start (self);
  else if (id == GENOS_ROOM_PROP_FORWARD_MAX)
    genos_far_tracks_set_forward_max (self->far, self->settings.forward_max);
}

static void
genos_room_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GenosRoom *self = GENOS_ROOM (object);

  if (id == GENOS_ROOM_PROP_STATE)
    g_value_set_enum (value, self->state);
  else if (id == GENOS_ROOM_PROP_RELAY_SERVER_URL)
    g_value_set_string (value, genos_room_relays_get_own_url (self->relays));
  else if (!genos_room_settings_get (&self->settings, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
genos_room_dispose (GObject *object)
{
  GenosRoom *self = GENOS_ROOM (object);

  if (self->far != NULL)
    genos_far_tracks_end (self->far);
  if (self->membership != NULL)
    genos_membership_abort (self->membership);
  drop_membership (self);
  self->state = GENOS_ROOM_IDLE;

  g_clear_pointer (&self->far, genos_far_tracks_free);
  if (self->tracks != NULL)
    g_signal_handlers_disconnect_by_data (self->tracks, self);
  g_clear_object (&self->tracks);
  genos_room_metadata_stop (self);
  genos_room_end_offers (self);
  genos_room_far_end (self);
  if (self->roster != NULL) {
    genos_roster_set_track_filter (self->roster, NULL, NULL);
    g_signal_handlers_disconnect_by_data (self->roster, self);
  }
  g_clear_object (&self->roster);
  g_clear_pointer (&self->speakers, genos_speaker_watch_free);
  g_clear_object (&self->exchange);
  if (self->streams != NULL)
    g_object_run_dispose (G_OBJECT (self->streams));
  g_clear_object (&self->streams);
  g_clear_object (&self->signaller);
  g_hash_table_remove_all (self->channels);

  G_OBJECT_CLASS (genos_room_parent_class)->dispose (object);
}

static void
genos_room_finalize (GObject *object)
{
  GenosRoom *self = GENOS_ROOM (object);

  g_hash_table_unref (self->channels);
  g_clear_object (&self->mesh);
  genos_room_settings_clear (&self->settings);
  genos_admission_rules_clear (&self->rules);

  G_OBJECT_CLASS (genos_room_parent_class)->finalize (object);
}

static void
genos_room_class_init (GenosRoomClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = genos_room_set_property;
  object_class->get_property = genos_room_get_property;
  object_class->dispose = genos_room_dispose;
  object_class->finalize = genos_room_finalize;
  genos_room_properties_install (object_class);
  genos_room_signals_install (G_TYPE_FROM_CLASS (klass));
}

static void
genos_room_init (GenosRoom *self)
{
  genos_room_settings_init (&self->settings);
  self->channels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->tracks = genos_outgoing_tracks_new ();
  g_signal_connect (self->tracks, "ready", G_CALLBACK (on_track_changed), self);
  g_signal_connect (self->tracks, "changed", G_CALLBACK (on_track_changed), self);
  self->exchange = genos_exchange_new ();
  self->speakers = genos_speaker_watch_new (on_speaker, self);
  self->mesh = genos_mesh_new (&genos_room_mesh_host, self);
  genos_room_log_watch (self);
  self->roster = genos_roster_new ();
  self->far = genos_far_tracks_new (self->roster, self->tracks, &genos_room_far_host, self);
  genos_room_begin_offers (self);
  /* Before the room's own, so that streams go on, or end, before the application hears why. */
  self->streams = genos_stream_book_new (self->roster);
  genos_room_far_begin (self);
  g_signal_connect (self->roster, "joined", G_CALLBACK (on_joined), self);
  g_signal_connect (self->roster, "left", G_CALLBACK (on_left), self);
  g_signal_connect (self->roster, "healed", G_CALLBACK (on_healed), self);
  g_signal_connect (self->roster, "metadata", G_CALLBACK (on_metadata), self);
  g_signal_connect (self->roster, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->roster, "progress", G_CALLBACK (on_progress), self);
  g_signal_connect (self->roster, "track-added", G_CALLBACK (on_track_added), self);
  g_signal_connect (self->roster, "track-removed", G_CALLBACK (on_track_removed), self);
  g_signal_connect (self->roster, "track-tier", G_CALLBACK (on_track_tier), self);
  g_signal_connect (self->roster, "warning", G_CALLBACK (on_warning), self);
}

/**
 * genos_room_new:
 * @name: (nullable): the room's name, see [property@Room:name]
 *
 * Makes a room that is not joined yet.
 *
 * Returns: (transfer full): the room
 */
GenosRoom *
genos_room_new (const char *name)
{
  return g_object_new (GENOS_TYPE_ROOM, "name", name, NULL);
}

void
genos_room_set_signaller (GenosRoom *self, GenosSignaller *signaller)
{
  g_set_object (&self->signaller, signaller);
}

void
genos_room_set_link_factory (GenosRoom *self, GenosLinkFactory factory, gpointer user_data)
{
  self->factory = factory;
  self->factory_data = user_data;
}

const GenosRoomSettings *
genos_room_get_settings (GenosRoom *self)
{
  return &self->settings;
}

/**
 * genos_room_get_key:
 * @self: a room
 *
 * Gets our own public key: that of [property@Room:identity-file], else a fresh
 * one for each stay. Others allow, deny and recognise us by it.
 *
 * Returns: (transfer none) (nullable): 64 hex digits; %NULL before
 *   [method@Room.join]
 */
const char *
genos_room_get_key (GenosRoom *self)
{
  g_return_val_if_fail (GENOS_IS_ROOM (self), NULL);
  return self->settings.key != NULL ? genos_schnorr_key_get_pubkey (self->settings.key) : NULL;
}

GenosMembership *
genos_room_get_membership (GenosRoom *self)
{
  return self->membership;
}

const char *
genos_room_get_speaker_id (GenosRoom *self)
{
  return genos_speaker_watch_get (self->speakers);
}

GPtrArray *
genos_room_get_ready_tracks (GenosRoom *self)
{
  return genos_outgoing_tracks_get_ready (self->tracks);
}

GenosStreamBook *
genos_room_get_stream_book (GenosRoom *self)
{
  return self->streams;
}

GenosRoster *
genos_room_get_roster (GenosRoom *self)
{
  return self->roster;
}
