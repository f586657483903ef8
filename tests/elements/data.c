/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "element-fixture.h"

#include <string.h>

/* Equal elements would share a session: each peer writes the relay in another way. */
#define PEER_WAIT 20000
#define MESSAGE_WAIT (20 * G_USEC_PER_SEC)

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
  /* Another channel, which only the first one wants. */
  set_on_pad (sender, "data_0::targets", NULL);
  set_on_pad (sender, "data_0::channel", "two");
  push_through (sender, "two");
  expect_text (&first, "first");
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
  return g_test_run ();
}
