/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/signalling/announcer.h>

#define SECOND G_TIME_SPAN_SECOND

static void
test_first_at_once (void)
{
  GenosAnnouncer announcer;

  genos_announcer_init (&announcer);
  g_assert_cmpint (genos_announcer_next (&announcer, 7 * SECOND, 0.5), ==, 7 * SECOND);
}

static void
test_fast_then_slow (void)
{
  GenosAnnouncer announcer;

  genos_announcer_init (&announcer);
  genos_announcer_changed (&announcer, 0);
  genos_announcer_announced (&announcer, 0);
  g_assert_cmpint (genos_announcer_next (&announcer, SECOND, 0), ==, GENOS_ANNOUNCE_FAST);

  genos_announcer_announced (&announcer, 100 * SECOND);
  g_assert_cmpint (
      genos_announcer_next (&announcer, 101 * SECOND, 0), ==, 100 * SECOND + GENOS_ANNOUNCE_SLOW);
  g_assert_cmpint (genos_announcer_next (&announcer, 101 * SECOND, 0.5), ==,
      100 * SECOND + GENOS_ANNOUNCE_SLOW + GENOS_ANNOUNCE_SLOW / 20);
}

static void
test_change_speeds_up (void)
{
  GenosAnnouncer announcer;

  genos_announcer_init (&announcer);
  genos_announcer_announced (&announcer, 100 * SECOND);
  genos_announcer_changed (&announcer, 110 * SECOND);
  /* The fast rhythm's moment is over already: at once, never in the past. */
  g_assert_cmpint (genos_announcer_next (&announcer, 110 * SECOND, 0), ==, 110 * SECOND);
}

static void
test_stranger (void)
{
  GenosAnnouncer announcer;

  genos_announcer_init (&announcer);
  g_assert_true (genos_announcer_met_stranger (&announcer, 0));
  genos_announcer_announced (&announcer, 10 * SECOND);
  g_assert_false (genos_announcer_met_stranger (&announcer, 10 * SECOND + 1));
  g_assert_true (
      genos_announcer_met_stranger (&announcer, 10 * SECOND + GENOS_ANNOUNCE_REPLY_SPACING));
}

/* A stable room of browsers keeps us in its census (120 s), and the relay sees at most a handful of
 * announces a minute. */
static void
test_polite (void)
{
  GenosAnnouncer announcer;
  gint64 now = 0, longest = 0;
  guint n = 0;

  genos_announcer_init (&announcer);
  genos_announcer_changed (&announcer, 0);
  while (now < 600 * SECOND) {
    gint64 next = genos_announcer_next (&announcer, now, 0.99);

    longest = MAX (longest, next - now);
    now = next;
    genos_announcer_announced (&announcer, now);
    n++;
  }
  g_assert_cmpint (longest, <, 60 * SECOND);
  g_assert_cmpuint (n, <, 8 + 600 / 30 + 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signalling/announcer/first-at-once", test_first_at_once);
  g_test_add_func ("/signalling/announcer/fast-then-slow", test_fast_then_slow);
  g_test_add_func ("/signalling/announcer/change-speeds-up", test_change_speeds_up);
  g_test_add_func ("/signalling/announcer/stranger", test_stranger);
  g_test_add_func ("/signalling/announcer/polite", test_polite);
  return g_test_run ();
}
