/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/signalling/announcer.h>

#define SECOND G_TIME_SPAN_SECOND
#define MINUTE G_TIME_SPAN_MINUTE

static void
test_first_at_once (void)
{
  GenosAnnouncer announcer;

  genos_announcer_init (&announcer);
  g_assert_cmpint (genos_announcer_next (&announcer), <, 0);
}

/* Two in a room: 2.5, 5, 10 and 20 s after one another, then the slow rhythm. */
static void
test_looking_calms_down (void)
{
  static const gint64 pauses[] = { 2500, 5000, 10000, 20000, 30000, 30000 };
  GenosAnnouncer announcer;
  gint64 now = 0;

  genos_announcer_init (&announcer);
  genos_announcer_look (&announcer);
  genos_announcer_announced (&announcer, 2, 0, now);
  for (guint i = 0; i < G_N_ELEMENTS (pauses); i++) {
    g_assert_cmpint (
        genos_announcer_next (&announcer) - now, ==, pauses[i] * G_TIME_SPAN_MILLISECOND);
    now = genos_announcer_next (&announcer);
    genos_announcer_announced (&announcer, 2, 0, now);
  }
}

static void
test_crowd_waits_longer (void)
{
  GenosAnnouncer announcer;

  genos_announcer_init (&announcer);
  genos_announcer_look (&announcer);
  genos_announcer_announced (&announcer, 30, 0, 0);
  g_assert_cmpint (genos_announcer_next (&announcer), ==, 7500 * G_TIME_SPAN_MILLISECOND);
  genos_announcer_init (&announcer);
  genos_announcer_look (&announcer);
  genos_announcer_announced (&announcer, 4096, 0, 0);
  g_assert_cmpint (genos_announcer_next (&announcer), ==, GENOS_ANNOUNCE_SLOW);
}

static void
test_slow_is_spread (void)
{
  GenosAnnouncer announcer;

  genos_announcer_init (&announcer);
  genos_announcer_announced (&announcer, 2, 0.5, 0);
  g_assert_cmpint (
      genos_announcer_next (&announcer), ==, GENOS_ANNOUNCE_SLOW + GENOS_ANNOUNCE_SLOW / 20);
}

static void
test_look_again (void)
{
  GenosAnnouncer announcer;

  genos_announcer_init (&announcer);
  genos_announcer_announced (&announcer, 2, 0, 100 * SECOND);
  genos_announcer_look (&announcer);
  g_assert_cmpint (genos_announcer_next (&announcer), ==, 100 * SECOND + GENOS_ANNOUNCE_FAST);
}

static void
test_answer (void)
{
  GenosAnnouncer announcer;
  gint64 last;

  genos_announcer_init (&announcer);
  genos_announcer_announced (&announcer, 2, 0, 0);
  genos_announcer_asked (&announcer, 2, 0, 10 * SECOND);
  g_assert_cmpint (genos_announcer_next (&announcer), ==, 10 * SECOND + GENOS_ANNOUNCE_REPLY_DELAY);
  /* A second stranger puts off nothing, and is answered with the first. */
  genos_announcer_asked (&announcer, 2, 0.99, 10 * SECOND + 1000);
  g_assert_cmpint (genos_announcer_next (&announcer), ==, 10 * SECOND + GENOS_ANNOUNCE_REPLY_DELAY);
  last = genos_announcer_next (&announcer);
  genos_announcer_announced (&announcer, 2, 0, last);
  /* The next one has to wait a little. */
  genos_announcer_asked (&announcer, 2, 0, last + 1);
  g_assert_cmpint (genos_announcer_next (&announcer), ==, last + GENOS_ANNOUNCE_REPLY_SPACING);
}

