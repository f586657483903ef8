/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How much per second, from counters that only grow. Pure: the time (µs) is passed in. */
typedef struct _GenosStatsRates GenosStatsRates;

typedef struct {
  guint64 bytes;
  guint64 frames;
  guint64 packets;
  gint64 lost; /* packets; those counted twice may make it fall */
} GenosStatsCounts;

typedef struct {
  double bitrate;       /* bit/s */
  double frame_rate;    /* per second */
  double fraction_lost; /* 0 to 1, of the packets that were expected meanwhile */
} GenosStatsRate;

GenosStatsRates *genos_stats_rates_new (void);
void genos_stats_rates_free (GenosStatsRates *self);

/* FALSE: not known yet. A rate is taken anew when that of before is half a second old at least, so
 * that whoever looks often does not see noise. */
gboolean genos_stats_rates_take (GenosStatsRates *self, const char *key,
    const GenosStatsCounts *counts, gint64 now, GenosStatsRate *rate);

/* Forgets those that nothing was told of since the sweep before. */
void genos_stats_rates_sweep (GenosStatsRates *self);

G_END_DECLS
