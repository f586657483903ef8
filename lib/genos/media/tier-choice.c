/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/tier-choice.h>

#include <genos/media/tier-viewers.h>

/* A rate that dips is no reason to change, one that falls far is. */
#define DIP (400 * G_TIME_SPAN_MILLISECOND)
#define FAR_BELOW 0.7
#define MARGIN_UP 1.1
/* What the others are given must go through as well. */
#define MARGIN_BESIDE 1.05
/* Whoever is behind the others is not waited for, longer than an estimate takes that was too careful, and once more
 * right behind that: it keeps still for most of a second then. Who is so by a little slows them down, but not for
 * ever. */
#define BEHIND_FOR (1500 * G_TIME_SPAN_MILLISECOND)
#define LAGGING 0.9
#define LAGGING_FOR (5 * G_TIME_SPAN_SECOND)
/* Way below the last of many pictures: its key frame alone would be in the way of the few. */
#define COLLAPSED 0.8
/* What is on such a path already, and what waits to go there, takes this long to leave it, and a key frame behind it
 * would not get in. */
#define REST (600 * G_TIME_SPAN_MILLISECOND)
/* What is so much more than is needed is believed sooner. */
#define PLENTY 2
/* What one can hardly look at, and nothing at all, are for paths that stay so: an estimate falls too low
 * while a queue empties. */
#define DIP_BEFORE_THIN (1000 * G_TIME_SPAN_MILLISECOND)
#define DIP_BEFORE_NOTHING (2000 * G_TIME_SPAN_MILLISECOND)

#define PATIENCE (1000 * G_TIME_SPAN_MILLISECOND)
#define MAX_PATIENCE (60 * G_TIME_SPAN_SECOND)
/* Where nothing shows whether more can be sent, it is tried after so many times the patience, and takes the
 * estimate this long to see. */
#define TRY_AFTER 8
#define TRY_FOR (2500 * G_TIME_SPAN_MILLISECOND)

/* Down again within this, up was too early. */
#define TOO_EARLY (10 * G_TIME_SPAN_SECOND)
/* … and behind the others again within this. */
#define BEHIND_EARLY (30 * G_TIME_SPAN_SECOND)

void
genos_tier_choice_init (GenosTierChoice *self)
{
  *self = (GenosTierChoice){ .patience = PATIENCE };
}

static void
go_to (GenosTierChoice *self, guint tier, gint64 now)
{
  self->tier = tier;
  self->since = now;
  self->below_since = self->above_since = 0;
  self->behind_since = self->lagging_since = 0;
}

static gboolean
lasted (gint64 *since, gboolean condition, gint64 time, gint64 now)
{
  if (!condition)
    *since = 0;
  else if (*since == 0)
    *since = now;
  return condition && now - *since >= time;
}

static gboolean
is_absent (const GenosTierLadder *ladder, guint tier)
{
  return tier > 0 && tier < ladder->n && (ladder->absent & 1u << tier) != 0;
}

/* The next one down that is there, or nothing. */
static guint
below (const GenosTierLadder *ladder, guint tier)
{
  do
    tier++;
  while (is_absent (ladder, tier));
  return tier;
}

static guint
above (const GenosTierLadder *ladder, guint tier)
{
  do
    tier--;
  while (is_absent (ladder, tier));
  return tier;
}

guint
genos_tier_ladder_count_full (const GenosTierLadder *ladder)
{
  return ladder->thin ? ladder->n - 1 : ladder->n;
}

gboolean
genos_tier_ladder_is_shared (const GenosTierLadder *ladder, guint tier)
{
  return ladder->most[tier] > 0 && tier + 1 < genos_tier_ladder_count_full (ladder);
}

/* How long the rate has to be too low before the next one down. */
static gint64
dip (GenosTierChoice *self, const GenosTierLadder *ladder, guint rate, gint64 now)
{
  if (ladder->jumps && self->raised != 0 && now - self->raised <= TRY_FOR)
    return TRY_FOR;
  if (below (ladder, self->tier) < genos_tier_ladder_count_full (ladder))
    return rate < ladder->least[self->tier] * FAR_BELOW ? 0 : DIP;
  return below (ladder, self->tier) < ladder->n ? DIP_BEFORE_THIN : DIP_BEFORE_NOTHING;
}

