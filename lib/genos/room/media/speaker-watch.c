/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/media/speaker-watch.h>

#include <genos/media/speaker-picker.h>

#include <string.h>

/* A peer with several tracks of sound has as many entries in the picker; its id is what they begin
 * with, up to this. Ids are letters and digits. */
#define SEPARATOR '/'

/* Tracks that are watched, and word on its way, hold it too. */
struct _GenosSpeakerWatch {
  gatomicrefcount ref_count;
  GMainContext *context;

  /* of the context */
  GenosSpeakerWatchFunc func; /* NULL: freed */
  gpointer user_data;
  char *told;

  GMutex lock;
  GenosSpeakerPicker *picker;
};

typedef struct {
  GenosSpeakerWatch *watch;
  char *key;
} Source;

static GenosSpeakerWatch *
watch_ref (GenosSpeakerWatch *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

static void
watch_unref (gpointer data)
{
  GenosSpeakerWatch *self = data;

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  genos_speaker_picker_free (self->picker);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->lock);
  g_free (self->told);
  g_free (self);
}

GenosSpeakerWatch *
genos_speaker_watch_new (GenosSpeakerWatchFunc func, gpointer user_data)
{
  GenosSpeakerWatch *self = g_new0 (GenosSpeakerWatch, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->context = g_main_context_ref_thread_default ();
  self->func = func;
  self->user_data = user_data;
  g_mutex_init (&self->lock);
  self->picker = genos_speaker_picker_new ();
  return self;
}

void
genos_speaker_watch_free (GenosSpeakerWatch *self)
{
  self->func = NULL;
  watch_unref (self);
}

static char *
dup_speaker (GenosSpeakerWatch *self)
{
  const char *key;
  char *peer_id;

  g_mutex_lock (&self->lock);
  key = genos_speaker_picker_get (self->picker);
  peer_id = key != NULL ? g_strndup (key, strcspn (key, "/")) : NULL;
  g_mutex_unlock (&self->lock);
  return peer_id;
}

static gboolean
on_changed (gpointer user_data)
{
  GenosSpeakerWatch *self = user_data;
  g_autofree char *peer_id = dup_speaker (self);

  /* Another track of the same peer is nothing new. */
  if (self->func == NULL || g_strcmp0 (peer_id, self->told) == 0)
    return G_SOURCE_REMOVE;
  g_free (self->told);
  self->told = g_steal_pointer (&peer_id);
  self->func (self->told, self->user_data);
  return G_SOURCE_REMOVE;
}

static void
leave_word (GenosSpeakerWatch *self)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_static_name (source, "[genos] somebody else speaks");
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_changed, watch_ref (self), watch_unref);
  g_source_attach (source, self->context);
}

/* On a streaming thread. */
static void
on_level (double power, GstClockTime duration, gpointer user_data)
{
  Source *source = user_data;
  GenosSpeakerWatch *self = source->watch;
  GstClockTime now = (GstClockTime) g_get_monotonic_time () * GST_USECOND;
  gboolean changed;

  g_mutex_lock (&self->lock);
  changed = genos_speaker_picker_take (self->picker, source->key, power, duration, now);
  g_mutex_unlock (&self->lock);
  if (changed)
    leave_word (self);
}

static void
free_source (gpointer data)
{
  Source *source = data;

  watch_unref (source->watch);
  g_free (source->key);
  g_free (source);
}

static char *
make_key (GenosRemoteTrack *track)
{
  return g_strdup_printf (
      "%s%c%p", genos_remote_track_get_peer_id (track), SEPARATOR, (gpointer) track);
}

void
genos_speaker_watch_add (GenosSpeakerWatch *self, GenosRemoteTrack *track)
{
  Source *source;

  if (genos_remote_track_get_kind (track) != GENOS_MEDIA_AUDIO)
    return;
  source = g_new (Source, 1);
  source->watch = watch_ref (self);
  source->key = make_key (track);
  genos_track_level_set_func (genos_remote_track_get_level (track), on_level, source, free_source);
}

void
genos_speaker_watch_remove (GenosSpeakerWatch *self, GenosRemoteTrack *track)
{
  g_autofree char *key = NULL;
  gboolean changed;

  if (genos_remote_track_get_kind (track) != GENOS_MEDIA_AUDIO)
    return;
  genos_track_level_set_func (genos_remote_track_get_level (track), NULL, NULL, NULL);
  key = make_key (track);
  g_mutex_lock (&self->lock);
  changed = genos_speaker_picker_remove (self->picker, key);
  g_mutex_unlock (&self->lock);
  if (changed)
    leave_word (self);
}

const char *
genos_speaker_watch_get (GenosSpeakerWatch *self)
{
  return self->told;
}
