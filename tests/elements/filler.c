/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is put into a gap. */

#include "gstgenosfiller.h"

#define WAIT (60 * G_USEC_PER_SEC)

typedef struct {
  GstElement *pipeline;
  GstElement *filler;
  GstPad *in; /* where a source would be */
  GAsyncQueue *out;
  GstClockTime now; /* running time of the last buffer that was put in */
} Fixture;

static GstPadProbeReturn
on_out (GstPad *pad, GstPadProbeInfo *info, gpointer queue)
{
  g_async_queue_push (queue, gst_buffer_ref (GST_PAD_PROBE_INFO_BUFFER (info)));
  return GST_PAD_PROBE_OK;
}

static void
set_up (Fixture *fixture, GstGenosFill fill, const char *caps_text)
{
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  g_autoptr (GstCaps) caps = gst_caps_from_string (caps_text);
  g_autoptr (GstPad) sinkpad = gst_element_get_static_pad (sink, "sink");
  GstSegment segment;

  fixture->pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  fixture->filler = gst_genos_filler_new (fill);
  fixture->out = g_async_queue_new_full ((GDestroyNotify) gst_buffer_unref);
  g_object_set (sink, "sync", FALSE, "async", FALSE, NULL);
  gst_bin_add_many (GST_BIN (fixture->pipeline), fixture->filler, sink, NULL);
  g_assert_true (gst_element_link (fixture->filler, sink));
  gst_pad_add_probe (sinkpad, GST_PAD_PROBE_TYPE_BUFFER, on_out, fixture->out, NULL);
  gst_element_set_state (fixture->pipeline, GST_STATE_PLAYING);
  gst_element_get_state (fixture->pipeline, NULL, NULL, GST_CLOCK_TIME_NONE);
  fixture->in = gst_element_get_static_pad (fixture->filler, "sink");
  gst_pad_send_event (fixture->in, gst_event_new_stream_start ("x"));
  gst_pad_send_event (fixture->in, gst_event_new_caps (caps));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_send_event (fixture->in, gst_event_new_segment (&segment));
}

static void
tear_down (Fixture *fixture)
{
  gst_element_set_state (fixture->pipeline, GST_STATE_NULL);
  gst_object_unref (fixture->in);
  gst_object_unref (fixture->pipeline);
  g_async_queue_unref (fixture->out);
}

/* As it would come from the network: now. */
static void
put (Fixture *fixture, gsize size, guint8 byte)
{
  g_autoptr (GstClock) clock = gst_element_get_clock (fixture->filler);
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);

  gst_buffer_memset (buffer, 0, byte, size);
  fixture->now = gst_clock_get_time (clock) - gst_element_get_base_time (fixture->filler);
  GST_BUFFER_PTS (buffer) = fixture->now;
  GST_BUFFER_DURATION (buffer) = 20 * GST_MSECOND;
  g_assert_cmpint (gst_pad_chain (fixture->in, buffer), ==, GST_FLOW_OK);
}

static GstBuffer *
take (Fixture *fixture)
{
  GstBuffer *buffer = g_async_queue_timeout_pop (fixture->out, WAIT);

  g_assert_nonnull (buffer);
  return buffer;
}

static guint8
get_byte (GstBuffer *buffer)
{
  guint8 byte = 0xaa;

  gst_buffer_extract (buffer, 0, &byte, 1);
  return byte;
}

#define I420 "video/x-raw,format=I420,width=32,height=32,framerate=30/1"
#define I420_SIZE (32 * 32 * 3 / 2)
#define S16 "audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved"

static void
check_pictures (GstGenosFill fill, const char *caps, guint8 expected)
{
  Fixture fixture;
  GstClockTime last;

  set_up (&fixture, fill, caps);
  put (&fixture, I420_SIZE, 200);
  gst_buffer_unref (take (&fixture));
  last = fixture.now;
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GstBuffer) picture = take (&fixture);

    g_assert_cmpuint (get_byte (picture), >=, expected - 4);
    g_assert_cmpuint (get_byte (picture), <=, expected + 4);
    g_assert_cmpuint (gst_buffer_get_size (picture), ==, I420_SIZE);
    g_assert_cmpuint (GST_BUFFER_PTS (picture), >, last);
    last = GST_BUFFER_PTS (picture);
  }
  gst_pad_send_event (fixture.in, gst_event_new_eos ());
  while (g_async_queue_length (fixture.out) > 0)
    gst_buffer_unref (take (&fixture));
  tear_down (&fixture);
}

static void
test_last_frame (void)
{
  check_pictures (GST_GENOS_FILL_LAST_FRAME, I420, 200);
}

static void
test_slate (void)
{
  check_pictures (GST_GENOS_FILL_SLATE, I420, 16 + 0x20 * 219 / 255);
}

/* What is not in this machine's memory cannot be painted here: the last picture has to do. */
static void
test_foreign_memory (void)
{
  check_pictures (GST_GENOS_FILL_SLATE,
      "video/x-raw(memory:Elsewhere),format=I420,width=32,height=32,framerate=30/1", 200);
}

/* Without a hole, from the last sound on. */
static void
test_silence (void)
{
  Fixture fixture;
  GstClockTime end;

  set_up (&fixture, GST_GENOS_FILL_LAST_FRAME, S16);
  put (&fixture, 1920, 7);
  gst_buffer_unref (take (&fixture));
  end = fixture.now + 20 * GST_MSECOND;
  for (guint i = 0; i < 12; i++) {
    g_autoptr (GstBuffer) silence = take (&fixture);

    g_assert_cmpuint (get_byte (silence), ==, 0);
    g_assert_cmpuint (GST_BUFFER_PTS (silence), ==, end);
    g_assert_cmpuint (gst_buffer_get_size (silence), ==, 9600);
    g_assert_true (GST_BUFFER_FLAG_IS_SET (silence, GST_BUFFER_FLAG_GAP));
    end += GST_BUFFER_DURATION (silence);
  }
  tear_down (&fixture);
}

/* Nothing comes before the first buffer, however long that takes; a state change does not wait. */
static void
test_nothing_yet (void)
{
  Fixture fixture;

  set_up (&fixture, GST_GENOS_FILL_SLATE, I420);
  g_assert_null (g_async_queue_timeout_pop (fixture.out, 3 * G_USEC_PER_SEC / 2));
  tear_down (&fixture);
}

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/elements/filler/last-frame", test_last_frame);
  g_test_add_func ("/elements/filler/slate", test_slate);
  g_test_add_func ("/elements/filler/foreign-memory", test_foreign_memory);
  g_test_add_func ("/elements/filler/silence", test_silence);
  g_test_add_func ("/elements/filler/nothing-yet", test_nothing_yet);
  return g_test_run ();
}
