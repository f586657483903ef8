/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What several senders took at one time, and when it is shown: in simulated time. */

#include "gstgenostimeline.h"

#define MS GST_MSECOND
/* Some time of 2026, ns since 1900. */
#define EPOCH (G_GUINT64_CONSTANT (4004400000) * GST_SECOND)
/* Of the same moment, by the system clock of the receiver. */
#define NOW (7 * 3600 * GST_SECOND)

/* One track of a simulated sender. */
typedef struct {
  GstGenosTimeTrack *track;
  GstClockTime period;
  GstClockTimeDiff lag;   /* from being taken to coming */
  GstClockTimeDiff ahead; /* its clock, of ours */
  gboolean known;         /* the clock is */
  GstClockTime last_shown;
  GstClockTimeDiff delay; /* what was seen: from being taken to being shown */
} Sender;

static Sender
sender_new (GstGenosTimeLine *line, const char *peer, GstClockTime period, GstClockTimeDiff lag)
{
  return (Sender){ .track = gst_genos_time_track_new (line, peer), .period = period, .lag = lag };
}

/* What was taken @at after the beginning, by a report that is off by @noise. */
static void
take (Sender *self, GstClockTime at, GstClockTimeDiff noise)
{
  GstClockTimeDiff to_local = GST_CLOCK_DIFF (EPOCH + self->ahead, NOW);
  GstClockTime came = NOW + at + self->lag;
  GstClockTime capture = EPOCH + self->ahead + at + noise;
  GstClockTime shown =
      gst_genos_time_track_map (self->track, came, capture, self->known ? &to_local : NULL);

  /* Another packet of the same picture. */
  g_assert_cmpuint (shown, ==,
      gst_genos_time_track_map (self->track, came, capture, self->known ? &to_local : NULL));
  g_assert_cmpuint (shown, >, self->last_shown);
  self->last_shown = shown;
  self->delay = GST_CLOCK_DIFF (NOW + at, shown);
}

static void
run (Sender *senders, guint n, GstClockTime from, GstClockTime to)
{
  for (GstClockTime at = from; at < to; at += MS) {
    for (guint i = 0; i < n; i++) {
      if (at % senders[i].period == 0)
        take (&senders[i], at, 0);
    }
  }
}

static void
assert_delay (const Sender *self, GstClockTimeDiff expected)
{
  g_assert_cmpint (ABS (self->delay - expected), <=, 5 * (GstClockTimeDiff) MS);
}

static void
free_senders (Sender *senders, guint n)
{
  for (guint i = 0; i < n; i++)
    gst_genos_time_track_free (senders[i].track);
}

/* the cases */

static void
test_no_reports (void)
{
  GstGenosTimeLine *line = gst_genos_time_line_new ();
  GstGenosTimeTrack *track = gst_genos_time_track_new (line, "a");
  GstClockTime time;

  g_assert_cmpuint (gst_genos_time_track_map (track, NOW, GST_CLOCK_TIME_NONE, NULL), ==, NOW);
  g_assert_cmpuint (
      gst_genos_time_track_map (track, GST_CLOCK_TIME_NONE, EPOCH, NULL), ==, GST_CLOCK_TIME_NONE);
  g_assert_false (gst_genos_time_line_map (line, "a", EPOCH, &time));
  g_assert_false (gst_genos_time_line_map (line, "b", EPOCH, &time));
  gst_genos_time_track_free (track);
  gst_genos_time_line_unref (line);
}

/* Sound waits for its picture, which is encoded for longer; whatever the clock over there says. */
static void
test_lips (void)
{
  GstGenosTimeLine *line = gst_genos_time_line_new ();
  Sender senders[] = {
    sender_new (line, "a", 20 * MS, 25 * MS),
    sender_new (line, "a", 33 * MS, 90 * MS),
    sender_new (line, "other", 20 * MS, 5 * MS),
  };
  GstClockTime time;

  senders[0].ahead = senders[1].ahead = 3600 * (GstClockTimeDiff) GST_SECOND;
  run (senders, 3, 0, 2 * GST_SECOND);
  assert_delay (&senders[0], 90 * MS);
  assert_delay (&senders[1], 90 * MS);
  assert_delay (&senders[2], 5 * MS);
  /* A message that was taken with a picture is shown with it. */
  g_assert_true (gst_genos_time_line_map (line, "a", EPOCH + senders[0].ahead + GST_SECOND, &time));
  g_assert_cmpint (
      ABS (GST_CLOCK_DIFF (NOW + GST_SECOND + 90 * MS, time)), <=, 5 * (GstClockTimeDiff) MS);
  free_senders (senders, 3);
  gst_genos_time_line_unref (line);
}

