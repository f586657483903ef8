/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* When the packets of a picture leave, so that a large one fits into a short queue in front of the narrowest part of
 * the way: as far apart as that part lets them pass, a few at once. They would wait there otherwise, or be lost.
 *
 *   comes     ||||||||                 ||          a key frame, another picture
 *   leaves    ||| |  |  |  |  |        ||
 *
 * Pure: times are passed in, µs of any clock that does not go back. Not thread-safe. */
typedef struct {
  gint64 free; /* when all that has left is through; 0: nothing has */
  double rush; /* bit/s that what waited needs to be gone in time, all of it … */
  gint64 rush_until;
} GenosPacketPacer;

/* In how long all that waits has to leave. */
#define GENOS_PACER_LONGEST (250 * G_TIME_SPAN_MILLISECOND)

/* The next packet, with @waiting bytes behind it. @pace: bit/s, 0: none. When it may leave: @now, or later. */
gint64 genos_packet_pacer_take (
    GenosPacketPacer *self, guint size, guint64 waiting, double pace, gint64 now);

G_END_DECLS
