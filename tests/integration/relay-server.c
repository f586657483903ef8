/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "relay-fixture.h"

#define KIND 22650

typedef struct {
  GenosRelayServer *server;
  Client *a;
  Client *b;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->server = relay_new ();
  f->a = client_new (f->server);
  f->b = client_new (f->server);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  client_free (f->a);
  client_free (f->b);
  g_object_unref (f->server);
}

static void
assert_is_event (const char *text, const char *subscription, const GenosNip01Event *event)
{
  g_autofree char *expected = genos_nip01_message_event_for (subscription, event);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_passes_on (Fixture *f, gconstpointer data)
{
  g_autoptr (GenosNip01Event) event = signed_event (KIND, "t", "\"é\\\n\t\x01☃😀");
  g_autoptr (GenosNip01Event) other = signed_event (KIND + 1, "t", "");

  client_subscribe (f->a, "plain", KIND);
  client_subscribe (f->b, "s", KIND);
  client_publish (f->a, event);
  client_assert_ok (f->a, TRUE, "");
  assert_is_event (client_hear (f->a), "plain", event);
  assert_is_event (client_hear (f->b), "s", event);

  client_publish (f->a, event);
  client_assert_ok (f->a, TRUE, "duplicate:");
  client_publish (f->a, other);
  client_assert_ok (f->a, TRUE, "");
  client_subscribe (f->b, "again", KIND);
  g_assert_cmpuint (f->b->heard->len, ==, f->b->next);
}

static void
test_close_ends_it (Fixture *f, gconstpointer data)
{
  g_autoptr (GenosNip01Event) event = signed_event (KIND, "t", "");

  client_subscribe (f->a, "s", KIND);
  client_say (f->a, "[\"CLOSE\",\"s\"]");
  client_say (f->a, "[\"CLOSE\",\"never opened\"]");
  client_publish (f->a, event);
  client_assert_ok (f->a, TRUE, "");
  client_subscribe (f->a, "t", KIND + 1);
  g_assert_cmpuint (f->a->heard->len, ==, f->a->next);
}

static void
test_refuses_forgeries (Fixture *f, gconstpointer data)
{
  g_autoptr (GenosNip01Event) sig = signed_event (KIND, "t", "");
  g_autoptr (GenosNip01Event) id = signed_event (KIND, "t", "");
  g_autoptr (GenosNip01Event) kind = signed_event (1, "t", "");

  client_subscribe (f->b, "s", KIND);
  sig->sig[0] = sig->sig[0] == 'a' ? 'b' : 'a';
  client_publish (f->a, sig);
  client_assert_ok (f->a, FALSE, "invalid: bad signature");
  id->created_at++;
  client_publish (f->a, id);
  client_assert_ok (f->a, FALSE, "invalid: ");
  client_publish (f->a, kind);
  client_assert_ok (f->a, FALSE, "blocked: ");
  g_assert_cmpuint (relay_dropped (f->server), ==, 3);
  client_subscribe (f->b, "end", KIND);
  g_assert_cmpuint (f->b->heard->len, ==, f->b->next);
}

static void
test_vectors (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "vectors", "events.json", NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonArray *rows;

  g_object_set (f->server, "created-at-lower-limit", 0, "created-at-upper-limit", 0, NULL);
  g_assert_true (json_parser_load_from_file (parser, path, NULL));
  rows = json_node_get_array (json_parser_get_root (parser));
  for (guint i = 0; i < json_array_get_length (rows); i++) {
    JsonObject *row = json_array_get_object_element (rows, i);
    g_autofree char *event = json_to_string (json_object_get_member (row, "event"), FALSE);
    g_autofree char *text = g_strdup_printf ("[\"EVENT\",%s]", event);
    gboolean valid = json_object_get_boolean_member (row, "valid");

    g_autoptr (GenosNip01Message) answer = NULL;

    client_say (f->a, text);
    answer = client_read (f->a);
    /* An id that is none cannot be answered with OK. */
    g_assert_true (
        answer->type == GENOS_NIP01_OK || (!valid && answer->type == GENOS_NIP01_NOTICE));
    g_assert_true (answer->accepted == valid);
    g_assert_true (g_str_has_prefix (answer->text, valid ? "" : "invalid: "));
  }
}

static void
test_unreadable (Fixture *f, gconstpointer data)
{
  client_say (f->a, "[\"REQ\",\"sub\",{\"kinds\":\"x\"}]");
  client_assert_closed (f->a, "invalid: ");
  client_say (f->a,
      "[\"EVENT\",{\"id\":\"00000000000000000000000000000000"
      "00000000000000000000000000000001\"}]");
  client_assert_ok (f->a, FALSE, "invalid: ");
  client_say (f->a, "junk");
  g_assert_true (g_str_has_prefix (client_hear (f->a), "[\"NOTICE\",\"invalid: "));
  client_say (f->a, "[\"EOSE\",\"a\"]");
  g_assert_true (g_str_has_prefix (client_hear (f->a), "[\"NOTICE\",\"invalid: "));
  client_subscribe (f->a, "s", KIND);

  for (guint i = 0; i < 64; i++)
    client_say (f->b, "{");
  genos_test_wait_until (f->b->closed);
  g_assert_cmpuint (f->b->heard->len, ==, 32);
  genos_test_wait_until (relay_count (f->server) == 1);
}

static void
test_too_large (Fixture *f, gconstpointer data)
{
  g_autofree char *text = g_strnfill (300 * 1024, 'a');

  client_say (f->a, text);
  genos_test_wait_until (f->a->closed);
  g_assert_cmpuint (relay_dropped (f->server), ==, 1);
  client_subscribe (f->b, "s", KIND);
}

static void
test_subscription_limits (Fixture *f, gconstpointer data)
{
  g_object_set (f->server, "max-subscriptions", 2, "max-filters", 2, NULL);
  client_subscribe (f->a, "1", KIND);
  client_subscribe (f->a, "2", KIND);
  client_say (f->a, "[\"REQ\",\"3\",{}]");
  client_assert_closed (f->a, "rate-limited: ");
  client_subscribe (f->a, "2", KIND + 1);
  client_say (f->a, "[\"REQ\",\"2\",{},{},{}]");
  client_assert_closed (f->a, "invalid: ");
  client_subscribe (f->a, "3", KIND);
  client_subscribe (f->b, "1", KIND);
}

static void
test_rate_limit (Fixture *f, gconstpointer data)
{
  guint refused = 0;

  g_object_set (f->server, "max-events-per-second", 1, "event-burst", 5, NULL);
  for (guint i = 0; i < 10; i++) {
    g_autoptr (GenosNip01Event) event = signed_event (KIND, "t", "");

    client_publish (f->a, event);
  }
  for (guint i = 0; i < 10; i++) {
    g_autoptr (GenosNip01Message) ok = client_read (f->a);

    if (!ok->accepted) {
      g_assert_true (g_str_has_prefix (ok->text, "rate-limited: "));
      refused++;
    }
  }
  g_assert_cmpuint (refused, >=, 3);
  client_say (f->a, "[\"REQ\",\"s\",{}]");
  client_assert_closed (f->a, "rate-limited: ");
  client_subscribe (f->b, "s", KIND);
}

static void
test_connection_limit (Fixture *f, gconstpointer data)
{
  Client *third;

  g_object_set (f->server, "max-connections", 2, NULL);
  third = client_new (f->server);
  g_assert_true (third->failed);
  client_free (third);

  soup_websocket_connection_close (f->a->socket, 1000, NULL);
  genos_test_wait_until (relay_count (f->server) == 1);
  third = client_new (f->server);
  g_assert_false (third->failed);
  client_free (third);
}

static void
test_binary (Fixture *f, gconstpointer data)
{
  soup_websocket_connection_send_binary (f->a->socket, "\0\1", 2);
  g_assert_true (g_str_has_prefix (client_hear (f->a), "[\"NOTICE\",\"invalid: "));
}

static void
test_stop_and_listen_again (Fixture *f, gconstpointer data)
{
  g_autofree char *url = NULL;
  g_autoptr (GError) error = NULL;
  Client *again;

  genos_relay_server_stop (f->server);
  genos_test_wait_until (f->a->closed && f->b->closed);
  g_assert_null (genos_relay_server_dup_url (f->server));
  g_assert_true (genos_relay_server_listen (f->server, "::1", 0, &error)
      || genos_relay_server_listen (f->server, "127.0.0.1", 0, NULL));
  again = client_new (f->server);
  client_subscribe (again, "s", KIND);
  client_free (again);
}

static void
test_listen_errors (Fixture *f, gconstpointer data)
{
  g_autoptr (GenosRelayServer) second = genos_relay_server_new ();
  g_autofree char *url = genos_relay_server_dup_url (f->server);
  g_autoptr (GUri) uri = g_uri_parse (url, 0, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (genos_relay_server_listen (second, "nowhere", 0, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (genos_relay_server_listen (second, NULL, g_uri_get_port (uri), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_assert_null (genos_relay_server_dup_url (second));
}

/* A client that asks for everything and reads nothing, on a bare socket. */
static GSocketConnection *
connect_deaf (GenosRelayServer *server)
{
  static const char handshake[] =
      "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
      "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
      "Sec-WebSocket-Version: 13\r\n\r\n";
  /* ["REQ","s",{}] behind a masking key of zeros */
  static const char req[] = "\x81\x8e\0\0\0\0[\"REQ\",\"s\",{}]";
  g_autofree char *url = genos_relay_server_dup_url (server);
  g_autoptr (GUri) uri = g_uri_parse (url, 0, NULL);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  GSocketConnection *connection;
  GOutputStream *out;

  connection =
      g_socket_client_connect_to_host (client, "127.0.0.1", g_uri_get_port (uri), NULL, NULL);
  g_assert_nonnull (connection);
  out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_assert_true (
      g_output_stream_write_all (out, handshake, sizeof handshake - 1, NULL, NULL, NULL));
  genos_test_wait_until (relay_count (server) == 3);
  g_assert_true (g_output_stream_write_all (out, req, sizeof req - 1, NULL, NULL, NULL));
  return connection;
}

static void
test_deaf_client (Fixture *f, gconstpointer data)
{
  g_autofree char *content = g_strnfill (64 * 1024, 'a');
  g_autoptr (GSocketConnection) deaf = NULL;
  guint sent = 0;

  g_object_set (f->server, "max-pending", 256 * 1024, "max-events-per-second", 0, NULL);
  deaf = connect_deaf (f->server);
  while (relay_dropped (f->server) == 0 && sent < 1000) {
    g_autoptr (GenosNip01Event) event = signed_event (KIND, "t", content);

    client_publish (f->a, event);
    client_assert_ok (f->a, TRUE, "");
    sent++;
  }
  g_assert_cmpuint (relay_dropped (f->server), ==, 1);
  genos_test_wait_until (relay_count (f->server) == 2);
  client_subscribe (f->b, "s", KIND);
}

/* Fragments of a message that never ends. */
static void
test_endless_fragments (Fixture *f, gconstpointer data)
{
  g_autoptr (GSocketConnection) raw = connect_deaf (f->server);
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (raw));
  g_autofree guint8 *frame = g_malloc0 (8 + 60000);
  gsize total = 0;

  g_socket_set_blocking (g_socket_connection_get_socket (raw), TRUE);
  frame[0] = 0x01;
  frame[1] = 0x80 | 126;
  frame[2] = 60000 >> 8;
  frame[3] = 60000 & 0xff;
  memset (frame + 8, 'a', 60000);
  while (relay_count (f->server) == 3 && total < 64 * 1024 * 1024) {
    gssize put = g_pollable_output_stream_write_nonblocking (
        G_POLLABLE_OUTPUT_STREAM (out), frame, 8 + 60000, NULL, NULL);

    /* A part of a frame would be the start of another test. */
    if (put > 0 && put < 8 + 60000)
      g_output_stream_write_all (out, frame + put, 8 + 60000 - put, NULL, NULL, NULL);
    if (put > 0)
      total += put;
    frame[0] = 0x00;
    g_main_context_iteration (NULL, FALSE);
    g_main_context_iteration (NULL, FALSE);
  }
  g_assert_cmpuint (relay_count (f->server), ==, 2);
  g_assert_cmpuint (total, <, 16 * 1024 * 1024);
  client_subscribe (f->b, "s", KIND);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test) (Fixture *, gconstpointer);
  } tests[] = {
    { "/relay-server/passes-on", test_passes_on },
    { "/relay-server/close-ends-it", test_close_ends_it },
    { "/relay-server/refuses-forgeries", test_refuses_forgeries },
    { "/relay-server/vectors", test_vectors },
    { "/relay-server/unreadable", test_unreadable },
    { "/relay-server/too-large", test_too_large },
    { "/relay-server/subscription-limits", test_subscription_limits },
    { "/relay-server/rate-limit", test_rate_limit },
    { "/relay-server/connection-limit", test_connection_limit },
    { "/relay-server/binary", test_binary },
    { "/relay-server/stop-and-listen-again", test_stop_and_listen_again },
    { "/relay-server/listen-errors", test_listen_errors },
    { "/relay-server/deaf-client", test_deaf_client },
    { "/relay-server/endless-fragments", test_endless_fragments },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
