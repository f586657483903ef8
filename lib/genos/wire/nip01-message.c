/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/nip01-message.h>

#include <string.h>

#include <genos/base/error.h>
#include <genos/wire/json-text.h>
#include <genos/wire/nip01-filter-private.h>

typedef gboolean (*ReadFunc) (GenosNip01Message *message, JsonArray *array, GError **error);

void
genos_nip01_message_free (GenosNip01Message *message)
{
  if (message == NULL)
    return;
  g_free (message->subscription);
  genos_nip01_event_free (message->event);
  g_clear_pointer (&message->filters, g_ptr_array_unref);
  g_free (message->event_id);
  g_free (message->text);
  g_free (message);
}

static gboolean
fail (GError **error, GenosError code, const char *what)
{
  g_set_error_literal (error, GENOS_ERROR, code, what);
  return FALSE;
}

static JsonNode *
get_element (JsonArray *array, guint index)
{
  return index < json_array_get_length (array) ? json_array_get_element (array, index) : NULL;
}

static const char *
get_string (JsonArray *array, guint index)
{
  return genos_json_node_string (get_element (array, index));
}

/* "an arbitrary, non-empty string of max length 64 chars" (NIP-01); counted in bytes here. */
static gboolean
read_subscription (GenosNip01Message *message, JsonArray *array, GError **error)
{
  const char *id = get_string (array, 1);

  if (id == NULL || *id == '\0')
    return fail (error, GENOS_ERROR_PROTOCOL, "subscription id is not a string");
  if (strlen (id) > GENOS_NIP01_MAX_SUBSCRIPTION_ID)
    return fail (error, GENOS_ERROR_LIMIT, "subscription id is too long");
  message->subscription = g_strdup (id);
  return TRUE;
}

/* Relays in the field leave out texts that NIP-01 demands. */
static gboolean
read_optional_text (GenosNip01Message *message, JsonArray *array, guint index, GError **error)
{
  const char *text = get_string (array, index);

  if (text == NULL && get_element (array, index) != NULL)
    return fail (error, GENOS_ERROR_PROTOCOL, "text is not a string");
  message->text = g_strdup (text != NULL ? text : "");
  return TRUE;
}

static gboolean
read_event (GenosNip01Message *message, JsonArray *array, GError **error)
{
  JsonNode *last = get_element (array, 1);

  if (last == NULL)
    return fail (error, GENOS_ERROR_PROTOCOL, "EVENT without an event");
  if (!JSON_NODE_HOLDS_OBJECT (last)) {
    if (!read_subscription (message, array, error))
      return FALSE;
    last = get_element (array, 2);
    if (last == NULL)
      return fail (error, GENOS_ERROR_PROTOCOL, "EVENT without an event");
  }
  message->event = genos_nip01_event_from_json (last, error);
  return message->event != NULL;
}

static gboolean
read_req (GenosNip01Message *message, JsonArray *array, GError **error)
{
  guint n = json_array_get_length (array);

  if (!read_subscription (message, array, error))
    return FALSE;
  if (n < 3)
    return fail (error, GENOS_ERROR_PROTOCOL, "REQ without a filter");
  if (n - 2 > GENOS_NIP01_MAX_FILTERS)
    return fail (error, GENOS_ERROR_LIMIT, "REQ has too many filters");
  message->filters = g_ptr_array_new_with_free_func ((GDestroyNotify) genos_nip01_filter_free);
  for (guint i = 2; i < n; i++) {
    GenosNip01Filter *filter =
        genos_nip01_filter_from_json (json_array_get_element (array, i), error);

    if (filter == NULL)
      return FALSE;
    g_ptr_array_add (message->filters, filter);
  }
  return TRUE;
}

static gboolean
read_ok (GenosNip01Message *message, JsonArray *array, GError **error)
{
  const char *id = get_string (array, 1);
  JsonNode *accepted = get_element (array, 2);

  if (id == NULL || strlen (id) > 64)
    return fail (error, GENOS_ERROR_PROTOCOL, "OK without an event id");
  if (accepted == NULL || !JSON_NODE_HOLDS_VALUE (accepted)
      || json_node_get_value_type (accepted) != G_TYPE_BOOLEAN)
    return fail (error, GENOS_ERROR_PROTOCOL, "OK without true or false");
  message->event_id = g_strdup (id);
  message->accepted = json_node_get_boolean (accepted);
  return read_optional_text (message, array, 3, error);
}

static gboolean
read_closed (GenosNip01Message *message, JsonArray *array, GError **error)
{
  return read_subscription (message, array, error) && read_optional_text (message, array, 2, error);
}

