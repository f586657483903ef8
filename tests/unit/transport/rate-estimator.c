/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A sender, a bottleneck and a receiver, in simulated time: nothing here waits. */

#include <genos/transport/rtp/rate-estimator.h>

#include <math.h>

#define MS G_TIME_SPAN_MILLISECOND
#define FEEDBACK_EVERY (50 * MS)
#define PACKET 1100
#define SOUND (120 * 8 * 50)                      /* bit/s */
#define CLOCK_OFFSET (12345 * G_TIME_SPAN_SECOND) /* of the receiver's clock */

typedef struct {
  double capacity;  /* bit/s */
  gint64 delay;     /* one way, µs */
  gint64 jitter;    /* at most, µs */
  double loss;      /* share */
  gint64 max_queue; /* µs; more is dropped */
  guint fps;
  double max_rate;  /* of the encoder, bit/s */
  gboolean reports; /* instead of transport-wide feedback */
  gboolean dead;    /* nothing arrives at all */
  double bucket;    /* bytes that may pass at once, ahead of the capacity */
  double tokens;
  gint64 poured;
  double beside; /* what is kept back for sound, bit/s */
  double floor;  /* below it the encoder sends nothing, and sound is alone */

  GenosRateEstimator *estimator;
  GRand *dice;
  gint64 now;
  gint64 next_frame;
  gint64 next_sound;
  gint64 next_feedback;
  double link_free;    /* when the bottleneck has sent all, µs */
  double encoder_rate; /* follows with a lag, as encoders do */
  guint n_frames;
  GArray *fates;
  guint64 sent_bytes; /* since the last report */
  guint n_sent;
  guint n_lost;

  double least, most; /* of the estimate, since reset */
  gint64 longest_queue;
} Path;

static Path *
path_new (double capacity)
{
  Path *path = g_new0 (Path, 1);

  path->capacity = capacity;
  path->delay = 25 * MS;
  path->max_queue = 2000 * MS;
  path->fps = 30;
  path->max_rate = 6e6;
  path->encoder_rate = 2.5e6;
  path->estimator = genos_rate_estimator_new ();
  path->dice = g_rand_new_with_seed (7);
  path->fates = g_array_new (FALSE, FALSE, sizeof (GenosPacketFate));
  path->now = 1000 * G_TIME_SPAN_SECOND;
  path->next_frame = path->next_sound = path->next_feedback = path->now;
  return path;
}

static void
path_free (Path *path)
{
  genos_rate_estimator_free (path->estimator);
  g_rand_free (path->dice);
  g_array_unref (path->fates);
  g_free (path);
}

static double
rate_of (Path *path)
{
  guint rate = genos_rate_estimator_get_rate (path->estimator);

  return rate == GENOS_RATE_UNBOUNDED ? path->max_rate : MIN (rate, path->max_rate);
}

static void
send_packet (Path *path, guint size)
{
  GenosPacketFate fate = { .sent = path->now, .arrived = -1, .size = size };
  double start = MAX (path->link_free, (double) path->now);

  path->sent_bytes += size;
  path->n_sent++;
  path->tokens =
      MIN (path->bucket, path->tokens + (path->now - path->poured) * path->capacity / 8e6);
  path->poured = path->now;
  if (path->tokens >= size && start <= path->now) {
    path->tokens -= size;
    fate.arrived = CLOCK_OFFSET + path->now + path->delay;
    g_array_append_val (path->fates, fate);
    return;
  }
  if (start - path->now <= path->max_queue) {
    path->link_free = start + size * 8e6 / path->capacity;
    path->longest_queue = MAX (path->longest_queue, (gint64) path->link_free - path->now);
    if (g_rand_double (path->dice) >= path->loss && !path->dead)
      fate.arrived = CLOCK_OFFSET + (gint64) path->link_free + path->delay
          + (path->jitter > 0 ? g_rand_int_range (path->dice, 0, path->jitter) : 0);
  }
  path->n_lost += fate.arrived < 0;
  g_array_append_val (path->fates, fate);
}

