/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosroomsession.h"

#include "gstgenoselements.h"
#include "gstgenosreception.h"

#define GST_CAT_DEFAULT gst_genos_debug

/* How long the last element to leave waits for its bye to be sent, and how long anybody waits for
 * an answer of the room: an application that blocks in a signal handler must not hang the rest. */
#define LEAVE_TIMEOUT_MS 2200
#define LEAVE_WAIT_MS 2500
#define CALL_WAIT_MS 500
/* Closing sockets and links takes a few turns of the loop; there is nobody else to give them. */
#define DRAIN_TURNS 1000
/* Of joining; there are few. */
#define MAX_WARNINGS 16

typedef struct {
  GenosPeer *peer;
  GstGenosTrackFeed *feed;
} Feed;

struct _GstGenosRoomSession {
  GObject parent;

  char *key;
  GstGenosRoomSettings settings;
  guint n_members; /* table lock */

  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
  char *peer_id;

  /* session thread only */
  GenosRoom *room;
  GPtrArray *feeds;
  GSource *leave_timeout;
  gboolean tracks_changed; /* ::tracks-changed is on its way */
  GPtrArray *warnings;     /* GError, of before the first element was attached; NULL after that */
  GstGenosReception reception;

  GMutex lock;
  GCond cond;
  gboolean started; /* lock */
  gboolean left;    /* lock */
  GError *error;    /* lock */
};

G_DEFINE_TYPE (GstGenosRoomSession, gst_genos_room_session, G_TYPE_OBJECT)

