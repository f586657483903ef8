/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/signalling/relay-reserve.h>

#include <string.h>

#define SECOND G_TIME_SPAN_SECOND

/* A second of a room: the health of the first relays and of the extra ones, as text of y and n. */
static guint
judge (GenosRelayReserve *reserve, gint64 now, const char *first, const char *extra, guint *n_left)
{
  g_autoptr (GPtrArray) leave = g_ptr_array_new_with_free_func (g_free);
  guint n;

  for (guint i = 0; first[i] != '\0'; i++)
    genos_relay_reserve_saw (reserve, "wss://first", first[i] == 'y', now);
  for (guint i = 0; extra[i] != '\0'; i++) {
    g_autofree char *url = g_strdup_printf ("wss://extra%u", i);

    if (genos_relay_reserve_is_extra (reserve, url))
      genos_relay_reserve_saw (reserve, url, extra[i] == 'y', now);
  }
  n = genos_relay_reserve_judge (reserve, now, leave);
  if (n_left != NULL)
    *n_left = leave->len;
  return n;
}

static GenosRelayReserve *
reserve_new (guint n_extra, gint64 now)
{
  GenosRelayReserve *self = genos_relay_reserve_new (&genos_relay_reserve_times, now);

  for (guint i = 0; i < n_extra; i++) {
    g_autofree char *url = g_strdup_printf ("wss://extra%u", i);

    genos_relay_reserve_added (self, url, now);
  }
  return self;
}

static void
test_patience (void)
{
  g_autoptr (GenosRelayReserve) reserve = reserve_new (0, 0);

  for (guint second = 0; second < 10; second++)
    g_assert_cmpuint (judge (reserve, second * SECOND, "ynn", "", NULL), ==, 0);
  g_assert_cmpuint (judge (reserve, 10 * SECOND, "ynn", "", NULL), ==, 3);
}

static void
test_enough (void)
{
  g_autoptr (GenosRelayReserve) reserve = reserve_new (0, 0);

  for (guint second = 0; second < 100; second++)
    g_assert_cmpuint (judge (reserve, second * SECOND, "yyyn", "", NULL), ==, 0);
}

/* The wait begins anew whenever there were enough. */
static void
test_short_lapse (void)
{
  g_autoptr (GenosRelayReserve) reserve = reserve_new (0, 0);

  g_assert_cmpuint (judge (reserve, 9 * SECOND, "yy", "", NULL), ==, 0);
  g_assert_cmpuint (judge (reserve, 10 * SECOND, "yyy", "", NULL), ==, 0);
  g_assert_cmpuint (judge (reserve, 11 * SECOND, "yy", "", NULL), ==, 0);
  g_assert_cmpuint (judge (reserve, 20 * SECOND, "yy", "", NULL), ==, 0);
  g_assert_cmpuint (judge (reserve, 21 * SECOND, "yy", "", NULL), ==, 2);
}

static void
test_extras_count (void)
{
  g_autoptr (GenosRelayReserve) reserve = reserve_new (2, 0);

  for (guint second = 0; second < 100; second++)
    g_assert_cmpuint (judge (reserve, second * SECOND, "y", "yy", NULL), ==, 0);
}

static void
test_bound (void)
{
  g_autoptr (GenosRelayReserve) reserve = reserve_new (GENOS_RELAY_MAX_EXTRA - 1, 0);

  g_assert_cmpuint (judge (reserve, 10 * SECOND, "", "nnnnnnn", NULL), ==, 1);
}

static void
test_dead_extra_is_left_and_avoided (void)
{
  g_autoptr (GenosRelayReserve) reserve = reserve_new (1, 0);
  guint n_left;

  judge (reserve, 19 * SECOND, "", "n", &n_left);
  g_assert_cmpuint (n_left, ==, 0);
  judge (reserve, 20 * SECOND, "", "n", &n_left);
  g_assert_cmpuint (n_left, ==, 1);
  g_assert_cmpuint (genos_relay_reserve_get_n_extra (reserve), ==, 0);
  g_assert_true (genos_relay_reserve_avoids (reserve, "wss://extra0", 21 * SECOND));
  g_assert_false (genos_relay_reserve_avoids (reserve, "wss://other", 21 * SECOND));
  judge (reserve, 3600 * SECOND, "", "", NULL);
  g_assert_false (genos_relay_reserve_avoids (reserve, "wss://extra0", 3600 * SECOND));
}

