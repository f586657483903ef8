/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-rate.h>

static guint
take_all (GenosNostrRate *rate, gint64 now)
{
  guint taken = 0;

  while (taken < 1000 && genos_nostr_rate_take (rate, 10, 20, now))
    taken++;
  return taken;
}

static void
test_burst_then_rate (void)
{
  GenosNostrRate rate = { 0 };
  gint64 now = 5 * G_USEC_PER_SEC;

  g_assert_cmpuint (take_all (&rate, now), ==, 20);
  g_assert_cmpuint (take_all (&rate, now + G_USEC_PER_SEC), ==, 10);
  g_assert_cmpuint (take_all (&rate, now + G_USEC_PER_SEC), ==, 0);
  g_assert_cmpuint (take_all (&rate, now + 100 * G_USEC_PER_SEC), ==, 20);
}

static void
test_clock_that_goes_back (void)
{
  GenosNostrRate rate = { 0 };

  g_assert_cmpuint (take_all (&rate, 9 * G_USEC_PER_SEC), ==, 20);
  g_assert_cmpuint (take_all (&rate, 1), ==, 0);
}

static void
test_no_limit (void)
{
  GenosNostrRate rate = { 0 };

  for (guint i = 0; i < 100000; i++)
    g_assert_true (genos_nostr_rate_take (&rate, 0, 1, 0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nostr/nostr-rate/burst-then-rate", test_burst_then_rate);
  g_test_add_func ("/nostr/nostr-rate/clock-that-goes-back", test_clock_that_goes_back);
  g_test_add_func ("/nostr/nostr-rate/no-limit", test_no_limit);
  return g_test_run ();
}
