/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/nip01-event.h>

#include <string.h>

#include <genos/base/error.h>
#include <genos/wire/hex.h>
#include <genos/wire/json-text.h>

#include "vectors.h"

#define PUBKEY "f9308a019258c31049344f85f89d5229b531c845836f99b08601f113bce036f9"

/* Which of the bad vectors cannot even be read; the others have a wrong id or signature. */
static gboolean
is_malformed (const char *name)
{
  static const char *const malformed[] = { "short signature", "upper-case hex id",
    "kind is a string", "tags is not an array", "created_at missing", NULL };

  return g_strv_contains (malformed, name);
}

static gboolean
id_is_hash (const GenosNip01Event *event)
{
  guint8 id[32], hash[32];

  g_assert_true (genos_hex_decode (event->id, id, sizeof id));
  genos_nip01_event_hash (event, hash);
  return memcmp (id, hash, sizeof id) == 0;
}

static void
check_round_trip (const GenosNip01Event *event)
{
  g_autoptr (JsonNode) node = genos_nip01_event_to_json (event);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (JsonNode) parsed = NULL;
  g_autoptr (GenosNip01Event) copy = genos_nip01_event_copy (event);
  g_autoptr (GenosNip01Event) back = genos_nip01_event_from_json (node, NULL);
  g_autofree char *canonical = genos_nip01_event_canonical (event);
  g_autofree char *canonical_back = genos_nip01_event_canonical (back);
  g_autofree char *canonical_copy = genos_nip01_event_canonical (copy);

  genos_nip01_event_append (text, event);
  parsed = genos_json_parse (text->str, -1, NULL);
  g_assert_true (json_node_equal (node, parsed));
  g_assert_cmpstr (canonical, ==, canonical_back);
  g_assert_cmpstr (canonical, ==, canonical_copy);
  g_assert_cmpstr (back->sig, ==, event->sig);
  g_assert_cmpstr (copy->id, ==, event->id);
}

static void
test_vectors (void)
{
  g_autoptr (JsonNode) root = vectors_load ("events.json");
  JsonArray *cases = json_node_get_array (root);

  g_assert_cmpuint (json_array_get_length (cases), ==, 11);
  for (guint i = 0; i < json_array_get_length (cases); i++) {
    JsonObject *item = json_array_get_object_element (cases, i);
    const char *name = json_object_get_string_member (item, "name");
    g_autoptr (GError) error = NULL;
    g_autoptr (GenosNip01Event) event =
        genos_nip01_event_from_json (json_object_get_member (item, "event"), &error);

    g_test_message ("%s", name);
    if (is_malformed (name)) {
      g_assert_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL);
      g_assert_null (event);
      continue;
    }
    g_assert_no_error (error);
    check_round_trip (event);
    if (json_object_get_boolean_member (item, "valid"))
      g_assert_true (id_is_hash (event));
    else if (g_str_equal (name, "signature bit flipped"))
      g_assert_true (id_is_hash (event));
    else
      g_assert_false (id_is_hash (event));
  }
}

static void
test_signalling_vectors (void)
{
  g_autoptr (JsonNode) root = vectors_load ("signalling.json");
  JsonArray *cases = json_node_get_array (root);

  g_assert_cmpuint (json_array_get_length (cases), >=, 4);
  for (guint i = 0; i < json_array_get_length (cases); i++) {
    JsonObject *item = json_array_get_object_element (cases, i);
    g_autoptr (GError) error = NULL;
    g_autoptr (GenosNip01Event) event =
        genos_nip01_event_from_json (json_object_get_member (item, "event"), &error);

    g_assert_no_error (error);
    g_assert_true (id_is_hash (event));
    g_assert_cmpuint (strlen (genos_nip01_event_get_tag (event, "x")), >=, 20);
    check_round_trip (event);
  }
}

static void
test_canonical (void)
{
  g_autoptr (GenosNip01Event) event = genos_nip01_event_new (1, 42, "\"\\\n\r\t\b\f/\x7f\xc3\xa9");
  g_autofree char *text = NULL;

  g_strlcpy (event->pubkey, PUBKEY, sizeof event->pubkey);
  genos_nip01_event_add_tag (event, "x", "topic", NULL);
  genos_nip01_event_add_tag (event, "e", "", "\n", NULL);
  text = genos_nip01_event_canonical (event);
  g_assert_cmpstr (text, ==,
      "[0,\"" PUBKEY "\",42,1,[[\"x\",\"topic\"],[\"e\",\"\",\"\\n\"]],"
      "\"\\\"\\\\\\n\\r\\t\\b\\f/\x7f\xc3\xa9\"]");
}