enum {
  SIGNAL_FEED_ADDED,
  SIGNAL_FEED_REMOVED,
  SIGNAL_TRACK_WANTED,
  SIGNAL_TRACKS_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static GMutex table_lock;
static GHashTable *table; /* key → session, not owned; under table_lock */

/* tracks */

static void
on_clock_offset (GenosPeer *peer, GParamSpec *pspec, GstGenosTrackFeed *feed)
{
  gint64 offset;

  if (genos_peer_get_clock_offset (peer, &offset, NULL))
    gst_genos_track_feed_set_clock_offset (feed, offset);
}

static void
feed_free (Feed *feed)
{
  g_signal_handlers_disconnect_by_data (feed->peer, feed->feed);
  gst_genos_track_feed_close (feed->feed);
  g_object_unref (feed->feed);
  g_object_unref (feed->peer);
  g_free (feed);
}

static void
emit_tracks_changed (GstGenosRoomSession *self, GenosRoom *room, gpointer user_data)
{
  self->tracks_changed = FALSE;
  g_signal_emit (self, signals[SIGNAL_TRACKS_CHANGED], 0, room);
}

/* Later, so that what comes together is told together. */
static void
note_tracks_changed (GstGenosRoomSession *self)
{
  if (self->tracks_changed)
    return;
  self->tracks_changed = TRUE;
  gst_genos_room_session_post (self, emit_tracks_changed, NULL, NULL);
}

static void
on_offers_changed (GenosRoom *room, GenosTrackOffer *offer, GstGenosRoomSession *self)
{
  note_tracks_changed (self);
}

/* Elements that only send want nothing. */
static gboolean
is_wanted (GenosRoom *room, GenosTrackOffer *offer, gpointer user_data)
{
  gboolean wanted = FALSE;

  g_signal_emit (user_data, signals[SIGNAL_TRACK_WANTED], 0, offer, &wanted);
  return wanted;
}

void
gst_genos_room_session_refilter (GstGenosRoomSession *self)
{
  genos_room_refilter_tracks (self->room);
  note_tracks_changed (self);
}

static void
on_warning (GenosRoom *room, const GError *warning, GstGenosRoomSession *self)
{
  if (self->warnings != NULL && self->warnings->len < MAX_WARNINGS)
    g_ptr_array_add (self->warnings, g_error_copy (warning));
}

GPtrArray *
gst_genos_room_session_take_warnings (GstGenosRoomSession *self)
{
  return self->warnings != NULL ? g_steal_pointer (&self->warnings) : g_ptr_array_new ();
}

static void
on_track_added (
    GenosRoom *room, GenosPeer *peer, GenosRemoteTrack *track, GstGenosRoomSession *self)
{
  Feed *feed = g_new0 (Feed, 1);

  feed->peer = g_object_ref (peer);
  feed->feed = gst_genos_track_feed_new (track);
  g_signal_connect (peer, "notify::clock-offset", G_CALLBACK (on_clock_offset), feed->feed);
  on_clock_offset (peer, NULL, feed->feed);
  g_ptr_array_add (self->feeds, feed);
  g_signal_emit (self, signals[SIGNAL_FEED_ADDED], 0, peer, feed->feed);
  note_tracks_changed (self);
}

static void
on_track_removed (
    GenosRoom *room, GenosPeer *peer, GenosRemoteTrack *track, GstGenosRoomSession *self)
{
  for (guint i = 0; i < self->feeds->len; i++) {
    Feed *feed = self->feeds->pdata[i];

    if (gst_genos_track_feed_get_track (feed->feed) == track) {
      g_signal_emit (self, signals[SIGNAL_FEED_REMOVED], 0, feed->feed);
      g_ptr_array_remove_index (self->feeds, i);
      note_tracks_changed (self);
      return;
    }
  }
}

void
gst_genos_room_session_foreach_feed (
    GstGenosRoomSession *self, GstGenosFeedFunc func, gpointer user_data)
{
  for (guint i = 0; i < self->feeds->len; i++) {
    Feed *feed = self->feeds->pdata[i];

    func (feed->peer, feed->feed, user_data);
  }
}

/* the session's thread */

static void
set_if_given (GenosRoom *room, const char *name, const char *value)
{
  if (value != NULL && *value != '\0')
    g_object_set (room, name, value, NULL);
}

static GenosRoom *
make_room (GstGenosRoomSession *self)
{
  const GstGenosRoomSettings *settings = &self->settings;
  GenosRoom *room = genos_room_new (settings->room);

  g_object_set (room, "dialect", gst_genos_room_settings_get_dialect (settings), NULL);
  set_if_given (room, "password", settings->password);
  set_if_given (room, "app-id", settings->app_id);
  set_if_given (room, "relays", settings->relays);
  /* Not the same as unset: no server is asked. */
  if (settings->stun_server != NULL)
    g_object_set (room, "stun-server", settings->stun_server, NULL);
  set_if_given (room, "turn-servers", settings->turn_servers);
  set_if_given (room, "peer-id", settings->peer_id);
  set_if_given (room, "kind", settings->kind);
  if (settings->receives) {
    gst_genos_reception_add (&self->reception, settings);
    gst_genos_reception_apply (&self->reception, room);
    g_object_set (room, "latency", settings->latency, NULL);
  }
  gst_genos_room_mirror_apply (&settings->mirror, room);
  return room;
}

static gboolean
enter_room (GstGenosRoomSession *self, GError **error)
{
  self->room = make_room (self);
  g_signal_connect (self->room, "track-added", G_CALLBACK (on_track_added), self);
  g_signal_connect (self->room, "track-removed", G_CALLBACK (on_track_removed), self);
  g_signal_connect (self->room, "track-offered", G_CALLBACK (on_offers_changed), self);
  g_signal_connect (self->room, "track-withdrawn", G_CALLBACK (on_offers_changed), self);
  g_signal_connect (self->room, "warning", G_CALLBACK (on_warning), self);
  genos_room_set_track_filter (self->room, is_wanted, self, NULL);
  if (!genos_room_join (self->room, error))
    return FALSE;
  self->peer_id = g_strdup (genos_room_get_peer_id (self->room));
  return TRUE;
}

static void
close_room (GstGenosRoomSession *self)
{
  if (self->leave_timeout != NULL) {
    g_source_destroy (self->leave_timeout);
    g_clear_pointer (&self->leave_timeout, g_source_unref);
  }
  g_signal_handlers_disconnect_by_data (self->room, self);
  g_ptr_array_set_size (self->feeds, 0);
  /* Whoever still waits for something of it hears that it is gone, and lets go. */
  g_object_run_dispose (G_OBJECT (self->room));
  g_clear_object (&self->room);
  for (guint i = 0; i < DRAIN_TURNS && g_main_context_iteration (self->context, FALSE); i++)
    ;
}

static gpointer
run_session (gpointer data)
{
  g_autoptr (GstGenosRoomSession) self = data;
  gboolean joined;

  g_main_context_push_thread_default (self->context);
  g_mutex_lock (&self->lock);
  joined = enter_room (self, &self->error);
  self->started = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  if (joined)
    g_main_loop_run (self->loop);
  close_room (self);
  g_main_context_pop_thread_default (self->context);

  g_mutex_lock (&self->lock);
  self->left = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  return NULL;
}

/* calls onto that thread */

typedef struct {
  gatomicrefcount ref_count;
  GstGenosRoomSession *session;
  GstGenosRoomFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
  gboolean done; /* session lock */
} Call;

static void
call_unref (Call *call)
{
  if (!g_atomic_ref_count_dec (&call->ref_count))
    return;
  if (call->destroy != NULL)
    call->destroy (call->user_data);
  g_object_unref (call->session);
  g_free (call);
}

static gboolean
on_call (gpointer data)
{
  Call *call = data;
  GstGenosRoomSession *self = call->session;

  if (self->room != NULL)
    call->func (self, self->room, call->user_data);
  g_mutex_lock (&self->lock);
  call->done = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  return G_SOURCE_REMOVE;
}

static Call *
call_new (
    GstGenosRoomSession *self, GstGenosRoomFunc func, gpointer user_data, GDestroyNotify destroy)
{
  Call *call = g_new0 (Call, 1);

  g_atomic_ref_count_init (&call->ref_count);
  call->session = g_object_ref (self);
  call->func = func;
  call->user_data = user_data;
  call->destroy = destroy;
  return call;
}

static void
attach_call (GstGenosRoomSession *self, Call *call)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_atomic_ref_count_inc (&call->ref_count);
  /* Of the default priority as everything else there, so that calls keep their order. */
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_call, call, (GDestroyNotify) call_unref);
  g_source_attach (source, self->context);
}

