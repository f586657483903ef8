/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "element-fixture.h"

#include <string.h>

/* Equal elements would share a session: each peer writes the relay in another way. */
#define PEER_WAIT 60000
#define MESSAGE_WAIT (60 * G_USEC_PER_SEC)

typedef struct {
  TestRelay *relay;
  char *relays[3];
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->relay = test_relay_new ();
  for (guint i = 0; i < G_N_ELEMENTS (fixture->relays); i++)
    fixture->relays[i] = g_strdup_printf ("%s?%u", test_relay_get_url (fixture->relay), i);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  test_relay_free (fixture->relay);
  for (guint i = 0; i < G_N_ELEMENTS (fixture->relays); i++)
    g_free (fixture->relays[i]);
}

/* a receiver: what comes out of all its data pads, as samples with the pad's name as info */

typedef struct {
  GstElement *pipeline;
  GstElement *src;
  char *peer_id;
  GAsyncQueue *samples;
} Receiver;

static void
on_handoff (GstElement *sink, GstBuffer *buffer, GstPad *sink_pad, Receiver *self)
{
  g_autoptr (GstPad) pad = gst_pad_get_peer (sink_pad);
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (sink_pad);
  g_autofree char *peer_id = NULL, *channel = NULL;

  g_object_get (pad, "peer-id", &peer_id, "channel", &channel, NULL);
  g_async_queue_push (self->samples,
      gst_sample_new (buffer, caps, NULL,
          gst_structure_new ("pad", "name", G_TYPE_STRING, GST_PAD_NAME (pad), "peer-id",
              G_TYPE_STRING, peer_id, "channel", G_TYPE_STRING, channel, NULL)));
}

static void
on_pad_added (GstElement *src, GstPad *pad, Receiver *self)
{
  GstElement *sink;
  g_autoptr (GstPad) sink_pad = NULL;

  if (!g_str_has_prefix (GST_PAD_NAME (pad), "data_"))
    return;
  sink = gst_element_factory_make ("fakesink", NULL);
  g_object_set (sink, "sync", FALSE, "async", FALSE, "signal-handoffs", TRUE, NULL);
  g_signal_connect (sink, "handoff", G_CALLBACK (on_handoff), self);
  gst_bin_add (GST_BIN (self->pipeline), sink);
  sink_pad = gst_element_get_static_pad (sink, "sink");
  g_assert_cmpint (gst_pad_link (pad, sink_pad), ==, GST_PAD_LINK_OK);
  gst_element_sync_state_with_parent (sink);
}

static void
receiver_start (
    Receiver *self, Fixture *fixture, guint index, const char *room, const char *channels)
{
  self->pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  self->src = test_make ("genosroomsrc", room, fixture->relays[index]);
  self->samples = g_async_queue_new_full ((GDestroyNotify) gst_sample_unref);
  g_object_set (self->src, "data-channels", channels, NULL);
  gst_bin_add (GST_BIN (self->pipeline), self->src);
  g_signal_connect (self->src, "pad-added", G_CALLBACK (on_pad_added), self);
  test_reach (self->pipeline, GST_STATE_PLAYING);
  g_object_get (self->src, "peer-id", &self->peer_id, NULL);
}

static void
receiver_stop (Receiver *self)
{
  test_stop (self->pipeline);
  gst_object_unref (self->src);
  gst_object_unref (self->pipeline);
  g_async_queue_unref (self->samples);
  g_free (self->peer_id);
}

static GstSample *
receiver_wait (Receiver *self)
{
  GstSample *sample = g_async_queue_timeout_pop (self->samples, MESSAGE_WAIT);

  g_assert_nonnull (sample);
  return sample;
}

static void
check_sample (GstSample *sample, const char *caps, gconstpointer data, gsize size)
{
  g_autoptr (GstCaps) expected = gst_caps_from_string (caps);
  GstBuffer *buffer = gst_sample_get_buffer (sample);

  g_assert_true (gst_caps_is_equal (gst_sample_get_caps (sample), expected));
  g_assert_cmpuint (gst_buffer_get_size (buffer), ==, size);
  g_assert_cmpint (gst_buffer_memcmp (buffer, 0, data, size), ==, 0);
  g_assert_true (GST_BUFFER_PTS_IS_VALID (buffer));
}

/* a sender */

static GstElement *
make_sender (Fixture *fixture, guint index, const char *room, const char *rest)
{
  return test_launch ("genosroomsink name=s room=%s stun-server=none relays=\"%s\" %s", room,
      fixture->relays[index], rest);
}

