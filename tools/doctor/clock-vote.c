/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "clock-vote.h"

static int
compare_offsets (gconstpointer a, gconstpointer b)
{
  gint64 one = *(const gint64 *) a, other = *(const gint64 *) b;

  return one < other ? -1 : one > other;
}

/* In sorted votes: how many from @first on lie within the agreement. */
static guint
count_from (GArray *votes, guint first)
{
  guint n = 0;

  while (first + n < votes->len
      && g_array_index (votes, gint64, first + n) - g_array_index (votes, gint64, first)
          <= CLOCK_AGREEMENT_MS)
    n++;
  return n;
}

void
clock_vote_count (ClockVote *self, const gint64 *offsets_ms, guint n)
{
  g_autoptr (GArray) votes = g_array_new (FALSE, FALSE, sizeof (gint64));
  guint first = 0;
  gint64 distance;

  *self = (ClockVote){ 0 };
  if (n == 0)
    return;
  g_array_append_vals (votes, offsets_ms, n);
  g_array_sort (votes, compare_offsets);
  for (guint i = 0; i < votes->len; i++) {
    guint n_here = count_from (votes, i);

    if (n_here > self->n_agreeing) {
      self->n_agreeing = n_here;
      first = i;
    }
  }
  self->offset_ms = g_array_index (votes, gint64, first + self->n_agreeing / 2);
  distance = ABS (self->offset_ms);
  if (distance >= CLOCK_WRONG_MS && self->n_agreeing > 1)
    self->verdict = CLOCK_WRONG;
  else if (distance >= CLOCK_OFF_MS)
    self->verdict = CLOCK_OFF;
}
