/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "element-fixture.h"

static GstElement *
make_sink (void)
{
  return test_make ("genosroomsink", "sink", NO_RELAY);
}

/* pads */

static void
test_pads (void)
{
  g_autoptr (GstElement) sink = make_sink ();
  GstPad *first = gst_element_request_pad_simple (sink, "video_%u");
  GstPad *seventh = gst_element_request_pad_simple (sink, "video_7");
  GstPad *audio = gst_element_request_pad_simple (sink, "audio_%u");

  g_assert_cmpstr (GST_PAD_NAME (first), ==, "video_0");
  g_assert_cmpstr (GST_PAD_NAME (seventh), ==, "video_7");
  g_assert_cmpstr (GST_PAD_NAME (audio), ==, "audio_0");
  g_assert_cmpint (gst_child_proxy_get_children_count (GST_CHILD_PROXY (sink)), ==, 3);
  gst_element_release_request_pad (sink, first);
  gst_element_release_request_pad (sink, seventh);
  gst_element_release_request_pad (sink, audio);
  gst_object_unref (first);
  gst_object_unref (seventh);
  gst_object_unref (audio);
  g_assert_cmpint (gst_child_proxy_get_children_count (GST_CHILD_PROXY (sink)), ==, 0);
  g_assert_cmpint (GST_BIN_NUMCHILDREN (sink), ==, 0);
}

static void
test_pad_properties (void)
{
  g_autoptr (GstElement) sink = make_sink ();
  g_autoptr (GstPad) pad = gst_element_request_pad_simple (sink, "video_%u");
  g_autofree char *stream = NULL, *track = NULL, *metadata = NULL, *kept = NULL;

  gst_child_proxy_set (GST_CHILD_PROXY (sink), "video_0::stream-id", "cam", "video_0::track-id",
      "t", "video_0::metadata", "meta,name=door", NULL);
  g_object_get (pad, "stream-id", &stream, "track-id", &track, "metadata", &metadata, NULL);
  g_assert_cmpstr (stream, ==, "cam");
  g_assert_cmpstr (track, ==, "t");
  g_assert_cmpstr (metadata, ==, "{\"name\":\"door\"}");
  g_object_set (pad, "metadata", "{broken", NULL);
  g_object_get (pad, "metadata", &kept, NULL);
  g_assert_cmpstr (kept, ==, metadata);
  gst_element_release_request_pad (sink, pad);
}

static void
test_launch_syntax (void)
{
  g_autoptr (GstElement) pipeline = test_launch ("videotestsrc ! genosroomsink name=s room=x "
                                                 "relays=" NO_RELAY " video_0::stream-id=cam");
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), "s");
  g_autofree char *stream = NULL;

  gst_child_proxy_get (GST_CHILD_PROXY (sink), "video_0::stream-id", &stream, NULL);
  g_assert_cmpstr (stream, ==, "cam");
}

static void
add_source (GstElement *pipeline, GstElement *sink)
{
  GstElement *source = gst_element_factory_make ("videotestsrc", NULL);
  g_autoptr (GstPad) from = NULL;
  g_autoptr (GstPad) to = NULL;

  g_object_set (source, "is-live", TRUE, NULL);
  gst_bin_add (GST_BIN (pipeline), source);
  from = gst_element_get_static_pad (source, "src");
  to = gst_element_request_pad_simple (sink, "video_%u");
  g_assert_cmpint (gst_pad_link (from, to), ==, GST_PAD_LINK_OK);
  gst_element_sync_state_with_parent (source);
}

static void
remove_source (GstElement *pipeline, GstElement *sink)
{
  g_autoptr (GstPad) pad = gst_object_ref (g_list_last (sink->sinkpads)->data);
  g_autoptr (GstPad) peer = gst_pad_get_peer (pad);
  g_autoptr (GstElement) source = gst_pad_get_parent_element (peer);

  gst_element_set_locked_state (source, TRUE);
  gst_element_set_state (source, GST_STATE_NULL);
  gst_element_release_request_pad (sink, pad);
  gst_bin_remove (GST_BIN (pipeline), source);
}

