/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sim-flood.h"

/* Six browsers in two cells were linked in full, nearly, and sent 2.2 frames for each delivery. */
static void
test_as_measured (void)
{
  SimConfig config = sim_default_config;
  double sum = 0;

  config.n_peers = 6;
  config.cell_size = 3;
  for (guint seed = 1; seed <= 20; seed++) {
    SimResult result;

    config.seed = seed;
    sim_flood_run (&config, 30, &result);
    g_assert_cmpuint (result.n_cells, ==, 2);
    sum += result.frames_per_delivery;
  }
  g_assert_cmpfloat (sum / 20, >, 1.9);
  g_assert_cmpfloat (sum / 20, <, 2.5);
}

static void
test_many (void)
{
  SimConfig config = sim_default_config;
  SimResult result, full;

  config.n_peers = 200;
  sim_flood_run (&config, 5, &result);
  sim_full_mesh_run (&config, &full);
  g_assert_cmpuint (result.n_delivered, ==, 5 * 199);
  g_assert_cmpfloat (result.frames_per_delivery, >, 4);
  g_assert_cmpfloat (result.bridge_links.mean, >, 2 * result.links.mean);
  g_assert_cmpfloat (result.links.worst, <, full.links.worst);
  g_assert_cmpfloat (full.links.worst, ==, 199);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tools/sim-flood/as-measured", test_as_measured);
  g_test_add_func ("/tools/sim-flood/many", test_many);
  return g_test_run ();
}
