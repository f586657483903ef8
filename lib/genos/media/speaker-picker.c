/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/speaker-picker.h>

/* −50 dBFS: a quiet room is below it, a voice at a microphone above. */
#define SILENCE 1e-5
/* 6 dB */
#define CLEARLY 4.0
/* A syllable raises a level at once, the gap after it does not end the word. */
#define RISE (50 * GST_MSECOND)
#define FALL (300 * GST_MSECOND)
/* Longer than a cough. */
#define HOLD (600 * GST_MSECOND)
#define TENURE (1500 * GST_MSECOND)

typedef struct {
  double power;
  GstClockTime updated;
  GstClockTime louder_since; /* GST_CLOCK_TIME_NONE: it is not */
} Level;

struct _GenosSpeakerPicker {
  GHashTable *levels; /* peer id → Level */
  char *active;
  GstClockTime changed;
};

GenosSpeakerPicker *
genos_speaker_picker_new (void)
{
  GenosSpeakerPicker *self = g_new0 (GenosSpeakerPicker, 1);

  self->levels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->changed = GST_CLOCK_TIME_NONE;
  return self;
}

void
genos_speaker_picker_free (GenosSpeakerPicker *self)
{
  g_hash_table_unref (self->levels);
  g_free (self->active);
  g_free (self);
}

static double
approach (double from, double to, GstClockTime elapsed, GstClockTime time_constant)
{
  return from + (to - from) * ((double) elapsed / (double) (elapsed + time_constant));
}

/* Whoever sends nothing, frozen or muted, becomes silent as well. */
static double
power_at (const Level *level, GstClockTime now)
{
  GstClockTime elapsed = now > level->updated ? now - level->updated : 0;

  return level->power / (double) (G_GUINT64_CONSTANT (1) << MIN (elapsed / FALL, 60));
}

static Level *
ensure_level (GenosSpeakerPicker *self, const char *peer_id)
{
  Level *level = g_hash_table_lookup (self->levels, peer_id);

  if (level == NULL) {
    level = g_new0 (Level, 1);
    level->louder_since = GST_CLOCK_TIME_NONE;
    g_hash_table_insert (self->levels, g_strdup (peer_id), level);
  }
  return level;
}

static gboolean
is_louder (GenosSpeakerPicker *self, Level *level, GstClockTime now)
{
  double power = level->power;
  GHashTableIter iter;
  gpointer id, other;

  if (power < SILENCE)
    return FALSE;
  g_hash_table_iter_init (&iter, self->levels);
  while (g_hash_table_iter_next (&iter, &id, &other)) {
    double margin = g_strcmp0 (id, self->active) == 0 ? CLEARLY : 1.0;

    if (other != level && power_at (other, now) * margin > power)
      return FALSE;
  }
  return TRUE;
}

static gboolean
may_change (GenosSpeakerPicker *self, GstClockTime now)
{
  return self->active == NULL || now >= self->changed + TENURE;
}

gboolean
genos_speaker_picker_take (GenosSpeakerPicker *self, const char *peer_id, double power,
    GstClockTime duration, GstClockTime now)
{
  Level *level = ensure_level (self, peer_id);

  level->power = approach (level->power, power, duration, power > level->power ? RISE : FALL);
  level->updated = now;
  if (g_strcmp0 (peer_id, self->active) == 0)
    return FALSE;
  if (!is_louder (self, level, now)) {
    level->louder_since = GST_CLOCK_TIME_NONE;
    return FALSE;
  }
  if (!GST_CLOCK_TIME_IS_VALID (level->louder_since))
    level->louder_since = now;
  if (now < level->louder_since + HOLD || !may_change (self, now))
    return FALSE;
  level->louder_since = GST_CLOCK_TIME_NONE;
  g_free (self->active);
  self->active = g_strdup (peer_id);
  self->changed = now;
  return TRUE;
}

gboolean
genos_speaker_picker_remove (GenosSpeakerPicker *self, const char *peer_id)
{
  gboolean active = g_strcmp0 (peer_id, self->active) == 0;

  if (active)
    g_clear_pointer (&self->active, g_free);
  g_hash_table_remove (self->levels, peer_id);
  return active;
}

const char *
genos_speaker_picker_get (GenosSpeakerPicker *self)
{
  return self->active;
}
