/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/nip11-document.h>

#include <string.h>

#include <genos/base/error.h>
#include <genos/wire/json-text.h>

/* Seconds: nobody's limit on an event's time is longer than a century. */
#define MAX_SECONDS (G_GINT64_CONSTANT (100) * 366 * 24 * 3600)

static char *
read_text (JsonObject *object, const char *name)
{
  const char *text = genos_json_get_string (object, name);
  const char *end = text;

  if (text == NULL || *text == '\0')
    return NULL;
  while (*end != '\0' && g_utf8_next_char (end) - text <= GENOS_NIP11_MAX_TEXT)
    end = g_utf8_next_char (end);
  return g_strndup (text, (gsize) (end - text));
}

static gint64
read_limit (JsonObject *object, const char *name, gint64 max)
{
  gint64 value;

  return genos_json_get_int (object, name, 1, max, &value) ? value : 0;
}

static gboolean
read_flag (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
      && json_node_get_value_type (node) == G_TYPE_BOOLEAN && json_node_get_boolean (node);
}

static void
read_limitation (GenosNip11Document *self, JsonObject *object)
{
  self->max_message_length = read_limit (object, "max_message_length", G_MAXINT32);
  self->max_subscriptions = read_limit (object, "max_subscriptions", G_MAXINT32);
  self->max_subid_length = read_limit (object, "max_subid_length", G_MAXINT32);
  self->max_event_tags = read_limit (object, "max_event_tags", G_MAXINT32);
  self->max_content_length = read_limit (object, "max_content_length", G_MAXINT32);
  self->min_pow_difficulty = read_limit (object, "min_pow_difficulty", 256);
  self->created_at_lower_limit = read_limit (object, "created_at_lower_limit", MAX_SECONDS);
  self->created_at_upper_limit = read_limit (object, "created_at_upper_limit", MAX_SECONDS);
  self->auth_required = read_flag (object, "auth_required");
  self->payment_required = read_flag (object, "payment_required");
  self->restricted_writes = read_flag (object, "restricted_writes");
}

GenosNip11Document *
genos_nip11_document_parse (const char *text, gsize len, GError **error)
{
  g_autoptr (JsonNode) root = NULL;
  GenosNip11Document *self;
  JsonObject *object;
  JsonNode *limitation;

  if (len > GENOS_NIP11_MAX_SIZE) {
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT,
        "the relay's description has more than %d bytes", GENOS_NIP11_MAX_SIZE);
    return NULL;
  }
  root = genos_json_parse (text, (gssize) len, error);
  if (root == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT (root)) {
    g_set_error_literal (
        error, GENOS_ERROR, GENOS_ERROR_PROTOCOL, "the relay's description is no object");
    return NULL;
  }
  object = json_node_get_object (root);
  self = g_new0 (GenosNip11Document, 1);
  self->name = read_text (object, "name");
  self->software = read_text (object, "software");
  self->version = read_text (object, "version");
  limitation = json_object_get_member (object, "limitation");
  if (limitation != NULL && JSON_NODE_HOLDS_OBJECT (limitation))
    read_limitation (self, json_node_get_object (limitation));
  return self;
}

void
genos_nip11_document_free (GenosNip11Document *self)
{
  g_free (self->name);
  g_free (self->software);
  g_free (self->version);
  g_free (self);
}