static Call *
start_call (
    GstGenosRoomSession *self, GstGenosRoomFunc func, gpointer user_data, GDestroyNotify destroy)
{
  Call *call = call_new (self, func, user_data, destroy);

  if (g_main_context_is_owner (self->context))
    on_call (call);
  else
    attach_call (self, call);
  return call;
}

void
gst_genos_room_session_invoke (
    GstGenosRoomSession *self, GstGenosRoomFunc func, gpointer user_data, GDestroyNotify destroy)
{
  call_unref (start_call (self, func, user_data, destroy));
}

void
gst_genos_room_session_post (
    GstGenosRoomSession *self, GstGenosRoomFunc func, gpointer user_data, GDestroyNotify destroy)
{
  Call *call = call_new (self, func, user_data, destroy);

  attach_call (self, call);
  call_unref (call);
}

void
gst_genos_room_session_attach (GstGenosRoomSession *self, GSource *source)
{
  g_source_attach (source, self->context);
}

gboolean
gst_genos_room_session_call (
    GstGenosRoomSession *self, GstGenosRoomFunc func, gpointer user_data, GDestroyNotify destroy)
{
  Call *call = start_call (self, func, user_data, destroy);
  gint64 deadline = g_get_monotonic_time () + CALL_WAIT_MS * G_TIME_SPAN_MILLISECOND;
  gboolean done;

  g_mutex_lock (&self->lock);
  while (!call->done && g_cond_wait_until (&self->cond, &self->lock, deadline))
    ;
  done = call->done;
  g_mutex_unlock (&self->lock);
  call_unref (call);
  return done;
}

