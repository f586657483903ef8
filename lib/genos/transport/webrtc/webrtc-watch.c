/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-watch.h>

#include <genos/base/error.h>

#include <gst/webrtc/webrtc.h>

/* One for each signal and the bus. */
typedef struct {
  GenosHome *home;
  const GenosWebrtcWatchEvents *events;
} Watch;

/* Something on its way home. Channels and outlets tie themselves to what they watch, and have to be closed
 * when nobody takes them. */
typedef struct {
  const GenosWebrtcWatchEvents *events;
  GenosWebrtcChannel *channel;
  GenosWebrtcOutlet *outlet;
  GError *error;
} Arrival;

static Watch *
watch_new (GenosHome *home, const GenosWebrtcWatchEvents *events)
{
  Watch *watch = g_new0 (Watch, 1);

  watch->home = genos_home_ref (home);
  watch->events = events;
  return watch;
}

static void
watch_free (gpointer data)
{
  Watch *watch = data;

  genos_home_unref (watch->home);
  g_free (watch);
}

static void
watch_closure_free (gpointer data, GClosure *closure)
{
  watch_free (data);
}

static Arrival *
arrival_new (Watch *watch)
{
  Arrival *arrival = g_new0 (Arrival, 1);

  arrival->events = watch->events;
  return arrival;
}

static void
arrival_free (gpointer data)
{
  Arrival *arrival = data;

  if (arrival->channel != NULL)
    genos_webrtc_channel_close (arrival->channel);
  if (arrival->outlet != NULL)
    genos_webrtc_outlet_close (arrival->outlet);
  g_clear_pointer (&arrival->channel, genos_webrtc_channel_unref);
  g_clear_pointer (&arrival->outlet, genos_webrtc_outlet_unref);
  g_clear_error (&arrival->error);
  g_free (arrival);
}

/* --- at home */

static void
bring_latency (gpointer object, gpointer data)
{
  ((const GenosWebrtcWatchEvents *) data)->latency (object);
}

static void
bring_broken (gpointer object, gpointer data)
{
  Arrival *arrival = data;

  arrival->events->broken (object, arrival->error);
}

static void
bring_channel (gpointer object, gpointer data)
{
  Arrival *arrival = data;

  if (arrival->events->channel (object, arrival->channel))
    arrival->channel = NULL;
}

static void
bring_outlet (gpointer object, gpointer data)
{
  Arrival *arrival = data;

  if (arrival->events->outlet (object, arrival->outlet))
    arrival->outlet = NULL;
}

/* --- webrtcbin's threads */

static void
post_broken (Watch *watch, const char *why)
{
  Arrival *arrival = arrival_new (watch);

  arrival->error = g_error_new_literal (GENOS_ERROR, GENOS_ERROR_CLOSED, why);
  genos_home_post (watch->home, bring_broken, arrival, arrival_free);
}

static GstBusSyncReply
on_bus_message (GstBus *bus, GstMessage *message, gpointer data)
{
  Watch *watch = data;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_LATENCY) {
    genos_home_post (watch->home, bring_latency, (gpointer) watch->events, NULL);
  } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    g_autoptr (GError) error = NULL;
    g_autofree char *why = NULL;

    gst_message_parse_error (message, &error, NULL);
    why = g_strdup_printf ("the connection broke: %s", error->message);
    post_broken (watch, why);
  }
  gst_message_unref (message);
  return GST_BUS_DROP;
}

static void
on_connection_state (GObject *webrtc, GParamSpec *pspec, Watch *watch)
{
  GstWebRTCPeerConnectionState state;

  g_object_get (webrtc, "connection-state", &state, NULL);
  if (state == GST_WEBRTC_PEER_CONNECTION_STATE_FAILED)
    post_broken (watch, "the peer cannot be reached any more");
}

/* Whoever takes the channel has to know it before it hears that it is open. */
static void
on_data_channel (GstElement *webrtc, GstWebRTCDataChannel *object, Watch *watch)
{
  g_autoptr (GenosWebrtcChannel) channel =
      genos_webrtc_channel_new (object, watch->home, watch->events->channel_events);
  Arrival *arrival = arrival_new (watch);

  arrival->channel = genos_webrtc_channel_ref (channel);
  genos_home_post (watch->home, bring_channel, arrival, arrival_free);
  genos_webrtc_channel_start (channel);
}

static void
on_pad_added (GstElement *webrtc, GstPad *pad, Watch *watch)
{
  g_autoptr (GstObject) pipeline = NULL;
  GenosWebrtcOutlet *outlet;
  Arrival *arrival;

  if (GST_PAD_DIRECTION (pad) != GST_PAD_SRC)
    return;
  pipeline = gst_object_get_parent (GST_OBJECT (webrtc));
  if (pipeline == NULL)
    return;
  outlet = genos_webrtc_outlet_new (GST_ELEMENT (pipeline), pad);
  if (outlet == NULL)
    return;
  arrival = arrival_new (watch);
  arrival->outlet = outlet;
  genos_home_post (watch->home, bring_outlet, arrival, arrival_free);
}

/* --- the beginning */

void
genos_webrtc_watch (
    GstElement *pipeline, GstElement *webrtc, GenosHome *home, const GenosWebrtcWatchEvents *events)
{
  const struct {
    const char *signal;
    GCallback callback;
  } signals[] = {
    { "on-data-channel", G_CALLBACK (on_data_channel) },
    { "notify::connection-state", G_CALLBACK (on_connection_state) },
    { "pad-added", G_CALLBACK (on_pad_added) },
  };
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);

  gst_bus_set_sync_handler (bus, on_bus_message, watch_new (home, events), watch_free);
  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    g_signal_connect_data (webrtc, signals[i].signal, signals[i].callback, watch_new (home, events),
        watch_closure_free, 0);
}
