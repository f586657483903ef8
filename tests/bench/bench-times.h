/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/genos.h>

G_BEGIN_DECLS

/* When the pictures of one track were whole at one of those who get it. Packets come on any thread. */
typedef struct {
  GMutex lock;
  GHashTable *times; /* RTP time stamp, the same everywhere → µs */
} BenchTimes;

void bench_times_init (BenchTimes *self);
/* From now on. @self stays where it is. */
void bench_times_watch (BenchTimes *self, GenosRemoteTrack *track);
guint bench_times_count (BenchTimes *self);
void bench_times_forget (BenchTimes *self);

/* (transfer full): adds to @first (nullable) what was earlier here than there. */
GHashTable *bench_times_merge (BenchTimes *self, GHashTable *first);
/* Appends by how many µs each picture was later here than in @first. */
void bench_times_append_delays (BenchTimes *self, GHashTable *first, GArray *delays);

/* In ms, of delays in their order: 0.5 is the median, 1 the largest. */
double bench_delays_get (GArray *delays, double part);
void bench_delays_sort (GArray *delays);

G_END_DECLS
