/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sim-room.h"

#include <math.h>

/* Rooms that are small enough for a slow machine, with enough cells for ways of several hops. */
static SimConfig
make_config (guint n_peers, guint cell_size)
{
  SimConfig config = sim_default_config;

  config.n_peers = n_peers;
  config.cell_size = cell_size;
  config.span = 30 * G_TIME_SPAN_SECOND;
  return config;
}

static SimResult
run (const SimConfig *config)
{
  g_autoptr (SimRoom) room = sim_room_new (config);
  SimResult result;

  sim_room_run (room, &result);
  g_test_message ("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT ", %.3f frames each, healed %.1f s",
      result.n_delivered, result.n_expected, result.frames_per_delivery, result.healed);
  g_assert_cmpuint (result.n_messages, >, 0);
  g_assert_cmpuint (result.n_expected, >, 0);
  return result;
}

static void
assert_delivered (const SimResult *result, double share)
{
  g_assert_cmpfloat ((double) result->n_delivered, >=, share * result->n_expected);
  g_assert_cmpuint (result->n_delivered, <=, result->n_expected);
  /* Whatever goes wrong, nobody gets anything twice. */
  g_assert_cmpuint (result->n_twice, ==, 0);
}

/* What is aimed at without churn. */
static void
test_quiet (void)
{
  SimConfig config = make_config (120, 5);
  SimResult result;
  double log_cells;

  config.directed = 1;
  result = run (&config);
  log_cells = log2 (result.n_cells);
  assert_delivered (&result, 1);
  g_assert_cmpuint (result.n_peers, ==, 120);
  g_assert_cmpuint (result.n_directed, >, 0);
  g_assert_cmpuint (result.n_directed_arrived, ==, result.n_directed);
  g_assert_cmpfloat (result.hops.median, <=, log_cells + 2);
  g_assert_cmpfloat (result.hops.worst, <=, 2 * log_cells + 3);
  g_assert_cmpfloat (result.frames_per_delivery, >=, 1);
  g_assert_cmpfloat (result.frames_per_delivery, <=, 1.25);
  g_assert_cmpfloat (result.links.mean, <=, 2 * 5);
  g_assert_cmpfloat (result.links.worst, <, 119);
}

/* Six in two cells, where the browsers were measured to send 2.2 frames for each that arrives. */
static void
test_few (void)
{
  SimConfig config = make_config (6, 3);
  SimResult result = run (&config);

  assert_delivered (&result, 1);
  g_assert_cmpfloat (result.frames_per_delivery, <=, 1.25);
}

static void
test_same_seed (void)
{
  SimConfig config = make_config (40, 5);
  SimResult results[3];
  char *texts[3];

  config.churn = 0.5;
  config.loss = 0.02;
  for (guint i = 0; i < 3; i++) {
    const SimResult *result = &results[i];

    config.seed = i < 2 ? 7 : 8;
    results[i] = run (&config);
    texts[i] = sim_result_to_json (&result, 1);
  }
  g_assert_cmpstr (texts[0], ==, texts[1]);
  g_assert_cmpstr (texts[0], !=, texts[2]);
  for (guint i = 0; i < 3; i++)
    g_free (texts[i]);
}

static void
test_churn (void)
{
  SimConfig config = make_config (150, 5);
  SimResult result;

  config.churn = 0.1;
  config.span = G_TIME_SPAN_MINUTE;
  result = run (&config);
  g_assert_cmpuint (result.n_left, >, 5);
  g_assert_cmpuint (result.n_joined, >, 5);
  assert_delivered (&result, 0.995);
}

/* A link repeats what was lost. */
static void
test_loss (void)
{
  SimConfig config = make_config (60, 5);
  SimResult result, without;

  without = run (&config);
  config.loss = 0.05;
  result = run (&config);
  assert_delivered (&result, 1);
  g_assert_cmpfloat (result.latency.worst, >=, 1000);
  g_assert_cmpfloat (without.latency.worst, <, 1000);
}

