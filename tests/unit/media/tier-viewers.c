/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/tier-viewers.h>

#define NOW (1000 * G_TIME_SPAN_SECOND)
#define LONG_AGO (NOW - 60 * G_TIME_SPAN_SECOND)
#define MOST 4000000

static void
check (GenosTierViewer *viewers, guint n, guint usual, guint rate)
{
  GenosTierShare share = genos_tier_viewers_judge (viewers, n, MOST, NOW);

  g_assert_cmpuint (share.n, ==, n);
  g_assert_cmpuint (share.usual, ==, usual);
  g_assert_cmpuint (share.rate, ==, rate);
}

static void
test_nobody (void)
{
  check (NULL, 0, 0, G_MAXUINT);
}

static void
test_alone (void)
{
  GenosTierViewer one = { 2000000, LONG_AGO };

  check (&one, 1, 2000000, 2000000);
  one.rate = G_MAXUINT;
  check (&one, 1, MOST, G_MAXUINT);
}

/* One that is far behind is nothing to the others; one that is a little, is. */
static void
test_one_slow (void)
{
  GenosTierViewer viewers[] = { { G_MAXUINT, LONG_AGO }, { 2500000, LONG_AGO },
    { 4500000, LONG_AGO }, { G_MAXUINT, LONG_AGO } };

  check (viewers, 4, MOST, 4500000);
  g_assert_cmpuint (viewers[3].rate, ==, 2500000);
  viewers[3].rate = 3600000;
  check (viewers, 4, MOST, 3600000);
  /* The other of two. */
  viewers[1].rate = 2500000;
  check (viewers, 2, MOST, G_MAXUINT);
}

/* More than it can have at all is no reason to be behind. */
static void
test_more_than_needed (void)
{
  GenosTierViewer viewers[] = { { G_MAXUINT, LONG_AGO }, { 40000000, LONG_AGO },
    { MOST, LONG_AGO } };

  check (viewers, 3, MOST, MOST);
}

static void
test_all_slow (void)
{
  GenosTierViewer viewers[] = { { 2400000, LONG_AGO }, { 2500000, LONG_AGO }, { 2600000, LONG_AGO },
    { G_MAXUINT, LONG_AGO } };

  check (viewers, 4, 2600000, 2400000);
}

/* Of somebody who has just come nothing is known: it neither makes the others slow ones … */
static void
test_newcomer (void)
{
  GenosTierViewer viewers[] = { { G_MAXUINT, NOW - G_TIME_SPAN_SECOND }, { 2000000, LONG_AGO } };

  check (viewers, 2, 2000000, 2000000);
  viewers[0].since = 0;
  check (viewers, 2, 2000000, 2000000);
}

/* … nor slows them down. */
static void
test_slow_newcomer (void)
{
  GenosTierViewer viewers[] = { { 500000, NOW - G_TIME_SPAN_SECOND }, { G_MAXUINT, LONG_AGO } };

  check (viewers, 2, MOST, G_MAXUINT);
}

/* Until anything is known they all count. */
static void
test_beginning (void)
{
  GenosTierViewer viewers[] = { { 500000, NOW }, { G_MAXUINT, NOW } };

  check (viewers, 2, 0, 500000);
}

static void
test_no_choice (void)
{
  GenosTierViewer viewers[] = { { 500000, LONG_AGO }, { G_MAXUINT, LONG_AGO } };
  GenosTierShare share = genos_tier_viewers_judge (viewers, 2, 0, NOW);

  g_assert_cmpuint (share.usual, ==, 0);
  g_assert_cmpuint (share.rate, ==, 500000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/tier-viewers/nobody", test_nobody);
  g_test_add_func ("/media/tier-viewers/alone", test_alone);
  g_test_add_func ("/media/tier-viewers/one-slow", test_one_slow);
  g_test_add_func ("/media/tier-viewers/more-than-needed", test_more_than_needed);
  g_test_add_func ("/media/tier-viewers/all-slow", test_all_slow);
  g_test_add_func ("/media/tier-viewers/newcomer", test_newcomer);
  g_test_add_func ("/media/tier-viewers/slow-newcomer", test_slow_newcomer);
  g_test_add_func ("/media/tier-viewers/beginning", test_beginning);
  g_test_add_func ("/media/tier-viewers/no-choice", test_no_choice);
  return g_test_run ();
}
