/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How long candidates are waited for: a description carries all that it will ever have. Pure: it is told
 * the time (µs, monotonic). Enough is what was asked for; a server that does not answer would cost every
 * offer and every answer its whole patience, so that is remembered for a while. */
#define GENOS_GATHERING_PATIENCE (2500 * G_TIME_SPAN_MILLISECOND)
/* With a server that was silent the last time: enough for one on a path of 300 ms to come back. */
#define GENOS_GATHERING_DOUBT (400 * G_TIME_SPAN_MILLISECOND)
#define GENOS_GATHERING_MEMORY (60 * G_TIME_SPAN_SECOND)
/* Between the first candidate of a kind and those of other interfaces. */
#define GENOS_GATHERING_SETTLE (150 * G_TIME_SPAN_MILLISECOND)

/* Of all gatherings with the same servers. */
typedef struct {
  gint64 silent_until; /* 0: the server answers, or was never asked */
} GenosGatheringMemory;

typedef struct {
  gboolean wants_reflexive; /* there is a STUN server */
  gboolean wants_relayed;   /* there is a TURN server */
  gboolean has_reflexive;
  gboolean has_relayed;
  gint64 begun;
  gint64 deadline;
} GenosGathering;

void genos_gathering_begin (GenosGathering *self, const GenosGatheringMemory *memory,
    gboolean wants_reflexive, gboolean wants_relayed, gint64 now);

/* @candidate: the text of one, hostile or not. TRUE when the deadline is another one now. */
gboolean genos_gathering_take (GenosGathering *self, const char *candidate, gint64 now);

/* It is over, complete or not. */
void genos_gathering_end (const GenosGathering *self, GenosGatheringMemory *memory, gint64 now);

G_END_DECLS