static void
send_frame (Path *path)
{
  double size = path->encoder_rate / 8 / path->fps * g_rand_double_range (path->dice, 0.6, 1.4);
  double aim;

  path->next_frame += G_USEC_PER_SEC / path->fps;
  if (rate_of (path) < path->floor) {
    path->encoder_rate = path->floor;
    return;
  }
  /* A key frame now and then. */
  if (path->n_frames++ % 300 == 0)
    size *= 5;
  for (; size > 0; size -= PACKET)
    send_packet (path, MIN (size, PACKET));
  aim = MAX (rate_of (path) * 0.95 - path->beside, 1000);
  path->encoder_rate += 0.25 * (aim - path->encoder_rate);
}

/* What has arrived by now; what is lost is known when something behind it has. */
static void
give_feedback (Path *path)
{
  gint64 there = CLOCK_OFFSET + path->now - path->delay;
  guint n = 0;

  for (guint i = 0; i < path->fates->len; i++) {
    GenosPacketFate *fate = &g_array_index (path->fates, GenosPacketFate, i);

    if (fate->arrived >= 0 && fate->arrived <= there)
      n = i + 1;
  }
  if (n == 0)
    return;
  genos_rate_estimator_add_feedback (
      path->estimator, (GenosPacketFate *) path->fates->data, n, path->now);
  g_array_remove_range (path->fates, 0, n);
}

static void
give_report (Path *path)
{
  GenosRateReport report = {
    .loss = path->n_sent > 0 ? (double) path->n_lost / path->n_sent : 0,
    .round_trip = MAX ((gint64) path->link_free - path->now, 0) + 2 * path->delay,
    .sent_rate = path->sent_bytes * 8,
  };

  if (!path->dead)
    genos_rate_estimator_add_report (path->estimator, &report, path->now);
  path->sent_bytes = path->n_sent = path->n_lost = 0;
}

static void
run (Path *path, double seconds)
{
  gint64 end = path->now + seconds * G_USEC_PER_SEC;

  path->least = INFINITY;
  path->most = 0;
  path->longest_queue = 0;
  for (; path->now < end; path->now += MS) {
    if (path->now >= path->next_frame)
      send_frame (path);
    if (path->now >= path->next_sound) {
      send_packet (path, 120);
      path->next_sound += 20 * MS;
    }
    if (path->now >= path->next_feedback) {
      if (path->reports)
        give_report (path);
      else
        give_feedback (path);
      genos_rate_estimator_check_silence (path->estimator, path->now);
      path->next_feedback += path->reports ? G_USEC_PER_SEC : FEEDBACK_EVERY;
    }
    path->least = MIN (path->least, rate_of (path));
    path->most = MAX (path->most, rate_of (path));
  }
  g_test_message ("capacity %.2f: rate %.2f, %.2f to %.2f Mbit/s, queue %.0f ms, loss %.1f %%",
      path->capacity / 1e6, rate_of (path) / 1e6, path->least / 1e6, path->most / 1e6,
      path->longest_queue / 1e3, genos_rate_estimator_get_loss (path->estimator) * 100);
}

static void
assert_within (Path *path, double low, double high)
{
  g_assert_cmpfloat (rate_of (path), >=, low * path->capacity);
  g_assert_cmpfloat (rate_of (path), <=, high * path->capacity);
}

/* 5 → 1 → 0.3 → 5 Mbit/s: there within 3 s down and 10 s up, and stays. */
static void
follow_steps (Path *path)
{
  path->capacity = 5e6;
  run (path, 20);
  assert_within (path, 0.7, 1.15);
  path->capacity = 1e6;
  run (path, 3);
  assert_within (path, 0.25, 1.1);
  run (path, 5);
  run (path, 12);
  g_assert_cmpfloat (path->least, >=, 0.4e6);
  g_assert_cmpfloat (path->most, <=, 1.65e6);
  g_assert_cmpint (path->longest_queue, <, 1000 * MS);
  path->capacity = 0.3e6;
  run (path, 3);
  assert_within (path, 0.2, 1.1);
  run (path, 7);
  run (path, 10);
  g_assert_cmpfloat (path->least, >=, 0.12e6);
  g_assert_cmpfloat (path->most, <=, 0.45e6);
  path->capacity = 5e6;
  run (path, 10);
  assert_within (path, 0.7, 1.2);
  run (path, 10);
  g_assert_cmpfloat (path->least, >=, 0.55 * 5e6);
}

