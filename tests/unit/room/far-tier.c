/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/far/far-tier.h>

static void
test_there_and_back (void)
{
  static const char *const tracks[] = { "picture", "1", "ä", "ÿ2", "" };

  for (guint i = 0; i < G_N_ELEMENTS (tracks); i++)
    for (guint tier = 0; tier < 4; tier++) {
      g_autofree char *name = genos_far_tier_name_new (tracks[i], tier);
      g_autofree char *track = NULL;

      g_assert_cmpuint (genos_far_tier_name_split (name, &track), ==, tier);
      g_assert_cmpstr (track, ==, tracks[i]);
      /* No id of a list can be one. */
      g_assert_true (g_utf8_validate (name, -1, NULL) == (tier == 0));
    }
}

static void
test_no_tier (void)
{
  static const char *const names[] = { "", "1", "\xff",
    "\xff"
    "x",
    "a\xff" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *track = NULL;

    g_assert_cmpuint (genos_far_tier_name_split (names[i], &track), ==, 0);
    g_assert_cmpstr (track, ==, names[i]);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/room/far-tier/there-and-back", test_there_and_back);
  g_test_add_func ("/room/far-tier/no-tier", test_no_tier);
  return g_test_run ();
}
