/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "element-fixture.h"

/* Two peers in one process: equal elements would share a session, so the second peer writes the
 * relay in another way. */
#define PEER_WAIT 60000

typedef struct {
  TestRelay *relay;
  char *first;  /* the relay as one peer writes it */
  char *second; /* and as the other does */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->relay = test_relay_new ();
  fixture->first = g_strdup (test_relay_get_url (fixture->relay));
  fixture->second = g_strconcat (fixture->first, "?second", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  test_relay_free (fixture->relay);
  g_free (fixture->first);
  g_free (fixture->second);
}

/* what comes out of genosroomsrc */

typedef struct {
  GMutex lock;
  GCond cond;
  guint n_buffers;
  guint n_key_frames;
  guint n_backwards;
  gboolean eos;
  GstClockTime last;
  GstClockTimeDiff worst; /* by how much a buffer came after its time and the latency */
  GstCaps *caps;
  GstTagList *tags;
  char *stream_id;
} Output;

static void
output_init (Output *self)
{
  memset (self, 0, sizeof *self);
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
}

static void
output_clear (Output *self)
{
  gst_clear_caps (&self->caps);
  g_clear_pointer (&self->tags, gst_tag_list_unref);
  g_free (self->stream_id);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
}

static void
take_buffer (Output *self, GstPad *pad, GstBuffer *buffer)
{
  g_autoptr (GstElement) element = gst_pad_get_parent_element (pad);
  g_autoptr (GstClock) clock = gst_element_get_clock (element);
  GstClockTime now = gst_clock_get_time (clock) - gst_element_get_base_time (element);

  if (self->n_buffers > 0 && GST_BUFFER_PTS (buffer) < self->last)
    self->n_backwards++;
  self->last = GST_BUFFER_PTS (buffer);
  self->worst = MAX (self->worst, GST_CLOCK_DIFF (GST_BUFFER_PTS (buffer), now));
  if (!GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT))
    self->n_key_frames++;
  self->n_buffers++;
}

static void
take_event (Output *self, GstEvent *event)
{
  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_STREAM_START: {
      const char *stream_id;

      gst_event_parse_stream_start (event, &stream_id);
      g_free (self->stream_id);
      self->stream_id = g_strdup (stream_id);
      break;
    }
    case GST_EVENT_CAPS: {
      GstCaps *caps;

      gst_event_parse_caps (event, &caps);
      gst_caps_replace (&self->caps, caps);
      break;
    }
    case GST_EVENT_TAG: {
      GstTagList *tags;

      gst_event_parse_tag (event, &tags);
      if (self->tags == NULL)
        self->tags = gst_tag_list_copy (tags);
      else
        gst_tag_list_insert (self->tags, tags, GST_TAG_MERGE_REPLACE);
      break;
    }
    case GST_EVENT_EOS:
      self->eos = TRUE;
      break;
    default:
      break;
  }
}

static GstPadProbeReturn
on_data (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Output *self = user_data;

  g_mutex_lock (&self->lock);
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER)
    take_buffer (self, pad, GST_PAD_PROBE_INFO_BUFFER (info));
  else
    take_event (self, GST_PAD_PROBE_INFO_EVENT (info));
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_OK;
}

static void
watch_output (GstElement *pipeline, const char *name, Output *output)
{
  g_autoptr (GstElement) element = gst_bin_get_by_name (GST_BIN (pipeline), name);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, "sink");

  output_init (output);
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_data, output, NULL);
}

static void
wait_for_buffers (Output *self, guint n)
{
  gint64 deadline = g_get_monotonic_time () + PEER_WAIT * G_TIME_SPAN_MILLISECOND;

  g_mutex_lock (&self->lock);
  while (self->n_buffers < n) {
    if (!g_cond_wait_until (&self->cond, &self->lock, deadline))
      g_error ("%u buffers of %u", self->n_buffers, n);
  }
  g_mutex_unlock (&self->lock);
}

static void
wait_for_eos (Output *self)
{
  gint64 deadline = g_get_monotonic_time () + PEER_WAIT * G_TIME_SPAN_MILLISECOND;

  g_mutex_lock (&self->lock);
  while (!self->eos) {
    if (!g_cond_wait_until (&self->cond, &self->lock, deadline))
      g_error ("no EOS after %u buffers", self->n_buffers);
  }
  g_mutex_unlock (&self->lock);
}

