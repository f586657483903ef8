/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* What arrives at one sink: when the first picture came, how many since, and how old the times in
 * them were. report() may be called on any thread. */
typedef struct _BenchWatch BenchWatch;

BenchWatch *bench_watch_new (GstElement *sink);
void bench_watch_free (BenchWatch *self);

/* Prints one line and begins anew. */
void bench_watch_report (BenchWatch *self);

/* A line on stdout for whoever drives this program: a word and the time of the monotonic clock. */
void bench_say (const char *word);

G_END_DECLS
