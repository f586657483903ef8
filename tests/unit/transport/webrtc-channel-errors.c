/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-channel-errors.h>

#include <gst/webrtc/webrtc.h>

static GstElement *
find_source (GstElement *webrtc)
{
  g_autoptr (GstIterator) all = gst_bin_iterate_recurse (GST_BIN (webrtc));
  g_auto (GValue) value = G_VALUE_INIT;
  GstElement *source = NULL;

  while (source == NULL && gst_iterator_next (all, &value) == GST_ITERATOR_OK) {
    GstElement *element = g_value_get_object (&value);

    if (g_str_has_prefix (GST_OBJECT_NAME (element), "appsrc"))
      source = gst_object_ref (element);
    g_value_reset (&value);
  }
  return source;
}

static void
on_gone (gpointer gone, GstMiniObject *message)
{
  *(gboolean *) gone = TRUE;
}

/* It arrives, is released, and the channel's source goes with its webrtcbin. */
static void
test_released (void)
{
  GstElement *webrtc = gst_object_ref_sink (gst_element_factory_make ("webrtcbin", NULL));
  g_autoptr (GstBus) bus = gst_bus_new ();
  g_autoptr (GError) error = g_error_new_literal (GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED, "no");
  GstWebRTCDataChannel *channel = NULL;
  gpointer source;
  GstMessage *message;
  gboolean gone = FALSE;

  genos_webrtc_take_channel_errors (webrtc, bus);
  gst_element_set_state (webrtc, GST_STATE_READY);
  g_signal_emit_by_name (webrtc, "create-data-channel", "data", NULL, &channel);
  g_assert_nonnull (channel);
  source = find_source (webrtc);
  g_assert_nonnull (source);

  message = gst_message_new_error (source, error, NULL);
  gst_mini_object_weak_ref (GST_MINI_OBJECT (message), on_gone, &gone);
  gst_element_post_message (source, message);
  g_assert_true (gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR) == message);
  g_assert_false (gone);
  gst_message_unref (message);
  g_assert_true (gone);

  g_object_add_weak_pointer (source, &source);
  gst_object_unref (source);
  gst_element_set_state (webrtc, GST_STATE_NULL);
  g_object_unref (channel);
  gst_bus_set_flushing (bus, TRUE);
  g_assert_finalize_object (webrtc);
  g_assert_null (source);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/webrtc-channel-errors/released", test_released);
  return g_test_run ();
}
