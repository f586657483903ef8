/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/far-list.h>

#include <string.h>

#include <genos/base/error.h>
#include <genos/wire/json-text.h>

#define LINK_ID_PREFIX "g-far-"
/* Of the digest: nobody finds two names with the same one. */
#define LINK_ID_DIGITS 40

GenosFarOffer *
genos_far_offer_new (
    const char *origin, const char *const *path, gboolean full, GenosTrackEntry *entry)
{
  GenosFarOffer *self = g_new0 (GenosFarOffer, 1);

  self->origin = g_strdup (origin);
  self->path = path != NULL ? g_strdupv ((char **) path) : g_new0 (char *, 1);
  self->full = full;
  self->entry = entry;
  return self;
}

void
genos_far_offer_free (GenosFarOffer *self)
{
  if (self == NULL)
    return;
  g_free (self->origin);
  g_strfreev (self->path);
  g_free (self->tier);
  genos_track_entry_free (self->entry);
  g_free (self);
}

GenosFarName *
genos_far_name_new (const char *origin, const char *stream_id, const char *track_id)
{
  GenosFarName *self = g_new0 (GenosFarName, 1);

  self->origin = g_strdup (origin);
  self->stream_id = g_strdup (stream_id);
  self->track_id = g_strdup (track_id);
  return self;
}

void
genos_far_name_free (GenosFarName *self)
{
  if (self == NULL)
    return;
  g_free (self->origin);
  g_free (self->stream_id);
  g_free (self->track_id);
  g_free (self);
}

static gboolean
is_peer_id (const char *id)
{
  gsize n = id != NULL ? strlen (id) : 0;

  if (n == 0 || n > GENOS_FAR_MAX_PEER_ID)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    if (!g_ascii_isalnum (id[i]))
      return FALSE;
  return TRUE;
}

static gboolean
is_id (const char *id)
{
  return id != NULL && *id != '\0' && strlen (id) <= GENOS_TRACK_LIST_MAX_ID;
}

/* --- building --- */

static void
append_offer (GString *text, const GenosFarOffer *offer)
{
  g_string_append (text, "{\"origin\":");
  genos_json_append_string (text, offer->origin);
  g_string_append (text, ",\"path\":[");
  for (guint i = 0; offer->path[i] != NULL; i++) {
    if (i > 0)
      g_string_append_c (text, ',');
    genos_json_append_string (text, offer->path[i]);
  }
  g_string_append_c (text, ']');
  if (offer->full)
    g_string_append (text, ",\"full\":true");
  if (offer->timed && ABS (offer->ahead) <= GENOS_FAR_MAX_AHEAD)
    g_string_append_printf (text, ",\"ahead\":%" G_GINT64_FORMAT, offer->ahead);
  if (offer->tier != NULL) {
    g_string_append (text, ",\"tier\":");
    genos_json_append_string (text, offer->tier);
  }
  g_string_append (text, ",\"is\":");
  genos_track_entry_append (text, offer->entry);
  g_string_append_c (text, '}');
}

static gboolean
is_offer (const GenosFarOffer *offer)
{
  guint n = g_strv_length (offer->path);

  for (guint i = 0; i < n; i++)
    if (!is_peer_id (offer->path[i]))
      return FALSE;
  return is_peer_id (offer->origin) && n <= GENOS_FAR_MAX_PATH
      && genos_track_entry_has_ids (offer->entry);
}

/* What would not fit any more is left out, and what was begun of it. */
static gboolean
append_one (GString *text, guint n, const char *one)
{
  if (text->len + strlen (one) + 4 > GENOS_FAR_MAX_SIZE)
    return FALSE;
  if (n > 0)
    g_string_append_c (text, ',');
  g_string_append (text, one);
  return TRUE;
}