static void
test_pads_while_playing (void)
{
  g_autoptr (GstElement) pipeline = test_launch ("videotestsrc is-live=1 ! genosroomsink name=s "
                                                 "room=x stun-server=\"\" relays=" NO_RELAY);
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), "s");

  test_reach (pipeline, GST_STATE_PLAYING);
  for (guint i = 0; i < 5; i++) {
    add_source (pipeline, sink);
    test_reach (pipeline, GST_STATE_PLAYING);
    remove_source (pipeline, sink);
    test_reach (pipeline, GST_STATE_PLAYING);
  }
  g_assert_cmpint (sink->numsinkpads, ==, 1);
  test_stop (pipeline);
}

/* A pad that nobody feeds does not take the pipeline out of PLAYING. */
static void
test_idle_pad_while_playing (void)
{
  g_autoptr (GstElement) sink = make_sink ();
  g_autoptr (GstPad) pad = NULL;

  test_reach (sink, GST_STATE_PLAYING);
  pad = gst_element_request_pad_simple (sink, "audio_%u");
  test_reach (sink, GST_STATE_PLAYING);
  gst_element_release_request_pad (sink, pad);
  test_stop (sink);
}

static void
push_silence (GstElement *pipeline, const char *name)
{
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (pipeline), name);
  g_autoptr (GstBuffer) buffer = gst_buffer_new_allocate (NULL, 960, NULL);
  GstFlowReturn result;

  gst_buffer_memset (buffer, 0, 0, 960);
  GST_BUFFER_PTS (buffer) = 0;
  g_signal_emit_by_name (source, "push-buffer", buffer, &result);
  g_assert_cmpint (result, ==, GST_FLOW_OK);
}

/* As decodebin's, which come while the pipeline prerolls: it waits for them as well. */
static void
test_pad_while_prerolling (void)
{
  g_autoptr (GstElement) pipeline = test_launch (
      "genosroomsink name=s room=x stun-server=none relays=" NO_RELAY
      " appsrc name=a format=time ! fakesink name=f appsrc name=b format=time "
      "caps=audio/x-raw,format=S16LE,layout=interleaved,rate=48000,channels=1 ! identity name=i");
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), "s");
  g_autoptr (GstElement) other = gst_bin_get_by_name (GST_BIN (pipeline), "f");
  g_autoptr (GstElement) identity = gst_bin_get_by_name (GST_BIN (pipeline), "i");
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);

  g_assert_cmpint (gst_element_set_state (pipeline, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_ASYNC);
  g_assert_true (gst_element_link_pads (identity, "src", sink, "audio_0"));
  push_silence (pipeline, "a");
  test_reach (other, GST_STATE_PAUSED);
  g_assert_null (gst_bus_timed_pop_filtered (bus, 200 * GST_MSECOND, GST_MESSAGE_ASYNC_DONE));
  push_silence (pipeline, "b");
  test_reach (pipeline, GST_STATE_PAUSED);
  test_stop (pipeline);
}

/* tracks: what the private end of a pad says to its element */

static void
on_ended (gpointer track_sink, GenosLocalTrack *track, GAsyncQueue *ended)
{
  g_async_queue_push (ended, g_object_ref (track));
}

static GAsyncQueue *
watch_ended (GstElement *pipeline)
{
  GAsyncQueue *ended = g_async_queue_new_full (g_object_unref);
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), "s");
  GList *children = GST_BIN_CHILDREN (sink);

  g_assert_cmpuint (g_list_length (children), ==, 1);
  g_signal_connect_data (children->data, "track-ended", G_CALLBACK (on_ended),
      g_async_queue_ref (ended), (GClosureNotify) (void (*) (void)) g_async_queue_unref, 0);
  return ended;
}

/* Once, and no more. */
static void
check_ended (GAsyncQueue *ended)
{
  g_autoptr (GenosLocalTrack) track = g_async_queue_timeout_pop (ended, 60 * G_USEC_PER_SEC);

  g_assert_nonnull (track);
  g_assert_cmpint (g_async_queue_length (ended), ==, 0);
}

static GstElement *
make_short_pipeline (const char *source)
{
  return test_launch ("%s ! genosroomsink name=s room=x stun-server=\"\" relays=" NO_RELAY, source);
}

static void
check_plays_to_the_end (GstElement *pipeline)
{
  g_autoptr (GstMessage) message = NULL;

  g_assert_cmpint (
      gst_element_set_state (pipeline, GST_STATE_PLAYING), !=, GST_STATE_CHANGE_FAILURE);
  message = test_wait (pipeline, GST_MESSAGE_EOS, 60000);
}

