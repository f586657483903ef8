/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/mesh/mesh-view.h>

#include "../wire/vectors.h"

typedef struct {
  GenosMeshTopology *topology;
  GenosMeshCensus *census;
  GPtrArray *ids;
} Room;

/* A sealed roster as the first of @ids sees it. */
static void
room_init (Room *room, GenosMeshTopology *topology, GPtrArray *ids)
{
  guint32 self_peer = genos_mesh_topology_acquire (topology, g_ptr_array_index (ids, 0));

  *room = (Room){ topology, genos_mesh_census_new (topology, self_peer, 1000000, 0), ids };
  for (guint i = 0; i < ids->len; i++) {
    guint32 peer = genos_mesh_topology_acquire (topology, g_ptr_array_index (ids, i));

    genos_mesh_census_heard (room->census, peer, 0);
    genos_mesh_topology_release (topology, peer);
  }
  genos_mesh_topology_release (topology, self_peer);
  genos_mesh_census_seal (room->census, FALSE, 0);
}

static GPtrArray *
make_ids (guint n, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < n; i++) {
    char *id = g_malloc0 (21);

    for (guint j = 0; j < 20; j++)
      id[j] = letters[g_rand_int_range (rand, 0, 62)];
    g_ptr_array_add (ids, id);
  }
  return ids;
}

static void
test_hash (void)
{
  /* Over UTF-16: the last one is two units there. Made with node. */
  g_assert_cmpuint (genos_mesh_hash (""), ==, 0);
  g_assert_cmpuint (genos_mesh_hash ("a"), ==, (guint32) (97u * 2654435761u));
  g_assert_cmpuint (genos_mesh_hash ("3nuFkR68VEwfktInMtBV:2"), ==, 4148484342u);
  g_assert_cmpuint (genos_mesh_hash ("ä€😀"), ==, 2250671253u);
}

static void
test_numbers (void)
{
  guint neighbours[GENOS_MESH_MAX_NEIGHBOURS];

  g_assert_cmpuint (genos_mesh_count_cells (0, 10), ==, 1);
  g_assert_cmpuint (genos_mesh_count_cells (10, 10), ==, 1);
  g_assert_cmpuint (genos_mesh_count_cells (11, 10), ==, 2);
  g_assert_cmpuint (genos_mesh_count_cells (G_MAXUINT, 1), ==, GENOS_MESH_MAX_CELLS);
  /* min(150, 2 × ceil(log2(C + 1)) + 3) */
  g_assert_cmpuint (genos_mesh_ttl (1), ==, 5);
  g_assert_cmpuint (genos_mesh_ttl (3), ==, 7);
  g_assert_cmpuint (genos_mesh_ttl (4), ==, 9);
  g_assert_cmpuint (genos_mesh_ttl (7), ==, 9);
  g_assert_cmpuint (genos_mesh_ttl (8), ==, 11);
  g_assert_cmpuint (genos_mesh_ttl (GENOS_MESH_MAX_CELLS), ==, 37);

  g_assert_cmpuint (genos_mesh_neighbours (0, 1, neighbours), ==, 0);
  g_assert_cmpuint (genos_mesh_neighbours (5, 12, neighbours), ==, 6);
  g_assert_cmpuint (neighbours[0], ==, 1);
  g_assert_cmpuint (neighbours[1], ==, 3);
  g_assert_cmpuint (neighbours[2], ==, 4);
  g_assert_cmpuint (neighbours[3], ==, 6);
  g_assert_cmpuint (neighbours[4], ==, 7);
  g_assert_cmpuint (neighbours[5], ==, 9);
  /* The most there can be fits. */
  for (guint cell = 0; cell < GENOS_MESH_MAX_CELLS; cell += 97)
    g_assert_cmpuint (genos_mesh_neighbours (cell, GENOS_MESH_MAX_CELLS, neighbours), <=,
        GENOS_MESH_MAX_NEIGHBOURS);
}

