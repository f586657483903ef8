/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenoselements.h"
#include "gstgenosmessage.h"
#include "gstgenosroommember.h"

#define GST_CAT_DEFAULT gst_genos_debug

/* send: the caller waits for the number of peers, so that the message is read on the session's
 * thread while it may still be the caller's. */

typedef struct {
  char *channel;
  GenosMessage *message;
  GStrv targets;
  guint n_peers;
  GError *error;
} Send;

static void
send_clear (gpointer data)
{
  Send *send = data;

  g_free (send->channel);
  genos_message_unref (send->message);
  g_strfreev (send->targets);
  g_clear_error (&send->error);
}

static void
send_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, send_clear);
}

static void
send_in_room (GstGenosRoomSession *session, GenosRoom *room, gpointer user_data)
{
  Send *send = user_data;
  g_autoptr (GenosChannel) channel = NULL;

  channel = genos_room_open_channel (room, send->channel, &send->error);
  if (channel != NULL)
    send->n_peers = genos_channel_send (
        channel, send->message, (const char *const *) send->targets, &send->error);
}

static void
warn_not_sent (GstElement *element, const char *channel, const char *why)
{
  GST_ELEMENT_WARNING (element, RESOURCE, WRITE,
      ("Nothing was sent on channel \"%s\": %s", channel != NULL ? channel : "", why), (NULL));
}

/* @message: (transfer full) */
static guint
send_message (GstGenosRoomMember *self, const char *channel, GenosMessage *message,
    const char *const *targets)
{
  g_autoptr (GstGenosRoomSession) session = gst_genos_room_member_ref_session (self);
  Send *send = g_atomic_rc_box_new0 (Send);
  guint n_peers = 0;

  send->channel = g_strdup (channel);
  send->message = message;
  send->targets = g_strdupv ((GStrv) targets);
  if (channel == NULL || session == NULL) {
    warn_not_sent (self->element, channel,
        channel == NULL ? "it has no name" : "the element is not in the room (PAUSED or PLAYING)");
  } else if (!gst_genos_room_session_call (
                 session, send_in_room, g_atomic_rc_box_acquire (send), send_unref)) {
    /* It may still go out; only its count is unknown. */
    warn_not_sent (self->element, channel, "the room is busy, it may go out later");
  } else if (send->error != NULL) {
    warn_not_sent (self->element, channel, send->error->message);
  } else {
    n_peers = send->n_peers;
  }
  send_unref (send);
  return n_peers;
}

guint
gst_genos_room_member_send (GstGenosRoomMember *self, const char *channel,
    const GstStructure *message, const char *const *targets)
{
  g_autoptr (GError) error = NULL;
  GenosMessage *parsed = NULL;

  if (message != NULL)
    parsed = gst_genos_message_from_structure (message, &error);
  if (parsed == NULL) {
    warn_not_sent (self->element, channel, error != NULL ? error->message : "no message");
    return 0;
  }
  return send_message (self, channel, parsed, targets);
}

guint
gst_genos_room_member_send_text (
    GstGenosRoomMember *self, const char *channel, const char *text, const char *const *targets)
{
  if (text == NULL || !g_utf8_validate (text, -1, NULL)) {
    warn_not_sent (self->element, channel, "no text in UTF-8");
    return 0;
  }
  return send_message (self, channel, genos_message_new_string (text), targets);
}

/* ping */

typedef struct {
  GstElement *element;
  char *peer_id;
  GstPromise *promise;
} Ping;

static void
ping_free (gpointer data)
{
  Ping *ping = data;

  gst_object_unref (ping->element);
  g_free (ping->peer_id);
  /* Not answered: the room was left in between. */
  if (ping->promise != NULL)
    gst_promise_expire (ping->promise);
  g_clear_pointer (&ping->promise, gst_promise_unref);
  g_free (ping);
}

