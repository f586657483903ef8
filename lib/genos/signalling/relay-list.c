/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/signalling/relay-list.h>

#include <genos/nostr/nostr-url.h>
#include <genos/wire/json-text.h>

#define VERSION 1

static gboolean
fail (GError **error, const char *reason)
{
  g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL, reason);
  return FALSE;
}

static JsonNode *
parse_bounded (const char *text, gsize size, GError **error)
{
  if (size > GENOS_RELAY_LIST_MAX_SIZE) {
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT, "it is larger than %d bytes",
        GENOS_RELAY_LIST_MAX_SIZE);
    return NULL;
  }
  return genos_json_parse (text, size, error);
}

static JsonArray *
get_array (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

/* (nullable): @node is neither a URL nor the description of a relay with one */
static const char *
get_url (JsonNode *node)
{
  static const char *const names[] = { "url", "relayUrl" };
  const char *url = NULL;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return genos_json_node_string (node);
  for (guint i = 0; i < G_N_ELEMENTS (names) && url == NULL; i++)
    url = genos_json_get_string (json_node_get_object (node), names[i]);
  return url;
}

/* (nullable): the list holds something else than relays */
static GStrv
take_relays (JsonArray *array)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n = MIN (json_array_get_length (array), GENOS_RELAY_LIST_MAX);

  for (guint i = 0; i < n; i++) {
    const char *url = get_url (json_array_get_element (array, i));
    char *normal;

    if (url == NULL)
      return NULL;
    normal = genos_nostr_url_normalize (url);
    if (normal != NULL && genos_nostr_url_is_public (normal)
        && !g_hash_table_contains (known, normal)) {
      g_strv_builder_add (builder, normal);
      g_hash_table_add (known, g_steal_pointer (&normal));
    }
    g_free (normal);
  }
  return g_strv_builder_end (builder);
}

/* (nullable) */
static JsonArray *
find_list (JsonNode *root)
{
  if (JSON_NODE_HOLDS_ARRAY (root))
    return json_node_get_array (root);
  return JSON_NODE_HOLDS_OBJECT (root) ? get_array (json_node_get_object (root), "relays") : NULL;
}

GStrv
genos_relay_list_parse (const char *text, gsize size, GError **error)
{
  g_autoptr (JsonNode) root = parse_bounded (text, size, error);
  g_auto (GStrv) relays = NULL;
  JsonArray *list;

  if (root == NULL)
    return NULL;
  list = find_list (root);
  if (list != NULL)
    relays = take_relays (list);
  if (relays == NULL) {
    fail (error, "it is not a JSON array of URLs");
    return NULL;
  }
  if (relays[0] == NULL) {
    fail (error, "there is no wss:// relay with a public host name in it");
    return NULL;
  }
  return g_steal_pointer (&relays);
}

/* --- the file --- */

GenosRelayList *
genos_relay_list_new (const char *source)
{
  GenosRelayList *self = g_new0 (GenosRelayList, 1);

  self->source = g_strdup (source);
  self->relays = g_new0 (char *, 1);
  return self;
}

void
genos_relay_list_free (GenosRelayList *self)
{
  g_free (self->source);
  g_strfreev (self->relays);
  g_free (self);
}

GenosRelayList *
genos_relay_list_load (const char *text, gsize size, GError **error)
{
  g_autoptr (JsonNode) root = parse_bounded (text, size, error);
  g_autoptr (GenosRelayList) self = genos_relay_list_new (NULL);
  JsonObject *object;
  JsonArray *array;
  gint64 version;

  if (root == NULL)
    return NULL;
  object = JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  if (object == NULL || !genos_json_get_int (object, "version", VERSION, VERSION, &version)
      || !genos_json_get_int (object, "asked", 0, G_MAXINT64, &self->asked)
      || !genos_json_get_int (object, "fetched", 0, G_MAXINT64, &self->fetched)
      || genos_json_get_string (object, "source") == NULL
      || (array = get_array (object, "relays")) == NULL) {
    fail (error, "it is not a list that was kept by this version");
    return NULL;
  }
  g_strfreev (self->relays);
  self->relays = take_relays (array);
  if (self->relays == NULL) {
    fail (error, "its relays are not URLs");
    return NULL;
  }
  self->source = g_strdup (genos_json_get_string (object, "source"));
  return g_steal_pointer (&self);
}

char *
genos_relay_list_save (const GenosRelayList *self)
{
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "{\"version\":%d,\"source\":", VERSION);
  genos_json_append_string (out, self->source);
  g_string_append_printf (out,
      ",\"asked\":%" G_GINT64_FORMAT ",\"fetched\":%" G_GINT64_FORMAT ",\"relays\":[", self->asked,
      self->fetched);
  for (guint i = 0; self->relays[i] != NULL; i++) {
    g_string_append (out, i > 0 ? ",\n" : "\n");
    genos_json_append_string (out, self->relays[i]);
  }
  g_string_append (out, "\n]}\n");
  return g_string_free (out, FALSE);
}
