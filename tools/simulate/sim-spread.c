/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sim-spread.h"

void
sim_tally_init (SimTally *self)
{
  *self = (SimTally){ .counts = g_array_new (FALSE, TRUE, sizeof (guint64)) };
}

void
sim_tally_clear (SimTally *self)
{
  g_clear_pointer (&self->counts, g_array_unref);
}

void
sim_tally_add (SimTally *self, guint64 value)
{
  guint at = (guint) MIN (value, SIM_TALLY_MAX);

  if (at >= self->counts->len)
    g_array_set_size (self->counts, at + 1);
  g_array_index (self->counts, guint64, at)++;
  self->n++;
  self->sum += value;
  self->worst = MAX (self->worst, value);
}

/* The least value that is not below the share @q of them. */
static guint
find_quantile (const SimTally *self, double q)
{
  guint64 below = 0;

  for (guint i = 0; i < self->counts->len; i++) {
    below += g_array_index (self->counts, guint64, i);
    if (below >= q * self->n)
      return i;
  }
  return 0;
}

SimSpread
sim_tally_get (const SimTally *self)
{
  if (self->n == 0)
    return (SimSpread){ 0 };
  return (SimSpread){
    .mean = (double) self->sum / self->n,
    .median = find_quantile (self, 0.5),
    .p99 = find_quantile (self, 0.99),
    .worst = self->worst,
  };
}

SimSpread
sim_spread_scale (SimSpread spread, double by)
{
  return (SimSpread){ spread.mean / by, spread.median / by, spread.p99 / by, spread.worst / by };
}
