/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bench-rtc.h"

#include <gst/sdp/sdp.h>
#include <gst/webrtc/webrtc.h>
#include <stdio.h>

static void
send_local_description (GstElement *webrtc)
{
  GstWebRTCSessionDescription *description = NULL;
  g_autofree char *text = NULL;
  g_autofree char *base64 = NULL;

  g_object_get (webrtc, "local-description", &description, NULL);
  text = gst_sdp_message_as_text (description->sdp);
  base64 = g_base64_encode ((const guchar *) text, strlen (text));
  printf ("sdp %s %s\n", gst_webrtc_sdp_type_to_string (description->type), base64);
  fflush (stdout);
  gst_webrtc_session_description_free (description);
}

static void
on_gathering_state (GstElement *webrtc, GParamSpec *pspec, gpointer data)
{
  GstWebRTCICEGatheringState state;

  g_object_get (webrtc, "ice-gathering-state", &state, NULL);
  if (state == GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE)
    send_local_description (webrtc);
}

static void
set_local (GstPromise *promise, gpointer data)
{
  GstElement *webrtc = data;
  const GstStructure *reply = gst_promise_get_reply (promise);
  GstWebRTCSessionDescription *description = NULL;
  const char *field = gst_structure_has_field (reply, "offer") ? "offer" : "answer";

  gst_structure_get (reply, field, GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &description, NULL);
  g_signal_emit_by_name (webrtc, "set-local-description", description, NULL);
  gst_webrtc_session_description_free (description);
  gst_promise_unref (promise);
}

void
bench_rtc_offer (GstElement *webrtc)
{
  g_signal_emit_by_name (
      webrtc, "create-offer", NULL, gst_promise_new_with_change_func (set_local, webrtc, NULL));
}

void
bench_rtc_take (GstElement *webrtc, const char *type, const char *base64)
{
  gsize size;
  g_autofree guchar *text = g_base64_decode (base64, &size);
  gboolean offer = g_str_equal (type, "offer");
  GstWebRTCSessionDescription *description;
  GstSDPMessage *sdp;

  gst_sdp_message_new (&sdp);
  gst_sdp_message_parse_buffer (text, size, sdp);
  description = gst_webrtc_session_description_new (
      offer ? GST_WEBRTC_SDP_TYPE_OFFER : GST_WEBRTC_SDP_TYPE_ANSWER, sdp);
  g_signal_emit_by_name (webrtc, "set-remote-description", description, NULL);
  if (offer)
    g_signal_emit_by_name (
        webrtc, "create-answer", NULL, gst_promise_new_with_change_func (set_local, webrtc, NULL));
  gst_webrtc_session_description_free (description);
}

static void
on_pad_added (GstElement *webrtc, GstPad *pad, GstElement *depay)
{
  g_autoptr (GstPad) sink = gst_element_get_static_pad (depay, "sink");

  gst_pad_link (pad, sink);
}

void
bench_rtc_prepare (GstElement *webrtc, GstElement *depay)
{
  g_autoptr (GObject) ice = NULL;
  g_autoptr (GObject) agent = NULL;

  g_object_get (webrtc, "ice-agent", &ice, NULL);
  g_object_get (ice, "agent", &agent, NULL);
  g_object_set (agent, "upnp", FALSE, "ice-tcp", FALSE, NULL);
  g_signal_connect (webrtc, "notify::ice-gathering-state", G_CALLBACK (on_gathering_state), NULL);
  if (depay != NULL)
    g_signal_connect (webrtc, "pad-added", G_CALLBACK (on_pad_added), depay);
}
