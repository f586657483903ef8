/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/signalling/presence.h>

static void
test_seen_and_lost (void)
{
  g_autoptr (GenosPresence) presence = genos_presence_new ();

  g_assert_true (genos_presence_seen (presence, "a", "native", 0));
  g_assert_false (genos_presence_seen (presence, "a", NULL, 1));
  g_assert_cmpstr (genos_presence_get_kind (presence, "a"), ==, "native");
  genos_presence_seen (presence, "a", "superpeer", 2);
  g_assert_cmpstr (genos_presence_get_kind (presence, "a"), ==, "superpeer");
  g_assert_true (genos_presence_lost (presence, "a"));
  g_assert_false (genos_presence_lost (presence, "a"));
  g_assert_null (genos_presence_get_kind (presence, "a"));
}

static void
test_expire (void)
{
  g_autoptr (GenosPresence) presence = genos_presence_new ();
  g_autofree char *lost = NULL;

  genos_presence_seen (presence, "a", NULL, 0);
  genos_presence_seen (presence, "b", NULL, 10);
  g_assert_null (genos_presence_expire (presence, GENOS_PRESENCE_TIMEOUT - 1));
  lost = genos_presence_expire (presence, GENOS_PRESENCE_TIMEOUT);
  g_assert_cmpstr (lost, ==, "a");
  g_assert_null (genos_presence_expire (presence, GENOS_PRESENCE_TIMEOUT));
  g_assert_cmpuint (genos_presence_get_n (presence), ==, 1);
}

static void
test_bound (void)
{
  g_autoptr (GenosPresence) presence = genos_presence_new ();

  for (guint i = 0; i < 2 * GENOS_PRESENCE_MAX; i++) {
    g_autofree char *id = g_strdup_printf ("%u", i);

    genos_presence_seen (presence, id, NULL, 0);
  }
  g_assert_cmpuint (genos_presence_get_n (presence), ==, GENOS_PRESENCE_MAX);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signalling/presence/seen-and-lost", test_seen_and_lost);
  g_test_add_func ("/signalling/presence/expire", test_expire);
  g_test_add_func ("/signalling/presence/bound", test_bound);
  return g_test_run ();
}
