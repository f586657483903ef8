/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/mesh/mesh-seal.h>

#define S G_TIME_SPAN_SECOND

static void
test_first (void)
{
  GenosMeshSeal seal;

  genos_mesh_seal_init (&seal, NULL, 0);
  g_assert_cmpuint (seal.epoch, ==, 0);
  g_assert_cmpint (genos_mesh_seal_is_due (&seal, 2 * S - 1), ==, GENOS_MESH_SEAL_NOT_DUE);
  g_assert_cmpint (genos_mesh_seal_is_due (&seal, 2 * S + 1), ==, GENOS_MESH_SEAL_CHANGE);
  genos_mesh_seal_done (&seal, GENOS_MESH_SEAL_CHANGE, 2 * S + 1);
  g_assert_cmpuint (seal.epoch, ==, 1);
  g_assert_cmpint (genos_mesh_seal_is_due (&seal, 100 * S), ==, GENOS_MESH_SEAL_NOT_DUE);
}

static void
test_quiet_and_cap (void)
{
  GenosMeshSeal seal;

  genos_mesh_seal_init (&seal, NULL, 10 * S);
  for (gint64 now = 10 * S; now < 20 * S; now += S) {
    genos_mesh_seal_changed (&seal, now);
    g_assert_cmpint (genos_mesh_seal_is_due (&seal, now + S - 1), ==, GENOS_MESH_SEAL_NOT_DUE);
  }
  g_assert_cmpint (genos_mesh_seal_is_due (&seal, 20 * S), ==, GENOS_MESH_SEAL_CHANGE);
  genos_mesh_seal_done (&seal, GENOS_MESH_SEAL_CHANGE, 20 * S);
  genos_mesh_seal_changed (&seal, 21 * S);
  g_assert_cmpint (genos_mesh_seal_is_due (&seal, 22 * S), ==, GENOS_MESH_SEAL_NOT_DUE);
  g_assert_cmpint (genos_mesh_seal_is_due (&seal, 23 * S), ==, GENOS_MESH_SEAL_CHANGE);
}

static void
test_shrink (void)
{
  GenosMeshSeal seal;

  genos_mesh_seal_init (&seal, NULL, 0);
  genos_mesh_seal_done (&seal, GENOS_MESH_SEAL_CHANGE, S);
  genos_mesh_seal_set_silent (&seal, 1, 100 * S);
  genos_mesh_seal_set_silent (&seal, 2, 110 * S);
  g_assert_cmpint (genos_mesh_seal_is_due (&seal, 130 * S - 1), ==, GENOS_MESH_SEAL_NOT_DUE);
  g_assert_cmpint (genos_mesh_seal_is_due (&seal, 130 * S), ==, GENOS_MESH_SEAL_SHRINK);
  /* It was heard again in time. */
  genos_mesh_seal_set_silent (&seal, 0, 129 * S);
  g_assert_cmpint (genos_mesh_seal_is_due (&seal, 130 * S), ==, GENOS_MESH_SEAL_NOT_DUE);

  /* A seal for another reason does not begin the wait anew. */
  genos_mesh_seal_set_silent (&seal, 1, 140 * S);
  genos_mesh_seal_changed (&seal, 150 * S);
  g_assert_cmpint (genos_mesh_seal_is_due (&seal, 152 * S), ==, GENOS_MESH_SEAL_CHANGE);
  genos_mesh_seal_done (&seal, GENOS_MESH_SEAL_CHANGE, 152 * S);
  g_assert_cmpint (genos_mesh_seal_is_due (&seal, 170 * S), ==, GENOS_MESH_SEAL_SHRINK);
  genos_mesh_seal_done (&seal, GENOS_MESH_SEAL_SHRINK, 170 * S);
  g_assert_cmpint (genos_mesh_seal_is_due (&seal, 300 * S), ==, GENOS_MESH_SEAL_NOT_DUE);
}

static void
test_grace (void)
{
  GenosMeshSeal seal;

  genos_mesh_seal_init (&seal, NULL, 0);
  g_assert_false (genos_mesh_seal_in_grace (&seal, 0));
  genos_mesh_seal_done (&seal, GENOS_MESH_SEAL_CHANGE, 10 * S);
  g_assert_true (genos_mesh_seal_in_grace (&seal, 15 * S - 1));
  g_assert_false (genos_mesh_seal_in_grace (&seal, 15 * S));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/mesh-seal/first", test_first);
  g_test_add_func ("/mesh/mesh-seal/quiet-and-cap", test_quiet_and_cap);
  g_test_add_func ("/mesh/mesh-seal/shrink", test_shrink);
  g_test_add_func ("/mesh/mesh-seal/grace", test_grace);
  return g_test_run ();
}
