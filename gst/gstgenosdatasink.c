/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosdatasink.h"

#include "gstgenosdataformat.h"
#include "gstgenosdatasender.h"
#include "gstgenoselements.h"
#include "gstgenosntptime.h"
#include "gstgenossinktime.h"

#define GST_CAT_DEFAULT gst_genos_debug

/* How long EOS waits for the last messages to leave: a pipeline ends right behind it. */
#define DRAIN_TIMEOUT (2 * G_TIME_SPAN_SECOND)

struct _GstGenosDataSink {
  GstBaseSink parent;

  /* object lock */
  GstGenosDataRoute *route;
  char *metadata;
  GstGenosDataSender *sender; /* from READY → PAUSED until back */
  gboolean complained;

  /* streaming thread */
  GstGenosDataFormat format;
  GstGenosClockMap clock_map;
};

G_DEFINE_TYPE (GstGenosDataSink, gst_genos_data_sink, GST_TYPE_BASE_SINK)

static guint session_wanted_signal;

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE (
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_GENOS_DATA_SINK_CAPS));

static GstGenosDataSender *
ref_sender (GstGenosDataSink *self)
{
  GstGenosDataSender *sender;

  GST_OBJECT_LOCK (self);
  sender = self->sender != NULL ? g_object_ref (self->sender) : NULL;
  GST_OBJECT_UNLOCK (self);
  return sender;
}

/* Once in a stay: what is wrong with one message mostly is with those behind it, which are counted. */
static void
complain (GstGenosDataSink *self, const GError *error)
{
  gboolean complained;

  GST_OBJECT_LOCK (self);
  complained = self->complained;
  self->complained = TRUE;
  GST_OBJECT_UNLOCK (self);
  if (complained)
    GST_DEBUG_OBJECT (self, "again: %s", error->message);
  else
    GST_ELEMENT_WARNING (self, RESOURCE, WRITE,
        ("A message was not sent: %s. Further ones are counted in the pad's stats", error->message),
        (NULL));
}

static void
on_refused (GstGenosDataSender *sender, GError *error, GstGenosDataSink *self)
{
  complain (self, error);
}

/* data */

static gboolean
gst_genos_data_sink_set_caps (GstBaseSink *sink, GstCaps *caps)
{
  return gst_genos_data_format_from_caps (caps, &GST_GENOS_DATA_SINK (sink)->format);
}

/* (transfer full) (nullable) */
static GenosMessage *
make_message (GstGenosDataSink *self, GstBuffer *buffer, GError **error)
{
  GstClockTime time = gst_genos_sink_time_get (GST_BASE_SINK (self), &self->clock_map, buffer);
  g_autoptr (GenosMessage) plain = NULL;
  g_autofree char *metadata = NULL;

  GST_OBJECT_LOCK (self);
  metadata = g_strdup (self->metadata);
  GST_OBJECT_UNLOCK (self);
  plain = gst_genos_data_format_make_message (self->format, buffer, metadata, error);
  if (plain == NULL)
    return NULL;
  return genos_message_new_timed (plain, gst_genos_ntp_time_from_system (time));
}

static GstFlowReturn
push (GstGenosDataSink *self, GstGenosDataSender *sender, GenosMessage *message)
{
  g_autoptr (GstGenosDataRoute) route = NULL;
  GstFlowReturn flow = GST_FLOW_OK;

  GST_OBJECT_LOCK (self);
  route = gst_genos_data_route_ref (self->route);
  GST_OBJECT_UNLOCK (self);
  /* Interrupted by PAUSED it goes on in PLAYING. */
  while (flow == GST_FLOW_OK && !gst_genos_data_sender_push (sender, route, message))
    flow = gst_base_sink_wait_preroll (GST_BASE_SINK (self));
  return flow;
}

static GstFlowReturn
gst_genos_data_sink_render (GstBaseSink *sink, GstBuffer *buffer)
{
  GstGenosDataSink *self = GST_GENOS_DATA_SINK (sink);
  g_autoptr (GstGenosDataSender) sender = ref_sender (self);
  g_autoptr (GenosMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  if (sender == NULL)
    return GST_FLOW_OK;
  message = make_message (self, buffer, &error);
  if (message != NULL)
    return push (self, sender, message);
  gst_genos_data_sender_count_invalid (sender);
  complain (self, error);
  return GST_FLOW_OK;
}

/* events and states */

/* A file that is sent to a room before anybody is in it would be gone without a word. */
static void
tell_if_unheard (GstGenosDataSink *self, GstGenosDataSender *sender)
{
  g_autoptr (GstStructure) stats = gst_genos_data_sender_get_stats (sender);
  g_autofree char *text = NULL;
  guint64 n_in = 0, n_out = 0;

  gst_structure_get_uint64 (stats, "messages-in", &n_in);
  gst_structure_get_uint64 (stats, "messages-out", &n_out);
  if (n_in == 0 || n_out > 0)
    return;
  /* Twice, since gst-launch-1.0 shows the second one only. */
  text = g_strdup_printf ("nobody got the %" G_GUINT64_FORMAT
                          " messages of this pad: no peer was there yet, or any more",
      n_in);
  GST_ELEMENT_INFO (self, RESOURCE, WRITE, ("%s", text), ("%s", text));
}

static void
end_sending (GstGenosDataSink *self, GstGenosDataSender *sender)
{
  gst_genos_data_sender_drain (sender, DRAIN_TIMEOUT);
  tell_if_unheard (self, sender);
}

static gboolean
gst_genos_data_sink_event (GstBaseSink *sink, GstEvent *event)
{
  g_autoptr (GstGenosDataSender) sender = ref_sender (GST_GENOS_DATA_SINK (sink));

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_SEGMENT:
      gst_genos_sink_time_follow (sink);
      break;
    case GST_EVENT_EOS:
      if (sender != NULL)
        end_sending (GST_GENOS_DATA_SINK (sink), sender);
      break;
    case GST_EVENT_FLUSH_STOP:
      if (sender != NULL)
        gst_genos_data_sender_clear (sender);
      break;
    default:
      break;
  }
  return GST_BASE_SINK_CLASS (gst_genos_data_sink_parent_class)->event (sink, event);
}

