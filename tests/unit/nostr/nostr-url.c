/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-url.h>

static void
test_one_form (void)
{
  static const struct {
    const char *url;
    const char *normal;
  } rows[] = {
    { "wss://relay.example", "wss://relay.example" },
    { "WSS://Relay.Example:443/", "wss://relay.example" },
    { "ws://relay.example:80", "ws://relay.example" },
    { "ws://relay.example:443", "ws://relay.example:443" },
    { "wss://relay.example/v2", "wss://relay.example/v2" },
    { "wss://relay.example/V2/?a=B", "wss://relay.example/V2/?a=B" },
    { "wss://relay.example/?a=B", "wss://relay.example?a=B" },
    { "ws://[::1]:7777/", "ws://[::1]:7777" },
    { "ws://127.0.0.1:7777", "ws://127.0.0.1:7777" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *normal = genos_nostr_url_normalize (rows[i].url);
    g_autofree char *again = NULL;

    g_assert_cmpstr (normal, ==, rows[i].normal);
    again = genos_nostr_url_normalize (normal);
    g_assert_cmpstr (again, ==, normal);
  }
}

static void
test_no_relay (void)
{
  static const char *const bad[] = { "", "relay.example", "http://relay.example", "ws://",
    "wss:///path", "wss://a#b", "ws://a:0", "ws://a:99999", "ws://a b", "ws://a\nb", "ws://a\x7f",
    "wss://user@relay.example", "wss://user:secret@relay.example", "wss://\xff\xfe", "wss://[::1",
    "file:///etc/passwd" };
  g_autofree char *path = g_strnfill (GENOS_NOSTR_URL_MAX, 'a');
  g_autofree char *endless = g_strconcat ("wss://relay.example/", path, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (genos_nostr_url_normalize (bad[i]));
  g_assert_null (genos_nostr_url_normalize (endless));
}

static void
test_over_http (void)
{
  g_autofree char *plain = genos_nostr_url_normalize_http ("ws://Relay.example:80/x");
  g_autofree char *secure = genos_nostr_url_normalize_http ("wss://relay.example:443");
  g_autofree char *same = genos_nostr_url_normalize_http ("https://relay.example/");

  g_assert_cmpstr (plain, ==, "http://relay.example/x");
  g_assert_cmpstr (secure, ==, "https://relay.example");
  g_assert_cmpstr (same, ==, secure);
  g_assert_null (genos_nostr_url_normalize_http ("ftp://relay.example"));
}

static void
test_public (void)
{
  static const char *const good[] = { "wss://relay.damus.io", "wss://yabu.me/v2",
    "wss://a-b.example.org:8443", "wss://xn--nxasmq6b.example.com" };
  static const char *const bad[] = { "ws://relay.damus.io", "https://relay.damus.io",
    "wss://127.0.0.1", "wss://10.0.0.1", "wss://192.168.1.1:7777", "wss://[::1]", "wss://[fe80::1]",
    "wss://8.8.8.8", "wss://127.1", "wss://2130706433", "wss://0x7f000001", "wss://0x7f.1",
    "wss://localhost", "wss://x.localhost", "wss://printer.local", "wss://router.lan",
    "wss://nas.home.arpa", "wss://relay", "wss://abc.onion", "wss://a..b.org", "wss://-a.org",
    "wss://a_b.org", "wss://relay.example.org.", "wss://.org", "wss://a%2f@127.0.0.1",
    "wss://user:pw@relay.damus.io", "nonsense" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (genos_nostr_url_is_public (good[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_test_message ("%s", bad[i]);
    g_assert_false (genos_nostr_url_is_public (bad[i]));
  }
}

static void
test_operator (void)
{
  static const struct {
    const char *url;
    const char *operator;
  } rows[] = {
    { "wss://relay.nostr.example.com/x", "example.com" },
    { "wss://example.com", "example.com" },
    { "wss://relay.example.co.uk", "example.co.uk" },
    { "wss://relay.yabu.me", "yabu.me" },
    { "ws://127.0.0.1:7777", "127.0.0.1" },
    { "ws://localhost", "localhost" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *operator= genos_nostr_url_operator (rows[i].url);

    g_assert_cmpstr (operator, ==, rows[i].operator);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nostr/nostr-url/one-form", test_one_form);
  g_test_add_func ("/nostr/nostr-url/no-relay", test_no_relay);
  g_test_add_func ("/nostr/nostr-url/over-http", test_over_http);
  g_test_add_func ("/nostr/nostr-url/public", test_public);
  g_test_add_func ("/nostr/nostr-url/operator", test_operator);
  return g_test_run ();
}