/* joining */

static const char *
find_conflict (const GstGenosRoomSettings *running, const GstGenosRoomSettings *wanted)
{
  const struct {
    const char *name, *running, *wanted;
  } rows[] = {
    { "stun-server", running->stun_server, wanted->stun_server },
    { "turn-servers", running->turn_servers, wanted->turn_servers },
    { "peer-id", running->peer_id, wanted->peer_id },
    { "kind", running->kind, wanted->kind },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (rows[i].wanted != NULL && *rows[i].wanted != '\0'
        && g_strcmp0 (rows[i].running, rows[i].wanted) != 0)
      return rows[i].name;
  }
  return gst_genos_room_mirror_find_conflict (&running->mirror, &wanted->mirror);
}

static GstGenosRoomSession *
start_session (const GstGenosRoomSettings *settings, const char *key, GError **error)
{
  g_autoptr (GstGenosRoomSession) self = g_object_new (GST_TYPE_GENOS_ROOM_SESSION, NULL);

  self->key = g_strdup (key);
  gst_genos_room_settings_copy (&self->settings, settings);
  self->thread = g_thread_new ("genosroom", run_session, g_object_ref (self));
  g_mutex_lock (&self->lock);
  while (!self->started)
    g_cond_wait (&self->cond, &self->lock);
  g_mutex_unlock (&self->lock);
  if (self->error == NULL)
    return g_steal_pointer (&self);
  g_propagate_error (error, g_steal_pointer (&self->error));
  g_thread_join (g_steal_pointer (&self->thread));
  return NULL;
}

static void
apply_shared (GstGenosRoomSession *self, GenosRoom *room, gpointer user_data)
{
  const GstGenosRoomSettings *settings = user_data;

  gst_genos_room_mirror_apply_shared (&settings->mirror, room);
  if (!settings->receives)
    return;
  if (!self->reception.begun)
    g_object_set (room, "latency", settings->latency, NULL);
  gst_genos_reception_add (&self->reception, settings);
  gst_genos_reception_apply (&self->reception, room);
}

static void
free_settings (gpointer settings)
{
  gst_genos_room_settings_clear (settings);
  g_free (settings);
}

static void
bring_shared (GstGenosRoomSession *self, const GstGenosRoomSettings *settings)
{
  GstGenosRoomSettings *copy = g_new (GstGenosRoomSettings, 1);

  gst_genos_room_settings_copy (copy, settings);
  gst_genos_room_session_post (self, apply_shared, copy, free_settings);
}

GstGenosRoomSession *
gst_genos_room_session_join (
    const GstGenosRoomSettings *settings, const char **conflict, GError **error)
{
  g_autofree char *key = gst_genos_room_settings_dup_key (settings);
  GstGenosRoomSession *self;

  g_mutex_lock (&table_lock);
  if (table == NULL)
    table = g_hash_table_new (g_str_hash, g_str_equal);
  self = g_hash_table_lookup (table, key);
  if (self != NULL) {
    *conflict = find_conflict (&self->settings, settings);
    bring_shared (self, settings);
    g_object_ref (self);
    self->n_members++;
  } else {
    *conflict = NULL;
    self = start_session (settings, key, error);
    if (self != NULL) {
      g_hash_table_insert (table, self->key, self);
      self->n_members = 1;
    }
  }
  g_mutex_unlock (&table_lock);
  return self;
}

/* leaving */

