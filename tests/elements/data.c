/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Data pads: formats, properties, whom and where to, and when. */

#include "data-fixture.h"

#include <string.h>

#define APPSRC(name, caps, pad)                                                                    \
  "appsrc name=" name " format=time is-live=1 do-timestamp=1 caps=\"" caps "\" ! s." pad " "

#define TEXT "text/x-raw,format=(string)utf8"
#define JSON "application/x-json"
#define BYTES "application/octet-stream"
#define KLV "meta/x-klv,parsed=(boolean)true"

/* formats */

static void
check_format (GstElement *sender, DataReceiver *receiver, const char *name, const char *caps,
    gconstpointer data, gsize size)
{
  g_autoptr (GstSample) sample = NULL;

  data_push (sender, name, data, size);
  sample = data_receiver_wait (receiver);
  data_check_sample (sample, caps, data, size);
  g_assert_cmpstr (gst_structure_get_string (gst_sample_get_info (sample), "channel"), ==, "mix");
}

static void
test_formats (DataFixture *fixture, gconstpointer data)
{
  static const guint8 klv[] = { 6, 14, 43, 52, 2, 11, 1, 1, 14, 1, 3, 1, 1, 0, 0, 0, 1, 0 };
  g_autofree guint8 *large = g_malloc (200000);
  g_autoptr (GstElement) sender = data_make_sender (fixture, 0, "formats",
      "data_0::channel=mix data_1::channel=mix data_2::channel=mix data_3::channel=mix " APPSRC (
          "t", TEXT, "data_0") APPSRC ("j", JSON, "data_1") APPSRC ("b", BYTES, "data_2")
          APPSRC ("k", KLV, "data_3"));
  DataReceiver receiver;

  for (guint i = 0; i < 200000; i++)
    large[i] = (guint8) (i * 7 + i / 256);
  data_receiver_start (&receiver, fixture, 1, "formats", "mix");
  test_reach (sender, GST_STATE_PLAYING);
  data_wait_for_peer (sender, receiver.peer_id);
  check_format (sender, &receiver, "t", TEXT, "Grüße 🚲", strlen ("Grüße 🚲"));
  check_format (sender, &receiver, "j", JSON, "{\"a\":[1,2]}", strlen ("{\"a\":[1,2]}"));
  check_format (sender, &receiver, "b", BYTES, large, 200000);
  check_format (sender, &receiver, "b", BYTES, "", 0);
  check_format (sender, &receiver, "k", KLV, klv, sizeof klv);
  /* One pad for each format. */
  g_assert_cmpuint (receiver.src->numsrcpads, ==, 4);
  g_assert_cmpuint (data_get_counter (sender, "data_2", "messages-out"), ==, 2);
  test_stop (sender);
  data_receiver_stop (&receiver);
}

/* What is no message is counted, told once, and nothing else. */
static void
test_invalid (DataFixture *fixture, gconstpointer data)
{
  g_autoptr (GstElement) sender = data_make_sender (
      fixture, 0, "invalid", APPSRC ("t", TEXT, "data_0") APPSRC ("j", JSON, "data_1"));
  g_autoptr (GstSample) sample = NULL;
  DataReceiver receiver;

  data_receiver_start (&receiver, fixture, 1, "invalid", "*");
  test_reach (sender, GST_STATE_PLAYING);
  data_wait_for_peer (sender, receiver.peer_id);
  data_push (sender, "t", "\xff\xfe", 2);
  data_push (sender, "t", "a\0b", 3);
  data_push (sender, "j", "{broken", 7);
  data_push (sender, "t", "counted\0", 8);
  sample = data_receiver_wait (&receiver);
  data_check_sample (sample, TEXT, "counted", 7);
  gst_message_unref (test_wait (sender, GST_MESSAGE_WARNING, DATA_PEER_WAIT));
  g_assert_cmpuint (data_get_counter (sender, "data_0", "invalid"), ==, 2);
  g_assert_cmpuint (data_get_counter (sender, "data_0", "messages-in"), ==, 1);
  test_stop (sender);
  data_receiver_stop (&receiver);
}

/* whom and where */