/* Strangers keep coming: in a crowd they wait ever longer, until nobody came for a while. */
static void
test_answers_to_a_stream (void)
{
  static const gint64 spacings[] = { 2, 4, 6, 6 };
  GenosAnnouncer announcer;
  gint64 last = 100 * SECOND;

  genos_announcer_init (&announcer);
  genos_announcer_announced (&announcer, 30, 0, 0);
  genos_announcer_asked (&announcer, 30, 0, last);
  for (guint i = 0; i < G_N_ELEMENTS (spacings); i++) {
    last = genos_announcer_next (&announcer);
    genos_announcer_announced (&announcer, 30, 0, last);
    genos_announcer_asked (&announcer, 30, 0, last + 1);
    g_assert_cmpint (genos_announcer_next (&announcer) - last, ==, spacings[i] * SECOND);
  }
  last = genos_announcer_next (&announcer);
  genos_announcer_announced (&announcer, 30, 0, last);
  last += GENOS_ANNOUNCE_SLOW;
  genos_announcer_asked (&announcer, 30, 0, last);
  g_assert_cmpint (genos_announcer_next (&announcer), ==, last);
}

/* --- a room on one relay, in time that is only counted --- */

#define MAX_PEERS 64
#define LATENCY (40 * G_TIME_SPAN_MILLISECOND)
#define STEP (5 * G_TIME_SPAN_MILLISECOND)
#define MAX_FLYING 4096

typedef struct {
  GenosAnnouncer announcer;
  gint64 joins_at;
  gboolean here;
  gboolean heard[MAX_PEERS]; /* of whom */
  gint64 heard_at[MAX_PEERS];
} Member;

typedef struct {
  guint from;
  gint64 arrives_at;
} Flying;

typedef struct {
  Member members[MAX_PEERS];
  guint n;
  gint64 now;
  GArray *announces; /* gint64, when each was sent */
  Flying flying[MAX_FLYING];
  guint n_flying;
  GRand *rand;
} World;

static World *
world_new (guint n)
{
  World *world = g_new0 (World, 1);

  world->n = n;
  world->announces = g_array_new (FALSE, FALSE, sizeof (gint64));
  world->rand = g_rand_new_with_seed (7);
  for (guint i = 0; i < n; i++)
    genos_announcer_init (&world->members[i].announcer);
  return world;
}