/* pipelines */

static GstElement *
make_sender (Fixture *fixture, const char *room, const char *media)
{
  return test_launch ("genosroomsink name=s room=%s stun-server=\"\" relays=\"%s\" %s", room,
      fixture->first, media);
}

static GstElement *
make_receiver (Fixture *fixture, const char *room, const char *media)
{
  return test_launch ("genosroomsrc name=r room=%s stun-server=\"\" relays=\"%s\" %s", room,
      fixture->second, media);
}

#define VIDEO                                                                                      \
  "videotestsrc is-live=1 ! video/x-raw,width=320,height=240,framerate=30/1 ! s.video_0 "
#define AUDIO "audiotestsrc is-live=1 ! s.audio_0 "
#define VIDEO_OUT "r. ! video/x-raw ! fakesink name=v sync=0 async=0 "
#define AUDIO_OUT "r. ! audio/x-raw ! fakesink name=a sync=0 async=0 "

static void
check_tags (Output *output, const char *peer_id)
{
  g_autofree char *value = NULL;

  g_assert_nonnull (output->tags);
  g_assert_true (gst_tag_list_get_string (output->tags, "genos-peer-id", &value));
  g_assert_cmpstr (value, ==, peer_id);
  g_assert_true (g_str_has_prefix (output->stream_id, peer_id));
}

static void
check_latency (GstElement *receiver, const char *name, GstClockTime expected)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (receiver), name);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (sink, "sink");
  g_autoptr (GstQuery) query = gst_query_new_latency ();
  gboolean live;
  GstClockTime min, max;

  g_assert_true (gst_pad_peer_query (pad, query));
  gst_query_parse_latency (query, &live, &min, &max);
  g_assert_true (live);
  g_assert_cmpuint (min, >=, expected);
  /* What decoders and the frame of a picture add is less. */
  g_assert_cmpuint (min, <, expected + 300 * GST_MSECOND);
  g_assert_cmpuint (max, >, min);
}

static void
assert_reason (GstMessage *message, const char *nick)
{
  const GstStructure *structure = gst_message_get_structure (message);

  g_assert_cmpstr (gst_structure_get_string (structure, "reason-code"), ==, nick);
  g_assert_nonnull (gst_structure_get_string (structure, "reason"));
}

static void
test_raw (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GstElement) sender = make_sender (fixture, "raw",
      "video_0::stream-id=cam "
      "video_0::track-id=front " VIDEO AUDIO);
  g_autoptr (GstElement) receiver = make_receiver (fixture, "raw", VIDEO_OUT AUDIO_OUT);
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (sender), "s");
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (receiver), "r");
  g_autoptr (GstMessage) joined = NULL;
  g_autoptr (GstMessage) left = NULL;
  g_autofree char *peer_id = NULL;
  Output video, audio;
  GstStructure *caps;

  watch_output (receiver, "v", &video);
  watch_output (receiver, "a", &audio);
  test_reach (receiver, GST_STATE_PLAYING);
  test_reach (sender, GST_STATE_PLAYING);
  g_object_get (sink, "peer-id", &peer_id, NULL);
  joined = test_wait_element (receiver, "genos-peer-joined", "peer-id", peer_id, PEER_WAIT);
  wait_for_buffers (&video, 60);
  wait_for_buffers (&audio, 60);
  check_latency (receiver, "v", 100 * GST_MSECOND);
  check_latency (receiver, "a", 100 * GST_MSECOND);
  g_object_set (source, "playout-delay", 700, NULL);
  check_latency (receiver, "v", 700 * GST_MSECOND);
  check_latency (receiver, "a", 700 * GST_MSECOND);
  g_object_set (source, "playout-delay", 50, NULL);
  check_latency (receiver, "a", 100 * GST_MSECOND);

  caps = gst_caps_get_structure (video.caps, 0);
  g_assert_true (gst_structure_has_name (caps, "video/x-raw"));
  g_assert_true (gst_structure_has_field (caps, "width"));
  check_tags (&video, peer_id);
  check_tags (&audio, peer_id);
  g_assert_cmpuint (video.n_backwards, ==, 0);
  g_assert_cmpuint (audio.n_backwards, ==, 0);

  /* The sender goes: the pads end, the element goes on. */
  test_stop (sender);
  wait_for_eos (&video);
  wait_for_eos (&audio);
  left = test_wait_element (receiver, "genos-peer-left", "peer-id", peer_id, PEER_WAIT);
  assert_reason (left, "left");
  test_reach (receiver, GST_STATE_PLAYING);
  test_stop (receiver);
  output_clear (&video);
  output_clear (&audio);
}

