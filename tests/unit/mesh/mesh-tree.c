/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/mesh/mesh-tree.h>

static void
fill_all (GenosMeshCells *cells, guint n)
{
  genos_mesh_cells_init (cells, n);
  for (guint i = 0; i < n; i++)
    genos_mesh_cells_fill (cells, i);
}

static gboolean
is_neighbour (guint a, guint b, guint n_cells)
{
  guint neighbours[GENOS_MESH_MAX_NEIGHBOURS];
  guint n = genos_mesh_neighbours (a, n_cells, neighbours);

  for (guint i = 0; i < n; i++)
    if (neighbours[i] == b)
      return TRUE;
  return FALSE;
}

/* From the root everybody is reached, over edges that there are, in few hops. */
static void
check_tree (const GenosMeshCells *cells, guint root, guint max_depth)
{
  for (guint cell = 0; cell < cells->n_cells; cell++) {
    guint depth = 0;
    guint backup = genos_mesh_tree_get_backup (cells, root, cell);

    if (!genos_mesh_cells_is_filled (cells, cell))
      continue;
    for (guint at = cell; at != root; depth++) {
      guint parent = genos_mesh_tree_get_parent (cells, root, at);

      g_assert_cmpuint (depth, <=, max_depth);
      g_assert_true (is_neighbour (at, parent, cells->n_cells));
      g_assert_true (genos_mesh_cells_is_filled (cells, parent));
      at = parent;
    }
    if (backup != GENOS_MESH_NO_CELL) {
      g_assert_cmpuint (cell, !=, root);
      g_assert_cmpuint (backup, !=, genos_mesh_tree_get_parent (cells, root, cell));
      g_assert_true (is_neighbour (cell, backup, cells->n_cells));
    }
  }
}

static void
test_full (void)
{
  guint log = 0;

  for (guint n = 1; n <= 1000; n = n * 2 + 1) {
    GenosMeshCells cells;

    fill_all (&cells, n);
    log++;
    for (guint root = 0; root < n; root += MAX (1, n / 7))
      check_tree (&cells, root, log);
    genos_mesh_cells_clear (&cells);
  }
}

static void
test_known (void)
{
  GenosMeshCells cells;

  fill_all (&cells, 8);
  g_assert_cmpuint (genos_mesh_tree_get_parent (&cells, 0, 7), ==, 6);
  g_assert_cmpuint (genos_mesh_tree_get_parent (&cells, 0, 6), ==, 4);
  g_assert_cmpuint (genos_mesh_tree_get_parent (&cells, 0, 4), ==, 0);
  g_assert_cmpuint (genos_mesh_tree_get_parent (&cells, 7, 0), ==, 1);
  g_assert_cmpuint (genos_mesh_tree_get_parent (&cells, 3, 3), ==, GENOS_MESH_NO_CELL);
  g_assert_cmpuint (genos_mesh_tree_get_backup (&cells, 0, 7), ==, 3);
  genos_mesh_cells_clear (&cells);
}

/* With a cell in eight empty everybody who can be reached is. */
static void
test_holes (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);

  for (guint round = 0; round < 50; round++) {
    GenosMeshCells cells;
    guint n = g_rand_int_range (rand, 20, 200);
    guint root = g_rand_int_range (rand, 0, n);

    genos_mesh_cells_init (&cells, n);
    for (guint i = 0; i < n; i++)
      if (i == root || g_rand_int_range (rand, 0, 8) != 0)
        genos_mesh_cells_fill (&cells, i);
    check_tree (&cells, root, 12);
    genos_mesh_cells_clear (&cells);
  }
}

static void
test_cost (void)
{
  g_assert_cmpuint (genos_mesh_tree_cost (5, 5), ==, 0);
  g_assert_cmpuint (genos_mesh_tree_cost (0, 8) >> 32, ==, 1);
  g_assert_cmpuint (genos_mesh_tree_cost (0, 7) >> 32, ==, 2); /* 8 - 1 */
  g_assert_cmpuint (genos_mesh_tree_cost (100, 93) >> 32, ==, 2);
  g_assert_cmpuint (genos_mesh_tree_cost (0, 21) >> 32, ==, 3);
  g_assert_cmpuint (genos_mesh_tree_cost (0, 2), <, genos_mesh_tree_cost (0, 4));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/mesh-tree/known", test_known);
  g_test_add_func ("/mesh/mesh-tree/full", test_full);
  g_test_add_func ("/mesh/mesh-tree/holes", test_holes);
  g_test_add_func ("/mesh/mesh-tree/cost", test_cost);
  return g_test_run ();
}
