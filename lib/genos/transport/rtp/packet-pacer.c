/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/rtp/packet-pacer.h>

/* What may leave at once: no queue is shorter, and what arrives of these shows how wide the path is. */
#define AT_ONCE (10 * G_TIME_SPAN_MILLISECOND)

gint64
genos_packet_pacer_take (
    GenosPacketPacer *self, guint size, guint64 waiting, double pace, gint64 now)
{
  gint64 due;

  if (pace <= 0) {
    *self = (GenosPacketPacer){ .free = now };
    return now;
  }
  /* Where more comes than the path carries, it is not kept back any longer: all of it, the last of it as well. What is
   * behind it would wait for ever less that goes ever more slowly. */
  self->rush = MAX (self->rush, (size + waiting) * 8e6 / GENOS_PACER_LONGEST);
  pace = MAX (pace, self->rush);
  if (waiting == 0)
    self->rush = 0;
  self->free = CLAMP (self->free, now, now + GENOS_PACER_LONGEST);
  due = MAX (now, self->free - AT_ONCE);
  self->free += size * 8e6 / pace;
  return due;
}
