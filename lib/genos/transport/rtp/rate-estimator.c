/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/rtp/rate-estimator.h>

#include <genos/transport/rtp/packet-train.h>

#include <math.h>

/* Of what arrived over this time the rate is taken: some pictures' worth. */
#define ARRIVAL_WINDOW (400 * G_TIME_SPAN_MILLISECOND)
#define MAX_ARRIVALS 1024

/* draft-ietf-rmcat-gcc-02, 5.5: beta. */
#define DECREASE 0.85
/* While a queue empties: what one second of it takes off. */
#define DRAIN_A_SECOND 0.6
#define MIN_DRAIN 0.35
/* A lower one shall show before there is another. */
#define SETTLE (200 * G_TIME_SPAN_MILLISECOND)
#define MAX_SETTLE (300 * G_TIME_SPAN_MILLISECOND)

/* A sender that was held up sends what it has at once, and what arrives around it says nothing about
 * the path. So long a pause is one, where pauses of a quarter of it are usual. */
#define STALL (120 * G_TIME_SPAN_MILLISECOND)
#define STALL_FACTOR 4
#define STALL_OVER (800 * G_TIME_SPAN_MILLISECOND)
/* … unless this much waits. */
#define STALL_QUEUE (250 * G_TIME_SPAN_MILLISECOND)

/* Growth a second: careful near what the path could not carry, and else ever faster, so that a path
 * that got better is used within seconds. */
#define NEAR_GROWTH 0.08
#define DRAINED_GROWTH 2.0
#define FAR_GROWTH 0.12
#define GROWTH_A_SECOND 0.22
#define MAX_GROWTH 1.0
#define NEAR 1.08
#define KEEP_CAPACITY (15 * G_TIME_SPAN_SECOND)
/* How long nothing is tried behind a decrease. */
#define HOLD (700 * G_TIME_SPAN_MILLISECOND)
/* Nobody knows whether a path carries more than was ever sent (draft, 5.5). Beyond it goes slowly: an
 * encoder that has no need of its rate shall not keep it down for ever. */
#define ARRIVING_FACTOR 1.5
#define ARRIVING_SLACK 10000
#define UNUSED_GROWTH 0.15
#define MAX_UNUSED 10

/* What packets that left together have shown lets it grow at once, up to so much of it, and to so many times
 * what arrives: packets of a picture may pass where a stream of them does not (shapers with a bucket). */
#define TRUSTED 0.7
#define TRUSTED_GROWTH 3.0
#define TRUSTED_FACTOR 4
/* From there on to what most of them have shown: not at once, since one may have been alone on the path. */
#define SHOWN_GROWTH 0.5
/* Less soon behind it was too much: it is not believed for a while, and for twice as long each time. */
#define TOO_MUCH (3 * G_TIME_SPAN_SECOND)
#define DISTRUST (4 * G_TIME_SPAN_SECOND)
#define MAX_DISTRUST (60 * G_TIME_SPAN_SECOND)

/* While nothing is sent at all nothing is learnt; but what was too narrow for pictures may have got wider, and
 * only by sending a few can that be found out. */
#define REST_RATE 100000
#define MAX_REST (2 * G_TIME_SPAN_SECOND)

/* draft, 6: less above 10 % loss, more below 2 %. */
#define HIGH_LOSS 0.10
#define LOW_LOSS 0.02
#define LOSS_PERIOD (500 * G_TIME_SPAN_MILLISECOND)
#define MIN_LOSS_PACKETS 20
#define FLOOD 0.4
/* A path that loses packets by itself, and not always as many, would be given less and less, down to where
 * there are no pictures left. Without a queue it is given this much. */
#define LOSSY_RATE 100000
#define NO_QUEUE (60 * G_TIME_SPAN_MILLISECOND)
/* Loss that stays whatever is sent is the path's own: the least of so many periods. */
#define LOSS_PERIODS 12

#define SILENCE (1500 * G_TIME_SPAN_MILLISECOND)
#define SILENCE_STEP G_TIME_SPAN_SECOND

