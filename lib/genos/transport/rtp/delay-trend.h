/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What waits in the queues of a path, from when packets left and when they arrived. Pure: all times
 * are passed in, µs, those of the sender and those of the receiver of clocks of their own. Not
 * thread-safe.
 *
 *   sent     | | |          | | |          | | |        one picture each
 *   arrived    |  |  |          |  |  |            |  |  |
 *            a→a            a→a            a──→a        the third waited behind something
 *
 * Only the first packet of what left together counts: those behind it wait for their own kind, which
 * says how big the picture is and not how full the queue. */
typedef struct _GenosDelayTrend GenosDelayTrend;

typedef enum {
  GENOS_DELAY_NORMAL,
  GENOS_DELAY_DRAINING, /* something waits: gets less, or it is too early to tell */
  GENOS_DELAY_OVERUSE,  /* something waits, and gets more or stays long */
} GenosDelaySignal;

GenosDelayTrend *genos_delay_trend_new (void);
void genos_delay_trend_free (GenosDelayTrend *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosDelayTrend, genos_delay_trend_free)

/* In the order of sending; lost packets are left out. */
void genos_delay_trend_add (GenosDelayTrend *self, gint64 sent, gint64 arrived);

GenosDelaySignal genos_delay_trend_get_signal (GenosDelayTrend *self);

/* How long packets wait now, µs. */
gint64 genos_delay_trend_get_queue (GenosDelayTrend *self);

G_END_DECLS
