/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* When a processor of this machine ran nothing of ours, though it was asked to: a thread on each of them wakes up
 * every 2 ms and notes when it did not. Under chrt that is how the kernel stops real-time threads for 50 ms of each second
 * (sched_rt_runtime_us) when they are busy. */
typedef struct _BenchStops BenchStops;

/* From now on, until the process ends. */
BenchStops *bench_stops_new (void);
/* Whether one was between @from and @to (µs of the real-time clock), or so shortly before that what it held up was still
 * in the way. Any thread. */
gboolean bench_stops_touch (BenchStops *self, gint64 from, gint64 to);

G_END_DECLS
