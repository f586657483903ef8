/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/mesh/mesh-topology.h>

G_BEGIN_DECLS

/* The ways over the graph of cells, without a word between them: each broadcast follows a tree that is
 * rooted in the cell it comes from, and that every bridge derives for itself.
 *
 * The parent of a cell is one step nearer to the root, by the smallest power of two in the distance:
 *
 *   root 0:   7 ─► 6 ─► 4 ─► 0        5 ─► 4 ─► 0        (7 = 4 + 2 + 1)
 *
 * It depends on nothing but the two numbers, so that views which differ a little, even in the number of
 * cells, agree on almost all of it, and it is at most log2(cells) deep. A cell whose way leads through
 * one without members gets another parent. */
#define GENOS_MESH_NO_CELL G_MAXUINT32

typedef struct {
  guint n_cells;
  guint n_empty;
  guint8 *filled; /* a bit for each cell that has members */
} GenosMeshCells;

void genos_mesh_cells_init (GenosMeshCells *self, guint n_cells);
void genos_mesh_cells_clear (GenosMeshCells *self);
void genos_mesh_cells_fill (GenosMeshCells *self, guint cell);
gboolean genos_mesh_cells_is_filled (const GenosMeshCells *self, guint cell);
/* Those of genos_mesh_neighbours() that have members. */
guint genos_mesh_cells_neighbours (
    const GenosMeshCells *self, guint cell, guint neighbours[GENOS_MESH_MAX_NEIGHBOURS]);

/* Who passes a broadcast from @root on to @cell; GENOS_MESH_NO_CELL: the root itself, or whoever is
 * beside it, as no single one is better than another. */
guint genos_mesh_tree_get_parent (const GenosMeshCells *self, guint root, guint cell);
/* Who tells @cell what it should have by now, so that it can ask for it: another neighbour, that has it
 * by another way where there is one. GENOS_MESH_NO_CELL: nobody. */
guint genos_mesh_tree_get_backup (const GenosMeshCells *self, guint root, guint cell);
/* How many hops it is from the one to the other, at least; among equals the nearer one is less. */
guint64 genos_mesh_tree_cost (guint cell, guint target);

G_END_DECLS
