/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/track-list.h>

#include <string.h>

#include <genos/base/error.h>
#include <genos/wire/json-text.h>

GenosTrackEntry *
genos_track_entry_new (const char *stream_id, const char *track_id)
{
  GenosTrackEntry *self = g_new0 (GenosTrackEntry, 1);

  self->stream_id = g_strdup (stream_id);
  self->track_id = g_strdup (track_id);
  return self;
}

void
genos_track_entry_free (GenosTrackEntry *self)
{
  if (self == NULL)
    return;
  g_free (self->stream_id);
  g_free (self->track_id);
  g_free (self->metadata);
  g_free (self);
}

static GPtrArray *
new_entries (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) genos_track_entry_free);
}

GenosTrackEntry *
genos_track_list_find (GPtrArray *entries, const char *stream_id, const char *track_id)
{
  for (guint i = 0; i < entries->len; i++) {
    GenosTrackEntry *entry = g_ptr_array_index (entries, i);

    if (g_strcmp0 (entry->stream_id, stream_id) == 0 && g_strcmp0 (entry->track_id, track_id) == 0)
      return entry;
  }
  return NULL;
}

/* --- building --- */

static gboolean
is_id (const char *id)
{
  return id != NULL && *id != '\0' && strlen (id) <= GENOS_TRACK_LIST_MAX_ID;
}

static void
append_member (GString *text, const char *name, const char *value)
{
  g_string_append_printf (text, "\"%s\":", name);
  genos_json_append_string (text, value);
}

gboolean
genos_track_entry_has_ids (const GenosTrackEntry *entry)
{
  return is_id (entry->stream_id) && is_id (entry->track_id);
}

static void
append_tiers (GString *text, const GenosTrackEntry *entry)
{
  for (guint i = 0; i < entry->n_tiers; i++)
    g_string_append_printf (text, "%s%u", i == 0 ? ",\"tiers\":[" : ",", entry->tiers[i]);
  g_string_append (text, entry->thin ? "],\"thin\":true" : "]");
}

void
genos_track_entry_append (GString *text, const GenosTrackEntry *entry)
{
  g_string_append_c (text, '{');
  append_member (text, "stream", entry->stream_id);
  g_string_append_c (text, ',');
  append_member (text, "track", entry->track_id);
  g_string_append_c (text, ',');
  append_member (text, "kind", entry->video ? "video" : "audio");
  if (entry->muted)
    g_string_append (text, ",\"muted\":true");
  if (entry->paused)
    g_string_append (text, ",\"paused\":true");
  if (entry->sealed)
    g_string_append (text, ",\"sealed\":true");
  if (entry->n_tiers > 1)
    append_tiers (text, entry);
  /* JSON text within JSON: it goes through as it is, whatever it says. */
  if (entry->metadata != NULL && strlen (entry->metadata) <= GENOS_TRACK_LIST_MAX_METADATA) {
    g_string_append_c (text, ',');
    append_member (text, "metadata", entry->metadata);
  }
  g_string_append_c (text, '}');
}

static void
append_ids (GString *text, const GenosTrackEntry *entry)
{
  g_string_append_c (text, '[');
  genos_json_append_string (text, entry->stream_id);
  g_string_append_c (text, ',');
  genos_json_append_string (text, entry->track_id);
  g_string_append_c (text, ']');
}

static char *
build (const char *name, GPtrArray *entries, void (*append) (GString *, const GenosTrackEntry *))
{
  GString *text = g_string_new (NULL);
  guint n = 0;

  g_string_append_printf (text, "{\"%s\":[", name);
  for (guint i = 0; i < entries->len && n < GENOS_TRACK_LIST_MAX; i++) {
    const GenosTrackEntry *entry = g_ptr_array_index (entries, i);

    if (!genos_track_entry_has_ids (entry))
      continue;
    if (n++ > 0)
      g_string_append_c (text, ',');
    append (text, entry);
  }
  g_string_append (text, "]}");
  return g_string_free (text, FALSE);
}

char *
genos_track_list_build (GPtrArray *entries)
{
  return build ("tracks", entries, genos_track_entry_append);
}

char *
genos_track_refusals_build (GPtrArray *entries)
{
  return build ("not", entries, append_ids);
}

/* --- parsing --- */

static gboolean
fail (GError **error, const char *what)
{
  g_set_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL, "list of tracks: %s", what);
  return FALSE;
}

