/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/rtp/packet-pacer.h>

/* What may leave at once: no queue is shorter, and what arrives of these shows how wide the path is. */
#define AT_ONCE (10 * G_TIME_SPAN_MILLISECOND)
#define FAR_TOO_MUCH 2

/* Where more comes than the path carries, it is not kept back any longer. When it is that much more, what waits was
 * meant for another path: all of it goes, the last of it as well, and not ever more slowly while something is behind
 * it. */
static void
note_rush (GenosPacketPacer *self, double needed, double pace, gint64 now)
{
  if (needed <= self->rush && now < self->rush_until)
    return;
  self->rush = needed;
  self->rush_until = needed > pace * FAR_TOO_MUCH ? now + GENOS_PACER_LONGEST : now;
}

gint64
genos_packet_pacer_take (
    GenosPacketPacer *self, guint size, guint64 waiting, double pace, gint64 now)
{
  gint64 due;

  if (pace <= 0) {
    *self = (GenosPacketPacer){ .free = now };
    return now;
  }
  note_rush (self, (size + waiting) * 8e6 / GENOS_PACER_LONGEST, pace, now);
  pace = MAX (pace, self->rush);
  self->free = CLAMP (self->free, now, now + GENOS_PACER_LONGEST);
  due = MAX (now, self->free - AT_ONCE);
  self->free += size * 8e6 / pace;
  return due;
}
