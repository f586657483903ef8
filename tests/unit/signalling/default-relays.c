/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/signalling/default-relays.h>

#include <genos/nostr/nostr-url.h>

static void
test_parse (void)
{
  g_auto (GStrv) relays = genos_relays_parse (" ws://a/, wss://b/x  wss://c,");
  g_auto (GStrv) none = genos_relays_parse (NULL);
  g_auto (GStrv) empty = genos_relays_parse (" , ");

  g_assert_cmpuint (g_strv_length (relays), ==, 3);
  g_assert_cmpstr (relays[0], ==, "ws://a/");
  g_assert_cmpstr (relays[1], ==, "wss://b/x");
  g_assert_cmpstr (relays[2], ==, "wss://c");
  g_assert_cmpuint (g_strv_length (none), ==, 0);
  g_assert_cmpuint (g_strv_length (empty), ==, 0);
}

static void
check_first (const char *text, const char *environment, const char *first)
{
  gboolean named = FALSE;
  g_auto (GStrv) relays = genos_relays_choose (text, environment, &named);

  g_assert_cmpstr (relays[0], ==, first);
  g_assert_true (named);
}

static void
test_choose (void)
{
  check_first ("ws://a", "ws://b", "ws://a");
  check_first (" ,", "ws://b", "ws://b");
  check_first (NULL, "ws://b,ws://c", "ws://b");
  check_first ("ws://a", NULL, "ws://a");
}

/* Whatever list the build brings. */
static void
test_built_in (void)
{
  gboolean named = TRUE;
  g_auto (GStrv) relays = genos_relays_choose (NULL, "", &named);

  g_assert_false (named);
  g_assert_nonnull (relays[0]);
  for (guint i = 0; relays[i] != NULL; i++) {
    g_autofree char *normal = genos_nostr_url_normalize (relays[i]);

    g_assert_cmpstr (normal, ==, relays[i]);
  }
}

static void
test_list (void)
{
  g_assert_cmpstr (genos_relays_choose_list ("https://x", TRUE), ==, "https://x");
  g_assert_cmpstr (genos_relays_choose_list ("https://x", FALSE), ==, "https://x");
  g_assert_null (genos_relays_choose_list ("", FALSE));
  g_assert_null (genos_relays_choose_list ("none", FALSE));
  g_assert_null (genos_relays_choose_list ("auto", TRUE));
  g_assert_null (genos_relays_choose_list (NULL, TRUE));
  g_assert_cmpstr (
      genos_relays_choose_list ("auto", FALSE), ==, genos_relays_choose_list (NULL, FALSE));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signalling/default-relays/parse", test_parse);
  g_test_add_func ("/signalling/default-relays/choose", test_choose);
  g_test_add_func ("/signalling/default-relays/built-in", test_built_in);
  g_test_add_func ("/signalling/default-relays/list", test_list);
  return g_test_run ();
}
