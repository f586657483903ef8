/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-pace.h>

#define START (50 * G_USEC_PER_SEC)

static void
test_no_complaint (void)
{
  GenosNostrPace pace = { 0 };

  for (guint i = 0; i < 100; i++) {
    g_assert_true (genos_nostr_pace_may_announce (&pace, START));
    g_assert_cmpint (genos_nostr_pace_get_delay (&pace, START), ==, 0);
    genos_nostr_pace_sent (&pace, TRUE, START);
  }
  g_assert_cmpuint (genos_nostr_pace_get_interval_ms (&pace, START), ==, 0);
}

static void
test_doubles (void)
{
  GenosNostrPace pace = { 0 };
  gint64 now = START;

  genos_nostr_pace_sent (&pace, TRUE, now);
  genos_nostr_pace_complained (&pace, now);
  g_assert_cmpuint (genos_nostr_pace_get_interval_ms (&pace, now), ==, 5000);
  g_assert_false (genos_nostr_pace_may_announce (&pace, now + 4999 * 1000));
  g_assert_true (genos_nostr_pace_may_announce (&pace, now + 5000 * 1000));
  for (guint i = 0; i < 10; i++) {
    now += 5 * G_USEC_PER_SEC;
    genos_nostr_pace_complained (&pace, now);
  }
  g_assert_cmpuint (genos_nostr_pace_get_interval_ms (&pace, now), ==, 40000);
}

/* A burst of complaints is one. */
static void
test_burst (void)
{
  GenosNostrPace pace = { 0 };

  genos_nostr_pace_sent (&pace, TRUE, START);
  for (guint i = 0; i < 50; i++)
    genos_nostr_pace_complained (&pace, START + i);
  g_assert_cmpuint (genos_nostr_pace_get_interval_ms (&pace, START + 50), ==, 5000);
}

/* Offers are spaced, and do not wait for the announces' pause. */
static void
test_spacing (void)
{
  GenosNostrPace pace = { 0 };

  genos_nostr_pace_sent (&pace, TRUE, START);
  genos_nostr_pace_complained (&pace, START);
  g_assert_cmpint (genos_nostr_pace_get_delay (&pace, START), ==, 500 * 1000);
  g_assert_cmpint (genos_nostr_pace_get_delay (&pace, START + 500 * 1000), ==, 0);
  genos_nostr_pace_sent (&pace, FALSE, START + 500 * 1000);
  g_assert_cmpint (genos_nostr_pace_get_delay (&pace, START + 600 * 1000), ==, 400 * 1000);
  g_assert_false (genos_nostr_pace_may_announce (&pace, START + 4 * G_USEC_PER_SEC));
  g_assert_true (genos_nostr_pace_may_announce (&pace, START + 5 * G_USEC_PER_SEC));
}

/* Without a first announce there is nothing to space it from. */
static void
test_first_announce (void)
{
  GenosNostrPace pace = { 0 };

  genos_nostr_pace_complained (&pace, START);
  g_assert_true (genos_nostr_pace_may_announce (&pace, START));
  genos_nostr_pace_sent (&pace, FALSE, START);
  g_assert_true (genos_nostr_pace_may_announce (&pace, START));
}

static void
test_recovers (void)
{
  GenosNostrPace pace = { 0 };
  gint64 now = START;

  for (guint i = 0; i < 3; i++, now += 5 * G_USEC_PER_SEC)
    genos_nostr_pace_complained (&pace, now);
  g_assert_cmpuint (genos_nostr_pace_get_interval_ms (&pace, now), ==, 20000);
  now += GENOS_NOSTR_PACE_RECOVERY;
  g_assert_cmpuint (genos_nostr_pace_get_interval_ms (&pace, now), ==, 10000);
  now += GENOS_NOSTR_PACE_RECOVERY;
  g_assert_cmpuint (genos_nostr_pace_get_interval_ms (&pace, now), ==, 5000);
  now += GENOS_NOSTR_PACE_RECOVERY;
  g_assert_cmpuint (genos_nostr_pace_get_interval_ms (&pace, now), ==, 0);
  g_assert_true (genos_nostr_pace_may_announce (&pace, now));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nostr/nostr-pace/no-complaint", test_no_complaint);
  g_test_add_func ("/nostr/nostr-pace/doubles", test_doubles);
  g_test_add_func ("/nostr/nostr-pace/burst", test_burst);
  g_test_add_func ("/nostr/nostr-pace/spacing", test_spacing);
  g_test_add_func ("/nostr/nostr-pace/first-announce", test_first_announce);
  g_test_add_func ("/nostr/nostr-pace/recovers", test_recovers);
  return g_test_run ();
}
