/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/rtp/packet-train.h>

/* What leaves within this, left together. */
#define TOGETHER (5 * G_TIME_SPAN_MILLISECOND)
/* Two packets may come close for any reason. */
#define MIN_PACKETS 3
#define MIN_BYTES 1500
/* A receiver is not more exact than this: on a fast path it is what is measured. */
#define EXACTNESS (2 * G_TIME_SPAN_MILLISECOND)
#define YOUNG G_TIME_SPAN_SECOND
/* Paths get wider: those that are paced show it no more. */
#define KNOWN (4 * G_TIME_SPAN_SECOND)
#define MIN_TRAINS 2
/* Faster than anything that matters. */
#define LEAST_SPAN 100

void
genos_packet_train_init (GenosPacketTrain *self)
{
  *self = (GenosPacketTrain){ 0 };
}

static void
end_train (GenosPacketTrain *self)
{
  gint64 span = self->last_arrived - self->first_arrived;
  guint place = self->n_trains % GENOS_PACKET_TRAINS;

  if (self->broken || self->n < MIN_PACKETS || self->bytes < MIN_BYTES)
    return;
  self->trains[place].rate =
      self->gaps ? 0 : self->bytes * 8. * G_USEC_PER_SEC / (span + EXACTNESS);
  self->trains[place].speed = self->bytes * 8. * G_USEC_PER_SEC / MAX (span, LEAST_SPAN);
  self->trains[place].at = self->told;
  /* When it begins again all places stay in use. */
  if (++self->n_trains == 2 * GENOS_PACKET_TRAINS)
    self->n_trains = GENOS_PACKET_TRAINS;
}

static void
begin_train (GenosPacketTrain *self, gint64 sent, gint64 arrived)
{
  self->n = arrived >= 0;
  self->bytes = 0;
  self->gaps = arrived < 0;
  self->broken = FALSE;
  self->begun = TRUE;
  self->sent = sent;
  self->first_arrived = self->last_arrived = arrived;
}

void
genos_packet_train_add (GenosPacketTrain *self, gint64 sent, gint64 arrived, guint size, gint64 now)
{
  if (!self->begun || sent < self->sent || sent - self->sent >= TOGETHER) {
    end_train (self);
    begin_train (self, sent, arrived);
    self->told = now;
    return;
  }
  self->told = now;
  if (arrived < 0) {
    self->gaps = TRUE;
    return;
  }
  if (self->n++ == 0) {
    self->first_arrived = self->last_arrived = arrived;
    return;
  }
  /* One that overtook another leaves nothing to be measured. */
  self->broken = self->broken || arrived < self->last_arrived
      || arrived - self->first_arrived > G_TIME_SPAN_MINUTE || size > G_MAXUINT16;
  self->bytes = self->broken ? 0 : self->bytes + size;
  self->last_arrived = arrived;
}

double
genos_packet_train_get_rate (const GenosPacketTrain *self, gint64 now)
{
  double least = 0;

  for (guint i = 0; i < MIN (self->n_trains, GENOS_PACKET_TRAINS); i++)
    if (now - self->trains[i].at < YOUNG && self->trains[i].rate > 0
        && (least == 0 || self->trains[i].rate < least))
      least = self->trains[i].rate;
  return least;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const double *x = a, *y = b;

  return *x < *y ? -1 : *x > *y;
}

double
genos_packet_train_get_speed (const GenosPacketTrain *self, gint64 now)
{
  double speeds[GENOS_PACKET_TRAINS];
  guint n = 0;

  for (guint i = 0; i < MIN (self->n_trains, GENOS_PACKET_TRAINS); i++)
    if (now - self->trains[i].at < KNOWN)
      speeds[n++] = self->trains[i].speed;
  if (n < MIN_TRAINS)
    return 0;
  qsort (speeds, n, sizeof *speeds, compare);
  /* Of two the faster one. */
  return speeds[n / 2];
}
