/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/track-level.h>

#include <math.h>

/* A peer whose packets tell no more may have begun another track. */
#define TOLD_VALID (1 * G_USEC_PER_SEC)
/* No packets: silence, or no connection. */
#define LEVEL_VALID (1 * G_USEC_PER_SEC)
#define TIME_CONSTANT (200 * GST_MSECOND)

struct _GenosTrackLevel {
  gatomicrefcount ref_count;

  GMutex
      func_lock; /* held over every call, which is what makes taking the function away a barrier */
  GenosTrackLevelFunc func;
  gpointer user_data;
  GDestroyNotify destroy;

  GMutex lock; /* a leaf */
  double power;
  gint64 told;    /* µs; 0: never */
  gint64 updated; /* µs; 0: never */
};

GenosTrackLevel *
genos_track_level_new (void)
{
  GenosTrackLevel *self = g_new0 (GenosTrackLevel, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->func_lock);
  g_mutex_init (&self->lock);
  return self;
}

GenosTrackLevel *
genos_track_level_ref (GenosTrackLevel *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
genos_track_level_unref (GenosTrackLevel *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  if (self->destroy != NULL)
    self->destroy (self->user_data);
  g_mutex_clear (&self->func_lock);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
genos_track_level_set_func (
    GenosTrackLevel *self, GenosTrackLevelFunc func, gpointer user_data, GDestroyNotify destroy)
{
  GDestroyNotify old_destroy;
  gpointer old_data;

  g_mutex_lock (&self->func_lock);
  old_destroy = self->destroy;
  old_data = self->user_data;
  self->func = func;
  self->user_data = user_data;
  self->destroy = destroy;
  g_mutex_unlock (&self->func_lock);
  if (old_destroy != NULL)
    old_destroy (old_data);
}

static void
take (GenosTrackLevel *self, double power, GstClockTime duration, gint64 now)
{
  self->power += (power - self->power) * ((double) duration / (double) (duration + TIME_CONSTANT));
  self->updated = now;
}

static void
tell (GenosTrackLevel *self, double power, GstClockTime duration)
{
  g_mutex_lock (&self->func_lock);
  if (self->func != NULL)
    self->func (power, duration, self->user_data);
  g_mutex_unlock (&self->func_lock);
}

void
genos_track_level_take_told (GenosTrackLevel *self, double power, GstClockTime duration, gint64 now)
{
  g_mutex_lock (&self->lock);
  self->told = now;
  take (self, power, duration, now);
  g_mutex_unlock (&self->lock);
  tell (self, power, duration);
}

/* Called with the lock held. */
static gboolean
is_told (GenosTrackLevel *self, gint64 now)
{
  return self->told != 0 && now - self->told < TOLD_VALID;
}

gboolean
genos_track_level_wants_measured (GenosTrackLevel *self, gint64 now)
{
  gboolean wants;

  g_mutex_lock (&self->lock);
  wants = !is_told (self, now);
  g_mutex_unlock (&self->lock);
  return wants;
}

void
genos_track_level_take_measured (
    GenosTrackLevel *self, double power, GstClockTime duration, gint64 now)
{
  gboolean wanted;

  g_mutex_lock (&self->lock);
  wanted = !is_told (self, now);
  if (wanted)
    take (self, power, duration, now);
  g_mutex_unlock (&self->lock);
  if (wanted)
    tell (self, power, duration);
}

double
genos_track_level_get (GenosTrackLevel *self, gint64 now)
{
  double level = -1;

  g_mutex_lock (&self->lock);
  if (self->updated != 0)
    level = now - self->updated < LEVEL_VALID ? sqrt (CLAMP (self->power, 0, 1)) : 0;
  g_mutex_unlock (&self->lock);
  return level;
}
