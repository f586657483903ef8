/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/mesh/mesh-census.h>
#include <genos/mesh/mesh-tree.h>

G_BEGIN_DECLS

/* A sealed roster as one of its peers looks at it: its own cell and the bridges of the neighbouring ones.
 * A kilobyte or two, however large the room is; it never changes. */
#define GENOS_MESH_N_HEADS 3 /* of a neighbouring cell: its bridge, and who would follow */

typedef struct {
  guint cell;
  guint n_heads;
  guint32 heads[GENOS_MESH_N_HEADS]; /* in the order of succession */
} GenosMeshNeighbour;

typedef struct {
  GenosMeshTopology *topology;
  GenosMeshCells cells;
  guint n_peers;
  guint cell_size;
  guint ttl;
  guint cell; /* our own */
  guint n_mates;
  guint32 *mates; /* the members of our cell, ourselves among them, in the order of succession */
  guint n_neighbours;
  GenosMeshNeighbour *neighbours; /* of our cell, ascending */
} GenosMeshView;

GenosMeshView *genos_mesh_view_new (
    GenosMeshTopology *topology, GenosMeshCensus *census, guint32 self_peer, guint cell_size);
void genos_mesh_view_free (GenosMeshView *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosMeshView, genos_mesh_view_free)

gboolean genos_mesh_view_is_mate (const GenosMeshView *self, guint32 peer);
/* (nullable): when it is among the heads of a neighbouring cell */
const GenosMeshNeighbour *genos_mesh_view_find_head (const GenosMeshView *self, guint32 peer);
/* (nullable) */
const GenosMeshNeighbour *genos_mesh_view_find_neighbour (const GenosMeshView *self, guint cell);
/* The cell of anybody, in the roster or not, in a room of this size. */
guint genos_mesh_view_cell_of (const GenosMeshView *self, guint32 peer);

G_END_DECLS