static void
answer_ping (Ping *ping, gint64 rtt, const GError *error)
{
  GstStructure *reply = gst_structure_new_empty ("genos-ping");

  if (error != NULL)
    gst_structure_set (reply, "error", G_TYPE_ERROR, error, NULL);
  else
    gst_structure_set (reply, "rtt", G_TYPE_UINT64, (guint64) rtt * GST_USECOND, NULL);
  if (ping->promise != NULL)
    gst_promise_reply (ping->promise, reply);
  else
    gst_structure_free (reply);
  gst_genos_room_signals_ping (ping->element, ping->peer_id, rtt, error);
}

static void
on_pong (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Ping *ping = user_data;
  g_autoptr (GError) error = NULL;
  gint64 rtt = genos_room_ping_finish (GENOS_ROOM (source), result, &error);

  answer_ping (ping, rtt, error);
  ping_free (ping);
}

static Ping *
ping_copy (Ping *ping)
{
  Ping *copy = g_new0 (Ping, 1);

  copy->element = gst_object_ref (ping->element);
  copy->peer_id = g_strdup (ping->peer_id);
  copy->promise = g_steal_pointer (&ping->promise);
  return copy;
}

static void
ping_in_room (GstGenosRoomSession *session, GenosRoom *room, gpointer user_data)
{
  Ping *ping = user_data;

  genos_room_ping_async (room, ping->peer_id, NULL, on_pong, ping_copy (ping));
}

void
gst_genos_room_member_ping (GstGenosRoomMember *self, const char *peer_id, GstPromise *promise)
{
  g_autoptr (GstGenosRoomSession) session = gst_genos_room_member_ref_session (self);
  Ping *ping = g_new0 (Ping, 1);

  ping->element = gst_object_ref (self->element);
  ping->peer_id = g_strdup (peer_id != NULL ? peer_id : "");
  ping->promise = promise != NULL ? gst_promise_ref (promise) : NULL;
  if (session == NULL) {
    g_autoptr (GError) error = g_error_new_literal (
        GENOS_ERROR, GENOS_ERROR_CLOSED, "the element is not in the room (PAUSED or PLAYING)");

    answer_ping (ping, 0, error);
    ping_free (ping);
    return;
  }
  gst_genos_room_session_invoke (session, ping_in_room, ping, ping_free);
}

/* who is let in */

typedef struct {
  char *peer_id;
  char *reason; /* (nullable) */
} Decision;

static void
decision_free (gpointer data)
{
  Decision *decision = data;

  g_free (decision->peer_id);
  g_free (decision->reason);
  g_free (decision);
}

static void
kick_in_room (GstGenosRoomSession *session, GenosRoom *room, gpointer user_data)
{
  const Decision *decision = user_data;

  genos_room_kick (room, decision->peer_id, decision->reason);
}

static void
admit_in_room (GstGenosRoomSession *session, GenosRoom *room, gpointer user_data)
{
  genos_room_admit (room, ((const Decision *) user_data)->peer_id);
}

static void
deny_in_room (GstGenosRoomSession *session, GenosRoom *room, gpointer user_data)
{
  genos_room_deny (room, ((const Decision *) user_data)->peer_id);
}

static void
decide (GstGenosRoomMember *self, GstGenosRoomFunc func, const char *peer_id, const char *reason)
{
  g_autoptr (GstGenosRoomSession) session = gst_genos_room_member_ref_session (self);
  Decision *decision;

  if (session == NULL || peer_id == NULL)
    return;
  decision = g_new0 (Decision, 1);
  decision->peer_id = g_strdup (peer_id);
  decision->reason = g_strdup (reason);
  gst_genos_room_session_invoke (session, func, decision, decision_free);
}

void
gst_genos_room_member_kick (GstGenosRoomMember *self, const char *peer_id, const char *reason)
{
  decide (self, kick_in_room, peer_id, reason);
}

void
gst_genos_room_member_admit (GstGenosRoomMember *self, const char *peer_id)
{
  decide (self, admit_in_room, peer_id, NULL);
}

void
gst_genos_room_member_deny (GstGenosRoomMember *self, const char *peer_id)
{
  decide (self, deny_in_room, peer_id, NULL);
}