static void
world_free (World *world)
{
  g_array_unref (world->announces);
  g_rand_free (world->rand);
  g_free (world);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

static guint
count_known (const Member *member)
{
  guint n = 1;

  for (guint i = 0; i < MAX_PEERS; i++)
    n += member->heard[i];
  return n;
}

static void
announce (World *world, guint i)
{
  Member *member = &world->members[i];

  genos_announcer_announced (
      &member->announcer, count_known (member), g_rand_double (world->rand), world->now);
  g_array_append_val (world->announces, world->now);
  g_assert_cmpuint (world->n_flying, <, MAX_FLYING);
  world->flying[world->n_flying++] = (Flying){ i, world->now + LATENCY };
}

static void
hear (World *world, guint i, guint from)
{
  Member *member = &world->members[i];

  if (!member->here || i == from || member->heard[from])
    return;
  member->heard[from] = TRUE;
  member->heard_at[from] = world->now;
  genos_announcer_asked (
      &member->announcer, count_known (member), g_rand_double (world->rand), world->now);
}

static void
deliver (World *world)
{
  guint kept = 0;

  for (guint f = 0; f < world->n_flying; f++) {
    if (world->flying[f].arrives_at > world->now) {
      world->flying[kept++] = world->flying[f];
      continue;
    }
    for (guint i = 0; i < world->n; i++)
      hear (world, i, world->flying[f].from);
  }
  world->n_flying = kept;
}

static void
run_until (World *world, gint64 end)
{
  for (; world->now < end; world->now += STEP) {
    deliver (world);
    for (guint i = 0; i < world->n; i++) {
      Member *member = &world->members[i];

      if (!member->here && world->now >= member->joins_at) {
        member->here = TRUE;
        genos_announcer_look (&member->announcer);
      }
      if (member->here && genos_announcer_next (&member->announcer) <= world->now)
        announce (world, i);
    }
  }
}

static guint
count_announces (World *world, gint64 from, gint64 to)
{
  guint n = 0;

  for (guint i = 0; i < world->announces->len; i++) {
    gint64 at = g_array_index (world->announces, gint64, i);

    n += at >= from && at < to;
  }
  return n;
}

/* In any minute from @from on. */
static guint
count_worst_minute (World *world, gint64 from)
{
  guint worst = 0;

  for (gint64 at = from; at + MINUTE <= world->now; at += SECOND)
    worst = MAX (worst, count_announces (world, at, at + MINUTE));
  return worst;
}

static gint64
find_slowest (World *world, guint newcomer)
{
  gint64 slowest = 0;

  for (guint i = 0; i < world->n; i++) {
    if (i == newcomer)
      continue;
    g_assert_true (world->members[newcomer].heard[i]);
    g_assert_true (world->members[i].heard[newcomer]);
    slowest = MAX (slowest, world->members[newcomer].heard_at[i]);
    slowest = MAX (slowest, world->members[i].heard_at[newcomer]);
  }
  return slowest - world->members[newcomer].joins_at;
}

static void
test_stable_room (void)
{
  g_autoptr (World) world = world_new (30);
  guint worst;

  for (guint i = 0; i < 30; i++)
    world->members[i].joins_at = i * 3 * SECOND;
  run_until (world, 20 * MINUTE);
  worst = count_worst_minute (world, 5 * MINUTE);
  g_test_message ("30 in a stable room: %u announces in the worst minute", worst);
  g_assert_cmpuint (worst, <=, 60);
  /* Browsers forget who is silent for 90 s. */
  g_assert_cmpuint (count_announces (world, 10 * MINUTE, 11 * MINUTE), >=, 30);
}

static void
test_newcomer (void)
{
  g_autoptr (World) world = world_new (31);
  gint64 slowest;
  guint n, burst = 0;

  for (guint i = 0; i < 30; i++)
    world->members[i].joins_at = i * SECOND;
  world->members[30].joins_at = 10 * MINUTE;
  run_until (world, 12 * MINUTE);
  slowest = find_slowest (world, 30);
  n = count_announces (world, 10 * MINUTE, 11 * MINUTE);
  for (gint64 at = 10 * MINUTE; at < 10 * MINUTE + 2 * SECOND; at += STEP)
    burst = MAX (burst, count_announces (world, at, at + 100 * G_TIME_SPAN_MILLISECOND));
  g_test_message ("a newcomer to 30: knows all after %" G_GINT64_FORMAT " ms, %u announces in that "
                  "minute, at most %u in a tenth of a second",
      slowest / 1000, n, burst);
  g_assert_cmpint (slowest, <=, SECOND);
  g_assert_cmpuint (n, <=, 100);
  g_assert_cmpuint (burst, <=, 12);
}

static void
check_joins (const char *how, gint64 apart, guint max)
{
  g_autoptr (World) world = world_new (30);
  gint64 slowest = 0;
  guint n;

  for (guint i = 0; i < 30; i++)
    world->members[i].joins_at = i * apart;
  run_until (world, 3 * MINUTE);
  for (guint i = 0; i < 30; i++)
    slowest = MAX (slowest, find_slowest (world, i));
  n = count_announces (world, 0, MINUTE);
  g_test_message ("30 join %s: the last is known after %" G_GINT64_FORMAT
                  " ms, %u announces in the "
                  "first minute",
      how, slowest / 1000, n);
  g_assert_cmpuint (n, <=, max);
  g_assert_cmpuint (count_worst_minute (world, 0), <=, max);
}

static void
test_all_at_once (void)
{
  check_joins ("at once", 0, 180);
  check_joins ("within a second", SECOND / 30, 180);
  check_joins ("within half a minute", SECOND, 240);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signalling/announcer/first-at-once", test_first_at_once);
  g_test_add_func ("/signalling/announcer/looking-calms-down", test_looking_calms_down);
  g_test_add_func ("/signalling/announcer/crowd-waits-longer", test_crowd_waits_longer);
  g_test_add_func ("/signalling/announcer/slow-is-spread", test_slow_is_spread);
  g_test_add_func ("/signalling/announcer/look-again", test_look_again);
  g_test_add_func ("/signalling/announcer/answer", test_answer);
  g_test_add_func ("/signalling/announcer/answers-to-a-stream", test_answers_to_a_stream);
  g_test_add_func ("/signalling/announcer/stable-room", test_stable_room);
  g_test_add_func ("/signalling/announcer/newcomer", test_newcomer);
  g_test_add_func ("/signalling/announcer/all-at-once", test_all_at_once);
  return g_test_run ();
}
