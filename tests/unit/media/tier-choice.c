/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/tier-choice.h>

#define SECOND G_TIME_SPAN_SECOND
#define EVERY (100 * G_TIME_SPAN_MILLISECOND)

static const GenosTierLadder ladder = { 3, { 1000000, 300000, 50000 }, FALSE };
static const GenosTierLadder thin = { 3, { 1000000, 300000, 20000 }, TRUE };

/* The others can take all of the first, and get it. */
static const GenosTierLadder beside = { 2, { 1800000, 100000 }, .most = { 4000000, 1400000 },
  .usual = { 4000000 }, .given = { 4000000 } };

static const GenosTierLadder jumps = { 2, { 1500000, 100000 }, TRUE, TRUE };

typedef struct {
  const GenosTierLadder *ladder;
  GenosTierChoice choice;
  gint64 now;
} Fixture;

/* How long until that tier is chosen, in ms; -1: it is not, within that many seconds. */
static int
wait_for (Fixture *fixture, guint tier, guint rate, guint seconds)
{
  gint64 start = fixture->now;

  while (fixture->now - start <= seconds * SECOND) {
    if (genos_tier_choice_update (&fixture->choice, fixture->ladder, rate, fixture->now) == tier)
      return (fixture->now - start) / 1000;
    fixture->now += EVERY;
  }
  return -1;
}

static void
stay (Fixture *fixture, guint rate, guint seconds)
{
  guint tier = fixture->choice.tier;

  for (gint64 end = fixture->now + seconds * SECOND; fixture->now < end; fixture->now += EVERY)
    g_assert_cmpuint (
        genos_tier_choice_update (&fixture->choice, fixture->ladder, rate, fixture->now), ==, tier);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  genos_tier_choice_init (&fixture->choice);
  fixture->ladder = data;
  fixture->now = 1000 * SECOND;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
}

static void
test_steps (Fixture *fixture, gconstpointer data)
{
  stay (fixture, G_MAXUINT, 5);
  stay (fixture, 1000000, 5);
  g_assert_cmpint (wait_for (fixture, 1, 900000, 2), <=, 600);
  stay (fixture, 900000, 30);
  g_assert_cmpint (wait_for (fixture, 2, 100000, 2), ==, 0);
  stay (fixture, 60000, 30);
  g_assert_cmpint (wait_for (fixture, 1, 400000, 5), <=, 2000);
  stay (fixture, 400000, 10);
  g_assert_cmpint (wait_for (fixture, 0, 5000000, 5), <=, 2000);
}

/* Not one by one where there is enough for the best, and sooner where there is plenty. */
static void
test_up_at_once (Fixture *fixture, gconstpointer data)
{
  int plenty;

  g_assert_cmpint (wait_for (fixture, 2, 60000, 1), ==, 0);
  stay (fixture, 60000, 30);
  plenty = wait_for (fixture, 0, 5000000, 5);
  g_assert_cmpint (plenty, >=, 300);
  g_assert_cmpint (plenty, <=, 700);
  stay (fixture, 5000000, 30);
  g_assert_cmpint (wait_for (fixture, 2, 60000, 1), ==, 0);
  stay (fixture, 60000, 30);
  g_assert_cmpint (wait_for (fixture, 1, 340000, 5), >, plenty);
}

static void
test_far_down_at_once (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (wait_for (fixture, 2, 100000, 1), ==, 0);
}

/* A dip changes nothing. */
static void
test_dips (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 20; i++) {
    genos_tier_choice_update (&fixture->choice, fixture->ladder, 900000, fixture->now += EVERY);
    genos_tier_choice_update (&fixture->choice, fixture->ladder, 900000, fixture->now += EVERY);
    g_assert_cmpuint (genos_tier_choice_update (
                          &fixture->choice, fixture->ladder, 1200000, fixture->now += EVERY),
        ==, 0);
  }
}

