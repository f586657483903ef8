/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/encode-meter.h>

#define N_FRAMES 20
#define INSIDE_US 2000

static GstPadProbeReturn
on_frame (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  g_usleep (INSIDE_US);
  return GST_PAD_PROBE_OK;
}

/* An element whose frames are known to take their time stands for the encoder: the probe that is added
 * last runs last. */
static void
test_time (void)
{
  g_autoptr (GenosEncodeMeter) meter = genos_encode_meter_new ();
  g_autoptr (GstElement) pipeline = gst_object_ref_sink (gst_parse_launch (
      "videotestsrc num-buffers=20 ! video/x-raw,width=64,height=64 ! identity name=enc ! "
      "fakesink",
      NULL));
  g_autoptr (GstElement) encoder = gst_bin_get_by_name (GST_BIN (pipeline), "enc");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (encoder, "sink");
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) end = NULL;
  guint64 frames;
  gint64 time;

  genos_encode_meter_get (meter, &frames, &time);
  g_assert_cmpuint (frames, ==, 0);
  genos_encode_meter_watch (meter, encoder);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_frame, NULL, NULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  end = gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_cmpint (GST_MESSAGE_TYPE (end), ==, GST_MESSAGE_EOS);
  genos_encode_meter_get (meter, &frames, &time);
  g_assert_cmpuint (frames, ==, N_FRAMES);
  g_assert_cmpint (time, >=, (gint64) N_FRAMES * INSIDE_US);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/encode-meter/time", test_time);
  return g_test_run ();
}
