/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "relay-fixture.h"

#define KIND 22650

static GTlsCertificate *
load (const char *name)
{
  g_autofree char *certificate_name = g_strconcat (name, ".pem", NULL);
  g_autofree char *key_name = g_strconcat (name, "-key.pem", NULL);
  g_autofree char *certificate =
      g_test_build_filename (G_TEST_DIST, "integration", "tls", certificate_name, NULL);
  g_autofree char *key = g_test_build_filename (G_TEST_DIST, "integration", "tls", key_name, NULL);
  g_autoptr (GError) error = NULL;
  GTlsCertificate *pair = g_tls_certificate_new_from_files (certificate, key, &error);

  g_assert_no_error (error);
  return pair;
}

static GenosRelayServer *
tls_relay_new (const char *name)
{
  GenosRelayServer *server = relay_new ();
  g_autoptr (GTlsCertificate) certificate = load (name);

  g_object_set (server, "tls-certificate", certificate, NULL);
  return server;
}

static gboolean
on_accept (SoupMessage *message, GTlsCertificate *certificate, GTlsCertificateFlags errors,
    gpointer expected)
{
  return g_tls_certificate_is_same (certificate, expected);
}

/* A client that takes that one certificate and no other. */
static Client *
tls_client_new (GenosRelayServer *server, GTlsCertificate *expected)
{
  g_autofree char *url = genos_relay_server_dup_url (server);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", url);
  Client *client = g_new0 (Client, 1);

  g_assert_true (g_str_has_prefix (url, "wss://"));
  client->session = soup_session_new ();
  client->heard = g_ptr_array_new_with_free_func (g_free);
  g_signal_connect (message, "accept-certificate", G_CALLBACK (on_accept), expected);
  soup_session_websocket_connect_async (
      client->session, message, NULL, NULL, 0, NULL, on_client_connected, client);
  genos_test_wait_for (client->socket != NULL || client->failed, 60);
  if (client->socket != NULL) {
    g_signal_connect (client->socket, "message", G_CALLBACK (on_client_message), client);
    g_signal_connect (client->socket, "closed", G_CALLBACK (on_client_closed), client);
  }
  return client;
}

static void
test_talk (void)
{
  g_autoptr (GenosRelayServer) server = tls_relay_new ("first");
  g_autoptr (GTlsCertificate) expected = load ("first");
  g_autofree char *content = g_strnfill (100 * 1024, 'a');
  g_autoptr (GenosNip01Event) event = signed_event (KIND, "t", content);
  Client *client = tls_client_new (server, expected);

  g_assert_false (client->failed);
  client_subscribe (client, "s", KIND);
  client_publish (client, event);
  client_assert_ok (client, TRUE, "");
  g_assert_cmpuint (strlen (client_hear (client)), >, 100 * 1024);
  genos_relay_server_drain (server);
  genos_test_wait_for (client->closed, 60);
  g_assert_cmpuint (soup_websocket_connection_get_close_code (client->socket), ==, 1001);
  client_free (client);
}

/* A new certificate is for who comes then; who is there stays. */
static void
test_renewed (void)
{
  g_autoptr (GenosRelayServer) server = tls_relay_new ("first");
  g_autoptr (GTlsCertificate) first = load ("first");
  g_autoptr (GTlsCertificate) second = load ("second");
  Client *old = tls_client_new (server, first);
  Client *wrong;
  Client *new;

  g_object_set (server, "tls-certificate", second, NULL);
  wrong = tls_client_new (server, first);
  g_assert_true (wrong->failed);
  new = tls_client_new (server, second);
  g_assert_false (new->failed);
  client_subscribe (new, "s", KIND);
  client_subscribe (old, "s", KIND);
  client_free (old);
  client_free (wrong);
  client_free (new);
}

static GSocketConnection *
connect_bare (GenosRelayServer *server)
{
  g_autofree char *url = genos_relay_server_dup_url (server);
  g_autoptr (GUri) uri = g_uri_parse (url, 0, NULL);
  g_autoptr (GSocketClient) client = g_socket_client_new ();

  return g_socket_client_connect_to_host (client, "127.0.0.1", g_uri_get_port (uri), NULL, NULL);
}