static void
wait_for_peer (GstElement *sender, const char *peer_id)
{
  gst_message_unref (
      test_wait_element (sender, "genos-peer-joined", "peer-id", peer_id, PEER_WAIT));
}

static void
push (GstElement *sender, const char *appsrc, gconstpointer data, gsize size)
{
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (sender), appsrc);
  g_autoptr (GstBuffer) buffer = size > 0 ? gst_buffer_new_memdup (data, size) : gst_buffer_new ();
  GstFlowReturn flow;

  g_signal_emit_by_name (source, "push-buffer", buffer, &flow);
  g_assert_cmpint (flow, ==, GST_FLOW_OK);
}

static GstStructure *
get_stats (GstElement *sender, const char *pad_name)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (sender), "s");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (sink, pad_name);
  GstStructure *stats = NULL;

  g_object_get (pad, "stats", &stats, NULL);
  g_assert_nonnull (stats);
  return stats;
}

static guint64
get_counter (GstElement *sender, const char *pad_name, const char *field)
{
  g_autoptr (GstStructure) stats = get_stats (sender, pad_name);
  guint64 value = 0;

  g_assert_true (gst_structure_get_uint64 (stats, field, &value));
  return value;
}

#define APPSRC(name, caps, pad)                                                                    \
  "appsrc name=" name " format=time is-live=1 do-timestamp=1 caps=\"" caps "\" ! s." pad " "

#define TEXT "text/x-raw,format=(string)utf8"
#define JSON "application/x-json"
#define BYTES "application/octet-stream"
#define KLV "meta/x-klv,parsed=(boolean)true"

/* formats */

static void
check_format (GstElement *sender, Receiver *receiver, const char *name, const char *caps,
    gconstpointer data, gsize size)
{
  g_autoptr (GstSample) sample = NULL;

  push (sender, name, data, size);
  sample = receiver_wait (receiver);
  check_sample (sample, caps, data, size);
  g_assert_cmpstr (gst_structure_get_string (gst_sample_get_info (sample), "channel"), ==, "mix");
}

static void
test_formats (Fixture *fixture, gconstpointer data)
{
  static const guint8 klv[] = { 6, 14, 43, 52, 2, 11, 1, 1, 14, 1, 3, 1, 1, 0, 0, 0, 1, 0 };
  g_autofree guint8 *large = g_malloc (200000);
  g_autoptr (GstElement) sender = make_sender (fixture, 0, "formats",
      "data_0::channel=mix data_1::channel=mix data_2::channel=mix data_3::channel=mix " APPSRC (
          "t", TEXT, "data_0") APPSRC ("j", JSON, "data_1") APPSRC ("b", BYTES, "data_2")
          APPSRC ("k", KLV, "data_3"));
  Receiver receiver;

  for (guint i = 0; i < 200000; i++)
    large[i] = (guint8) (i * 7 + i / 256);
  receiver_start (&receiver, fixture, 1, "formats", "mix");
  test_reach (sender, GST_STATE_PLAYING);
  wait_for_peer (sender, receiver.peer_id);
  check_format (sender, &receiver, "t", TEXT, "Grüße 🚲", strlen ("Grüße 🚲"));
  check_format (sender, &receiver, "j", JSON, "{\"a\":[1,2]}", strlen ("{\"a\":[1,2]}"));
  check_format (sender, &receiver, "b", BYTES, large, 200000);
  check_format (sender, &receiver, "b", BYTES, "", 0);
  check_format (sender, &receiver, "k", KLV, klv, sizeof klv);
  /* One pad for each format. */
  g_assert_cmpuint (receiver.src->numsrcpads, ==, 4);
  g_assert_cmpuint (get_counter (sender, "data_2", "messages-out"), ==, 2);
  test_stop (sender);
  receiver_stop (&receiver);
}

/* What is no message is counted, told once, and nothing else. */
static void
test_invalid (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GstElement) sender = make_sender (
      fixture, 0, "invalid", APPSRC ("t", TEXT, "data_0") APPSRC ("j", JSON, "data_1"));
  g_autoptr (GstSample) sample = NULL;
  Receiver receiver;

  receiver_start (&receiver, fixture, 1, "invalid", "*");
  test_reach (sender, GST_STATE_PLAYING);
  wait_for_peer (sender, receiver.peer_id);
  push (sender, "t", "\xff\xfe", 2);
  push (sender, "t", "a\0b", 3);
  push (sender, "j", "{broken", 7);
  push (sender, "t", "counted\0", 8);
  sample = receiver_wait (&receiver);
  check_sample (sample, TEXT, "counted", 7);
  gst_message_unref (test_wait (sender, GST_MESSAGE_WARNING, PEER_WAIT));
  g_assert_cmpuint (get_counter (sender, "data_0", "invalid"), ==, 2);
  g_assert_cmpuint (get_counter (sender, "data_0", "messages-in"), ==, 1);
  test_stop (sender);
  receiver_stop (&receiver);
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
expect_text (Receiver *receiver, const char *text)
{
  g_autoptr (GstSample) sample = receiver_wait (receiver);

  check_sample (sample, TEXT, text, strlen (text));
}