/* Without transport-wide feedback: that much more round trip than the shortest is a queue. */
#define REPORT_QUEUE (120 * G_TIME_SPAN_MILLISECOND)

typedef struct {
  gint64 at; /* the receiver's clock */
  guint size;
} Arrival;

/* Where packets pass faster than that, no picture waits for long. */
#define WIDE 8e6
/* Any faster and a key frame is a queue, which is taken for congestion. What is sent must not wait for a path that
 * is wider than it seemed. */
#define PACE 1.0
/* A path that has just become narrow is still known to be wide from the trains before. What arrived when it was full
 * is true then, where it is so much less than they say, until more than so much of it seems to get through. What
 * arrives is less than what could, so it is not for a path that is as narrow as it was. */
#define NARROWED 0.5
#define PACE_BY_CAPACITY 1.5
#define PACE_OF_ARRIVING 1.1

struct _GenosRateEstimator {
  GenosDelayTrend *trend;
  GenosPacketTrain train;
  double rate;     /* bit/s; INFINITY: no bound is known */
  double capacity; /* what arrived when the path was full, bit/s; 0: unknown */
  gint64 capacity_at;
  gboolean fed; /* transport-wide feedback comes */

  Arrival arrivals[MAX_ARRIVALS]; /* a ring */
  guint first_arrival;
  guint n_arrivals;
  guint64 arrived_bytes;
  gint64 newest;
  gboolean full_window; /* the rate is known */

  gint64 last_sent;
  double usual_pause; /* µs */
  gint64 stalled;     /* when the sender last was, by its packets; 0: never */

  gint64 heard;     /* when the last feedback came */
  gint64 rested;    /* when nothing was sent, last */
  gint64 grown;     /* when the rate was last let grow */
  gint64 decreased; /* or held, where it was low enough */
  gint64 lowered;
  gint64 far_since; /* since when it grows freely; 0: it does not */
  gint64 leapt;     /* when it last grew for what a train has shown; 0: never, or it was right */
  gint64 distrust;
  gint64 distrust_until;
  gint64 round_trip;
  gint64 shortest_round_trip;

  gint64 loss_since;
  guint n_sent;
  guint n_lost;
  double loss;
  double losses[LOSS_PERIODS];
  guint n_losses;
};

GenosRateEstimator *
genos_rate_estimator_new (void)
{
  GenosRateEstimator *self = g_new0 (GenosRateEstimator, 1);

  self->trend = genos_delay_trend_new ();
  genos_packet_train_init (&self->train);
  self->rate = INFINITY;
  self->distrust = DISTRUST;
  return self;
}

void
genos_rate_estimator_free (GenosRateEstimator *self)
{
  genos_delay_trend_free (self->trend);
  g_free (self);
}

/* --- what arrives */

static void
drop_arrival (GenosRateEstimator *self)
{
  self->arrived_bytes -= self->arrivals[self->first_arrival].size;
  self->first_arrival = (self->first_arrival + 1) % MAX_ARRIVALS;
  self->n_arrivals--;
}

static void
note_arrival (GenosRateEstimator *self, gint64 at, guint size)
{
  /* Another clock, or one that was set. */
  if (self->n_arrivals > 0 && ABS (at - self->newest) > 10 * G_TIME_SPAN_SECOND)
    while (self->n_arrivals > 0)
      drop_arrival (self);
  self->newest = self->n_arrivals > 0 ? MAX (self->newest, at) : at;
  if (self->n_arrivals == MAX_ARRIVALS)
    drop_arrival (self);
  self->arrivals[(self->first_arrival + self->n_arrivals++) % MAX_ARRIVALS] = (Arrival){ at, size };
  self->arrived_bytes += size;
  while (self->newest - self->arrivals[self->first_arrival].at > ARRIVAL_WINDOW) {
    drop_arrival (self);
    self->full_window = TRUE;
  }
}

