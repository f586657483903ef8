/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/signalling/open-paths.h>

static void
test_choose (void)
{
  g_autoptr (GenosOpenPaths) paths = genos_open_paths_new ();

  g_assert_null (genos_open_paths_choose (paths, "a"));
  g_assert_null (genos_open_paths_choose (paths, NULL));
  genos_open_paths_opened (paths, "a");
  genos_open_paths_opened (paths, "b");
  g_assert_cmpstr (genos_open_paths_choose (paths, "b"), ==, "b");
  g_assert_cmpstr (genos_open_paths_choose (paths, "c"), ==, "a");
  g_assert_cmpstr (genos_open_paths_choose (paths, NULL), ==, "a");
  genos_open_paths_closed (paths, "a");
  g_assert_cmpstr (genos_open_paths_choose (paths, "a"), ==, "b");
}

static void
test_has (void)
{
  g_autoptr (GenosOpenPaths) paths = genos_open_paths_new ();

  g_assert_false (genos_open_paths_has (paths, NULL));
  genos_open_paths_opened (paths, "a");
  /* Told twice, open once. */
  genos_open_paths_opened (paths, "a");
  g_assert_true (genos_open_paths_has (paths, "a"));
  g_assert_false (genos_open_paths_has (paths, NULL));
  genos_open_paths_closed (paths, "a");
  genos_open_paths_closed (paths, "a");
  g_assert_false (genos_open_paths_has (paths, "a"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signalling/open-paths/choose", test_choose);
  g_test_add_func ("/signalling/open-paths/has", test_has);
  return g_test_run ();
}
