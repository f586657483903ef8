/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/nip01-filter-private.h>

#include <string.h>

#include <genos/base/error.h>
#include <genos/wire/hex.h>
#include <genos/wire/json-text.h>

#define MAX_TIME G_GINT64_CONSTANT (9007199254740991)

GenosNip01Filter *
genos_nip01_filter_new (void)
{
  GenosNip01Filter *filter = g_new0 (GenosNip01Filter, 1);

  filter->since = G_MININT64;
  filter->until = G_MAXINT64;
  filter->limit = -1;
  return filter;
}

void
genos_nip01_filter_free (GenosNip01Filter *filter)
{
  if (filter == NULL)
    return;
  g_strfreev (filter->ids);
  g_strfreev (filter->authors);
  g_clear_pointer (&filter->kinds, g_array_unref);
  g_clear_pointer (&filter->tags, g_hash_table_unref);
  g_free (filter);
}

static gboolean
has_kind (const GArray *kinds, guint kind)
{
  for (guint i = 0; i < kinds->len; i++) {
    if (g_array_index (kinds, guint, i) == kind)
      return TRUE;
  }
  return FALSE;
}

static gboolean
has_tag (const GenosNip01Event *event, const char *name, GStrv values)
{
  for (guint i = 0; i < event->tags->len; i++) {
    GStrv tag = g_ptr_array_index (event->tags, i);

    if (g_strcmp0 (tag[0], name) == 0 && tag[1] != NULL
        && g_strv_contains ((const char *const *) values, tag[1]))
      return TRUE;
  }
  return FALSE;
}

gboolean
genos_nip01_filter_matches (const GenosNip01Filter *filter, const GenosNip01Event *event)
{
  GHashTableIter iter;
  gpointer name, values;

  if (event->created_at < filter->since || event->created_at > filter->until)
    return FALSE;
  if (filter->kinds != NULL && !has_kind (filter->kinds, event->kind))
    return FALSE;
  if (filter->ids != NULL && !g_strv_contains ((const char *const *) filter->ids, event->id))
    return FALSE;
  if (filter->authors != NULL
      && !g_strv_contains ((const char *const *) filter->authors, event->pubkey))
    return FALSE;
  if (filter->tags == NULL)
    return TRUE;

  g_hash_table_iter_init (&iter, filter->tags);
  while (g_hash_table_iter_next (&iter, &name, &values)) {
    if (!has_tag (event, name, values))
      return FALSE;
  }
  return TRUE;
}

static gboolean
fail (GError **error, GenosError code, const char *name, const char *what)
{
  g_set_error (error, GENOS_ERROR, code, "filter: %s %s", name, what);
  return FALSE;
}

static JsonArray *
get_values (JsonNode *node, const char *name, GError **error)
{
  JsonArray *values;

  if (!JSON_NODE_HOLDS_ARRAY (node)) {
    fail (error, GENOS_ERROR_PROTOCOL, name, "is not an array");
    return NULL;
  }
  values = json_node_get_array (node);
  if (json_array_get_length (values) > GENOS_NIP01_MAX_FILTER_VALUES) {
    fail (error, GENOS_ERROR_LIMIT, name, "has too many values");
    return NULL;
  }
  return values;
}

static GStrv
read_strings (JsonNode *node, const char *name, gboolean hex, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  JsonArray *values = get_values (node, name, error);
  guint8 ignored[32];

  for (guint i = 0; values != NULL && i < json_array_get_length (values); i++) {
    const char *value = genos_json_node_string (json_array_get_element (values, i));

    if (value == NULL || (hex && !genos_hex_decode (value, ignored, sizeof ignored))) {
      fail (error, GENOS_ERROR_PROTOCOL, name, hex ? "holds no 64 hex digits" : "holds no string");
      return NULL;
    }
    g_strv_builder_add (builder, value);
  }
  return values != NULL ? g_strv_builder_end (builder) : NULL;
}

static gboolean
read_kinds (GenosNip01Filter *filter, JsonNode *node, GError **error)
{
  JsonArray *values = get_values (node, "kinds", error);

  if (values == NULL)
    return FALSE;
  filter->kinds = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; i < json_array_get_length (values); i++) {
    JsonNode *element = json_array_get_element (values, i);
    gint64 value;
    guint kind;

    if (!genos_json_node_int (element, 0, G_MAXUINT16, &value))
      return fail (error, GENOS_ERROR_PROTOCOL, "kinds", "holds no kind from 0 to 65535");
    kind = (guint) value;
    g_array_append_val (filter->kinds, kind);
  }
  return TRUE;
}

