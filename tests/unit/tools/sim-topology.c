/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sim-topology.h"

static void
test_room (void)
{
  SimConfig config = sim_default_config;
  SimTopology topology;
  g_autofree char *json = NULL;

  config.n_peers = 500;
  sim_topology_run (&config, &topology);
  g_assert_cmpuint (topology.n_cells, ==, 50);
  g_assert_cmpuint (topology.ttl, ==, 15);
  g_assert_cmpuint (topology.smallest, <=, 10);
  g_assert_cmpuint (topology.largest, >=, 10);
  g_assert_cmpfloat (topology.mean_links, <=, 20);
  /* log2 of the cells, and as many detours as there may be. */
  g_assert_cmpuint (topology.depth, <=, 8);
  /* Rendezvous hashing: about one in 51. */
  g_assert_cmpfloat (topology.moved, <, 0.08);
  json = sim_topology_to_json (&topology);
  g_assert_nonnull (g_strstr_len (json, -1, "\"cells\""));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tools/sim-topology/room", test_room);
  return g_test_run ();
}
