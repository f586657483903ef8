/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whose clock is wrong: ours, when most others agree on another time. Pure. */

/* HTTP tells whole seconds, and the way takes its time. */
#define CLOCK_AGREEMENT_MS 2000
/* Subscriptions ask for events from now on: with a clock ahead of the others', theirs are missed for
 * that long. */
#define CLOCK_OFF_MS 3000
/* Relays begin to refuse. */
#define CLOCK_WRONG_MS 30000

typedef enum {
  CLOCK_RIGHT,
  CLOCK_OFF,
  CLOCK_WRONG,
} ClockVerdict;

typedef struct {
  guint n_agreeing;     /* the largest group that agrees; 0: nobody voted */
  gint64 offset_ms;     /* by which that group is ahead of us: its median */
  ClockVerdict verdict; /* one vote alone never makes it CLOCK_WRONG */
} ClockVote;

void clock_vote_count (ClockVote *self, const gint64 *offsets_ms, guint n);

G_END_DECLS
