/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosframeorder.h"

#define SSRC 0xfffffff0u

static GstClockTime
take (GstGenosFrameOrder *order, guint32 ssrc, guint32 rtp_time, GstClockTime pts)
{
  guint8 header[12] = { 0x80, 96 };
  g_autoptr (GstBuffer) packet = NULL;

  GST_WRITE_UINT32_BE (header + 4, rtp_time);
  GST_WRITE_UINT32_BE (header + 8, ssrc);
  packet = gst_buffer_new_memdup (header, sizeof header);
  return gst_genos_frame_order_take (order, packet, pts);
}

/* Several packets make a frame, and the numbers wrap. */
static void
test_forwards (void)
{
  GstGenosFrameOrder order = { 0 };

  g_assert_cmpuint (take (&order, SSRC, 0xffffff00u, 10 * GST_SECOND), ==, 10 * GST_SECOND);
  g_assert_cmpuint (take (&order, SSRC, 0xffffff00u, 10 * GST_SECOND), ==, 10 * GST_SECOND);
  g_assert_cmpuint (take (&order, SSRC, 3000, 11 * GST_SECOND), ==, 11 * GST_SECOND);
}

/* No two have the same, and they come back to where they belong. */
static void
test_set_back (void)
{
  GstGenosFrameOrder order = { 0 };
  const GstClockTime first = 10 * GST_SECOND;

  take (&order, SSRC, 0, first);
  g_assert_cmpuint (take (&order, SSRC, 3000, first), ==, first + GST_MSECOND);
  g_assert_cmpuint (take (&order, SSRC, 3000, first + 1), ==, first + GST_MSECOND);
  g_assert_cmpuint (
      take (&order, SSRC, 6000, first - 100 * GST_MSECOND), ==, first + 2 * GST_MSECOND);
  g_assert_cmpuint (
      take (&order, SSRC, 9000, first + 33 * GST_MSECOND), ==, first + 33 * GST_MSECOND);
}

/* I0 P3 B1 B2 P6 */
static void
test_b_frames (void)
{
  GstGenosFrameOrder order = { 0 };
  static const guint sent[] = { 0, 3, 1, 2, 6, 4, 5 };

  for (guint i = 0; i < G_N_ELEMENTS (sent); i++) {
    GstClockTime pts = GST_SECOND + sent[i] * 33 * GST_MSECOND;

    g_assert_cmpuint (take (&order, SSRC, sent[i] * 3000, pts), ==, pts);
  }
}

static void
test_another_line (void)
{
  GstGenosFrameOrder order = { 0 };
  const GstClockTime first = 10 * GST_SECOND;

  take (&order, SSRC, 9000, first);
  /* A clock that was set back. */
  g_assert_cmpuint (take (&order, SSRC, 12000, first - 2 * GST_SECOND), ==, first - 2 * GST_SECOND);
  g_assert_cmpuint (take (&order, SSRC, 15000, first - GST_SECOND), ==, first - GST_SECOND);
  /* Another source, which counts from somewhere else. */
  g_assert_cmpuint (
      take (&order, 7, 100, first - GST_SECOND), ==, first - GST_SECOND + GST_MSECOND);
  g_assert_cmpuint (take (&order, 7, 3100, first), ==, first);
  /* The same one, which begins to count anew. */
  g_assert_cmpuint (take (&order, 7, 50, first + 9), ==, first + GST_MSECOND);
  g_assert_cmpuint (take (&order, 7, 3050, first), ==, first + 2 * GST_MSECOND);
}

static void
test_nonsense (void)
{
  GstGenosFrameOrder order = { 0 };
  g_autoptr (GstBuffer) empty = gst_buffer_new ();

  g_assert_cmpuint (gst_genos_frame_order_take (&order, empty, 5), ==, 5);
  g_assert_cmpuint (take (&order, SSRC, 0, GST_CLOCK_TIME_NONE), ==, GST_CLOCK_TIME_NONE);
  g_assert_cmpuint (take (&order, SSRC, 0, 7), ==, 7);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/elements/frame-order/forwards", test_forwards);
  g_test_add_func ("/elements/frame-order/set-back", test_set_back);
  g_test_add_func ("/elements/frame-order/b-frames", test_b_frames);
  g_test_add_func ("/elements/frame-order/another-line", test_another_line);
  g_test_add_func ("/elements/frame-order/nonsense", test_nonsense);
  return g_test_run ();
}
