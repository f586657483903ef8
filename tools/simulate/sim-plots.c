/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sim-plots.h"

#include "sim-chart.h"

static const char *const colors[SIM_N_RULES] = { "#0f766e", "#c2410c", "#6b7280" };

/* --- as time goes by --- */

static void
add_column (SimSheet *sheet, const GArray *points, const char *name, const char *color,
    gboolean dashed, gsize offset, double scale)
{
  g_autofree double *xs = g_new (double, points->len);
  g_autofree double *ys = g_new (double, points->len);

  for (guint i = 0; i < points->len; i++) {
    const SimPoint *point = &g_array_index (points, SimPoint, i);

    xs[i] = point->at;
    ys[i] = scale * G_STRUCT_MEMBER (double, point, offset);
  }
  sim_sheet_add_line (sheet, name, color, dashed, xs, ys, points->len);
}

static void
add_time_chart (SimSheet *sheet, const char *title, const char *unit, gboolean from_zero)
{
  sim_sheet_add_chart (sheet,
      &(SimChart){ .title = title, .x_name = "seconds", .y_name = unit, .y_from_zero = from_zero });
}

char *
sim_plots_of_room (const SimConfig *config, const GArray *points)
{
  g_autofree char *title =
      g_strdup_printf ("genos simulate: %u peers, cells of %u, churn %g %% a minute, loss %g %%",
          config->n_peers, config->cell_size, 100 * config->churn, 100 * config->loss);
  g_autoptr (SimSheet) sheet = sim_sheet_new (title, 2);

  add_time_chart (sheet, "Peers in the room", "number", TRUE);
  add_column (sheet, points, "peers", colors[0], FALSE, G_STRUCT_OFFSET (SimPoint, n_peers), 1);
  add_time_chart (sheet, "Links of a peer", "number", TRUE);
  add_column (sheet, points, "mean", colors[0], FALSE, G_STRUCT_OFFSET (SimPoint, mean_links), 1);
  add_column (sheet, points, "worst", colors[1], FALSE, G_STRUCT_OFFSET (SimPoint, worst_links), 1);
  add_time_chart (sheet, "Had it by the end of ten seconds", "%", FALSE);
  add_column (
      sheet, points, "delivery", colors[0], FALSE, G_STRUCT_OFFSET (SimPoint, delivery), 100);
  add_time_chart (sheet, "Latency", "ms, mean", TRUE);
  add_column (sheet, points, "latency", colors[0], FALSE, G_STRUCT_OFFSET (SimPoint, latency), 1);
  add_time_chart (sheet, "Events on relays", "a second", TRUE);
  add_column (sheet, points, "events", colors[0], FALSE, G_STRUCT_OFFSET (SimPoint, events), 1);
  return sim_sheet_to_svg (sheet);
}

/* --- many sizes --- */

typedef struct {
  SimSheet *sheet;
  const SimResult *results;
  guint n_sizes;
} Sweep;

static void
add_rule (Sweep *sweep, guint rule, const char *name, gboolean dashed, gsize offset, double scale)
{
  g_autofree double *xs = g_new (double, sweep->n_sizes);
  g_autofree double *ys = g_new (double, sweep->n_sizes);

  for (guint i = 0; i < sweep->n_sizes; i++) {
    const SimResult *result = &sweep->results[i * SIM_N_RULES + rule];

    xs[i] = result->n_peers;
    ys[i] = scale * G_STRUCT_MEMBER (double, result, offset);
  }
  sim_sheet_add_line (sweep->sheet, name, colors[rule], dashed, xs, ys, sweep->n_sizes);
}

static void
add_all_rules (Sweep *sweep, gsize offset)
{
  static const char *const names[SIM_N_RULES] = { "genosrooms", "browsers' rules", "full mesh" };

  for (guint rule = 0; rule < SIM_N_RULES; rule++)
    add_rule (sweep, rule, names[rule], FALSE, offset, 1);
}

static void
add_size_chart (Sweep *sweep, const char *title, const char *unit, gboolean y_log)
{
  sim_sheet_add_chart (sweep->sheet,
      &(SimChart){ .title = title,
          .x_name = "peers in the room",
          .y_name = unit,
          .x_log = TRUE,
          .y_log = y_log,
          .y_from_zero = !y_log });
}

static void
add_delivery (Sweep *sweep)
{
  g_autofree double *xs = g_new (double, sweep->n_sizes);
  g_autofree double *ys = g_new (double, sweep->n_sizes);

  for (guint i = 0; i < sweep->n_sizes; i++) {
    const SimResult *result = &sweep->results[i * SIM_N_RULES];

    xs[i] = result->n_peers;
    ys[i] = 100.0 * result->n_delivered / MAX (1, result->n_expected);
  }
  sim_sheet_add_line (sweep->sheet, "genosrooms", colors[0], FALSE, xs, ys, sweep->n_sizes);
}

char *
sim_plots_of_sweep (const SimConfig *config, const SimResult *results, guint n_sizes)
{
  g_autofree char *title =
      g_strdup_printf ("genos simulate --sweep: cells of %u, churn %g %% a minute, loss %g %%",
          config->cell_size, 100 * config->churn, 100 * config->loss);
  g_autoptr (SimSheet) sheet = sim_sheet_new (title, 2);
  Sweep sweep = { sheet, results, n_sizes };

  add_size_chart (&sweep, "Links of a peer, mean", "number", TRUE);
  add_all_rules (&sweep, G_STRUCT_OFFSET (SimResult, links.mean));
  add_size_chart (&sweep, "Links of a peer, worst: a bridge", "number", TRUE);
  add_all_rules (&sweep, G_STRUCT_OFFSET (SimResult, links.worst));
  add_size_chart (&sweep, "Frames sent for each delivered", "number", TRUE);
  add_all_rules (&sweep, G_STRUCT_OFFSET (SimResult, frames_per_delivery));
  add_size_chart (&sweep, "Hops", "median; dashed: worst", FALSE);
  add_rule (&sweep, 0, "genosrooms", FALSE, G_STRUCT_OFFSET (SimResult, hops.median), 1);
  add_rule (&sweep, 0, "worst", TRUE, G_STRUCT_OFFSET (SimResult, hops.worst), 1);
  add_rule (&sweep, 1, "browsers' rules", FALSE, G_STRUCT_OFFSET (SimResult, hops.median), 1);
  add_rule (&sweep, 1, "worst", TRUE, G_STRUCT_OFFSET (SimResult, hops.worst), 1);
  add_size_chart (&sweep, "Latency", "ms, median; dashed: p99", TRUE);
  add_rule (&sweep, 0, "genosrooms", FALSE, G_STRUCT_OFFSET (SimResult, latency.median), 1);
  add_rule (&sweep, 0, "p99", TRUE, G_STRUCT_OFFSET (SimResult, latency.p99), 1);
  add_rule (&sweep, 1, "browsers' rules", FALSE, G_STRUCT_OFFSET (SimResult, latency.median), 1);
  add_rule (&sweep, 1, "p99", TRUE, G_STRUCT_OFFSET (SimResult, latency.p99), 1);
  add_size_chart (&sweep, "Sent by the busiest peer", "bytes a second", TRUE);
  add_all_rules (&sweep, G_STRUCT_OFFSET (SimResult, bytes_out.worst));
  add_size_chart (&sweep, "Delivered", "%", FALSE);
  add_delivery (&sweep);
  add_size_chart (&sweep, "Events on relays", "a second", TRUE);
  add_rule (&sweep, 0, "genosrooms", FALSE, G_STRUCT_OFFSET (SimResult, events_per_second), 1);
  return sim_sheet_to_svg (sheet);
}