static gboolean
read_text (GenosNip01Message *message, JsonArray *array, GError **error)
{
  if (get_string (array, 1) == NULL)
    return fail (error, GENOS_ERROR_PROTOCOL, "text is not a string");
  return read_optional_text (message, array, 1, error);
}

static gboolean
read_auth (GenosNip01Message *message, JsonArray *array, GError **error)
{
  JsonNode *node = get_element (array, 1);

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return read_text (message, array, error);
  message->event = genos_nip01_event_from_json (node, error);
  return message->event != NULL;
}

static const struct {
  const char *name;
  GenosNip01Type type;
  ReadFunc read;
} envelopes[] = {
  { "EVENT", GENOS_NIP01_EVENT, read_event },
  { "REQ", GENOS_NIP01_REQ, read_req },
  { "CLOSE", GENOS_NIP01_CLOSE, read_subscription },
  { "OK", GENOS_NIP01_OK, read_ok },
  { "EOSE", GENOS_NIP01_EOSE, read_subscription },
  { "CLOSED", GENOS_NIP01_CLOSED, read_closed },
  { "NOTICE", GENOS_NIP01_NOTICE, read_text },
  { "AUTH", GENOS_NIP01_AUTH, read_auth },
};

static gboolean
read_envelope (GenosNip01Message *message, JsonArray *array, GError **error)
{
  const char *name = get_string (array, 0);

  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (envelopes); i++) {
    if (!g_str_equal (envelopes[i].name, name))
      continue;
    message->type = envelopes[i].type;
    return envelopes[i].read (message, array, error);
  }
  return fail (error, GENOS_ERROR_PROTOCOL, "unknown message type");
}

GenosNip01Message *
genos_nip01_message_parse (const char *text, gssize len, GError **error)
{
  g_autoptr (JsonNode) root = genos_json_parse (text, len, error);
  g_autoptr (GenosNip01Message) message = g_new0 (GenosNip01Message, 1);

  if (root == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_ARRAY (root)) {
    fail (error, GENOS_ERROR_PROTOCOL, "message is not an array");
    return NULL;
  }
  if (!read_envelope (message, json_node_get_array (root), error))
    return NULL;
  return g_steal_pointer (&message);
}

static GString *
open_message (const char *name)
{
  GString *out = g_string_sized_new (512);

  g_string_append_printf (out, "[\"%s\"", name);
  return out;
}

static void
append_text (GString *out, const char *text)
{
  g_string_append_c (out, ',');
  genos_json_append_string (out, text);
}

static char *
close_message (GString *out)
{
  g_string_append_c (out, ']');
  return g_string_free (out, FALSE);
}

static char *
build_texts (const char *name, const char *first, const char *second)
{
  GString *out = open_message (name);

  append_text (out, first);
  if (second != NULL)
    append_text (out, second);
  return close_message (out);
}

static char *
build_event (const char *name, const char *subscription, const GenosNip01Event *event)
{
  GString *out = open_message (name);

  if (subscription != NULL)
    append_text (out, subscription);
  g_string_append_c (out, ',');
  genos_nip01_event_append (out, event);
  return close_message (out);
}

char *
genos_nip01_message_event (const GenosNip01Event *event)
{
  return build_event ("EVENT", NULL, event);
}

char *
genos_nip01_message_event_for (const char *subscription, const GenosNip01Event *event)
{
  return build_event ("EVENT", subscription, event);
}

char *
genos_nip01_message_auth (const GenosNip01Event *event)
{
  return build_event ("AUTH", NULL, event);
}

char *
genos_nip01_message_req (const char *subscription, const GenosNip01Filter *filter)
{
  GString *out = open_message ("REQ");

  append_text (out, subscription);
  g_string_append_c (out, ',');
  genos_nip01_filter_append (out, filter);
  return close_message (out);
}

char *
genos_nip01_message_close (const char *subscription)
{
  return build_texts ("CLOSE", subscription, NULL);
}

char *
genos_nip01_message_ok (const char *event_id, gboolean accepted, const char *text)
{
  GString *out = open_message ("OK");

  append_text (out, event_id);
  g_string_append (out, accepted ? ",true" : ",false");
  append_text (out, text);
  return close_message (out);
}

char *
genos_nip01_message_eose (const char *subscription)
{
  return build_texts ("EOSE", subscription, NULL);
}

char *
genos_nip01_message_closed (const char *subscription, const char *text)
{
  return build_texts ("CLOSED", subscription, text);
}

char *
genos_nip01_message_notice (const char *text)
{
  return build_texts ("NOTICE", text, NULL);
}
