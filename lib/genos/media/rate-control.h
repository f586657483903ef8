/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What one encoder shall aim at: what the slowest of its viewers can take, within bounds, and at the
 * start no more than it was told to start with. Pure: times are passed in, microseconds of any clock
 * that does not go back. Not thread-safe. */
typedef struct {
  guint min;   /* bit/s, 0: a fraction of the encoder's own */
  guint max;   /* 0: the encoder's own */
  guint start; /* 0: max */
} GenosRateBounds;

typedef struct {
  GenosRateBounds bounds;
  guint floor; /* bit/s, above bounds.min: who needs less gets another encoding; 0: none */
  guint own; /* bit/s; 0: the rate cannot be changed */
  guint aim;
  double ceiling;
  gint64 raised;
} GenosRateControl;

/* @own: the rate that the encoder was made with. */
void genos_rate_control_start (GenosRateControl *self, guint own, gint64 now);
/* May be called at any time. */
void genos_rate_control_set_bounds (GenosRateControl *self, const GenosRateBounds *bounds);

/* TRUE: tell the encoder @aim. @rate: of the slowest, bit/s, or GENOS_RATE_UNBOUNDED. */
gboolean genos_rate_control_update (GenosRateControl *self, guint rate, gint64 now);

/* When to update next although nothing changes; -1: never. */
gint64 genos_rate_control_next (const GenosRateControl *self);

/* The bounds in force. */
guint genos_rate_control_get_min (const GenosRateControl *self);
guint genos_rate_control_get_max (const GenosRateControl *self);

G_END_DECLS