/* Until the pad has taken it: its properties are those of the next one. */
static void
push_through (GstElement *sender, const char *text)
{
  guint64 before = get_counter (sender, "data_0", "messages-in");

  push (sender, "t", text, strlen (text));
  while (get_counter (sender, "data_0", "messages-in") == before)
    g_usleep (1000);
}

/* In whatever order they come. */
static void
wait_for_both (GstElement *sender, const char *first, const char *second)
{
  gboolean seen_first = FALSE, seen_second = FALSE;

  while (!seen_first || !seen_second) {
    g_autoptr (GstMessage) message =
        test_wait_element (sender, "genos-peer-joined", NULL, NULL, PEER_WAIT);
    const char *peer_id = gst_structure_get_string (gst_message_get_structure (message), "peer-id");

    seen_first |= g_str_equal (peer_id, first);
    seen_second |= g_str_equal (peer_id, second);
  }
}

static void
test_targets (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GstElement) sender =
      make_sender (fixture, 0, "targets", "data_0::channel=one " APPSRC ("t", TEXT, "data_0"));
  Receiver first, second;

  receiver_start (&first, fixture, 1, "targets", "one, two");
  receiver_start (&second, fixture, 2, "targets", "one");
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
  g_assert_cmpuint (get_counter (sender, "data_0", "dropped"), ==, 1);
  test_stop (sender);
  receiver_stop (&first);
  receiver_stop (&second);
}

/* too much */

#define N_MESSAGES 600
#define MESSAGE_SIZE 20000

typedef struct {
  guint n;             /* of all that came */
  guint32 first, last; /* numbers */
  gboolean in_order;
} Numbers;

static void
take_number (Numbers *self, GstBuffer *buffer)
{
  guint32 number;

  g_assert_cmpuint (gst_buffer_extract (buffer, 0, &number, sizeof number), ==, sizeof number);
  if (self->n++ == 0)
    self->first = number;
  else if (number != self->last + 1)
    self->in_order = FALSE;
  self->last = number;
}

static void
on_branch_handoff (GstElement *sink, GstBuffer *buffer, GstPad *pad, gint *n_buffers)
{
  g_atomic_int_inc (n_buffers);
}

static void
push_numbers (GstElement *sender)
{
  g_autofree guint8 *data = g_malloc0 (MESSAGE_SIZE);

  for (guint32 i = 0; i < N_MESSAGES; i++) {
    memcpy (data, &i, sizeof i);
    push (sender, "a", data, MESSAGE_SIZE);
  }
}

static void
wait_until_all_left (GstElement *sender)
{
  gint64 deadline = g_get_monotonic_time () + 3 * MESSAGE_WAIT;

  while (get_counter (sender, "data_0", "messages-out") + get_counter (sender, "data_0", "dropped")
      < N_MESSAGES) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (10000);
  }
}

/* Until the other side has all that left. */
static Numbers
take_numbers (Receiver *receiver, guint64 n)
{
  Numbers numbers = { .in_order = TRUE };

  while (numbers.n < n) {
    g_autoptr (GstSample) sample = receiver_wait (receiver);

    take_number (&numbers, gst_sample_get_buffer (sample));
  }
  return numbers;
}

/* More at once than the link takes, beside another branch, which has to get every buffer. */
static Numbers
send_too_much (Fixture *fixture, const char *overflow, guint64 *dropped, guint *n_warnings)
{
  g_autofree char *rest = g_strdup_printf ("data_0::overflow=%s data_0::max-queued=100000 "
                                           "appsrc name=a is-live=1 ! tee name=t t. ! s.data_0 "
                                           "t. ! fakesink name=v sync=0 async=0 signal-handoffs=1",
      overflow);
  g_autoptr (GstElement) sender = make_sender (fixture, 0, overflow, rest);
  g_autoptr (GstElement) branch = gst_bin_get_by_name (GST_BIN (sender), "v");
  g_autoptr (GstBus) bus = gst_element_get_bus (sender);
  gint n_buffers = 0;
  GstMessage *message;
  Receiver receiver;
  Numbers numbers;

  g_signal_connect (branch, "handoff", G_CALLBACK (on_branch_handoff), &n_buffers);
  receiver_start (&receiver, fixture, 1, overflow, "data");
  test_reach (sender, GST_STATE_PLAYING);
  wait_for_peer (sender, receiver.peer_id);
  push_numbers (sender);
  wait_until_all_left (sender);
  numbers = take_numbers (&receiver, get_counter (sender, "data_0", "messages-out"));
  *dropped = get_counter (sender, "data_0", "dropped");
  *n_warnings = 0;
  while ((message = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING)) != NULL) {
    (*n_warnings)++;
    gst_message_unref (message);
  }
  while (g_atomic_int_get (&n_buffers) < N_MESSAGES)
    g_usleep (1000);
  test_stop (sender);
  receiver_stop (&receiver);
  return numbers;
}