static gboolean
has_ended (GSocketConnection *connection)
{
  char byte;
  gssize n = g_pollable_input_stream_read_nonblocking (
      G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (G_IO_STREAM (connection))), &byte, 1,
      NULL, NULL);

  return n == 0;
}

/* Who speaks no TLS, or begins and does not go on, holds up nobody and is sent away. */
static void
test_half_open (void)
{
  g_autoptr (GenosRelayServer) server = tls_relay_new ("first");
  g_autoptr (GTlsCertificate) expected = load ("first");
  g_autoptr (GSocketConnection) silent = NULL;
  g_autoptr (GSocketConnection) half = NULL;
  Client *client;

  g_object_set (server, "http-timeout", 2, NULL);
  silent = connect_bare (server);
  half = connect_bare (server);
  g_output_stream_write_all (
      g_io_stream_get_output_stream (G_IO_STREAM (half)), "\x16\x03\x01", 3, NULL, NULL, NULL);
  client = tls_client_new (server, expected);
  client_subscribe (client, "s", KIND);
  genos_test_wait_for (has_ended (silent), 60);
  genos_test_wait_for (has_ended (half), 60);
  client_subscribe (client, "t", KIND);
  client_free (client);
}

static void
on_deaf_handshake (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(gboolean *) user_data =
      g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, NULL);
}

static gboolean
on_any_certificate (GTlsConnection *connection, GTlsCertificate *certificate,
    GTlsCertificateFlags errors, gpointer user_data)
{
  return TRUE;
}

/* A TLS goodbye that the other side does not read may hold up nobody: it is dropped in time. */
static void
test_deaf_client (void)
{
  static const char handshake[] =
      "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
  static const char req[] = "\x81\x8e\0\0\0\0[\"REQ\",\"s\",{}]";
  g_autoptr (GenosRelayServer) server = tls_relay_new ("first");
  g_autoptr (GTlsCertificate) expected = load ("first");
  g_autofree char *content = g_strnfill (64 * 1024, 'a');
  g_autoptr (GSocketConnection) bare = NULL;
  g_autoptr (GIOStream) deaf = NULL;
  GOutputStream *out;
  Client *client;
  gboolean shaken = FALSE;

  g_object_set (server, "max-pending", 256 * 1024, "max-events-per-second", 0, NULL);
  client = tls_client_new (server, expected);
  bare = connect_bare (server);
  deaf = g_tls_client_connection_new (G_IO_STREAM (bare), NULL, NULL);
  g_signal_connect (deaf, "accept-certificate", G_CALLBACK (on_any_certificate), NULL);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (deaf), 0, NULL, on_deaf_handshake, &shaken);
  genos_test_wait_for (shaken, 60);
  out = g_io_stream_get_output_stream (deaf);
  g_assert_true (
      g_output_stream_write_all (out, handshake, sizeof handshake - 1, NULL, NULL, NULL));
  genos_test_wait_for (relay_count (server) == 2, 60);
  g_assert_true (g_output_stream_write_all (out, req, sizeof req - 1, NULL, NULL, NULL));
  for (guint sent = 0; relay_dropped (server) == 0 && sent < 1000; sent++) {
    g_autoptr (GenosNip01Event) event = signed_event (KIND, "t", content);

    client_publish (client, event);
    client_assert_ok (client, TRUE, "");
  }
  genos_test_wait_for (relay_count (server) == 1, 60);
  client_subscribe (client, "s", KIND);
  client_free (client);
  g_io_stream_close (G_IO_STREAM (bare), NULL, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!g_tls_backend_supports_tls (g_tls_backend_get_default ())) {
    g_print ("1..0 # SKIP GIO has no TLS: apt-get install glib-networking\n");
    return 0;
  }
  g_test_add_func ("/relay-tls/talk", test_talk);
  g_test_add_func ("/relay-tls/renewed", test_renewed);
  g_test_add_func ("/relay-tls/half-open", test_half_open);
  g_test_add_func ("/relay-tls/deaf-client", test_deaf_client);
  return g_test_run ();
}