static void
set_interrupted (GstBaseSink *sink, gboolean interrupted)
{
  g_autoptr (GstGenosDataSender) sender = ref_sender (GST_GENOS_DATA_SINK (sink));

  if (sender != NULL)
    gst_genos_data_sender_set_interrupted (sender, interrupted);
}

static gboolean
gst_genos_data_sink_unlock (GstBaseSink *sink)
{
  set_interrupted (sink, TRUE);
  return TRUE;
}

static gboolean
gst_genos_data_sink_unlock_stop (GstBaseSink *sink)
{
  set_interrupted (sink, FALSE);
  return TRUE;
}

static void
start_sending (GstGenosDataSink *self)
{
  g_autoptr (GstGenosRoomSession) session = NULL;
  GstGenosDataSender *sender;

  self->format = GST_GENOS_DATA_BYTES;
  g_signal_emit (self, session_wanted_signal, 0, &session);
  if (session == NULL)
    return;
  sender = gst_genos_data_sender_new (session);
  /* Emitted on the session's thread, which holds the element while it runs. */
  g_signal_connect_data (sender, "refused", G_CALLBACK (on_refused), gst_object_ref (self),
      (GClosureNotify) (void (*) (void)) gst_object_unref, 0);
  GST_OBJECT_LOCK (self);
  self->sender = sender;
  self->complained = FALSE;
  GST_OBJECT_UNLOCK (self);
}

static void
stop_sending (GstGenosDataSink *self)
{
  g_autoptr (GstGenosDataSender) sender = NULL;

  GST_OBJECT_LOCK (self);
  sender = g_steal_pointer (&self->sender);
  GST_OBJECT_UNLOCK (self);
  if (sender != NULL)
    g_signal_handlers_disconnect_by_data (sender, self);
  gst_genos_clock_map_clear (&self->clock_map);
  gst_base_sink_set_sync (GST_BASE_SINK (self), TRUE);
}

static GstStateChangeReturn
gst_genos_data_sink_change_state (GstElement *element, GstStateChange transition)
{
  GstGenosDataSink *self = GST_GENOS_DATA_SINK (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED)
    start_sending (self);
  result = GST_ELEMENT_CLASS (gst_genos_data_sink_parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY
      || (transition == GST_STATE_CHANGE_READY_TO_PAUSED && result == GST_STATE_CHANGE_FAILURE))
    stop_sending (self);
  return result;
}

/* what the pad says */

void
gst_genos_data_sink_set_route (GstGenosDataSink *self, GstGenosDataRoute *route)
{
  g_autoptr (GstGenosDataRoute) old = NULL;

  GST_OBJECT_LOCK (self);
  old = self->route;
  self->route = gst_genos_data_route_ref (route);
  GST_OBJECT_UNLOCK (self);
}

void
gst_genos_data_sink_set_metadata (GstGenosDataSink *self, const char *metadata)
{
  GST_OBJECT_LOCK (self);
  g_free (self->metadata);
  self->metadata = g_strdup (metadata);
  GST_OBJECT_UNLOCK (self);
}

GstStructure *
gst_genos_data_sink_get_stats (GstGenosDataSink *self)
{
  g_autoptr (GstGenosDataSender) sender = ref_sender (self);

  return sender != NULL ? gst_genos_data_sender_get_stats (sender) : NULL;
}

static void
gst_genos_data_sink_finalize (GObject *object)
{
  GstGenosDataSink *self = GST_GENOS_DATA_SINK (object);

  gst_genos_data_route_unref (self->route);
  g_free (self->metadata);
  g_clear_object (&self->sender);
  G_OBJECT_CLASS (gst_genos_data_sink_parent_class)->finalize (object);
}

static void
gst_genos_data_sink_class_init (GstGenosDataSinkClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSinkClass *sink_class = GST_BASE_SINK_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gst_genos_data_sink_finalize;
  element_class->change_state = gst_genos_data_sink_change_state;
  sink_class->set_caps = gst_genos_data_sink_set_caps;
  sink_class->render = gst_genos_data_sink_render;
  sink_class->event = gst_genos_data_sink_event;
  sink_class->unlock = gst_genos_data_sink_unlock;
  sink_class->unlock_stop = gst_genos_data_sink_unlock_stop;
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_set_static_metadata (element_class, "Data for a room", "Sink/Network",
      "Sends messages to a room", "genosrooms contributors");
  session_wanted_signal = g_signal_new ("session-wanted", G_TYPE_FROM_CLASS (klass),
      G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, GST_TYPE_GENOS_ROOM_SESSION, 0);
}

static void
gst_genos_data_sink_init (GstGenosDataSink *self)
{
  self->route = gst_genos_data_route_new (NULL);
  gst_base_sink_set_max_lateness (GST_BASE_SINK (self), -1);
  gst_base_sink_set_async_enabled (GST_BASE_SINK (self), FALSE);
}

GstGenosDataSink *
gst_genos_data_sink_new (void)
{
  return g_object_new (GST_TYPE_GENOS_DATA_SINK, NULL);
}