static gboolean
on_leave_timeout (gpointer data)
{
  GstGenosRoomSession *self = data;

  GST_WARNING ("the room did not get its bye out in time");
  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

static void
on_state_changed (GenosRoom *room, GParamSpec *pspec, GstGenosRoomSession *self)
{
  if (genos_room_get_state (room) == GENOS_ROOM_IDLE)
    g_main_loop_quit (self->loop);
}

static void
leave_room (GstGenosRoomSession *self, GenosRoom *room, gpointer user_data)
{
  self->leave_timeout = g_timeout_source_new (LEAVE_TIMEOUT_MS);
  g_source_set_callback (self->leave_timeout, on_leave_timeout, self, NULL);
  g_source_attach (self->leave_timeout, self->context);
  g_signal_connect (room, "notify::state", G_CALLBACK (on_state_changed), self);
  genos_room_leave (room);
  on_state_changed (room, NULL, self);
}

static void
wait_until_left (GstGenosRoomSession *self)
{
  gint64 deadline = g_get_monotonic_time () + LEAVE_WAIT_MS * G_TIME_SPAN_MILLISECOND;
  gboolean left;

  g_mutex_lock (&self->lock);
  while (!self->left && g_cond_wait_until (&self->cond, &self->lock, deadline))
    ;
  left = self->left;
  g_mutex_unlock (&self->lock);
  /* A thread that is held up by the application ends by itself later. */
  if (left)
    g_thread_join (g_steal_pointer (&self->thread));
  else
    g_thread_unref (g_steal_pointer (&self->thread));
}

void
gst_genos_room_session_leave (GstGenosRoomSession *self)
{
  gboolean last;

  g_mutex_lock (&table_lock);
  last = --self->n_members == 0;
  if (last)
    g_hash_table_remove (table, self->key);
  g_mutex_unlock (&table_lock);
  if (last) {
    gboolean inside = g_main_context_is_owner (self->context);

    gst_genos_room_session_invoke (self, leave_room, NULL, NULL);
    if (!inside)
      wait_until_left (self);
    else
      g_thread_unref (g_steal_pointer (&self->thread));
  }
  g_object_unref (self);
}

const char *
gst_genos_room_session_get_peer_id (GstGenosRoomSession *self)
{
  return self->peer_id;
}

guint
gst_genos_room_session_get_latency (GstGenosRoomSession *self)
{
  return self->settings.latency;
}

static void
gst_genos_room_session_finalize (GObject *object)
{
  GstGenosRoomSession *self = GST_GENOS_ROOM_SESSION (object);

  g_ptr_array_unref (self->feeds);
  g_clear_pointer (&self->warnings, g_ptr_array_unref);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  gst_genos_room_settings_clear (&self->settings);
  gst_genos_reception_clear (&self->reception);
  g_clear_error (&self->error);
  g_free (self->key);
  g_free (self->peer_id);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  G_OBJECT_CLASS (gst_genos_room_session_parent_class)->finalize (object);
}

static void
gst_genos_room_session_class_init (GstGenosRoomSessionClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gst_genos_room_session_finalize;
  signals[SIGNAL_FEED_ADDED] = g_signal_new ("feed-added", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
      NULL, G_TYPE_NONE, 2, GENOS_TYPE_PEER, GST_TYPE_GENOS_TRACK_FEED);
  signals[SIGNAL_FEED_REMOVED] = g_signal_new ("feed-removed", type, G_SIGNAL_RUN_LAST, 0, NULL,
      NULL, NULL, G_TYPE_NONE, 1, GST_TYPE_GENOS_TRACK_FEED);
  signals[SIGNAL_TRACK_WANTED] =
      g_signal_new ("track-wanted", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
          g_signal_accumulator_true_handled, NULL, NULL, G_TYPE_BOOLEAN, 1, GENOS_TYPE_TRACK_OFFER);
  signals[SIGNAL_TRACKS_CHANGED] = g_signal_new ("tracks-changed", G_TYPE_FROM_CLASS (klass),
      G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, GENOS_TYPE_ROOM);
}

static void
gst_genos_room_session_init (GstGenosRoomSession *self)
{
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->feeds = g_ptr_array_new_with_free_func ((GDestroyNotify) feed_free);
  self->warnings = g_ptr_array_new_with_free_func ((GDestroyNotify) g_error_free);
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
}