char *
genos_far_offers_build (GPtrArray *offers)
{
  GString *text = g_string_new ("{\"offers\":[");
  guint n = 0;

  for (guint i = 0; i < offers->len && n < GENOS_FAR_MAX; i++) {
    g_autoptr (GString) one = g_string_new (NULL);

    if (!is_offer (g_ptr_array_index (offers, i)))
      continue;
    append_offer (one, g_ptr_array_index (offers, i));
    n += append_one (text, n, one->str);
  }
  g_string_append (text, "]}");
  return g_string_free (text, FALSE);
}

static void
append_name (GString *text, const GenosFarName *name)
{
  g_string_append_c (text, '[');
  genos_json_append_string (text, name->origin);
  g_string_append_c (text, ',');
  genos_json_append_string (text, name->stream_id);
  g_string_append_c (text, ',');
  genos_json_append_string (text, name->track_id);
  if (name->tier > 0)
    g_string_append_printf (text, ",%u", name->tier);
  g_string_append_c (text, ']');
}

static gboolean
is_name (const GenosFarName *name)
{
  return is_peer_id (name->origin) && is_id (name->stream_id) && is_id (name->track_id)
      && name->tier < GENOS_TRACK_MAX_TIERS;
}

/* Of tiers beside others, or of what is none. */
static guint
append_names (GString *text, GPtrArray *names, gboolean tiers)
{
  guint n = 0;

  for (guint i = 0; i < names->len && n < GENOS_FAR_MAX; i++) {
    const GenosFarName *name = g_ptr_array_index (names, i);
    g_autoptr (GString) one = g_string_new (NULL);

    if (!is_name (name) || (name->tier > 0) != tiers)
      continue;
    append_name (one, name);
    n += append_one (text, n, one->str);
  }
  return n;
}

char *
genos_far_watches_build (GPtrArray *names)
{
  GString *text = g_string_new ("{\"watch\":[");
  gsize end;

  append_names (text, names, FALSE);
  end = text->len;
  g_string_append (text, "],\"tiers\":[");
  if (append_names (text, names, TRUE) == 0)
    g_string_truncate (text, end);
  g_string_append (text, "]}");
  return g_string_free (text, FALSE);
}

/* --- parsing --- */

static gboolean
fail (GError **error, const char *what)
{
  g_set_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL, "list of far tracks: %s", what);
  return FALSE;
}

static JsonArray *
get_array (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

/* (transfer none) (nullable): of @root, which is set and keeps it */
static JsonArray *
read_list (const char *text, const char *name, JsonNode **root, GError **error)
{
  JsonArray *array;

  if (strlen (text) > GENOS_FAR_MAX_SIZE) {
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT, "list of far tracks: more than %d bytes",
        GENOS_FAR_MAX_SIZE);
    return NULL;
  }
  *root = genos_json_parse (text, -1, error);
  if (*root == NULL)
    return NULL;
  array = JSON_NODE_HOLDS_OBJECT (*root) ? get_array (json_node_get_object (*root), name) : NULL;
  if (array == NULL) {
    fail (error, "there is none");
    return NULL;
  }
  if (json_array_get_length (array) > GENOS_FAR_MAX) {
    g_set_error (
        error, GENOS_ERROR, GENOS_ERROR_LIMIT, "list of far tracks: more than %d", GENOS_FAR_MAX);
    return NULL;
  }
  return array;
}

/* (transfer full) (nullable) */
static GStrv
read_path (JsonArray *array, GError **error)
{
  guint n = array != NULL ? json_array_get_length (array) : 0;
  g_autoptr (GPtrArray) path = g_ptr_array_new_with_free_func (g_free);

  if (array == NULL || n > GENOS_FAR_MAX_PATH) {
    fail (error, "an offer has no way, or too long a one");
    return NULL;
  }
  for (guint i = 0; i < n; i++) {
    const char *id = genos_json_node_string (json_array_get_element (array, i));

    if (!is_peer_id (id)) {
      fail (error, "a way leads through nobody");
      return NULL;
    }
    g_ptr_array_add (path, g_strdup (id));
  }
  g_ptr_array_add (path, NULL);
  return (GStrv) g_ptr_array_steal (path, NULL);
}