/* (transfer none) (nullable): of @root, which is set and keeps it */
static JsonArray *
read_array (const char *text, const char *name, JsonNode **root, GError **error)
{
  JsonNode *node;

  if (strlen (text) > GENOS_TRACK_LIST_MAX_SIZE) {
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT, "list of tracks: more than %d bytes",
        GENOS_TRACK_LIST_MAX_SIZE);
    return NULL;
  }
  *root = genos_json_parse (text, -1, error);
  if (*root == NULL)
    return NULL;
  node = JSON_NODE_HOLDS_OBJECT (*root)
      ? json_object_get_member (json_node_get_object (*root), name)
      : NULL;
  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node)) {
    fail (error, "there is none");
    return NULL;
  }
  if (json_array_get_length (json_node_get_array (node)) > GENOS_TRACK_LIST_MAX) {
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT, "list of tracks: more than %d tracks",
        GENOS_TRACK_LIST_MAX);
    return NULL;
  }
  return json_node_get_array (node);
}

static gboolean
read_flag (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
      && json_node_get_value_type (node) == G_TYPE_BOOLEAN && json_node_get_boolean (node);
}

/* What is no list of rates means that there is one encoding. */
static void
read_tiers (JsonObject *object, GenosTrackEntry *entry)
{
  JsonNode *node = json_object_get_member (object, "tiers");
  JsonArray *array =
      node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  guint n = array != NULL ? json_array_get_length (array) : 0;

  if (n < 2 || n > GENOS_TRACK_MAX_TIERS)
    return;
  for (guint i = 0; i < n; i++) {
    JsonNode *rate = json_array_get_element (array, i);
    gint64 value = JSON_NODE_HOLDS_VALUE (rate) && json_node_get_value_type (rate) == G_TYPE_INT64
        ? json_node_get_int (rate)
        : 0;

    if (value <= 0 || value > G_MAXINT)
      return;
    entry->tiers[i] = value;
  }
  entry->n_tiers = n;
  entry->thin = read_flag (object, "thin");
}

GenosTrackEntry *
genos_track_entry_read (JsonObject *object, GError **error)
{
  const char *stream_id, *track_id, *kind, *metadata;
  GenosTrackEntry *entry;

  stream_id = genos_json_get_string (object, "stream");
  track_id = genos_json_get_string (object, "track");
  kind = genos_json_get_string (object, "kind");
  metadata = genos_json_get_string (object, "metadata");
  if (!is_id (stream_id) || !is_id (track_id)
      || (g_strcmp0 (kind, "video") != 0 && g_strcmp0 (kind, "audio") != 0)) {
    fail (error, "an entry says no stream, track or kind");
    return NULL;
  }
  if (metadata != NULL && strlen (metadata) > GENOS_TRACK_LIST_MAX_METADATA) {
    fail (error, "metadata is too long");
    return NULL;
  }
  if (metadata != NULL && !genos_json_check (metadata, -1, error))
    return NULL;
  entry = genos_track_entry_new (stream_id, track_id);
  entry->video = g_str_equal (kind, "video");
  entry->muted = read_flag (object, "muted");
  entry->paused = read_flag (object, "paused");
  entry->sealed = read_flag (object, "sealed");
  entry->metadata = g_strdup (metadata);
  read_tiers (object, entry);
  return entry;
}

/* (transfer full) (nullable) */
static GenosTrackEntry *
read_entry (JsonNode *node, GError **error)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    return genos_track_entry_read (json_node_get_object (node), error);
  fail (error, "an entry is no object");
  return NULL;
}

static GenosTrackEntry *
read_ids (JsonNode *node, GError **error)
{
  JsonArray *pair = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  const char *stream_id = NULL, *track_id = NULL;

  if (pair != NULL && json_array_get_length (pair) == 2) {
    stream_id = genos_json_node_string (json_array_get_element (pair, 0));
    track_id = genos_json_node_string (json_array_get_element (pair, 1));
  }
  if (is_id (stream_id) && is_id (track_id))
    return genos_track_entry_new (stream_id, track_id);
  fail (error, "an entry is no pair of ids");
  return NULL;
}

static GPtrArray *
parse (const char *text, const char *name, GenosTrackEntry *(*read) (JsonNode *, GError **),
    GError **error)
{
  g_autoptr (GPtrArray) entries = new_entries ();
  g_autoptr (JsonNode) root = NULL;
  JsonArray *array = read_array (text, name, &root, error);

  if (array == NULL)
    return NULL;
  for (guint i = 0; i < json_array_get_length (array); i++) {
    g_autoptr (GenosTrackEntry) entry = read (json_array_get_element (array, i), error);

    if (entry == NULL)
      return NULL;
    if (genos_track_list_find (entries, entry->stream_id, entry->track_id) == NULL)
      g_ptr_array_add (entries, g_steal_pointer (&entry));
  }
  return g_steal_pointer (&entries);
}

GPtrArray *
genos_track_list_parse (const char *text, GError **error)
{
  return parse (text, "tracks", read_entry, error);
}

GPtrArray *
genos_track_refusals_parse (const char *text, GError **error)
{
  return parse (text, "not", read_ids, error);
}