static void
test_eos (void)
{
  g_autoptr (GstElement) pipeline = make_short_pipeline ("videotestsrc num-buffers=10 ! "
                                                         "video/x-raw,framerate=20/1");
  g_autoptr (GAsyncQueue) ended = watch_ended (pipeline);
  gint64 start = g_get_monotonic_time ();

  check_plays_to_the_end (pipeline);
  check_ended (ended);
  /* Paced by the clock: half a second of pictures. */
  g_assert_cmpint (g_get_monotonic_time () - start, >, 400 * G_TIME_SPAN_MILLISECOND);
  test_stop (pipeline);
}

/* A file of whatever format that nobody has taken apart. */
/* Of what a source can make, what encoders take as it is: 64 bits a pixel were its own first choice. */
static void
test_cheapest_format (void)
{
  g_autoptr (GstElement) pipeline = make_short_pipeline ("videotestsrc name=v num-buffers=2");
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (pipeline), "v");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (source, "src");
  g_autoptr (GstCaps) caps = NULL;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  gst_message_unref (test_wait (pipeline, GST_MESSAGE_EOS, 60000));
  caps = gst_pad_get_current_caps (pad);
  g_assert_cmpstr (
      gst_structure_get_string (gst_caps_get_structure (caps, 0), "format"), ==, "I420");
  test_stop (pipeline);
}

static void
test_without_a_format (void)
{
  g_autoptr (GstElement) pipeline =
      make_short_pipeline ("fakesrc num-buffers=2 sizetype=fixed sizemax=8");
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = test_wait (pipeline, GST_MESSAGE_ERROR, 60000);
  gst_message_parse_error (message, &error, NULL);
  g_assert_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT);
  test_stop (pipeline);
}

/* Bytes are messages, and there is nobody who could have them. */
static void
test_unheard (void)
{
  g_autoptr (GstElement) pipeline =
      make_short_pipeline ("fakesrc num-buffers=2 sizetype=fixed sizemax=8 ! "
                           "application/octet-stream");

  g_assert_cmpint (
      gst_element_set_state (pipeline, GST_STATE_PLAYING), !=, GST_STATE_CHANGE_FAILURE);
  gst_message_unref (test_wait (pipeline, GST_MESSAGE_INFO, 60000));
  test_stop (pipeline);
}

static void
test_twice (void)
{
  g_autoptr (GstElement) pipeline = make_short_pipeline ("audiotestsrc num-buffers=10");
  g_autoptr (GAsyncQueue) ended = watch_ended (pipeline);

  for (guint i = 0; i < 2; i++) {
    check_plays_to_the_end (pipeline);
    test_reach (pipeline, GST_STATE_READY);
    check_ended (ended);
  }
  test_stop (pipeline);
}

/* What is live is sent at once, whatever latency the players of the pipeline ask for. */
static void
test_live_is_not_delayed (void)
{
  g_autoptr (GstElement) pipeline = make_short_pipeline ("videotestsrc is-live=1 num-buffers=10 ! "
                                                         "video/x-raw,framerate=20/1");
  gint64 start = g_get_monotonic_time ();

  gst_pipeline_set_latency (GST_PIPELINE (pipeline), 60 * GST_SECOND);
  check_plays_to_the_end (pipeline);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 50 * G_TIME_SPAN_SECOND);
  test_stop (pipeline);
}

/* A file that is played again without going through READY. */
static void
test_flush_after_eos (void)
{
  g_autoptr (GstElement) pipeline = make_short_pipeline ("videotestsrc ! "
                                                         "video/x-raw,framerate=30/1");
  g_autoptr (GAsyncQueue) ended = watch_ended (pipeline);

  test_reach (pipeline, GST_STATE_PAUSED);
  for (guint i = 0; i < 3; i++) {
    g_assert_true (gst_element_seek (pipeline, 1.0, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH,
        GST_SEEK_TYPE_SET, 0, GST_SEEK_TYPE_SET, 200 * GST_MSECOND));
    check_plays_to_the_end (pipeline);
    check_ended (ended);
  }
  test_stop (pipeline);
}

/* Until the room has the track, and may have offered it to somebody. */
static void
wait_for_track (GstElement *pipeline)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), "s");
  gint64 deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  for (;;) {
    g_autoptr (GstStructure) stats = NULL;
    const GValue *list;

    g_object_get (sink, "stats", &stats, NULL);
    list = gst_structure_get_value (stats, "track");
    if (list != NULL && gst_value_list_get_size (list) == 1)
      return;
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (10000);
  }
}

