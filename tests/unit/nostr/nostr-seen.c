/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-seen.h>

static const char *
nth_id (guint n)
{
  static char id[65];

  g_snprintf (id, sizeof id, "%064x", n);
  return id;
}

static void
test_forgets_the_oldest (void)
{
  g_autoptr (GenosNostrSeen) seen = genos_nostr_seen_new (3);

  for (guint i = 0; i < 3; i++)
    genos_nostr_seen_add (seen, nth_id (i));
  genos_nostr_seen_add (seen, nth_id (0));
  for (guint i = 0; i < 3; i++)
    g_assert_true (genos_nostr_seen_contains (seen, nth_id (i)));
  genos_nostr_seen_add (seen, nth_id (3));
  g_assert_false (genos_nostr_seen_contains (seen, nth_id (0)));
  g_assert_true (genos_nostr_seen_contains (seen, nth_id (1)));
  g_assert_true (genos_nostr_seen_contains (seen, nth_id (3)));
}

static void
test_stays_bounded (void)
{
  g_autoptr (GenosNostrSeen) seen = genos_nostr_seen_new (100);
  guint known = 0;

  for (guint i = 0; i < 10000; i++)
    genos_nostr_seen_add (seen, nth_id (i));
  for (guint i = 0; i < 10000; i++)
    known += genos_nostr_seen_contains (seen, nth_id (i));
  g_assert_cmpuint (known, ==, 100);
  g_assert_true (genos_nostr_seen_contains (seen, nth_id (9900)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nostr/nostr-seen/forgets-the-oldest", test_forgets_the_oldest);
  g_test_add_func ("/nostr/nostr-seen/stays-bounded", test_stays_bounded);
  return g_test_run ();
}