static void
test_timestamps (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GstElement) sender = make_sender (fixture, "time", VIDEO);
  g_autoptr (GstElement) receiver = make_receiver (fixture, "time", VIDEO_OUT);
  Output video;

  watch_output (receiver, "v", &video);
  test_reach (sender, GST_STATE_PLAYING);
  test_reach (receiver, GST_STATE_PLAYING);
  wait_for_buffers (&video, 10);
  g_mutex_lock (&video.lock);
  video.worst = G_MININT64;
  g_mutex_unlock (&video.lock);
  wait_for_buffers (&video, 70);
  /* A wrong time line is off by hours; how late a busy machine is belongs to the benchmarks. */
  g_assert_cmpint (video.worst, <, 60 * (GstClockTimeDiff) GST_SECOND);
  g_assert_cmpint (video.worst, >, -100 * (GstClockTimeDiff) GST_MSECOND);
  g_assert_cmpuint (video.n_backwards, ==, 0);
  test_stop (sender);
  test_stop (receiver);
  output_clear (&video);
}

static void
check_output (Fixture *fixture, const char *output, const char *filter, const char *source,
    const char *expected)
{
  g_autofree char *media = g_strdup_printf ("r. ! %s ! fakesink name=v sync=0 async=0", filter);
  g_autofree char *room = g_strconcat ("out-", output, "-", filter + 6, NULL);
  g_autoptr (GstCaps) wanted = gst_caps_from_string (expected);
  g_autoptr (GstElement) sender = make_sender (fixture, room, source);
  g_autoptr (GstElement) receiver = make_receiver (fixture, room, media);
  g_autoptr (GstElement) src = gst_bin_get_by_name (GST_BIN (receiver), "r");
  Output out;

  gst_util_set_object_arg (G_OBJECT (src), "output", output);
  watch_output (receiver, "v", &out);
  test_reach (sender, GST_STATE_PLAYING);
  test_reach (receiver, GST_STATE_PLAYING);
  wait_for_buffers (&out, 30);
  g_assert_true (gst_caps_is_subset (out.caps, wanted));
  g_assert_cmpuint (out.n_key_frames, >, 0);
  test_stop (receiver);
  test_stop (sender);
  output_clear (&out);
}

static void
on_no_more_pads (GstElement *src, gint *n_pads)
{
  g_atomic_int_set (n_pads, src->numsrcpads);
}

/* What playbin waits for, which makes its source of the URI. */
static void
test_player (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GstElement) sender = make_sender (fixture, "player", VIDEO " " AUDIO);
  g_autofree char *uri =
      g_strdup_printf ("genos://player?relay=%s&stun-server=none", fixture->second);
  g_autoptr (GstElement) src =
      gst_object_ref_sink (gst_element_make_from_uri (GST_URI_SRC, uri, NULL, NULL));
  gint64 deadline = g_get_monotonic_time () + PEER_WAIT * 1000;
  gint n_pads = 0;

  g_signal_connect (src, "no-more-pads", G_CALLBACK (on_no_more_pads), &n_pads);
  test_reach (sender, GST_STATE_PLAYING);
  test_reach (src, GST_STATE_PLAYING);
  while (g_atomic_int_get (&n_pads) == 0) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (10000);
  }
  test_stop (src);
  test_stop (sender);
}

static void
test_outputs (Fixture *fixture, gconstpointer data)
{
  check_output (fixture, "encoded", "video/x-vp8", VIDEO, "video/x-vp8");
  check_output (fixture, "encoded", "audio/x-opus", AUDIO, "audio/x-opus,rate=48000");
  check_output (fixture, "rtp", "application/x-rtp", VIDEO, "application/x-rtp");
}

static void
test_passed_through (Fixture *fixture, gconstpointer data)
{
  check_output (fixture, "encoded", "video/x-vp8",
      "videotestsrc is-live=1 ! "
      "video/x-raw,width=320,height=240,framerate=30/1 ! vp8enc deadline=1 keyframe-max-dist=1000 "
      "! s.video_0",
      "video/x-vp8");
}

