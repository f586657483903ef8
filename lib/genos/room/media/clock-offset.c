/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/media/clock-offset.h>

/* One exchange as quick as this is enough; of slower ones so many are waited for. */
#define QUICK (10 * 1000)
#define ENOUGH 4

/* Reading a clock and taking a message are not one moment. */
#define SLACK 500

void
genos_clock_offset_clear (GenosClockOffset *self)
{
  self->n = 0;
  self->next = 0;
}

static gint64
get_error (const GenosClockSample *sample, gint64 now)
{
  gint64 age = MAX (now - sample->when, 0);

  return sample->round_trip / 2 + age / (1000 * 1000 / GENOS_CLOCK_DRIFT_PPM);
}

static const GenosClockSample *
find_best (const GenosClockOffset *self, gint64 now)
{
  const GenosClockSample *best = NULL;

  for (guint i = 0; i < self->n; i++) {
    const GenosClockSample *sample = &self->samples[i];

    if (best == NULL || get_error (sample, now) < get_error (best, now))
      best = sample;
  }
  return best;
}

static gboolean
contradicts (const GenosClockOffset *self, const GenosClockSample *sample)
{
  const GenosClockSample *best = find_best (self, sample->when);

  return best != NULL
      && ABS (sample->offset - best->offset)
      > get_error (sample, sample->when) + get_error (best, sample->when) + SLACK;
}

gboolean
genos_clock_offset_add (
    GenosClockOffset *self, gint64 t1, gint64 t2, gint64 t3, gint64 t4, gint64 now)
{
  GenosClockSample sample = {
    .offset = ((t2 - t1) + (t3 - t4)) / 2,
    .round_trip = (t4 - t1) - (t3 - t2),
    .when = now,
  };

  if (t3 < t2 || t4 < t1 || sample.round_trip < 0)
    return FALSE;
  if (contradicts (self, &sample))
    genos_clock_offset_clear (self);
  self->samples[self->next] = sample;
  self->next = (self->next + 1) % GENOS_CLOCK_SAMPLES;
  self->n = MIN (self->n + 1, GENOS_CLOCK_SAMPLES);
  return TRUE;
}

gboolean
genos_clock_offset_get (const GenosClockOffset *self, gint64 now, gint64 *offset, gint64 *error)
{
  const GenosClockSample *best = find_best (self, now);

  if (best == NULL || (self->n < ENOUGH && best->round_trip > QUICK))
    return FALSE;
  *offset = best->offset;
  *error = get_error (best, now);
  return TRUE;
}
