/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "clock-vote.h"

typedef struct {
  gint64 offsets[6];
  guint n;
  guint n_agreeing;
  gint64 offset;
  ClockVerdict verdict;
} Case;

static const Case cases[] = {
  { { 0 }, 0, 0, 0, CLOCK_RIGHT },
  { { 400 }, 1, 1, 400, CLOCK_RIGHT },
  { { 400, -300, 900 }, 3, 3, 400, CLOCK_RIGHT },
  /* ours is off, as three of four say */
  { { 5200, 0, 4800, 5000 }, 4, 3, 5000, CLOCK_OFF },
  { { -70000, -70500, -69800 }, 3, 3, -70000, CLOCK_WRONG },
  /* a relay alone may be wrong itself */
  { { 3600000 }, 1, 1, 3600000, CLOCK_OFF },
  { { 3600000, 100, 200 }, 3, 2, 200, CLOCK_RIGHT },
  { { G_MININT64 / 4, G_MAXINT64 / 4, 0 }, 3, 1, G_MININT64 / 4, CLOCK_OFF },
  /* around the bounds */
  { { CLOCK_OFF_MS - 1 }, 1, 1, CLOCK_OFF_MS - 1, CLOCK_RIGHT },
  { { CLOCK_OFF_MS }, 1, 1, CLOCK_OFF_MS, CLOCK_OFF },
  { { CLOCK_WRONG_MS - 1, CLOCK_WRONG_MS - 1 }, 2, 2, CLOCK_WRONG_MS - 1, CLOCK_OFF },
  { { CLOCK_WRONG_MS, CLOCK_WRONG_MS }, 2, 2, CLOCK_WRONG_MS, CLOCK_WRONG },
  { { 0, CLOCK_AGREEMENT_MS }, 2, 2, CLOCK_AGREEMENT_MS, CLOCK_RIGHT },
  { { 0, CLOCK_AGREEMENT_MS + 1 }, 2, 1, 0, CLOCK_RIGHT },
};

static void
test_count (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    ClockVote vote;

    g_test_message ("case %u", i);
    clock_vote_count (&vote, cases[i].offsets, cases[i].n);
    g_assert_cmpuint (vote.n_agreeing, ==, cases[i].n_agreeing);
    g_assert_cmpint (vote.offset_ms, ==, cases[i].offset);
    g_assert_cmpint (vote.verdict, ==, cases[i].verdict);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tools/clock-vote/count", test_count);
  return g_test_run ();
}
