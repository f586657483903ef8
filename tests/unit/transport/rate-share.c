/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/rtp/rate-share.h>

#include <genos/transport/rtp/rate-estimator.h>

static void
test_unbounded (void)
{
  GenosRateShare share = { GENOS_RATE_UNBOUNDED, 50000, 2000000, 3, 2 };

  g_assert_cmpuint (genos_rate_share_get_first (&share), ==, GENOS_RATE_UNBOUNDED);
  g_assert_cmpuint (genos_rate_share_get_secondary (&share), ==, GENOS_RATE_UNBOUNDED);
}

static void
test_equal_parts (void)
{
  GenosRateShare share = { 1000000, 80000, 0, 2, 0 };

  g_assert_cmpuint (genos_rate_share_get_first (&share), ==, 400000);
  share.n_first = 0;
  g_assert_cmpuint (genos_rate_share_get_first (&share), ==, 800000);
}

/* What goes beside the first takes nothing from it, whatever it would need. */
static void
test_secondary (void)
{
  GenosRateShare share = { 1000000, 80000, 0, 1, 0 };
  guint alone = genos_rate_share_get_first (&share);

  share.first = 600000;
  share.n_secondary = 2;
  g_assert_cmpuint (genos_rate_share_get_first (&share), ==, alone);
  g_assert_cmpuint (genos_rate_share_get_secondary (&share), ==, 100000);
  share.first = 2000000;
  g_assert_cmpuint (genos_rate_share_get_secondary (&share), >, 0);
  g_assert_cmpuint (genos_rate_share_get_secondary (&share), <, 2000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/rate-share/unbounded", test_unbounded);
  g_test_add_func ("/transport/rate-share/equal-parts", test_equal_parts);
  g_test_add_func ("/transport/rate-share/secondary", test_secondary);
  return g_test_run ();
}
