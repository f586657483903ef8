/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/base/error.h>
#include <genos/transport/ice-server.h>

#include <string.h>

static void
check_uri (const char *text, const char *wanted)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) servers = genos_turn_servers_parse (text, FALSE, &error);
  g_autofree char *uri = NULL;

  g_test_message ("%s", text);
  g_assert_no_error (error);
  g_assert_cmpuint (servers->len, ==, 1);
  uri = genos_turn_server_to_uri (g_ptr_array_index (servers, 0));
  g_assert_cmpstr (uri, ==, wanted);
}

static void
test_turn (void)
{
  check_uri ("turn://u:p@example.org", "turn://u:p@example.org:3478");
  check_uri ("turn:u:p@example.org:5000", "turn://u:p@example.org:5000");
  check_uri ("turn://u:p@example.org?transport=udp", "turn://u:p@example.org:3478?transport=udp");
  check_uri ("turn://u:p@example.org/?transport=tcp", "turn://u:p@example.org:3478?transport=tcp");
  check_uri ("turns://u:p@example.org", "turns://u:p@example.org:5349");
  check_uri ("turns:u:p@example.org:443?transport=tcp", "turns://u:p@example.org:443");
  check_uri ("turn://a%3Ab:c%2Fd%40e%2C@192.0.2.1", "turn://a%3Ab:c%2Fd%40e%2C@192.0.2.1:3478");
  check_uri ("turn://u:p@[2001:db8::1]:80", "turn://u:p@[2001:db8::1]:80");
}

static void
test_several (void)
{
  g_autoptr (GPtrArray) servers =
      genos_turn_servers_parse (" turn://u:p@one , turns://u:p@two,", FALSE, NULL);
  g_autoptr (GPtrArray) none = genos_turn_servers_parse (NULL, FALSE, NULL);
  const GenosTurnServer *second;

  g_assert_cmpuint (servers->len, ==, 2);
  second = g_ptr_array_index (servers, 1);
  g_assert_cmpstr (second->host, ==, "two");
  g_assert_true (second->tls);
  g_assert_cmpuint (none->len, ==, 0);
}

/* Each is told by its number, and never with what may be a password. */
static void
test_unusable (void)
{
  const struct {
    const char *text, *word;
  } rows[] = {
    { "turn://hush:hush@ok,example.org", "entry 2" },
    { "http://hush:hush@example.org", "neither turn" },
    { "turn://hush:hush@", "host" },
    { "turn://hush:hush@example.org/path", "host" },
    { "turn://hush:hush@example.org:0", "host" },
    { "turn://hush:hush@example.org#x", "host" },
    { "turn://hush:hush@example.org:99999", "entry 1" },
    { "turn://hush:h%zzush@example.org", "entry 1" },
    { "turn://hush@example.org", "no password" },
    { "turn://hush:@example.org", "no password" },
    { "turn://example.org", "turn-secret" },
    { "turn://hush:hush@example.org?transport=sctp", "transport=udp" },
    { "turn://hush:hush@example.org?x=y", "transport=udp" },
    { "turns://hush:hush@example.org?transport=udp", "DTLS" },
    { "turn://u:p@a,turn://u:p@a,turn://u:p@a,turn://u:p@a,turn://u:p@a,turn://u:p@a,turn://u:p@a,"
      "turn://u:p@a,turn://u:p@a",
        "8 are the most" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", rows[i].text);
    g_assert_null (genos_turn_servers_parse (rows[i].text, FALSE, &error));
    g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
    g_assert_nonnull (strstr (error->message, rows[i].word));
    g_assert_null (strstr (error->message, "hush"));
  }
}

/* The expected value is from: printf %s 1700000000:abc | openssl dgst -sha1 -hmac north/pole
 * -binary | base64 */
static void
test_secret (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) servers = genos_turn_servers_parse ("turn://example.org", TRUE, &error);
  GenosTurnServer *server;

  g_assert_no_error (error);
  server = g_ptr_array_index (servers, 0);
  g_assert_null (server->user);
  genos_turn_server_sign (server, "north/pole", "abc", 1700000000);
  g_assert_cmpstr (server->user, ==, "1700000000:abc");
  g_assert_cmpstr (server->password, ==, "AgHIv05+9hYYe0YRf/Ya+0IRvN8=");
  genos_turn_server_sign (server, "other", "abc", 1700000000);
  g_assert_cmpstr (server->password, !=, "AgHIv05+9hYYe0YRf/Ya+0IRvN8=");
}

static void
test_stun (void)
{
  const struct {
    const char *text, *wanted;
  } good[] = {
    { "stun://example.org:19302", "stun://example.org:19302" },
    { "stun:example.org", "stun://example.org:3478" },
    { "stun://[2001:db8::1]", "stun://[2001:db8::1]:3478" },
    { "none", NULL },
    { "", NULL },
    { NULL, NULL },
  };
  static const char *const bad[] = { "example.org", "stun://", "stun://u:p@example.org",
    "stun://example.org/x", "stun://example.org:0", "turn://example.org", "stun:", "stuns://a" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *uri = genos_stun_server_parse (good[i].text, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (uri, ==, good[i].wanted);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", bad[i]);
    g_assert_null (genos_stun_server_parse (bad[i], &error));
    g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
  }
}

static void
test_same_server (void)
{
  const struct {
    const char *turn, *stun;
    gboolean same;
  } rows[] = {
    { "turn://u:p@a", "stun://a:3478", TRUE },
    { "turn://u:p@a?transport=udp", "stun:a", TRUE },
    { "turn://u:p@a?transport=tcp", "stun:a", FALSE },
    { "turns://u:p@a:3478", "stun:a", FALSE },
    { "turn://u:p@a", "stun:a:3479", FALSE },
    { "turn://u:p@b", "stun:a", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GPtrArray) servers = genos_turn_servers_parse (rows[i].turn, FALSE, NULL);
    g_autofree char *stun = genos_stun_server_parse (rows[i].stun, NULL);

    g_test_message ("%s and %s", rows[i].turn, rows[i].stun);
    g_assert_cmpint (
        genos_turn_server_answers_stun (g_ptr_array_index (servers, 0), stun), ==, rows[i].same);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/ice-server/turn", test_turn);
  g_test_add_func ("/transport/ice-server/several", test_several);
  g_test_add_func ("/transport/ice-server/unusable", test_unusable);
  g_test_add_func ("/transport/ice-server/secret", test_secret);
  g_test_add_func ("/transport/ice-server/same-server", test_same_server);
  g_test_add_func ("/transport/ice-server/stun", test_stun);
  return g_test_run ();
}
