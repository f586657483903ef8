/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-rate.h>

#include <genos/transport/rtp/repair-budget.h>
#include <genos/transport/rtp/rtp-header.h>

/* Feedback of the other side to us, and of us to it. Per picture, as rtpsession does by itself, would
 * leave sound without. */
#define FEEDBACK_INTERVAL (50 * GST_MSECOND)
#define MAX_PACKETS 2048

/* rtpsession tells how much a packet carries. A path carries its headers as well, which are most of what sound
 * takes: RTP's with the number, and what is around it. */
#define HEADERS (12 + 8 + GENOS_AROUND_PACKET)

/* What is not worth telling. */
#define STEP 0.03

struct _GenosWebrtcRate {
  gatomicrefcount ref_count;
  GenosHome *home;
  GenosHomeFunc changed;

  GMutex lock;
  GenosRateEstimator *estimator;
  GenosRepairBudget repair;
  guint told;
  guint64 sent_bytes; /* so far … */
  guint sent_rate;    /* … and a second, bit/s */
  gint64 checked;
};

GenosWebrtcRate *
genos_webrtc_rate_ref (GenosWebrtcRate *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
genos_webrtc_rate_unref (GenosWebrtcRate *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  genos_home_unref (self->home);
  genos_rate_estimator_free (self->estimator);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static void
closure_unref (gpointer data, GClosure *closure)
{
  genos_webrtc_rate_unref (data);
}

/* Called with the lock held. */
static gboolean
has_changed (GenosWebrtcRate *self)
{
  guint rate = genos_rate_estimator_get_rate (self->estimator);
  double step = MIN (rate, self->told) * STEP;

  if (rate == self->told || (ABS ((double) rate - self->told) < step && rate > GENOS_RATE_MIN))
    return FALSE;
  self->told = rate;
  return TRUE;
}

/* --- transport-wide feedback: what rtpsession makes of it goes upstream, for an encoder there */

static gboolean
read_fate (const GstStructure *packet, GenosPacketFate *fate)
{
  guint64 sent = 0, arrived = 0;
  gboolean lost = FALSE;

  if (!gst_structure_get (packet, "local-ts", G_TYPE_UINT64, &sent, "remote-ts", G_TYPE_UINT64,
          &arrived, "size", G_TYPE_UINT, &fate->size, "lost", G_TYPE_BOOLEAN, &lost, NULL)
      || !GST_CLOCK_TIME_IS_VALID (sent))
    return FALSE;
  fate->size = MIN (fate->size, G_MAXUINT16) + HEADERS;
  fate->sent = GST_TIME_AS_USECONDS (sent);
  fate->arrived =
      !lost && GST_CLOCK_TIME_IS_VALID (arrived) ? (gint64) GST_TIME_AS_USECONDS (arrived) : -1;
  return TRUE;
}

G_GNUC_BEGIN_IGNORE_DEPRECATIONS
static guint
read_fates (const GstStructure *feedback, GenosPacketFate *fates)
{
  const GValue *value = gst_structure_get_value (feedback, "packets");
  const GValueArray *packets;
  guint n = 0;

  if (value == NULL || !G_VALUE_HOLDS (value, g_value_array_get_type ()))
    return 0;
  packets = g_value_get_boxed (value);
  for (guint i = 0; i < packets->n_values && n < MAX_PACKETS; i++) {
    const GstStructure *packet = gst_value_get_structure (&packets->values[i]);

    if (packet != NULL && read_fate (packet, &fates[n]))
      n++;
  }
  return n;
}
G_GNUC_END_IGNORE_DEPRECATIONS

static void
take_feedback (GenosWebrtcRate *self, const GstStructure *feedback)
{
  g_autofree GenosPacketFate *fates = g_new (GenosPacketFate, MAX_PACKETS);
  guint n = read_fates (feedback, fates);
  gboolean changed;

  g_mutex_lock (&self->lock);
  genos_rate_estimator_add_feedback (self->estimator, fates, n, g_get_monotonic_time ());
  changed = has_changed (self);
  g_mutex_unlock (&self->lock);
  if (changed)
    genos_home_post (self->home, self->changed, NULL, NULL);
}

/* As rtpsession does for a PLI. */
static void
ask_for_key (GstPad *pad, guint ssrc)
{
  gst_pad_push_event (pad,
      gst_event_new_custom (GST_EVENT_CUSTOM_UPSTREAM,
          gst_structure_new ("GstForceKeyUnit", "ssrc", G_TYPE_UINT, ssrc, "all-headers",
              G_TYPE_BOOLEAN, FALSE, NULL)));
}

/* A request of the other side, on its way to what has kept the packet. */
static GstPadProbeReturn
judge_request (GenosWebrtcRate *self, GstPad *pad, const GstStructure *request)
{
  guint ssrc = 0, seqnum = 0;
  GenosRepair repair;

  gst_structure_get (request, "ssrc", G_TYPE_UINT, &ssrc, "seqnum", G_TYPE_UINT, &seqnum, NULL);
  g_mutex_lock (&self->lock);
  GenosRepairPath path = {
    .rate = genos_rate_estimator_get_rate (self->estimator),
    .queue = genos_rate_estimator_get_queue (self->estimator),
    .round_trip = genos_rate_estimator_get_round_trip (self->estimator),
  };

  repair = genos_repair_budget_take (&self->repair, ssrc, seqnum, &path, g_get_monotonic_time ());
  g_mutex_unlock (&self->lock);
  if (repair == GENOS_REPAIR_KEY_FRAME)
    ask_for_key (pad, ssrc);
  return repair == GENOS_REPAIR_SEND ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

/* What is sent again has no flag, but a source of its own. */
static GstPadProbeReturn
on_packet (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GenosWebrtcRate *self = data;
  GstBuffer *packet = GST_PAD_PROBE_INFO_BUFFER (info);
  guint8 head[GENOS_RTP_HEAD_SIZE];
  GenosRtpHeader header;

  if (GST_BUFFER_FLAG_IS_SET (packet, GST_BUFFER_FLAG_DELTA_UNIT)
      || !genos_rtp_header_parse (&header, head, gst_buffer_extract (packet, 0, head, sizeof head)))
    return GST_PAD_PROBE_OK;
  g_mutex_lock (&self->lock);
  genos_repair_budget_note_key (&self->repair, header.ssrc, header.seqnum);
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
on_upstream_event (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);

  if (gst_event_has_name (event, "GstRTPRetransmissionRequest"))
    return judge_request (data, pad, gst_event_get_structure (event));
  if (!gst_event_has_name (event, "RTPTWCCPackets"))
    return GST_PAD_PROBE_OK;
  take_feedback (data, gst_event_get_structure (event));
  return GST_PAD_PROBE_DROP;
}

static void
on_session_pad (GstElement *session, GstPad *pad, GenosWebrtcRate *self)
{
  if (!g_str_has_prefix (GST_OBJECT_NAME (pad), "send_rtp_sink"))
    return;
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_upstream_event,
      genos_webrtc_rate_ref (self), (GDestroyNotify) genos_webrtc_rate_unref);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_packet, genos_webrtc_rate_ref (self),
      (GDestroyNotify) genos_webrtc_rate_unref);
}

/* --- receiver reports, of peers that give no other feedback */

static gboolean
read_report (GstElement *session, guint ssrc, GenosRateReport *report)
{
  g_autoptr (GObject) internal = NULL;
  g_autoptr (GObject) source = NULL;
  g_autoptr (GstStructure) stats = NULL;
  gboolean have = FALSE;
  guint lost = 0, round_trip = 0;

  g_object_get (session, "internal-session", &internal, NULL);
  g_signal_emit_by_name (internal, "get-source-by-ssrc", ssrc, &source);
  if (source == NULL)
    return FALSE;
  g_object_get (source, "stats", &stats, NULL);
  if (stats == NULL || !gst_structure_get_boolean (stats, "have-rb", &have) || !have
      || !gst_structure_get_uint (stats, "rb-fractionlost", &lost)
      || !gst_structure_get_uint (stats, "rb-round-trip", &round_trip))
    return FALSE;
  /* RFC 3550, 6.4.1: a fixed point number with the binary point at the left edge of eight bits, and
   * units of 1/65536 seconds. */
  report->loss = lost / 256.;
  report->round_trip = gst_util_uint64_scale (round_trip, G_USEC_PER_SEC, 65536);
  return TRUE;
}

static void
on_ssrc_active (GstElement *session, guint ssrc, GenosWebrtcRate *self)
{
  GenosRateReport report = { 0 };
  gboolean changed, fed;

  g_mutex_lock (&self->lock);
  fed = genos_rate_estimator_has_feedback (self->estimator);
  report.sent_rate = self->sent_rate;
  g_mutex_unlock (&self->lock);
  if (fed || !read_report (session, ssrc, &report))
    return;

  g_mutex_lock (&self->lock);
  genos_rate_estimator_add_report (self->estimator, &report, g_get_monotonic_time ());
  changed = has_changed (self);
  g_mutex_unlock (&self->lock);
  if (changed)
    genos_home_post (self->home, self->changed, NULL, NULL);
}

/* --- */

static void
watch_session (GenosWebrtcRate *self, GstElement *session)
{
  g_autoptr (GObject) internal = NULL;

  g_object_get (session, "internal-session", &internal, NULL);
  if (internal != NULL)
    g_object_set (internal, "twcc-feedback-interval", (guint64) FEEDBACK_INTERVAL, NULL);
  g_signal_connect_data (session, "pad-added", G_CALLBACK (on_session_pad),
      genos_webrtc_rate_ref (self), closure_unref, 0);
  g_signal_connect_data (session, "on-ssrc-active", G_CALLBACK (on_ssrc_active),
      genos_webrtc_rate_ref (self), closure_unref, 0);
}

static void
on_element_added (GstBin *rtpbin, GstBin *bin, GstElement *element, GenosWebrtcRate *self)
{
  GstElementFactory *factory = gst_element_get_factory (element);

  if (factory != NULL && g_strcmp0 (GST_OBJECT_NAME (factory), "rtpsession") == 0)
    watch_session (self, element);
}

GenosWebrtcRate *
genos_webrtc_rate_new (GstElement *webrtc, GenosHome *home, GenosHomeFunc changed)
{
  GenosWebrtcRate *self = g_new0 (GenosWebrtcRate, 1);
  g_autoptr (GstElement) rtpbin = gst_bin_get_by_name (GST_BIN (webrtc), "rtpbin");

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lock);
  self->home = genos_home_ref (home);
  self->changed = changed;
  self->estimator = genos_rate_estimator_new ();
  self->told = GENOS_RATE_UNBOUNDED;
  if (rtpbin != NULL)
    g_signal_connect_data (rtpbin, "deep-element-added", G_CALLBACK (on_element_added),
        genos_webrtc_rate_ref (self), closure_unref, 0);
  return self;
}

