/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Notices that this process did not run for a while: the machine slept, or somebody stopped it. What
 * it knew of the network is old then, though no timer says so. Pure: it is told the time, µs of a clock
 * that goes on while the machine sleeps. */
#define GENOS_WAKE_GAP (5 * G_TIME_SPAN_SECOND)

typedef struct {
  gint64 last; /* 0: not looked yet */
} GenosWakeWatch;

/* Call once or twice a second: how long nobody did, or 0 when that was less than GENOS_WAKE_GAP. */
gint64 genos_wake_watch_look (GenosWakeWatch *self, gint64 now);

/* Such a clock. */
gint64 genos_wake_clock (void);

G_END_DECLS
