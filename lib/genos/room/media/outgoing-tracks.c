/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/media/outgoing-tracks.h>

#include <genos/media/track-audience-private.h>

struct _GenosOutgoingTracks {
  GObject parent_instance;

  GMainContext *context;
  GPtrArray *waiting; /* of GenosLocalTrack */
  GPtrArray *ready;
  GHashTable *handlers; /* GenosLocalTrack → Handlers; a track may be in several rooms */
};

typedef struct {
  gulong caps;
  gulong audience;
} Handlers;

G_DEFINE_FINAL_TYPE (GenosOutgoingTracks, genos_outgoing_tracks, G_TYPE_OBJECT)

enum {
  READY,
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
check (GenosOutgoingTracks *self, GenosLocalTrack *track)
{
  g_autoptr (GstCaps) caps = genos_local_track_dup_rtp_caps (track);

  if (caps == NULL || !g_ptr_array_find (self->waiting, track, NULL))
    return;
  g_ptr_array_add (self->ready, g_object_ref (track));
  g_ptr_array_remove (self->waiting, track);
  g_signal_emit (self, signals[READY], 0, track);
}

static void
tell_change (GenosOutgoingTracks *self, GenosLocalTrack *track)
{
  if (g_ptr_array_find (self->ready, track, NULL))
    g_signal_emit (self, signals[CHANGED], 0, track);
}

/* --- from any thread to ours --- */

/* What a handler knows; neither keeps the other alive. */
typedef struct {
  GWeakRef self;
  GWeakRef track;
} Link;

typedef struct {
  GenosOutgoingTracks *self;
  GenosLocalTrack *track;
  void (*func) (GenosOutgoingTracks *self, GenosLocalTrack *track);
} Word;

static Link *
link_new (GenosOutgoingTracks *self, GenosLocalTrack *track)
{
  Link *link = g_new0 (Link, 1);

  g_weak_ref_init (&link->self, self);
  g_weak_ref_init (&link->track, track);
  return link;
}

static void
link_free (gpointer data, GClosure *closure)
{
  Link *link = data;

  g_weak_ref_clear (&link->self);
  g_weak_ref_clear (&link->track);
  g_free (link);
}

static void
word_free (gpointer data)
{
  Word *word = data;

  g_object_unref (word->track);
  g_object_unref (word->self);
  g_free (word);
}

static gboolean
on_word (gpointer user_data)
{
  Word *word = user_data;

  word->func (word->self, word->track);
  return G_SOURCE_REMOVE;
}

static void
send_word (Link *link, void (*func) (GenosOutgoingTracks *self, GenosLocalTrack *track))
{
  g_autoptr (GenosOutgoingTracks) self = g_weak_ref_get (&link->self);
  g_autoptr (GenosLocalTrack) track = g_weak_ref_get (&link->track);
  g_autoptr (GMainContext) context = NULL;
  g_autoptr (GSource) source = NULL;
  Word *word;

  if (self == NULL || track == NULL)
    return;
  /* The references travel with the source: dropped here, they could be the last ones. */
  context = g_main_context_ref (self->context);
  word = g_new (Word, 1);
  *word = (Word){ g_steal_pointer (&self), g_steal_pointer (&track), func };
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_word, word, word_free);
  g_source_attach (source, context);
}

static void
on_rtp_caps (GenosLocalTrack *track, GParamSpec *pspec, gpointer link)
{
  send_word (link, check);
}

static void
on_audience_changed (GenosTrackAudience *audience, gpointer link)
{
  send_word (link, tell_change);
}

/* --- */

void
genos_outgoing_tracks_add (GenosOutgoingTracks *self, GenosLocalTrack *track)
{
  Handlers *handlers;

  if (g_hash_table_contains (self->handlers, track))
    return;

  g_ptr_array_add (self->waiting, g_object_ref (track));
  handlers = g_new (Handlers, 1);
  handlers->caps = g_signal_connect_data (
      track, "notify::rtp-caps", G_CALLBACK (on_rtp_caps), link_new (self, track), link_free, 0);
  handlers->audience = g_signal_connect_data (genos_local_track_get_audience (track), "changed",
      G_CALLBACK (on_audience_changed), link_new (self, track), link_free, 0);
  g_hash_table_insert (self->handlers, track, handlers);
  check (self, track);
}

static void
disconnect (gpointer track, gpointer data, gpointer unused)
{
  Handlers *handlers = data;

  g_signal_handler_disconnect (track, handlers->caps);
  g_signal_handler_disconnect (genos_local_track_get_audience (track), handlers->audience);
  g_free (handlers);
}

gboolean
genos_outgoing_tracks_remove (GenosOutgoingTracks *self, GenosLocalTrack *track)
{
  g_autoptr (GenosLocalTrack) alive = g_object_ref (track);
  gpointer handlers;

  if (!g_hash_table_steal_extended (self->handlers, track, NULL, &handlers))
    return FALSE;
  disconnect (track, handlers, NULL);
  return g_ptr_array_remove (self->waiting, track) || g_ptr_array_remove (self->ready, track);
}

GPtrArray *
genos_outgoing_tracks_get_ready (GenosOutgoingTracks *self)
{
  return self->ready;
}

static void
genos_outgoing_tracks_finalize (GObject *object)
{
  GenosOutgoingTracks *self = GENOS_OUTGOING_TRACKS (object);

  g_hash_table_foreach (self->handlers, disconnect, NULL);
  g_hash_table_unref (self->handlers);
  g_ptr_array_unref (self->waiting);
  g_ptr_array_unref (self->ready);
  g_main_context_unref (self->context);

  G_OBJECT_CLASS (genos_outgoing_tracks_parent_class)->finalize (object);
}

static void
genos_outgoing_tracks_class_init (GenosOutgoingTracksClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = genos_outgoing_tracks_finalize;

  signals[READY] = g_signal_new ("ready", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
      NULL, NULL, G_TYPE_NONE, 1, GENOS_TYPE_LOCAL_TRACK);
  signals[CHANGED] = g_signal_new (g_intern_static_string ("changed"), G_TYPE_FROM_CLASS (klass),
      G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, GENOS_TYPE_LOCAL_TRACK);
}

static void
genos_outgoing_tracks_init (GenosOutgoingTracks *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  self->ready = g_ptr_array_new_with_free_func (g_object_unref);
  self->handlers = g_hash_table_new (NULL, NULL);
}

GenosOutgoingTracks *
genos_outgoing_tracks_new (void)
{
  return g_object_new (GENOS_TYPE_OUTGOING_TRACKS, NULL);
}