/* Between two tiers it does not go to and fro. */
static void
test_gets_patient (Fixture *fixture, gconstpointer data)
{
  int last = 0;

  for (guint i = 0; i < 5; i++) {
    g_assert_cmpint (wait_for (fixture, 1, 600000, 5), >=, 0);
    int took = wait_for (fixture, 0, 1200000, 100);
    g_assert_cmpint (took, >, last);
    last = took;
  }
  g_assert_cmpint (last, >, 15000);
  /* After a good while it is as at the beginning. */
  stay (fixture, 1200000, 20);
  g_assert_cmpint (wait_for (fixture, 1, 600000, 5), >=, 0);
  g_assert_cmpint (wait_for (fixture, 0, 1200000, 5), <=, 2000);
}

/* Patience is for what was too much: where that goes well now, a better one is tried as soon as ever. */
static void
test_patience_of_one (Fixture *fixture, gconstpointer data)
{
  stay (fixture, G_MAXUINT, 5);
  g_assert_cmpint (wait_for (fixture, 2, 60000, 3), >=, 0);
  g_assert_cmpint (wait_for (fixture, 3, 1000, 4), >=, 0);
  for (guint i = 0; i < 3; i++) {
    g_assert_cmpint (wait_for (fixture, 2, 30000, 20), >=, 0);
    g_assert_cmpint (wait_for (fixture, 3, 1000, 4), >=, 0);
  }
  g_assert_cmpint (wait_for (fixture, 2, 30000, 20), >, 4000);
  g_assert_cmpint (wait_for (fixture, 1, 400000, 20), <=, 1500);
  g_assert_cmpint (wait_for (fixture, 0, 1200000, 20), <=, 1500);
}

/* Fewer pictures, and none, only for what stays; and back. */
static void
test_thin (Fixture *fixture, gconstpointer data)
{
  int took;

  g_assert_cmpint (wait_for (fixture, 1, 290000, 2), ==, 0);
  took = wait_for (fixture, 2, 30000, 3);
  g_assert_cmpint (took, >=, 900);
  g_assert_cmpint (took, <=, 1500);
  stay (fixture, 30000, 30);
  took = wait_for (fixture, 3, 1000, 4);
  g_assert_cmpint (took, >=, 1900);
  g_assert_cmpint (took, <=, 2500);
  stay (fixture, 1000, 30);
  stay (fixture, 21000, 30);
  g_assert_cmpint (wait_for (fixture, 2, 23000, 3), <=, 2000);
  g_assert_cmpint (wait_for (fixture, 0, G_MAXUINT, 3), <=, 2000);
}

/* On a path that carries hardly anything all of a sudden, neither what it had nor the tier between is sent on: a
 * few pictures, as soon as the path is empty. */
static void
test_collapse (Fixture *fixture, gconstpointer data)
{
  int took;

  stay (fixture, G_MAXUINT, 5);
  g_assert_cmpint (wait_for (fixture, 3, 60000, 2), ==, 0);
  took = wait_for (fixture, 2, 60000, 3);
  g_assert_cmpint (took, >=, 500);
  g_assert_cmpint (took, <=, 800);
  stay (fixture, 60000, 30);
}

/* An estimate that falls too low while a queue empties. */
static void
test_thin_dips (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (wait_for (fixture, 1, 250000, 2), ==, 0);
  for (guint i = 0; i < 10; i++) {
    for (guint k = 0; k < 8; k++) {
      fixture->now += EVERY;
      g_assert_cmpuint (
          genos_tier_choice_update (&fixture->choice, fixture->ladder, 10000, fixture->now), ==, 1);
    }
    fixture->now += EVERY;
    genos_tier_choice_update (&fixture->choice, fixture->ladder, 320000, fixture->now);
  }
}

/* Key frames alone never show that all of it would get through: it is tried, less and less often. */
static void
test_tries (Fixture *fixture, gconstpointer data)
{
  int last = 0;

  g_assert_cmpint (wait_for (fixture, 1, 600000, 3), >, 0);
  for (guint i = 0; i < 4; i++) {
    int took = wait_for (fixture, 0, 600000, 70);
    g_assert_cmpint (took, >=, last);
    g_assert_cmpint (took, >=, 7000);
    last = took;
    /* Long enough for the estimate to see it. */
    took = wait_for (fixture, 1, 600000, 10);
    g_assert_cmpint (took, >=, 2000);
    g_assert_cmpint (took, <=, 4000);
  }
  g_assert_cmpint (last, >, 25000);
  g_assert_cmpint (wait_for (fixture, 0, 600000, 70), >, 0);
  stay (fixture, 2000000, 30);
  /* Not when even the key frames are too much. */
  g_assert_cmpint (wait_for (fixture, 1, 600000, 3), >, 0);
  g_assert_cmpint (wait_for (fixture, 2, 1000, 5), >, 0);
  stay (fixture, 1000, 100);
}

