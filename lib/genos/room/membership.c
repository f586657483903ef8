/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/membership.h>

#include <genos/base/reason-private.h>
#include <genos/crypto/random.h>
#include <genos/signalling/announcer.h>
#include <genos/signalling/path-watch.h>
#include <genos/signalling/presence.h>

#define TICK_MS 500
/* What a farewell needs to leave the machine: relays get their bye, peers their @_leave. */
#define FAREWELL_MS 200
/* How often, and for how long, torn down links are waited for after that. */
#define LINGER_MS 20
#define MAX_LINGERS 90

struct _GenosMembership {
  GObject parent_instance;

  GMainContext *context;
  const GenosDialect *dialect;
  GenosSignaller *signaller;
  GenosRoster *roster;
  GenosDoor *door;
  GenosDialler *dialler; /* NULL once the farewell has begun */
  GenosHealer *healer;   /* the same */
  GenosSecret *room_key; /* (nullable) */

  GenosPresence *presence;
  GenosPathWatch *paths;
  GenosAnnouncer announcer;
  GSource *announce_timer;

  GSource *tick;
  GSource *farewell;
  gboolean prepares_links;
  guint (*n_closing) (void);
  guint n_lingers;
};

G_DEFINE_FINAL_TYPE (GenosMembership, genos_membership, G_TYPE_OBJECT)