/* bit/s; 0: unknown. */
static double
arriving (GenosRateEstimator *self)
{
  gint64 span = ARRIVAL_WINDOW;

  if (!self->full_window || self->n_arrivals == 0)
    return 0;
  /* More packets than are remembered. */
  if (self->n_arrivals == MAX_ARRIVALS)
    span = MAX (self->newest - self->arrivals[self->first_arrival].at, 1);
  return self->arrived_bytes * 8. * G_USEC_PER_SEC / span;
}

/* --- less */

static void
set_rate (GenosRateEstimator *self, double rate)
{
  self->rate = MAX (rate, GENOS_RATE_MIN);
}

static gboolean
is_settled (GenosRateEstimator *self, gint64 now)
{
  return now - self->lowered >= MIN (self->round_trip, MAX_SETTLE) + SETTLE;
}

static void
judge_leap (GenosRateEstimator *self, gint64 now)
{
  if (self->leapt == 0)
    return;
  if (now - self->leapt > TOO_MUCH) {
    self->distrust = DISTRUST;
  } else {
    self->distrust_until = now + self->distrust;
    self->distrust = MIN (self->distrust * 2, MAX_DISTRUST);
  }
  self->leapt = 0;
}

static void
decrease_to (GenosRateEstimator *self, double rate, gint64 now)
{
  if (rate < self->rate) {
    judge_leap (self, now);
    self->lowered = now;
  }
  set_rate (self, MIN (rate, self->rate));
  self->decreased = now;
  self->far_since = 0;
}

/* What waits already has to be carried as well. */
static double
share_beside_queue (GenosRateEstimator *self)
{
  double seconds = genos_delay_trend_get_queue (self->trend) / (double) G_USEC_PER_SEC;

  return DECREASE * CLAMP (1 - seconds * DRAIN_A_SECOND, MIN_DRAIN, 1);
}

static void
note_pause (GenosRateEstimator *self, gint64 sent)
{
  gint64 pause = sent - self->last_sent;

  if (self->last_sent != 0 && pause > 0) {
    if (pause > STALL && pause > STALL_FACTOR * self->usual_pause)
      self->stalled = sent;
    /* Packets of one picture leave together. */
    if (pause > G_TIME_SPAN_MILLISECOND)
      self->usual_pause += 0.1 * (pause - self->usual_pause);
  }
  self->last_sent = MAX (self->last_sent, sent);
}

static gboolean
has_stalled (GenosRateEstimator *self)
{
  return self->stalled != 0 && self->last_sent - self->stalled < STALL_OVER
      && genos_delay_trend_get_queue (self->trend) < STALL_QUEUE;
}

static void
back_off (GenosRateEstimator *self, gint64 now)
{
  double carried = arriving (self);

  if (carried == 0 || !is_settled (self, now) || has_stalled (self))
    return;
  self->capacity = carried;
  self->capacity_at = now;
  decrease_to (self, carried * share_beside_queue (self), now);
}

/* --- loss */

static double
inherent_loss (GenosRateEstimator *self)
{
  double least = 1;

  if (self->n_losses < LOSS_PERIODS)
    return 0;
  for (guint i = 0; i < LOSS_PERIODS; i++)
    least = MIN (least, self->losses[i]);
  return least;
}

static double
excess_loss (GenosRateEstimator *self)
{
  return self->loss - inherent_loss (self);
}

static void
judge_loss (GenosRateEstimator *self, double loss, double carried, gint64 now)
{
  self->loss = loss;
  self->losses[self->n_losses++ % LOSS_PERIODS] = loss;
  /* The count only tells whether all are set, and which is next. */
  if (self->n_losses == 2 * LOSS_PERIODS)
    self->n_losses = LOSS_PERIODS;

  double excess = excess_loss (self);

  if (excess <= HIGH_LOSS || carried == 0)
    return;
  double from = MIN (self->rate, carried / (1 - MIN (loss, 0.9)));

  self->capacity = carried;
  self->capacity_at = now;
  double lower = from * (1 - 0.5 * excess);

  if (genos_delay_trend_get_queue (self->trend) < NO_QUEUE)
    lower = MAX (lower, LOSSY_RATE);
  decrease_to (self, loss > FLOOD ? carried * share_beside_queue (self) : lower, now);
}

