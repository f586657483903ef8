/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/track-level.h>

#define STEP (20 * GST_MSECOND)
#define SECOND G_USEC_PER_SEC

static void
on_level (double power, GstClockTime duration, gpointer user_data)
{
  double *sum = user_data;

  g_assert_cmpuint (duration, ==, STEP);
  *sum += power;
}

static void
test_told_goes_first (void)
{
  GenosTrackLevel *level = genos_track_level_new ();
  double sum = 0;

  genos_track_level_set_func (level, on_level, &sum, NULL);
  g_assert_true (genos_track_level_wants_measured (level, 5 * SECOND));
  genos_track_level_take_measured (level, 0.25, STEP, 5 * SECOND);
  g_assert_cmpfloat (sum, ==, 0.25);
  genos_track_level_take_told (level, 0.5, STEP, 5 * SECOND);
  g_assert_cmpfloat (sum, ==, 0.75);
  g_assert_false (genos_track_level_wants_measured (level, 5 * SECOND + 1));
  genos_track_level_take_measured (level, 1.0, STEP, 5 * SECOND + 1);
  g_assert_cmpfloat (sum, ==, 0.75);
  /* Packets tell no more. */
  g_assert_true (genos_track_level_wants_measured (level, 7 * SECOND));
  genos_track_level_take_measured (level, 1.0, STEP, 7 * SECOND);
  g_assert_cmpfloat (sum, ==, 1.75);
  genos_track_level_set_func (level, NULL, NULL, NULL);
  genos_track_level_take_told (level, 0.5, STEP, 8 * SECOND);
  g_assert_cmpfloat (sum, ==, 1.75);
  genos_track_level_unref (level);
}

static void
test_average (void)
{
  GenosTrackLevel *level = genos_track_level_new ();
  gint64 now = SECOND;

  g_assert_cmpfloat (genos_track_level_get (level, now), <, 0);
  for (guint i = 0; i < 200; i++, now += 20 * 1000)
    genos_track_level_take_told (level, 0.25, STEP, now);
  g_assert_cmpfloat_with_epsilon (genos_track_level_get (level, now), 0.5, 0.01);
  /* Nothing more comes. */
  g_assert_cmpfloat (genos_track_level_get (level, now + 2 * SECOND), ==, 0);
  genos_track_level_unref (level);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/track-level/told-goes-first", test_told_goes_first);
  g_test_add_func ("/media/track-level/average", test_average);
  return g_test_run ();
}
