/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosmessage.h"
#include "gstgenosroommember.h"

/* request: asked on the session's thread, answered by a promise. */

#define DEFAULT_TIMEOUT_MS 10000

typedef struct {
  char *channel;
  char *peer_id;
  GenosMessage *message;
  guint timeout_ms;
  GstPromise *promise; /* (nullable) */
} Question;

static void
question_free (gpointer data)
{
  Question *self = data;

  g_free (self->channel);
  g_free (self->peer_id);
  g_clear_pointer (&self->message, genos_message_unref);
  /* Not answered: the room was left in between. */
  if (self->promise != NULL)
    gst_promise_expire (self->promise);
  g_clear_pointer (&self->promise, gst_promise_unref);
  g_free (self);
}

static void
answer (Question *self, GenosMessage *message, const GError *error)
{
  GstStructure *reply = gst_structure_new_empty ("genos-answer");

  if (message != NULL)
    gst_genos_message_to_structure (message, reply);
  else
    gst_structure_set (reply, "error", G_TYPE_ERROR, error, NULL);
  if (self->promise != NULL)
    gst_promise_reply (self->promise, reply);
  else
    gst_structure_free (reply);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Question *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GenosMessage) message =
      genos_channel_request_finish (GENOS_CHANNEL (source), result, &error);

  answer (self, message, error);
  question_free (self);
}

static Question *
question_steal (Question *self)
{
  Question *copy = g_new0 (Question, 1);

  *copy = *self;
  *self = (Question){ NULL };
  return copy;
}

static void
ask_in_room (GstGenosRoomSession *session, GenosRoom *room, gpointer user_data)
{
  Question *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GenosChannel) channel = genos_room_open_channel (room, self->channel, &error);

  if (channel == NULL) {
    answer (self, NULL, error);
    return;
  }
  self = question_steal (self);
  genos_channel_request_async (
      channel, self->message, self->peer_id, self->timeout_ms, NULL, on_answered, self);
}

/* (transfer full) (nullable): NULL with an error. */
static GenosMessage *
read_question (const char *channel, const GstStructure *message, const char *peer_id,
    GstGenosRoomSession *session, GError **error)
{
  if (session == NULL) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_CLOSED,
        "the element is not in the room (PAUSED or PLAYING)");
    return NULL;
  }
  if (channel == NULL || message == NULL || peer_id == NULL) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT,
        "a request needs a channel, a message and a peer");
    return NULL;
  }
  return gst_genos_message_from_structure (message, error);
}

void
gst_genos_room_member_request (GstGenosRoomMember *self, const char *channel,
    const GstStructure *message, const char *peer_id, guint timeout_ms, GstPromise *promise)
{
  g_autoptr (GstGenosRoomSession) session = gst_genos_room_member_ref_session (self);
  g_autoptr (GError) error = NULL;
  Question *question = g_new0 (Question, 1);

  question->channel = g_strdup (channel);
  question->peer_id = g_strdup (peer_id);
  question->timeout_ms = timeout_ms > 0 ? timeout_ms : DEFAULT_TIMEOUT_MS;
  question->promise = promise != NULL ? gst_promise_ref (promise) : NULL;
  question->message = read_question (channel, message, peer_id, session, &error);
  if (question->message == NULL) {
    answer (question, NULL, error);
    question_free (question);
    return;
  }
  gst_genos_room_session_invoke (session, ask_in_room, question, question_free);
}