/* Nobody comes to what it would slow down for the others, however long it might wait there. */
static void
test_beside_up (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (wait_for (fixture, 1, 900000, 1), ==, 0);
  stay (fixture, 900000, 10);
  stay (fixture, 2500000, 30);
  stay (fixture, 4100000, 30);
  g_assert_cmpint (wait_for (fixture, 0, 4300000, 5), <=, 1500);
  /* Alone it can have what there is for it. */
  fixture->ladder = data;
  g_assert_cmpint (wait_for (fixture, 1, 900000, 1), ==, 0);
  stay (fixture, 900000, 10);
  fixture->choice.patience = G_TIME_SPAN_SECOND;
  const GenosTierLadder alone = { 2, { 1800000, 100000 }, .most = { 4000000, 1400000 } };
  fixture->ladder = &alone;
  g_assert_cmpint (wait_for (fixture, 0, 2500000, 5), <=, 1500);
}

/* Whoever is far behind the others does not slow them down for long; a moment is no reason to leave. */
static void
test_beside_down (Fixture *fixture, gconstpointer data)
{
  int took;

  stay (fixture, 2500000, 0);
  for (guint i = 0; i < 10; i++) {
    stay (fixture, 4000000, 2);
    for (guint k = 0; k < 12; k++) {
      fixture->now += EVERY;
      g_assert_cmpuint (
          genos_tier_choice_update (&fixture->choice, fixture->ladder, 2500000, fixture->now), ==,
          0);
    }
  }
  stay (fixture, 4000000, 2);
  took = wait_for (fixture, 1, 2500000, 5);
  g_assert_cmpint (took, >=, 1400);
  g_assert_cmpint (took, <=, 1700);
  g_assert_cmpint (wait_for (fixture, 0, 4500000, 5), <=, 2000);
  stay (fixture, 4500000, 40);
  /* A little behind. */
  took = wait_for (fixture, 1, 3400000, 10);
  g_assert_cmpint (took, >=, 4000);
  g_assert_cmpint (took, <=, 6000);
  g_assert_cmpint (wait_for (fixture, 0, 4500000, 5), <=, 2000);
  stay (fixture, 3800000, 60);
}

/* What seems to be enough and is not, again and again, is tried less and less often. */
static void
test_beside_patience (Fixture *fixture, gconstpointer data)
{
  int last = 0;

  for (guint i = 0; i < 7; i++) {
    g_assert_cmpint (wait_for (fixture, 1, 2500000, 5), >=, 0);
    int took = wait_for (fixture, 0, 5000000, 100);
    g_assert_cmpint (took, >=, last);
    last = took;
    stay (fixture, 5000000, 8);
  }
  g_assert_cmpint (last, >=, 50000);
}

/* The last one of many pictures is for whoever can take less than the others. */
static void
test_beside_last (Fixture *fixture, gconstpointer data)
{
  GenosTierLadder shared = beside;

  shared.usual[1] = shared.given[1] = 0;
  fixture->ladder = &shared;
  g_assert_false (genos_tier_ladder_is_shared (&shared, 1));
  g_assert_true (genos_tier_ladder_is_shared (&shared, 0));
  g_assert_cmpint (wait_for (fixture, 1, 150000, 1), ==, 0);
  stay (fixture, 150000, 60);
  shared.thin = TRUE;
  shared.n = 3;
  shared.least[2] = 20000;
  g_assert_false (genos_tier_ladder_is_shared (&shared, 1));
  stay (fixture, 150000, 60);
}