enum {
  PATH_CHANGED,
  SEEN,
  LOST,
  JOIN_ERROR,
  WARNING,
  ASKED,
  ENDED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* --- timers --- */

static GSource *
add_timer (GenosMembership *self, guint ms, GSourceFunc func, const char *name)
{
  GSource *source = g_timeout_source_new (ms);

  g_source_set_static_name (source, name);
  g_source_set_callback (source, func, self, NULL);
  g_source_attach (source, self->context);
  return source;
}

static void
drop_timer (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

/* --- announcing --- */

static gdouble
draw (void)
{
  return genos_random_uniform (1000) / 1000.0;
}

static guint
count_room (GenosMembership *self)
{
  return genos_presence_get_n (self->presence) + 1;
}

static gboolean on_announce_due (gpointer user_data);

static void
schedule_announce (GenosMembership *self)
{
  gint64 next = genos_announcer_next (&self->announcer);

  drop_timer (&self->announce_timer);
  if (self->tick == NULL || genos_path_watch_get_n_open (self->paths) == 0)
    return;
  self->announce_timer = add_timer (self, 0, on_announce_due, "[genos] announce");
  g_source_set_ready_time (self->announce_timer, MAX (next, g_get_monotonic_time ()));
}

static void
announce (GenosMembership *self, const char *via)
{
  genos_announcer_announced (&self->announcer, count_room (self), draw (), g_get_monotonic_time ());
  schedule_announce (self);
  genos_signaller_announce (self->signaller, via);
}

static gboolean
on_announce_due (gpointer user_data)
{
  g_autoptr (GenosMembership) self = g_object_ref (user_data);

  announce (self, NULL);
  return G_SOURCE_REMOVE;
}

/* Somebody should hear of us: soon, but not together with everybody else. */
static void
answer_stranger (GenosMembership *self)
{
  genos_announcer_asked (&self->announcer, count_room (self), draw (), g_get_monotonic_time ());
  schedule_announce (self);
}

/* --- links --- */

static void
on_linked (GenosDialler *dialler, const char *peer_id, GenosPeerLink *link,
    const GenosSignalOrigin *origin, GenosMembership *self)
{
  genos_door_take_link (self->door, peer_id, link, origin);
}

static void
on_admitted (GenosDoor *door, const char *peer_id, GenosPeerLink *link,
    const GenosSignalOrigin *origin, const GenosPeerCredentials *credentials, GenosMembership *self)
{
  GenosPeer *known = genos_roster_get (self->roster, peer_id);
  g_autoptr (GenosPeer) peer = NULL;
  gint64 now = g_get_monotonic_time ();

  /* It may have been linked by its offer alone, before its first announce was heard. */
  genos_presence_seen (self->presence, peer_id, credentials->kind, now);
  if (known != NULL) {
    genos_peer_set_kind (known, credentials->kind);
    genos_peer_replace_link (known, link, origin, credentials);
    return;
  }
  peer = genos_peer_new (peer_id, genos_presence_get_kind (self->presence, peer_id), link, origin,
      credentials, self->dialect);
  genos_roster_add (self->roster, peer);
}

static void
on_refused (
    GenosDoor *door, const char *peer_id, GError *error, gboolean linked, GenosMembership *self)
{
  /* One who is here has a link of its own. */
  if (linked && self->dialler != NULL && genos_roster_get (self->roster, peer_id) == NULL)
    genos_dialler_link_refused (self->dialler, peer_id);
  if (!g_error_matches (error, GENOS_ERROR, GENOS_ERROR_CLOSED))
    g_signal_emit (self, signals[JOIN_ERROR], 0, peer_id, error);
}

static void
on_asked (GenosDoor *door, GenosAdmission *admission, GenosMembership *self)
{
  g_signal_emit (self, signals[ASKED], 0, admission);
}

static GHashTable *
dup_peers (gpointer data)
{
  GenosMembership *self = data;
  GHashTable *ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) peers = genos_roster_get_targets (self->roster, NULL, NULL);

  for (guint i = 0; i < peers->len; i++)
    g_hash_table_add (ids, g_strdup (genos_peer_get_id (g_ptr_array_index (peers, i))));
  if (self->dialler != NULL)
    genos_dialler_collect_peers (self->dialler, ids);
  return ids;
}

static const char *
get_proven_key (const char *peer_id, gpointer data)
{
  GenosPeer *peer = genos_roster_get (GENOS_MEMBERSHIP (data)->roster, peer_id);

  return peer != NULL ? genos_peer_get_key (peer) : NULL;
}

static void
doubt_peer (const char *peer_id, gpointer data)
{
  GenosPeer *peer = genos_roster_get (GENOS_MEMBERSHIP (data)->roster, peer_id);

  if (peer != NULL)
    genos_peer_doubt (peer, FALSE);
}

static void
on_left (GenosRoster *roster, GenosPeer *peer, GError *error, GenosMembership *self)
{
  if (self->dialler != NULL) {
    answer_stranger (self);
    genos_dialler_link_closed (self->dialler, genos_peer_get_id (peer));
  }
}

static void
on_stirred (GenosHealer *healer, GenosMembership *self)
{
  genos_announcer_look (&self->announcer);
  announce (self, NULL);
}

static void
on_dial_failed (GenosDialler *dialler, const char *peer_id, GError *error, GenosMembership *self)
{
  g_signal_emit (self, signals[JOIN_ERROR], 0, peer_id, error);
}

/* --- what the signaller hears --- */

static void
on_path_opened (GenosSignaller *signaller, const char *via, GenosMembership *self)
{
  gboolean was_cut_off = genos_path_watch_get_n_open (self->paths) == 0;

  genos_path_watch_opened (self->paths, via, g_get_monotonic_time ());
  /* One relay of several that comes back tells everybody there by one announce. */
  if (was_cut_off) {
    genos_announcer_look (&self->announcer);
    announce (self, via);
  } else {
    genos_signaller_announce (self->signaller, via);
  }
  g_signal_emit (self, signals[PATH_CHANGED], 0, via, TRUE, NULL);
}

static void
on_path_closed (GenosSignaller *signaller, const char *via, GError *error, GenosMembership *self)
{
  const char *reason = error != NULL ? error->message : NULL;

  genos_path_watch_closed (self->paths, via, reason, g_get_monotonic_time ());
  schedule_announce (self);
  g_signal_emit (self, signals[PATH_CHANGED], 0, via, FALSE, reason);
}

static void
on_path_said (GenosSignaller *signaller, const char *via, const char *text, GenosReason reason,
    GenosMembership *self)
{
  g_autoptr (GError) error = NULL;

  if (!genos_path_watch_said (self->paths, via, g_get_monotonic_time ()))
    return;
  g_signal_emit (self, signals[PATH_CHANGED], 0, via, TRUE, text);
  if (reason == GENOS_REASON_UNKNOWN)
    return;
  error = genos_error_new_reason (GENOS_ERROR_FAILED, reason,
      "relay %s refuses what we send: %s; peers may not find us through it", via, text);
  g_signal_emit (self, signals[WARNING], 0, error);
}

static void
on_announced (GenosSignaller *signaller, const char *peer_id, const char *kind, const char *via,
    const GenosSignalOrigin *origin, GenosMembership *self)
{
  GenosPeer *peer = genos_roster_get (self->roster, peer_id);
  gint64 now = g_get_monotonic_time ();

  if (peer != NULL)
    genos_peer_set_kind (peer, kind);
  if (genos_presence_seen (self->presence, peer_id, kind, now))
    answer_stranger (self);
  g_signal_emit (self, signals[SEEN], 0, peer_id, kind);
}

/* A bye is not signed by anything a link knows, so it ends no link by itself: the peer is asked. */
static void
on_bye (GenosSignaller *signaller, const char *peer_id, const char *via, GenosMembership *self)
{
  GenosPeer *peer = genos_roster_get (self->roster, peer_id);

  genos_dialler_peer_gone (self->dialler, peer_id);
  if (peer != NULL)
    genos_peer_doubt (peer, TRUE);
  if (genos_presence_lost (self->presence, peer_id))
    g_signal_emit (self, signals[LOST], 0, peer_id);
}

static void
on_signaller_warning (GenosSignaller *signaller, GError *error, GenosMembership *self)
{
  g_signal_emit (self, signals[WARNING], 0, error);
}

static void
on_peer_error (GenosSignaller *signaller, const char *peer_id, const char *via, GError *error,
    GenosMembership *self)
{
  g_signal_emit (self, signals[JOIN_ERROR], 0, peer_id, error);
}

/* --- time --- */

static void
complain_of_no_path (GenosMembership *self, gint64 now)
{
  g_autoptr (GError) error = genos_path_watch_complain (self->paths, now);

  if (error != NULL)
    g_signal_emit (self, signals[WARNING], 0, error);
}

static void
expire_presence (GenosMembership *self, gint64 now)
{
  while (TRUE) {
    g_autofree char *lost = genos_presence_expire (self->presence, now);

    if (lost == NULL)
      return;
    /* Its announces are not heard, for want of relays perhaps, but it is linked. */
    if (genos_roster_get (self->roster, lost) != NULL)
      genos_presence_seen (self->presence, lost, NULL, now);
    else
      g_signal_emit (self, signals[LOST], 0, lost);
  }
}

static void
tick_dialler (GenosMembership *self, gint64 now)
{
  gboolean expecting = self->prepares_links && genos_announcer_is_looking (&self->announcer);

  if (self->dialler == NULL)
    return;
  genos_dialler_set_pool_size (self->dialler, expecting ? GENOS_LINK_POOL_SIZE : 0);
  genos_dialler_tick (self->dialler, now);
}

static gboolean
on_tick (gpointer user_data)
{
  g_autoptr (GenosMembership) self = g_object_ref (user_data);
  gint64 now = g_get_monotonic_time ();

  expire_presence (self, now);
  complain_of_no_path (self, now);
  genos_roster_tick (self->roster, now);
  /* A handler of the above may have left the room. */
  tick_dialler (self, now);
  if (self->dialler != NULL)
    genos_door_tick (self->door, now);
  if (self->healer != NULL)
    genos_healer_tick (
        self->healer, now, genos_wake_clock (), genos_path_watch_get_n_open (self->paths));
  return G_SOURCE_CONTINUE;
}

/* --- life --- */

void
genos_membership_begin (GenosMembership *self)
{
  if (self->dialler == NULL)
    return;
  self->tick = add_timer (self, TICK_MS, on_tick, "[genos] room tick");
  genos_announcer_look (&self->announcer);
  tick_dialler (self, g_get_monotonic_time ());
  genos_signaller_start (self->signaller);
}

static void
stop_dialling (GenosMembership *self)
{
  drop_timer (&self->tick);
  drop_timer (&self->announce_timer);
  g_signal_handlers_disconnect_by_data (self->signaller, self);
  g_signal_handlers_disconnect_by_data (self->door, self);
  genos_door_close (self->door);
  if (self->healer != NULL)
    genos_healer_stop (self->healer);
  g_clear_object (&self->healer);
  if (self->dialler != NULL) {
    g_signal_handlers_disconnect_by_data (self->dialler, self);
    genos_dialler_stop (self->dialler);
  }
  g_clear_object (&self->dialler);
}

static gboolean on_farewell_said (gpointer user_data);

static gboolean
lingers (GenosMembership *self, gboolean why)
{
  if (!why || self->n_lingers++ >= MAX_LINGERS)
    return FALSE;
  self->farewell = add_timer (self, LINGER_MS, on_farewell_said, "[genos] farewell");
  return TRUE;
}

/* First the links, then the relays; whoever has waited for us to be idle may end the main context, so
 * nothing may need it after that. */
static gboolean
on_farewell_said (gpointer user_data)
{
  g_autoptr (GenosMembership) self = g_object_ref (user_data);

  drop_timer (&self->farewell);
  if (lingers (self, self->n_closing != NULL && self->n_closing () > 0))
    return G_SOURCE_REMOVE;
  genos_signaller_stop (self->signaller);
  if (lingers (self, genos_signaller_is_closing (self->signaller)))
    return G_SOURCE_REMOVE;
  genos_signaller_cut (self->signaller);
  g_signal_emit (self, signals[ENDED], 0);
  return G_SOURCE_REMOVE;
}

void
genos_membership_end (GenosMembership *self)
{
  if (self->dialler == NULL)
    return;
  genos_signaller_send_bye (self->signaller);
  stop_dialling (self);
  genos_roster_close_all (self->roster);
  self->farewell = add_timer (self, FAREWELL_MS, on_farewell_said, "[genos] farewell");
}

void
genos_membership_abort (GenosMembership *self)
{
  genos_membership_end (self);
  drop_timer (&self->farewell);
  genos_signaller_stop (self->signaller);
}

static void
genos_membership_finalize (GObject *object)
{
  GenosMembership *self = GENOS_MEMBERSHIP (object);

  drop_timer (&self->farewell);
  stop_dialling (self);
  g_signal_handlers_disconnect_by_data (self->roster, self);
  g_clear_pointer (&self->presence, genos_presence_free);
  g_clear_pointer (&self->paths, genos_path_watch_free);
  g_clear_object (&self->roster);
  g_clear_object (&self->door);
  g_clear_pointer (&self->room_key, genos_secret_unref);
  g_clear_object (&self->signaller);
  g_clear_pointer (&self->context, g_main_context_unref);

  G_OBJECT_CLASS (genos_membership_parent_class)->finalize (object);
}

static guint
new_signal (const char *name, guint n, GType type1, GType type2, GType type3)
{
  GType types[] = { type1, type2, type3 };

  return g_signal_newv (name, GENOS_TYPE_MEMBERSHIP, G_SIGNAL_RUN_LAST, NULL, NULL, NULL, NULL,
      G_TYPE_NONE, n, types);
}

static void
genos_membership_class_init (GenosMembershipClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = genos_membership_finalize;

  signals[PATH_CHANGED] =
      new_signal ("path-changed", 3, G_TYPE_STRING, G_TYPE_BOOLEAN, G_TYPE_STRING);
  signals[SEEN] = new_signal ("seen", 2, G_TYPE_STRING, G_TYPE_STRING, 0);
  signals[LOST] = new_signal ("lost", 1, G_TYPE_STRING, 0, 0);
  signals[JOIN_ERROR] = new_signal ("join-error", 2, G_TYPE_STRING, G_TYPE_ERROR, 0);
  signals[WARNING] = new_signal ("warning", 1, G_TYPE_ERROR, 0, 0);
  signals[ASKED] = new_signal ("asked", 1, GENOS_TYPE_ADMISSION, 0, 0);
  signals[ENDED] = new_signal ("ended", 0, 0, 0, 0);
}

static void
genos_membership_init (GenosMembership *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->presence = genos_presence_new ();
  self->paths = genos_path_watch_new (g_get_monotonic_time ());
  genos_announcer_init (&self->announcer);
}

static void
open_door (GenosMembership *self, const GenosMembershipConfig *config)
{
  GenosDoorConfig door = {
    .rules = config->rules,
    .self_id = config->peer_id,
    .path = config->path,
    .key = config->key,
    .kind = config->kind,
    .dup_peers = dup_peers,
    .get_key = get_proven_key,
    .doubt = doubt_peer,
    .data = self,
  };

  self->door = genos_door_new (&door, self->signaller);
  g_signal_connect (self->door, "asked", G_CALLBACK (on_asked), self);
  g_signal_connect (self->door, "admitted", G_CALLBACK (on_admitted), self);
  g_signal_connect (self->door, "refused", G_CALLBACK (on_refused), self);
}

/* The order of the handlers matters: an announce is noted before the dialler acts on it, so that the
 * kind of a peer is known when its link opens. */
GenosMembership *
genos_membership_new (
    const GenosMembershipConfig *config, GenosSignaller *signaller, GenosRoster *roster)
{
  GenosMembership *self = g_object_new (GENOS_TYPE_MEMBERSHIP, NULL);

  self->dialect = config->dialect;
  self->n_closing = config->n_closing;
  self->prepares_links = config->prepares_links;
  self->signaller = g_object_ref (signaller);
  self->roster = g_object_ref (roster);
  g_signal_connect (roster, "left", G_CALLBACK (on_left), self);
  g_signal_connect (signaller, "path-opened", G_CALLBACK (on_path_opened), self);
  g_signal_connect (signaller, "path-closed", G_CALLBACK (on_path_closed), self);
  g_signal_connect (signaller, "path-said", G_CALLBACK (on_path_said), self);
  g_signal_connect (signaller, "announced", G_CALLBACK (on_announced), self);
  g_signal_connect (signaller, "bye", G_CALLBACK (on_bye), self);
  g_signal_connect (signaller, "peer-error", G_CALLBACK (on_peer_error), self);
  g_signal_connect (signaller, "warning", G_CALLBACK (on_signaller_warning), self);

  open_door (self, config);
  /* It hears whom the door lets through, and nobody else. */
  self->dialler = genos_dialler_new (
      config->peer_id, GENOS_SIGNALLER (self->door), config->factory, config->factory_data);
  g_signal_connect (self->dialler, "linked", G_CALLBACK (on_linked), self);
  g_signal_connect (self->dialler, "failed", G_CALLBACK (on_dial_failed), self);
  self->healer = genos_healer_new (roster, self->dialler, signaller, config->monitor);
  g_signal_connect (self->healer, "stirred", G_CALLBACK (on_stirred), self);
  return self;
}

void
genos_membership_set_room_key (GenosMembership *self, GenosSecret *room_key)
{
  g_clear_pointer (&self->room_key, genos_secret_unref);
  if (room_key != NULL)
    self->room_key = genos_secret_ref (room_key);
  genos_door_set_room_key (self->door, room_key);
}

GenosSecret *
genos_membership_get_room_key (GenosMembership *self)
{
  return self->room_key;
}

void
genos_membership_set_gate (GenosMembership *self, GenosDiallerGate gate, gpointer user_data)
{
  if (self->dialler != NULL)
    genos_dialler_set_gate (self->dialler, gate, user_data);
}

void
genos_membership_want (GenosMembership *self, const char *peer_id)
{
  if (self->dialler != NULL)
    genos_dialler_want (self->dialler, peer_id);
}

void
genos_membership_reconsider (GenosMembership *self)
{
  if (self->dialler != NULL)
    genos_dialler_reconsider (self->dialler);
}

GenosHeardBook *
genos_membership_get_heard (GenosMembership *self)
{
  return self->dialler != NULL ? genos_dialler_get_heard (self->dialler) : NULL;
}

guint
genos_membership_get_n_paths (GenosMembership *self)
{
  return genos_path_watch_get_n_open (self->paths);
}

GVariant *
genos_membership_get_list_stats (GenosMembership *self)
{
  return genos_signaller_get_list_stats (self->signaller);
}

GVariant *
genos_membership_get_path_stats (GenosMembership *self)
{
  return genos_signaller_get_path_stats (self->signaller);
}

guint64
genos_membership_get_dropped (GenosMembership *self)
{
  return genos_signaller_get_dropped (self->signaller);
}

guint
genos_membership_get_n_seen (GenosMembership *self)
{
  return genos_presence_get_n (self->presence);
}

guint
genos_membership_get_n_handshakes (GenosMembership *self)
{
  return self->dialler != NULL ? genos_dialler_get_n_handshakes (self->dialler) : 0;
}

gboolean
genos_membership_kick (GenosMembership *self, const char *peer_id, const char *why)
{
  g_autoptr (GError) error = NULL;
  GenosPeer *peer = genos_roster_get (self->roster, peer_id);

  genos_door_ban (self->door, peer_id, peer != NULL ? genos_peer_get_origin (peer)->key : NULL);
  if (self->dialler != NULL)
    genos_dialler_peer_gone (self->dialler, peer_id);
  if (peer == NULL)
    return FALSE;
  error = genos_error_new_reason (GENOS_ERROR_CLOSED, GENOS_REASON_KICKED, "%s",
      why != NULL ? why : genos_reason_get_text (GENOS_REASON_KICKED));
  genos_peer_close_for (peer, TRUE, error);
  return TRUE;
}

void
genos_membership_check_peers (GenosMembership *self)
{
  g_autoptr (GPtrArray) peers = genos_roster_get_targets (self->roster, NULL, NULL);

  for (guint i = 0; i < peers->len; i++) {
    GenosPeer *peer = g_ptr_array_index (peers, i);

    if (genos_door_excludes (
            self->door, genos_peer_get_id (peer), genos_peer_get_origin (peer)->key))
      genos_peer_close (peer, TRUE, GENOS_REASON_DENIED);
  }
}

GenosDoor *
genos_membership_get_door (GenosMembership *self)
{
  return self->door;
}
