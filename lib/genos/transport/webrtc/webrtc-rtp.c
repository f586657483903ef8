/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-rtp.h>

#include <genos/transport/sdp/sdp-rtx.h>

#include <gst/webrtc/webrtc.h>

#define RTP_SSRC_OFFSET 8

/* Lost video is asked for again; Opus conceals, and browsers refuse it with retransmission. */
static void
on_new_transceiver (GstElement *webrtc, GstWebRTCRTPTransceiver *transceiver, gpointer data)
{
  GstWebRTCKind kind = GST_WEBRTC_KIND_UNKNOWN;

  g_object_get (transceiver, "kind", &kind, NULL);
  if (kind == GST_WEBRTC_KIND_VIDEO)
    g_object_set (transceiver, "do-nack", TRUE, NULL);
}

/* In order already: no reason to hold the first picture back for the whole latency. */
#define START_PACKETS 3
/* How long, in ms, the pictures behind a lost packet wait for it. Not what sinks wait: a picture that
 * comes later than they show it is not shown, but those that build upon it are. Without it the next
 * key frame would have to be waited for, which takes as long and costs more. Within it there is time to
 * ask four times at a round trip of 100 ms. */
#define REPAIR_MS 500
/* Packets that overtake each other are no loss; few do by more than this. */
#define REORDER_MS 10
/* The round trip is learnt from packets that were asked for once; asking again sooner than it takes
 * would leave it unknown for ever, and send every packet many times. */
#define RETRY_MS 100

/* Of this, 5 % are for reports, and asking for packets counts as one. What rtpsession takes for the
 * bandwidth else, 64 kbit/s, lets a receiver ask once in half a second. */
#define SESSION_BANDWIDTH (10. * 1000 * 1000)
#define REPORT_INTERVAL GST_SECOND

/* webrtcbin 1.22 lets the last of all sources decide over every jitterbuffer. Asking again for
 * packets that are only expected by now would ask for those that a busy sender has yet to make: what
 * follows a gap shows soon enough that something is missing. */
static void
repair_pictures (GstElement *jitterbuffer)
{
  gboolean bounded = FALSE;
  guint latency = 0;

  g_object_get (jitterbuffer, "latency", &latency, "drop-on-latency", &bounded, NULL);
  if (!bounded)
    latency = MAX (latency, REPAIR_MS);
  g_object_set (jitterbuffer, "do-retransmission", TRUE, "rtx-next-seqnum", FALSE, "rtx-delay",
      REORDER_MS, "rtx-min-retry-timeout", RETRY_MS, "latency", latency, NULL);
}

static gboolean
is_jitterbuffer (GstElement *element)
{
  return g_object_class_find_property (G_OBJECT_GET_CLASS (element), "do-retransmission") != NULL;
}

static GstElement *
element_before (GstElement *element)
{
  g_autoptr (GstPad) sink = gst_element_get_static_pad (element, "sink");
  g_autoptr (GstPad) peer = sink != NULL ? gst_pad_get_peer (sink) : NULL;

  return peer != NULL ? gst_pad_get_parent_element (peer) : NULL;
}

/* What the packets of @pad, a ghost pad of rtpbin, came through: a demultiplexer and, where repair by
 * redundancy could be agreed upon, its decoder are in between. */
static GstElement *
find_jitterbuffer (GstPad *pad)
{
  g_autoptr (GstPad) target = gst_ghost_pad_get_target (GST_GHOST_PAD (pad));
  GstElement *element = target != NULL ? gst_pad_get_parent_element (target) : NULL;

  while (element != NULL && !is_jitterbuffer (element)) {
    g_autoptr (GstElement) behind = element;

    element = element_before (behind);
  }
  return element;
}

/* The first packet shows what is sent. Sound is not asked for again: Opus conceals what is lost, and
 * browsers would not send it. */
static void
on_pad_added (GstElement *rtpbin, GstPad *pad, gpointer data)
{
  g_autoptr (GstElement) jitterbuffer = NULL;
  g_autoptr (GstCaps) caps = NULL;
  const char *media;

  if (!g_str_has_prefix (GST_OBJECT_NAME (pad), "recv_rtp_src_"))
    return;
  caps = gst_pad_get_current_caps (pad);
  if (caps == NULL)
    return;
  media = gst_structure_get_string (gst_caps_get_structure (caps, 0), "media");
  jitterbuffer = find_jitterbuffer (pad);
  if (g_strcmp0 (media, "video") == 0 && jitterbuffer != NULL
      && g_object_class_find_property (G_OBJECT_GET_CLASS (jitterbuffer), "rtx-min-retry-timeout")
          != NULL)
    repair_pictures (jitterbuffer);
}

static void
on_new_jitterbuffer (
    GstElement *rtpbin, GstElement *jitterbuffer, guint session, guint ssrc, gpointer data)
{
  g_object_set (jitterbuffer, "do-retransmission", FALSE, "faststart-min-packets", START_PACKETS,
      "add-reference-timestamp-meta", TRUE, NULL);
}

/* What the session is to know of a source before it reports on it. */
static void
describe_source (GstPad *pad, guint8 payload_type, guint32 ssrc)
{
  g_autoptr (GstElement) session = gst_pad_get_parent_element (pad);
  g_autoptr (GstCaps) format = NULL, caps = NULL;
  int clock_rate;

  g_signal_emit_by_name (session, "request-pt-map", (guint) payload_type, &format);
  if (format == NULL
      || !gst_structure_get_int (gst_caps_get_structure (format, 0), "clock-rate", &clock_rate))
    return;
  /* What is there is kept: header extensions are read from it. */
  caps = gst_pad_get_current_caps (pad);
  caps = caps != NULL ? gst_caps_make_writable (g_steal_pointer (&caps))
                      : gst_caps_new_empty_simple ("application/x-rtp");
  gst_caps_set_simple (caps, "payload", G_TYPE_INT, (int) payload_type, "clock-rate", G_TYPE_INT,
      clock_rate, "ssrc", G_TYPE_UINT, ssrc, NULL);
  gst_pad_send_event (pad, gst_event_new_caps (caps));
}

