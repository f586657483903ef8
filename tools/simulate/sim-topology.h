/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sim-config.h"

G_BEGIN_DECLS

/* A room in which nothing happens: only who is where, as one peer of it works it out. */
typedef struct {
  guint n_peers, n_cells, n_empty;
  double first_ms; /* of processor time: a roster nobody looked at before */
  double again_ms; /* the same peers in the same number of cells */
  double other_ms; /* one peer more, in another number of cells */
  guint ttl;
  guint smallest, largest; /* cells */
  double mean_neighbours;  /* of a cell */
  guint most_neighbours;
  guint depth; /* hops between cells on the longest way of a broadcast from cell 0 */
  double mean_links, worst_links; /* that each peer has by that layout */
  double moved;                   /* share of the peers that are elsewhere when a cell is added */
} SimTopology;

void sim_topology_run (const SimConfig *config, SimTopology *result);
void sim_topology_print (const SimTopology *self);
/* (transfer full) */
char *sim_topology_to_json (const SimTopology *self);

G_END_DECLS
