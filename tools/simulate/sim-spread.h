/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How a number is spread: counted exactly up to a bound, as whole numbers. */
typedef struct {
  double mean, median, p99, worst;
} SimSpread;

typedef struct {
  GArray *counts; /* of guint64: of each value */
  guint64 n;
  guint64 sum;
  guint64 worst;
} SimTally;

#define SIM_TALLY_MAX 100000 /* what is more counts as that, but for mean and worst */

void sim_tally_init (SimTally *self);
void sim_tally_clear (SimTally *self);
void sim_tally_add (SimTally *self, guint64 value);
/* All 0 when nothing was counted. */
SimSpread sim_tally_get (const SimTally *self);
/* Each number divided by @by. */
SimSpread sim_spread_scale (SimSpread spread, double by);

G_END_DECLS
