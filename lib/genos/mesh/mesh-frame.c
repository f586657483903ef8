/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/mesh/mesh-frame.h>

#include <string.h>

#include <genos/base/error.h>
#include <genos/mesh/mesh-chunk.h>
#include <genos/mesh/mesh-topology.h>
#include <genos/wire/json-text.h>

static const char *const kind_names[GENOS_MESH_N_KINDS] = {
  [GENOS_MESH_MSG] = "msg",
  [GENOS_MESH_PING] = "ping",
  [GENOS_MESH_PONG] = "pong",
  [GENOS_MESH_HAVE] = "g-have",
  [GENOS_MESH_WANT] = "g-want",
};

static const char cell_prefix[] = "cell-";

/* --- a walk over JSON that was checked: only where values begin and end --- */

typedef struct {
  const char *data;
  gsize size;
} Slice;

static const char *
skip_space (const char *at, const char *end)
{
  while (at < end && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n'))
    at++;
  return at;
}

static const char *
skip_string (const char *at, const char *end)
{
  for (at++; at < end && *at != '"'; at++)
    if (*at == '\\')
      at++;
  return MIN (at + 1, end);
}

static const char *
skip_value (const char *at, const char *end)
{
  guint depth = 0;

  while (at < end) {
    if (*at == '"') {
      at = skip_string (at, end);
    } else if (*at == '{' || *at == '[') {
      depth++;
      at++;
    } else if (depth > 0 && (*at == '}' || *at == ']')) {
      depth--;
      at++;
    } else if (depth == 0 && strchr (",}] \t\r\n", *at) != NULL) {
      return at;
    } else {
      at++;
      continue;
    }
    if (depth == 0)
      return at;
  }
  return at;
}

/* The next member; FALSE at the end. @at is behind the brace, or behind the last value. */
static gboolean
next_member (const char **at, const char *end, Slice *name, Slice *value)
{
  const char *begin = skip_space (*at, end);

  if (begin < end && *begin == ',')
    begin = skip_space (begin + 1, end);
  if (begin >= end || *begin != '"')
    return FALSE;
  *at = skip_string (begin, end);
  *name = (Slice){ begin + 1, *at - begin - 2 };
  begin = skip_space (*at, end);
  begin = skip_space (MIN (begin + 1, end), end); /* the colon */
  *at = skip_value (begin, end);
  *value = (Slice){ begin, *at - begin };
  return TRUE;
}

static gboolean
enter_object (const char *text, gsize size, const char **at)
{
  const char *end = text + size;

  *at = skip_space (text, end);
  if (*at >= end || **at != '{')
    return FALSE;
  (*at)++;
  return TRUE;
}

/* A name with escapes in it is another name: nobody has a reason to write one of ours that way. */
static gboolean
is_name (Slice slice, const char *name)
{
  return slice.size == strlen (name) && memcmp (slice.data, name, slice.size) == 0;
}

gboolean
genos_mesh_frame_find_member (
    const char *object, gsize size, const char *name, const char **value, gsize *value_size)
{
  const char *at;
  Slice found_name, found;
  gboolean is_there = FALSE;

  if (!enter_object (object, size, &at))
    return FALSE;
  while (next_member (&at, object + size, &found_name, &found)) {
    if (!is_name (found_name, name))
      continue;
    *value = found.data;
    *value_size = found.size;
    is_there = TRUE;
  }
  return is_there;
}

static gboolean
find (Slice object, const char *name, Slice *value)
{
  return genos_mesh_frame_find_member (object.data, object.size, name, &value->data, &value->size);
}

/* (transfer full) (nullable): a string without escapes, of 1 to @max bytes */
static char *
dup_plain_string (Slice object, const char *name, gsize max)
{
  Slice value;

  if (!find (object, name, &value) || value.size < 3 || value.data[0] != '"' || value.size - 2 > max
      || memchr (value.data, '\\', value.size) != NULL)
    return NULL;
  return g_strndup (value.data + 1, value.size - 2);
}

/* As signalling takes them. (transfer full) (nullable) */
static char *
dup_peer_id (Slice object, const char *name)
{
  g_autofree char *id = dup_plain_string (object, name, GENOS_MESH_PEER_ID_MAX);

  for (const char *at = id; at != NULL && *at != '\0'; at++)
    if (!g_ascii_isalnum (*at))
      return NULL;
  return g_steal_pointer (&id);
}

static gboolean
read_number (const char *digits, gsize size, guint max, guint *number)
{
  *number = 0;
  if (size == 0 || size > 9 || (size > 1 && digits[0] == '0'))
    return FALSE;
  for (gsize i = 0; i < size; i++) {
    if (!g_ascii_isdigit (digits[i]))
      return FALSE;
    *number = *number * 10 + (digits[i] - '0');
  }
  return *number <= max;
}

/* --- marks of a message for one peer --- */

/* (transfer full) (nullable) */
static char *
dup_token (Slice value)
{
  if (value.size < 3 || value.size - 2 > GENOS_MESH_TOKEN_MAX || value.data[0] != '"')
    return NULL;
  for (gsize i = 1; i + 1 < value.size; i++)
    if (!g_ascii_isalnum (value.data[i]))
      return NULL;
  return g_strndup (value.data + 1, value.size - 2);
}

static void
read_mark (GenosMeshFrame *self, Slice name, Slice value)
{
  guint number;

  if (is_name (name, "_k") && self->token == NULL)
    self->token = dup_token (value);
  else if (is_name (name, "_a") && self->ack == NULL)
    self->ack = dup_token (value);
  else if (is_name (name, "_n")
      && read_number (value.data, value.size, GENOS_MESH_MAX_ATTEMPTS, &number))
    self->attempt = number;
  else if (is_name (name, "_b"))
    self->bulk = is_name (value, "1");
}

/* What is no mark is none of our business: a browser may call its members anything. */
static void
read_marks (GenosMeshFrame *self)
{
  const char *end = self->data + strlen (self->data);
  const char *at;
  Slice name, value;

  if (self->kind != GENOS_MESH_MSG || self->target == NULL
      || !enter_object (self->data, end - self->data, &at))
    return;
  while (next_member (&at, end, &name, &value))
    read_mark (self, name, value);
}

/* --- frames --- */

GenosMeshFrame *
genos_mesh_frame_ref (GenosMeshFrame *self)
{
  g_atomic_ref_count_inc (&self->n_refs);
  return self;
}

void
genos_mesh_frame_unref (GenosMeshFrame *self)
{
  if (!g_atomic_ref_count_dec (&self->n_refs))
    return;
  g_free (self->id);
  g_free (self->origin);
  g_free (self->target);
  g_free (self->data);
  g_free (self->token);
  g_free (self->ack);
  g_clear_pointer (&self->content, g_bytes_unref);
  g_free (self);
}

static char *
build_id (const char *origin, guint64 ms, guint seq)
{
  char digits[16];
  guint at = sizeof digits - 1;

  digits[at] = '\0';
  do {
    digits[--at] = "0123456789abcdefghijklmnopqrstuvwxyz"[ms % 36];
    ms /= 36;
  } while (ms > 0 && at > 0);
  return g_strdup_printf ("%s:%s:%u", origin, digits + at, seq);
}

GenosMeshFrame *
genos_mesh_frame_new (GenosMeshKind kind, const char *origin, guint origin_cell, guint64 ms,
    guint seq, const char *target, const char *data)
{
  GenosMeshFrame *self = g_new0 (GenosMeshFrame, 1);

  g_atomic_ref_count_init (&self->n_refs);
  self->kind = kind;
  self->id = build_id (origin, ms, seq);
  self->ms = ms;
  self->origin = g_strdup (origin);
  self->origin_cell = origin_cell;
  self->target = g_strdup (target);
  self->data = g_strdup (data);
  read_marks (self);
  return self;
}

static GenosMeshFrame *
new_with_id (const char *id, const char *origin, guint origin_cell, guint64 ms, const char *data)
{
  GenosMeshFrame *self = g_new0 (GenosMeshFrame, 1);

  g_atomic_ref_count_init (&self->n_refs);
  self->kind = GENOS_MESH_MSG;
  self->id = g_strdup (id);
  self->ms = ms;
  self->origin = g_strdup (origin);
  self->origin_cell = origin_cell;
  self->data = g_strdup (data);
  return self;
}

GenosMeshFrame *
genos_mesh_frame_new_chunk (
    const char *id, const char *origin, guint origin_cell, guint64 ms, const char *data)
{
  GenosMeshFrame *self = new_with_id (id, origin, origin_cell, ms, data);

  self->is_chunk = TRUE;
  self->bulk = TRUE;
  return self;
}

GenosMeshFrame *
genos_mesh_frame_new_whole (const char *id, const char *origin, guint origin_cell, guint64 ms,
    GBytes *content, guint64 age_ms)
{
  GenosMeshFrame *self = new_with_id (id, origin, origin_cell, ms, "null");

  self->content = g_bytes_ref (content);
  self->age_ms = age_ms;
  return self;
}

gsize
genos_mesh_frame_measure (const GenosMeshFrame *self)
{
  return strlen (self->data) + (self->content != NULL ? g_bytes_get_size (self->content) : 0);
}

/* Not more than what 63 bits hold. */
static gboolean
parse_id (GenosMeshFrame *self)
{
  gsize prefix = strlen (self->origin);
  const char *at = self->id + prefix;

  if (strncmp (self->id, self->origin, prefix) != 0 || *at++ != ':')
    return FALSE;
  for (; *at != ':' && *at != '\0'; at++) {
    guint digit = g_ascii_isdigit (*at) ? *at - '0' : *at - 'a' + 10;

    if (!(g_ascii_isdigit (*at) || g_ascii_islower (*at)) || self->ms > G_MAXINT64 / 40)
      return FALSE;
    self->ms = self->ms * 36 + digit;
  }
  return *at == ':' && at[1] != '\0';
}

static gboolean
parse_kind (GenosMeshFrame *self, Slice object)
{
  g_autofree char *name = dup_plain_string (object, "t", 16);

  for (guint kind = 0; kind < GENOS_MESH_N_KINDS; kind++) {
    if (g_strcmp0 (name, kind_names[kind]) == 0) {
      self->kind = kind;
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
parse_cell (GenosMeshFrame *self, Slice object)
{
  g_autofree char *name = dup_plain_string (object, "originCell", 32);
  gsize prefix = strlen (cell_prefix);

  return name != NULL && g_str_has_prefix (name, cell_prefix)
      && read_number (
          name + prefix, strlen (name) - prefix, GENOS_MESH_MAX_CELLS - 1, &self->origin_cell);
}

/* FALSE: there is something in its place that is no id of a peer. */
static gboolean
parse_target (GenosMeshFrame *self, Slice data)
{
  const char *name = self->kind == GENOS_MESH_MSG ? "_t" : "target";
  Slice value;

  if (self->kind == GENOS_MESH_HAVE || self->kind == GENOS_MESH_WANT)
    return TRUE;
  if (!find (data, name, &value) || is_name (value, "null"))
    return self->kind != GENOS_MESH_PING;
  self->target = dup_peer_id (data, name);
  return self->target != NULL;
}

static gboolean
parse_object (GenosMeshFrame *self, Slice object, guint *ttl)
{
  Slice data = { "null", 4 };
  Slice number;

  if (!parse_kind (self, object) || !find (object, "ttl", &number)
      || !read_number (number.data, number.size, GENOS_MESH_MAX_TTL, ttl)
      || !parse_cell (self, object))
    return FALSE;
  self->origin = dup_peer_id (object, "origin");
  self->id = dup_plain_string (object, "id", GENOS_MESH_ID_MAX);
  if (self->origin == NULL || self->id == NULL || !parse_id (self))
    return FALSE;
  find (object, "data", &data);
  self->data = g_strndup (data.data, data.size);
  if (!parse_target (self, data))
    return FALSE;
  read_marks (self);
  if (self->kind == GENOS_MESH_MSG && self->target == NULL)
    self->is_chunk = self->bulk = genos_mesh_chunk_is (self->data);
  return TRUE;
}

GenosMeshFrame *
genos_mesh_frame_parse (const char *text, gsize size, guint *ttl, GError **error)
{
  g_autoptr (GenosMeshFrame) self = NULL;

  if (size > GENOS_MESH_FRAME_MAX) {
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT,
        "a frame of the mesh with %" G_GSIZE_FORMAT " bytes: at most %d", size,
        GENOS_MESH_FRAME_MAX);
    return NULL;
  }
  if (!genos_json_check (text, size, error))
    return NULL;
  self = g_new0 (GenosMeshFrame, 1);
  g_atomic_ref_count_init (&self->n_refs);
  if (!parse_object (self, (Slice){ text, size }, ttl)) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL, "that is no frame of the mesh");
    return NULL;
  }
  return g_steal_pointer (&self);
}

char *
genos_mesh_frame_to_json (GenosMeshFrame *self, guint ttl)
{
  GString *out = g_string_sized_new (160 + strlen (self->data));

  g_string_append_printf (out, "{\"t\":\"%s\",\"id\":", kind_names[self->kind]);
  genos_json_append_string (out, self->id);
  g_string_append_printf (out, ",\"ttl\":%u,\"data\":%s,\"origin\":", ttl, self->data);
  genos_json_append_string (out, self->origin);
  g_string_append_printf (out, ",\"originCell\":\"%s%u\"}", cell_prefix, self->origin_cell);
  return g_string_free (out, FALSE);
}

gboolean
genos_mesh_frame_parse_channel (const char *name, guint *cell)
{
  return name[0] == 'c'
      && read_number (name + 1, strlen (name + 1), GENOS_MESH_MAX_CELLS - 1, cell);
}

/* --- lists of ids --- */

char *
genos_mesh_frame_build_ids (const char *const *ids, guint n_ids)
{
  GString *out = g_string_new ("[");

  for (guint i = 0; i < n_ids; i++) {
    if (i > 0)
      g_string_append_c (out, ',');
    genos_json_append_string (out, ids[i]);
  }
  g_string_append_c (out, ']');
  return g_string_free (out, FALSE);
}

GStrv
genos_mesh_frame_parse_ids (const char *data, guint max)
{
  const char *end = data + strlen (data);
  const char *at = skip_space (data, end);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  guint n = 0;

  if (*at++ != '[')
    return NULL;
  for (at = skip_space (at, end); at < end && *at != ']'; n++) {
    const char *after = skip_value (at, end);
    g_autofree char *id = NULL;

    if (n >= max || *at != '"' || after - at > GENOS_MESH_ID_MAX + 2
        || memchr (at, '\\', after - at) != NULL)
      return NULL;
    id = g_strndup (at + 1, after - at - 2);
    g_strv_builder_add (builder, id);
    at = skip_space (after, end);
    if (at < end && *at == ',')
      at = skip_space (at + 1, end);
  }
  return g_strv_builder_end (builder);
}
