/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "mesh-table.h"

#include <json-glib/json-glib.h>

#include "printable.h"

/* Of an id, which has twenty; enough to tell five hundred apart. */
#define ID_CHARS 6

/* Of a cell that shares its line with others. */
#define ENTRY_CHARS 18
/* Around these lines: the head, which may take two, our own cell, what is left out, and the cursor. */
#define OTHER_LINES 5

static guint
count_peers (GVariant *cells)
{
  guint n = 0;

  for (gsize i = 0; i < g_variant_n_children (cells); i++) {
    g_autoptr (GVariant) members = g_variant_get_child_value (cells, i);

    n += (guint) g_variant_n_children (members);
  }
  return n;
}

static void
append_neighbours (GString *out, const MeshTable *self)
{
  g_string_append_printf (out, ", joined to cell%s", self->n_neighbours == 1 ? "" : "s");
  for (gsize i = 0; i < self->n_neighbours; i++)
    g_string_append_printf (out, " %u", self->neighbours[i]);
}

static char *
format_head (const MeshTable *self)
{
  g_autofree char *room = genos_make_printable (self->room);
  GString *out = g_string_new (room);

  if (self->cell < 0) {
    g_string_append (out, ": nothing is sealed yet");
    return g_string_free (out, FALSE);
  }
  g_string_append_printf (out, ": %u peers in %" G_GSIZE_FORMAT " cells, seal %" G_GUINT64_FORMAT,
      count_peers (self->cells), g_variant_n_children (self->cells), self->epoch);
  g_string_append_printf (out, "; we are %.*s, %s of cell %d, %u links", ID_CHARS, self->self_id,
      self->is_bridge ? "the bridge" : "a member", self->cell, g_hash_table_size (self->linked));
  if (self->n_neighbours > 0)
    append_neighbours (out, self);
  return g_string_free (out, FALSE);
}

/* Ours in brackets, those we are linked to with a plus. */
static char *
format_member (const MeshTable *self, const char *id)
{
  g_autofree char *name = genos_make_printable (id);
  g_autofree char *brief = g_utf8_substring (name, 0, MIN (g_utf8_strlen (name, -1), ID_CHARS));

  if (g_str_equal (id, self->self_id))
    return g_strdup_printf ("[%s]", brief);
  return g_strdup_printf ("%s%s", brief, g_hash_table_contains (self->linked, id) ? "+" : "");
}

/* What does not fit is counted. */
static char *
format_cell (const MeshTable *self, guint number, GVariant *members, guint width)
{
  GString *line = g_string_new (NULL);
  gsize n = g_variant_n_children (members), shown = 0;

  g_string_append_printf (line, "%4u %c %3" G_GSIZE_FORMAT "  bridge", number,
      (int) number == self->cell ? '>' : ' ', n);
  for (; shown < n; shown++) {
    const char *id;
    g_autofree char *member = NULL;

    g_variant_get_child (members, shown, "&s", &id);
    member = format_member (self, id);
    /* Room for the count of the rest. */
    if (g_utf8_strlen (line->str, -1) + g_utf8_strlen (member, -1) + 8 > width && shown > 0)
      break;
    g_string_append_printf (line, " %s%s", member, shown == 0 && n > 1 ? " |" : "");
  }
  if (shown < n)
    g_string_append_printf (line, " … %" G_GSIZE_FORMAT, n - shown);
  return g_string_free (line, FALSE);
}

static guint
count_filled (GVariant *cells)
{
  guint n = 0;

  for (gsize i = 0; i < g_variant_n_children (cells); i++) {
    g_autoptr (GVariant) members = g_variant_get_child_value (cells, i);

    n += g_variant_n_children (members) > 0;
  }
  return n;
}

static void
append_cell (GString *out, const MeshTable *self, guint number, guint width)
{
  g_autoptr (GVariant) members = g_variant_get_child_value (self->cells, number);
  g_autofree char *line = NULL;

  if (g_variant_n_children (members) == 0)
    return;
  line = format_cell (self, number, members, width);
  g_string_append_printf (out, "%s\n", line);
}

