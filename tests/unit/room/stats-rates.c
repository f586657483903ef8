/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/stats/stats-rates.h>

#define SECOND G_USEC_PER_SEC

static GenosStatsRates *rates;

static gboolean
take (
    const char *key, guint64 bytes, guint64 packets, gint64 lost, gint64 now, GenosStatsRate *rate)
{
  GenosStatsCounts counts = { bytes, packets / 2, packets, lost };

  return genos_stats_rates_take (rates, key, &counts, now, rate);
}

static void
test_rates (void)
{
  GenosStatsRate rate;

  rates = genos_stats_rates_new ();
  g_assert_false (take ("a", 1000, 100, 0, 5 * SECOND, &rate));
  /* Too soon to say. */
  g_assert_false (take ("a", 1100, 101, 0, 5 * SECOND + SECOND / 4, &rate));
  g_assert_true (take ("a", 3000, 190, 10, 7 * SECOND, &rate));
  g_assert_cmpfloat_with_epsilon (rate.bitrate, 8000, 1e-6);
  g_assert_cmpfloat_with_epsilon (rate.frame_rate, 22.5, 1e-6);
  g_assert_cmpfloat_with_epsilon (rate.fraction_lost, 0.1, 1e-6);
  /* Soon again: the same as before. */
  g_assert_true (take ("a", 9000, 900, 10, 7 * SECOND + 1, &rate));
  g_assert_cmpfloat_with_epsilon (rate.bitrate, 8000, 1e-6);
  /* Nothing came. */
  g_assert_true (take ("a", 3000, 190, 10, 9 * SECOND, &rate));
  g_assert_cmpfloat_with_epsilon (rate.bitrate, 0, 1e-6);
  g_assert_cmpfloat_with_epsilon (rate.fraction_lost, 0, 1e-6);
  genos_stats_rates_free (rates);
}

static void
test_another_link (void)
{
  GenosStatsRate rate;

  rates = genos_stats_rates_new ();
  take ("a", 1000, 100, 0, SECOND, &rate);
  g_assert_true (take ("a", 2000, 200, 0, 2 * SECOND, &rate));
  g_assert_false (take ("a", 10, 1, 0, 3 * SECOND, &rate));
  g_assert_true (take ("a", 1010, 101, -1, 4 * SECOND, &rate));
  g_assert_cmpfloat_with_epsilon (rate.bitrate, 8000, 1e-6);
  g_assert_cmpfloat_with_epsilon (rate.fraction_lost, 0, 1e-6);
  genos_stats_rates_free (rates);
}

static void
test_sweep (void)
{
  GenosStatsRate rate;

  rates = genos_stats_rates_new ();
  take ("a", 1000, 100, 0, SECOND, &rate);
  take ("b", 1000, 100, 0, SECOND, &rate);
  genos_stats_rates_sweep (rates);
  g_assert_true (take ("a", 2000, 200, 0, 2 * SECOND, &rate));
  genos_stats_rates_sweep (rates);
  g_assert_true (take ("a", 3000, 300, 0, 3 * SECOND, &rate));
  g_assert_false (take ("b", 3000, 300, 0, 3 * SECOND, &rate));
  genos_stats_rates_free (rates);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/room/stats-rates/rates", test_rates);
  g_test_add_func ("/room/stats-rates/another-link", test_another_link);
  g_test_add_func ("/room/stats-rates/sweep", test_sweep);
  return g_test_run ();
}
