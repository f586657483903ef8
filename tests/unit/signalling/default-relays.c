/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include <genos/signalling/default-relays.h>

static void
test_parse (void)
{
  g_auto (GStrv) relays = genos_relays_parse (" ws://a/, wss://b/x  wss://c,");

  g_assert_cmpuint (g_strv_length (relays), ==, 3);
  g_assert_cmpstr (relays[0], ==, "ws://a/");
  g_assert_cmpstr (relays[1], ==, "wss://b/x");
  g_assert_cmpstr (relays[2], ==, "wss://c");
}

static void
test_default (void)
{
  g_auto (GStrv) none = genos_relays_parse (NULL);
  g_auto (GStrv) empty = genos_relays_parse (" , ");

  g_assert_cmpuint (g_strv_length (none), ==, 22);
  g_assert_true (g_strv_equal ((const char *const *) none, (const char *const *) empty));
  for (guint i = 0; none[i] != NULL; i++)
    g_assert_true (g_str_has_prefix (none[i], "wss://"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signalling/default-relays/parse", test_parse);
  g_test_add_func ("/signalling/default-relays/default", test_default);
  return g_test_run ();
}