static void
test_steps (void)
{
  Path *path = path_new (5e6);

  follow_steps (path);
  path_free (path);
}

static void
test_steps_long_way (void)
{
  Path *path = path_new (5e6);

  path->delay = 100 * MS;
  path->jitter = 10 * MS;
  follow_steps (path);
  path_free (path);
}

/* A router that drops early. */
static void
test_steps_short_queue (void)
{
  Path *path = path_new (5e6);

  path->max_queue = 60 * MS;
  follow_steps (path);
  path_free (path);
}

static void
test_steps_few_pictures (void)
{
  Path *path = path_new (5e6);

  path->fps = 10;
  follow_steps (path);
  path_free (path);
}

/* From all there is to hardly anything: known within a second, and the queue is not left standing because more is
 * lost all the time. */
static void
test_collapse (void)
{
  Path *path = path_new (5e6);

  path->max_queue = 300 * MS;
  path->max_rate = 4e6;
  path->beside = SOUND;
  run (path, 10);
  path->capacity = 0.1e6;
  run (path, 1);
  assert_within (path, 0.2, 1.1);
  run (path, 1.5);
  run (path, 5);
  g_assert_cmpfloat (path->most, <=, 0.15e6);
  g_assert_cmpint (genos_rate_estimator_get_queue (path->estimator), <, 150 * MS);
  path_free (path);
}

/* What is sent now is far less than what could be, and there is something that needs all of it: packets that leave
 * together show that it is there. */
static void
test_more_than_is_sent (void)
{
  Path *path = path_new (5e6);
  guint ms = 0;

  path->max_queue = 300 * MS;
  path->beside = SOUND;
  run (path, 10);
  path->capacity = 0.3e6;
  run (path, 15);
  path->capacity = 5e6;
  path->max_rate = 1.5e6;
  for (; genos_rate_estimator_get_rate (path->estimator) < 4.8e6 && ms < 20000; ms += 100)
    run (path, 0.1);
  g_test_message ("after %u ms", ms);
  g_assert_cmpuint (ms, <=, 8000);
  path_free (path);
}

/* The trains of before are no reason to send a key frame to such a path at once; and where it is wide again it is not
 * held up for what was. */
static void
test_pace_of_collapse (void)
{
  Path *path = path_new (5e6);

  path->max_queue = 300 * MS;
  path->max_rate = 4e6;
  path->beside = SOUND;
  run (path, 10);
  path->capacity = 0.1e6;
  run (path, 1);
  for (guint i = 0; i < 100; i++) {
    double pace = genos_rate_estimator_get_pace (path->estimator, path->now);

    g_assert_cmpfloat (pace, >, 0.05e6);
    g_assert_cmpfloat (pace, <, 0.2e6);
    run (path, 0.1);
  }
  path->capacity = 5e6;
  run (path, 4);
  double pace = genos_rate_estimator_get_pace (path->estimator, path->now);
  g_assert_true (pace == 0 || pace >= 0.5e6);
  path_free (path);
}

/* What was too narrow for anything but sound is known to be wide again from the first pictures. */
static void
test_leap (void)
{
  Path *path = path_new (5e6);

  path->max_queue = 300 * MS;
  path->floor = 0.1e6;
  run (path, 10);
  path->capacity = 0.1e6;
  run (path, 15);
  g_assert_cmpfloat (rate_of (path), <=, 0.15e6);
  path->capacity = 5e6;
  run (path, 5);
  g_assert_cmpfloat (rate_of (path), >=, 2.5e6);
  run (path, 10);
  run (path, 20);
  g_assert_cmpfloat (path->least, >=, 2.5e6);
  path_free (path);
}

/* Packets are to leave at about the pace of a narrow path, and as they come where there is none. */
static void
test_pace (void)
{
  Path *path = path_new (3e6);

  g_assert_cmpfloat (genos_rate_estimator_get_pace (path->estimator, path->now), ==, 0);
  path->max_rate = 2.5e6;
  run (path, 10);
  g_assert_cmpfloat (genos_rate_estimator_get_pace (path->estimator, path->now), >=, 2.9e6);
  g_assert_cmpfloat (genos_rate_estimator_get_pace (path->estimator, path->now), <=, 4e6);
  path->capacity = 50e6;
  run (path, 5);
  g_assert_cmpfloat (genos_rate_estimator_get_pace (path->estimator, path->now), ==, 0);
  path_free (path);
}

