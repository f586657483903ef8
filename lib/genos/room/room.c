/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/room-private.h>

#include <string.h>

#include <genos/crypto/random.h>
#include <genos/room/channel-private.h>
#include <genos/room/outgoing-tracks.h>
#include <genos/room/room-settings.h>
#include <genos/room/roster.h>
#include <genos/signalling/announcer.h>
#include <genos/signalling/path-watch.h>
#include <genos/signalling/presence.h>
#include <genos/transport/webrtc-plugins.h>

#define TICK_MS 500
/* What a farewell needs to leave the machine: relays get their bye, peers their @_leave. */
#define FAREWELL_MS 200
#define BYE_PING_MS 3000

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
struct _GenosRoom {
  GObject parent_instance;

  GenosRoomSettings settings;
  GenosRoomState state;
  GMainContext *context;

  GenosSignaller *signaller;
  gboolean own_signaller;       /* made by join, so that leaving drops it */
  GenosLinkFactory factory;
  gpointer factory_data;

  GenosDialler *dialler;
  GenosPresence *presence;
  GenosAnnouncer announcer;
  gdouble spread;               /* of the slow rhythm, drawn anew each time */
  GenosPathWatch *paths;

  GenosRoster *roster;
  GHashTable *channels;         /* char* name → GenosChannel */
  GenosOutgoingTracks *tracks;

  GSource *tick;
  GSource *farewell;
};

