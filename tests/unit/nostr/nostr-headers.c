/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-headers.h>

#include <string.h>

static void
append (const char *name, const char *value, gpointer user_data)
{
  g_string_append_printf (user_data, "<%s=%s>", name, value);
}

static char *
headers_of (const char *text, const char *url)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GenosNostrHeaders) headers = genos_nostr_headers_parse (text, &error);
  GString *out = g_string_new (NULL);

  g_assert_no_error (error);
  genos_nostr_headers_foreach (headers, url, append, out);
  return g_string_free (out, FALSE);
}

static void
test_each_to_its_relay (void)
{
  const char *text = "wss://a.example|Authorization: Bearer x:y|z || wss://b.example/p|X-Key:\tb\n"
                     "wss://a.example/|X-Room: 1";
  g_autofree char *of_a = headers_of (text, "wss://A.example:443/");
  g_autofree char *of_a_http = headers_of (text, "https://a.example");
  g_autofree char *of_a_plain = headers_of (text, "ws://a.example");
  g_autofree char *of_b = headers_of (text, "wss://b.example/p");
  g_autofree char *of_b_root = headers_of (text, "wss://b.example/");
  g_autofree char *of_nothing = headers_of (text, "nonsense");

  g_assert_cmpstr (of_a, ==, "<Authorization=Bearer x:y|z><X-Room=1>");
  g_assert_cmpstr (of_a_http, ==, of_a);
  g_assert_cmpstr (of_a_plain, ==, "");
  g_assert_cmpstr (of_b, ==, "<X-Key=b>");
  g_assert_cmpstr (of_b_root, ==, "");
  g_assert_cmpstr (of_nothing, ==, "");
}

static void
test_none (void)
{
  static const char *const texts[] = { NULL, "", " \n || \n" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree char *none = headers_of (texts[i], "wss://a.example");

    g_assert_cmpstr (none, ==, "");
  }
}

/* Whatever of an entry could be a secret is in no error. */
static void
test_refused (void)
{
  static const char *const bad[] = {
    "secret",
    "secret: secret",
    "wss://a.example",
    "wss://a.example|secret",
    "|X: secret",
    "a.example|X: secret",
    "wss://a.example|: secret",
    "wss://a.example|X Y: secret",
    "wss://a.example|X\x01: secret",
    "wss://a.example|X: secret\rHost: evil",
    "wss://a.example|X: secret\x7f",
    "wss://a.example|X: secret\xc3\xa9",
    "wss://a.example|Host: secret",
    "wss://a.example|upgrade: secret",
    "wss://a.example|Sec-WebSocket-Key: secret",
    "wss://a.example|Proxy-Authorization: secret",
    "wss://a.example|Transfer-Encoding: secret",
    "wss://a.example|X: fine||wss://a.example|Content-Length: secret",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (genos_nostr_headers_parse (bad[i], &error));
    g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
    g_test_message ("%s", error->message);
    g_assert_null (strstr (error->message, "secret"));
    g_assert_nonnull (strstr (error->message, "relay-headers"));
  }
}

static void
test_bounds (void)
{
  g_autofree char *value = g_strnfill (GENOS_NOSTR_HEADER_VALUE_MAX + 1, 'a');
  g_autofree char *long_one = g_strconcat ("wss://a.example|X: ", value, NULL);
  g_autoptr (GString) many = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (genos_nostr_headers_parse (long_one, NULL));
  long_one[strlen (long_one) - 1] = '\0';
  g_free (headers_of (long_one, "wss://a.example"));

  for (guint i = 0; i < GENOS_NOSTR_HEADERS_MAX; i++)
    g_string_append (many, "wss://a.example|X: 1\n");
  g_free (headers_of (many->str, "wss://a.example"));
  g_string_append (many, "wss://a.example|X: 1\n");
  g_assert_null (genos_nostr_headers_parse (many->str, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nostr/nostr-headers/each-to-its-relay", test_each_to_its_relay);
  g_test_add_func ("/nostr/nostr-headers/none", test_none);
  g_test_add_func ("/nostr/nostr-headers/refused", test_refused);
  g_test_add_func ("/nostr/nostr-headers/bounds", test_bounds);
  return g_test_run ();
}