static void
test_extra_recovers (void)
{
  g_autoptr (GenosRelayReserve) reserve = reserve_new (1, 0);
  guint n_left;

  judge (reserve, 10 * SECOND, "", "y", &n_left);
  judge (reserve, 40 * SECOND, "", "n", &n_left);
  judge (reserve, 59 * SECOND, "", "n", &n_left);
  g_assert_cmpuint (n_left, ==, 0);
  judge (reserve, 60 * SECOND, "", "n", &n_left);
  g_assert_cmpuint (n_left, ==, 1);
}

/* Once the first ones have been enough for ten minutes, the others are left without a grudge. */
static void
test_calm (void)
{
  g_autoptr (GenosRelayReserve) reserve = reserve_new (2, 0);
  guint n_left;

  judge (reserve, 1 * SECOND, "yyy", "yy", &n_left);
  judge (reserve, 600 * SECOND, "yyy", "yy", &n_left);
  g_assert_cmpuint (n_left, ==, 0);
  judge (reserve, 601 * SECOND, "yyy", "yy", &n_left);
  g_assert_cmpuint (n_left, ==, 2);
  g_assert_false (genos_relay_reserve_avoids (reserve, "wss://extra0", 602 * SECOND));
}

/* What more than is needed has been healthy for ten minutes is left; which, is not for us to say. */
static void
test_surplus (void)
{
  g_autoptr (GenosRelayReserve) reserve = reserve_new (6, 0);

  judge (reserve, 1 * SECOND, "n", "yyyyyn", NULL);
  g_assert_cmpuint (genos_relay_reserve_get_surplus (reserve, 1 * SECOND), ==, 0);
  judge (reserve, 15 * SECOND, "n", "yyyyyy", NULL);
  g_assert_cmpuint (genos_relay_reserve_get_surplus (reserve, 600 * SECOND), ==, 0);
  g_assert_cmpuint (genos_relay_reserve_get_surplus (reserve, 601 * SECOND), ==, 2);
  genos_relay_reserve_left (reserve, "wss://extra5");
  genos_relay_reserve_left (reserve, "wss://extra4");
  g_assert_false (genos_relay_reserve_avoids (reserve, "wss://extra5", 601 * SECOND));
  judge (reserve, 602 * SECOND, "n", "yyyy", NULL);
  g_assert_cmpuint (genos_relay_reserve_get_surplus (reserve, 1300 * SECOND), ==, 0);
}

/* A first relay that works makes extra ones superfluous; one that fails again, before they are left, does not. */
static void
test_surplus_lapses (void)
{
  g_autoptr (GenosRelayReserve) reserve = reserve_new (4, 0);

  judge (reserve, 1 * SECOND, "n", "yyyy", NULL);
  judge (reserve, 2 * SECOND, "y", "yyyy", NULL);
  judge (reserve, 500 * SECOND, "n", "yyyy", NULL);
  judge (reserve, 501 * SECOND, "y", "yyyy", NULL);
  g_assert_cmpuint (genos_relay_reserve_get_surplus (reserve, 1100 * SECOND), ==, 0);
  g_assert_cmpuint (genos_relay_reserve_get_surplus (reserve, 1101 * SECOND), ==, 1);
}

static void
test_extras (void)
{
  g_autoptr (GenosRelayReserve) reserve = reserve_new (2, 0);
  g_auto (GStrv) extras = genos_relay_reserve_dup_extras (reserve);

  g_assert_cmpuint (g_strv_length (extras), ==, 2);
  g_assert_false (genos_relay_reserve_is_well (reserve, "wss://extra0"));
  judge (reserve, 1 * SECOND, "", "yn", NULL);
  g_assert_true (genos_relay_reserve_is_well (reserve, "wss://extra0"));
  g_assert_false (genos_relay_reserve_is_well (reserve, "wss://extra1"));
  g_assert_false (genos_relay_reserve_is_well (reserve, "wss://first"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signalling/relay-reserve/patience", test_patience);
  g_test_add_func ("/signalling/relay-reserve/enough", test_enough);
  g_test_add_func ("/signalling/relay-reserve/short-lapse", test_short_lapse);
  g_test_add_func ("/signalling/relay-reserve/extras-count", test_extras_count);
  g_test_add_func ("/signalling/relay-reserve/bound", test_bound);
  g_test_add_func ("/signalling/relay-reserve/dead-extra", test_dead_extra_is_left_and_avoided);
  g_test_add_func ("/signalling/relay-reserve/extra-recovers", test_extra_recovers);
  g_test_add_func ("/signalling/relay-reserve/calm", test_calm);
  g_test_add_func ("/signalling/relay-reserve/surplus", test_surplus);
  g_test_add_func ("/signalling/relay-reserve/surplus-lapses", test_surplus_lapses);
  g_test_add_func ("/signalling/relay-reserve/extras", test_extras);
  return g_test_run ();
}
