/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/key-transit.h>

/* Where packets get lost for other reasons the estimate is too low. */
#define LONGEST (2 * G_TIME_SPAN_SECOND)

void
genos_key_transit_note (
    GenosKeyTransit *self, guint32 timestamp, gboolean begins, gsize size, gint64 now)
{
  if (begins)
    *self = (GenosKeyTransit){ .at = now, .timestamp = timestamp };
  if (self->at != 0 && timestamp == self->timestamp)
    self->bytes += size;
}

static gboolean
is_under_way (const GenosKeyTransit *self, guint rate, gint64 now)
{
  double time = self->bytes * 8. * G_USEC_PER_SEC / MAX (rate, 1);

  return self->at != 0 && rate != G_MAXUINT && now - self->at < MIN (time, LONGEST);
}

gboolean
genos_key_transit_put_off (GenosKeyTransit *self, guint rate, gint64 now)
{
  gboolean later = is_under_way (self, rate, now);

  self->wanted = self->wanted || later;
  return later;
}

gboolean
genos_key_transit_take_late (GenosKeyTransit *self, guint rate, gint64 now)
{
  gboolean due = self->wanted && !is_under_way (self, rate, now);

  if (due)
    self->wanted = FALSE;
  return due;
}