static GstPadProbeReturn
on_packet_to_session (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GHashTable *known = data;
  guint8 header[RTP_SSRC_OFFSET + 4];
  guint32 ssrc;

  if (gst_buffer_extract (GST_PAD_PROBE_INFO_BUFFER (info), 0, header, sizeof header)
      < sizeof header)
    return GST_PAD_PROBE_OK;
  ssrc = GST_READ_UINT32_BE (header + RTP_SSRC_OFFSET);
  if (g_hash_table_add (known, GUINT_TO_POINTER (ssrc)))
    describe_source (pad, header[1] & 0x7f, ssrc);
  return GST_PAD_PROBE_OK;
}

/* When the session makes its first report on a source, it asks for the clock rate, and lets go of its
 * lock meanwhile, in the middle of a walk over all sources. One that comes right then breaks the walk
 * with a critical warning. What it knows it does not ask for. */
static void
on_session_pad_added (GstElement *session, GstPad *pad, gpointer data)
{
  if (g_strcmp0 (GST_OBJECT_NAME (pad), "send_rtp_sink") == 0)
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_packet_to_session,
        g_hash_table_new (NULL, NULL), (GDestroyNotify) g_hash_table_unref);
}

/* Sources are announced, so there is nothing to try them for: on probation, the first packet that is
 * sent again waits for the second, each time that none was for a while. rtpsession means to except
 * them and looks for another spelling of their name than webrtcbin gives it. */
static void
tune_session (GstElement *session)
{
  g_object_set (session, "probation", 0, "bandwidth", SESSION_BANDWIDTH, "rtcp-min-interval",
      (guint64) REPORT_INTERVAL, NULL);
  g_signal_connect (session, "pad-added", G_CALLBACK (on_session_pad_added), NULL);
}

/* The first packet of a source, right before rtprtxsend looks up what to send it again with. The map
 * that webrtcbin has set holds a number that was announced nowhere. */
static void
announce_source (GstElement *retransmitter, guint32 ssrc)
{
  g_autofree char *name = g_strdup_printf ("%u", ssrc);
  g_autoptr (GstStructure) map = gst_structure_new (
      "application/x-rtp-ssrc-map", name, G_TYPE_UINT, genos_sdp_rtx_ssrc (ssrc), NULL);

  g_object_set (retransmitter, "ssrc-map", map, NULL);
}

static GstPadProbeReturn
on_sent_packet (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GHashTable *known = data;
  g_autoptr (GstElement) retransmitter = NULL;
  guint32 ssrc;

  if (gst_buffer_extract (GST_PAD_PROBE_INFO_BUFFER (info), RTP_SSRC_OFFSET, &ssrc, sizeof ssrc)
      < sizeof ssrc)
    return GST_PAD_PROBE_OK;
  ssrc = GUINT32_FROM_BE (ssrc);
  if (!g_hash_table_add (known, GUINT_TO_POINTER (ssrc)))
    return GST_PAD_PROBE_OK;
  retransmitter = gst_pad_get_parent_element (pad);
  if (retransmitter != NULL)
    announce_source (retransmitter, ssrc);
  return GST_PAD_PROBE_OK;
}

static void
tune_retransmitter (GstElement *element)
{
  g_autoptr (GstPad) sink = gst_element_get_static_pad (element, "sink");

  gst_pad_add_probe (sink, GST_PAD_PROBE_TYPE_BUFFER, on_sent_packet, g_hash_table_new (NULL, NULL),
      (GDestroyNotify) g_hash_table_unref);
}

static void
on_element_added (GstBin *rtpbin, GstBin *bin, GstElement *element, gpointer data)
{
  GstElementFactory *factory = gst_element_get_factory (element);
  const char *name = factory != NULL ? GST_OBJECT_NAME (factory) : NULL;

  if (g_strcmp0 (name, "rtpsession") == 0)
    tune_session (element);
  else if (g_strcmp0 (name, "rtprtxsend") == 0)
    tune_retransmitter (element);
}

void
genos_webrtc_tune_rtp (GstElement *webrtc)
{
  g_autoptr (GstElement) rtpbin = gst_bin_get_by_name (GST_BIN (webrtc), "rtpbin");

  g_signal_connect (webrtc, "on-new-transceiver", G_CALLBACK (on_new_transceiver), NULL);
  if (rtpbin == NULL)
    return;
  /* The reports of the sender tell when a picture was taken, not when it left: encoders take their
   * time, each another one. What is to be shown together is for who shows it: the packets have both
   * times, when they came and when they were taken. */
  g_object_set (rtpbin, "rtcp-sync-send-time", FALSE, "min-ts-offset", G_MAXUINT64, NULL);
  g_signal_connect (rtpbin, "deep-element-added", G_CALLBACK (on_element_added), NULL);
  g_signal_connect (rtpbin, "pad-added", G_CALLBACK (on_pad_added), NULL);
  g_signal_connect_after (rtpbin, "new-jitterbuffer", G_CALLBACK (on_new_jitterbuffer), NULL);
}

void
genos_webrtc_drop_on_latency (GstElement *webrtc, gboolean drop)
{
  g_autoptr (GstElement) rtpbin = gst_bin_get_by_name (GST_BIN (webrtc), "rtpbin");

  if (rtpbin != NULL)
    g_object_set (rtpbin, "drop-on-latency", drop, NULL);
}