/* A playlist whose films are of different codecs: one track ends, another begins, and nothing fails. */
static void
test_another_codec (void)
{
  g_autoptr (GstElement) pipeline = make_short_pipeline ("appsrc name=a format=time");
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (pipeline), "a");
  g_autoptr (GAsyncQueue) ended = watch_ended (pipeline);
  static const char *const all[] = { "video/x-vp8", "video/x-vp9", "video/x-vp9, width=64" };
  GstFlowReturn result;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++) {
    g_autoptr (GstCaps) caps = gst_caps_from_string (all[i]);
    g_autoptr (GstBuffer) buffer = gst_buffer_new_allocate (NULL, 100, NULL);
    g_autoptr (GstSample) sample = NULL;

    GST_BUFFER_PTS (buffer) = i;
    sample = gst_sample_new (buffer, caps, NULL, NULL);
    g_signal_emit_by_name (source, "push-sample", sample, &result);
    g_assert_cmpint (result, ==, GST_FLOW_OK);
    if (i == 0)
      wait_for_track (pipeline);
    if (i == 1)
      check_ended (ended);
  }
  g_signal_emit_by_name (source, "end-of-stream", &result);
  gst_message_unref (test_wait (pipeline, GST_MESSAGE_EOS, 60000));
  check_ended (ended);
  test_stop (pipeline);
}

static guint64
count_frames (GstPad *pad)
{
  g_autoptr (GstStructure) stats = NULL;
  guint64 n = 0;

  g_object_get (pad, "stats", &stats, NULL);
  g_assert_true (gst_structure_get_uint64 (stats, "frames-in", &n));
  return n;
}

/* How many buffers, of one, are of use at that rate. */
static void
check_rate (const char *pad_name, const char *text, double rate, guint64 n)
{
  g_autoptr (GstElement) pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  g_autoptr (GstElement) sink = make_sink ();
  g_autoptr (GstPad) pad = gst_element_request_pad_simple (sink, pad_name);
  g_autoptr (GstPad) source = gst_object_ref_sink (gst_pad_new ("src", GST_PAD_SRC));
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 64 * 48 * 3 / 2, NULL);
  GstSegment segment;

  gst_bin_add (GST_BIN (pipeline), sink);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  gst_pad_set_active (source, TRUE);
  g_assert_cmpint (gst_pad_link (source, pad), ==, GST_PAD_LINK_OK);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.rate = rate;
  segment.stop = GST_SECOND;
  gst_pad_push_event (source, gst_event_new_stream_start ("test"));
  gst_pad_push_event (source, gst_event_new_caps (caps));
  gst_pad_push_event (source, gst_event_new_segment (&segment));
  GST_BUFFER_PTS (buffer) = rate > 0 ? 0 : segment.stop - 1;
  GST_BUFFER_DURATION (buffer) = 1;
  g_assert_cmpint (gst_pad_push (source, buffer), ==, GST_FLOW_OK);
  g_assert_cmpuint (count_frames (pad), ==, n);
  test_stop (pipeline);
}

static void
test_rates (void)
{
  static const char raw[] = "video/x-raw, format=I420, width=64, height=48, framerate=30/1";
  static const char sound[] = "audio/x-raw, format=S16LE, rate=48000, channels=1, "
                              "layout=interleaved";

  check_rate ("video_%u", raw, 1.0, 1);
  check_rate ("video_%u", raw, 2.0, 1);
  check_rate ("video_%u", raw, -1.0, 1);
  check_rate ("video_%u", "video/x-vp8", 2.0, 1);
  check_rate ("video_%u", "video/x-vp8", -1.0, 0);
  check_rate ("audio_%u", sound, 1.0, 1);
  check_rate ("audio_%u", sound, 2.0, 0);
  check_rate ("audio_%u", sound, -1.0, 0);
  check_rate ("audio_%u", "audio/x-opus, channel-mapping-family=0", 0.5, 0);
}

static void
test_paused (void)
{
  g_autoptr (GstElement) pipeline = make_short_pipeline ("videotestsrc num-buffers=20 ! "
                                                         "video/x-raw,framerate=30/1");
  g_autoptr (GstMessage) message = NULL;

  for (guint i = 0; i < 3; i++) {
    test_reach (pipeline, GST_STATE_PAUSED);
    test_reach (pipeline, GST_STATE_PLAYING);
  }
  message = test_wait (pipeline, GST_MESSAGE_EOS, 60000);
  test_stop (pipeline);
}

