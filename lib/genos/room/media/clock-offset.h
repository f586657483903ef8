/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How far another wall clock is ahead of ours, estimated from exchanges of four times (RFC 5905,
 * section 8). Of one exchange is known that the offset is within half its round trip; the estimate is
 * that of the exchange which says it most exactly now, drift included. An exchange that cannot be true
 * together with older ones means that a clock was set: then those are forgotten. Pure; zero is a
 * valid, empty one. All times µs. */
#define GENOS_CLOCK_SAMPLES 16
/* Clocks of computers run apart by some ten ppm; this is what is reckoned with. */
#define GENOS_CLOCK_DRIFT_PPM 100

typedef struct {
  gint64 offset;
  gint64 round_trip;
  gint64 when; /* monotonic */
} GenosClockSample;

typedef struct {
  GenosClockSample samples[GENOS_CLOCK_SAMPLES]; /* a ring */
  guint n;
  guint next;
} GenosClockOffset;

void genos_clock_offset_clear (GenosClockOffset *self);

/* @t1: the question left here, @t2 came there, @t3 the answer left there, @t4 came here; @now:
 * monotonic. FALSE, and nothing changes, when the times contradict each other. */
gboolean genos_clock_offset_add (
    GenosClockOffset *self, gint64 t1, gint64 t2, gint64 t3, gint64 t4, gint64 now);

/* FALSE while nothing is known, or only what a few slow exchanges say, of which each may have waited on
 * one of its two ways. @offset: there minus here; @error: by how much that may be wrong */
gboolean
genos_clock_offset_get (const GenosClockOffset *self, gint64 now, gint64 *offset, gint64 *error);

G_END_DECLS