G_DEFINE_FINAL_TYPE (GenosRoom, genos_room, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (GenosRoomState, genos_room_state,
    G_DEFINE_ENUM_VALUE (GENOS_ROOM_IDLE, "idle"),
    G_DEFINE_ENUM_VALUE (GENOS_ROOM_JOINING, "joining"),
    G_DEFINE_ENUM_VALUE (GENOS_ROOM_JOINED, "joined"),
    G_DEFINE_ENUM_VALUE (GENOS_ROOM_LEAVING, "leaving"))

enum {
  PROP_0,
  PROP_NAME,
  PROP_PASSWORD,
  PROP_APP_ID,
  PROP_DIALECT,
  PROP_RELAYS,
  PROP_STUN_SERVER,
  PROP_TURN_SERVERS,
  PROP_PEER_ID,
  PROP_KIND,
  PROP_LATENCY,
  PROP_STATE,
  N_PROPS,
};

enum {
  PEER_JOINED,
  PEER_LEFT,
  PEER_SEEN,
  PEER_LOST,
  TRACK_ADDED,
  TRACK_REMOVED,
  MESSAGE,
  PROGRESS,
  JOIN_ERROR,
  RELAY_CHANGED,
  WARNING,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void
set_state (GenosRoom *self, GenosRoomState state) {
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
warn (GenosRoom *self, const GError *error) {
  g_signal_emit (self, signals[WARNING], 0, error);
}

/* --- announcing --- */

static void
announce (GenosRoom *self, const char *via) {
  genos_signaller_announce (self->signaller, via);
  if (via == NULL)
    genos_announcer_announced (&self->announcer, g_get_monotonic_time ());
}

static void
announce_if_due (GenosRoom *self, gint64 now) {
  if (genos_path_watch_get_n_open (self->paths) == 0 ||
      genos_announcer_next (&self->announcer, now, self->spread) > now)
    return;
  self->spread = genos_random_uniform (1000) / 1000.0;
  announce (self, NULL);
}

/* --- peers --- */

static void
on_message (GenosRoster *roster, GenosPeer *peer, const char *name, GenosMessage *message,
    GenosRoom *self) {
  const char *peer_id = genos_peer_get_id (peer);
  g_autoptr (GenosChannel) channel = g_hash_table_lookup (self->channels, name);

  if (channel != NULL)
    genos_channel_emit_message (g_object_ref (channel), peer_id, message);
  g_signal_emit (self, signals[MESSAGE], 0, name, peer_id, message);
}

static void
on_progress (GenosRoster *roster, GenosPeer *peer, const char *name, gdouble fraction,
    const char *metadata, GenosRoom *self) {
  const char *peer_id = genos_peer_get_id (peer);
  g_autoptr (GenosChannel) channel = g_hash_table_lookup (self->channels, name);

  if (channel != NULL)
    genos_channel_emit_progress (g_object_ref (channel), peer_id, fraction, metadata);
  g_signal_emit (self, signals[PROGRESS], 0, name, peer_id, fraction, metadata);
}

static void
on_track_added (GenosRoster *roster, GenosPeer *peer, GenosRemoteTrack *track,
    GenosRoom *self) {
  g_signal_emit (self, signals[TRACK_ADDED], 0, peer, track);
}

static void
on_track_removed (GenosRoster *roster, GenosPeer *peer, GenosRemoteTrack *track,
    GenosRoom *self) {
  g_signal_emit (self, signals[TRACK_REMOVED], 0, peer, track);
}

static void
on_peer_warning (GenosRoster *roster, GError *error, GenosRoom *self) {
  warn (self, error);
}

static void
on_left (GenosRoster *roster, GenosPeer *peer, GError *error, gboolean replaced,
    GenosRoom *self) {
  /* A ghost whose successor is here already is nobody's link any more. */
  if (self->dialler != NULL && !replaced)
    genos_dialler_link_closed (self->dialler, genos_peer_get_id (peer));
  genos_announcer_changed (&self->announcer, g_get_monotonic_time ());
  g_signal_emit (self, signals[PEER_LEFT], 0, peer, error);
}

static void
offer_ready_tracks (GenosRoom *self, GenosPeer *peer) {
  GPtrArray *ready = genos_outgoing_tracks_get_ready (self->tracks);

  for (guint i = 0; i < ready->len; i++)
    genos_peer_media_add_local (genos_peer_get_media (peer), g_ptr_array_index (ready, i));
}

static void
on_joined (GenosRoster *roster, GenosPeer *peer, GenosRoom *self) {
  genos_announcer_changed (&self->announcer, g_get_monotonic_time ());
  g_signal_emit (self, signals[PEER_JOINED], 0, peer);
  /* A handler may have left the room. */
  if (genos_roster_get (roster, genos_peer_get_id (peer)) == peer)
    offer_ready_tracks (self, peer);
}

static void
on_linked (GenosDialler *dialler, const char *peer_id, GenosPeerLink *link,
    GenosRoom *self) {
  g_autoptr (GenosPeer) peer = genos_peer_new (peer_id,
      genos_presence_get_kind (self->presence, peer_id), link,
      genos_dialect_lookup (self->settings.dialect));

  genos_roster_add (self->roster, peer);
}

static void
on_dial_failed (GenosDialler *dialler, const char *peer_id, GError *error,
    GenosRoom *self) {
  g_signal_emit (self, signals[JOIN_ERROR], 0, peer_id, error);
}

static void
on_track_ready (GenosOutgoingTracks *tracks, GenosLocalTrack *track, GenosRoom *self) {
  g_autoptr (GPtrArray) peers = genos_room_get_peers (self);

  for (guint i = 0; i < peers->len; i++)
    genos_peer_media_add_local (genos_peer_get_media (g_ptr_array_index (peers, i)), track);
}

/* --- what the signaller hears --- */

static void
on_path_opened (GenosSignaller *signaller, const char *via, GenosRoom *self) {
  gint64 now = g_get_monotonic_time ();

  genos_path_watch_opened (self->paths, via);
  genos_announcer_changed (&self->announcer, now);
  if (self->announcer.last == G_MININT64)
    genos_announcer_announced (&self->announcer, now);
  announce (self, via);

  if (self->state == GENOS_ROOM_JOINING)
    set_state (self, GENOS_ROOM_JOINED);
  g_signal_emit (self, signals[RELAY_CHANGED], 0, via, TRUE, NULL);
}

static void
on_path_closed (GenosSignaller *signaller, const char *via, GError *error,
    GenosRoom *self) {
  genos_path_watch_closed (self->paths, via, error != NULL ? error->message : NULL,
      g_get_monotonic_time ());
  g_signal_emit (self, signals[RELAY_CHANGED], 0, via, FALSE,
      error != NULL ? error->message : NULL);
}

static void
on_announced (GenosSignaller *signaller, const char *peer_id, const char *kind,
    const char *via, GenosRoom *self) {
  GenosPeer *peer = genos_roster_get (self->roster, peer_id);
  gint64 now = g_get_monotonic_time ();

  if (peer != NULL)
    genos_peer_set_kind (peer, kind);
  if (genos_presence_seen (self->presence, peer_id, kind, now) &&
      genos_announcer_met_stranger (&self->announcer, now))
    announce (self, NULL);
  g_signal_emit (self, signals[PEER_SEEN], 0, peer_id, kind);
}

static void
on_bye_pinged (GObject *source, GAsyncResult *result, gpointer user_data) {
  g_autoptr (GenosPeer) peer = user_data;

  if (genos_messenger_ping_finish (GENOS_MESSENGER (source), result, NULL) < 0)
    genos_peer_close (peer, FALSE);
}

/* A bye is not signed by anything a link knows, so it ends no link by itself: the peer is asked. */
static void
on_bye (GenosSignaller *signaller, const char *peer_id, const char *via,
    GenosRoom *self) {
  GenosPeer *peer = genos_roster_get (self->roster, peer_id);

  genos_dialler_peer_gone (self->dialler, peer_id);
  if (peer != NULL)
    genos_messenger_ping_async (genos_peer_get_messenger (peer), BYE_PING_MS, NULL,
        on_bye_pinged, g_object_ref (peer));
  if (genos_presence_lost (self->presence, peer_id))
    g_signal_emit (self, signals[PEER_LOST], 0, peer_id);
}

static void
on_signaller_peer_error (GenosSignaller *signaller, const char *peer_id, const char *via,
    GError *error, GenosRoom *self) {
  g_signal_emit (self, signals[JOIN_ERROR], 0, peer_id, error);
}

/* --- time --- */

static void
complain_of_no_relay (GenosRoom *self, gint64 now) {
  g_autoptr (GError) error = genos_path_watch_complain (self->paths, now);

  if (error != NULL)
    warn (self, error);
}

static void
expire_presence (GenosRoom *self, gint64 now) {
  /* A handler may leave the room, and so end the presence. */
  while (self->presence != NULL) {
    g_autofree char *lost = genos_presence_expire (self->presence, now);

    if (lost == NULL)
      return;
    g_signal_emit (self, signals[PEER_LOST], 0, lost);
  }
}

static gboolean
on_tick (gpointer user_data) {
  g_autoptr (GenosRoom) self = g_object_ref (user_data);
  gint64 now = g_get_monotonic_time ();

  announce_if_due (self, now);
  genos_dialler_tick (self->dialler, now);
  expire_presence (self, now);
  complain_of_no_relay (self, now);
  return G_SOURCE_CONTINUE;
}

static GSource *
add_timer (GenosRoom *self, guint ms, GSourceFunc func, const char *name) {
  GSource *source = g_timeout_source_new (ms);

  g_source_set_static_name (source, name);
  g_source_set_callback (source, func, self, NULL);
  g_source_attach (source, self->context);
  return source;
}

static void
drop_timer (GSource **source) {
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

/* --- joining and leaving --- */

static GenosPeerLink *
make_webrtc_link (gboolean offerer, gpointer user_data, GError **error) {
  GenosRoom *self = user_data;

  return genos_room_settings_make_link (&self->settings, offerer, error);
}

static void
watch_signaller (GenosRoom *self) {
  g_signal_connect (self->signaller, "path-opened", G_CALLBACK (on_path_opened), self);
  g_signal_connect (self->signaller, "path-closed", G_CALLBACK (on_path_closed), self);
  g_signal_connect (self->signaller, "announced", G_CALLBACK (on_announced), self);
  g_signal_connect (self->signaller, "bye", G_CALLBACK (on_bye), self);
  g_signal_connect (self->signaller, "peer-error", G_CALLBACK (on_signaller_peer_error),
      self);
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
genos_room_join (GenosRoom *self, GError **error) {
  g_return_val_if_fail (GENOS_IS_ROOM (self), FALSE);

  if (self->state != GENOS_ROOM_IDLE) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT,
        "the room is joined already, or its farewell is still on its way");
    return FALSE;
  }
  if (!genos_room_settings_check (&self->settings, error))
    return FALSE;

  if (self->signaller == NULL) {
    if (!genos_webrtc_check_plugins (error))
      return FALSE;
    self->signaller = genos_room_settings_make_signaller (&self->settings, error);
    self->own_signaller = TRUE;
    if (self->signaller == NULL)
      return FALSE;
  }

  self->presence = genos_presence_new ();
  genos_announcer_init (&self->announcer);
  g_clear_pointer (&self->paths, genos_path_watch_free);
  self->paths = genos_path_watch_new (g_get_monotonic_time ());

  /* The room hears of an announce before the dialler acts on it, so that kinds are known. */
  watch_signaller (self);
  self->dialler = genos_dialler_new (self->settings.peer_id, self->signaller,
      self->factory != NULL ? self->factory : make_webrtc_link,
      self->factory != NULL ? self->factory_data : self);
  g_signal_connect (self->dialler, "linked", G_CALLBACK (on_linked), self);
  g_signal_connect (self->dialler, "failed", G_CALLBACK (on_dial_failed), self);

  self->tick = add_timer (self, TICK_MS, on_tick, "[genos] room tick");
  set_state (self, GENOS_ROOM_JOINING);
  genos_signaller_start (self->signaller);
  return TRUE;
}

static void
drop_signalling (GenosRoom *self) {
  drop_timer (&self->farewell);
  if (self->signaller != NULL) {
    g_signal_handlers_disconnect_by_data (self->signaller, self);
    genos_signaller_stop (self->signaller);
  }
  if (self->own_signaller)
    g_clear_object (&self->signaller);
}

static gboolean
on_farewell_said (gpointer user_data) {
  g_autoptr (GenosRoom) self = g_object_ref (user_data);

  drop_signalling (self);
  set_state (self, GENOS_ROOM_IDLE);
  return G_SOURCE_REMOVE;
}

static void
drop_dialling (GenosRoom *self) {
  drop_timer (&self->tick);
  if (self->dialler != NULL) {
    g_signal_handlers_disconnect_by_data (self->dialler, self);
    genos_dialler_stop (self->dialler);
  }
  g_clear_object (&self->dialler);
}

/**
 * genos_room_leave:
 * @self: a room
 *
 * Leaves the room: says goodbye on every relay and to every peer, then closes
 * everything.
 *
 * Returns at once; every peer's [signal@Room::peer-left] is emitted before.
 * [property@Room:state] becomes `idle` when the farewell is out, within half a
 * second, if the room's context goes on being iterated; the room may be joined
 * again then.
 */
void
genos_room_leave (GenosRoom *self) {
  g_return_if_fail (GENOS_IS_ROOM (self));

  if (self->state == GENOS_ROOM_IDLE || self->state == GENOS_ROOM_LEAVING)
    return;

  set_state (self, GENOS_ROOM_LEAVING);
  genos_signaller_send_bye (self->signaller);
  drop_dialling (self);
  genos_roster_close_all (self->roster);
  g_clear_pointer (&self->presence, genos_presence_free);
  self->farewell =
      add_timer (self, FAREWELL_MS, on_farewell_said, "[genos] farewell");
}

/* --- properties --- */

static char **
setting (GenosRoom *self, guint id) {
  GenosRoomSettings *settings = &self->settings;

  switch (id) {
    case PROP_NAME:
      return &settings->name;
    case PROP_PASSWORD:
      return &settings->password;
    case PROP_APP_ID:
      return &settings->app_id;
    case PROP_DIALECT:
      return &settings->dialect;
    case PROP_RELAYS:
      return &settings->relays;
    case PROP_STUN_SERVER:
      return &settings->stun_server;
    case PROP_TURN_SERVERS:
      return &settings->turn_servers;
    case PROP_PEER_ID:
      return &settings->peer_id;
    case PROP_KIND:
      return &settings->kind;
    default:
      return NULL;
  }
}

static void
genos_room_set_property (GObject *object, guint id, const GValue *value,
    GParamSpec *pspec) {
  GenosRoom *self = GENOS_ROOM (object);
  char **text = setting (self, id);

  if (text != NULL) {
    g_free (*text);
    *text = g_value_dup_string (value);
  } else if (id == PROP_LATENCY) {
    self->settings.latency_ms = g_value_get_uint (value);
  } else {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
genos_room_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec) {
  GenosRoom *self = GENOS_ROOM (object);
  char **text = setting (self, id);

  if (text != NULL)
    g_value_set_string (value, *text);
  else if (id == PROP_LATENCY)
    g_value_set_uint (value, self->settings.latency_ms);
  else if (id == PROP_STATE)
    g_value_set_enum (value, self->state);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
genos_room_dispose (GObject *object) {
  GenosRoom *self = GENOS_ROOM (object);

  if (self->state == GENOS_ROOM_JOINING || self->state == GENOS_ROOM_JOINED)
    genos_room_leave (self);
  if (self->state == GENOS_ROOM_LEAVING)
    drop_signalling (self);
  self->state = GENOS_ROOM_IDLE;

  if (self->tracks != NULL)
    g_signal_handlers_disconnect_by_data (self->tracks, self);
  g_clear_object (&self->tracks);
  if (self->roster != NULL)
    g_signal_handlers_disconnect_by_data (self->roster, self);
  g_clear_object (&self->roster);
  g_clear_object (&self->signaller);
  g_hash_table_remove_all (self->channels);

  G_OBJECT_CLASS (genos_room_parent_class)->dispose (object);
}

static void
genos_room_finalize (GObject *object) {
  GenosRoom *self = GENOS_ROOM (object);

  g_hash_table_unref (self->channels);
  g_main_context_unref (self->context);
  g_clear_pointer (&self->paths, genos_path_watch_free);
  genos_room_settings_clear (&self->settings);

  G_OBJECT_CLASS (genos_room_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *klass) {
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  /**
   * GenosRoom:name:
   *
   * The room's name, UTF-8, at most 256 bytes; needed. With the dialect
   * `genosrtc` it is the database name of the web app.
   */
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);

  /**
   * GenosRoom:password:
   *
   * Seals offers and answers so that relays cannot read them; peers with another
   * password cannot link to us. %NULL and the empty string are the same: sealed
   * with a key that anybody can compute.
   */
  properties[PROP_PASSWORD] = g_param_spec_string ("password", NULL, NULL, NULL,
      G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GenosRoom:app-id:
   *
   * The application's id; peers with another one are in another room.
   */
  properties[PROP_APP_ID] = g_param_spec_string ("app-id", NULL, NULL, "1234", flags);

  /**
   * GenosRoom:dialect:
   *
   * Which members of the protocol family to meet: `genosrtc` or `trystero`.
   */
  properties[PROP_DIALECT] =
      g_param_spec_string ("dialect", NULL, NULL, "genosrtc", flags);

  /**
   * GenosRoom:relays:
   *
   * URLs of Nostr relays (`ws://` or `wss://`), separated by commas. Empty: the
   * relays that browsers of the dialect use by default.
   */
  properties[PROP_RELAYS] = g_param_spec_string ("relays", NULL, NULL, NULL, flags);

  /**
   * GenosRoom:stun-server:
   *
   * `stun://host:port` of the server that tells peers their public addresses, as
   * browsers of the dialect use it; it learns that this address is about to
   * connect to somebody. Empty: none.
   */
  properties[PROP_STUN_SERVER] = g_param_spec_string ("stun-server", NULL, NULL,
      "stun://stun.l.google.com:19302", flags);

  /**
   * GenosRoom:turn-servers:
   *
   * `turn://user:password@host:port`, separated by commas: servers that pass
   * packets on where no direct way exists.
   */
  properties[PROP_TURN_SERVERS] =
      g_param_spec_string ("turn-servers", NULL, NULL, NULL, flags);

  /**
   * GenosRoom:peer-id:
   *
   * Our own id, 1 to 64 characters of `[0-9A-Za-z]`. Drawn at random by
   * [method@Room.join] when it is not set.
   */
  properties[PROP_PEER_ID] = g_param_spec_string ("peer-id", NULL, NULL, NULL, flags);

  /**
   * GenosRoom:kind:
   *
   * What our announces say we are; informational. Empty: nothing.
   */
  properties[PROP_KIND] = g_param_spec_string ("kind", NULL, NULL, "native", flags);

  /**
   * GenosRoom:latency:
   *
   * How long incoming packets may wait for those before them, in milliseconds.
   */
  properties[PROP_LATENCY] =
      g_param_spec_uint ("latency", NULL, NULL, 0, 10000, 100, flags);

  /**
   * GenosRoom:state:
   *
   * Where the room stands.
   */
  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, GENOS_TYPE_ROOM_STATE,
      GENOS_ROOM_IDLE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (klass, N_PROPS, properties);
}

static guint
new_signal (const char *name, guint n, ...) {
  GType types[4];
  va_list args;

  va_start (args, n);
  for (guint i = 0; i < n; i++)
    types[i] = va_arg (args, GType);
  va_end (args);
  return g_signal_newv (name, GENOS_TYPE_ROOM, G_SIGNAL_RUN_LAST, NULL, NULL, NULL, NULL,
      G_TYPE_NONE, n, types);
}

static void
install_signals (void) {
  /**
   * GenosRoom::peer-joined:
   * @self: the room
   * @peer: (type GenosPeer): who came
   *
   * A link to a peer is open: it can be sent to. Emitted once per link; a peer
   * that restarts leaves first, and joins again as another object.
   */
  signals[PEER_JOINED] = new_signal ("peer-joined", 1, GENOS_TYPE_PEER);

  /**
   * GenosRoom::peer-left:
   * @self: the room
   * @peer: (type GenosPeer): who went
   * @error: (type GError): why; %GENOS_ERROR_CLOSED when it left
   *
   * The link to a peer is over. Emitted once for each
   * [signal@Room::peer-joined], after the peer's tracks were removed.
   */
  signals[PEER_LEFT] = new_signal ("peer-left", 2, GENOS_TYPE_PEER, G_TYPE_ERROR);

  /**
   * GenosRoom::peer-seen:
   * @self: the room
   * @peer_id: who was heard
   * @kind: (nullable): what it says it is
   *
   * A peer announced itself on a relay, linked to us or not. Emitted at each of
   * its announces, so every few seconds, and once per relay.
   */
  signals[PEER_SEEN] = new_signal ("peer-seen", 2, G_TYPE_STRING, G_TYPE_STRING);

  /**
   * GenosRoom::peer-lost:
   * @self: the room
   * @peer_id: who is gone
   *
   * A peer said goodbye on a relay, or has been silent for 90 seconds. Emitted
   * once until it is seen again.
   */
  signals[PEER_LOST] = new_signal ("peer-lost", 1, G_TYPE_STRING);

  /**
   * GenosRoom::track-added:
   * @self: the room
   * @peer: (type GenosPeer): who sends it
   * @track: (type GenosRemoteTrack): the track
   *
   * A peer began to send a track.
   */
  signals[TRACK_ADDED] =
      new_signal ("track-added", 2, GENOS_TYPE_PEER, GENOS_TYPE_REMOTE_TRACK);

  /**
   * GenosRoom::track-removed:
   * @self: the room
   * @peer: (type GenosPeer): who sent it
   * @track: (type GenosRemoteTrack): the track
   *
   * A track is over: its peer took it away or left. Emitted once for each
   * [signal@Room::track-added].
   */
  signals[TRACK_REMOVED] =
      new_signal ("track-removed", 2, GENOS_TYPE_PEER, GENOS_TYPE_REMOTE_TRACK);

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
  signals[MESSAGE] =
      new_signal ("message", 3, G_TYPE_STRING, G_TYPE_STRING, GENOS_TYPE_MESSAGE);

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
  signals[PROGRESS] = new_signal ("progress", 4, G_TYPE_STRING, G_TYPE_STRING,
      G_TYPE_DOUBLE, G_TYPE_STRING);

  /**
   * GenosRoom::join-error:
   * @self: the room
   * @peer_id: with whom
   * @error: (type GError): %GENOS_ERROR_AUTHENTICATION when its password differs
   *   from ours, %GENOS_ERROR_TIMED_OUT when no packet got through
   *
   * A peer is there but cannot be linked to. Emitted at most once per attempt;
   * once only for a peer whose password differs. The room goes on, and tries
   * again.
   */
  signals[JOIN_ERROR] = new_signal ("join-error", 2, G_TYPE_STRING, G_TYPE_ERROR);

  /**
   * GenosRoom::relay-changed:
   * @self: the room
   * @url: the relay
   * @open: whether it is open now
   * @reason: (nullable): why it closed
   *
   * A relay opened or closed. It is retried by itself.
   */
  signals[RELAY_CHANGED] =
      new_signal ("relay-changed", 3, G_TYPE_STRING, G_TYPE_BOOLEAN, G_TYPE_STRING);

  /**
   * GenosRoom::warning:
   * @self: the room
   * @error: (type GError): what is wrong
   *
   * Something is wrong that does not end anything: no relay is reachable, or a
   * peer sent nonsense.
   */
  signals[WARNING] = new_signal ("warning", 1, G_TYPE_ERROR);
}

static void
genos_room_class_init (GenosRoomClass *klass) {
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = genos_room_set_property;
  object_class->get_property = genos_room_get_property;
  object_class->dispose = genos_room_dispose;
  object_class->finalize = genos_room_finalize;
  install_properties (object_class);
  install_signals ();
}

static void
genos_room_init (GenosRoom *self) {
  genos_room_settings_init (&self->settings);
  self->context = g_main_context_ref_thread_default ();
  self->channels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->tracks = genos_outgoing_tracks_new ();
  g_signal_connect (self->tracks, "ready", G_CALLBACK (on_track_ready), self);
  self->roster = genos_roster_new ();
  g_signal_connect (self->roster, "joined", G_CALLBACK (on_joined), self);
  g_signal_connect (self->roster, "left", G_CALLBACK (on_left), self);
  g_signal_connect (self->roster, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->roster, "progress", G_CALLBACK (on_progress), self);
  g_signal_connect (self->roster, "track-added", G_CALLBACK (on_track_added), self);
  g_signal_connect (self->roster, "track-removed", G_CALLBACK (on_track_removed), self);
  g_signal_connect (self->roster, "warning", G_CALLBACK (on_peer_warning), self);
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
genos_room_new (const char *name) {
  return g_object_new (GENOS_TYPE_ROOM, "name", name, NULL);
}

void
genos_room_set_signaller (GenosRoom *self, GenosSignaller *signaller) {
  g_set_object (&self->signaller, signaller);
  self->own_signaller = FALSE;
}

void
genos_room_set_link_factory (GenosRoom *self, GenosLinkFactory factory,
    gpointer user_data) {
  self->factory = factory;
  self->factory_data = user_data;
}

/* --- what applications ask --- */

/**
 * genos_room_get_state:
 * @self: a room
 *
 * Gets where the room stands.
 *
 * Returns: the state
 */
GenosRoomState
genos_room_get_state (GenosRoom *self) {
  g_return_val_if_fail (GENOS_IS_ROOM (self), GENOS_ROOM_IDLE);
  return self->state;
}

/**
 * genos_room_get_peer_id:
 * @self: a room
 *
 * Gets our own id.
 *
 * Returns: (transfer none) (nullable): the id; %NULL before [method@Room.join]
 *   when none was set
 */
const char *
genos_room_get_peer_id (GenosRoom *self) {
  g_return_val_if_fail (GENOS_IS_ROOM (self), NULL);
  return self->settings.peer_id;
}

/**
 * genos_room_get_peers:
 * @self: a room
 *
 * Gets the peers that are linked now.
 *
 * Returns: (transfer container) (element-type GenosPeer): the peers, in no order
 */
GPtrArray *
genos_room_get_peers (GenosRoom *self) {
  g_return_val_if_fail (GENOS_IS_ROOM (self), NULL);
  return genos_roster_get_targets (self->roster, NULL, NULL);
}

/**
 * genos_room_get_peer:
 * @self: a room
 * @peer_id: a peer's id
 *
 * Gets a peer that is linked now.
 *
 * Returns: (transfer none) (nullable): the peer
 */
GenosPeer *
genos_room_get_peer (GenosRoom *self, const char *peer_id) {
  g_return_val_if_fail (GENOS_IS_ROOM (self), NULL);
  g_return_val_if_fail (peer_id != NULL, NULL);
  return genos_roster_get (self->roster, peer_id);
}

static void
on_pinged (GObject *source, GAsyncResult *result, gpointer user_data) {
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gint64 round_trip =
      genos_messenger_ping_finish (GENOS_MESSENGER (source), result, &error);

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
    GAsyncReadyCallback callback, gpointer user_data) {
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GenosPeer *peer = genos_room_get_peer (self, peer_id);

  g_task_set_source_tag (task, genos_room_ping_async);
  if (peer == NULL) {
    g_task_return_new_error (task, GENOS_ERROR, GENOS_ERROR_CLOSED, "peer %s is not here",
        peer_id);
    return;
  }
  genos_messenger_ping_async (genos_peer_get_messenger (peer), 10000, cancellable,
      on_pinged, g_steal_pointer (&task));
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
genos_room_ping_finish (GenosRoom *self, GAsyncResult *result, GError **error) {
  g_return_val_if_fail (g_task_is_valid (result, self), -1);
  return g_task_propagate_int (G_TASK (result), error);
}

static GPtrArray *
resolve_targets (gpointer room, const char *const *targets, GPtrArray *absent) {
  return genos_roster_get_targets (GENOS_ROOM (room)->roster, targets, absent);
}

/**
 * genos_room_open_channel:
 * @self: a room
 * @name: 1 to 12 bytes of UTF-8, not starting with `@_`
 * @error: return location for an error
 *
 * Gets the channel of that name; the same object for the same name, as long as
 * the room lives.
 *
 * Fails with %GENOS_ERROR_INVALID_ARGUMENT when @name cannot be a channel's.
 *
 * Returns: (transfer full): the channel
 */
GenosChannel *
genos_room_open_channel (GenosRoom *self, const char *name, GError **error) {
  GenosChannel *channel;

  g_return_val_if_fail (GENOS_IS_ROOM (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  if (!genos_channel_name_check (name, error))
    return NULL;
  channel = g_hash_table_lookup (self->channels, name);
  if (channel == NULL) {
    channel = genos_channel_new (name, G_OBJECT (self), resolve_targets);
    g_hash_table_insert (self->channels, g_strdup (name), channel);
  }
  return g_object_ref (channel);
}

/**
 * genos_room_add_track:
 * @self: a room
 * @track: a track
 *
 * Sends a track to every peer, those that come later included, as soon as its
 * caps are known. Can be called before [method@Room.join]; a track may be in
 * several rooms.
 */
void
genos_room_add_track (GenosRoom *self, GenosLocalTrack *track) {
  g_return_if_fail (GENOS_IS_ROOM (self));
  g_return_if_fail (GENOS_IS_LOCAL_TRACK (track));

  genos_outgoing_tracks_add (self->tracks, track);
}

/**
 * genos_room_remove_track:
 * @self: a room
 * @track: a track
 *
 * Takes a track away from every peer. Nothing happens when it is not there.
 */
void
genos_room_remove_track (GenosRoom *self, GenosLocalTrack *track) {
  g_autoptr (GPtrArray) peers = NULL;

  g_return_if_fail (GENOS_IS_ROOM (self));
  g_return_if_fail (GENOS_IS_LOCAL_TRACK (track));

  if (!genos_outgoing_tracks_remove (self->tracks, track))
    return;
  peers = genos_room_get_peers (self);
  for (guint i = 0; i < peers->len; i++)
    genos_peer_media_remove_local (genos_peer_get_media (g_ptr_array_index (peers, i)),
        track);
}

/**
 * genos_room_get_stats:
 * @self: a room
 *
 * Gets counters: `peer-id` (string), `relays-open`, `peers`, `peers-seen`,
 * `handshakes` (unsigned), and `peer` (a list of structures, one per linked peer,
 * with `peer-id`, `kind`, `linked-ms`, `messages-in`, `dropped`, `buffered`).
 *
 * Returns: (transfer full): the counters
 */
GstStructure *
genos_room_get_stats (GenosRoom *self) {
  GstStructure *stats;
  g_autoptr (GPtrArray) peers = NULL;
  g_auto (GValue) list = G_VALUE_INIT;

  g_return_val_if_fail (GENOS_IS_ROOM (self), NULL);

  stats = gst_structure_new ("genos-room-stats", "peer-id", G_TYPE_STRING,
      self->settings.peer_id, "relays-open", G_TYPE_UINT,
      self->paths != NULL ? genos_path_watch_get_n_open (self->paths) : 0, "peers",
      G_TYPE_UINT, genos_roster_get_n (self->roster), "peers-seen", G_TYPE_UINT,
      self->presence != NULL ? genos_presence_get_n (self->presence) : 0, "handshakes",
      G_TYPE_UINT, self->dialler != NULL ? genos_dialler_get_n_handshakes (self->dialler) : 0,
      NULL);

  peers = genos_room_get_peers (self);
  g_value_init (&list, GST_TYPE_LIST);
  for (guint i = 0; i < peers->len; i++) {
    g_auto (GValue) value = G_VALUE_INIT;

    g_value_init (&value, GST_TYPE_STRUCTURE);
    g_value_take_boxed (&value, genos_peer_get_stats (g_ptr_array_index (peers, i)));
    gst_value_list_append_value (&list, &value);
  }
  gst_structure_take_value (stats, "peer", &list);
  return stats;
}