static void
test_properties (void)
{
  g_autoptr (GstElement) sink = test_make ("genosroomsink", "properties", NO_RELAY);
  g_autoptr (GstPad) pad = gst_element_request_pad_simple (sink, "data_%u");
  static const char *const bad[] = { "", "@_signal", "thirteen byte", "\xff", NULL };

  g_assert_cmpstr (GST_PAD_NAME (pad), ==, "data_0");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autofree char *channel = NULL;

    g_object_set (pad, "channel", bad[i], NULL);
    g_object_get (pad, "channel", &channel, NULL);
    g_assert_cmpstr (channel, ==, "data");
  }
  gst_child_proxy_set (GST_CHILD_PROXY (sink), "data_0::channel", "grüße-12345", "data_0::targets",
      " a, ,b,", "data_0::metadata", "meta,name=door", NULL);
  {
    g_autofree char *channel = NULL, *targets = NULL, *metadata = NULL;

    g_object_get (pad, "channel", &channel, "targets", &targets, "metadata", &metadata, NULL);
    g_assert_cmpstr (channel, ==, "data");
    g_assert_cmpstr (targets, ==, "a,b");
    g_assert_cmpstr (metadata, ==, "{\"name\":\"door\"}");
  }
  gst_child_proxy_set (GST_CHILD_PROXY (sink), "data_0::channel", "grüße", NULL);
  {
    g_autofree char *channel = NULL;

    g_object_get (pad, "channel", &channel, NULL);
    g_assert_cmpstr (channel, ==, "grüße");
  }
  gst_element_release_request_pad (sink, pad);
  g_assert_cmpint (GST_BIN_NUMCHILDREN (sink), ==, 0);
}

static void
set_on_pad (GstElement *sender, const char *name, const char *value)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (sender), "s");

  gst_child_proxy_set (GST_CHILD_PROXY (sink), name, value, NULL);
}

static void
expect_text (DataReceiver *receiver, const char *text)
{
  g_autoptr (GstSample) sample = data_receiver_wait (receiver);

  data_check_sample (sample, TEXT, text, strlen (text));
}

/* Until the pad has taken it: its properties are those of the next one. */
static void
push_through (GstElement *sender, const char *text)
{
  guint64 before = data_get_counter (sender, "data_0", "messages-in");

  data_push (sender, "t", text, strlen (text));
  while (data_get_counter (sender, "data_0", "messages-in") == before)
    g_usleep (1000);
}

/* In whatever order they come. */
static void
wait_for_both (GstElement *sender, const char *first, const char *second)
{
  gboolean seen_first = FALSE, seen_second = FALSE;

  while (!seen_first || !seen_second) {
    g_autoptr (GstMessage) message =
        test_wait_element (sender, "genos-peer-joined", NULL, NULL, DATA_PEER_WAIT);
    const char *peer_id = gst_structure_get_string (gst_message_get_structure (message), "peer-id");

    seen_first |= g_str_equal (peer_id, first);
    seen_second |= g_str_equal (peer_id, second);
  }
}

static void
test_targets (DataFixture *fixture, gconstpointer data)
{
  g_autoptr (GstElement) sender =
      data_make_sender (fixture, 0, "targets", "data_0::channel=one " APPSRC ("t", TEXT, "data_0"));
  DataReceiver first, second;

  data_receiver_start (&first, fixture, 1, "targets", "one, two");
  data_receiver_start (&second, fixture, 2, "targets", "one");
  test_reach (sender, GST_STATE_PLAYING);
  wait_for_both (sender, first.peer_id, second.peer_id);
  set_on_pad (sender, "data_0::targets", first.peer_id);
  push_through (sender, "first");
  set_on_pad (sender, "data_0::targets", "nobody");
  push_through (sender, "nobody");
  set_on_pad (sender, "data_0::targets", second.peer_id);
  push_through (sender, "second");
  expect_text (&first, "first");
  /* Another channel, which only the first one wants: a pad and a thread of its own there. */
  set_on_pad (sender, "data_0::targets", NULL);
  set_on_pad (sender, "data_0::channel", "two");
  push_through (sender, "two");
  expect_text (&first, "two");
  set_on_pad (sender, "data_0::channel", "one");
  push_through (sender, "end");
  expect_text (&first, "end");
  expect_text (&second, "second");
  expect_text (&second, "end");
  g_assert_cmpuint (data_get_counter (sender, "data_0", "dropped"), ==, 1);
  test_stop (sender);
  data_receiver_stop (&first);
  data_receiver_stop (&second);
}

/* time */

typedef struct {
  GstElement *sender;
  gint state; /* 0: waits, 1: the picture changes, 2: it has */
  GstClockTime time;
} Camera;

/* Black first; then white, from a frame on whose time is kept. */
static GstPadProbeReturn
on_frame_sent (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Camera *camera = user_data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);

  if (g_atomic_int_get (&camera->state) == 1) {
    g_autoptr (GstElement) source = gst_pad_get_parent_element (pad);

    gst_util_set_object_arg (G_OBJECT (source), "pattern", "white");
    camera->time = GST_BUFFER_PTS (buffer) + GST_BUFFER_DURATION (buffer);
    g_atomic_int_set (&camera->state, 2);
  }
  return GST_PAD_PROBE_OK;
}

