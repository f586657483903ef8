/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-sender.h>

#include <genos/base/error.h>
#include <genos/transport/rtp/rtp-continuity.h>
#include <genos/transport/rtp/rtp-own-header.h>
#include <genos/transport/sdp/sdp-extension-number.h>
#include <genos/transport/webrtc/webrtc-pacer.h>

#include <gst/app/gstappsrc.h>
#include <gst/webrtc/webrtc.h>

/* About a second of 10 Mbit/s: more than that waiting means that the network does not follow. */
#define MAX_QUEUED_BYTES (2 * 1024 * 1024)
#define MAX_QUEUED_PACKETS 2048
#define RTP_MARKER_OFFSET 1
#define RTP_SEQNUM_OFFSET 2
#define RTP_HEADER_SIZE 12
/* A closed gate asks again for its key frame: the encoder may have been busy, or the frame lost. */
#define KEY_FRAME_RETRY (G_USEC_PER_SEC)

struct _GenosWebrtcSender {
  GenosLinkSender parent_instance;

  char *mid;
  char *stream_id;
  GstCaps *caps;
  gboolean video;
  guint32 ssrc; /* packets are given this one; 0: they have it */
  GstAppSrc *appsrc;
  GstPad *pad;             /* of webrtcbin */
  GenosWebrtcPacer *pacer; /* (nullable) */
  guint extension;         /* the number of transport-wide feedback */

  GMutex lock;
  gboolean accepted;
  gboolean open;
  gint64 asked; /* when a key frame was asked for */
  GenosRtpContinuity continuity;
};

G_DEFINE_FINAL_TYPE (GenosWebrtcSender, genos_webrtc_sender, GENOS_TYPE_LINK_SENDER)

static gboolean
is_full (GenosWebrtcSender *self)
{
  return gst_app_src_get_current_level_bytes (self->appsrc) >= MAX_QUEUED_BYTES
      || gst_app_src_get_current_level_buffers (self->appsrc) >= MAX_QUEUED_PACKETS;
}

/* Called with the lock held. */
static GstBuffer *
with_own_header (GenosWebrtcSender *self, GstBuffer *buffer, gboolean after_gap)
{
  guint8 header[RTP_HEADER_SIZE];
  guint16 seqnum, own;
  gboolean ends_frame;

  if (gst_buffer_extract (buffer, 0, header, sizeof header) < sizeof header)
    return buffer;
  seqnum = GST_READ_UINT16_BE (header + RTP_SEQNUM_OFFSET);
  ends_frame = !self->video || (header[RTP_MARKER_OFFSET] & 0x80) != 0;
  own = genos_rtp_continuity_map (&self->continuity, seqnum, after_gap, ends_frame);
  if (self->ssrc == 0 && self->extension == 0 && own == seqnum)
    return buffer;
  return genos_rtp_own_header (buffer, self->ssrc, own, self->extension);
}

typedef enum {
  PACKET_TAKEN,
  PACKET_EARLY, /* the gate is closed */
  PACKET_OVERRUN,
} PacketFate;

/* Called with the lock held. */
static PacketFate
judge (GenosWebrtcSender *self, GstBuffer *buffer)
{
  if (!self->accepted)
    return PACKET_EARLY;
  if (!self->open && GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT))
    return PACKET_EARLY;
  if (is_full (self)) {
    self->open = FALSE;
    return PACKET_OVERRUN;
  }
  self->open = TRUE;
  return PACKET_TAKEN;
}

static void
genos_webrtc_sender_push (GenosLinkSender *sender, GstBuffer *buffer)
{
  GenosWebrtcSender *self = GENOS_WEBRTC_SENDER (sender);
  gint64 now = g_get_monotonic_time ();
  gboolean ask = FALSE, was_open;
  PacketFate fate;

  g_mutex_lock (&self->lock);
  was_open = self->open;
  fate = judge (self, buffer);
  if (fate != PACKET_TAKEN && self->accepted && self->video
      && now - self->asked >= KEY_FRAME_RETRY) {
    self->asked = now;
    ask = TRUE;
  }
  if (fate == PACKET_TAKEN) {
    buffer = with_own_header (
        self, buffer, !was_open || GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT));
    genos_link_sender_note_sent (sender, buffer, self->video);
    gst_app_src_push_buffer (self->appsrc, buffer);
  }
  g_mutex_unlock (&self->lock);

  if (fate == PACKET_OVERRUN)
    genos_link_sender_add_dropped (sender, 1);
  if (fate != PACKET_TAKEN)
    gst_buffer_unref (buffer);
  if (ask)
    genos_link_sender_emit_key_frame_request (sender);
}

