/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/mesh/mesh-census.h>

#define S G_TIME_SPAN_SECOND

typedef struct {
  GenosMeshTopology *topology;
  GenosMeshCensus *census;
  guint32 self_peer, a, b;
} Fixture;

static void
setup (Fixture *fixture, gconstpointer data)
{
  fixture->topology = genos_mesh_topology_new ();
  fixture->self_peer = genos_mesh_topology_acquire (fixture->topology, "self");
  fixture->a = genos_mesh_topology_acquire (fixture->topology, "a");
  fixture->b = genos_mesh_topology_acquire (fixture->topology, "b");
  fixture->census = genos_mesh_census_new (fixture->topology, fixture->self_peer, 3, 100 * S);
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  genos_mesh_census_free (fixture->census);
  genos_mesh_topology_release (fixture->topology, fixture->a);
  genos_mesh_topology_release (fixture->topology, fixture->b);
  genos_mesh_topology_release (fixture->topology, fixture->self_peer);
  /* Nobody holds a number any more. */
  g_assert_cmpuint (genos_mesh_topology_find (fixture->topology, "a"), ==, GENOS_MESH_NOBODY);
  g_assert_cmpuint (genos_mesh_topology_find (fixture->topology, "self"), ==, GENOS_MESH_NOBODY);
  genos_mesh_topology_unref (fixture->topology);
}

static void
test_heard (Fixture *fixture, gconstpointer data)
{
  GenosMeshCensus *census = fixture->census;
  guint32 c = genos_mesh_topology_acquire (fixture->topology, "c");

  g_assert_cmpint (genos_mesh_census_heard (census, fixture->a, 100 * S), ==, GENOS_MESH_HEARD_NEW);
  g_assert_cmpint (
      genos_mesh_census_heard (census, fixture->a, 101 * S), ==, GENOS_MESH_HEARD_AGAIN);
  g_assert_cmpint (genos_mesh_census_heard (census, fixture->b, 101 * S), ==, GENOS_MESH_HEARD_NEW);
  g_assert_cmpint (genos_mesh_census_heard (census, c, 101 * S), ==, GENOS_MESH_HEARD_FULL);
  g_assert_cmpuint (genos_mesh_census_get_n_known (census), ==, 3);
  g_assert_cmpuint (genos_mesh_census_get_n_sealed (census), ==, 0);
  genos_mesh_census_seal (census, FALSE, 102 * S);
  g_assert_cmpuint (genos_mesh_census_get_n_sealed (census), ==, 3);
  genos_mesh_topology_release (fixture->topology, c);
}

static void
test_left (Fixture *fixture, gconstpointer data)
{
  GenosMeshCensus *census = fixture->census;

  genos_mesh_census_heard (census, fixture->a, 100 * S);
  g_assert_false (genos_mesh_census_left (census, fixture->b));
  g_assert_false (genos_mesh_census_left (census, fixture->self_peer));
  /* Not in a roster yet: forgotten at once. */
  g_assert_true (genos_mesh_census_left (census, fixture->a));
  g_assert_cmpint (genos_mesh_census_heard (census, fixture->a, 100 * S), ==, GENOS_MESH_HEARD_NEW);
  genos_mesh_census_seal (census, FALSE, 100 * S);
  g_assert_true (genos_mesh_census_left (census, fixture->a));
  g_assert_true (genos_mesh_census_has_sealed (census, fixture->a));
  g_assert_false (genos_mesh_census_knows (census, fixture->a));
  /* Back before anybody looked: nothing has changed. */
  g_assert_cmpint (
      genos_mesh_census_heard (census, fixture->a, 100 * S), ==, GENOS_MESH_HEARD_AGAIN);
  g_assert_true (genos_mesh_census_left (census, fixture->a));
  genos_mesh_census_seal (census, FALSE, 100 * S);
  g_assert_false (genos_mesh_census_has_sealed (census, fixture->a));
  g_assert_cmpuint (genos_mesh_census_get_n_sealed (census), ==, 1);
}