typedef struct {
  gint n_frames;
  gint white; /* the time is known */
  GstClockTime time;
} Screen;

static void
on_frame_seen (GstElement *sink, GstBuffer *buffer, GstPad *pad, Screen *screen)
{
  guint8 luma = 0;

  g_atomic_int_inc (&screen->n_frames);
  gst_buffer_extract (buffer, 5000, &luma, 1);
  if (luma < 128 || g_atomic_int_get (&screen->white))
    return;
  screen->time = GST_BUFFER_PTS (buffer);
  g_atomic_int_set (&screen->white, TRUE);
}

static void
add_screen (GstElement *src, GstPad *pad, Screen *screen)
{
  g_autoptr (GstObject) pipeline = gst_object_get_parent (GST_OBJECT (src));
  g_autoptr (GstPad) sink_pad = NULL;
  GstElement *sink;

  if (!g_str_has_prefix (GST_PAD_NAME (pad), "video_"))
    return;
  sink = gst_element_factory_make ("fakesink", NULL);
  g_object_set (sink, "sync", FALSE, "async", FALSE, "signal-handoffs", TRUE, NULL);
  g_signal_connect (sink, "handoff", G_CALLBACK (on_frame_seen), screen);
  gst_bin_add (GST_BIN (pipeline), sink);
  sink_pad = gst_element_get_static_pad (sink, "sink");
  gst_pad_link (pad, sink_pad);
  gst_element_sync_state_with_parent (sink);
}

static void
push_at (GstElement *sender, const char *text, GstClockTime time)
{
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (sender), "t");
  g_autoptr (GstBuffer) buffer = gst_buffer_new_memdup (text, strlen (text));
  GstFlowReturn flow;

  GST_BUFFER_PTS (buffer) = time;
  GST_BUFFER_DURATION (buffer) = 1500 * GST_MSECOND;
  g_signal_emit_by_name (source, "push-buffer", buffer, &flow);
}

/* A message that comes half a second late stands beside the picture that it belongs to. */
static void
test_time (DataFixture *fixture, gconstpointer data)
{
  g_autoptr (GstElement) sender = data_make_sender (fixture, 0, "time",
      "videotestsrc name=camera is-live=1 pattern=black ! "
      "video/x-raw,width=320,height=240,framerate=30/1 ! s.video_0 "
      "appsrc name=t format=time is-live=1 caps=\"" TEXT "\" ! s.data_0");
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (sender), "camera");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (source, "src");
  g_autoptr (GstSample) sample = NULL;
  Camera camera = { sender, 0, 0 };
  Screen screen = { 0, FALSE, 0 };
  DataReceiver receiver;
  GstBuffer *text;

  data_receiver_start (&receiver, fixture, 1, "time", "data");
  g_signal_connect (receiver.src, "pad-added", G_CALLBACK (add_screen), &screen);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_frame_sent, &camera, NULL);
  test_reach (sender, GST_STATE_PLAYING);
  data_wait_for_peer (sender, receiver.peer_id);
  /* Five seconds: the reports are here. */
  while (g_atomic_int_get (&screen.n_frames) < 150)
    g_usleep (10000);
  g_atomic_int_set (&camera.state, 1);
  while (g_atomic_int_get (&camera.state) != 2 || !g_atomic_int_get (&screen.white))
    g_usleep (10000);
  g_usleep (G_USEC_PER_SEC / 2);
  push_at (sender, "white", camera.time);
  sample = data_receiver_wait (&receiver);
  data_check_sample (sample, TEXT, "white", 5);
  text = gst_sample_get_buffer (sample);
  g_test_message ("the message is %" GST_STIME_FORMAT " from its picture",
      GST_STIME_ARGS (GST_CLOCK_DIFF (screen.time, GST_BUFFER_PTS (text))));
  g_assert_cmpint (ABS (GST_CLOCK_DIFF (screen.time, GST_BUFFER_PTS (text))), <,
      250 * (GstClockTimeDiff) GST_MSECOND);
  g_assert_cmpuint (GST_BUFFER_DURATION (text), ==, 1500 * GST_MSECOND);
  g_assert_nonnull (gst_buffer_get_reference_timestamp_meta (text, NULL));
  test_stop (sender);
  data_receiver_stop (&receiver);
}

#define ADD(name, func)                                                                            \
  g_test_add ("/elements/data/" name, DataFixture, NULL, data_set_up, func, data_tear_down)

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ADD ("formats", test_formats);
  ADD ("invalid", test_invalid);
  g_test_add_func ("/elements/data/properties", test_properties);
  ADD ("targets", test_targets);
  ADD ("time", test_time);
  return g_test_run ();
}