static void
count_loss (GenosRateEstimator *self, gboolean lost, gint64 now)
{
  self->n_sent++;
  self->n_lost += lost;
  if (now - self->loss_since < LOSS_PERIOD || self->n_sent < MIN_LOSS_PACKETS)
    return;
  judge_loss (self, (double) self->n_lost / self->n_sent, arriving (self), now);
  self->loss_since = now;
  self->n_sent = self->n_lost = 0;
}

/* --- more */

/* At what the path last could not carry, or below it. */
static gboolean
is_near (GenosRateEstimator *self, double times, gint64 now)
{
  return self->capacity > 0 && now - self->capacity_at < KEEP_CAPACITY
      && self->rate < self->capacity * times;
}

static double
growth (GenosRateEstimator *self, gint64 now)
{
  if (is_near (self, NEAR, now)) {
    self->far_since = 0;
    /* The queue is empty: what was kept back for it is free again. */
    return self->rate < self->capacity * DECREASE ? DRAINED_GROWTH : NEAR_GROWTH;
  }
  if (self->far_since == 0)
    self->far_since = now;
  return MIN (
      FAR_GROWTH + GROWTH_A_SECOND * (now - self->far_since) / (double) G_USEC_PER_SEC, MAX_GROWTH);
}

/* bit/s; 0: nothing that could be gone for. What passes with no distance at all may be in a shaper's bucket. */
static double
shown_by_trains (GenosRateEstimator *self, double carried, gint64 now)
{
  double speed = genos_packet_train_get_speed (&self->train, now);

  if (speed > WIDE || is_near (self, NEAR, now))
    return 0;
  return MIN (speed, carried * TRUSTED_FACTOR);
}

static void
grow (GenosRateEstimator *self, double carried, gint64 now)
{
  double seconds = MIN (now - self->grown, G_TIME_SPAN_SECOND) / (double) G_USEC_PER_SEC;
  double bound = carried * ARRIVING_FACTOR + ARRIVING_SLACK;

  self->grown = now;
  if (isinf (self->rate) || excess_loss (self) > LOW_LOSS || now - self->decreased < HOLD)
    return;
  double proven = 0, shown = 0;
  if (now >= self->distrust_until) {
    proven =
        MIN (genos_packet_train_get_rate (&self->train, now) * TRUSTED, carried * TRUSTED_FACTOR);
    shown = shown_by_trains (self, carried, now);
  }
  gboolean leaps = self->rate < MAX (proven, shown) && self->rate >= carried;
  /* What arrives without a queue is no question of trying. */
  double more = self->rate < carried ? DRAINED_GROWTH : growth (self, now);

  if (leaps) {
    more = self->rate < proven ? TRUSTED_GROWTH : MAX (more, SHOWN_GROWTH);
    bound = MAX (bound, self->rate < proven ? proven : shown);
    self->leapt = now;
  }
  double fast = MIN (self->rate * (1 + more * seconds), bound);
  double slow = self->rate * (1 + UNUSED_GROWTH * seconds);
  if (self->rate < bound)
    set_rate (self, fast);
  else if (self->rate < carried * MAX_UNUSED)
    set_rate (self, slow);
}

/* --- what is told */

