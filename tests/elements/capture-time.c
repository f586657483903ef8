/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* When packets were taken, by what reports say: in made-up time. */

#include "gstgenoscapturetime.h"

#define MS GST_MSECOND
#define RATE 48000
/* ns since 1900, and the time of the receiver's system clock. */
#define EPOCH (G_GUINT64_CONSTANT (4004400000) * GST_SECOND)
#define NOW (7 * 3600 * GST_SECOND)
#define TO_LOCAL GST_CLOCK_DIFF (EPOCH, NOW)

static GstBuffer *
make_packet (guint32 rtp_time, GstClockTime pts)
{
  guint8 header[12] = { 0x80, 111, 0, 1, rtp_time >> 24, rtp_time >> 16, rtp_time >> 8, rtp_time };
  GstBuffer *packet = gst_buffer_new_memdup (header, sizeof header);

  GST_BUFFER_PTS (packet) = pts;
  return packet;
}

/* One of each 20 ms, taken @at; it came late, with that time. */
static void
take (GstGenosCaptureTime *self, GstClockTime at, GstClockTime late, gboolean reported,
    gboolean known, GQueue *ready)
{
  GstClockTimeDiff to_local = TO_LOCAL;
  /* Wraps on the way. */
  guint32 rtp_time = (guint32) (G_MAXUINT32 - 4000 + at * RATE / GST_SECOND);

  gst_genos_capture_time_take (self, make_packet (rtp_time, NOW + at + late), NOW + at + late,
      reported ? EPOCH + at : GST_CLOCK_TIME_NONE, known ? &to_local : NULL, ready);
}

static void
expect (GQueue *ready, GstClockTime pts)
{
  g_autoptr (GstBuffer) packet = g_queue_pop_head (ready);

  g_assert_nonnull (packet);
  g_assert_cmpuint (GST_BUFFER_PTS (packet), ==, pts);
}

/* What came before the first report, unevenly, is put right when it comes. */
static void
test_beginning (void)
{
  GstGenosCaptureTime self;
  GQueue ready = G_QUEUE_INIT;

  gst_genos_capture_time_init (&self, RATE);
  for (guint i = 0; i < 10; i++)
    take (&self, i * 20 * MS, (70 - i * 5) * MS, i >= 5, FALSE, &ready);
  g_assert_true (g_queue_is_empty (&ready));
  take (&self, 200 * MS, 30 * MS, TRUE, TRUE, &ready);
  take (&self, 220 * MS, 90 * MS, FALSE, TRUE, &ready);
  for (guint i = 0; i < 12; i++)
    expect (&ready, NOW + i * 20 * MS);
  g_assert_true (g_queue_is_empty (&ready));
  gst_genos_capture_time_clear (&self);
}

/* Who never tells goes on as its packets came, and stays so. */
static void
test_silent (void)
{
  GstGenosCaptureTime self;
  GQueue ready = G_QUEUE_INIT;
  guint n = 2 * GST_SECOND / (20 * MS);

  gst_genos_capture_time_init (&self, RATE);
  for (guint i = 0; i <= n; i++)
    take (&self, i * 20 * MS, 50 * MS, FALSE, TRUE, &ready);
  g_assert_true (g_queue_is_empty (&ready));
  take (&self, (n + 1) * 20 * MS, 50 * MS, FALSE, TRUE, &ready);
  take (&self, (n + 2) * 20 * MS, 50 * MS, TRUE, TRUE, &ready);
  for (guint i = 0; i <= n + 2; i++)
    expect (&ready, NOW + i * 20 * MS + 50 * MS);
  gst_genos_capture_time_clear (&self);
}

static void
test_restart (void)
{
  GstGenosCaptureTime self;
  GQueue ready = G_QUEUE_INIT;

  gst_genos_capture_time_init (&self, RATE);
  take (&self, 0, 50 * MS, TRUE, TRUE, &ready);
  expect (&ready, NOW);
  gst_genos_capture_time_restart (&self);
  take (&self, 20 * MS, 50 * MS, FALSE, TRUE, &ready);
  g_assert_true (g_queue_is_empty (&ready));
  gst_genos_capture_time_end (&self, &ready);
  expect (&ready, NOW + 70 * MS);
  gst_genos_capture_time_clear (&self);
}

/* Packets that are none, and tracks of no known rate. */
static void
test_odd (void)
{
  GstGenosCaptureTime self;
  GQueue ready = G_QUEUE_INIT;
  GstClockTimeDiff to_local = -(GstClockTimeDiff) GST_SECOND;

  gst_genos_capture_time_init (&self, 0);
  take (&self, 0, 50 * MS, TRUE, TRUE, &ready);
  expect (&ready, NOW + 50 * MS);
  gst_genos_capture_time_init (&self, RATE);
  for (gsize size = 0; size < 12; size++) {
    GstBuffer *packet = gst_buffer_new_allocate (NULL, size, NULL);

    gst_buffer_memset (packet, 0, 0xff, size);
    gst_genos_capture_time_take (&self, packet, NOW, MS, &to_local, &ready);
    expect (&ready, 0);
  }
  gst_genos_capture_time_clear (&self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/elements/capture-time/beginning", test_beginning);
  g_test_add_func ("/elements/capture-time/silent", test_silent);
  g_test_add_func ("/elements/capture-time/restart", test_restart);
  g_test_add_func ("/elements/capture-time/odd", test_odd);
  return g_test_run ();
}