static void
test_drop_oldest (Fixture *fixture, gconstpointer data)
{
  guint64 dropped;
  guint n_warnings;
  Numbers numbers = send_too_much (fixture, "drop-oldest", &dropped, &n_warnings);

  g_assert_cmpuint (dropped, >, 0);
  g_assert_cmpuint (numbers.last, ==, N_MESSAGES - 1);
  g_assert_cmpuint (n_warnings, ==, 0);
}

static void
test_fail (Fixture *fixture, gconstpointer data)
{
  guint64 dropped;
  guint n_warnings;
  Numbers numbers = send_too_much (fixture, "fail", &dropped, &n_warnings);

  g_assert_cmpuint (dropped, >, 0);
  g_assert_cmpuint (numbers.first, ==, 0);
  g_assert_cmpuint (n_warnings, ==, 1);
}

static void
test_wait_for_room (Fixture *fixture, gconstpointer data)
{
  guint64 dropped;
  guint n_warnings;
  Numbers numbers = send_too_much (fixture, "wait", &dropped, &n_warnings);

  g_assert_cmpuint (dropped, ==, 0);
  g_assert_cmpuint (numbers.n, ==, N_MESSAGES);
  g_assert_true (numbers.in_order);
  g_assert_cmpuint (n_warnings, ==, 0);
}

/* what interrupts a pad that waits */

typedef struct {
  GMutex lock;
  GCond cond;
  gboolean held;
  gboolean released;
} Hold;

/* The room stands still as long as the application does not come back. */
static void
on_held_message (
    GstElement *sink, const char *channel, const char *peer_id, GstStructure *message, Hold *hold)
{
  g_mutex_lock (&hold->lock);
  hold->held = TRUE;
  g_cond_broadcast (&hold->cond);
  while (!hold->released)
    g_cond_wait (&hold->cond, &hold->lock);
  g_mutex_unlock (&hold->lock);
}

static void
release (Hold *hold)
{
  g_mutex_lock (&hold->lock);
  hold->released = TRUE;
  g_cond_broadcast (&hold->cond);
  g_mutex_unlock (&hold->lock);
}

static void
hold_room (GstElement *sender, Receiver *receiver, Hold *hold)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (sender), "s");
  guint n = 0;

  g_signal_connect (sink, "channel-message", G_CALLBACK (on_held_message), hold);
  g_signal_emit_by_name (receiver->src, "send-text", "hold", "on", NULL, &n);
  g_assert_cmpuint (n, ==, 1);
  g_mutex_lock (&hold->lock);
  while (!hold->held)
    g_cond_wait (&hold->cond, &hold->lock);
  g_mutex_unlock (&hold->lock);
}

static guint
get_waiting (GstElement *sender)
{
  g_autoptr (GstStructure) stats = get_stats (sender, "data_0");
  guint n = 0;

  gst_structure_get_uint (stats, "waiting", &n);
  return n;
}

/* Five messages have room, the sixth makes the streaming thread wait. */
static void
fill (GstElement *sender)
{
  static const guint8 data[1000] = { 0 };

  for (guint i = 0; i < 8; i++)
    push (sender, "a", data, sizeof data);
  while (get_waiting (sender) < 5)
    g_usleep (1000);
}

static void
check_interrupted (Fixture *fixture, const char *room, void (*interrupt) (GstElement *sender))
{
  g_autoptr (GstElement) sender = make_sender (fixture, 0, room,
      "data_0::overflow=wait data_0::max-queued=5000 appsrc name=a is-live=1 ! s.data_0");
  gint64 start;
  Receiver receiver;
  Hold hold = { 0 };

  g_mutex_init (&hold.lock);
  g_cond_init (&hold.cond);
  receiver_start (&receiver, fixture, 1, room, "data");
  test_reach (sender, GST_STATE_PLAYING);
  wait_for_peer (sender, receiver.peer_id);
  gst_message_unref (
      test_wait_element (receiver.pipeline, "genos-peer-joined", NULL, NULL, PEER_WAIT));
  hold_room (sender, &receiver, &hold);
  fill (sender);
  g_assert_cmpuint (get_counter (sender, "data_0", "messages-in"), ==, 5);
  start = g_get_monotonic_time ();
  interrupt (sender);
  test_stop (sender);
  /* Leaving waits for the room, a bounded time; the pad does not. */
  g_assert_cmpint (g_get_monotonic_time () - start, <, 15 * G_USEC_PER_SEC);
  release (&hold);
  receiver_stop (&receiver);
  g_mutex_clear (&hold.lock);
  g_cond_clear (&hold.cond);
}

