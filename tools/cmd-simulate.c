/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <math.h>
#include <sys/resource.h>

#include <genos/genos.h>

#include "command.h"
#include "sim-flood.h"
#include "sim-plots.h"
#include "sim-topology.h"

/* `genos simulate`: a room of thousands in one process, without a network. */

#define MAX_PEERS 20000
#define MAX_TOPOLOGY_PEERS 500000
#define N_SAMPLES 20 /* messages that the other rules are measured with */

typedef struct {
  int peers, cell_size, delay, relay_delay, seed, size;
  double churn, loss, minutes, rate, directed;
  char *fault, *plot;
  gboolean sweep, topology_only, json;
} Options;

static gboolean
is_in (const char *name, double value, double least, double most)
{
  if (value >= least && value <= most)
    return TRUE;
  return genos_command_complain ("%s is from %g to %g", name, least, most);
}

static gboolean
check (const Options *options, SimConfig *config)
{
  if (options->fault != NULL && !sim_fault_parse (options->fault, &config->fault))
    return genos_command_complain (
        "--fault: there is no fault “%s”; there are die, freeze, lie, split and crowd",
        options->fault);
  if (options->sweep && options->topology_only)
    return genos_command_complain ("--sweep and --topology-only do not go together");
  return is_in (
             "--peers", options->peers, 2, options->topology_only ? MAX_TOPOLOGY_PEERS : MAX_PEERS)
      && is_in ("--cell-size", options->cell_size, 1, 1000)
      && is_in ("--churn", options->churn, 0, 100) && is_in ("--loss", options->loss, 0, 50)
      && is_in ("--delay", options->delay, 0, 5000)
      && is_in ("--relay-delay", options->relay_delay, 0, 30000)
      && is_in ("--minutes", options->minutes, 0.1, 120) && is_in ("--rate", options->rate, 0, 1000)
      && is_in ("--directed", options->directed, 0, 10000)
      && is_in ("--size", options->size, 30, 60000);
}

static void
configure (const Options *options, SimConfig *config)
{
  config->n_peers = options->peers;
  config->cell_size = options->cell_size;
  config->churn = options->churn / 100;
  config->loss = options->loss / 100;
  config->delay = options->delay * G_TIME_SPAN_MILLISECOND;
  config->relay_delay = options->relay_delay * G_TIME_SPAN_MILLISECOND;
  config->span = (gint64) (options->minutes * G_TIME_SPAN_MINUTE);
  config->rate = options->rate;
  config->directed = options->directed;
  config->size = options->size;
  config->seed = (guint32) options->seed;
}

static gboolean
write_plot (const Options *options, const char *svg)
{
  g_autoptr (GError) error = NULL;

  if (g_file_set_contents (options->plot, svg, -1, &error))
    return TRUE;
  return genos_command_complain ("cannot write the plot: %s", error->message);
}

/* What it cost goes beside the result, not into it: the same seed gives the same result. */
static void
tell_cost (gint64 begun)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  g_printerr ("genos simulate: %.1f s, of these %.1f s of processor time; %.0f MiB\n",
      (double) (g_get_monotonic_time () - begun) / G_TIME_SPAN_SECOND,
      usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
          + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6,
      usage.ru_maxrss / 1024.0);
}

/* --- what it can do --- */

static gboolean
run_topology (const Options *options, const SimConfig *config)
{
  SimTopology topology;

  sim_topology_run (config, &topology);
  if (options->json) {
    g_autofree char *json = sim_topology_to_json (&topology);

    g_print ("%s\n", json);
  } else {
    sim_topology_print (&topology);
  }
  return TRUE;
}

static void
print_json (const SimResult *results, guint n)
{
  g_autofree const SimResult **pointers = g_new (const SimResult *, n);
  g_autofree char *json = NULL;

  for (guint i = 0; i < n; i++)
    pointers[i] = &results[i];
  json = sim_result_to_json (pointers, n);
  g_print ("%s\n", json);
}

static void
run_all_rules (const SimConfig *config, SimRoom *room, SimResult *results)
{
  sim_room_run (room, &results[0]);
  sim_flood_run (config, N_SAMPLES, &results[1]);
  sim_full_mesh_run (config, &results[2]);
}

static gboolean
run_one (const Options *options, const SimConfig *config)
{
  g_autoptr (SimRoom) room = sim_room_new (config);
  SimResult results[SIM_N_RULES];

  run_all_rules (config, room, results);
  if (options->json) {
    print_json (results, SIM_N_RULES);
  } else {
    sim_result_print_all (&results[0]);
    g_print ("\nbeside other rules, without churn and loss:\n");
    sim_result_print_header ();
    for (guint i = 0; i < SIM_N_RULES; i++)
      sim_result_print (&results[i]);
  }
  if (options->plot != NULL) {
    g_autofree char *svg = sim_plots_of_room (config, sim_room_get_points (room));

    return write_plot (options, svg);
  }
  return TRUE;
}

