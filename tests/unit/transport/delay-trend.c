/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/rtp/delay-trend.h>

#define MS G_TIME_SPAN_MILLISECOND

/* Pictures of four packets that leave together, one in 33 ms; `growth` more waiting at each. */
static gint64
send_pictures (GenosDelayTrend *trend, gint64 start, guint n, gint64 queue, gint64 growth)
{
  for (guint i = 0; i < n; i++, queue += growth)
    for (guint packet = 0; packet < 4; packet++)
      genos_delay_trend_add (trend, start + i * 33 * MS + packet,
          start + i * 33 * MS + 20 * MS + queue + packet * 8 * MS);
  return start + n * 33 * MS;
}

/* That the packets of one picture arrive one after another means nothing. */
static void
test_bursts (void)
{
  g_autoptr (GenosDelayTrend) trend = genos_delay_trend_new ();

  send_pictures (trend, 0, 100, 0, 0);
  g_assert_cmpint (genos_delay_trend_get_signal (trend), ==, GENOS_DELAY_NORMAL);
  g_assert_cmpint (genos_delay_trend_get_queue (trend), ==, 0);
}

static void
test_queue_grows_and_empties (void)
{
  g_autoptr (GenosDelayTrend) trend = genos_delay_trend_new ();
  gint64 now = send_pictures (trend, 0, 60, 0, 0);

  now = send_pictures (trend, now, 15, 10 * MS, 10 * MS);
  g_assert_cmpint (genos_delay_trend_get_signal (trend), ==, GENOS_DELAY_OVERUSE);
  g_assert_cmpint (genos_delay_trend_get_queue (trend), >, 80 * MS);
  /* Far enough that the line through the last second points down. */
  now = send_pictures (trend, now, 34, 160 * MS, -3 * MS);
  g_assert_cmpint (genos_delay_trend_get_signal (trend), ==, GENOS_DELAY_DRAINING);
  send_pictures (trend, now, 30, 0, 0);
  g_assert_cmpint (genos_delay_trend_get_signal (trend), ==, GENOS_DELAY_NORMAL);
}

static void
test_standing_queue (void)
{
  g_autoptr (GenosDelayTrend) trend = genos_delay_trend_new ();
  gint64 now = send_pictures (trend, 0, 30, 0, 0);

  now = send_pictures (trend, now, 90, 300 * MS, 0);
  g_assert_cmpint (genos_delay_trend_get_signal (trend), ==, GENOS_DELAY_OVERUSE);
  /* What never gets less is the way itself. */
  send_pictures (trend, now, 600, 300 * MS, 0);
  g_assert_cmpint (genos_delay_trend_get_signal (trend), ==, GENOS_DELAY_NORMAL);
}

static void
test_one_late_picture (void)
{
  g_autoptr (GenosDelayTrend) trend = genos_delay_trend_new ();
  gint64 now = send_pictures (trend, 0, 60, 0, 0);

  now = send_pictures (trend, now, 1, 60 * MS, 0);
  g_assert_cmpint (genos_delay_trend_get_signal (trend), ==, GENOS_DELAY_NORMAL);
  send_pictures (trend, now, 20, 0, 0);
  g_assert_cmpint (genos_delay_trend_get_signal (trend), ==, GENOS_DELAY_NORMAL);
}

static void
test_clock_set (void)
{
  g_autoptr (GenosDelayTrend) trend = genos_delay_trend_new ();
  gint64 now = send_pictures (trend, 0, 60, 0, 0);

  now = send_pictures (trend, now, 30, 3600 * G_TIME_SPAN_SECOND, 0);
  g_assert_cmpint (genos_delay_trend_get_signal (trend), ==, GENOS_DELAY_NORMAL);
  send_pictures (trend, now, 30, -3600 * G_TIME_SPAN_SECOND, 0);
  g_assert_cmpint (genos_delay_trend_get_signal (trend), ==, GENOS_DELAY_NORMAL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/delay-trend/bursts", test_bursts);
  g_test_add_func ("/transport/delay-trend/queue-grows-and-empties", test_queue_grows_and_empties);
  g_test_add_func ("/transport/delay-trend/standing-queue", test_standing_queue);
  g_test_add_func ("/transport/delay-trend/one-late-picture", test_one_late_picture);
  g_test_add_func ("/transport/delay-trend/clock-set", test_clock_set);
  return g_test_run ();
}