/* Pictures pass at once, but not a stream of them. That makes no more of it than without such a thing. */
static void
test_bucket (void)
{
  Path *path = path_new (1e6);
  guint n_over = 0;

  path->bucket = 30000;
  path->max_queue = 300 * MS;
  run (path, 60);
  for (guint i = 0; i < 60; i++) {
    run (path, 1);
    n_over += path->most > 1.5 * path->capacity;
  }
  g_test_message ("over in %u seconds of 60", n_over);
  g_assert_cmpuint (n_over, <=, 25);
  path_free (path);
}

/* A path that carries all never bounds anything. */
static void
test_no_bound (void)
{
  Path *path = path_new (50e6);

  path->jitter = 15 * MS;
  run (path, 60);
  g_assert_cmpuint (genos_rate_estimator_get_rate (path->estimator), ==, GENOS_RATE_UNBOUNDED);
  path_free (path);
}

/* Loss that has nothing to do with what is sent ends up being taken for what it is. */
static void
test_inherent_loss (void)
{
  Path *path = path_new (20e6);

  path->loss = 0.15;
  run (path, 40);
  g_assert_cmpfloat (rate_of (path), >=, 1e6);
  path_free (path);
}

/* A sender that is held up and then sends all at once has no narrow path for it. */
static void
test_stalls (void)
{
  Path *path = path_new (8e6);

  path->max_rate = 3e6;
  for (guint i = 0; i < 20; i++) {
    run (path, 3);
    /* Pictures of 300 ms come at once. */
    path->now += 300 * MS;
  }
  g_assert_cmpfloat (rate_of (path), ==, 3e6);
  path_free (path);
}

static void
test_silence (void)
{
  Path *path = path_new (5e6);

  run (path, 10);
  path->dead = TRUE;
  run (path, 10);
  g_assert_cmpfloat (rate_of (path), <, 0.1e6);
  path->dead = FALSE;
  run (path, 12);
  g_assert_cmpfloat (rate_of (path), >, 2e6);
  path_free (path);
}

/* A path that loses packets now and then, more and less, and never has a queue, is left enough for pictures. */
static void
test_changing_loss (void)
{
  Path *path = path_new (20e6);

  for (guint i = 0; i < 40; i++) {
    path->loss = 0;
    run (path, 1);
    path->loss = 0.35;
    run (path, 3);
  }
  g_assert_cmpfloat (path->least, >=, 0.06e6);
  path_free (path);
}

/* While nothing is sent a little is dared after a while, and not taken for silence when it is. */
static void
test_rest (void)
{
  Path *path = path_new (5e6);

  run (path, 10);
  path->dead = TRUE;
  run (path, 20);
  g_assert_cmpfloat (rate_of (path), <=, GENOS_RATE_MIN);
  for (guint i = 0; i < 5; i++)
    genos_rate_estimator_rest (path->estimator, path->now += G_USEC_PER_SEC);
  g_assert_cmpfloat (rate_of (path), >, 1.5 * GENOS_RATE_MIN);
  for (guint i = 0; i < 100; i++)
    genos_rate_estimator_rest (path->estimator, path->now += G_USEC_PER_SEC);
  g_assert_cmpfloat (rate_of (path), <, 0.2e6);
  genos_rate_estimator_check_silence (path->estimator, path->now += G_USEC_PER_SEC);
  g_assert_cmpfloat (rate_of (path), >=, 0.1e6);
  path_free (path);
}

/* Where no bound is known there is none afterwards. */
static void
test_rest_unbounded (void)
{
  g_autoptr (GenosRateEstimator) estimator = genos_rate_estimator_new ();

  for (guint i = 1; i < 10; i++)
    genos_rate_estimator_rest (estimator, i * G_USEC_PER_SEC);
  g_assert_cmpuint (genos_rate_estimator_get_rate (estimator), ==, GENOS_RATE_UNBOUNDED);
}

