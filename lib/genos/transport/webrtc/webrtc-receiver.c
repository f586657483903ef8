/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-receiver.h>

#include <genos/transport/rtp/audio-level.h>

#include <gst/webrtc/webrtc.h>

/* Packets that wait for the context to make a receiver: some 0.7 s of 6 Mbit/s. */
#define MAX_HELD 512

struct _GenosWebrtcOutlet {
  char *mid;
  GstCaps *caps;
  guint audio_level_id;
  GstElement *appsink;

  GMutex lock;
  GenosLinkReceiver *receiver; /* gets the packets */
  gboolean holding;            /* they wait */
  gboolean delivering;         /* a thread is handing them on; the others leave theirs to it */
  GQueue held;                 /* GstBuffer */
};

struct _GenosWebrtcReceiver {
  GenosLinkReceiver parent_instance;

  GstElement *appsink;
};

G_DEFINE_FINAL_TYPE (GenosWebrtcReceiver, genos_webrtc_receiver, GENOS_TYPE_LINK_RECEIVER)

static GstEvent *
new_key_frame_request (void)
{
  return gst_event_new_custom (GST_EVENT_CUSTOM_UPSTREAM,
      gst_structure_new (
          "GstForceKeyUnit", "all-headers", G_TYPE_BOOLEAN, TRUE, "count", G_TYPE_UINT, 0, NULL));
}

/* --- streaming thread */

/* Running time is what the pipelines of a session share, timestamps are not. */
static GstBuffer *
take_buffer (GstSample *sample)
{
  GstBuffer *buffer = gst_buffer_ref (gst_sample_get_buffer (sample));
  GstClockTime pts = gst_segment_to_running_time (
      gst_sample_get_segment (sample), GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));

  if (pts != GST_BUFFER_PTS (buffer)) {
    buffer = gst_buffer_make_writable (buffer);
    GST_BUFFER_PTS (buffer) = pts;
  }
  return buffer;
}

/* Called with the lock held; returns it held. */
static void
deliver_held (GenosWebrtcOutlet *self)
{
  if (self->delivering)
    return;
  self->delivering = TRUE;
  while (self->receiver != NULL && !g_queue_is_empty (&self->held)) {
    g_autoptr (GenosLinkReceiver) receiver = g_object_ref (self->receiver);
    GstBuffer *buffer = g_queue_pop_head (&self->held);

    g_mutex_unlock (&self->lock);
    genos_link_receiver_deliver (receiver, buffer);
    g_clear_object (&receiver);
    g_mutex_lock (&self->lock);
  }
  self->delivering = FALSE;
}

static GstFlowReturn
on_new_sample (GstAppSink *appsink, gpointer data)
{
  GenosWebrtcOutlet *self = data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (appsink);

  if (sample == NULL || gst_sample_get_buffer (sample) == NULL)
    return GST_FLOW_OK;

  g_mutex_lock (&self->lock);
  if ((self->receiver != NULL || self->holding) && g_queue_get_length (&self->held) < MAX_HELD)
    g_queue_push_tail (&self->held, take_buffer (sample));
  deliver_held (self);
  g_mutex_unlock (&self->lock);
  return GST_FLOW_OK;
}

/* What came before there was a receiver must not wait for the next packet: a still picture has none. */
static void
on_receiver_set (GstElement *appsink, gpointer data)
{
  GenosWebrtcOutlet *self = data;

  g_mutex_lock (&self->lock);
  deliver_held (self);
  g_mutex_unlock (&self->lock);
}

/* --- outlet */

static GstCaps *
fixed_caps (GstPad *pad)
{
  static const char *const fields[] = {
    "media",
    "payload",
    "clock-rate",
    "encoding-name",
    "encoding-params",
  };
  g_autoptr (GstCaps) current = gst_pad_get_current_caps (pad);
  GstStructure *from, *to;

  if (current == NULL || gst_caps_is_empty (current) || gst_caps_is_any (current))
    return NULL;
  from = gst_caps_get_structure (current, 0);
  to = gst_structure_new_empty ("application/x-rtp");
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++) {
    const GValue *value = gst_structure_get_value (from, fields[i]);

    if (value != NULL && gst_value_is_fixed (value))
      gst_structure_set_value (to, fields[i], value);
  }
  return gst_caps_new_full (to, NULL);
}