static gboolean
is_neighbour (const MeshTable *self, guint number)
{
  for (gsize i = 0; i < self->n_neighbours; i++)
    if (self->neighbours[i] == number)
      return TRUE;
  return FALSE;
}

/* Ours and those it is joined to are marked. */
static void
append_entry (GString *out, const MeshTable *self, guint number, GVariant *members)
{
  const char *mark = (int) number == self->cell ? ">" : is_neighbour (self, number) ? "=" : " ";
  const char *id;
  g_autofree char *bridge = NULL;
  glong size;

  g_variant_get_child (members, 0, "&s", &id);
  bridge = format_member (self, id);
  size = g_utf8_strlen (bridge, -1);
  g_string_append_printf (
      out, "%4u%s%3" G_GSIZE_FORMAT " %s", number, mark, g_variant_n_children (members), bridge);
  /* Four digits, a mark, three digits and a space come before. */
  for (glong i = size + 9; i < ENTRY_CHARS; i++)
    g_string_append_c (out, ' ');
}

/* From left to right, as many as there is room for. */
static void
append_overview (GString *out, const MeshTable *self, guint width, guint height)
{
  guint columns = MAX (1, width / ENTRY_CHARS);
  guint lines = height > OTHER_LINES ? height - OTHER_LINES : 1;
  guint n = count_filled (self->cells), shown = 0;

  for (gsize i = 0; i < g_variant_n_children (self->cells) && shown < columns * lines; i++) {
    g_autoptr (GVariant) members = g_variant_get_child_value (self->cells, i);

    if (g_variant_n_children (members) == 0)
      continue;
    append_entry (out, self, (guint) i, members);
    shown++;
    if (shown % columns == 0 || shown == n) {
      while (g_str_has_suffix (out->str, " "))
        g_string_truncate (out, out->len - 1);
      g_string_append_c (out, '\n');
    }
  }
  if (shown < n)
    g_string_append_printf (out, "… and %u cells more\n", n - shown);
}

char *
mesh_table_format (const MeshTable *self, guint width, guint height)
{
  GString *out = g_string_new (NULL);
  g_autofree char *head = format_head (self);

  g_string_append_printf (out, "%s\n", head);
  if (height > 0 && count_filled (self->cells) + OTHER_LINES > height) {
    if (self->cell >= 0)
      append_cell (out, self, (guint) self->cell, width);
    append_overview (out, self, width, height);
    return g_string_free (out, FALSE);
  }
  for (gsize i = 0; i < g_variant_n_children (self->cells); i++)
    append_cell (out, self, (guint) i, width);
  return g_string_free (out, FALSE);
}

static void
build_neighbours (JsonBuilder *builder, const MeshTable *self)
{
  json_builder_begin_array (builder);
  for (gsize i = 0; i < self->n_neighbours; i++)
    json_builder_add_int_value (builder, self->neighbours[i]);
  json_builder_end_array (builder);
}

static void
build_linked (JsonBuilder *builder, const MeshTable *self)
{
  g_autoptr (GList) ids =
      g_list_sort (g_hash_table_get_keys (self->linked), (GCompareFunc) g_strcmp0);

  json_builder_begin_array (builder);
  for (GList *l = ids; l != NULL; l = l->next)
    json_builder_add_string_value (builder, l->data);
  json_builder_end_array (builder);
}

char *
mesh_table_to_json (const MeshTable *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "room");
  json_builder_add_string_value (builder, self->room);
  json_builder_set_member_name (builder, "peer-id");
  json_builder_add_string_value (builder, self->self_id);
  json_builder_set_member_name (builder, "epoch");
  json_builder_add_int_value (builder, (gint64) self->epoch);
  json_builder_set_member_name (builder, "cell");
  json_builder_add_int_value (builder, self->cell);
  json_builder_set_member_name (builder, "is-bridge");
  json_builder_add_boolean_value (builder, self->is_bridge);
  json_builder_set_member_name (builder, "neighbours");
  build_neighbours (builder, self);
  json_builder_set_member_name (builder, "linked");
  build_linked (builder, self);
  json_builder_set_member_name (builder, "cells");
  json_builder_add_value (builder, json_gvariant_serialize (self->cells));
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}
