/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/signalling/relay-list.h>

#include <string.h>

static char *
joined (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) relays = genos_relay_list_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  return g_strjoinv (" ", relays);
}

static void
test_normalized (void)
{
  g_autofree char *relays = joined ("[\"wss://Relay.damus.io/\", \"wss://nos.lol\",\n"
                                    "\"wss://relay.damus.io:443\", \"wss://yabu.me/v2\"]");

  g_assert_cmpstr (relays, ==, "wss://relay.damus.io wss://nos.lol wss://yabu.me/v2");
}

/* The second version of nostr.watch's interface, in its short form and in others. */
static void
test_paged (void)
{
  g_autofree char *simple = joined ("{\"relays\":[\"wss://nos.lol\",\"wss://yabu.me/"
                                    "v2\"],\"total\":2,\"limit\":200,\"offset\":0}");
  g_autofree char *detailed = joined (
      "{\"relays\":[{\"relayUrl\":\"wss://nos.lol\",\"rtt\":{}},{\"url\":\"wss://yabu.me/v2\"}]}");

  g_assert_cmpstr (simple, ==, "wss://nos.lol wss://yabu.me/v2");
  g_assert_cmpstr (detailed, ==, simple);
}

static void
test_unwelcome_entries_are_left_out (void)
{
  g_autofree char *relays = joined (
      "[\"ws://nos.lol\",\"wss://127.0.0.1\",\"wss://10.0.0.1:7777\",\"wss://[fd00::1]\","
      "\"wss://localhost\",\"wss://router.lan\",\"wss://u:p@nos.lol\",\"\",\"wss://nos.lol#x\","
      "\"javascript:alert(1)\",\"https://nos.lol\",\"wss://good.example.org\"]");

  g_assert_cmpstr (relays, ==, "wss://good.example.org");
}

static void
check_refused (const char *text, gsize size, GenosError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (genos_relay_list_parse (text, size, &error));
  g_assert_error (error, GENOS_ERROR, code);
  g_test_message ("%s", error->message);
}

