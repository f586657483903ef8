/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/fixed-rate.h>

#define SECOND G_TIME_SPAN_SECOND

/* 25 pictures a second of 1000 bytes, a key frame of 5000 every two seconds; how often it was time to choose. */
static guint
film (GenosFixedRate *rate, GenosTierLadder *ladder, gint64 *now, guint seconds, gboolean keys)
{
  guint n_due = 0;

  for (guint i = 0; i < seconds * 25; i++) {
    gboolean key = keys && i % 50 == 0;

    *now += SECOND / 25;
    n_due += genos_fixed_rate_take (rate, *now / 10, key, key ? 5000 : 1000, ladder, *now);
  }
  return n_due;
}

/* With nothing beside it, all of it or its key frames. */
static void
test_alone (void)
{
  GenosFixedRate rate = { 0 };
  GenosTierLadder ladder;
  gint64 now = SECOND;
  guint n_due = film (&rate, &ladder, &now, 10, TRUE);

  g_assert_cmpuint (n_due, >=, 40);
  g_assert_cmpuint (n_due, <=, 50);
  g_assert_cmpuint (ladder.n, ==, 2);
  g_assert_true (ladder.keys && ladder.thin && ladder.jumps);
  g_assert_cmpuint (ladder.least[0], >, 120000);
  g_assert_cmpuint (ladder.least[0], <, 220000);
  g_assert_cmpuint (ladder.least[1], ==, 20000);
}

/* With tiers beside it there are these, and none needs more than it. */
static void
test_tiers (void)
{
  GenosFixedRate rate = { .lower = { 3, { 0, 9000000, 30000 }, .thin = TRUE, .absent = 1 << 1 } };
  GenosTierLadder ladder;
  gint64 now = SECOND;

  film (&rate, &ladder, &now, 10, TRUE);
  g_assert_cmpuint (ladder.n, ==, 3);
  g_assert_true (!ladder.keys && ladder.thin && ladder.jumps);
  g_assert_cmpuint (ladder.absent, ==, 1 << 1);
  g_assert_cmpuint (ladder.least[0], >, 120000);
  g_assert_cmpuint (ladder.least[1], ==, ladder.least[0]);
  g_assert_cmpuint (ladder.least[2], ==, 30000);
}

static void
test_asks_for_keys (void)
{
  GenosFixedRate rate = { 0 };
  GenosTierLadder ladder;
  gint64 now = 10 * SECOND;

  film (&rate, &ladder, &now, 2, TRUE);
  g_assert_false (genos_fixed_rate_is_key_due (&rate, now));
  film (&rate, &ladder, &now, 4, FALSE);
  g_assert_true (genos_fixed_rate_is_key_due (&rate, now));
  g_assert_false (genos_fixed_rate_is_key_due (&rate, now + 4 * SECOND));
  g_assert_true (genos_fixed_rate_is_key_due (&rate, now + 6 * SECOND));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/fixed-rate/alone", test_alone);
  g_test_add_func ("/media/fixed-rate/tiers", test_tiers);
  g_test_add_func ("/media/fixed-rate/asks-for-keys", test_asks_for_keys);
  return g_test_run ();
}
