/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/mesh/mesh-seen.h>

static const guint8 key[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

static void
test_keyed (void)
{
  static const guint8 other_key[16] = { 1 };
  g_autoptr (GenosMeshSeen) seen = genos_mesh_seen_new (key);
  g_autoptr (GenosMeshSeen) other = genos_mesh_seen_new (other_key);

  g_assert_cmpuint (genos_mesh_seen_hash (seen, "a"), ==, genos_mesh_seen_hash (seen, "a"));
  g_assert_cmpuint (genos_mesh_seen_hash (seen, "a"), !=, genos_mesh_seen_hash (seen, "b"));
  g_assert_cmpuint (genos_mesh_seen_hash (seen, "a"), !=, genos_mesh_seen_hash (other, "a"));
  g_assert_cmpuint (genos_mesh_seen_hash (seen, "a longer text"), !=,
      genos_mesh_seen_hash (seen, "a longer tex"));
}

/* The last 5000 are known, each of them, and none before. */
static void
test_window (void)
{
  g_autoptr (GenosMeshSeen) seen = genos_mesh_seen_new (key);
  const guint n = 3 * GENOS_MESH_SEEN_MAX;

  for (guint i = 0; i < n; i++) {
    g_autofree char *id = g_strdup_printf ("origin:%x:%u", i * 31, i);

    g_assert_true (genos_mesh_seen_add (seen, genos_mesh_seen_hash (seen, id)));
    g_assert_false (genos_mesh_seen_add (seen, genos_mesh_seen_hash (seen, id)));
  }
  g_assert_cmpuint (genos_mesh_seen_get_n (seen), ==, GENOS_MESH_SEEN_MAX);
  for (guint i = 0; i < n; i++) {
    g_autofree char *id = g_strdup_printf ("origin:%x:%u", i * 31, i);

    g_assert_cmpint (genos_mesh_seen_has (seen, genos_mesh_seen_hash (seen, id)), ==,
        i >= n - GENOS_MESH_SEEN_MAX);
  }
}

static void
test_timely (void)
{
  g_autoptr (GenosMeshSeen) seen = genos_mesh_seen_new (key);
  const guint64 now = 1700000000000;

  g_assert_true (genos_mesh_seen_is_timely (seen, "a", now, now));
  g_assert_true (genos_mesh_seen_is_timely (seen, "a", now - GENOS_MESH_SEEN_AGE_MS, now));
  g_assert_false (genos_mesh_seen_is_timely (seen, "a", now - GENOS_MESH_SEEN_AGE_MS - 1, now));
  /* Its clock may be wrong: it is compared with itself only. */
  g_assert_true (genos_mesh_seen_is_timely (seen, "b", 5, now));
  g_assert_true (genos_mesh_seen_is_timely (seen, "c", now * 2, now));
  g_assert_true (genos_mesh_seen_is_timely (seen, "c", now * 2 - 1, now));
  /* Said in its name to silence it. */
  g_assert_true (genos_mesh_seen_is_timely (seen, "a", now * 2, now));
  g_assert_true (genos_mesh_seen_is_timely (seen, "a", now + 1, now + 1));
  g_assert_true (genos_mesh_seen_is_timely (seen, "a", 2 * now, G_MAXUINT64 / 2));
}

static void
test_origins_bound (void)
{
  g_autoptr (GenosMeshSeen) seen = genos_mesh_seen_new (key);

  for (guint i = 0; i < 2 * GENOS_MESH_SEEN_ORIGINS; i++) {
    g_autofree char *origin = g_strdup_printf ("%u", i);

    g_assert_true (genos_mesh_seen_is_timely (seen, origin, 1000 * 1000, 1000 * 1000));
  }
  g_assert_false (genos_mesh_seen_is_timely (seen, "2000", 0, 1000 * 1000));
  g_assert_true (genos_mesh_seen_is_timely (seen, "3", 0, 1000 * 1000)); /* forgotten */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/mesh-seen/keyed", test_keyed);
  g_test_add_func ("/mesh/mesh-seen/window", test_window);
  g_test_add_func ("/mesh/mesh-seen/timely", test_timely);
  g_test_add_func ("/mesh/mesh-seen/origins-bound", test_origins_bound);
  return g_test_run ();
}