static void
test_common (gconstpointer data)
{
  gboolean common = GPOINTER_TO_INT (data);
  GstGenosTimeLine *line = gst_genos_time_line_new ();
  Sender senders[] = {
    sender_new (line, "near", 33 * MS, 30 * MS),
    sender_new (line, "far", 40 * MS, 200 * MS),
    sender_new (line, "browser", 33 * MS, 60 * MS),
    sender_new (line, "too-far", 33 * MS, 900 * MS),
  };

  g_assert_false (gst_genos_time_line_get_common (line));
  gst_genos_time_line_set_common (line, common);
  senders[0].known = senders[1].known = senders[3].known = TRUE;
  senders[0].ahead = -12 * (GstClockTimeDiff) GST_SECOND;
  senders[1].ahead = 77 * (GstClockTimeDiff) MS;
  run (senders, 4, 0, 2 * GST_SECOND);
  assert_delay (&senders[0], (common ? 200 : 30) * MS);
  assert_delay (&senders[1], 200 * MS);
  assert_delay (&senders[2], 60 * MS);
  assert_delay (&senders[3], 900 * MS);
  free_senders (senders, 4);
  gst_genos_time_line_unref (line);
}

/* Who comes later and is slower is waited for after a while, little by little; who goes no longer is. */
static void
test_come_and_go (void)
{
  GstGenosTimeLine *line = gst_genos_time_line_new ();
  Sender senders[2] = { sender_new (line, "near", 20 * MS, 20 * MS) };
  GstClockTimeDiff before;

  gst_genos_time_line_set_common (line, TRUE);
  senders[0].known = TRUE;
  run (senders, 1, 0, 3 * GST_SECOND);
  assert_delay (&senders[0], 20 * MS);

  senders[1] = sender_new (line, "far", 20 * MS, 120 * MS);
  senders[1].known = TRUE;
  before = senders[0].delay;
  run (senders, 2, 3 * GST_SECOND, 5 * GST_SECOND - 100 * MS);
  g_assert_cmpint (senders[0].delay, ==, before);
  assert_delay (&senders[1], 120 * MS);
  run (senders, 2, 5 * GST_SECOND - 100 * MS, 5 * GST_SECOND + 100 * MS);
  g_assert_cmpint (senders[0].delay - before, <=, 11 * (GstClockTimeDiff) MS);
  g_assert_cmpint (senders[0].delay, >, before);
  run (senders, 2, 5 * GST_SECOND + 100 * MS, 8 * GST_SECOND);
  assert_delay (&senders[0], 120 * MS);
  assert_delay (&senders[1], 120 * MS);

  /* It stops without a word. */
  run (senders, 1, 8 * GST_SECOND, 12 * GST_SECOND);
  assert_delay (&senders[0], 120 * MS);
  run (senders, 1, 12 * GST_SECOND, 18 * GST_SECOND);
  assert_delay (&senders[0], 20 * MS);
  free_senders (senders, 2);
  gst_genos_time_line_unref (line);
}

/* The same track over another way, which is slower. */
static void
test_restart (void)
{
  GstGenosTimeLine *line = gst_genos_time_line_new ();
  Sender senders[] = {
    sender_new (line, "a", 20 * MS, 20 * MS),
    sender_new (line, "a", 20 * MS, 40 * MS),
  };

  run (senders, 2, 0, 3 * GST_SECOND);
  for (guint i = 0; i < 2; i++) {
    gst_genos_time_track_restart (senders[i].track);
    senders[i].lag += 300 * MS;
  }
  run (senders, 2, 3 * GST_SECOND, 3 * GST_SECOND + 100 * MS);
  assert_delay (&senders[0], 340 * MS);
  assert_delay (&senders[1], 340 * MS);
  free_senders (senders, 2);
  gst_genos_time_line_unref (line);
}

/* Who does not want to wait gets each track when it comes. */
static void
test_max_wait (void)
{
  GstGenosTimeLine *line = gst_genos_time_line_new ();
  Sender senders[] = {
    sender_new (line, "a", 20 * MS, 25 * MS),
    sender_new (line, "a", 33 * MS, 90 * MS),
  };

  gst_genos_time_line_set_max_wait (line, 0);
  run (senders, 2, 0, 3 * GST_SECOND);
  assert_delay (&senders[0], 25 * MS);
  assert_delay (&senders[1], 90 * MS);
  gst_genos_time_line_set_max_wait (line, 65 * MS);
  run (senders, 2, 3 * GST_SECOND, 6 * GST_SECOND);
  assert_delay (&senders[0], 90 * MS);
  assert_delay (&senders[1], 90 * MS);
  free_senders (senders, 2);
  gst_genos_time_line_unref (line);
}