/* "#" and one letter (NIP-01). Ignoring a longer name would widen what the client asked for. */
static gboolean
read_tag (GenosNip01Filter *filter, const char *name, JsonNode *node, GError **error)
{
  GStrv values;

  if (!g_ascii_isalpha (name[1]) || name[2] != '\0')
    return fail (error, GENOS_ERROR_PROTOCOL, "a tag name", "is not one letter");
  values = read_strings (node, name, FALSE, error);
  if (values == NULL)
    return FALSE;
  genos_nip01_filter_take_tag (filter, name + 1, values);
  return TRUE;
}

static gboolean
read_member (GenosNip01Filter *filter, const char *name, JsonNode *node, GError **error)
{
  gint64 limit;

  if (name[0] == '#')
    return read_tag (filter, name, node, error);
  if (g_str_equal (name, "kinds"))
    return read_kinds (filter, node, error);
  if (g_str_equal (name, "ids"))
    return (filter->ids = read_strings (node, name, TRUE, error)) != NULL;
  if (g_str_equal (name, "authors"))
    return (filter->authors = read_strings (node, name, TRUE, error)) != NULL;
  if (g_str_equal (name, "since"))
    return genos_json_node_int (node, 0, MAX_TIME, &filter->since)
        || fail (error, GENOS_ERROR_PROTOCOL, name, "is not a time");
  if (g_str_equal (name, "until"))
    return genos_json_node_int (node, 0, MAX_TIME, &filter->until)
        || fail (error, GENOS_ERROR_PROTOCOL, name, "is not a time");
  if (g_str_equal (name, "limit")) {
    if (!genos_json_node_int (node, 0, G_MAXINT64, &limit))
      return fail (error, GENOS_ERROR_PROTOCOL, name, "is not a count");
    filter->limit = (gint) MIN (limit, G_MAXINT);
  }
  return TRUE;
}

GenosNip01Filter *
genos_nip01_filter_from_json (JsonNode *node, GError **error)
{
  g_autoptr (GenosNip01Filter) filter = genos_nip01_filter_new ();
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;

  if (!JSON_NODE_HOLDS_OBJECT (node)) {
    fail (error, GENOS_ERROR_PROTOCOL, "value", "is not an object");
    return NULL;
  }
  json_object_iter_init (&iter, json_node_get_object (node));
  while (json_object_iter_next (&iter, &name, &member)) {
    if (!read_member (filter, name, member, error))
      return NULL;
  }
  return g_steal_pointer (&filter);
}

void
genos_nip01_filter_take_tag (GenosNip01Filter *filter, const char *name, GStrv values)
{
  if (filter->tags == NULL)
    filter->tags =
        g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_strfreev);
  g_hash_table_replace (filter->tags, g_strdup (name), values);
}

static void
append_name (GString *out, const char *prefix, const char *name)
{
  g_autofree char *full = g_strconcat (prefix, name, NULL);

  if (out->str[out->len - 1] != '{')
    g_string_append_c (out, ',');
  genos_json_append_string (out, full);
  g_string_append_c (out, ':');
}

static void
append_strings (GString *out, GStrv values)
{
  g_string_append_c (out, '[');
  for (guint i = 0; values[i] != NULL; i++) {
    if (i > 0)
      g_string_append_c (out, ',');
    genos_json_append_string (out, values[i]);
  }
  g_string_append_c (out, ']');
}

static void
append_kinds (GString *out, const GArray *kinds)
{
  append_name (out, "", "kinds");
  g_string_append_c (out, '[');
  for (guint i = 0; i < kinds->len; i++)
    g_string_append_printf (out, i > 0 ? ",%u" : "%u", g_array_index (kinds, guint, i));
  g_string_append_c (out, ']');
}

static void
append_number (GString *out, const char *name, gint64 value)
{
  append_name (out, "", name);
  g_string_append_printf (out, "%" G_GINT64_FORMAT, value);
}

static void
append_tags (GString *out, GHashTable *tags)
{
  GHashTableIter iter;
  gpointer name, values;

  g_hash_table_iter_init (&iter, tags);
  while (g_hash_table_iter_next (&iter, &name, &values)) {
    append_name (out, "#", name);
    append_strings (out, values);
  }
}

void
genos_nip01_filter_append (GString *out, const GenosNip01Filter *filter)
{
  g_string_append_c (out, '{');
  if (filter->ids != NULL) {
    append_name (out, "", "ids");
    append_strings (out, filter->ids);
  }
  if (filter->authors != NULL) {
    append_name (out, "", "authors");
    append_strings (out, filter->authors);
  }
  if (filter->kinds != NULL)
    append_kinds (out, filter->kinds);
  if (filter->since != G_MININT64)
    append_number (out, "since", filter->since);
  if (filter->until != G_MAXINT64)
    append_number (out, "until", filter->until);
  if (filter->limit >= 0)
    append_number (out, "limit", filter->limit);
  if (filter->tags != NULL)
    append_tags (out, filter->tags);
  g_string_append_c (out, '}');
}
