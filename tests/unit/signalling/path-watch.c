/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include <genos/base/error.h>
#include <genos/signalling/path-watch.h>

static void
test_complaint (void) {
  g_autoptr (GenosPathWatch) watch = genos_path_watch_new (0);
  g_autoptr (GError) error = NULL;

  g_assert_null (genos_path_watch_complain (watch, GENOS_NO_PATH_FIRST - 1));
  genos_path_watch_closed (watch, "ws://dead/", "connection refused", 1);
  error = genos_path_watch_complain (watch, GENOS_NO_PATH_FIRST);
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (error->message, "ws://dead/: connection refused"));
  g_assert_null (genos_path_watch_complain (watch, GENOS_NO_PATH_FIRST + 1));
  g_clear_error (&error);
  error = genos_path_watch_complain (watch, GENOS_NO_PATH_FIRST + GENOS_NO_PATH_AGAIN);
  g_assert_nonnull (error);
}

static void
test_open_is_silent (void) {
  g_autoptr (GenosPathWatch) watch = genos_path_watch_new (0);
  g_autoptr (GError) error = NULL;

  genos_path_watch_opened (watch, "ws://one/");
  genos_path_watch_opened (watch, "ws://two/");
  genos_path_watch_closed (watch, "ws://one/", NULL, 100);
  g_assert_cmpuint (genos_path_watch_get_n_open (watch), ==, 1);
  g_assert_null (genos_path_watch_complain (watch, G_MAXINT64 - 1));

  genos_path_watch_closed (watch, "ws://two/", NULL, 1000);
  g_assert_null (genos_path_watch_complain (watch, 1000));
  error = genos_path_watch_complain (watch, 1000 + GENOS_NO_PATH_FIRST);
  g_assert_nonnull (error);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signalling/path-watch/complaint", test_complaint);
  g_test_add_func ("/signalling/path-watch/open-is-silent", test_open_is_silent);
  return g_test_run ();
}