guint
genos_webrtc_rate_get (GenosWebrtcRate *self)
{
  guint rate;

  g_mutex_lock (&self->lock);
  rate = self->told;
  g_mutex_unlock (&self->lock);
  return rate;
}

double
genos_webrtc_rate_get_pace (GenosWebrtcRate *self, gint64 now)
{
  double pace;

  g_mutex_lock (&self->lock);
  pace = genos_rate_estimator_get_pace (self->estimator, now);
  g_mutex_unlock (&self->lock);
  return pace;
}

void
genos_webrtc_rate_check (GenosWebrtcRate *self, guint64 sent_bytes)
{
  gint64 now = g_get_monotonic_time ();
  gboolean changed;

  g_mutex_lock (&self->lock);
  gboolean sending = sent_bytes > self->sent_bytes;

  if (now > self->checked)
    self->sent_rate = gst_util_uint64_scale (
        sent_bytes - MIN (sent_bytes, self->sent_bytes), 8 * G_USEC_PER_SEC, now - self->checked);
  self->sent_bytes = sent_bytes;
  self->checked = now;
  if (sending)
    genos_rate_estimator_check_silence (self->estimator, now);
  else
    genos_rate_estimator_rest (self->estimator, now);
  changed = has_changed (self);
  g_mutex_unlock (&self->lock);
  if (changed)
    genos_home_post (self->home, self->changed, NULL, NULL);
}

void
genos_webrtc_rate_describe (GenosWebrtcRate *self, GstStructure *stats)
{
  g_mutex_lock (&self->lock);
  guint rate = genos_rate_estimator_get_rate (self->estimator);

  if (rate != GENOS_RATE_UNBOUNDED)
    gst_structure_set (stats, "available-bitrate", G_TYPE_UINT, rate, NULL);
  gst_structure_set (stats, "arriving-bitrate", G_TYPE_UINT,
      genos_rate_estimator_get_arriving (self->estimator), "loss", G_TYPE_DOUBLE,
      genos_rate_estimator_get_loss (self->estimator), "queue-ms", G_TYPE_UINT,
      (guint) (MAX (genos_rate_estimator_get_queue (self->estimator), 0) / 1000), "round-trip-ms",
      G_TYPE_UINT, (guint) (genos_rate_estimator_get_round_trip (self->estimator) / 1000),
      "transport-feedback", G_TYPE_BOOLEAN, genos_rate_estimator_has_feedback (self->estimator),
      NULL);
  g_mutex_unlock (&self->lock);
}