void
genos_rate_estimator_add_feedback (
    GenosRateEstimator *self, const GenosPacketFate *packets, guint n_packets, gint64 now)
{
  self->fed = TRUE;
  self->heard = now;
  for (guint i = 0; i < n_packets; i++) {
    const GenosPacketFate *packet = &packets[i];

    note_pause (self, packet->sent);
    if (packet->arrived >= 0) {
      genos_delay_trend_add (self->trend, packet->sent, packet->arrived);
      note_arrival (self, packet->arrived, packet->size);
      self->round_trip = MAX (now - packet->sent, 0);
    }
    genos_packet_train_add (&self->train, packet->sent, packet->arrived, packet->size, now);
    count_loss (self, packet->arrived < 0, now);
  }
  switch (genos_delay_trend_get_signal (self->trend)) {
    case GENOS_DELAY_OVERUSE:
      back_off (self, now);
      self->grown = now;
      break;
    case GENOS_DELAY_DRAINING:
      self->grown = now;
      break;
    case GENOS_DELAY_NORMAL:
      grow (self, arriving (self), now);
      break;
  }
}

void
genos_rate_estimator_add_report (
    GenosRateEstimator *self, const GenosRateReport *report, gint64 now)
{
  double carried = report->sent_rate * (1 - CLAMP (report->loss, 0, 1));
  gboolean waits = FALSE;

  if (self->fed)
    return;
  self->heard = now;
  if (report->round_trip > 0) {
    if (self->shortest_round_trip == 0 || report->round_trip < self->shortest_round_trip)
      self->shortest_round_trip = report->round_trip;
    self->round_trip = report->round_trip;
    waits = report->round_trip - self->shortest_round_trip > REPORT_QUEUE;
  }
  judge_loss (self, CLAMP (report->loss, 0, 1), carried, now);
  if (waits && carried > 0 && is_settled (self, now)) {
    self->capacity = carried;
    self->capacity_at = now;
    decrease_to (self, carried * DECREASE, now);
  } else if (!waits) {
    grow (self, carried, now);
  }
}

void
genos_rate_estimator_check_silence (GenosRateEstimator *self, gint64 now)
{
  double rate = isinf (self->rate) ? arriving (self) : self->rate;

  if (self->heard == 0 || rate == 0 || now - self->heard < SILENCE + self->round_trip
      || now - self->decreased < SILENCE_STEP)
    return;
  decrease_to (self, rate / 2, now);
}

void
genos_rate_estimator_rest (GenosRateEstimator *self, gint64 now)
{
  gint64 passed = now - MAX (self->rested, now - MAX_REST);

  /* Nobody answers for what was not sent. */
  if (self->heard != 0)
    self->heard = now;
  self->rested = now;
  if (self->rate < REST_RATE && now - self->decreased >= HOLD)
    set_rate (self, MIN (self->rate * (1 + UNUSED_GROWTH * passed / G_USEC_PER_SEC), REST_RATE));
}

guint
genos_rate_estimator_get_rate (GenosRateEstimator *self)
{
  return self->rate < GENOS_RATE_UNBOUNDED ? (guint) self->rate : GENOS_RATE_UNBOUNDED;
}

/* bit/s; INFINITY: nothing says that it is narrow. */
static double
narrowed_to (GenosRateEstimator *self, gint64 now)
{
  return is_near (self, PACE_BY_CAPACITY, now) ? self->capacity : INFINITY;
}

double
genos_rate_estimator_get_pace (GenosRateEstimator *self, gint64 now)
{
  double speed = genos_packet_train_get_speed (&self->train, now);

  if (speed == 0)
    speed = INFINITY;
  if (narrowed_to (self, now) < speed * NARROWED)
    speed = narrowed_to (self, now);
  if (speed > WIDE)
    return 0;
  return MAX (speed * PACE, arriving (self) * PACE_OF_ARRIVING);
}

guint
genos_rate_estimator_get_arriving (GenosRateEstimator *self)
{
  return MIN (arriving (self), G_MAXINT);
}

double
genos_rate_estimator_get_loss (GenosRateEstimator *self)
{
  return self->loss;
}

gint64
genos_rate_estimator_get_queue (GenosRateEstimator *self)
{
  return genos_delay_trend_get_queue (self->trend);
}

gint64
genos_rate_estimator_get_round_trip (GenosRateEstimator *self)
{
  return self->round_trip;
}

gboolean
genos_rate_estimator_has_feedback (GenosRateEstimator *self)
{
  return self->fed;
}