static gboolean
has_collapsed (GenosTierChoice *self, const GenosTierLadder *ladder, guint rate)
{
  guint n = genos_tier_ladder_count_full (ladder);

  return ladder->thin && below (ladder, self->tier) < n && !is_absent (ladder, n)
      && rate < ladder->least[n - 1] * COLLAPSED;
}

static gboolean
is_behind (GenosTierChoice *self, const GenosTierLadder *ladder, guint rate, gint64 now)
{
  guint usual = ladder->usual[self->tier];
  gboolean behind = lasted (&self->behind_since, rate < usual * GENOS_TIER_BEHIND, BEHIND_FOR, now);

  return lasted (&self->lagging_since, rate < usual * LAGGING, LAGGING_FOR, now) || behind;
}

static void
go_down (GenosTierChoice *self, const GenosTierLadder *ladder, guint rate, gint64 early, gint64 now)
{
  guint tier = below (ladder, self->tier);

  while (below (ladder, tier) < genos_tier_ladder_count_full (ladder) && rate < ladder->least[tier])
    tier = below (ladder, tier);
  if (has_collapsed (self, ladder, rate)) {
    tier = genos_tier_ladder_count_full (ladder);
    self->rests_until = now + REST;
  }
  if (self->raised != 0 && now - self->raised < early) {
    self->patience = MIN (self->patience * 2, MAX_PATIENCE);
    self->too_much = self->tier;
  } else {
    self->patience = PATIENCE;
  }
  go_to (self, tier, now);
}

/* What it gets it can take, and has for a while. */
static gboolean
may_try (GenosTierChoice *self, const GenosTierLadder *ladder, guint rate, gint64 now)
{
  return ladder->jumps && self->tier < ladder->n && rate >= ladder->least[self->tier]
      && now - self->since >= MIN (TRY_AFTER * self->patience, MAX_PATIENCE);
}

static gboolean
fits (const GenosTierLadder *ladder, guint tier, guint rate, double times)
{
  return rate > ladder->least[tier] * MARGIN_UP * times
      && rate > ladder->given[tier] * MARGIN_BESIDE * times;
}

/* To the best that it is enough for. */
static void
go_up (GenosTierChoice *self, const GenosTierLadder *ladder, guint rate, gint64 now)
{
  guint tier = above (ladder, self->tier);

  while (tier > 0 && fits (ladder, above (ladder, tier), rate, 1) && !ladder->jumps)
    tier = above (ladder, tier);
  go_to (self, tier, now);
  self->raised = now;
}

static gboolean
may_go_up (GenosTierChoice *self, const GenosTierLadder *ladder, guint rate, gint64 now)
{
  guint better = above (ladder, self->tier);
  /* What was too much and is not any more says nothing of those that are better. */
  gint64 patience = better < self->too_much ? PATIENCE : self->patience;

  if (fits (ladder, better, rate, PLENTY))
    patience /= 2;

  return lasted (&self->above_since, fits (ladder, better, rate, 1), patience, now)
      || may_try (self, ladder, rate, now);
}

/* What it had is gone: the nearest, rather one that it can take. */
static void
leave_absent (GenosTierChoice *self, const GenosTierLadder *ladder, guint rate, gint64 now)
{
  guint lower = below (ladder, self->tier), better = above (ladder, self->tier);

  go_to (self, lower < ladder->n && rate < ladder->least[better] ? lower : better, now);
}

guint
genos_tier_choice_update (
    GenosTierChoice *self, const GenosTierLadder *ladder, guint rate, gint64 now)
{
  if (self->tier > ladder->n || self->since == 0)
    go_to (self, MIN (self->tier, ladder->n), now);
  if (is_absent (ladder, self->tier))
    leave_absent (self, ladder, rate, now);
  if (now < self->rests_until)
    return ladder->n;
  if (self->tier < ladder->n
      && lasted (&self->below_since, rate < ladder->least[self->tier],
          dip (self, ladder, rate, now), now)) {
    go_down (self, ladder, rate, TOO_EARLY, now);
    return now < self->rests_until ? ladder->n : self->tier;
  }
  if (self->tier < ladder->n && is_behind (self, ladder, rate, now)) {
    go_down (self, ladder, rate, BEHIND_EARLY, now);
    return self->tier;
  }
  if (self->tier > 0 && may_go_up (self, ladder, rate, now))
    go_up (self, ladder, rate, now);
  return self->tier;
}
