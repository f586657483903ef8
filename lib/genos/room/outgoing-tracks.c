/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/outgoing-tracks.h>

struct _GenosOutgoingTracks {
  GObject parent_instance;

  GMainContext *context;
  GPtrArray *waiting; /* of GenosLocalTrack */
  GPtrArray *ready;
  GHashTable *handlers; /* GenosLocalTrack → our handler; a track may be in several rooms */
};

G_DEFINE_FINAL_TYPE (GenosOutgoingTracks, genos_outgoing_tracks, G_TYPE_OBJECT)

enum {
  READY,
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

typedef struct {
  GenosOutgoingTracks *self;
  GenosLocalTrack *track;
} Word;

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

  check (word->self, word->track);
  return G_SOURCE_REMOVE;
}

static void
weak_ref_free (gpointer data, GClosure *closure)
{
  g_weak_ref_clear (data);
  g_free (data);
}

static void
on_rtp_caps (GenosLocalTrack *track, GParamSpec *pspec, gpointer user_data)
{
  GenosOutgoingTracks *self = g_weak_ref_get (user_data);
  g_autoptr (GMainContext) context = NULL;
  g_autoptr (GSource) source = NULL;
  Word *word;

  if (self == NULL)
    return;
  /* The reference travels with the source: dropped here, it could be the last one. */
  context = g_main_context_ref (self->context);
  word = g_new (Word, 1);
  word->self = self;
  word->track = g_object_ref (track);
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_word, word, word_free);
  g_source_attach (source, context);
}

void
genos_outgoing_tracks_add (GenosOutgoingTracks *self, GenosLocalTrack *track)
{
  GWeakRef *ref;
  gulong handler;

  if (g_hash_table_contains (self->handlers, track))
    return;

  g_ptr_array_add (self->waiting, g_object_ref (track));
  ref = g_new (GWeakRef, 1);
  g_weak_ref_init (ref, self);
  handler = g_signal_connect_data (
      track, "notify::rtp-caps", G_CALLBACK (on_rtp_caps), ref, weak_ref_free, 0);
  g_hash_table_insert (self->handlers, track, GSIZE_TO_POINTER (handler));
  check (self, track);
}

static void
disconnect (gpointer track, gpointer handler, gpointer unused)
{
  g_signal_handler_disconnect (track, GPOINTER_TO_SIZE (handler));
}

gboolean
genos_outgoing_tracks_remove (GenosOutgoingTracks *self, GenosLocalTrack *track)
{
  g_autoptr (GenosLocalTrack) alive = g_object_ref (track);
  gpointer handler;

  if (!g_hash_table_steal_extended (self->handlers, track, NULL, &handler))
    return FALSE;
  disconnect (track, handler, NULL);
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
