/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/mesh/mesh-tree.h>

/* Cells without members are rare, and several in one neighbourhood more so. */
#define MAX_DETOURS 2

void
genos_mesh_cells_init (GenosMeshCells *self, guint n_cells)
{
  self->n_cells = n_cells;
  self->n_empty = n_cells;
  self->filled = g_new0 (guint8, n_cells / 8 + 1);
}

void
genos_mesh_cells_clear (GenosMeshCells *self)
{
  g_clear_pointer (&self->filled, g_free);
  self->n_cells = 0;
}

gboolean
genos_mesh_cells_is_filled (const GenosMeshCells *self, guint cell)
{
  return cell < self->n_cells && (self->filled[cell / 8] & 1 << cell % 8);
}

void
genos_mesh_cells_fill (GenosMeshCells *self, guint cell)
{
  if (genos_mesh_cells_is_filled (self, cell))
    return;
  self->filled[cell / 8] |= 1 << cell % 8;
  self->n_empty--;
}

guint
genos_mesh_cells_neighbours (
    const GenosMeshCells *self, guint cell, guint neighbours[GENOS_MESH_MAX_NEIGHBOURS])
{
  guint n = genos_mesh_neighbours (cell, self->n_cells, neighbours);
  guint n_filled = 0;

  for (guint i = 0; i < n; i++)
    if (genos_mesh_cells_is_filled (self, neighbours[i]))
      neighbours[n_filled++] = neighbours[i];
  return n_filled;
}

static guint
get_distance (guint a, guint b)
{
  return a > b ? a - b : b - a;
}

static guint
step_towards (guint root, guint cell)
{
  guint distance = get_distance (root, cell);
  guint smallest = distance & -distance;

  return cell > root ? cell - smallest : cell + smallest;
}

/* Whether the whole way to the root has members. The root has one: the sender. */
static gboolean
is_on_the_way (const GenosMeshCells *self, guint root, guint cell)
{
  for (; cell != root; cell = step_towards (root, cell))
    if (!genos_mesh_cells_is_filled (self, cell))
      return FALSE;
  return TRUE;
}

static guint
count_steps (guint root, guint cell)
{
  return __builtin_popcount (get_distance (root, cell));
}

/* The neighbour with the shortest way among those whose own way needs no more than @detours others
 * like this. */
static guint
find_detour (const GenosMeshCells *self, guint root, guint cell, guint detours)
{
  guint neighbours[GENOS_MESH_MAX_NEIGHBOURS];
  guint best = GENOS_MESH_NO_CELL;
  guint n = genos_mesh_cells_neighbours (self, cell, neighbours);

  for (guint i = 0; i < n; i++)
    if ((is_on_the_way (self, root, neighbours[i])
            || (detours > 0
                && find_detour (self, root, neighbours[i], detours - 1) != GENOS_MESH_NO_CELL))
        && (best == GENOS_MESH_NO_CELL
            || count_steps (root, neighbours[i]) < count_steps (root, best)))
      best = neighbours[i];
  return best;
}

guint
genos_mesh_tree_get_parent (const GenosMeshCells *self, guint root, guint cell)
{
  guint best = GENOS_MESH_NO_CELL;

  if (cell == root)
    return GENOS_MESH_NO_CELL;
  if (self->n_empty == 0 || is_on_the_way (self, root, step_towards (root, cell)))
    return step_towards (root, cell);
  for (guint detours = 0; detours <= MAX_DETOURS && best == GENOS_MESH_NO_CELL; detours++)
    best = find_detour (self, root, cell, detours);
  return best;
}

guint
genos_mesh_tree_get_backup (const GenosMeshCells *self, guint root, guint cell)
{
  guint neighbours[GENOS_MESH_MAX_NEIGHBOURS];
  guint parent = genos_mesh_tree_get_parent (self, root, cell);
  guint best = GENOS_MESH_NO_CELL;
  guint n = genos_mesh_cells_neighbours (self, cell, neighbours);

  if (cell == root)
    return GENOS_MESH_NO_CELL;
  for (guint i = 0; i < n; i++) {
    if (neighbours[i] == parent
        || (best != GENOS_MESH_NO_CELL
            && count_steps (root, neighbours[i]) >= count_steps (root, best))
        || genos_mesh_tree_get_parent (self, root, neighbours[i]) == cell)
      continue;
    best = neighbours[i];
  }
  return best;
}

/* With steps in both directions, the fewest powers of two that make up a number are the digits other
 * than zero of its non-adjacent form. */
guint64
genos_mesh_tree_cost (guint cell, guint target)
{
  guint64 distance = get_distance (cell, target);

  return (guint64) __builtin_popcountll (distance ^ (3 * distance)) << 32 | distance;
}
