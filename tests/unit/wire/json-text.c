/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/json-text.h>

#include <string.h>

#include <genos/base/error.h>

static const char *const good[] = {
  "null",
  "true",
  "false",
  "0",
  "-0",
  "5",
  "-5",
  "1.5",
  "-1.5e10",
  "1E+3",
  "2e-7",
  "\"\"",
  "\"a\"",
  "[]",
  "{}",
  " [ ] ",
  "[1,2]",
  "[[],[]]",
  "{\"a\":1}",
  "{ \"a\" : [ { \"b\" : null } ] , \"c\":\"d\" }",
  "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"",
  "\"\\ud83d\\ude00\"",
  "\"\xc3\xa9\xe2\x98\x83\xf0\x9f\x98\x80\"",
  "\"\x7f\"",
  "{\"a\":1,\"a\":2}",
  "9223372036854775807",
  "-9223372036854775807",
};

static const char *const bad[] = {
  "",
  " ",
  "nul",
  "nullx",
  "True",
  "01",
  "-",
  "+1",
  "1.",
  ".5",
  "1e",
  "1e+",
  "0x10",
  "NaN",
  "Infinity",
  "\"",
  "\"a",
  "\"\\\"",
  "\"\\x\"",
  "\"\\u12\"",
  "\"\\u12g4\"",
  "\"\\u0000\"",
  "\"\\ud83d\"",
  "\"\\ud83dx\"",
  "\"\\ud83d\\n\"",
  "\"\\ud83d\\u0041\"",
  "\"\\ude00\"",
  "\"\\ude00\\ud83d\"",
  "\"\n\"",
  "\"\x01\"",
  "'a'",
  "[",
  "]",
  "[1",
  "[1,",
  "[1,]",
  "[,1]",
  "[1 2]",
  "[1}",
  "{",
  "}",
  "{\"a\"",
  "{\"a\":",
  "{\"a\":1",
  "{\"a\":1,",
  "{\"a\":1,}",
  "{a:1}",
  "{1:1}",
  "{\"a\" 1}",
  "{\"a\",1}",
  "{\"a\":1]",
  "{\"a\":1 \"b\":2}",
  "[]]",
  "[] []",
  "1 2",
  "var a = {};",
  "// x\n1",
  "/* x */ 1",
  "\"\xff\"",
  "\"\xc3\"",
  "\"\xed\xa0\x80\"",
  "\xef\xbb\xbf"
  "1",
};

static void
test_good (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonNode) node = genos_json_parse (good[i], -1, &error);

    g_assert_no_error (error);
    g_assert_nonnull (node);
    g_assert_true (genos_json_check (good[i], (gssize) strlen (good[i]), NULL));
  }
}

static void
test_bad (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    if (genos_json_check (bad[i], -1, &error))
      g_error ("accepted: %s", bad[i]);
    g_assert_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL);
    g_assert_null (genos_json_parse (bad[i], -1, NULL));
  }
}

static void
test_nul (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (genos_json_check ("[1]\0", 4, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL);
  g_assert_false (genos_json_check ("\"a\0b\"", 5, NULL));
  g_assert_true (genos_json_check ("[1]\0", 3, NULL));
}

static char *
nested (guint depth, char open, char close)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < depth; i++)
    g_string_append (out, open == '{' && i + 1 < depth ? "{\"a\":" : open == '{' ? "{" : "[");
  for (guint i = 0; i < depth; i++)
    g_string_append_c (out, close);
  return g_string_free (out, FALSE);
}

static void
test_depth (void)
{
  for (guint i = 0; i < 2; i++) {
    const char *pair = i == 0 ? "[]" : "{}";
    g_autofree char *most = nested (GENOS_JSON_MAX_DEPTH, pair[0], pair[1]);
    g_autofree char *more = nested (GENOS_JSON_MAX_DEPTH + 1, pair[0], pair[1]);
    g_autofree char *million = nested (1000000, pair[0], pair[1]);
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonNode) node = genos_json_parse (most, -1, &error);

    g_assert_no_error (error);
    g_assert_false (genos_json_check (more, -1, &error));
    g_assert_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT);
    g_clear_error (&error);
    g_assert_null (genos_json_parse (million, -1, &error));
    g_assert_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT);
  }
}

static void
test_values (void)
{
  g_autoptr (GString) text = g_string_new ("[0");
  g_autoptr (GError) error = NULL;

  for (guint i = 2; i < GENOS_JSON_MAX_VALUES; i++)
    g_string_append (text, ",0");
  g_string_append_c (text, ']');
  g_assert_true (genos_json_check (text->str, -1, &error));
  g_assert_no_error (error);
  g_string_truncate (text, text->len - 1);
  g_string_append (text, ",0]");
  g_assert_null (genos_json_parse (text->str, -1, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT);
}

/* json-glib would hand these out as other numbers. */
static void
test_wide_integers (void)
{
  static const char *const wide[] = { "9223372036854775808", "-9223372036854775808",
    "18446744073709551615", "-18446744073709528966", "[100000000000000000000]" };

  for (guint i = 0; i < G_N_ELEMENTS (wide); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_true (genos_json_check (wide[i], -1, NULL));
    g_assert_null (genos_json_parse (wide[i], -1, &error));
    g_assert_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT);
  }
}

static void
test_access (void)
{
  g_autoptr (JsonNode) node =
      genos_json_parse ("{\"s\":\"x\",\"i\":7,\"d\":7.0,\"n\":null,\"a\":[],\"b\":true}", -1, NULL);
  JsonObject *object = json_node_get_object (node);
  gint64 value;

  g_assert_cmpstr (genos_json_get_string (object, "s"), ==, "x");
  g_assert_true (genos_json_get_int (object, "i", 7, 7, &value));
  g_assert_cmpint (value, ==, 7);
  g_assert_false (genos_json_get_int (object, "i", 0, 6, &value));
  g_assert_false (genos_json_get_int (object, "i", 8, 9, &value));
  for (const char *name = "dnabx"; *name != '\0'; name++) {
    const char key[2] = { *name, '\0' };

    g_assert_null (genos_json_get_string (object, key));
    g_assert_false (genos_json_get_int (object, key, G_MININT64, G_MAXINT64, &value));
  }
  g_assert_null (genos_json_get_string (object, "i"));
  g_assert_false (genos_json_get_int (object, "s", G_MININT64, G_MAXINT64, &value));
}

static void
test_append (void)
{
  g_autoptr (GString) out = g_string_new ("=");

  genos_json_append_string (out, "a\"\\/\b\f\n\r\t\x01\x1f\x7f\xc3\xa9\xe2\x80\xa8<");
  g_assert_cmpstr (
      out->str, ==, "=\"a\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\xc3\xa9\xe2\x80\xa8<\"");
  g_string_truncate (out, 0);
  genos_json_append_string (out, "");
  g_assert_cmpstr (out->str, ==, "\"\"");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/json-text/good", test_good);
  g_test_add_func ("/wire/json-text/bad", test_bad);
  g_test_add_func ("/wire/json-text/nul", test_nul);
  g_test_add_func ("/wire/json-text/depth", test_depth);
  g_test_add_func ("/wire/json-text/values", test_values);
  g_test_add_func ("/wire/json-text/wide-integers", test_wide_integers);
  g_test_add_func ("/wire/json-text/access", test_access);
  g_test_add_func ("/wire/json-text/append", test_append);
  return g_test_run ();
}
