/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a path carries, from how far apart those packets arrive that left together: those of one picture. It is
 * known without sending more than is sent anyway, and for a path that got wider within one picture. Too high
 * where others use the path as well, or where a bucket of it lets a few packets pass: a hint, no bound.
 *
 *   sent      ||||              ||||            at once
 *   arrived    |   |   |   |     | | | |        a packet's time on the narrowest part of the way apart
 *
 * Pure: times are passed in, µs, those of the receiver of a clock of its own. Not thread-safe. */
#define GENOS_PACKET_TRAINS 8

typedef struct {
  guint n;     /* packets of the train that is coming, of those that arrive */
  guint bytes; /* behind the first of these */
  gboolean begun;
  gboolean gaps;   /* others do not */
  gboolean broken; /* it tells nothing */
  gint64 sent;     /* its first one */
  gint64 told;     /* of its last one */
  gint64 first_arrived;
  gint64 last_arrived;

  struct {
    double rate;  /* bit/s, as far as the receiver is exact */
    double speed; /* the same, if it is exact; also of trains with gaps */
    gint64 at;
  } trains[GENOS_PACKET_TRAINS]; /* a ring */
  guint n_trains;
} GenosPacketTrain;

void genos_packet_train_init (GenosPacketTrain *self);

/* In the order of sending. @arrived: -1: it did not. @now: of the sender, when it was told. */
void genos_packet_train_add (
    GenosPacketTrain *self, gint64 sent, gint64 arrived, guint size, gint64 now);

/* The least that the trains of the last second have shown, bit/s; 0: there was none. */
double genos_packet_train_get_rate (const GenosPacketTrain *self, gint64 now);

/* What the narrowest part of the way passes, bit/s, by most of the trains of the last seconds; 0: unknown. */
double genos_packet_train_get_speed (const GenosPacketTrain *self, gint64 now);

G_END_DECLS
