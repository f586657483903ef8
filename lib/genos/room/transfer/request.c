/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/transfer/request-private.h>

#include <string.h>

#include <genos/room/message-private.h>
#include <genos/wire/json-text.h>

/* Of a failure's text, in bytes; more is cut. */
#define MAX_TEXT 1024

#define TEXT_UNANSWERED "nobody there answers requests of this channel"

/**
 * GenosRequest:
 *
 * A question of a peer that waits for an answer.
 *
 * Answer it with [method@Request.respond] or [method@Request.fail], at once or
 * later: keep a reference until then. A request that is dropped without an answer
 * is answered with a failure. Lives on the room's main context.
 */
struct _GenosRequest {
  GObject parent_instance;

  char *channel;
  char *peer_id;
  guint64 id;
  GenosMessage *message;
  GenosRequestAnswerFunc answer;
  GWeakRef target;
  gboolean answered;
};

G_DEFINE_FINAL_TYPE (GenosRequest, genos_request, G_TYPE_OBJECT)

/**
 * genos_remote_error_quark:
 *
 * Gets the error domain of peers' answers.
 *
 * Returns: the quark
 */
G_DEFINE_QUARK (genos - remote - error - quark, genos_remote_error)

static gboolean
send_answer (GenosRequest *self, const GenosExtendedMessage *answer, GError **error)
{
  g_autoptr (GObject) target = g_weak_ref_get (&self->target);

  self->answered = TRUE;
  if (target != NULL)
    return self->answer (target, self->channel, answer, error);
  g_set_error_literal (
      error, GENOS_ERROR, GENOS_ERROR_CLOSED, "the peer that asked is not here any more");
  return FALSE;
}

static void
genos_request_dispose (GObject *object)
{
  GenosRequest *self = GENOS_REQUEST (object);

  if (!self->answered)
    genos_request_fail (self, GENOS_REMOTE_ERROR_UNANSWERED, TEXT_UNANSWERED);
  G_OBJECT_CLASS (genos_request_parent_class)->dispose (object);
}

static void
genos_request_finalize (GObject *object)
{
  GenosRequest *self = GENOS_REQUEST (object);

  g_weak_ref_clear (&self->target);
  g_clear_pointer (&self->message, genos_message_unref);
  g_free (self->channel);
  g_free (self->peer_id);
  G_OBJECT_CLASS (genos_request_parent_class)->finalize (object);
}

static void
genos_request_class_init (GenosRequestClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = genos_request_dispose;
  G_OBJECT_CLASS (klass)->finalize = genos_request_finalize;
}

static void
genos_request_init (GenosRequest *self)
{
  g_weak_ref_init (&self->target, NULL);
}

GenosRequest *
genos_request_new (const char *channel, const char *peer_id, guint64 id, GenosMessage *message,
    GenosRequestAnswerFunc answer, GObject *target)
{
  GenosRequest *self = g_object_new (GENOS_TYPE_REQUEST, NULL);

  self->channel = g_strdup (channel);
  self->peer_id = g_strdup (peer_id);
  self->id = id;
  self->message = genos_message_ref (message);
  self->answer = answer;
  g_weak_ref_set (&self->target, target);
  return self;
}

/**
 * genos_request_get_peer_id:
 * @self: a request
 *
 * Gets who asks.
 *
 * Returns: (transfer none): a peer id
 */
const char *
genos_request_get_peer_id (GenosRequest *self)
{
  g_return_val_if_fail (GENOS_IS_REQUEST (self), NULL);
  return self->peer_id;
}

/**
 * genos_request_get_message:
 * @self: a request
 *
 * Gets what is asked.
 *
 * Returns: (transfer none): the message
 */
GenosMessage *
genos_request_get_message (GenosRequest *self)
{
  g_return_val_if_fail (GENOS_IS_REQUEST (self), NULL);
  return self->message;
}

/**
 * genos_request_respond:
 * @self: a request that is not answered yet
 * @message: the answer
 * @error: return location for an error
 *
 * Answers. Fails with %GENOS_ERROR_CLOSED when the peer is gone, and with
 * %GENOS_ERROR_LIMIT when too much waits to be sent to it.
 *
 * Returns: %TRUE when the answer is on its way
 */
gboolean
genos_request_respond (GenosRequest *self, GenosMessage *message, GError **error)
{
  GenosExtendedMessage answer;

  g_return_val_if_fail (GENOS_IS_REQUEST (self), FALSE);
  g_return_val_if_fail (message != NULL, FALSE);
  g_return_val_if_fail (!self->answered, FALSE);

  answer = (GenosExtendedMessage){
    .kind = genos_message_get_payload_kind (message),
    .role = GENOS_ROLE_RESPONSE,
    .id = self->id,
    .metadata = (char *) genos_message_get_metadata_text (message),
    .payload = genos_message_get_payload (message),
  };
  return send_answer (self, &answer, error);
}

static char *
cut (const char *text)
{
  const char *end = text;

  while (*end != '\0' && g_utf8_next_char (end) - text <= MAX_TEXT)
    end = g_utf8_next_char (end);
  return g_strndup (text, (gsize) (end - text));
}

static char *
build_failure (guint code, const char *text)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *bounded = cut (text);

  json_object_set_int_member (object, "code", code);
  json_object_set_string_member (object, "message", bounded);
  json_node_set_object (node, object);
  return json_to_string (node, FALSE);
}

/**
 * genos_request_fail:
 * @self: a request that is not answered yet
 * @code: a code of the application's choice; the asker finds it in an error of
 *   the domain %GENOS_REMOTE_ERROR
 * @text: why, for people; UTF-8, cut after 1024 bytes
 *
 * Answers that it cannot be done. Nothing happens when the peer is gone.
 */
void
genos_request_fail (GenosRequest *self, guint code, const char *text)
{
  g_autofree char *json = NULL;
  g_autoptr (GBytes) payload = NULL;
  GenosExtendedMessage answer = { GENOS_PAYLOAD_JSON, GENOS_ROLE_FAILURE };

  g_return_if_fail (GENOS_IS_REQUEST (self));
  g_return_if_fail (text != NULL && g_utf8_validate (text, -1, NULL));
  g_return_if_fail (!self->answered);

  json = build_failure (code, text);
  payload = g_bytes_new (json, strlen (json));
  answer.id = self->id;
  answer.payload = payload;
  send_answer (self, &answer, NULL);
}

GError *
genos_request_read_failure (GBytes *payload)
{
  gsize size;
  const char *data = g_bytes_get_data (payload, &size);
  g_autoptr (JsonNode) node = genos_json_parse (data != NULL ? data : "", (gssize) size, NULL);
  JsonObject *object =
      node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonNode *text = object != NULL ? json_object_get_member (object, "message") : NULL;
  JsonNode *code = object != NULL ? json_object_get_member (object, "code") : NULL;
  gint64 number = GENOS_REMOTE_ERROR_FAILED;
  g_autofree char *words = NULL;

  if (code != NULL && JSON_NODE_HOLDS_VALUE (code)
      && json_node_get_value_type (code) == G_TYPE_INT64)
    number = CLAMP (json_node_get_int (code), 0, G_MAXINT);
  if (text != NULL && JSON_NODE_HOLDS_VALUE (text)
      && json_node_get_value_type (text) == G_TYPE_STRING)
    words = cut (json_node_get_string (text));
  if (words != NULL && *words != '\0')
    return g_error_new_literal (GENOS_REMOTE_ERROR, (gint) number, words);
  return g_error_new_literal (
      GENOS_REMOTE_ERROR, (gint) number, "the peer could not do it and did not say why");
}
