/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "mesh-table.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define WIDTH 60

static GHashTable *
make_set (const char *const *ids)
{
  GHashTable *set = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; ids[i] != NULL; i++)
    g_hash_table_add (set, (gpointer) ids[i]);
  return set;
}

static void
test_cells (void)
{
  static const char *const linked[] = { "CCCCCCCC", "DDDDDDDD", NULL };
  static const guint neighbours[] = { 1 };
  g_autoptr (GVariant) cells = g_variant_ref_sink (
      g_variant_new_parsed ("[['AAAAAAAA', 'CCCCCCCC'], ['DDDDDDDD', 'EEEEEEEE'], []]"));
  g_autoptr (GHashTable) set = make_set (linked);
  MeshTable table = { "garden", "AAAAAAAA", 3, 0, TRUE, neighbours, 1, cells, set };
  g_autofree char *text = mesh_table_format (&table, WIDTH, 0);

  g_assert_cmpstr (text, ==,
      "garden: 4 peers in 3 cells, seal 3; we are AAAAAA, the bridge of cell 0, 2 links, joined to "
      "cell 1\n"
      "   0 >   2  bridge [AAAAAA] | CCCCCC+\n"
      "   1     2  bridge DDDDDD+ | EEEEEE\n");
}

static void
test_unsealed (void)
{
  static const char *const nobody[] = { NULL };
  g_autoptr (GVariant) cells = g_variant_ref_sink (g_variant_new_parsed ("@aas []"));
  g_autoptr (GHashTable) set = make_set (nobody);
  MeshTable table = { "gar\033den", "AAAAAAAA", 0, -1, FALSE, NULL, 0, cells, set };
  g_autofree char *text = mesh_table_format (&table, WIDTH, 0);

  g_assert_nonnull (strstr (text, "nothing is sealed yet"));
  g_assert_null (strchr (text, '\033'));
}

static GVariant *
make_cells (guint n)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aas"));

  for (guint i = 0; i < n; i++) {
    g_variant_builder_open (&builder, G_VARIANT_TYPE ("as"));
    for (guint j = 0; j < 10; j++)
      g_variant_builder_add (&builder, "s", "Größe67890");
    g_variant_builder_close (&builder);
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/* Five hundred peers: lines stay within the terminal, and nobody is forgotten. */
static void
test_large (void)
{
  static const char *const nobody[] = { NULL };
  g_autoptr (GHashTable) set = make_set (nobody);
  g_autoptr (GVariant) cells = make_cells (50);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  MeshTable table = { "r", "AAAAAAAA", 1, 0, FALSE, NULL, 0, cells, set };

  text = mesh_table_format (&table, WIDTH, 0);
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 52);
  for (guint i = 1; i <= 50; i++) {
    g_assert_cmpint (g_utf8_strlen (lines[i], -1), <=, WIDTH);
    g_assert_nonnull (strstr (lines[i], "…"));
  }
}

/* More cells than a terminal has lines. */
static void
test_overview (void)
{
  static const char *const nobody[] = { NULL };
  static const guint neighbours[] = { 1, 2 };
  g_autoptr (GHashTable) set = make_set (nobody);
  g_autoptr (GVariant) cells = make_cells (50);
  MeshTable table = { "r", "AAAAAAAA", 1, 3, TRUE, neighbours, 2, cells, set };
  g_autofree char *text = mesh_table_format (&table, WIDTH, 24);
  g_autofree char *short_text = mesh_table_format (&table, WIDTH, 10);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  /* The head, our cell, three to a line, and nothing behind the last line break. */
  g_assert_cmpuint (g_strv_length (lines), ==, 2 + 17 + 1);
  g_assert_true (g_str_has_prefix (lines[1], "   3 >  10  bridge"));
  g_assert_cmpstr (lines[2], ==, "   0  10 Größe6      1= 10 Größe6      2= 10 Größe6");
  g_assert_cmpstr (lines[3], ==, "   3> 10 Größe6      4  10 Größe6      5  10 Größe6");
  g_assert_cmpstr (lines[18], ==, "  48  10 Größe6     49  10 Größe6");
  g_assert_true (g_str_has_suffix (short_text, "\n… and 35 cells more\n"));
  g_assert_nonnull (
      strstr (short_text, "\n  12  10 Größe6     13  10 Größe6     14  10 Größe6\n…"));
}

static void
test_json (void)
{
  static const char *const linked[] = { "B", NULL };
  g_autoptr (GVariant) cells = g_variant_ref_sink (g_variant_new_parsed ("[['A', 'B']]"));
  g_autoptr (GHashTable) set = make_set (linked);
  MeshTable table = { "garden", "A", 1, 0, TRUE, NULL, 0, cells, set };
  g_autofree char *text = mesh_table_to_json (&table);

  g_assert_cmpstr (text, ==,
      "{\"room\":\"garden\",\"peer-id\":\"A\",\"epoch\":1,\"cell\":0,\"is-bridge\":true,"
      "\"neighbours\":[],\"linked\":[\"B\"],\"cells\":[[\"A\",\"B\"]]}");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tools/mesh-table/cells", test_cells);
  g_test_add_func ("/tools/mesh-table/unsealed", test_unsealed);
  g_test_add_func ("/tools/mesh-table/large", test_large);
  g_test_add_func ("/tools/mesh-table/overview", test_overview);
  g_test_add_func ("/tools/mesh-table/json", test_json);
  return g_test_run ();
}
