/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc-rtp.h>

#include <gst/webrtc/webrtc.h>

/* By how much the time of one frame may move to bring the tracks of a peer in step. The first
 * packets come at uneven times, and the sender's report corrects what was made of them: at once,
 * that would let the time of a track jump, and jump back. */
#define LIP_SYNC_STEP (5 * GST_MSECOND)

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

/* webrtcbin 1.22 lets the last of all sources decide over every jitterbuffer. Asking again for
 * packets that are only expected by now would ask for those that a busy sender has yet to make: what
 * follows a gap shows soon enough that something is missing. */
static void
on_new_jitterbuffer (
    GstElement *rtpbin, GstElement *jitterbuffer, guint session, guint ssrc, gpointer data)
{
  g_object_set (jitterbuffer, "do-retransmission", TRUE, "rtx-next-seqnum", FALSE,
      "faststart-min-packets", START_PACKETS, NULL);
}

void
genos_webrtc_tune_rtp (GstElement *webrtc)
{
  g_autoptr (GstElement) rtpbin = gst_bin_get_by_name (GST_BIN (webrtc), "rtpbin");

  g_signal_connect (webrtc, "on-new-transceiver", G_CALLBACK (on_new_transceiver), NULL);
  if (rtpbin == NULL)
    return;
  g_object_set (rtpbin, "max-ts-offset-adjustment", (guint64) LIP_SYNC_STEP, NULL);
  g_signal_connect_after (rtpbin, "new-jitterbuffer", G_CALLBACK (on_new_jitterbuffer), NULL);
}
