/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "data-fixture.h"

void
data_set_up (DataFixture *fixture, gconstpointer data)
{
  fixture->relay = test_relay_new ();
  for (guint i = 0; i < G_N_ELEMENTS (fixture->relays); i++)
    fixture->relays[i] = g_strdup_printf ("%s?%u", test_relay_get_url (fixture->relay), i);
}

void
data_tear_down (DataFixture *fixture, gconstpointer data)
{
  test_relay_free (fixture->relay);
  for (guint i = 0; i < G_N_ELEMENTS (fixture->relays); i++)
    g_free (fixture->relays[i]);
}

/* a receiver: what comes out of all its data pads, as samples with the pad's name as info */

static void
on_handoff (GstElement *sink, GstBuffer *buffer, GstPad *sink_pad, DataReceiver *self)
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
on_pad_added (GstElement *src, GstPad *pad, DataReceiver *self)
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

void
data_receiver_start (
    DataReceiver *self, DataFixture *fixture, guint index, const char *room, const char *channels)
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

void
data_receiver_stop (DataReceiver *self)
{
  test_stop (self->pipeline);
  gst_object_unref (self->src);
  gst_object_unref (self->pipeline);
  g_async_queue_unref (self->samples);
  g_free (self->peer_id);
}

GstSample *
data_receiver_wait (DataReceiver *self)
{
  GstSample *sample = g_async_queue_timeout_pop (self->samples, DATA_MESSAGE_WAIT);

  g_assert_nonnull (sample);
  return sample;
}

void
data_check_sample (GstSample *sample, const char *caps, gconstpointer data, gsize size)
{
  g_autoptr (GstCaps) expected = gst_caps_from_string (caps);
  GstBuffer *buffer = gst_sample_get_buffer (sample);

  g_assert_true (gst_caps_is_equal (gst_sample_get_caps (sample), expected));
  g_assert_cmpuint (gst_buffer_get_size (buffer), ==, size);
  g_assert_cmpint (gst_buffer_memcmp (buffer, 0, data, size), ==, 0);
  g_assert_true (GST_BUFFER_PTS_IS_VALID (buffer));
}

/* a sender */

GstElement *
data_make_sender (DataFixture *fixture, guint index, const char *room, const char *rest)
{
  return test_launch ("genosroomsink name=s room=%s stun-server=none relays=\"%s\" %s", room,
      fixture->relays[index], rest);
}

void
data_wait_for_peer (GstElement *sender, const char *peer_id)
{
  gst_message_unref (
      test_wait_element (sender, "genos-peer-joined", "peer-id", peer_id, DATA_PEER_WAIT));
}

void
data_push (GstElement *sender, const char *appsrc, gconstpointer data, gsize size)
{
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (sender), appsrc);
  g_autoptr (GstBuffer) buffer = size > 0 ? gst_buffer_new_memdup (data, size) : gst_buffer_new ();
  GstFlowReturn flow;

  g_signal_emit_by_name (source, "push-buffer", buffer, &flow);
  g_assert_cmpint (flow, ==, GST_FLOW_OK);
}

GstStructure *
data_get_stats (GstElement *sender, const char *pad_name)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (sender), "s");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (sink, pad_name);
  GstStructure *stats = NULL;

  g_object_get (pad, "stats", &stats, NULL);
  g_assert_nonnull (stats);
  return stats;
}

guint64
data_get_counter (GstElement *sender, const char *pad_name, const char *field)
{
  g_autoptr (GstStructure) stats = data_get_stats (sender, pad_name);
  guint64 value = 0;

  g_assert_true (gst_structure_get_uint64 (stats, field, &value));
  return value;
}
