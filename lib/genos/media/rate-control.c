/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/rate-control.h>

/* What an encoder can do with a tenth of its rate is worse than fewer pictures. */
#define MIN_SHARE 10
#define LEAST 30000

/* From the start rate up, while nobody objects. */
#define RAISE_EVERY (250 * G_TIME_SPAN_MILLISECOND)
#define RAISE 1.12

/* Less is not worth telling an encoder. Down always is when it is more than this. */
#define STEP 0.04

guint
genos_rate_control_get_max (const GenosRateControl *self)
{
  return self->bounds.max > 0 ? self->bounds.max : self->own;
}

guint
genos_rate_control_get_min (const GenosRateControl *self)
{
  guint max = genos_rate_control_get_max (self);
  guint min = self->bounds.min > 0 ? self->bounds.min : MAX (max / MIN_SHARE, LEAST);

  return MIN (MAX (min, self->floor), max);
}

void
genos_rate_control_start (GenosRateControl *self, guint own, gint64 now)
{
  self->own = own;
  self->aim = own;
  self->ceiling = self->bounds.start > 0 ? self->bounds.start : G_MAXUINT;
  self->raised = now;
}

void
genos_rate_control_set_bounds (GenosRateControl *self, const GenosRateBounds *bounds)
{
  self->bounds = *bounds;
}

static void
raise_ceiling (GenosRateControl *self, gint64 now)
{
  while (genos_rate_control_next (self) >= 0 && now - self->raised >= RAISE_EVERY) {
    self->ceiling *= RAISE;
    self->raised += RAISE_EVERY;
  }
}

gboolean
genos_rate_control_update (GenosRateControl *self, guint rate, gint64 now)
{
  guint min = genos_rate_control_get_min (self);
  guint max = genos_rate_control_get_max (self);
  guint aim;
  double step = self->aim * STEP;

  if (self->own == 0)
    return FALSE;
  raise_ceiling (self, now);
  aim = CLAMP (MIN (rate, self->ceiling), min, max);
  /* The bounds themselves are reached exactly. */
  if (aim == self->aim || (ABS ((double) aim - self->aim) < step && aim != min && aim != max))
    return FALSE;
  self->aim = aim;
  return TRUE;
}

gint64
genos_rate_control_next (const GenosRateControl *self)
{
  return self->own > 0 && self->ceiling < genos_rate_control_get_max (self)
      ? self->raised + RAISE_EVERY
      : -1;
}