static void
genos_webrtc_sender_restart (GenosLinkSender *sender)
{
  GenosWebrtcSender *self = GENOS_WEBRTC_SENDER (sender);

  g_mutex_lock (&self->lock);
  self->open = FALSE;
  self->asked = g_get_monotonic_time ();
  g_mutex_unlock (&self->lock);
}

void
genos_webrtc_sender_set_accepted (GenosWebrtcSender *self, gboolean accepted)
{
  gboolean changed;

  g_mutex_lock (&self->lock);
  changed = self->accepted != accepted;
  self->accepted = accepted;
  if (changed) {
    self->open = FALSE;
    self->asked = g_get_monotonic_time ();
  }
  g_mutex_unlock (&self->lock);

  if (!changed)
    return;
  genos_link_sender_set_active (GENOS_LINK_SENDER (self), accepted);
  if (accepted)
    genos_link_sender_emit_key_frame_request (GENOS_LINK_SENDER (self));
}

/* A PLI or FIR of the remote. On webrtcbin's thread. */
static GstPadProbeReturn
on_upstream_event (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  GenosWebrtcSender *self;

  if (!gst_event_has_name (event, "GstForceKeyUnit"))
    return GST_PAD_PROBE_OK;
  self = g_weak_ref_get (data);
  if (self != NULL) {
    genos_link_sender_emit_key_frame_request (GENOS_LINK_SENDER (self));
    g_object_unref (self);
  }
  return GST_PAD_PROBE_DROP;
}

static void
free_weak_ref (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

static void
watch_key_frame_requests (GenosWebrtcSender *self)
{
  g_autoptr (GstPad) src = gst_element_get_static_pad (GST_ELEMENT (self->appsrc), "src");
  GWeakRef *weak = g_new0 (GWeakRef, 1);

  g_weak_ref_init (weak, self);
  gst_pad_add_probe (
      src, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_upstream_event, weak, free_weak_ref);
}

typedef struct {
  GenosHome *home;
  GenosHomeFunc func;
} CapsWatch;

static void
on_caps (GstPad *pad, GParamSpec *pspec, CapsWatch *watch)
{
  genos_home_post (watch->home, watch->func, NULL, NULL);
}

static void
free_caps_watch (gpointer data, GClosure *closure)
{
  CapsWatch *watch = data;

  genos_home_unref (watch->home);
  g_free (watch);
}

static gboolean
request_pad (GenosWebrtcSender *self, GstElement *webrtc, guint extension)
{
  g_autoptr (GstWebRTCRTPTransceiver) transceiver = NULL;
  GstPadTemplate *template = gst_element_get_pad_template (webrtc, "sink_%u");
  g_autoptr (GstCaps) caps = gst_caps_copy (self->caps);

  g_autofree char *field = g_strdup_printf ("extmap-%u", extension);

  self->extension = extension;
  gst_caps_set_simple (
      caps, "a-mid", G_TYPE_STRING, self->mid, field, G_TYPE_STRING, GENOS_TRANSPORT_CC_URI, NULL);
  self->pad = gst_element_request_pad (webrtc, template, NULL, caps);
  if (self->pad == NULL)
    return FALSE;
  g_object_set (self->pad, "msid", self->stream_id, NULL);
  g_object_get (self->pad, "transceiver", &transceiver, NULL);
  if (transceiver != NULL) {
    /* Both directions for ever: what the wire shows is the SDP map's business. Browsers reject
     * Opus with retransmission. */
    g_object_set (transceiver, "direction", GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDRECV,
        "do-nack", self->video, NULL);
  }
  gst_app_src_set_caps (self->appsrc, caps);
  return TRUE;
}

gboolean
genos_webrtc_sender_bind (GenosWebrtcSender *self, GstElement *pipeline, GstElement *webrtc,
    guint extension, GenosWebrtcRate *rate, GenosHome *home, GenosHomeFunc func, GError **error)
{
  g_autoptr (GstPad) src = NULL;
  CapsWatch *watch;

  if (!request_pad (self, webrtc, extension)) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_FAILED, "webrtcbin gives no more pads");
    return FALSE;
  }
  watch = g_new (CapsWatch, 1);
  *watch = (CapsWatch){ genos_home_ref (home), func };
  g_signal_connect_data (
      self->pad, "notify::caps", G_CALLBACK (on_caps), watch, free_caps_watch, 0);

  watch_key_frame_requests (self);
  gst_bin_add (GST_BIN (pipeline), GST_ELEMENT (self->appsrc));
  src = gst_element_get_static_pad (GST_ELEMENT (self->appsrc), "src");
  /* Sound overtakes what waits. */
  if (self->video)
    self->pacer = genos_webrtc_pacer_new (self->appsrc, rate);
  if (gst_pad_link (src, self->pad) != GST_PAD_LINK_OK
      || !gst_element_sync_state_with_parent (GST_ELEMENT (self->appsrc))) {
    g_set_error_literal (
        error, GENOS_ERROR, GENOS_ERROR_FAILED, "webrtcbin does not take these caps");
    return FALSE;
  }
  return TRUE;
}

