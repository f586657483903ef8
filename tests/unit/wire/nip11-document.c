/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/nip11-document.h>

#include <string.h>

#include <genos/base/error.h>

/* Of the kind that relays in the field serve. */
static const char whole[] =
    "{\"name\":\"relay.example\",\"description\":\"caf\u00e9\",\"software\":\"strfry\","
    "\"version\":\"1.0\",\"supported_nips\":[1,11,42],\"limitation\":{"
    "\"max_message_length\":131072,\"max_subscriptions\":200,\"max_limit\":500,"
    "\"max_subid_length\":71,\"max_event_tags\":2000,\"max_content_length\":8196,"
    "\"min_pow_difficulty\":12,\"auth_required\":true,\"payment_required\":true,"
    "\"restricted_writes\":true,\"created_at_lower_limit\":94608000,"
    "\"created_at_upper_limit\":900},\"fees\":{\"admission\":[{\"amount\":1000}]}}";

static GenosNip11Document *
parse (const char *text)
{
  return genos_nip11_document_parse (text, strlen (text), NULL);
}

static void
test_whole (void)
{
  g_autoptr (GenosNip11Document) document = parse (whole);

  g_assert_nonnull (document);
  g_assert_cmpstr (document->name, ==, "relay.example");
  g_assert_cmpstr (document->software, ==, "strfry");
  g_assert_cmpstr (document->version, ==, "1.0");
  g_assert_cmpint (document->max_message_length, ==, 131072);
  g_assert_cmpint (document->max_subscriptions, ==, 200);
  g_assert_cmpint (document->max_subid_length, ==, 71);
  g_assert_cmpint (document->max_event_tags, ==, 2000);
  g_assert_cmpint (document->max_content_length, ==, 8196);
  g_assert_cmpint (document->min_pow_difficulty, ==, 12);
  g_assert_cmpint (document->created_at_lower_limit, ==, 94608000);
  g_assert_cmpint (document->created_at_upper_limit, ==, 900);
  g_assert_true (document->auth_required);
  g_assert_true (document->payment_required);
  g_assert_true (document->restricted_writes);
}

/* Careless relays: each counts as having said nothing. */
static void
test_careless (void)
{
  static const char *const texts[] = {
    "{}",
    "{\"limitation\":null}",
    "{\"limitation\":[1]}",
    "{\"limitation\":{\"max_message_length\":\"131072\"}}",
    "{\"limitation\":{\"max_message_length\":-1}}",
    "{\"limitation\":{\"max_message_length\":0}}",
    "{\"limitation\":{\"max_message_length\":1e3}}",
    "{\"limitation\":{\"max_message_length\":9223372036854775807}}",
    "{\"limitation\":{\"max_message_length\":{}},\"name\":7,\"software\":{}}",
    "{\"limitation\":{\"auth_required\":\"true\",\"payment_required\":1}}",
    "{\"name\":\"\",\"version\":null}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GenosNip11Document) document = parse (texts[i]);

    g_assert_nonnull (document);
    g_assert_cmpint (document->max_message_length, ==, 0);
    g_assert_false (document->auth_required);
    g_assert_false (document->payment_required);
    g_assert_null (document->name);
    g_assert_null (document->software);
    g_assert_null (document->version);
  }
}

static void
test_no_document (void)
{
  static const char *const texts[] = { "", "[]", "null", "7", "\"x\"", "<html>", "{", "{}x",
    "{\"limitation\":{\"max_subscriptions\":99999999999999999999}}" };
  g_autofree char *deep = g_strnfill (1000, '[');

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (genos_nip11_document_parse (texts[i], strlen (texts[i]), &error));
    g_assert_nonnull (error);
  }
  g_assert_null (parse (deep));
}

static void
test_bounds (void)
{
  g_autofree char *filler = g_strnfill (GENOS_NIP11_MAX_TEXT - 1, 'a');
  g_autofree char *named = g_strdup_printf ("{\"name\":\"%s\u00e9\u00e9\"}", filler);
  g_autofree char *spaces = g_strnfill (GENOS_NIP11_MAX_SIZE, ' ');
  g_autofree char *large = g_strconcat (spaces, "{}", NULL);
  g_autoptr (GenosNip11Document) document = parse (named);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (document);
  g_assert_cmpstr (document->name, ==, filler);
  g_assert_null (genos_nip11_document_parse (large, strlen (large), &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT);
  spaces[GENOS_NIP11_MAX_SIZE - 2] = '{';
  spaces[GENOS_NIP11_MAX_SIZE - 1] = '}';
  g_clear_pointer (&document, genos_nip11_document_free);
  document = genos_nip11_document_parse (spaces, GENOS_NIP11_MAX_SIZE, NULL);
  g_assert_nonnull (document);
}

static void
test_truncated (void)
{
  for (gsize len = 0; len < strlen (whole); len++) {
    g_autofree char *cut = g_strndup (whole, len);
    g_autoptr (GError) error = NULL;

    g_assert_null (genos_nip11_document_parse (cut, len, &error));
    g_assert_nonnull (error);
  }
}

/* Whatever comes out of a flipped bit is within bounds. */
static void
test_flipped (void)
{
  for (gsize i = 0; i < 8 * strlen (whole); i++) {
    g_autofree char *text = g_strdup (whole);
    g_autoptr (GenosNip11Document) document = NULL;

    text[i / 8] ^= (char) (1 << i % 8);
    document = genos_nip11_document_parse (text, strlen (whole), NULL);
    if (document == NULL)
      continue;
    g_assert_cmpint (document->max_message_length, >=, 0);
    g_assert_cmpint (document->max_message_length, <=, G_MAXINT32);
    g_assert_cmpint (document->min_pow_difficulty, <=, 256);
    g_assert_true (document->name == NULL || g_utf8_validate (document->name, -1, NULL));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/nip11-document/whole", test_whole);
  g_test_add_func ("/wire/nip11-document/careless", test_careless);
  g_test_add_func ("/wire/nip11-document/no-document", test_no_document);
  g_test_add_func ("/wire/nip11-document/bounds", test_bounds);
  g_test_add_func ("/wire/nip11-document/truncated", test_truncated);
  g_test_add_func ("/wire/nip11-document/flipped", test_flipped);
  return g_test_run ();
}
