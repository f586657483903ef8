/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-channel-errors.h>

static GstBusSyncReply
hand_over (GstBus *bus, GstMessage *message, gpointer data)
{
  gst_bus_post (data, message);
  return GST_BUS_DROP;
}

static gboolean
is_of_channel (GstElement *element)
{
  GstElementFactory *factory = gst_element_get_factory (element);
  const char *name = factory != NULL ? GST_OBJECT_NAME (factory) : NULL;

  return g_strcmp0 (name, "appsrc") == 0 || g_strcmp0 (name, "appsink") == 0;
}

/* A data channel is two bins with one element each. These bins turn an error into the end of their
 * channel and never release the message; and the message keeps the element, with all that it had
 * still to send. A peer that goes while something is sent to it is enough for that. */
static void
on_element_added (GstBin *webrtc, GstElement *element, gpointer bus)
{
  GstElement *child;

  if (!GST_IS_BIN (element))
    return;
  child = GST_BIN_NUMCHILDREN (element) == 1 ? GST_BIN_CHILDREN (element)->data : NULL;
  if (child != NULL && is_of_channel (child)) {
    g_autoptr (GstBus) inner = gst_element_get_bus (child);

    gst_bus_set_sync_handler (inner, hand_over, gst_object_ref (bus), gst_object_unref);
  }
}

static void
release_bus (gpointer bus, GClosure *closure)
{
  gst_object_unref (bus);
}

void
genos_webrtc_take_channel_errors (GstElement *webrtc, GstBus *bus)
{
  g_signal_connect_data (
      webrtc, "element-added", G_CALLBACK (on_element_added), gst_object_ref (bus), release_bus, 0);
}
