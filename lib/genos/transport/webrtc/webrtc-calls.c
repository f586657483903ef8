/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-calls.h>

#include <gst/webrtc/webrtc.h>

typedef struct {
  GenosHome *home;
  GenosWebrtcReplyFunc func;
  const char *field; /* of the reply that holds a description */
  char *sdp;
  GError *error;
} Reply;

static Reply *
new_reply (GenosHome *home, GenosWebrtcReplyFunc func, const char *field)
{
  Reply *reply = g_new0 (Reply, 1);

  reply->home = genos_home_ref (home);
  reply->func = func;
  reply->field = field;
  return reply;
}

static void
free_reply (Reply *reply)
{
  genos_home_unref (reply->home);
  g_free (reply->sdp);
  g_clear_error (&reply->error);
  g_free (reply);
}

static void
deliver (gpointer object, gpointer data)
{
  Reply *reply = data;

  reply->func (object, reply->sdp, reply->error);
}

static char *
description_text (const GstStructure *structure, const char *field)
{
  const GValue *value = gst_structure_get_value (structure, field);
  GstWebRTCSessionDescription *description;

  if (value == NULL || !G_VALUE_HOLDS (value, GST_TYPE_WEBRTC_SESSION_DESCRIPTION))
    return NULL;
  description = g_value_get_boxed (value);
  return description == NULL ? NULL : gst_sdp_message_as_text (description->sdp);
}

/* On a thread of webrtcbin, with its locks held: copies and leaves. */
static void
on_promise (GstPromise *promise, gpointer user_data)
{
  Reply *reply = user_data;
  const GstStructure *structure = NULL;

  if (gst_promise_wait (promise) == GST_PROMISE_RESULT_REPLIED)
    structure = gst_promise_get_reply (promise);
  else
    reply->error =
        g_error_new_literal (GENOS_ERROR, GENOS_ERROR_CLOSED, "webrtcbin is shutting down");
  if (structure != NULL && gst_structure_has_field (structure, "error"))
    gst_structure_get (structure, "error", G_TYPE_ERROR, &reply->error, NULL);
  if (structure != NULL && reply->error == NULL && reply->field != NULL)
    reply->sdp = description_text (structure, reply->field);
  if (reply->error == NULL && reply->field != NULL && reply->sdp == NULL)
    reply->error =
        g_error_new_literal (GENOS_ERROR, GENOS_ERROR_FAILED, "webrtcbin made no description");
  gst_promise_unref (promise);
  genos_home_post (reply->home, deliver, reply, (GDestroyNotify) free_reply);
}

void
genos_webrtc_create_description (
    GstElement *webrtc, GenosSdpKind kind, GenosHome *home, GenosWebrtcReplyFunc func)
{
  gboolean offer = kind == GENOS_SDP_OFFER;
  Reply *reply = new_reply (home, func, offer ? "offer" : "answer");
  GstPromise *promise = gst_promise_new_with_change_func (on_promise, reply, NULL);

  g_signal_emit_by_name (webrtc, offer ? "create-offer" : "create-answer", NULL, promise);
}

/* --- an offer over an open data channel */

typedef struct {
  GstElement *webrtc;
  GObject *channel;
  GenosHome *home;
  GenosWebrtcReplyFunc func;
} Check;

static void
free_check (gpointer data)
{
  Check *check = data;

  gst_object_unref (check->webrtc);
  g_object_unref (check->channel);
  genos_home_unref (check->home);
  g_free (check);
}

static void
refuse_offer (const Check *check)
{
  Reply *reply = new_reply (check->home, check->func, NULL);

  reply->error = g_error_new_literal (
      GENOS_ERROR, GENOS_ERROR_CLOSED, "the other side closed the data channel");
  genos_home_post (check->home, deliver, reply, (GDestroyNotify) free_reply);
}

/* Between two tasks of webrtcbin. */
static void
on_turn (GstPromise *promise, gpointer data)
{
  const Check *check = data;
  GstWebRTCDataChannelState state = GST_WEBRTC_DATA_CHANNEL_STATE_CLOSED;

  if (gst_promise_wait (promise) == GST_PROMISE_RESULT_REPLIED)
    g_object_get (check->channel, "ready-state", &state, NULL);
  if (state == GST_WEBRTC_DATA_CHANNEL_STATE_OPEN)
    genos_webrtc_create_description (check->webrtc, GENOS_SDP_OFFER, check->home, check->func);
  else
    refuse_offer (check);
  gst_promise_unref (promise);
}

/* webrtcbin forgets a channel that the remote has closed, leaves its line out of the next offer, and
 * aborts because every line behind has moved. Closing takes several of webrtcbin's tasks, each of
 * which queues the next, and the first ends the state OPEN: seen from webrtcbin's own thread, a
 * channel that is open will not be forgotten before an offer that is queued now. Seen from ours it
 * may be. Statistics are the one call that does nothing else and answers on that thread. */
void
genos_webrtc_create_offer_over (
    GstElement *webrtc, GObject *channel, GenosHome *home, GenosWebrtcReplyFunc func)
{
  Check *check = g_new (Check, 1);

  *check = (Check){ gst_object_ref (webrtc), g_object_ref (channel), genos_home_ref (home), func };
  g_signal_emit_by_name (
      webrtc, "get-stats", NULL, gst_promise_new_with_change_func (on_turn, check, free_check));
}

void
genos_webrtc_set_description (GstElement *webrtc, gboolean local, GenosSdpKind kind,
    const char *sdp, GenosHome *home, GenosWebrtcReplyFunc func)
{
  Reply *reply = new_reply (home, func, NULL);
  GstWebRTCSessionDescription *description;
  GstSDPMessage *message;

  if (gst_sdp_message_new_from_text (sdp, &message) != GST_SDP_OK) {
    reply->error =
        g_error_new_literal (GENOS_ERROR, GENOS_ERROR_PROTOCOL, "the description is no SDP");
    genos_home_post (home, deliver, reply, (GDestroyNotify) free_reply);
    return;
  }
  description = gst_webrtc_session_description_new (
      kind == GENOS_SDP_OFFER ? GST_WEBRTC_SDP_TYPE_OFFER : GST_WEBRTC_SDP_TYPE_ANSWER, message);
  g_signal_emit_by_name (webrtc, local ? "set-local-description" : "set-remote-description",
      description, gst_promise_new_with_change_func (on_promise, reply, NULL));
  gst_webrtc_session_description_free (description);
}

char *
genos_webrtc_get_local_description (GstElement *webrtc)
{
  GstWebRTCSessionDescription *description = NULL;
  char *sdp = NULL;

  g_object_get (webrtc, "local-description", &description, NULL);
  if (description != NULL) {
    sdp = gst_sdp_message_as_text (description->sdp);
    gst_webrtc_session_description_free (description);
  }
  return sdp;
}