/* webrtcbin reads the format of the data channel's line, which is a word, as payload type 0, and finds
 * that line first: PCMU comes out as an application. (nullable) (transfer full): what it is */
static GstCaps *
recognise_pcmu (GstCaps *caps)
{
  const GstStructure *s = gst_caps_get_structure (caps, 0);
  int payload = -1;

  gst_structure_get_int (s, "payload", &payload);
  if (payload != 0 || g_strcmp0 (gst_structure_get_string (s, "media"), "application") != 0)
    return NULL;
  return gst_caps_new_simple ("application/x-rtp", "media", G_TYPE_STRING, "audio", "payload",
      G_TYPE_INT, 0, "clock-rate", G_TYPE_INT, 8000, "encoding-name", G_TYPE_STRING, "PCMU", NULL);
}

/* What the pad may bring; what it seems to bring is what it is negotiated as. (transfer full) */
static GstCaps *
taken_caps (GenosWebrtcOutlet *self)
{
  g_autoptr (GstCaps) pcmu = self->caps != NULL ? recognise_pcmu (self->caps) : NULL;
  GstCaps *seeming;

  if (pcmu == NULL)
    return self->caps != NULL ? gst_caps_ref (self->caps) : NULL;
  seeming = self->caps;
  self->caps = gst_caps_ref (pcmu);
  return gst_caps_merge (g_steal_pointer (&pcmu), seeming);
}

static guint
find_audio_level_id (GstPad *pad)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);

  return genos_audio_level_find_id (caps);
}

static char *
pad_mid (GstPad *pad)
{
  g_autoptr (GstWebRTCRTPTransceiver) transceiver = NULL;
  char *mid = NULL;

  g_object_get (pad, "transceiver", &transceiver, NULL);
  if (transceiver != NULL)
    g_object_get (transceiver, "mid", &mid, NULL);
  return mid;
}

static void
clear (GenosWebrtcOutlet *self)
{
  g_queue_clear_full (&self->held, (GDestroyNotify) gst_buffer_unref);
  g_clear_object (&self->receiver);
  g_clear_object (&self->appsink);
  gst_clear_caps (&self->caps);
  g_mutex_clear (&self->lock);
  g_free (self->mid);
}

GenosWebrtcOutlet *
genos_webrtc_outlet_ref (GenosWebrtcOutlet *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
genos_webrtc_outlet_unref (GenosWebrtcOutlet *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) clear);
}

GenosWebrtcOutlet *
genos_webrtc_outlet_new (GstElement *pipeline, GstPad *pad)
{
  g_autoptr (GenosWebrtcOutlet) self = g_atomic_rc_box_new0 (GenosWebrtcOutlet);
  GstAppSinkCallbacks callbacks = { .new_sample = on_new_sample };
  g_autoptr (GstCaps) taken = NULL;
  g_autoptr (GstPad) sink = NULL;

  g_mutex_init (&self->lock);
  g_queue_init (&self->held);
  self->holding = TRUE;
  self->mid = pad_mid (pad);
  self->caps = fixed_caps (pad);
  taken = taken_caps (self);
  self->audio_level_id = find_audio_level_id (pad);
  self->appsink = gst_object_ref_sink (gst_element_factory_make ("appsink", NULL));
  /* Fixed caps: with a range of payload types behind a pad, webrtcbin makes no more offers. */
  g_object_set (self->appsink, "sync", FALSE, "async", FALSE, "enable-last-sample", FALSE, "caps",
      taken, NULL);
  gst_app_sink_set_callbacks (GST_APP_SINK (self->appsink), &callbacks,
      genos_webrtc_outlet_ref (self), (GDestroyNotify) genos_webrtc_outlet_unref);

  gst_bin_add (GST_BIN (pipeline), self->appsink);
  gst_element_sync_state_with_parent (self->appsink);
  sink = gst_element_get_static_pad (self->appsink, "sink");
  if (gst_pad_link (pad, sink) != GST_PAD_LINK_OK || self->mid == NULL || self->caps == NULL) {
    genos_webrtc_outlet_close (self);
    return NULL;
  }
  gst_pad_push_event (sink, new_key_frame_request ());
  return g_steal_pointer (&self);
}

