/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/signalling/announcer.h>

void
genos_announcer_init (GenosAnnouncer *self)
{
  self->last = G_MININT64;
  self->changed = G_MININT64;
}

void
genos_announcer_changed (GenosAnnouncer *self, gint64 now)
{
  self->changed = now;
}

void
genos_announcer_announced (GenosAnnouncer *self, gint64 now)
{
  self->last = now;
}

gboolean
genos_announcer_met_stranger (GenosAnnouncer *self, gint64 now)
{
  genos_announcer_changed (self, now);
  return self->last == G_MININT64 || now - self->last >= GENOS_ANNOUNCE_REPLY_SPACING;
}

static gboolean
is_excited (const GenosAnnouncer *self, gint64 now)
{
  return self->changed != G_MININT64 && now - self->changed < GENOS_ANNOUNCE_EXCITED;
}

gint64
genos_announcer_next (const GenosAnnouncer *self, gint64 now, gdouble spread)
{
  gint64 interval;

  if (self->last == G_MININT64)
    return now;

  interval = is_excited (self, now)
      ? GENOS_ANNOUNCE_FAST
      : GENOS_ANNOUNCE_SLOW + (gint64) (spread * GENOS_ANNOUNCE_SLOW / 10);
  return MAX (now, self->last + interval);
}
