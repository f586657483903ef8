/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/capture-clock.h>

#define TAKEN (GST_SECOND * 3900000000)

static GstBuffer *
packet_new (const char *reference, GstClockTime time)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (reference);
  GstBuffer *packet = gst_buffer_new ();

  gst_buffer_add_reference_timestamp_meta (packet, caps, time, GST_CLOCK_TIME_NONE);
  return packet;
}

static GstClockTime
get_time (GstBuffer *packet)
{
  GstReferenceTimestampMeta *meta = gst_buffer_get_reference_timestamp_meta (packet, NULL);

  return meta != NULL ? meta->timestamp : GST_CLOCK_TIME_NONE;
}

static void
check_shift (
    gboolean known, gint64 shift, const char *reference, GstClockTime from, GstClockTime to)
{
  const GenosCaptureClock clock = { known, 0, shift };
  GstBuffer *packet = packet_new (reference, from);
  g_autoptr (GstBuffer) kept = gst_buffer_ref (packet);

  packet = genos_capture_clock_shift (&clock, packet);
  g_assert_cmpuint (get_time (packet), ==, to);
  /* Whoever has it besides sees nothing of that. */
  g_assert_cmpuint (get_time (kept), ==, from);
  gst_buffer_unref (packet);
}

static void
test_shift (void)
{
  check_shift (TRUE, 5, "timestamp/x-ntp", TAKEN, TAKEN + 5);
  check_shift (TRUE, -5, "timestamp/x-ntp", TAKEN, TAKEN - 5);
  check_shift (TRUE, 0, "timestamp/x-ntp", TAKEN, TAKEN);
  check_shift (FALSE, 5, "timestamp/x-ntp", TAKEN, GST_CLOCK_TIME_NONE);
  check_shift (TRUE, 5, "timestamp/x-unix", TAKEN, GST_CLOCK_TIME_NONE);
}

/* Reports may say anything. */
static void
test_no_such_time (void)
{
  check_shift (TRUE, -5, "timestamp/x-ntp", 4, GST_CLOCK_TIME_NONE);
  check_shift (TRUE, 5, "timestamp/x-ntp", G_MAXUINT64 - 3, GST_CLOCK_TIME_NONE);
  check_shift (TRUE, G_MININT64, "timestamp/x-ntp", TAKEN, GST_CLOCK_TIME_NONE);
}

static void
test_get (void)
{
  const GenosCaptureClock clock = { TRUE, 2 * GST_SECOND, 0 }, none = { FALSE };
  g_autoptr (GstBuffer) packet = packet_new ("timestamp/x-ntp", TAKEN);
  g_autoptr (GstBuffer) silent = gst_buffer_new ();
  GstClockTimeDiff wall = -(GstClockTimeDiff) (TAKEN - 10 * GST_SECOND);

  g_assert_cmpuint (genos_capture_clock_get (&clock, packet, wall), ==, 8 * GST_SECOND);
  g_assert_cmpuint (genos_capture_clock_get (&none, packet, wall), ==, GST_CLOCK_TIME_NONE);
  g_assert_cmpuint (genos_capture_clock_get (&clock, silent, wall), ==, GST_CLOCK_TIME_NONE);
  /* It was taken before there was a system clock. */
  g_assert_cmpuint (
      genos_capture_clock_get (&clock, packet, wall - 9 * GST_SECOND), ==, GST_CLOCK_TIME_NONE);
}

/* Noise is smoothed; a clock that was set is followed at once. */
static void
test_wall (void)
{
  GstClockTimeDiff offset = GST_SECOND;

  for (guint i = 0; i < 100; i++)
    offset = genos_wall_offset_smooth (offset, GST_SECOND + 50 * GST_MSECOND);
  g_assert_cmpint (offset, >, GST_SECOND + 49 * GST_MSECOND);
  g_assert_cmpint (offset, <=, GST_SECOND + 50 * GST_MSECOND);
  g_assert_cmpint (genos_wall_offset_smooth (offset, 0), ==, 0);
  g_assert_cmpint (genos_wall_offset_smooth (0, 80 * GST_MSECOND), ==, 10 * GST_MSECOND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);

  g_test_add_func ("/media/capture-clock/shift", test_shift);
  g_test_add_func ("/media/capture-clock/no-such-time", test_no_such_time);
  g_test_add_func ("/media/capture-clock/get", test_get);
  g_test_add_func ("/media/capture-clock/wall", test_wall);

  return g_test_run ();
}
