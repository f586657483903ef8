/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sim-topology.h"

#include <time.h>

#include <json-glib/json-glib.h>

#include <genos/mesh/mesh-view.h>

static double
get_cpu_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static void
hear_all (GenosMeshTopology *topology, GenosMeshCensus *census, guint n, GRand *random)
{
  for (guint i = 0; i < n; i++) {
    g_autofree char *id =
        g_strdup_printf ("%08X%08x%04u", g_rand_int (random), g_rand_int (random), i % 10000);
    guint32 peer = genos_mesh_topology_acquire (topology, id);

    genos_mesh_census_heard (census, peer, 1);
    genos_mesh_topology_release (topology, peer);
  }
}

static double
time_view (GenosMeshTopology *topology, GenosMeshCensus *census, guint32 self_peer, guint cell_size)
{
  double begun = get_cpu_ms ();

  genos_mesh_census_seal (census, FALSE, 1);
  genos_mesh_view_free (genos_mesh_view_new (topology, census, self_peer, cell_size));
  return get_cpu_ms () - begun;
}

static void
count_links (const GenosMeshCells *cells, const guint *sizes, SimTopology *result)
{
  guint64 n_edges = 0, n_links = 0;

  result->smallest = G_MAXUINT;
  for (guint cell = 0; cell < cells->n_cells; cell++) {
    guint neighbours[GENOS_MESH_MAX_NEIGHBOURS];
    guint n = genos_mesh_cells_neighbours (cells, cell, neighbours);

    result->smallest = MIN (result->smallest, sizes[cell]);
    result->largest = MAX (result->largest, sizes[cell]);
    if (sizes[cell] == 0)
      continue;
    n_edges += n;
    n_links += (guint64) sizes[cell] * (sizes[cell] - 1) + n;
    result->most_neighbours = MAX (result->most_neighbours, n);
    result->worst_links = MAX (result->worst_links, sizes[cell] - 1 + n);
  }
  result->n_empty = cells->n_empty;
  result->mean_neighbours = (double) n_edges / (cells->n_cells - cells->n_empty);
  result->mean_links = (double) n_links / result->n_peers;
}

static guint
find_depth (const GenosMeshCells *cells)
{
  guint deepest = 0;

  for (guint cell = 0; cell < cells->n_cells; cell++) {
    guint at = cell, depth = 0;

    while (at != 0 && at != GENOS_MESH_NO_CELL && depth < cells->n_cells) {
      at = genos_mesh_tree_get_parent (cells, 0, at);
      depth++;
    }
    deepest = MAX (deepest, depth);
  }
  return deepest;
}

static void
look_at (GenosMeshTopology *topology, GenosMeshCensus *census, SimTopology *result)
{
  g_autofree guint *sizes = g_new0 (guint, result->n_cells);
  guint32 peer = GENOS_MESH_NOBODY;
  guint n_moved = 0;
  GenosMeshCells cells;

  genos_mesh_cells_init (&cells, result->n_cells);
  while ((peer = genos_mesh_census_next_sealed (census, peer)) != GENOS_MESH_NOBODY) {
    guint cell = genos_mesh_topology_get_cell (topology, peer, result->n_cells);

    sizes[cell]++;
    genos_mesh_cells_fill (&cells, cell);
    n_moved += genos_mesh_topology_get_cell (topology, peer, result->n_cells + 1) != cell;
  }
  count_links (&cells, sizes, result);
  result->depth = find_depth (&cells);
  result->moved = (double) n_moved / result->n_peers;
  genos_mesh_cells_clear (&cells);
}

void
sim_topology_run (const SimConfig *config, SimTopology *result)
{
  g_autoptr (GenosMeshTopology) topology = genos_mesh_topology_new ();
  g_autoptr (GRand) random = g_rand_new_with_seed (config->seed);
  guint32 self_peer = genos_mesh_topology_acquire (topology, "myself");
  g_autoptr (GenosMeshCensus) census = genos_mesh_census_new (topology, self_peer, G_MAXUINT, 1);
  guint n = config->n_peers;

  *result = (SimTopology){ .n_peers = n };
  hear_all (topology, census, n - 1, random);
  result->first_ms = time_view (topology, census, self_peer, config->cell_size);
  result->again_ms = time_view (topology, census, self_peer, config->cell_size);
  result->n_cells = genos_mesh_count_cells (n, config->cell_size);
  result->ttl = genos_mesh_ttl (result->n_cells);
  look_at (topology, census, result);
  /* Another number of cells, whatever their size. */
  hear_all (topology, census, 2 * config->cell_size, random);
  result->other_ms = time_view (topology, census, self_peer, config->cell_size);
}

void
sim_topology_print (const SimTopology *self)
{
  g_print ("%u peers in %u cells (%u without members), TTL %u\n", self->n_peers, self->n_cells,
      self->n_empty, self->ttl);
  g_print ("  worked out in          %10.1f ms of processor time\n", self->first_ms);
  g_print ("  the same again         %10.1f ms\n", self->again_ms);
  g_print ("  two cells more         %10.1f ms\n", self->other_ms);
  g_print ("  members of a cell      %10u to %u\n", self->smallest, self->largest);
  g_print ("  neighbours of a cell   %10.1f, at most %u\n", self->mean_neighbours,
      self->most_neighbours);
  g_print ("  links of a peer        %10.1f, at most %.0f\n", self->mean_links, self->worst_links);
  g_print ("  cells on a way         %10u at most, from cell 0\n", self->depth);
  g_print ("  moved by a cell more   %10.2f %%\n", 100 * self->moved);
}

char *
sim_topology_to_json (const SimTopology *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  const struct {
    const char *name;
    double value;
  } members[] = {
    { "peers", self->n_peers },
    { "cells", self->n_cells },
    { "empty-cells", self->n_empty },
    { "ttl", self->ttl },
    { "first-ms", self->first_ms },
    { "again-ms", self->again_ms },
    { "other-ms", self->other_ms },
    { "smallest-cell", self->smallest },
    { "largest-cell", self->largest },
    { "mean-neighbours", self->mean_neighbours },
    { "most-neighbours", self->most_neighbours },
    { "mean-links", self->mean_links },
    { "worst-links", self->worst_links },
    { "depth", self->depth },
    { "moved", self->moved },
  };

  json_builder_begin_object (builder);
  for (guint i = 0; i < G_N_ELEMENTS (members); i++) {
    json_builder_set_member_name (builder, members[i].name);
    json_builder_add_double_value (builder, members[i].value);
  }
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, TRUE);
}