/* Its neighbours have another layout within ten seconds, and nothing was lost meanwhile. */
static void
test_bridge_dies (void)
{
  SimConfig config = make_config (80, 5);
  SimResult result;

  config.fault = SIM_FAULT_DIE;
  config.span = 100 * G_TIME_SPAN_SECOND;
  result = run (&config);
  g_assert_cmpuint (result.n_faults, >=, 2);
  g_assert_cmpuint (result.n_resealed, >, 0);
  g_assert_cmpfloat (result.reseal.median, >, 6000);
  assert_delivered (&result, 0.999);
}

/* Nobody can know before a ping goes unanswered; until then its own cell waits. */
static void
test_bridge_freezes (void)
{
  SimConfig config = make_config (80, 5);
  SimResult result;

  config.fault = SIM_FAULT_FREEZE;
  config.span = 100 * G_TIME_SPAN_SECOND;
  result = run (&config);
  g_assert_cmpuint (result.n_faults, >=, 2);
  g_assert_cmpuint (result.n_resealed, >, 0);
  g_assert_cmpfloat (result.reseal.worst, <, 60000);
  assert_delivered (&result, 0.9);
}

static void
test_liars (void)
{
  SimConfig config = make_config (100, 5);
  SimResult result;

  config.fault = SIM_FAULT_LIE;
  result = run (&config);
  g_assert_cmpuint (result.n_forged, ==, 0);
  assert_delivered (&result, 1);
}

/* Two halves are two rooms after a while, and one again soon after they hear each other. */
static void
test_split (void)
{
  SimConfig config = make_config (40, 5);
  SimResult result;

  config.fault = SIM_FAULT_SPLIT;
  config.span = 4 * G_TIME_SPAN_MINUTE;
  config.rate = 0.25;
  result = run (&config);
  g_assert_cmpfloat (result.healed, >, 0);
  g_assert_cmpfloat (result.healed, <, 60);
  assert_delivered (&result, 0.99);
}

static void
test_crowd (void)
{
  SimConfig config = make_config (100, 5);
  SimResult result;

  config.fault = SIM_FAULT_CROWD;
  config.span = G_TIME_SPAN_MINUTE;
  result = run (&config);
  g_assert_cmpuint (result.n_peers, ==, 150);
  g_assert_cmpfloat (result.healed, >, 0);
  g_assert_cmpfloat (result.healed, <, 60);
  assert_delivered (&result, 0.99);
}

static void
test_points (void)
{
  SimConfig config = make_config (12, 4);
  g_autoptr (SimRoom) room = sim_room_new (&config);
  const GArray *points;
  SimResult result;

  sim_room_run (room, &result);
  points = sim_room_get_points (room);
  g_assert_cmpuint (points->len, ==, 3);
  for (guint i = 0; i < points->len; i++) {
    const SimPoint *point = &g_array_index (points, SimPoint, i);

    g_assert_cmpfloat (point->at, ==, 10 * (i + 1));
    g_assert_cmpfloat (point->n_peers, ==, 12);
    g_assert_cmpfloat (point->mean_links, >, 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tools/sim-room/quiet", test_quiet);
  g_test_add_func ("/tools/sim-room/few", test_few);
  g_test_add_func ("/tools/sim-room/same-seed", test_same_seed);
  g_test_add_func ("/tools/sim-room/churn", test_churn);
  g_test_add_func ("/tools/sim-room/loss", test_loss);
  g_test_add_func ("/tools/sim-room/bridge-dies", test_bridge_dies);
  g_test_add_func ("/tools/sim-room/bridge-freezes", test_bridge_freezes);
  g_test_add_func ("/tools/sim-room/liars", test_liars);
  g_test_add_func ("/tools/sim-room/split", test_split);
  g_test_add_func ("/tools/sim-room/crowd", test_crowd);
  g_test_add_func ("/tools/sim-room/points", test_points);
  return g_test_run ();
}