static void
pause_and_play (GstElement *sender)
{
  for (guint i = 0; i < 3; i++) {
    test_reach (sender, GST_STATE_PAUSED);
    test_reach (sender, GST_STATE_PLAYING);
  }
  /* Nothing was lost on the way. */
  g_assert_cmpuint (get_counter (sender, "data_0", "dropped"), ==, 0);
}

static void
flush (GstElement *sender)
{
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (sender), "a");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (source, "src");

  g_assert_true (gst_pad_push_event (pad, gst_event_new_flush_start ()));
  g_assert_true (gst_pad_push_event (pad, gst_event_new_flush_stop (TRUE)));
  /* What waited is given up. */
  g_assert_cmpuint (get_waiting (sender), ==, 0);
  g_assert_cmpuint (get_counter (sender, "data_0", "dropped"), ==, 5);
}

static void
release_pad (GstElement *sender)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (sender), "s");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (sink, "data_0");

  gst_element_release_request_pad (sink, pad);
}

static void
end_at_once (GstElement *sender)
{
}

static void
test_interrupted (Fixture *fixture, gconstpointer data)
{
  check_interrupted (fixture, "pause", pause_and_play);
  check_interrupted (fixture, "flush", flush);
  check_interrupted (fixture, "release", release_pad);
  check_interrupted (fixture, "stop", end_at_once);
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
test_time (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GstElement) sender = make_sender (fixture, 0, "time",
      "videotestsrc name=camera is-live=1 pattern=black ! "
      "video/x-raw,width=320,height=240,framerate=30/1 ! s.video_0 "
      "appsrc name=t format=time is-live=1 caps=\"" TEXT "\" ! s.data_0");
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (sender), "camera");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (source, "src");
  g_autoptr (GstSample) sample = NULL;
  Camera camera = { sender, 0, 0 };
  Screen screen = { 0, FALSE, 0 };
  Receiver receiver;
  GstBuffer *text;

  receiver_start (&receiver, fixture, 1, "time", "data");
  g_signal_connect (receiver.src, "pad-added", G_CALLBACK (add_screen), &screen);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_frame_sent, &camera, NULL);
  test_reach (sender, GST_STATE_PLAYING);
  wait_for_peer (sender, receiver.peer_id);
  /* Five seconds: the reports are here. */
  while (g_atomic_int_get (&screen.n_frames) < 150)
    g_usleep (10000);
  g_atomic_int_set (&camera.state, 1);
  while (g_atomic_int_get (&camera.state) != 2 || !g_atomic_int_get (&screen.white))
    g_usleep (10000);
  g_usleep (G_USEC_PER_SEC / 2);
  push_at (sender, "white", camera.time);
  sample = receiver_wait (&receiver);
  check_sample (sample, TEXT, "white", 5);
  text = gst_sample_get_buffer (sample);
  g_test_message ("the message is %" GST_STIME_FORMAT " from its picture",
      GST_STIME_ARGS (GST_CLOCK_DIFF (screen.time, GST_BUFFER_PTS (text))));
  g_assert_cmpint (ABS (GST_CLOCK_DIFF (screen.time, GST_BUFFER_PTS (text))), <,
      250 * (GstClockTimeDiff) GST_MSECOND);
  g_assert_cmpuint (GST_BUFFER_DURATION (text), ==, 1500 * GST_MSECOND);
  g_assert_nonnull (gst_buffer_get_reference_timestamp_meta (text, NULL));
  test_stop (sender);
  receiver_stop (&receiver);
}

#define ADD(name, func) g_test_add ("/elements/data/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ADD ("formats", test_formats);
  ADD ("invalid", test_invalid);
  g_test_add_func ("/elements/data/properties", test_properties);
  ADD ("targets", test_targets);
  ADD ("drop-oldest", test_drop_oldest);
  ADD ("fail", test_fail);
  ADD ("wait", test_wait_for_room);
  ADD ("interrupted", test_interrupted);
  ADD ("time", test_time);
  return g_test_run ();
}