static void
test_number_again (void)
{
  g_autoptr (GenosMeshTopology) topology = genos_mesh_topology_new ();
  guint32 a = genos_mesh_topology_acquire (topology, "a");
  guint32 cell, again;

  g_assert_cmpuint (genos_mesh_topology_acquire (topology, "a"), ==, a);
  cell = genos_mesh_topology_get_cell (topology, a, 1000);
  genos_mesh_topology_release (topology, a);
  g_assert_cmpuint (genos_mesh_topology_find (topology, "a"), ==, a);
  genos_mesh_topology_release (topology, a);
  g_assert_cmpuint (genos_mesh_topology_find (topology, "a"), ==, GENOS_MESH_NOBODY);

  /* The next one gets its number, but not its cell. */
  again = genos_mesh_topology_acquire (topology, "b");
  g_assert_cmpuint (again, ==, a);
  g_assert_cmpuint (genos_mesh_topology_get_cell (topology, again, 1000), ==,
      genos_mesh_topology_find_cell (topology, "b", 1000));
  g_assert_cmpuint (genos_mesh_topology_find_cell (topology, "a", 1000), ==, cell);
  g_assert_cmpuint (genos_mesh_topology_get_cell (topology, again, 1000), !=, cell);
}

static guint
read_cell (const char *name)
{
  g_assert_true (g_str_has_prefix (name, "cell-"));
  return g_ascii_strtoull (name + 5, NULL, 10);
}

static void
check_peer (
    GenosMeshTopology *topology, Room *room, const char *id, JsonObject *expected, guint cell_size)
{
  guint32 self_peer = genos_mesh_topology_find (topology, id);
  g_autoptr (GenosMeshView) view =
      genos_mesh_view_new (topology, room->census, self_peer, cell_size);
  JsonArray *neighbours = json_object_get_array_member (expected, "neighbours");
  gboolean is_bridge = json_object_get_boolean_member (expected, "isBridge");

  g_assert_cmpuint (view->cell, ==, read_cell (json_object_get_string_member (expected, "cell")));
  g_assert_cmpint (view->mates[0] == self_peer, ==, is_bridge);
  /* A browser that is no bridge tells none. */
  if (!is_bridge)
    return;
  g_assert_cmpuint (view->n_neighbours, ==, json_array_get_length (neighbours));
  for (guint i = 0; i < view->n_neighbours; i++)
    g_assert_nonnull (genos_mesh_view_find_neighbour (
        view, read_cell (json_array_get_string_element (neighbours, i))));
}

static void
check_vector (JsonObject *vector)
{
  g_autoptr (GenosMeshTopology) topology = genos_mesh_topology_new ();
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  JsonArray *roster = json_object_get_array_member (vector, "roster");
  JsonObject *peers = json_object_get_object_member (vector, "peers");
  guint cell_size = json_object_get_int_member (vector, "cellSize");
  guint n_cells = genos_mesh_count_cells (json_array_get_length (roster), cell_size);
  Room room;

  g_assert_cmpuint (n_cells, ==, json_object_get_int_member (vector, "totalCells"));
  g_assert_cmpuint (
      genos_mesh_ttl (n_cells), ==, json_object_get_int_member (vector, "dynamicTTL"));
  for (guint i = 0; i < json_array_get_length (roster); i++)
    g_ptr_array_add (ids, (gpointer) json_array_get_string_element (roster, i));
  room_init (&room, topology, ids);
  for (guint i = 0; i < ids->len; i++) {
    const char *id = g_ptr_array_index (ids, i);

    check_peer (topology, &room, id, json_object_get_object_member (peers, id), cell_size);
  }
  genos_mesh_census_free (room.census);
}

static void
test_vectors (void)
{
  g_autoptr (JsonNode) root = vectors_load ("cells.json");
  JsonArray *vectors = json_node_get_array (root);

  g_assert_cmpuint (json_array_get_length (vectors), ==, 2);
  for (guint i = 0; i < json_array_get_length (vectors); i++)
    check_vector (json_array_get_object_element (vectors, i));
}