static GenosTrackEntry *
read_entry (JsonObject *object, GError **error)
{
  JsonNode *node = json_object_get_member (object, "is");

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    return genos_track_entry_read (json_node_get_object (node), error);
  fail (error, "an offer says not of what");
  return NULL;
}

static gboolean
read_flag (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
      && json_node_get_value_type (node) == G_TYPE_BOOLEAN && json_node_get_boolean (node);
}

/* Whatever is none means that it is not known. */
static void
read_clock (JsonObject *object, GenosFarOffer *offer)
{
  JsonNode *node = json_object_get_member (object, "ahead");

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node)
      || json_node_get_value_type (node) != G_TYPE_INT64)
    return;
  offer->ahead = json_node_get_int (node);
  offer->timed = offer->ahead >= -GENOS_FAR_MAX_AHEAD && offer->ahead <= GENOS_FAR_MAX_AHEAD;
}

/* What is no word is as if it were not there. */
static char *
read_tier (JsonObject *object)
{
  const char *tier = genos_json_get_string (object, "tier");

  return tier != NULL && strlen (tier) <= GENOS_FAR_MAX_TIER ? g_strdup (tier) : NULL;
}

/* (transfer full) (nullable) */
static GenosFarOffer *
read_offer (JsonNode *node, GError **error)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *origin = object != NULL ? genos_json_get_string (object, "origin") : NULL;
  g_auto (GStrv) path = NULL;
  g_autoptr (GenosTrackEntry) entry = NULL;
  GenosFarOffer *offer;

  if (!is_peer_id (origin)) {
    fail (error, "an offer names no origin");
    return NULL;
  }
  path = read_path (get_array (object, "path"), error);
  if (path == NULL)
    return NULL;
  entry = read_entry (object, error);
  if (entry == NULL)
    return NULL;
  offer = genos_far_offer_new (
      origin, (const char *const *) path, read_flag (object, "full"), g_steal_pointer (&entry));
  read_clock (object, offer);
  offer->tier = read_tier (object);
  return offer;
}

GPtrArray *
genos_far_offers_parse (const char *text, GError **error)
{
  g_autoptr (GPtrArray) offers =
      g_ptr_array_new_with_free_func ((GDestroyNotify) genos_far_offer_free);
  g_autoptr (JsonNode) root = NULL;
  JsonArray *array = read_list (text, "offers", &root, error);

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++) {
    GenosFarOffer *offer = read_offer (json_array_get_element (array, i), error);

    if (offer == NULL)
      return NULL;
    g_ptr_array_add (offers, offer);
  }
  return array != NULL ? g_steal_pointer (&offers) : NULL;
}

/* (transfer full) (nullable) */
static GenosFarName *
read_name (JsonArray *array, GError **error)
{
  GenosFarName name = { NULL };

  if (array != NULL && json_array_get_length (array) >= 3) {
    name.origin = (char *) genos_json_node_string (json_array_get_element (array, 0));
    name.stream_id = (char *) genos_json_node_string (json_array_get_element (array, 1));
    name.track_id = (char *) genos_json_node_string (json_array_get_element (array, 2));
  }
  if (is_name (&name))
    return genos_far_name_new (name.origin, name.stream_id, name.track_id);
  fail (error, "what is wanted has no name");
  return NULL;
}

static JsonArray *
get_parts (JsonArray *array, guint index, guint n_parts)
{
  JsonNode *node = json_array_get_element (array, index);
  JsonArray *parts = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  return parts != NULL && json_array_get_length (parts) == n_parts ? parts : NULL;
}

static gboolean
read_names (JsonArray *array, GPtrArray *names, GError **error)
{
  for (guint i = 0; i < json_array_get_length (array); i++) {
    GenosFarName *name = read_name (get_parts (array, i, 3), error);

    if (name == NULL)
      return FALSE;
    g_ptr_array_add (names, name);
  }
  return TRUE;
}

