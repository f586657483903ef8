/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sim-spread.h"

static void
test_hundred (void)
{
  SimTally tally;
  SimSpread spread;

  sim_tally_init (&tally);
  for (guint i = 1; i <= 100; i++)
    sim_tally_add (&tally, i);
  spread = sim_tally_get (&tally);
  g_assert_cmpfloat (spread.mean, ==, 50.5);
  g_assert_cmpfloat (spread.median, ==, 50);
  g_assert_cmpfloat (spread.p99, ==, 99);
  g_assert_cmpfloat (spread.worst, ==, 100);
  sim_tally_clear (&tally);
}

static void
test_nothing (void)
{
  SimTally tally;
  SimSpread spread;

  sim_tally_init (&tally);
  spread = sim_tally_get (&tally);
  g_assert_cmpfloat (spread.mean, ==, 0);
  g_assert_cmpfloat (spread.worst, ==, 0);
  sim_tally_clear (&tally);
}

static void
test_huge (void)
{
  SimTally tally;
  SimSpread spread;

  sim_tally_init (&tally);
  sim_tally_add (&tally, G_GUINT64_CONSTANT (1) << 40);
  spread = sim_tally_get (&tally);
  g_assert_cmpfloat (spread.worst, ==, 1099511627776.0);
  g_assert_cmpfloat (spread.median, ==, SIM_TALLY_MAX);
  g_assert_cmpuint (tally.counts->len, ==, SIM_TALLY_MAX + 1);
  sim_tally_clear (&tally);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tools/sim-spread/hundred", test_hundred);
  g_test_add_func ("/tools/sim-spread/nothing", test_nothing);
  g_test_add_func ("/tools/sim-spread/huge", test_huge);
  return g_test_run ();
}