/* The layout does not depend on who looks, on the order in which peers were heard, or on numbers. */
static void
test_same_everywhere (void)
{
  for (guint32 seed = 1; seed <= 20; seed++) {
    g_autoptr (GPtrArray) ids = make_ids (seed * 13, seed);
    g_autoptr (GPtrArray) others = g_ptr_array_new ();
    g_autoptr (GenosMeshTopology) topology = genos_mesh_topology_new ();
    g_autoptr (GenosMeshTopology) other_topology = genos_mesh_topology_new ();
    guint cell_size = 2 + seed % 9;
    guint n_cells = genos_mesh_count_cells (ids->len, cell_size);
    Room room, other;

    for (guint i = 0; i < ids->len; i++)
      g_ptr_array_add (others, g_ptr_array_index (ids, (i * 7 + 3) % ids->len));
    if (ids->len % 7 == 0)
      continue;
    room_init (&room, topology, ids);
    room_init (&other, other_topology, others);
    for (guint i = 0; i < ids->len; i++) {
      const char *id = g_ptr_array_index (ids, i);
      guint32 a = genos_mesh_topology_find (topology, id);
      guint32 b = genos_mesh_topology_find (other_topology, id);
      g_autoptr (GenosMeshView) view = genos_mesh_view_new (topology, room.census, a, cell_size);
      g_autoptr (GenosMeshView) other_view =
          genos_mesh_view_new (other_topology, other.census, b, cell_size);

      g_assert_cmpuint (view->cells.n_cells, ==, n_cells);
      g_assert_cmpuint (view->cell, ==, other_view->cell);
      g_assert_cmpuint (view->n_mates, ==, other_view->n_mates);
      g_assert_cmpuint (view->n_neighbours, ==, other_view->n_neighbours);
      for (guint j = 0; j < view->n_mates; j++)
        g_assert_cmpstr (genos_mesh_topology_get_id (topology, view->mates[j]), ==,
            genos_mesh_topology_get_id (other_topology, other_view->mates[j]));
      for (guint j = 0; j < view->n_neighbours; j++)
        for (guint k = 0; k < view->neighbours[j].n_heads; k++)
          g_assert_cmpstr (genos_mesh_topology_get_id (topology, view->neighbours[j].heads[k]), ==,
              genos_mesh_topology_get_id (other_topology, other_view->neighbours[j].heads[k]));
    }
    genos_mesh_census_free (room.census);
    genos_mesh_census_free (other.census);
  }
}

/* One cell more takes one peer in that many from the others. */
static void
test_few_move (void)
{
  g_autoptr (GPtrArray) ids = make_ids (3000, 99);
  g_autoptr (GenosMeshTopology) topology = genos_mesh_topology_new ();

  for (guint n_cells = 10; n_cells <= 300; n_cells += 58) {
    guint n_moved = 0;

    for (guint i = 0; i < ids->len; i++) {
      const char *id = g_ptr_array_index (ids, i);
      guint before = genos_mesh_topology_find_cell (topology, id, n_cells);
      guint after = genos_mesh_topology_find_cell (topology, id, n_cells + 1);

      if (before != after) {
        g_assert_cmpuint (after, ==, n_cells);
        n_moved++;
      }
    }
    g_assert_cmpuint (n_moved, >, 0);
    g_assert_cmpuint (n_moved, <, 2 * ids->len / n_cells);
  }
}

/* The time is told, not judged: machines differ. */
static void
test_large (void)
{
  g_autoptr (GPtrArray) ids = make_ids (10000, 5);
  g_autoptr (GenosMeshTopology) topology = genos_mesh_topology_new ();
  g_autoptr (GenosMeshView) view = NULL, again = NULL;
  gint64 begun;
  guint32 self_peer;
  Room room;

  room_init (&room, topology, ids);
  self_peer = genos_mesh_topology_find (topology, g_ptr_array_index (ids, 0));
  begun = g_get_monotonic_time ();
  view = genos_mesh_view_new (topology, room.census, self_peer, 10);
  g_test_message (
      "10 000 peers laid out in %" G_GINT64_FORMAT " µs", g_get_monotonic_time () - begun);
  begun = g_get_monotonic_time ();
  again = genos_mesh_view_new (topology, room.census, self_peer, 10);
  g_test_message ("and once more in %" G_GINT64_FORMAT " µs", g_get_monotonic_time () - begun);
  g_assert_cmpuint (view->cells.n_cells, ==, 1000);
  g_assert_cmpuint (view->ttl, ==, 23);
  g_assert_cmpuint (again->n_mates, ==, view->n_mates);
  genos_mesh_census_free (room.census);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/mesh-topology/hash", test_hash);
  g_test_add_func ("/mesh/mesh-topology/numbers", test_numbers);
  g_test_add_func ("/mesh/mesh-topology/number-again", test_number_again);
  g_test_add_func ("/mesh/mesh-topology/vectors", test_vectors);
  g_test_add_func ("/mesh/mesh-topology/same-everywhere", test_same_everywhere);
  g_test_add_func ("/mesh/mesh-topology/few-move", test_few_move);
  g_test_add_func ("/mesh/mesh-topology/large", test_large);
  return g_test_run ();
}