static void
test_no_list (void)
{
  static const char *const bad[] = { "", "null", "{}", "[]", "\"wss://nos.lol\"", "[1]", "[null]",
    "[\"wss://nos.lol\",7]", "[[\"wss://nos.lol\"]]", "[\"wss://127.0.0.1\"]", "<html>",
    "[\"wss://nos.lol\"", "{\"relays\":7}", "{\"relays\":[{}]}", "{\"relays\":[{\"url\":7}]}",
    "{\"list\":[\"wss://nos.lol\"]}" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    check_refused (bad[i], strlen (bad[i]), GENOS_ERROR_PROTOCOL);
}

static void
test_truncated (void)
{
  static const char text[] = "[\"wss://nos.lol\",\"wss://yabu.me/v2\"]";

  for (gsize size = 0; size < strlen (text); size++)
    check_refused (text, size, GENOS_ERROR_PROTOCOL);
}

static void
test_bounds (void)
{
  g_autofree char *large = g_strnfill (GENOS_RELAY_LIST_MAX_SIZE + 1, ' ');
  g_autoptr (GString) many = g_string_new ("[");
  g_auto (GStrv) relays = NULL;

  check_refused (large, GENOS_RELAY_LIST_MAX_SIZE + 1, GENOS_ERROR_LIMIT);
  for (guint i = 0; i < GENOS_RELAY_LIST_MAX + 10; i++)
    g_string_append_printf (many, "%s\"wss://r%u.example.org\"", i > 0 ? "," : "", i);
  g_string_append_c (many, ']');
  relays = genos_relay_list_parse (many->str, many->len, NULL);
  g_assert_cmpuint (g_strv_length (relays), ==, GENOS_RELAY_LIST_MAX);
}

/* --- the file --- */

static GenosRelayList *
sample (void)
{
  static const char text[] = "[\"wss://nos.lol\",\"wss://yabu.me/v2\"]";
  GenosRelayList *list = genos_relay_list_new ("https://lists.example.org/a\"b");

  list->asked = 1795372095;
  list->fetched = 1795372000;
  g_strfreev (list->relays);
  list->relays = genos_relay_list_parse (text, strlen (text), NULL);
  return list;
}

static void
test_kept (void)
{
  g_autoptr (GenosRelayList) list = sample ();
  g_autofree char *text = genos_relay_list_save (list);
  g_autoptr (GError) error = NULL;
  g_autoptr (GenosRelayList) again = genos_relay_list_load (text, strlen (text), &error);

  g_assert_no_error (error);
  g_assert_cmpstr (again->source, ==, list->source);
  g_assert_cmpint (again->asked, ==, list->asked);
  g_assert_cmpint (again->fetched, ==, list->fetched);
  g_assert_true (
      g_strv_equal ((const char *const *) again->relays, (const char *const *) list->relays));
}

static void
test_kept_empty (void)
{
  g_autoptr (GenosRelayList) list = genos_relay_list_new ("https://lists.example.org");
  g_autofree char *text = genos_relay_list_save (list);
  g_autoptr (GenosRelayList) again = genos_relay_list_load (text, strlen (text), NULL);

  g_assert_nonnull (again);
  g_assert_cmpuint (g_strv_length (again->relays), ==, 0);
}

/* Whatever is done to a file, what comes out of it is fit for use. */
static void
test_damaged_file (void)
{
  g_autoptr (GenosRelayList) list = sample ();
  g_autofree char *text = genos_relay_list_save (list);
  gsize size = strlen (text);

  for (gsize n = 0; n + 1 < size; n++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (genos_relay_list_load (text, n, &error));
    g_assert_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL);
  }
  for (gsize i = 0; i < size * 8; i++) {
    GenosRelayList *flipped;

    text[i / 8] ^= 1 << i % 8;
    flipped = genos_relay_list_load (text, size, NULL);
    if (flipped != NULL) {
      g_assert_cmpint (flipped->asked, >=, 0);
      g_assert_cmpuint (g_strv_length (flipped->relays), <=, 2);
    }
    g_clear_pointer (&flipped, genos_relay_list_free);
    text[i / 8] ^= 1 << i % 8;
  }
}

static void
test_file_of_strangers (void)
{
  static const char *const bad[] = {
    "[]",
    "{}",
    "{\"version\":2,\"source\":\"x\",\"asked\":0,\"fetched\":0,\"relays\":[]}",
    "{\"version\":1,\"source\":7,\"asked\":0,\"fetched\":0,\"relays\":[]}",
    "{\"version\":1,\"source\":\"x\",\"asked\":-1,\"fetched\":0,\"relays\":[]}",
    "{\"version\":1,\"source\":\"x\",\"asked\":0,\"fetched\":0,\"relays\":{}}",
    "{\"version\":1,\"source\":\"x\",\"asked\":0,\"fetched\":0,\"relays\":[0]}",
  };
  static const char evil[] = "{\"version\":1,\"source\":\"x\",\"asked\":0,\"fetched\":0,"
                             "\"relays\":[\"wss://192.168.0.1\"]}";
  g_autoptr (GenosRelayList) list = genos_relay_list_load (evil, strlen (evil), NULL);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (genos_relay_list_load (bad[i], strlen (bad[i]), NULL));
  g_assert_cmpuint (g_strv_length (list->relays), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signalling/relay-list/normalized", test_normalized);
  g_test_add_func ("/signalling/relay-list/paged", test_paged);
  g_test_add_func ("/signalling/relay-list/unwelcome-entries", test_unwelcome_entries_are_left_out);
  g_test_add_func ("/signalling/relay-list/no-list", test_no_list);
  g_test_add_func ("/signalling/relay-list/truncated", test_truncated);
  g_test_add_func ("/signalling/relay-list/bounds", test_bounds);
  g_test_add_func ("/signalling/relay-list/kept", test_kept);
  g_test_add_func ("/signalling/relay-list/kept-empty", test_kept_empty);
  g_test_add_func ("/signalling/relay-list/damaged-file", test_damaged_file);
  g_test_add_func ("/signalling/relay-list/file-of-strangers", test_file_of_strangers);
  return g_test_run ();
}