const char *
genos_webrtc_outlet_get_mid (GenosWebrtcOutlet *self)
{
  return self->mid;
}

GstCaps *
genos_webrtc_outlet_get_caps (GenosWebrtcOutlet *self)
{
  return self->caps;
}

void
genos_webrtc_outlet_set_receiver (GenosWebrtcOutlet *self, GenosLinkReceiver *receiver)
{
  GenosLinkReceiver *old;
  GQueue stale = G_QUEUE_INIT;
  gboolean waiting;

  g_mutex_lock (&self->lock);
  old = self->receiver;
  self->receiver = receiver == NULL ? NULL : g_object_ref (receiver);
  self->holding = FALSE;
  if (receiver == NULL) {
    stale = self->held;
    g_queue_init (&self->held);
  }
  waiting = !g_queue_is_empty (&self->held);
  g_mutex_unlock (&self->lock);
  if (waiting)
    gst_element_call_async (self->appsink, on_receiver_set, genos_webrtc_outlet_ref (self),
        (GDestroyNotify) genos_webrtc_outlet_unref);
  g_queue_clear_full (&stale, (GDestroyNotify) gst_buffer_unref);
  g_clear_object (&old);
}

void
genos_webrtc_outlet_hold (GenosWebrtcOutlet *self)
{
  g_mutex_lock (&self->lock);
  self->holding = TRUE;
  g_mutex_unlock (&self->lock);
}

void
genos_webrtc_outlet_close (GenosWebrtcOutlet *self)
{
  GstAppSinkCallbacks none = { NULL };

  genos_webrtc_outlet_set_receiver (self, NULL);
  gst_app_sink_set_callbacks (GST_APP_SINK (self->appsink), &none, NULL, NULL);
}

/* --- receiver */

static void
push_key_frame_request (GstElement *appsink, gpointer data)
{
  g_autoptr (GstPad) sink = gst_element_get_static_pad (appsink, "sink");

  gst_pad_push_event (sink, new_key_frame_request ());
}

/* The caller may hold locks that a streaming thread wants. */
static void
genos_webrtc_receiver_request_key_frame (GenosLinkReceiver *receiver)
{
  gst_element_call_async (
      GENOS_WEBRTC_RECEIVER (receiver)->appsink, push_key_frame_request, NULL, NULL);
}

static void
genos_webrtc_receiver_finalize (GObject *object)
{
  g_clear_object (&GENOS_WEBRTC_RECEIVER (object)->appsink);
  G_OBJECT_CLASS (genos_webrtc_receiver_parent_class)->finalize (object);
}

static void
genos_webrtc_receiver_class_init (GenosWebrtcReceiverClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = genos_webrtc_receiver_finalize;
  GENOS_LINK_RECEIVER_CLASS (klass)->request_key_frame = genos_webrtc_receiver_request_key_frame;
}

static void
genos_webrtc_receiver_init (GenosWebrtcReceiver *self)
{
}

GenosWebrtcReceiver *
genos_webrtc_receiver_new (GenosWebrtcOutlet *outlet, const char *stream_id, const char *track_id)
{
  GenosWebrtcReceiver *self = g_object_new (GENOS_TYPE_WEBRTC_RECEIVER, "mid", outlet->mid,
      "stream-id", stream_id, "track-id", track_id, "caps", outlet->caps, "audio-level-id",
      outlet->audio_level_id, NULL);

  self->appsink = g_object_ref (outlet->appsink);
  return self;
}