static void
test_fewer_tiers (Fixture *fixture, gconstpointer data)
{
  const GenosTierLadder one = { 1, { 100000 }, FALSE };
  const GenosTierLadder none = { 0 };

  g_assert_cmpint (wait_for (fixture, 3, 1000, 5), >, 0);
  g_assert_cmpuint (genos_tier_choice_update (&fixture->choice, &one, 1000, fixture->now), ==, 1);
  g_assert_cmpuint (genos_tier_choice_update (&fixture->choice, &none, 1000, fixture->now), ==, 0);
  fixture->now += 100 * SECOND;
  g_assert_cmpuint (genos_tier_choice_update (&fixture->choice, &none, 1000, fixture->now), ==, 0);
}

/* Who would get one that cannot be had gets the next, and who had it the nearest it can take; and it is tried again
 * when it can be had again. */
static void
test_absent (Fixture *fixture, gconstpointer data)
{
  GenosTierLadder holed = ladder;

  fixture->ladder = &holed;
  holed.absent = 1 << 1;
  g_assert_cmpint (wait_for (fixture, 2, 400000, 5), >=, 0);
  stay (fixture, 400000, 5);
  holed.absent = 0;
  g_assert_cmpint (wait_for (fixture, 1, 400000, 20), >=, 0);
  holed.absent = 1 << 1;
  g_assert_cmpuint (
      genos_tier_choice_update (&fixture->choice, &holed, 400000, fixture->now), ==, 2);
  g_assert_cmpint (wait_for (fixture, 0, 2000000, 20), >=, 0);

  /* What there is instead may be no more than it had. */
  holed.absent = 0;
  g_assert_cmpint (wait_for (fixture, 1, 400000, 5), >=, 0);
  holed.absent = 1 << 1;
  holed.least[0] = 300000;
  g_assert_cmpuint (
      genos_tier_choice_update (&fixture->choice, &holed, 400000, fixture->now), ==, 0);
  holed.least[0] = ladder.least[0];

  /* Below there is nothing. */
  holed.absent = 1 << 2;
  g_assert_cmpint (wait_for (fixture, 1, 400000, 5), >=, 0);
  g_assert_cmpint (wait_for (fixture, 3, 100000, 5), >=, 2000);
  holed.absent = 1 << 1 | 1 << 2;
  g_assert_cmpint (wait_for (fixture, 0, 2000000, 70), >=, 0);
}

/* Nothing is below what was had but what is better: that, until it turns out to be too much. */
static void
test_absent_last (Fixture *fixture, gconstpointer data)
{
  GenosTierLadder holed = ladder;

  fixture->ladder = &holed;
  g_assert_cmpint (wait_for (fixture, 2, 100000, 5), >=, 0);
  holed.absent = 1 << 2;
  g_assert_cmpuint (
      genos_tier_choice_update (&fixture->choice, &holed, 100000, fixture->now), ==, 1);
  g_assert_cmpint (wait_for (fixture, 3, 100000, 5), >=, 0);
}

#define ADD(path, ladder, func)                                                                    \
  g_test_add ("/media/tier-choice/" path, Fixture, ladder, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("steps", &ladder, test_steps);
  ADD ("up-at-once", &ladder, test_up_at_once);
  ADD ("far-down-at-once", &ladder, test_far_down_at_once);
  ADD ("dips", &ladder, test_dips);
  ADD ("gets-patient", &ladder, test_gets_patient);
  ADD ("thin", &thin, test_thin);
  ADD ("collapse", &thin, test_collapse);
  ADD ("patience-of-one", &thin, test_patience_of_one);
  ADD ("thin-dips", &thin, test_thin_dips);
  ADD ("tries", &jumps, test_tries);
  ADD ("beside-up", &beside, test_beside_up);
  ADD ("beside-down", &beside, test_beside_down);
  ADD ("beside-patience", &beside, test_beside_patience);
  ADD ("beside-last", &beside, test_beside_last);
  ADD ("absent", &ladder, test_absent);
  ADD ("absent-last", &ladder, test_absent_last);
  ADD ("fewer-tiers", &ladder, test_fewer_tiers);
  return g_test_run ();
}