/* Sink and source of one room in one process are one peer: two pipelines, four elements, and each
 * side sees one peer that sends and receives. */
static void
test_both_directions (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GstElement) one = test_launch (
      "genosroomsink name=s room=both stun-server=\"\" "
      "relays=\"%s\" genosroomsrc name=r room=both stun-server=\"\" relays=\"%s\" " VIDEO VIDEO_OUT,
      fixture->first, fixture->first);
  g_autoptr (GstElement) two = test_launch (
      "genosroomsink name=s room=both stun-server=\"\" "
      "relays=\"%s\" genosroomsrc name=r room=both stun-server=\"\" relays=\"%s\" " VIDEO VIDEO_OUT,
      fixture->second, fixture->second);
  Output of_one, of_two;

  watch_output (one, "v", &of_one);
  watch_output (two, "v", &of_two);
  test_reach (one, GST_STATE_PLAYING);
  test_reach (two, GST_STATE_PLAYING);
  wait_for_buffers (&of_one, 30);
  wait_for_buffers (&of_two, 30);
  test_stop (one);
  test_stop (two);
  output_clear (&of_one);
  output_clear (&of_two);
}

/* A pipeline that is recorded ends when the application says so. */
static void
test_eos_from_the_application (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GstElement) sender = make_sender (fixture, "eos", VIDEO);
  g_autoptr (GstElement) receiver = make_receiver (fixture, "eos", VIDEO_OUT);
  g_autoptr (GstMessage) message = NULL;
  Output video;

  watch_output (receiver, "v", &video);
  test_reach (sender, GST_STATE_PLAYING);
  test_reach (receiver, GST_STATE_PLAYING);
  wait_for_buffers (&video, 10);
  g_assert_true (gst_element_send_event (receiver, gst_event_new_eos ()));
  message = test_wait (receiver, GST_MESSAGE_EOS, 60000);
  g_assert_true (video.eos);
  test_stop (receiver);
  test_stop (sender);
  output_clear (&video);
}

/* EOS at the sender ends the track, not the peer; unlinked pads harm nobody. */
static void
test_eos_of_a_track (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GstElement) sender = make_sender (fixture, "track",
      "videotestsrc name=camera is-live=1 ! video/x-raw,width=320,height=240,framerate=30/1 "
      "! s.video_0 " AUDIO);
  g_autoptr (GstElement) camera = gst_bin_get_by_name (GST_BIN (sender), "camera");
  g_autoptr (GstElement) receiver = make_receiver (fixture, "track", VIDEO_OUT);
  Output video;

  watch_output (receiver, "v", &video);
  test_reach (receiver, GST_STATE_PLAYING);
  test_reach (sender, GST_STATE_PLAYING);
  wait_for_buffers (&video, 10);
  g_assert_true (gst_element_send_event (camera, gst_event_new_eos ()));
  wait_for_eos (&video);
  test_reach (receiver, GST_STATE_PLAYING);
  test_stop (receiver);
  test_stop (sender);
  output_clear (&video);
}

/* messages */

