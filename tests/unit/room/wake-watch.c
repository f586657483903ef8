/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/joining/wake-watch.h>

static void
test_gap (void)
{
  GenosWakeWatch watch = { 0 };
  gint64 now = 1000;

  g_assert_cmpint (genos_wake_watch_look (&watch, now), ==, 0);
  for (guint i = 0; i < 10; i++)
    g_assert_cmpint (genos_wake_watch_look (&watch, now += G_TIME_SPAN_SECOND / 2), ==, 0);
  g_assert_cmpint (genos_wake_watch_look (&watch, now += GENOS_WAKE_GAP - 1), ==, 0);
  g_assert_cmpint (
      genos_wake_watch_look (&watch, now += 20 * G_TIME_SPAN_SECOND), ==, 20 * G_TIME_SPAN_SECOND);
  g_assert_cmpint (genos_wake_watch_look (&watch, now += G_TIME_SPAN_SECOND / 2), ==, 0);
  /* A clock that was set back is none of our business. */
  g_assert_cmpint (genos_wake_watch_look (&watch, 500), ==, 0);
}

static void
test_clock (void)
{
  gint64 before = genos_wake_clock ();

  g_assert_cmpint (before, >, 0);
  g_assert_cmpint (genos_wake_clock (), >=, before);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/room/wake-watch/gap", test_gap);
  g_test_add_func ("/room/wake-watch/clock", test_clock);
  return g_test_run ();
}
