/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-backoff.h>

static guint
longest (guint attempt)
{
  return genos_nostr_backoff_delay (
      attempt, GENOS_NOSTR_BACKOFF_FIRST_MS, GENOS_NOSTR_BACKOFF_CAP_MS, 1.0);
}

static void
test_doubles_to_the_cap (void)
{
  g_assert_cmpuint (longest (0), ==, 3300);
  g_assert_cmpuint (longest (1), ==, 6600);
  g_assert_cmpuint (longest (2), ==, 13200);
  g_assert_cmpuint (longest (3), ==, 26400);
  g_assert_cmpuint (longest (4), ==, 30000);
  g_assert_cmpuint (longest (G_MAXUINT), ==, 30000);
}

static void
test_jitter (void)
{
  g_assert_cmpuint (genos_nostr_backoff_delay (0, 3300, 30000, 0.0), ==, 2475);
  g_assert_cmpuint (genos_nostr_backoff_delay (9, 3300, 30000, 0.0), ==, 22500);
  g_assert_cmpuint (genos_nostr_backoff_delay (9, 3300, 30000, 0.5), ==, 26250);
  g_assert_cmpuint (genos_nostr_backoff_delay (9, 3300, 30000, 7.0), ==, 30000);
  g_assert_cmpuint (genos_nostr_backoff_delay (9, 3300, 30000, -7.0), ==, 22500);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nostr/nostr-backoff/doubles-to-the-cap", test_doubles_to_the_cap);
  g_test_add_func ("/nostr/nostr-backoff/jitter", test_jitter);
  return g_test_run ();
}