gboolean
genos_webrtc_sender_is_bound (GenosWebrtcSender *self)
{
  return self->pad != NULL;
}

gboolean
genos_webrtc_sender_has_caps (GenosWebrtcSender *self)
{
  return self->pad != NULL && gst_pad_has_current_caps (self->pad);
}

/* No EOS: once every pad of a webrtcbin has had one, it never sends again. */
static void
take_out (GstElement *appsrc, gpointer pipeline)
{
  gst_element_set_locked_state (appsrc, TRUE);
  gst_element_set_state (appsrc, GST_STATE_NULL);
  gst_bin_remove (GST_BIN (pipeline), appsrc);
}

void
genos_webrtc_sender_unbind (GenosWebrtcSender *self, GstElement *pipeline)
{
  genos_webrtc_sender_set_accepted (self, FALSE);
  g_clear_pointer (&self->pacer, genos_webrtc_pacer_free);
  if (self->pad != NULL)
    gst_element_call_async (
        GST_ELEMENT (self->appsrc), take_out, gst_object_ref (pipeline), gst_object_unref);
}

gboolean
genos_webrtc_sender_is_video (GenosWebrtcSender *self)
{
  return self->video;
}

const char *
genos_webrtc_sender_get_mid (GenosWebrtcSender *self)
{
  return self->mid;
}

static void
genos_webrtc_sender_finalize (GObject *object)
{
  GenosWebrtcSender *self = GENOS_WEBRTC_SENDER (object);

  g_clear_pointer (&self->pacer, genos_webrtc_pacer_free);
  g_clear_object (&self->pad);
  g_clear_object (&self->appsrc);
  gst_clear_caps (&self->caps);
  g_mutex_clear (&self->lock);
  g_free (self->mid);
  g_free (self->stream_id);
  G_OBJECT_CLASS (genos_webrtc_sender_parent_class)->finalize (object);
}

static void
genos_webrtc_sender_class_init (GenosWebrtcSenderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = genos_webrtc_sender_finalize;
  GENOS_LINK_SENDER_CLASS (klass)->push = genos_webrtc_sender_push;
  GENOS_LINK_SENDER_CLASS (klass)->restart = genos_webrtc_sender_restart;
}

static void
genos_webrtc_sender_init (GenosWebrtcSender *self)
{
  g_mutex_init (&self->lock);
}

GenosWebrtcSender *
genos_webrtc_sender_new (GstCaps *caps, const char *mid, const char *stream_id, guint32 ssrc)
{
  GenosWebrtcSender *self = g_object_new (GENOS_TYPE_WEBRTC_SENDER, NULL);
  GstElement *appsrc = gst_element_factory_make ("appsrc", NULL);

  self->mid = g_strdup (mid);
  self->stream_id = g_strdup (stream_id);
  self->ssrc = ssrc;
  self->caps = gst_caps_copy (caps);
  if (ssrc != 0)
    gst_caps_set_simple (self->caps, "ssrc", G_TYPE_UINT, ssrc, NULL);
  self->video =
      g_strcmp0 (gst_structure_get_string (gst_caps_get_structure (caps, 0), "media"), "video")
      == 0;
  self->appsrc = GST_APP_SRC (gst_object_ref_sink (appsrc));
  /* The queue is bounded by our own counting, which knows frames. */
  g_object_set (appsrc, "is-live", TRUE, "format", GST_FORMAT_TIME, "do-timestamp", FALSE, "block",
      FALSE, "max-bytes", (guint64) 0, "max-buffers", (guint64) 0, "max-time", (guint64) 0,
      "emit-signals", FALSE, NULL);
  return self;
}
