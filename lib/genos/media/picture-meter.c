/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/picture-meter.h>

#define PERIOD G_TIME_SPAN_SECOND
/* How much of the average a new period is. */
#define WEIGHT 0.3
/* Key frames that follow each other at once, because somebody asked twice, are not the rule. */
#define LEAST_DISTANCE G_TIME_SPAN_SECOND

static void
end_period (GenosPictureMeter *self, gint64 now)
{
  double rate = self->bytes * 8. * G_USEC_PER_SEC / (now - self->since);

  self->rate = self->rate == 0 ? rate : self->rate + WEIGHT * (rate - self->rate);
  self->since = now;
  self->bytes = 0;
}

static void
begin_key (GenosPictureMeter *self, gint64 now)
{
  self->key_distance = self->key_at != 0 ? now - self->key_at : 0;
  self->key_at = now;
  self->key_bytes = 0;
}

void
genos_picture_meter_take (
    GenosPictureMeter *self, guint32 timestamp, gboolean begins_key, gsize size, gint64 now)
{
  if (!self->begun)
    self->since = now;
  if (!self->begun || begins_key || timestamp != self->timestamp)
    self->in_key = begins_key;
  if (begins_key)
    begin_key (self, now);
  self->begun = TRUE;
  self->timestamp = timestamp;
  if (now - self->since >= PERIOD)
    end_period (self, now);
  self->bytes += size;
  if (self->in_key)
    self->key_bytes += size;
}

guint
genos_picture_meter_get_rate (const GenosPictureMeter *self)
{
  return MIN (self->rate, G_MAXINT);
}

guint
genos_picture_meter_get_key_rate (const GenosPictureMeter *self, gint64 now)
{
  gint64 distance = MAX (MAX (self->key_distance, now - self->key_at), LEAST_DISTANCE);

  return self->key_at == 0 ? 0 : MIN (self->key_bytes * 8. * G_USEC_PER_SEC / distance, G_MAXINT);
}

gint64
genos_picture_meter_get_key_age (const GenosPictureMeter *self, gint64 now)
{
  return self->key_at == 0 ? G_MAXINT64 : now - self->key_at;
}