/* One that only some can know to be gone is out of the roster when that changes nothing else. */
static void
test_missed (Fixture *fixture, gconstpointer data)
{
  GenosMeshCensus *census = fixture->census;

  genos_mesh_census_heard (census, fixture->a, 100 * S);
  genos_mesh_census_heard (census, fixture->b, 100 * S);
  genos_mesh_census_seal (census, FALSE, 100 * S);
  g_assert_false (genos_mesh_census_missed (census, fixture->self_peer));
  g_assert_true (genos_mesh_census_missed (census, fixture->a));
  g_assert_false (genos_mesh_census_missed (census, fixture->a));
  g_assert_true (genos_mesh_census_knows (census, fixture->a));

  /* Two in cells of two would be one cell, and not two. */
  genos_mesh_census_settle (census, 2);
  genos_mesh_census_seal (census, FALSE, 101 * S);
  g_assert_true (genos_mesh_census_has_sealed (census, fixture->a));
  g_assert_true (genos_mesh_census_knows (census, fixture->a));

  /* It is there after all. */
  g_assert_cmpint (
      genos_mesh_census_heard (census, fixture->a, 101 * S), ==, GENOS_MESH_HEARD_AGAIN);
  genos_mesh_census_settle (census, 3);
  g_assert_true (genos_mesh_census_knows (census, fixture->a));

  g_assert_true (genos_mesh_census_missed (census, fixture->a));
  genos_mesh_census_settle (census, 3);
  g_assert_false (genos_mesh_census_knows (census, fixture->a));
  g_assert_true (genos_mesh_census_knows (census, fixture->b));
  genos_mesh_census_seal (census, FALSE, 102 * S);
  g_assert_false (genos_mesh_census_has_sealed (census, fixture->a));
  g_assert_cmpuint (genos_mesh_census_get_n_sealed (census), ==, 2);

  /* It says goodbye, or is silent, while it is missed: that is all that counts. */
  g_assert_true (genos_mesh_census_missed (census, fixture->b));
  g_assert_true (genos_mesh_census_left (census, fixture->b));
  g_assert_false (genos_mesh_census_missed (census, fixture->b));
  genos_mesh_census_settle (census, 2);
  g_assert_cmpuint (genos_mesh_census_get_n_known (census), ==, 1);
}

static void
test_silent (Fixture *fixture, gconstpointer data)
{
  GenosMeshCensus *census = fixture->census;

  genos_mesh_census_heard (census, fixture->a, 100 * S);
  genos_mesh_census_heard (census, fixture->b, 130 * S);
  genos_mesh_census_seal (census, FALSE, 130 * S);
  g_assert_cmpuint (genos_mesh_census_count_silent (census, 189 * S), ==, 0);
  g_assert_cmpuint (genos_mesh_census_count_silent (census, 191 * S), ==, 1);
  genos_mesh_census_seal (census, FALSE, 200 * S);
  g_assert_cmpuint (genos_mesh_census_get_n_sealed (census), ==, 3);
  g_assert_cmpuint (genos_mesh_census_count_silent (census, 221 * S), ==, 2);
  genos_mesh_census_heard (census, fixture->a, 221 * S);
  genos_mesh_census_seal (census, TRUE, 222 * S);
  g_assert_true (genos_mesh_census_has_sealed (census, fixture->a));
  g_assert_false (genos_mesh_census_knows (census, fixture->b));
  g_assert_cmpuint (genos_mesh_census_get_n_known (census), ==, 2);
}

static void
test_forgive (Fixture *fixture, gconstpointer data)
{
  GenosMeshCensus *census = fixture->census;

  genos_mesh_census_heard (census, fixture->a, 150 * S);
  genos_mesh_census_forgive (census, 3600 * S);
  g_assert_cmpuint (genos_mesh_census_count_silent (census, 3790 * S), ==, 0);
  g_assert_cmpuint (genos_mesh_census_count_silent (census, 3841 * S), ==, 1);
}

static void
test_next (Fixture *fixture, gconstpointer data)
{
  GenosMeshCensus *census = fixture->census;
  guint32 peer = GENOS_MESH_NOBODY;
  guint n = 0;

  genos_mesh_census_heard (census, fixture->b, 100 * S);
  g_assert_cmpuint (
      genos_mesh_census_next_sealed (census, GENOS_MESH_NOBODY), ==, GENOS_MESH_NOBODY);
  while ((peer = genos_mesh_census_next_known (census, peer)) != GENOS_MESH_NOBODY) {
    g_assert_true (peer == fixture->b || peer == fixture->self_peer);
    n++;
  }
  g_assert_cmpuint (n, ==, 2);
}

#define ADD(name, func) g_test_add ("/mesh/mesh-census/" name, Fixture, NULL, setup, func, teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("heard", test_heard);
  ADD ("left", test_left);
  ADD ("missed", test_missed);
  ADD ("silent", test_silent);
  ADD ("forgive", test_forgive);
  ADD ("next", test_next);
  return g_test_run ();
}