/* What is so slow that nobody waits for it is not made later, or earlier than it came, besides. */
static void
test_too_slow (void)
{
  GstGenosTimeLine *line = gst_genos_time_line_new ();
  Sender senders[] = {
    sender_new (line, "a", 20 * MS, 25 * MS),
    sender_new (line, "a", 33 * MS, 1500 * MS),
  };

  run (senders, 2, 0, 3 * GST_SECOND);
  assert_delay (&senders[0], 25 * MS);
  assert_delay (&senders[1], 1500 * MS);
  free_senders (senders, 2);
  gst_genos_time_line_unref (line);
}

/* Whatever a peer says the time is. */
static void
test_hostile (void)
{
  static const guint64 captures[] = { 0, 1, EPOCH, G_MAXUINT32 * GST_SECOND };
  const GstClockTimeDiff offsets[] = { 0, -(GstClockTimeDiff) EPOCH, (GstClockTimeDiff) EPOCH / 2 };
  GstGenosTimeLine *line = gst_genos_time_line_new ();
  GstGenosTimeTrack *track = gst_genos_time_track_new (line, "a");
  GstClockTime pts = NOW;

  gst_genos_time_line_set_common (line, TRUE);
  for (guint i = 0; i < 100; i++) {
    GstClockTimeDiff to_local = -(GstClockTimeDiff) EPOCH - offsets[i % G_N_ELEMENTS (offsets)] / 2;

    pts += 20 * MS;
    gst_genos_time_track_map (track, pts, captures[i % G_N_ELEMENTS (captures)], &to_local);
  }
  gst_genos_time_track_free (track);
  gst_genos_time_line_unref (line);
}

/* Reports that are off by some ms, now this way, now that: what is shown keeps its pace. */
static void
test_noise (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  GstGenosTimeLine *line = gst_genos_time_line_new ();
  Sender senders[] = {
    sender_new (line, "a", 20 * MS, 20 * MS),
    sender_new (line, "a", 20 * MS, 60 * MS),
  };
  GstClockTimeDiff noise[2] = { 0 };

  for (GstClockTime at = 0; at < 60 * GST_SECOND; at += 20 * MS) {
    for (guint i = 0; i < 2; i++) {
      GstClockTime last = senders[i].last_shown;
      GstClockTimeDiff pace;

      if (at % GST_SECOND == 0)
        noise[i] = g_rand_int_range (random, -8, 9) * (GstClockTimeDiff) MS;
      take (&senders[i], at, noise[i]);
      pace = GST_CLOCK_DIFF (last, senders[i].last_shown) - 20 * (GstClockTimeDiff) MS;
      if (at > 2 * GST_SECOND)
        g_assert_cmpint (ABS (pace), <=, (GstClockTimeDiff) MS);
    }
    if (at > 2 * GST_SECOND)
      g_assert_cmpint (ABS (senders[0].delay - senders[1].delay), <=, 20 * (GstClockTimeDiff) MS);
  }
  free_senders (senders, 2);
  gst_genos_time_line_unref (line);
}

/* Clocks run apart by 100 ppm: in an hour by 360 ms. Nobody is off by more than a few ms of it. */
static void
test_drift (void)
{
  GstGenosTimeLine *line = gst_genos_time_line_new ();
  Sender senders[] = {
    sender_new (line, "a", 100 * MS, 40 * MS),
    sender_new (line, "b", 100 * MS, 70 * MS),
  };

  gst_genos_time_line_set_common (line, TRUE);
  senders[0].known = senders[1].known = TRUE;
  for (GstClockTime at = 0; at < 3600 * GST_SECOND; at += 100 * MS) {
    senders[0].ahead = (GstClockTimeDiff) (at / 10000);
    take (&senders[0], at, 0);
    take (&senders[1], at, 0);
    if (at > 2 * GST_SECOND)
      assert_delay (&senders[0], 70 * MS);
  }
  free_senders (senders, 2);
  gst_genos_time_line_unref (line);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/time-line/no-reports", test_no_reports);
  g_test_add_func ("/time-line/lips", test_lips);
  g_test_add_data_func ("/time-line/common", GINT_TO_POINTER (TRUE), test_common);
  g_test_add_data_func ("/time-line/apart", GINT_TO_POINTER (FALSE), test_common);
  g_test_add_func ("/time-line/come-and-go", test_come_and_go);
  g_test_add_func ("/time-line/restart", test_restart);
  g_test_add_func ("/time-line/hostile", test_hostile);
  g_test_add_func ("/time-line/noise", test_noise);
  g_test_add_func ("/elements/time-line/max-wait", test_max_wait);
  g_test_add_func ("/elements/time-line/too-slow", test_too_slow);
  g_test_add_func ("/time-line/drift", test_drift);
  return g_test_run ();
}
