/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/nip01-event.h>

#include <string.h>

#include <genos/base/error.h>
#include <genos/wire/hex.h>
#include <genos/wire/json-text.h>

/* The largest integer that JavaScript, and so every browser, hashes as we do. */
#define MAX_TIME G_GINT64_CONSTANT (9007199254740991)

static GenosNip01Event *
event_alloc (void)
{
  GenosNip01Event *event = g_new0 (GenosNip01Event, 1);

  event->tags = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  return event;
}

GenosNip01Event *
genos_nip01_event_new (guint kind, gint64 created_at, const char *content)
{
  GenosNip01Event *event = event_alloc ();

  event->kind = kind;
  event->created_at = created_at;
  event->content = g_strdup (content);
  return event;
}

GenosNip01Event *
genos_nip01_event_copy (const GenosNip01Event *event)
{
  GenosNip01Event *copy = genos_nip01_event_new (event->kind, event->created_at, event->content);

  memcpy (copy->id, event->id, sizeof copy->id);
  memcpy (copy->pubkey, event->pubkey, sizeof copy->pubkey);
  memcpy (copy->sig, event->sig, sizeof copy->sig);
  for (guint i = 0; i < event->tags->len; i++)
    g_ptr_array_add (copy->tags, g_strdupv (g_ptr_array_index (event->tags, i)));
  return copy;
}

void
genos_nip01_event_free (GenosNip01Event *event)
{
  if (event == NULL)
    return;
  g_ptr_array_unref (event->tags);
  g_free (event->content);
  g_free (event);
}

void
genos_nip01_event_add_tag (GenosNip01Event *event, const char *name, ...)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  const char *value;
  va_list args;

  va_start (args, name);
  for (value = name; value != NULL; value = va_arg (args, const char *))
    g_strv_builder_add (builder, value);
  va_end (args);
  g_ptr_array_add (event->tags, g_strv_builder_end (builder));
}

const char *
genos_nip01_event_get_tag (const GenosNip01Event *event, const char *name)
{
  for (guint i = 0; i < event->tags->len; i++) {
    GStrv tag = g_ptr_array_index (event->tags, i);

    if (g_strcmp0 (tag[0], name) == 0)
      return tag[1];
  }
  return NULL;
}

static gboolean
fail (GError **error, GenosError code, const char *what)
{
  g_set_error (error, GENOS_ERROR, code, "event: %s", what);
  return FALSE;
}

static gboolean
read_hex (JsonObject *object, const char *name, char *out, gsize bytes, GError **error)
{
  const char *text = genos_json_get_string (object, name);
  guint8 ignored[64];

  if (text == NULL || !genos_hex_decode (text, ignored, bytes)) {
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL,
        "event: %s is not %" G_GSIZE_FORMAT " lowercase hex digits", name, 2 * bytes);
    return FALSE;
  }
  memcpy (out, text, 2 * bytes + 1);
  return TRUE;
}

static gboolean
read_numbers (GenosNip01Event *event, JsonObject *object, GError **error)
{
  gint64 kind;

  if (!genos_json_get_int (object, "kind", 0, G_MAXUINT16, &kind))
    return fail (error, GENOS_ERROR_PROTOCOL, "kind is not an integer from 0 to 65535");
  if (!genos_json_get_int (object, "created_at", 0, MAX_TIME, &event->created_at))
    return fail (error, GENOS_ERROR_PROTOCOL, "created_at is not a time in seconds");
  event->kind = (guint) kind;
  return TRUE;
}

static gboolean
read_content (GenosNip01Event *event, JsonObject *object, GError **error)
{
  const char *content = genos_json_get_string (object, "content");

  if (content == NULL)
    return fail (error, GENOS_ERROR_PROTOCOL, "content is not a string");
  if (strlen (content) > GENOS_NIP01_MAX_CONTENT)
    return fail (error, GENOS_ERROR_LIMIT, "content is too long");
  event->content = g_strdup (content);
  return TRUE;
}

static gboolean
read_tag (GenosNip01Event *event, JsonNode *node, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  JsonArray *values;
  guint n;

  if (!JSON_NODE_HOLDS_ARRAY (node))
    return fail (error, GENOS_ERROR_PROTOCOL, "a tag is not an array");
  values = json_node_get_array (node);
  n = json_array_get_length (values);
  if (n == 0)
    return fail (error, GENOS_ERROR_PROTOCOL, "a tag is empty");
  if (n > GENOS_NIP01_MAX_TAG_VALUES)
    return fail (error, GENOS_ERROR_LIMIT, "a tag has too many values");
  for (guint i = 0; i < n; i++) {
    const char *value = genos_json_node_string (json_array_get_element (values, i));

    if (value == NULL)
      return fail (error, GENOS_ERROR_PROTOCOL, "a tag's value is not a string");
    g_strv_builder_add (builder, value);
  }
  g_ptr_array_add (event->tags, g_strv_builder_end (builder));
  return TRUE;
}