static void
check_caps_refused (const char *pad_name, const char *text)
{
  g_autoptr (GstElement) pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  g_autoptr (GstElement) sink = make_sink ();
  g_autoptr (GstPad) pad = gst_element_request_pad_simple (sink, pad_name);
  g_autoptr (GstPad) source = gst_object_ref_sink (gst_pad_new ("src", GST_PAD_SRC));
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  gst_bin_add (GST_BIN (pipeline), sink);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  gst_pad_set_active (source, TRUE);
  g_assert_cmpint (gst_pad_link (source, pad), ==, GST_PAD_LINK_OK);
  gst_pad_push_event (source, gst_event_new_stream_start ("test"));
  gst_pad_push_event (source, gst_event_new_caps (caps));
  message = test_wait (pipeline, GST_MESSAGE_ERROR, 60000);
  gst_message_parse_error (message, &error, NULL);
  g_assert_cmpint (error->domain, ==, GST_STREAM_ERROR);
  g_assert_cmpuint (strlen (error->message), >, 10);
  test_stop (pipeline);
}

static void
test_impossible_caps (void)
{
  check_caps_refused ("video_%u", "video/x-raw, format=I420");
  check_caps_refused ("video_%u", "video/x-h264, stream-format=avc, alignment=au");
  check_caps_refused ("audio_%u", "audio/x-raw, format=S16LE");
  check_caps_refused ("audio_%u", "audio/x-opus, channel-mapping-family=1, channels=6");
}

static void
test_wrong_kind (void)
{
  g_autoptr (GstElement) pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  GstElement *source = gst_element_factory_make ("audiotestsrc", NULL);
  g_autoptr (GstElement) sink = make_sink ();

  gst_bin_add_many (GST_BIN (pipeline), source, sink, NULL);
  g_assert_false (gst_element_link_pads (source, "src", sink, "video_0"));
}

/* without media */

static void
test_send_without_peers (void)
{
  g_autoptr (GstElement) sink = make_sink ();
  g_autoptr (GstStructure) message = gst_structure_new ("m", "text", G_TYPE_STRING, "x", NULL);
  guint n = 99;

  g_signal_emit_by_name (sink, "send-text", "chat", "hello", NULL, &n);
  g_assert_cmpuint (n, ==, 0);
  test_reach (sink, GST_STATE_PLAYING);
  n = 99;
  g_signal_emit_by_name (sink, "send-text", "chat", "hello", NULL, &n);
  g_assert_cmpuint (n, ==, 0);
  n = 99;
  g_signal_emit_by_name (sink, "send", "chat", message, NULL, &n);
  g_assert_cmpuint (n, ==, 0);
  n = 99;
  g_signal_emit_by_name (sink, "send", "a name far too long for a channel", message, NULL, &n);
  g_assert_cmpuint (n, ==, 0);
  n = 99;
  g_signal_emit_by_name (sink, "send", NULL, NULL, NULL, &n);
  g_assert_cmpuint (n, ==, 0);
  test_stop (sink);
}

static void
test_ping_without_peers (void)
{
  g_autoptr (GstElement) sink = make_sink ();
  const GstStructure *reply;
  GstPromise *promise = gst_promise_new ();

  test_reach (sink, GST_STATE_PLAYING);
  g_signal_emit_by_name (sink, "ping", "nobody", promise);
  g_assert_cmpint (gst_promise_wait (promise), ==, GST_PROMISE_RESULT_REPLIED);
  reply = gst_promise_get_reply (promise);
  g_assert_true (gst_structure_has_field_typed (reply, "error", G_TYPE_ERROR));
  gst_promise_unref (promise);
  g_signal_emit_by_name (sink, "ping", "nobody", NULL);
  test_stop (sink);
}