/* 10, 32, 100, 316 … up to as many as were asked for. */
static GArray *
choose_sizes (guint most)
{
  GArray *sizes = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 2;; i++) {
    guint size = MIN (most, (guint) round (pow (10, i / 2.0)));

    g_array_append_val (sizes, size);
    if (size == most)
      return sizes;
  }
}

static gboolean
run_sweep (const Options *options, const SimConfig *config)
{
  g_autoptr (GArray) sizes = choose_sizes (config->n_peers);
  g_autofree SimResult *results = g_new0 (SimResult, sizes->len * SIM_N_RULES);

  if (!options->json)
    sim_result_print_header ();
  for (guint i = 0; i < sizes->len; i++) {
    SimConfig one = *config;
    g_autoptr (SimRoom) room = NULL;

    one.n_peers = g_array_index (sizes, guint, i);
    room = sim_room_new (&one);
    run_all_rules (&one, room, &results[i * SIM_N_RULES]);
    for (guint j = 0; j < SIM_N_RULES && !options->json; j++)
      sim_result_print (&results[i * SIM_N_RULES + j]);
  }
  if (options->json)
    print_json (results, sizes->len * SIM_N_RULES);
  if (options->plot != NULL) {
    g_autofree char *svg = sim_plots_of_sweep (config, results, sizes->len);

    return write_plot (options, svg);
  }
  return TRUE;
}

static int
simulate (const Options *options)
{
  SimConfig config = sim_default_config;
  gint64 begun = g_get_monotonic_time ();
  gboolean done;

  if (!check (options, &config))
    return GENOS_EXIT_USAGE;
  configure (options, &config);
  if (options->topology_only)
    done = run_topology (options, &config);
  else
    done = options->sweep ? run_sweep (options, &config) : run_one (options, &config);
  tell_cost (begun);
  return done ? GENOS_EXIT_OK : GENOS_EXIT_FAILED;
}

int
genos_cmd_simulate (int argc, char **argv)
{
  Options options = {
    .peers = 100,
    .cell_size = 10,
    .delay = 30,
    .relay_delay = 100,
    .seed = 1,
    .size = 100,
    .minutes = 1,
    .rate = 1,
  };
  const GOptionEntry entries[] = {
    { "peers", 'n', 0, G_OPTION_ARG_INT, &options.peers, "how many are in the room (100)", "N" },
    { "cell-size", 'c', 0, G_OPTION_ARG_INT, &options.cell_size, "peers a cell (10)", "N" },
    { "churn", 0, 0, G_OPTION_ARG_DOUBLE, &options.churn,
        "of the peers, how many go a minute while others come; half of them say goodbye (0)",
        "PERCENT" },
    { "loss", 0, 0, G_OPTION_ARG_DOUBLE, &options.loss,
        "of the packets of links; they are sent again (0)", "PERCENT" },
    { "delay", 0, 0, G_OPTION_ARG_INT, &options.delay,
        "of a link in one direction, on the average (30)", "MS" },
    { "relay-delay", 0, 0, G_OPTION_ARG_INT, &options.relay_delay,
        "from a peer through a relay to the others (100)", "MS" },
    { "minutes", 'm', 0, G_OPTION_ARG_DOUBLE, &options.minutes,
        "how long is measured, after 75 s in which all come and find each other (1)", "M" },
    { "rate", 'r', 0, G_OPTION_ARG_DOUBLE, &options.rate,
        "messages to everybody, a second in the whole room (1)", "N" },
    { "directed", 0, 0, G_OPTION_ARG_DOUBLE, &options.directed,
        "messages to one peer, a second in the whole room (0)", "N" },
    { "size", 0, 0, G_OPTION_ARG_INT, &options.size, "of a message (100)", "BYTES" },
    { "fault", 'f', 0, G_OPTION_ARG_STRING, &options.fault,
        "die, freeze: a bridge, every 30 s; lie: one peer in a hundred; split: halves that see "
        "different relays for 150 s; crowd: 500 come within 5 s",
        "NAME" },
    { "seed", 0, 0, G_OPTION_ARG_INT, &options.seed, "the same one gives the same room (1)", "N" },
    { "sweep", 0, 0, G_OPTION_ARG_NONE, &options.sweep,
        "rooms of 10 peers, 32, 100 and so on, up to --peers", NULL },
    { "topology-only", 0, 0, G_OPTION_ARG_NONE, &options.topology_only,
        "only who is in which cell, and what it costs to know", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "print JSON instead of tables", NULL },
    { "plot", 'p', 0, G_OPTION_ARG_FILENAME, &options.plot, "write charts", "FILE.svg" },
    { NULL },
  };
  int exit_code;

  if (genos_command_parse ("simulate",
          "A room in cells, of any size, in this process: the library's own mesh on links, relays "
          "and clocks that are made up.",
          entries, argc, argv, &exit_code))
    exit_code = simulate (&options);
  g_free (options.fault);
  g_free (options.plot);
  return exit_code;
}