static gboolean
read_tags (GenosNip01Event *event, JsonObject *object, GError **error)
{
  JsonNode *node = json_object_get_member (object, "tags");
  JsonArray *tags;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return fail (error, GENOS_ERROR_PROTOCOL, "tags is not an array");
  tags = json_node_get_array (node);
  if (json_array_get_length (tags) > GENOS_NIP01_MAX_TAGS)
    return fail (error, GENOS_ERROR_LIMIT, "too many tags");
  for (guint i = 0; i < json_array_get_length (tags); i++) {
    if (!read_tag (event, json_array_get_element (tags, i), error))
      return FALSE;
  }
  return TRUE;
}

GenosNip01Event *
genos_nip01_event_from_json (JsonNode *node, GError **error)
{
  g_autoptr (GenosNip01Event) event = event_alloc ();
  JsonObject *object;

  if (!JSON_NODE_HOLDS_OBJECT (node)) {
    fail (error, GENOS_ERROR_PROTOCOL, "not an object");
    return NULL;
  }
  object = json_node_get_object (node);
  if (!read_hex (object, "id", event->id, 32, error)
      || !read_hex (object, "pubkey", event->pubkey, 32, error)
      || !read_hex (object, "sig", event->sig, 64, error) || !read_numbers (event, object, error)
      || !read_content (event, object, error) || !read_tags (event, object, error))
    return NULL;
  return g_steal_pointer (&event);
}

static JsonArray *
tags_to_json (const GenosNip01Event *event)
{
  JsonArray *tags = json_array_sized_new (event->tags->len);

  for (guint i = 0; i < event->tags->len; i++) {
    GStrv tag = g_ptr_array_index (event->tags, i);
    JsonArray *values = json_array_new ();

    for (guint j = 0; tag[j] != NULL; j++)
      json_array_add_string_element (values, tag[j]);
    json_array_add_array_element (tags, values);
  }
  return tags;
}

JsonNode *
genos_nip01_event_to_json (const GenosNip01Event *event)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "id", event->id);
  json_object_set_string_member (object, "pubkey", event->pubkey);
  json_object_set_int_member (object, "created_at", event->created_at);
  json_object_set_int_member (object, "kind", event->kind);
  json_object_set_array_member (object, "tags", tags_to_json (event));
  json_object_set_string_member (object, "content", event->content);
  json_object_set_string_member (object, "sig", event->sig);
  json_node_take_object (node, object);
  return node;
}

static void
append_tags (GString *out, const GenosNip01Event *event)
{
  g_string_append_c (out, '[');
  for (guint i = 0; i < event->tags->len; i++) {
    GStrv tag = g_ptr_array_index (event->tags, i);

    g_string_append (out, i == 0 ? "[" : ",[");
    for (guint j = 0; tag[j] != NULL; j++) {
      if (j > 0)
        g_string_append_c (out, ',');
      genos_json_append_string (out, tag[j]);
    }
    g_string_append_c (out, ']');
  }
  g_string_append_c (out, ']');
}

void
genos_nip01_event_append (GString *out, const GenosNip01Event *event)
{
  g_string_append_printf (out,
      "{\"id\":\"%s\",\"pubkey\":\"%s\",\"created_at\":%" G_GINT64_FORMAT ",\"kind\":%u,\"tags\":",
      event->id, event->pubkey, event->created_at, event->kind);
  append_tags (out, event);
  g_string_append (out, ",\"content\":");
  genos_json_append_string (out, event->content);
  g_string_append_printf (out, ",\"sig\":\"%s\"}", event->sig);
}

static GString *
canonical (const GenosNip01Event *event)
{
  GString *out = g_string_sized_new (256 + strlen (event->content));

  g_string_append_printf (
      out, "[0,\"%s\",%" G_GINT64_FORMAT ",%u,", event->pubkey, event->created_at, event->kind);
  append_tags (out, event);
  g_string_append_c (out, ',');
  genos_json_append_string (out, event->content);
  g_string_append_c (out, ']');
  return out;
}

char *
genos_nip01_event_canonical (const GenosNip01Event *event)
{
  return g_string_free (canonical (event), FALSE);
}

void
genos_nip01_event_hash (const GenosNip01Event *event, guint8 id32[32])
{
  g_autoptr (GString) text = canonical (event);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize size = 32;

  g_checksum_update (checksum, (const guchar *) text->str, (gssize) text->len);
  g_checksum_get_digest (checksum, id32, &size);
}