static void
test_tags (void)
{
  g_autoptr (GenosNip01Event) event = genos_nip01_event_new (1, 42, "");

  genos_nip01_event_add_tag (event, "bare", NULL);
  genos_nip01_event_add_tag (event, "x", "first", "more", NULL);
  genos_nip01_event_add_tag (event, "x", "second", NULL);
  g_assert_cmpuint (event->tags->len, ==, 3);
  g_assert_cmpstr (genos_nip01_event_get_tag (event, "x"), ==, "first");
  g_assert_null (genos_nip01_event_get_tag (event, "bare"));
  g_assert_null (genos_nip01_event_get_tag (event, "y"));
}

/* An event around one member's text; @member is one of the fields. */
static GenosNip01Event *
read_with (const char *member, const char *value, GError **error)
{
  static const char *const fields[][2] = {
    { "id", "\"" PUBKEY "\"" },
    { "pubkey", "\"" PUBKEY "\"" },
    { "sig", "\"" PUBKEY PUBKEY "\"" },
    { "created_at", "1" },
    { "kind", "1" },
    { "tags", "[]" },
    { "content", "\"\"" },
  };
  g_autoptr (GString) text = g_string_new ("{\"unknown\":{}");
  g_autoptr (JsonNode) node = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    g_string_append_printf (text, ",\"%s\":%s", fields[i][0],
        g_str_equal (fields[i][0], member) ? value : fields[i][1]);
  g_string_append_c (text, '}');
  node = genos_json_parse (text->str, -1, error);
  g_assert_nonnull (node);
  return genos_nip01_event_from_json (node, error);
}

static void
test_strict (void)
{
  static const char *const bad[][2] = {
    { "id", "null" },
    { "id", "1" },
    { "id", "\"\"" },
    { "id", "\"" PUBKEY "00\"" },
    { "pubkey", "[]" },
    { "sig", "\"" PUBKEY "\"" },
    { "created_at", "-1" },
    { "created_at", "1.0" },
    { "created_at", "1e3" },
    { "created_at", "\"1\"" },
    { "created_at", "9007199254740992" },
    { "created_at", "true" },
    { "kind", "-1" },
    { "kind", "65536" },
    { "kind", "1.5" },
    { "kind", "null" },
    { "content", "null" },
    { "content", "{}" },
    { "content", "5" },
    { "tags", "null" },
    { "tags", "\"x\"" },
    { "tags", "[\"x\"]" },
    { "tags", "[[]]" },
    { "tags", "[[1]]" },
    { "tags", "[[\"x\",null]]" },
    { "tags", "[[[\"x\"]]]" },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GenosNip01Event) event = read_with ("none", "", &error);
  g_autoptr (GenosNip01Event) latest = NULL;

  g_assert_no_error (error);
  latest = read_with ("created_at", "9007199254740991", &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_assert_null (read_with (bad[i][0], bad[i][1], &error));
    g_assert_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL);
    g_clear_error (&error);
  }
}

static char *
repeated (const char *before, const char *item, guint n, const char *after)
{
  GString *out = g_string_new (before);

  for (guint i = 0; i < n; i++) {
    if (i > 0 && *item != 'c')
      g_string_append_c (out, ',');
    g_string_append (out, item);
  }
  g_string_append (out, after);
  return g_string_free (out, FALSE);
}

static void
check_bound (const char *member, const char *most, const char *more)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GenosNip01Event) event = read_with (member, most, &error);

  g_assert_no_error (error);
  g_assert_null (read_with (member, more, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT);
}

static void
test_bounds (void)
{
  g_autofree char *tags = repeated ("[", "[\"x\"]", GENOS_NIP01_MAX_TAGS, "]");
  g_autofree char *more_tags = repeated ("[", "[\"x\"]", GENOS_NIP01_MAX_TAGS + 1, "]");
  g_autofree char *values = repeated ("[[", "\"x\"", GENOS_NIP01_MAX_TAG_VALUES, "]]");
  g_autofree char *more_values = repeated ("[[", "\"x\"", GENOS_NIP01_MAX_TAG_VALUES + 1, "]]");
  g_autofree char *content = repeated ("\"", "c", GENOS_NIP01_MAX_CONTENT, "\"");
  g_autofree char *more_content = repeated ("\"", "c", GENOS_NIP01_MAX_CONTENT + 1, "\"");

  check_bound ("tags", tags, more_tags);
  check_bound ("tags", values, more_values);
  check_bound ("content", content, more_content);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/nip01-event/vectors", test_vectors);
  g_test_add_func ("/wire/nip01-event/signalling-vectors", test_signalling_vectors);
  g_test_add_func ("/wire/nip01-event/canonical", test_canonical);
  g_test_add_func ("/wire/nip01-event/tags", test_tags);
  g_test_add_func ("/wire/nip01-event/strict", test_strict);
  g_test_add_func ("/wire/nip01-event/bounds", test_bounds);
  return g_test_run ();
}