/* Receiver reports alone: slower, and no worse in the end. */
static void
test_reports (void)
{
  Path *path = path_new (1e6);

  path->reports = TRUE;
  run (path, 30);
  assert_within (path, 0.3, 1.3);
  g_assert_false (genos_rate_estimator_has_feedback (path->estimator));
  path->capacity = 5e6;
  run (path, 20);
  g_assert_cmpfloat (rate_of (path), >, 2e6);
  path_free (path);
}

static void
test_reports_beside_feedback (void)
{
  g_autoptr (GenosRateEstimator) estimator = genos_rate_estimator_new ();
  GenosPacketFate fate = { .sent = 0, .arrived = 20000, .size = PACKET };
  GenosRateReport report = { .loss = 0.5, .sent_rate = 1000000 };

  genos_rate_estimator_add_feedback (estimator, &fate, 1, 40000);
  genos_rate_estimator_add_report (estimator, &report, 50000);
  g_assert_cmpuint (genos_rate_estimator_get_rate (estimator), ==, GENOS_RATE_UNBOUNDED);
  genos_rate_estimator_add_feedback (estimator, NULL, 0, 60000);
}

/* A peer may say anything. */
static void
test_nonsense (void)
{
  g_autoptr (GenosRateEstimator) estimator = genos_rate_estimator_new ();
  g_autoptr (GRand) dice = g_rand_new_with_seed (3);
  gint64 now = 0;

  for (guint round = 0; round < 20000; round++) {
    GenosPacketFate fates[8];
    guint n = g_rand_int_range (dice, 0, G_N_ELEMENTS (fates));

    for (guint i = 0; i < n; i++)
      fates[i] = (GenosPacketFate){
        .sent = now - g_rand_int_range (dice, 0, 1000000),
        .arrived = g_rand_int_range (dice, 0, 4) == 0
            ? -1
            : ((gint64) g_rand_int (dice) << g_rand_int_range (dice, 0, 24)),
        .size = g_rand_int (dice) >> g_rand_int_range (dice, 0, 32),
      };
    genos_rate_estimator_add_feedback (estimator, fates, n, now);
    genos_rate_estimator_check_silence (estimator, now);
    g_assert_cmpuint (genos_rate_estimator_get_rate (estimator), >=, GENOS_RATE_MIN);
    now += g_rand_int_range (dice, 0, 100000);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/rate-estimator/steps", test_steps);
  g_test_add_func ("/transport/rate-estimator/steps-long-way", test_steps_long_way);
  g_test_add_func ("/transport/rate-estimator/steps-short-queue", test_steps_short_queue);
  g_test_add_func ("/transport/rate-estimator/steps-few-pictures", test_steps_few_pictures);
  g_test_add_func ("/transport/rate-estimator/collapse", test_collapse);
  g_test_add_func ("/transport/rate-estimator/leap", test_leap);
  g_test_add_func ("/transport/rate-estimator/pace", test_pace);
  g_test_add_func ("/transport/rate-estimator/more-than-is-sent", test_more_than_is_sent);
  g_test_add_func ("/transport/rate-estimator/pace-of-collapse", test_pace_of_collapse);
  g_test_add_func ("/transport/rate-estimator/bucket", test_bucket);
  g_test_add_func ("/transport/rate-estimator/no-bound", test_no_bound);
  g_test_add_func ("/transport/rate-estimator/inherent-loss", test_inherent_loss);
  g_test_add_func ("/transport/rate-estimator/changing-loss", test_changing_loss);
  g_test_add_func ("/transport/rate-estimator/stalls", test_stalls);
  g_test_add_func ("/transport/rate-estimator/silence", test_silence);
  g_test_add_func ("/transport/rate-estimator/rest", test_rest);
  g_test_add_func ("/transport/rate-estimator/rest-unbounded", test_rest_unbounded);
  g_test_add_func ("/transport/rate-estimator/reports", test_reports);
  g_test_add_func (
      "/transport/rate-estimator/reports-beside-feedback", test_reports_beside_feedback);
  g_test_add_func ("/transport/rate-estimator/nonsense", test_nonsense);
  return g_test_run ();
}