/* Given up before the first buffer came, it still leaves the room. */
static void
test_stop_before_preroll (void)
{
  g_autoptr (TestRelay) relay = test_relay_new ();
  const char *url = test_relay_get_url (relay);
  g_autoptr (GstElement) watcher = test_launch (
      "fakesink async=0 genosroomsrc room=preroll stun-server=none relays=%s?watcher", url);
  g_autoptr (GstElement) waiting =
      test_launch ("appsrc ! video/x-raw,format=I420,width=64,height=64,framerate=30/1 "
                   "! genosroomsink room=preroll stun-server=none peer-id=waiting relays=%s",
          url);
  g_autoptr (GstMessage) joined = NULL;
  g_autoptr (GstMessage) left = NULL;

  test_reach (watcher, GST_STATE_PLAYING);
  g_assert_cmpint (gst_element_set_state (waiting, GST_STATE_PLAYING), ==, GST_STATE_CHANGE_ASYNC);
  joined = test_wait_element (watcher, "genos-peer-joined", "peer-id", "waiting", 60000);
  /* Not further, which would be another way to leave. */
  g_assert_cmpint (gst_element_set_state (waiting, GST_STATE_READY), ==, GST_STATE_CHANGE_SUCCESS);
  left = test_wait_element (watcher, "genos-peer-left", "peer-id", "waiting", 60000);
  test_stop (waiting);
  test_stop (watcher);
}

/* A way up that failed is given up by GstElement, and has no PAUSED to come down from. @data: the state that it is brought down to */
static void
test_stop_after_a_failure (gconstpointer data)
{
  g_autoptr (TestRelay) relay = test_relay_new ();
  const char *url = test_relay_get_url (relay);
  g_autofree char *own_url = g_strconcat (url, "?failed", NULL);
  g_autoptr (GstElement) watcher =
      test_launch ("fakesink async=0 genosroomsrc room=failed stun-server=none relays=%s", url);
  g_autoptr (GstElement) sink = test_make ("genosroomsink", "failed", own_url);
  g_autoptr (GstPad) pad = gst_element_request_pad_simple (sink, "video_%u");
  g_autoptr (GstMessage) joined = NULL;
  g_autoptr (GstMessage) left = NULL;

  g_object_set (sink, "peer-id", "failed", NULL);
  test_reach (watcher, GST_STATE_PLAYING);
  g_assert_cmpint (gst_element_set_state (sink, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_ASYNC);
  joined = test_wait_element (watcher, "genos-peer-joined", "peer-id", "failed", 60000);
  gst_element_abort_state (sink);
  g_assert_cmpint (
      gst_element_set_state (sink, GPOINTER_TO_INT (data)), ==, GST_STATE_CHANGE_SUCCESS);
  left = test_wait_element (watcher, "genos-peer-left", "peer-id", "failed", 60000);
  test_stop (sink);
  test_stop (watcher);
}

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/elements/sink/pads", test_pads);
  g_test_add_func ("/elements/sink/stop-before-preroll", test_stop_before_preroll);
  g_test_add_data_func ("/elements/sink/stop-after-a-failure/ready",
      GINT_TO_POINTER (GST_STATE_READY), test_stop_after_a_failure);
  g_test_add_data_func ("/elements/sink/stop-after-a-failure/null",
      GINT_TO_POINTER (GST_STATE_NULL), test_stop_after_a_failure);
  g_test_add_func ("/elements/sink/pad-properties", test_pad_properties);
  g_test_add_func ("/elements/sink/launch-syntax", test_launch_syntax);
  g_test_add_func ("/elements/sink/pads-while-playing", test_pads_while_playing);
  g_test_add_func ("/elements/sink/idle-pad-while-playing", test_idle_pad_while_playing);
  g_test_add_func ("/elements/sink/pad-while-prerolling", test_pad_while_prerolling);
  g_test_add_func ("/elements/sink/eos", test_eos);
  g_test_add_func ("/elements/sink/cheapest-format", test_cheapest_format);
  g_test_add_func ("/elements/sink/without-a-format", test_without_a_format);
  g_test_add_func ("/elements/sink/unheard", test_unheard);
  g_test_add_func ("/elements/sink/twice", test_twice);
  g_test_add_func ("/elements/sink/live-is-not-delayed", test_live_is_not_delayed);
  g_test_add_func ("/elements/sink/flush-after-eos", test_flush_after_eos);
  g_test_add_func ("/elements/sink/another-codec", test_another_codec);
  g_test_add_func ("/elements/sink/rates", test_rates);
  g_test_add_func ("/elements/sink/paused", test_paused);
  g_test_add_func ("/elements/sink/impossible-caps", test_impossible_caps);
  g_test_add_func ("/elements/sink/wrong-kind", test_wrong_kind);
  g_test_add_func ("/elements/sink/send-without-peers", test_send_without_peers);
  g_test_add_func ("/elements/sink/ping-without-peers", test_ping_without_peers);
  return g_test_run ();
}