static void
test_messages (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GstElement) one = gst_object_ref_sink (gst_pipeline_new (NULL));
  g_autoptr (GstElement) two = gst_object_ref_sink (gst_pipeline_new (NULL));
  g_autoptr (GstElement) sink = test_make ("genosroomsink", "chat", fixture->first);
  g_autoptr (GstElement) src = test_make ("genosroomsrc", "chat", fixture->second);
  g_autoptr (GstStructure) json = gst_structure_new ("m", "json", G_TYPE_STRING, "{\"a\":1}", NULL);
  g_autofree char *sink_id = NULL, *src_id = NULL;
  const char *targets[] = { NULL, NULL };
  GstPromise *promise = gst_promise_new ();
  GstMessage *message;
  guint64 rtt = 0;
  guint n = 0;

  gst_bin_add (GST_BIN (one), sink);
  gst_bin_add (GST_BIN (two), src);
  test_reach (one, GST_STATE_PLAYING);
  test_reach (two, GST_STATE_PLAYING);
  g_object_get (sink, "peer-id", &sink_id, NULL);
  g_object_get (src, "peer-id", &src_id, NULL);
  gst_message_unref (test_wait_element (one, "genos-peer-joined", "peer-id", src_id, PEER_WAIT));
  gst_message_unref (test_wait_element (two, "genos-peer-joined", "peer-id", sink_id, PEER_WAIT));

  g_signal_emit_by_name (sink, "send-text", "chat", "hello", NULL, &n);
  g_assert_cmpuint (n, ==, 1);
  message = test_wait_element (two, "genos-channel-message", "peer-id", sink_id, PEER_WAIT);
  g_assert_cmpstr (
      gst_structure_get_string (gst_message_get_structure (message), "text"), ==, "hello");
  gst_message_unref (message);

  targets[0] = sink_id;
  g_signal_emit_by_name (src, "send", "chat", json, targets, &n);
  g_assert_cmpuint (n, ==, 1);
  message = test_wait_element (one, "genos-channel-message", "channel", "chat", PEER_WAIT);
  g_assert_cmpstr (
      gst_structure_get_string (gst_message_get_structure (message), "json"), ==, "{\"a\":1}");
  gst_message_unref (message);

  g_signal_emit_by_name (sink, "ping", src_id, promise);
  g_assert_cmpint (gst_promise_wait (promise), ==, GST_PROMISE_RESULT_REPLIED);
  g_assert_true (gst_structure_get_uint64 (gst_promise_get_reply (promise), "rtt", &rtt));
  g_assert_cmpuint (rtt, >, 0);
  gst_promise_unref (promise);

  test_stop (one);
  gst_message_unref (test_wait_element (two, "genos-peer-left", "peer-id", sink_id, PEER_WAIT));
  test_stop (two);
}

static void
test_wrong_password (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GstElement) one = gst_object_ref_sink (gst_pipeline_new (NULL));
  g_autoptr (GstElement) sink = test_make ("genosroomsink", "secret", fixture->first);
  g_autoptr (GstElement) src = test_make ("genosroomsrc", "secret", fixture->second);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GstMessage) warning = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *src_id = NULL;

  g_object_set (sink, "password", "right", NULL);
  g_object_set (src, "password", "wrong", NULL);
  gst_bin_add (GST_BIN (one), sink);
  test_reach (one, GST_STATE_PLAYING);
  test_reach (src, GST_STATE_PLAYING);
  g_object_get (src, "peer-id", &src_id, NULL);
  message = test_wait_element (one, "genos-join-error", "peer-id", src_id, PEER_WAIT);
  assert_reason (message, "wrong-password");
  /* In words too, for who reads no such messages. */
  warning = test_wait (one, GST_MESSAGE_WARNING, PEER_WAIT);
  gst_message_parse_warning (warning, &error, NULL);
  g_assert_nonnull (strstr (error->message, "password"));
  test_stop (src);
  test_stop (one);
}

static GstStructure *
on_channel_request (GstElement *element, const char *channel, const char *peer_id,
    const GstStructure *question, gpointer data)
{
  gboolean sealed = FALSE;

  g_assert_cmpstr (channel, ==, "ask");
  g_assert_cmpstr (gst_structure_get_string (question, "text"), ==, "how late?");
  g_assert_true (gst_structure_get_boolean (question, "sealed", &sealed) && sealed);
  return gst_structure_new ("answer", "text", G_TYPE_STRING, "twelve", NULL);
}

static GstStructure *
ask (GstElement *element, const char *channel, const char *peer_id)
{
  g_autoptr (GstStructure) question =
      gst_structure_new ("question", "text", G_TYPE_STRING, "how late?", NULL);
  g_autoptr (GstPromise) promise = gst_promise_new ();

  g_signal_emit_by_name (element, "request", channel, question, peer_id, 0, promise);
  g_assert_cmpint (gst_promise_wait (promise), ==, GST_PROMISE_RESULT_REPLIED);
  return gst_structure_copy (gst_promise_get_reply (promise));
}

/* Two that know the password are verified and sealed from each other on; one asks, the other answers, and
 * says of itself what it likes, at any time. */
