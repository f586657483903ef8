/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/signalling/announcer.h>

void
genos_announcer_init (GenosAnnouncer *self)
{
  *self = (GenosAnnouncer){ .last = G_MININT64, .answer = G_MAXINT64, .answered = G_MININT64 };
}

/* The first pause is doubled with every announce until it is as long as the slow one. */
static gint64
fast_pause (const GenosAnnouncer *self, guint n)
{
  gint64 pause = MAX (GENOS_ANNOUNCE_FAST, n * GENOS_ANNOUNCE_FAST_EACH);

  for (guint i = 0; i < self->n_fast && pause < GENOS_ANNOUNCE_SLOW; i++)
    pause *= 2;
  return pause;
}

/* Up to a tenth longer, so that the members of a room do not fall into step. */
static gint64
slow_pause (gdouble chance)
{
  return GENOS_ANNOUNCE_SLOW + (gint64) (chance * GENOS_ANNOUNCE_SLOW / 10);
}

void
genos_announcer_look (GenosAnnouncer *self)
{
  self->looking = TRUE;
  self->n_fast = 0;
  self->pause = MIN (self->pause, GENOS_ANNOUNCE_FAST);
}

gboolean
genos_announcer_is_looking (const GenosAnnouncer *self)
{
  return self->looking;
}

static gint64
spacing_of (const GenosAnnouncer *self, guint n)
{
  gint64 longest = MAX (GENOS_ANNOUNCE_REPLY_SPACING, n * GENOS_ANNOUNCE_REPLY_SPACING_EACH);
  gint64 spacing = GENOS_ANNOUNCE_REPLY_SPACING;

  for (guint i = 0; i < self->n_answers && spacing < longest; i++)
    spacing *= 2;
  return MIN (spacing, longest);
}

void
genos_announcer_asked (GenosAnnouncer *self, guint n, gdouble chance, gint64 now)
{
  gint64 spread = MIN (n * GENOS_ANNOUNCE_REPLY_SPREAD, GENOS_ANNOUNCE_REPLY_MAX_SPREAD);
  gint64 answer = now + GENOS_ANNOUNCE_REPLY_DELAY + (gint64) (chance * spread);

  if (self->answered != G_MININT64 && now - self->answered >= GENOS_ANNOUNCE_SLOW)
    self->n_answers = 0;
  if (self->last != G_MININT64)
    answer = MAX (answer, self->last + spacing_of (self, n));
  self->answer = MIN (self->answer, answer);
}

void
genos_announcer_announced (GenosAnnouncer *self, guint n, gdouble chance, gint64 now)
{
  if (self->answer != G_MAXINT64) {
    self->n_answers++;
    self->answered = now;
  }
  self->last = now;
  self->answer = G_MAXINT64;
  self->pause = self->looking ? fast_pause (self, n) : GENOS_ANNOUNCE_SLOW;
  if (self->pause >= GENOS_ANNOUNCE_SLOW) {
    self->looking = FALSE;
    self->pause = slow_pause (chance);
  }
  self->n_fast++;
}

gint64
genos_announcer_next (const GenosAnnouncer *self)
{
  if (self->last == G_MININT64)
    return self->last;
  return MIN (self->answer, self->last + self->pause);
}
