/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/signal-message.h>

#include <string.h>

#include <genos/base/error.h>
#include <genos/wire/json-text.h>

void
genos_signal_message_free (GenosSignalMessage *message)
{
  if (message == NULL)
    return;
  g_free (message->peer_id);
  g_free (message->kind);
  g_free (message->sealed_sdp);
  g_free (message);
}

static gboolean
fail (GError **error, const char *what)
{
  g_set_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL, "signalling: %s", what);
  return FALSE;
}

static gboolean
is_peer_id (const char *text)
{
  gsize n = strspn (text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

  return n > 0 && n <= GENOS_PEER_ID_MAX && text[n] == '\0';
}

/* The kind ends up in logs and user interfaces: a word, or nothing. */
gboolean
genos_peer_kind_is_valid (const char *text)
{
  gsize n = strlen (text);

  if (n == 0 || n > GENOS_PEER_KIND_MAX)
    return FALSE;
  for (gsize i = 0; i < n; i++) {
    if (!g_ascii_isgraph (text[i]))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_description (GenosSignalMessage *message, JsonNode *node, const char *type, GError **error)
{
  JsonObject *description;
  const char *sdp;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return fail (error, "a description is not an object");
  description = json_node_get_object (node);
  sdp = genos_json_get_string (description, "sdp");
  if (g_strcmp0 (genos_json_get_string (description, "type"), type) != 0)
    return fail (error, "a description has the wrong type");
  if (sdp == NULL || *sdp == '\0')
    return fail (error, "a description has no SDP");
  message->sealed_sdp = g_strdup (sdp);
  return TRUE;
}

static gboolean
is_bye (JsonNode *node)
{
  gint64 one;

  return genos_json_node_int (node, 1, 1, &one);
}

static gboolean
read_body (GenosSignalMessage *message, JsonObject *object, GError **error)
{
  JsonNode *offer = json_object_get_member (object, "offer");
  JsonNode *answer = json_object_get_member (object, "answer");
  JsonNode *bye = json_object_get_member (object, "bye");
  const char *kind = genos_json_get_string (object, "type");
  gint64 extensions;

  if ((offer != NULL) + (answer != NULL) + (bye != NULL) > 1)
    return fail (error, "several messages in one");
  message->extended = bye == NULL && genos_json_get_int (object, "ext", 1, G_MAXINT32, &extensions);
  if (offer != NULL) {
    message->type = GENOS_SIGNAL_OFFER;
    return read_description (message, offer, "offer", error);
  }
  if (answer != NULL) {
    message->type = GENOS_SIGNAL_ANSWER;
    return read_description (message, answer, "answer", error);
  }
  if (bye != NULL) {
    message->type = GENOS_SIGNAL_BYE;
    return is_bye (bye) || fail (error, "bye is not 1");
  }
  message->type = GENOS_SIGNAL_ANNOUNCE;
  if (kind != NULL && genos_peer_kind_is_valid (kind))
    message->kind = g_strdup (kind);
  return TRUE;
}

GenosSignalMessage *
genos_signal_message_parse (const char *content, GError **error)
{
  g_autoptr (JsonNode) root = genos_json_parse (content, -1, error);
  g_autoptr (GenosSignalMessage) message = g_new0 (GenosSignalMessage, 1);
  JsonObject *object;
  const char *peer_id;

  if (root == NULL) {
    /* Too deep or too large a number is as unusable as any other malformed content. */
    if (error != NULL)
      (*error)->code = GENOS_ERROR_PROTOCOL;
    return NULL;
  }
  if (!JSON_NODE_HOLDS_OBJECT (root)) {
    fail (error, "not an object");
    return NULL;
  }
  object = json_node_get_object (root);
  peer_id = genos_json_get_string (object, "peerId");
  if (peer_id == NULL || !is_peer_id (peer_id)) {
    fail (error, "no usable peer id");
    return NULL;
  }
  message->peer_id = g_strdup (peer_id);
  if (!read_body (message, object, error))
    return NULL;
  return g_steal_pointer (&message);
}

static GString *
open_message (const char *peer_id)
{
  GString *out = g_string_new ("{\"peerId\":");

  genos_json_append_string (out, peer_id);
  return out;
}

static char *
close_message (GString *out, gboolean extended)
{
  if (extended)
    g_string_append (out, ",\"ext\":1");
  g_string_append_c (out, '}');
  return g_string_free (out, FALSE);
}

static char *
build_description (const char *peer_id, const char *type, const char *sealed_sdp, gboolean extended)
{
  GString *out = open_message (peer_id);

  g_string_append_printf (out, ",\"%s\":{\"type\":\"%s\",\"sdp\":", type, type);
  genos_json_append_string (out, sealed_sdp);
  g_string_append_c (out, '}');
  return close_message (out, extended);
}

char *
genos_signal_message_announce (const char *peer_id, const char *kind, gboolean extended)
{
  GString *out = open_message (peer_id);

  if (kind != NULL && *kind != '\0') {
    g_string_append (out, ",\"type\":");
    genos_json_append_string (out, kind);
  }
  return close_message (out, extended);
}

char *
genos_signal_message_offer (const char *peer_id, const char *sealed_sdp, gboolean extended)
{
  return build_description (peer_id, "offer", sealed_sdp, extended);
}

char *
genos_signal_message_answer (const char *peer_id, const char *sealed_sdp, gboolean extended)
{
  return build_description (peer_id, "answer", sealed_sdp, extended);
}

char *
genos_signal_message_bye (const char *peer_id)
{
  GString *out = open_message (peer_id);

  g_string_append (out, ",\"bye\":1}");
  return g_string_free (out, FALSE);
}
