/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include <genos/base/error.h>
#include <genos/signalling/path-watch.h>

static void
test_complaint (void)
{
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
test_open_is_silent (void)
{
  const gint64 end = G_TIME_SPAN_DAY;
  g_autoptr (GenosPathWatch) watch = genos_path_watch_new (0);
  g_autoptr (GError) error = NULL;

  genos_path_watch_opened (watch, "ws://one/", 0);
  genos_path_watch_opened (watch, "ws://two/", 0);
  genos_path_watch_closed (watch, "ws://one/", NULL, 100);
  g_assert_cmpuint (genos_path_watch_get_n_open (watch), ==, 1);
  g_assert_null (genos_path_watch_complain (watch, end));

  genos_path_watch_closed (watch, "ws://two/", NULL, end);
  g_assert_null (genos_path_watch_complain (watch, end));
  error = genos_path_watch_complain (watch, end + GENOS_NO_PATH_FIRST);
  g_assert_nonnull (error);
}

/* Opened and closed at once, again and again: that is no relay that can be reached. */
static void
test_flapping (void)
{
  g_autoptr (GenosPathWatch) watch = genos_path_watch_new (0);
  g_autoptr (GError) error = NULL;
  guint complaints = 0;

  for (gint64 now = 0; now < 60 * G_TIME_SPAN_SECOND; now += G_TIME_SPAN_SECOND) {
    g_clear_error (&error);
    genos_path_watch_opened (watch, "ws://one/", now);
    g_assert_null (genos_path_watch_complain (watch, now));
    genos_path_watch_closed (watch, "ws://one/", "go away", now);
    error = genos_path_watch_complain (watch, now);
    if (error != NULL) {
      complaints++;
      g_assert_nonnull (strstr (error->message, "go away"));
    }
  }
  g_assert_cmpuint (complaints, ==, 1);
}

static void
test_says_too_much (void)
{
  g_autoptr (GenosPathWatch) watch = genos_path_watch_new (0);
  guint passed = 0;

  for (guint i = 0; i < 1000; i++)
    passed += genos_path_watch_said (watch, "ws://one/", i);
  g_assert_cmpuint (passed, ==, GENOS_PATH_SAYS_BURST);
  g_assert_true (genos_path_watch_said (watch, "ws://two/", 0));
  g_assert_true (genos_path_watch_said (watch, "ws://one/", GENOS_PATH_SAYS_INTERVAL + 1000));
  g_assert_false (genos_path_watch_said (watch, "ws://one/", GENOS_PATH_SAYS_INTERVAL + 1000));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signalling/path-watch/complaint", test_complaint);
  g_test_add_func ("/signalling/path-watch/open-is-silent", test_open_is_silent);
  g_test_add_func ("/signalling/path-watch/flapping", test_flapping);
  g_test_add_func ("/signalling/path-watch/says-too-much", test_says_too_much);
  return g_test_run ();
}