static gboolean
read_number (JsonNode *node, guint *number)
{
  gint64 value;

  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;
  value = json_node_get_int (node);
  *number = CLAMP (value, 0, GENOS_TRACK_MAX_TIERS);
  return value > 0 && value < GENOS_TRACK_MAX_TIERS;
}

static gboolean
read_tiers (JsonArray *array, GPtrArray *names, GError **error)
{
  guint n = array != NULL ? json_array_get_length (array) : 0;

  if (n > GENOS_FAR_MAX)
    return fail (error, "too many tiers are wanted");
  for (guint i = 0; i < n; i++) {
    JsonArray *parts = get_parts (array, i, 4);
    GenosFarName *name = read_name (parts, error);

    if (name == NULL)
      return FALSE;
    g_ptr_array_add (names, name);
    if (!read_number (json_array_get_element (parts, 3), &name->tier))
      return fail (error, "a tier is wanted that cannot be");
  }
  return TRUE;
}

GPtrArray *
genos_far_watches_parse (const char *text, GError **error)
{
  g_autoptr (GPtrArray) names =
      g_ptr_array_new_with_free_func ((GDestroyNotify) genos_far_name_free);
  g_autoptr (JsonNode) root = NULL;
  JsonArray *array = read_list (text, "watch", &root, error);

  if (array == NULL || !read_names (array, names, error)
      || !read_tiers (get_array (json_node_get_object (root), "tiers"), names, error))
    return NULL;
  return g_steal_pointer (&names);
}

/* --- names on links --- */

static char *
make_link_id (const char *const *parts, guint n)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  for (guint i = 0; i < n; i++)
    g_checksum_update (checksum, (const guchar *) parts[i], strlen (parts[i]) + 1);
  return g_strdup_printf (LINK_ID_PREFIX "%.*s", LINK_ID_DIGITS, g_checksum_get_string (checksum));
}

char *
genos_far_stream_id_new (const char *origin, const char *stream_id)
{
  const char *parts[] = { origin, stream_id };

  return make_link_id (parts, G_N_ELEMENTS (parts));
}

char *
genos_far_track_id_new (const char *origin, const char *stream_id, const char *track_id)
{
  const char *parts[] = { origin, stream_id, track_id };

  return make_link_id (parts, G_N_ELEMENTS (parts));
}

gboolean
genos_far_stream_id_check (const char *stream_id)
{
  return stream_id != NULL && g_str_has_prefix (stream_id, LINK_ID_PREFIX)
      && strlen (stream_id) == strlen (LINK_ID_PREFIX) + LINK_ID_DIGITS;
}

/* The members of an object go on after ours; anything else is a member itself. */
static void
append_said (GString *text, const char *metadata)
{
  g_autofree char *said = g_strstrip (g_strdup (metadata));
  const char *rest = said + 1;

  if (*said != '{') {
    g_string_append_printf (text, ",\"@_metadata\":%s}", said);
    return;
  }
  while (g_ascii_isspace (*rest))
    rest++;
  if (*rest != '}')
    g_string_append_c (text, ',');
  g_string_append (text, rest);
}

char *
genos_far_metadata_new (
    const char *origin, const char *stream_id, const char *track_id, const char *metadata)
{
  GString *text = g_string_new ("{\"@_origin\":{\"peer\":");

  genos_json_append_string (text, origin);
  g_string_append (text, ",\"stream\":");
  genos_json_append_string (text, stream_id);
  g_string_append (text, ",\"track\":");
  genos_json_append_string (text, track_id);
  g_string_append_c (text, '}');
  if (metadata != NULL && genos_json_check (metadata, -1, NULL))
    append_said (text, metadata);
  else
    g_string_append_c (text, '}');
  return g_string_free (text, FALSE);
}