static void
test_requests_and_metadata (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GstElement) one = gst_object_ref_sink (gst_pipeline_new (NULL));
  g_autoptr (GstElement) sink = test_make ("genosroomsink", "desk", fixture->first);
  g_autoptr (GstElement) src = test_make ("genosroomsrc", "desk", fixture->second);
  g_autoptr (GstMessage) joined = NULL;
  g_autoptr (GstStructure) answer = NULL;
  g_autoptr (GstStructure) none = NULL;
  g_autofree char *src_id = NULL;
  gboolean encrypted = FALSE;
  gboolean verified = FALSE;

  g_object_set (sink, "password", "secret", "encryption", GENOS_ENCRYPTION_REQUIRED, NULL);
  g_object_set (src, "password", "secret", "metadata", "{\"name\":\"roof\"}", NULL);
  g_signal_connect (src, "channel-request", G_CALLBACK (on_channel_request), NULL);
  gst_bin_add (GST_BIN (one), sink);
  test_reach (one, GST_STATE_PLAYING);
  test_reach (src, GST_STATE_PLAYING);
  g_object_get (src, "peer-id", &src_id, NULL);
  joined = test_wait_element (one, "genos-peer-joined", "peer-id", src_id, PEER_WAIT);
  gst_structure_get_boolean (gst_message_get_structure (joined), "encrypted", &encrypted);
  gst_structure_get_boolean (gst_message_get_structure (joined), "verified", &verified);
  g_assert_true (encrypted && verified);
  gst_message_unref (
      test_wait_element (one, "genos-peer-metadata", "metadata", "{\"name\":\"roof\"}", PEER_WAIT));

  answer = ask (sink, "ask", src_id);
  g_assert_cmpstr (gst_structure_get_string (answer, "text"), ==, "twelve");
  none = ask (sink, "ask", "nobody");
  g_assert_true (gst_structure_has_field_typed (none, "error", G_TYPE_ERROR));

  g_object_set (src, "metadata", "{\"name\":\"cellar\"}", NULL);
  gst_message_unref (test_wait_element (
      one, "genos-peer-metadata", "metadata", "{\"name\":\"cellar\"}", PEER_WAIT));
  test_stop (src);
  test_stop (one);
}

/* As an enum's number, as any language would return it. */
static int
on_admit (GstElement *element, const char *peer_id, const char *kind, const char *key,
    gboolean can_verify, gpointer later)
{
  g_assert_cmpuint (strlen (key), ==, 64);
  g_assert_true (can_verify);
  return GPOINTER_TO_INT (later);
}

/* Decided later, by an application that only reads the bus; then put out again. */
static void
test_admission (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GstElement) one = gst_object_ref_sink (gst_pipeline_new (NULL));
  g_autoptr (GstElement) sink = test_make ("genosroomsink", "door", fixture->first);
  g_autoptr (GstElement) src = test_make ("genosroomsrc", "door", fixture->second);
  g_autoptr (GstStructure) stats = NULL;
  g_autoptr (GstMessage) left = NULL;
  g_autofree char *src_id = NULL;
  guint n_peers = 1;

  gst_bin_add (GST_BIN (one), sink);
  g_signal_connect (sink, "peer-admit", G_CALLBACK (on_admit), GINT_TO_POINTER (2));
  test_reach (one, GST_STATE_PLAYING);
  test_reach (src, GST_STATE_PLAYING);
  g_object_get (src, "peer-id", &src_id, NULL);
  gst_message_unref (test_wait_element (one, "genos-peer-admit", "peer-id", src_id, PEER_WAIT));
  g_object_get (sink, "stats", &stats, NULL);
  g_assert_true (gst_structure_get_uint (stats, "peers", &n_peers));
  g_assert_cmpuint (n_peers, ==, 0);

  g_signal_emit_by_name (sink, "admit", src_id);
  gst_message_unref (test_wait_element (one, "genos-peer-joined", "peer-id", src_id, PEER_WAIT));
  g_signal_emit_by_name (sink, "kick", src_id, "enough");
  left = test_wait_element (one, "genos-peer-left", "peer-id", src_id, PEER_WAIT);
  assert_reason (left, "kicked");
  test_stop (src);
  test_stop (one);
}

#define ADD(name, func) g_test_add ("/elements/room/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ADD ("raw", test_raw);
  ADD ("timestamps", test_timestamps);
  ADD ("outputs", test_outputs);
  ADD ("passed-through", test_passed_through);
  ADD ("both-directions", test_both_directions);
  ADD ("eos-from-the-application", test_eos_from_the_application);
  ADD ("eos-of-a-track", test_eos_of_a_track);
  ADD ("messages", test_messages);
  ADD ("player", test_player);
  ADD ("wrong-password", test_wrong_password);
  ADD ("requests-and-metadata", test_requests_and_metadata);
  ADD ("admission", test_admission);
  return g_test_run ();
}
