/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/rtp/delay-trend.h>

#include <math.h>

/* What leaves within this, left together (draft-ietf-rmcat-gcc-02, 5.2: "burst_time"). */
#define BURST (5 * G_TIME_SPAN_MILLISECOND)
/* Over what the trend is taken. */
#define MAX_SAMPLES 64
#define MIN_SAMPLES 5
#define WINDOW (1200 * G_TIME_SPAN_MILLISECOND)
/* The shortest way of this time is the way without queues; clocks drift apart by less than a
 * millisecond in it. Two halves, so that it can end. */
#define BASE_HALF (8 * G_TIME_SPAN_SECOND)
/* A clock that was set, or a receiver that began anew. */
#define JUMP (20 * G_TIME_SPAN_SECOND)

#define SMOOTHING 0.3
/* Below it nothing is said to wait. Above it by as much as the path is known to waver. */
#define MIN_THRESHOLD 20e3
#define MAX_WAVER 40e3
#define WAVER_SMOOTHING 0.02
/* This much more waiting, however steadily, must become less: a conversation suffers. */
#define STANDING 80e3
/* Growth of a queue, seconds a second, that is no noise. */
#define MIN_SLOPE 0.01
/* A sender that was held up sends what it has at once: a queue that grows for so long only, or at so
 * few pictures, says nothing about the path. */
#define PATIENCE (80 * G_TIME_SPAN_MILLISECOND)
#define MIN_GROWING 3

typedef struct {
  gint64 sent;
  double queue;
} Sample;

struct _GenosDelayTrend {
  Sample samples[MAX_SAMPLES];
  guint n_samples;
  guint next;

  gboolean any;
  gint64 group_sent;
  gint64 base; /* the shortest way of this half, and of the one before */
  gint64 last_base;
  gint64 base_since;

  double queue; /* smoothed, µs */
  double waver;
  GenosDelaySignal signal;
  guint n_growing; /* samples in a row */
  gint64 growing_since;
};

GenosDelayTrend *
genos_delay_trend_new (void)
{
  return g_new0 (GenosDelayTrend, 1);
}

void
genos_delay_trend_free (GenosDelayTrend *self)
{
  g_free (self);
}

static void
start_over (GenosDelayTrend *self, gint64 sent, gint64 way)
{
  double waver = self->waver;

  *self = (GenosDelayTrend){
    .any = TRUE,
    .group_sent = sent,
    .base = way,
    .last_base = way,
    .base_since = sent,
    .waver = waver,
  };
}

static gint64
shortest_way (GenosDelayTrend *self, gint64 sent, gint64 way)
{
  if (sent - self->base_since > BASE_HALF) {
    self->last_base = self->base;
    self->base = way;
    self->base_since = sent;
  }
  self->base = MIN (self->base, way);
  return MIN (self->base, self->last_base);
}

/* Of the least squares line through what is young enough; 0: too little is known. */
static double
slope (GenosDelayTrend *self, gint64 now)
{
  double n = 0, sum_t = 0, sum_q = 0, sum_tt = 0, sum_tq = 0;

  for (guint i = 0; i < self->n_samples; i++) {
    double t = self->samples[i].sent - now, q = self->samples[i].queue;

    if (t < -(double) WINDOW)
      continue;
    n++;
    sum_t += t;
    sum_q += q;
    sum_tt += t * t;
    sum_tq += t * q;
  }
  double spread = n * sum_tt - sum_t * sum_t;

  return n < MIN_SAMPLES || spread <= 0 ? 0 : (n * sum_tq - sum_t * sum_q) / spread;
}

static GenosDelaySignal
judge (GenosDelayTrend *self, double trend)
{
  double threshold = MIN_THRESHOLD + 3 * self->waver;

  if (self->queue < threshold)
    return GENOS_DELAY_NORMAL;
  if (trend > MIN_SLOPE)
    return GENOS_DELAY_OVERUSE;
  return trend < -MIN_SLOPE || self->queue < threshold + STANDING ? GENOS_DELAY_DRAINING
                                                                  : GENOS_DELAY_OVERUSE;
}

static GenosDelaySignal
be_patient (GenosDelayTrend *self, GenosDelaySignal signal, gint64 sent)
{
  if (signal != GENOS_DELAY_OVERUSE) {
    self->n_growing = 0;
    return signal;
  }
  if (self->n_growing++ == 0)
    self->growing_since = sent;
  return self->n_growing >= MIN_GROWING && sent - self->growing_since >= PATIENCE
      ? GENOS_DELAY_OVERUSE
      : GENOS_DELAY_DRAINING;
}

static void
add_sample (GenosDelayTrend *self, gint64 sent, double queue)
{
  self->samples[self->next] = (Sample){ sent, queue };
  self->next = (self->next + 1) % MAX_SAMPLES;
  self->n_samples = MIN (self->n_samples + 1, MAX_SAMPLES);

  double distance = fabs (queue - self->queue);

  self->queue += SMOOTHING * (queue - self->queue);
  /* A queue that fills is no wavering. */
  if (self->signal != GENOS_DELAY_OVERUSE)
    self->waver = MIN (self->waver + WAVER_SMOOTHING * (distance - self->waver), MAX_WAVER);
  self->signal = be_patient (self, judge (self, slope (self, sent)), sent);
}

void
genos_delay_trend_add (GenosDelayTrend *self, gint64 sent, gint64 arrived)
{
  gint64 way = arrived - sent;

  if (!self->any || ABS (way - self->base) > JUMP)
    start_over (self, sent, way);
  else if (sent - self->group_sent < BURST)
    return;
  self->group_sent = sent;
  add_sample (self, sent, way - shortest_way (self, sent, way));
}

GenosDelaySignal
genos_delay_trend_get_signal (GenosDelayTrend *self)
{
  return self->signal;
}

gint64
genos_delay_trend_get_queue (GenosDelayTrend *self)
{
  return self->queue;
}
