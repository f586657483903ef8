/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The way to a relay: certificates, proxies and further headers, over real sockets. */

#include <libsoup/soup.h>
#include <string.h>

#include <genos/base/error.h>
#include <genos/nostr/nostr-fetch.h>
#include <genos/nostr/nostr-session.h>
#include <genos/nostr/nostr-socket-soup.h>

#include "../common/test-wait.h"
#include "proxy-fixture.h"

/* --- a server that takes WebSockets --- */

typedef struct {
  SoupServer *server;
  guint16 port;
  char *path;   /* last asked for */
  char *token;  /* X-Token of the last request */
  char *accept; /* Accept of the last request */
  guint status; /* of plain requests */
  gsize size;   /* of their answers */
} Server;

static void
note_request (Server *self, SoupServerMessage *message, const char *path)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  g_free (self->path);
  g_free (self->token);
  g_free (self->accept);
  self->path = g_strdup (path);
  self->token = g_strdup (soup_message_headers_get_one (headers, "X-Token"));
  self->accept = g_strdup (soup_message_headers_get_one (headers, "Accept"));
}

static void
on_websocket (SoupServer *server, SoupServerMessage *message, const char *path,
    SoupWebsocketConnection *connection, gpointer user_data)
{
  note_request (user_data, message, path);
}

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
    gpointer user_data)
{
  Server *self = user_data;

  note_request (self, message, path);
  soup_server_message_set_status (message, self->status, NULL);
  if (SOUP_STATUS_IS_REDIRECTION (self->status))
    soup_message_headers_replace (soup_server_message_get_response_headers (message), "Location",
        "http://127.0.0.1/elsewhere\xff");
  else
    soup_server_message_set_response (
        message, "application/json", SOUP_MEMORY_TAKE, g_strnfill (self->size, '7'), self->size);
}

/* @certificate (nullable): file name in tests/vectors/tls */
static Server *
server_new (const char *certificate)
{
  Server *self = g_new0 (Server, 1);
  g_autoptr (GError) error = NULL;
  GSList *uris;

  self->server = soup_server_new (NULL, NULL);
  self->status = SOUP_STATUS_OK;
  self->size = 10;
  if (certificate != NULL) {
    g_autofree char *path =
        g_test_build_filename (G_TEST_DIST, "vectors", "tls", certificate, NULL);
    g_autoptr (GTlsCertificate) loaded = g_tls_certificate_new_from_file (path, &error);

    g_assert_no_error (error);
    soup_server_set_tls_certificate (self->server, loaded);
  }
  soup_server_add_websocket_handler (self->server, "/ws", NULL, NULL, on_websocket, self, NULL);
  soup_server_add_handler (self->server, "/", on_request, self, NULL);
  soup_server_listen_local (self->server, 0,
      SOUP_SERVER_LISTEN_IPV4_ONLY | (certificate != NULL ? SOUP_SERVER_LISTEN_HTTPS : 0), &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (self->server);
  self->port = g_uri_get_port (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return self;
}

/* Until the program's end: libsoup 3.6 gives a connection up without its handshake, which comes back to
 * it when the client has refused the certificate. Whatever runs next lets it. */
static GPtrArray *ended;

static void
server_free (Server *self)
{
  g_ptr_array_add (ended, self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Server, server_free)

static void
server_destroy (gpointer data)
{
  Server *self = data;

  soup_server_disconnect (self->server);
  g_object_unref (self->server);
  g_free (self->path);
  g_free (self->token);
  g_free (self->accept);
  g_free (self);
}

/* --- opening a socket, to the end --- */

typedef struct {
  gboolean opened;
  GError *error;
} Outcome;

static void
on_opened (GenosNostrSocket *socket, Outcome *outcome)
{
  outcome->opened = TRUE;
}

static void
on_closed (GenosNostrSocket *socket, GError *error, Outcome *outcome)
{
  outcome->error = g_error_copy (error);
}

/* (transfer full) (nullable): why it did not open */
static GError *
try_to_open (GenosNostrSession *session, const char *url)
{
  g_autoptr (GenosNostrSocket) socket = genos_nostr_socket_soup_new (url, session);
  Outcome outcome = { 0 };

  g_signal_connect (socket, "opened", G_CALLBACK (on_opened), &outcome);
  g_signal_connect (socket, "closed", G_CALLBACK (on_closed), &outcome);
  genos_nostr_socket_open (socket);
  genos_test_wait_until (outcome.opened || outcome.error != NULL);
  g_signal_handlers_disconnect_by_data (socket, &outcome);
  genos_nostr_socket_close (socket);
  if (outcome.error != NULL)
    g_test_message ("%s", outcome.error->message);
  return outcome.error;
}

static GenosNostrSession *
session_new (const char *certificates, const char *proxy, const char *headers)
{
  g_autofree char *file = certificates != NULL
      ? g_test_build_filename (G_TEST_DIST, "vectors", "tls", certificates, NULL)
      : NULL;
  GenosNostrSessionConfig config = { .tls_ca_file = file, .proxy = proxy, .headers = headers };
  g_autoptr (GError) error = NULL;
  GenosNostrSession *session = genos_nostr_session_new (&config, &error);

  g_assert_no_error (error);
  return session;
}

static GError *
open_tls (const char *certificate, const char *believed)
{
  g_autoptr (Server) server = server_new (certificate);
  g_autoptr (GenosNostrSession) session = session_new (believed, "none", NULL);
  g_autofree char *url = g_strdup_printf ("wss://localhost:%u/ws", server->port);

  return try_to_open (session, url);
}

static void
assert_refused (GError *error, const char *needle)
{
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION);
  g_assert_nonnull (strstr (error->message, needle));
  g_error_free (error);
}

/* --- closing --- */

static guint
count_descriptors (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

/* Whoever does not iterate the main context any more cuts off what still says goodbye: neither a socket
 * nor the session is left behind. */
static void
test_cut (void)
{
  g_autoptr (Server) server = server_new (NULL);
  GenosNostrSession *session = session_new (NULL, "none", NULL);
  GenosNostrFarewells *farewells = genos_nostr_session_get_farewells (session);
  g_autofree char *url = g_strdup_printf ("ws://127.0.0.1:%u/ws", server->port);
  guint before;

  g_assert_no_error (try_to_open (session, url));
  genos_test_wait_until (genos_nostr_farewells_count (farewells) == 0);
  before = count_descriptors ();
  g_assert_no_error (try_to_open (session, url));
  g_assert_cmpuint (genos_nostr_farewells_count (farewells), ==, 1);
  genos_nostr_farewells_cut (farewells);
  g_assert_cmpuint (genos_nostr_farewells_count (farewells), ==, 0);
  genos_test_wait_until (count_descriptors () <= before);
  g_assert_finalize_object (session);
}

/* --- certificates --- */

static void
test_own_authority (void)
{
  g_assert_no_error (open_tls ("good.pem", "authority.pem"));
  g_assert_no_error (open_tls ("self-signed.pem", "self-signed.pem"));
}

static void
test_unknown_authority (void)
{
  assert_refused (open_tls ("good.pem", NULL), "tls-ca-file");
  assert_refused (open_tls ("good.pem", NULL), "Test authority of genosrooms");
  assert_refused (open_tls ("good.pem", "self-signed.pem"), "tls-ca-file");
}

/* The authority is believed: what is told is what is left. */
static void
test_other_name (void)
{
  assert_refused (open_tls ("other-name.pem", "authority.pem"), "elsewhere.example");
}

static void
test_out_of_time (void)
{
  assert_refused (open_tls ("expired.pem", "authority.pem"), "expired (2021-01-01");
  assert_refused (open_tls ("early.pem", "authority.pem"), "from 2119-01-01");
}

static gboolean
on_plain_connection (
    GThreadedSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  static const char answer[] = "HTTP/1.1 400 Bad Request\r\n\r\n";

  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), answer,
      strlen (answer), NULL, NULL, NULL);
  return TRUE;
}

static void
test_no_tls (void)
{
  g_autoptr (GSocketService) server = g_threaded_socket_service_new (1);
  guint16 port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (server), NULL, NULL);
  g_autoptr (GenosNostrSession) session = session_new ("authority.pem", "none", NULL);
  g_autofree char *url = g_strdup_printf ("wss://localhost:%u/ws", port);
  g_autoptr (GError) error = NULL;

  g_signal_connect (server, "run", G_CALLBACK (on_plain_connection), NULL);
  g_socket_service_start (server);
  error = try_to_open (session, url);
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION);
  g_assert_nonnull (strstr (error->message, "TLS"));
  g_socket_service_stop (server);
}

/* --- proxies --- */

static GenosNostrSession *
proxied (ProxyFixture *proxy, const char *scheme)
{
  g_autofree char *uri =
      g_strdup_printf ("%s://127.0.0.1:%u", scheme, proxy_fixture_get_port (proxy));

  return session_new ("authority.pem", uri, NULL);
}

static void
check_through (ProxyKind kind, const char *scheme, gboolean secure)
{
  g_autoptr (Server) server = server_new (secure ? "good.pem" : NULL);
  g_autoptr (ProxyFixture) proxy = proxy_fixture_new (kind);
  g_autoptr (GenosNostrSession) session = proxied (proxy, scheme);
  g_autofree char *url =
      g_strdup_printf ("%s://localhost:%u/ws", secure ? "wss" : "ws", server->port);

  g_assert_no_error (try_to_open (session, url));
  g_assert_cmpint (proxy_fixture_get_n_tunnels (proxy), ==, 1);
  g_assert_cmpstr (server->path, ==, "/ws");
}

static void
test_through_http_proxy (void)
{
  check_through (PROXY_HTTP, "http", TRUE);
  check_through (PROXY_HTTP, "http", FALSE);
}

static void
test_through_socks (void)
{
  check_through (PROXY_SOCKS5, "socks5", TRUE);
  check_through (PROXY_SOCKS5, "socks5", FALSE);
}

static void
check_refused_by (ProxyKind kind, const char *scheme)
{
  g_autoptr (ProxyFixture) proxy = proxy_fixture_new (kind);
  g_autoptr (GenosNostrSession) session = proxied (proxy, scheme);
  g_autoptr (GError) error = NULL;

  proxy_fixture_refuse (proxy);
  error = try_to_open (session, "wss://localhost:1/ws");
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_CLOSED);
  g_assert_nonnull (strstr (error->message, "proxy"));
}

static void
test_proxy_refuses (void)
{
  check_refused_by (PROXY_HTTP, "http");
  check_refused_by (PROXY_SOCKS5, "socks5");
}

/* libproxy reads its environment once: in a process of its own. */
static void
test_proxy_of_system (void)
{
  g_autoptr (Server) server = NULL;
  g_autoptr (ProxyFixture) proxy = NULL;
  g_autofree char *uri = NULL;
  g_autofree char *url = NULL;
  g_autoptr (GenosNostrSession) system = NULL;
  g_autoptr (GenosNostrSession) none = NULL;

#ifdef __SANITIZE_ADDRESS__
  g_test_skip ("LeakSanitizer does not survive what libproxy leaves behind");
  return;
#endif
  if (!g_test_subprocess ()) {
    g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
    g_test_trap_assert_passed ();
    return;
  }
  server = server_new ("good.pem");
  proxy = proxy_fixture_new (PROXY_HTTP);
  uri = g_strdup_printf ("http://127.0.0.1:%u", proxy_fixture_get_port (proxy));
  url = g_strdup_printf ("wss://localhost:%u/ws", server->port);
  g_unsetenv ("no_proxy");
  g_unsetenv ("http_proxy");
  g_setenv ("https_proxy", uri, TRUE);
  /* Without a desktop, and without a module for one, this is libproxy. */
  g_setenv ("GIO_USE_PROXY_RESOLVER", "libproxy", TRUE);
  if (g_str_equal (G_OBJECT_TYPE_NAME (g_proxy_resolver_get_default ()), "GDummyProxyResolver")) {
    g_test_skip ("this system has no libproxy for GIO");
    return;
  }

  none = session_new ("authority.pem", "none", NULL);
  g_assert_no_error (try_to_open (none, url));
  g_assert_cmpint (proxy_fixture_get_n_tunnels (proxy), ==, 0);
  system = session_new ("authority.pem", "", NULL);
  g_assert_no_error (try_to_open (system, url));
  g_assert_cmpint (proxy_fixture_get_n_tunnels (proxy), ==, 1);
}

/* --- headers --- */

static void
test_headers (void)
{
  g_autoptr (Server) server = server_new (NULL);
  g_autofree char *url = g_strdup_printf ("ws://localhost:%u/ws", server->port);
  g_autofree char *headers = g_strdup_printf ("%s|X-Token: abc", url);
  g_autofree char *other = g_strdup_printf ("ws://localhost:%u/ws/other", server->port);
  g_autoptr (GenosNostrSession) session = session_new (NULL, "none", headers);

  g_assert_no_error (try_to_open (session, url));
  g_assert_cmpstr (server->token, ==, "abc");
  g_assert_no_error (try_to_open (session, other));
  g_assert_cmpstr (server->path, ==, "/ws/other");
  g_assert_null (server->token);
}

/* --- documents --- */

typedef struct {
  GBytes *bytes;
  GError *error;
} Document;

static void
on_fetched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Document *document = user_data;

  document->bytes =
      genos_nostr_fetch_finish (GENOS_NOSTR_SESSION (source), result, &document->error);
}

static GBytes *
fetch (GenosNostrSession *session, const char *url, gsize max, guint ms, GCancellable *cancellable,
    GError **error)
{
  Document document = { 0 };

  genos_nostr_fetch_async (
      session, url, "application/nostr+json", max, ms, cancellable, on_fetched, &document);
  genos_test_wait_until (document.bytes != NULL || document.error != NULL);
  if (document.error != NULL) {
    g_test_message ("%s", document.error->message);
    g_propagate_error (error, document.error);
  }
  return document.bytes;
}

static void
test_fetch (void)
{
  g_autoptr (Server) server = server_new ("good.pem");
  g_autofree char *url = g_strdup_printf ("wss://localhost:%u/info", server->port);
  g_autofree char *headers = g_strdup_printf ("%s|X-Token: abc", url);
  g_autoptr (GenosNostrSession) session = session_new ("authority.pem", "none", headers);
  g_autoptr (GenosNostrSession) stranger = session_new (NULL, "none", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) exact = fetch (session, url, 10, 10000, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (exact), ==, 10);
  g_assert_cmpstr (server->token, ==, "abc");
  g_assert_cmpstr (server->accept, ==, "application/nostr+json");
  g_assert_null (fetch (session, url, 9, 10000, NULL, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT);
  g_clear_error (&error);
  g_assert_null (fetch (stranger, url, 10, 10000, NULL, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION);
  g_clear_error (&error);
  g_assert_null (fetch (session, "nonsense", 10, 10000, NULL, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
}

static void
test_fetch_statuses (void)
{
  g_autoptr (Server) server = server_new (NULL);
  g_autofree char *url = g_strdup_printf ("http://localhost:%u/", server->port);
  g_autoptr (GenosNostrSession) session = session_new (NULL, "none", NULL);
  static const guint statuses[] = { 301, 404, 502 };

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++) {
    g_autoptr (GError) error = NULL;

    server->status = statuses[i];
    g_assert_null (fetch (session, url, 10, 10000, NULL, &error));
    g_assert_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL);
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
    g_assert_cmpstr (server->path, ==, "/");
  }
}

/* It listens and accepts for ever, and says nothing. */
static void
test_fetch_patience (void)
{
  g_autoptr (GSocketListener) silent = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (silent, NULL, NULL);
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u/", port);
  g_autoptr (GenosNostrSession) session = session_new (NULL, "none", NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (fetch (session, url, 10, 50, cancellable, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_TIMED_OUT);
  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  g_assert_null (fetch (session, url, 10, 10000, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* --- settings --- */

static void
test_unusable_settings (void)
{
  g_autofree char *no_pem =
      g_test_build_filename (G_TEST_DIST, "integration", "relay-network.c", NULL);
  GenosNostrSessionConfig bad[] = {
    { .tls_ca_file = "/nowhere/authority.pem" },
    { .tls_ca_file = no_pem },
    { .proxy = "secret" },
    { .proxy = "ftp://user:secret@host:1" },
    { .proxy = "http://" },
    { .headers = "secret" },
  };
  static const char *const properties[] = { "tls-ca-file", "tls-ca-file", "proxy", "proxy", "proxy",
    "relay-headers" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (genos_nostr_session_new (&bad[i], &error));
    g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
    g_test_message ("%s", error->message);
    g_assert_nonnull (strstr (error->message, properties[i]));
    g_assert_null (strstr (error->message, "secret"));
  }
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/relay-network/cut", test_cut);
  g_test_add_func ("/relay-network/own-authority", test_own_authority);
  g_test_add_func ("/relay-network/unknown-authority", test_unknown_authority);
  g_test_add_func ("/relay-network/other-name", test_other_name);
  g_test_add_func ("/relay-network/out-of-time", test_out_of_time);
  g_test_add_func ("/relay-network/no-tls", test_no_tls);
  g_test_add_func ("/relay-network/through-http-proxy", test_through_http_proxy);
  g_test_add_func ("/relay-network/through-socks", test_through_socks);
  g_test_add_func ("/relay-network/proxy-refuses", test_proxy_refuses);
  g_test_add_func ("/relay-network/proxy-of-system", test_proxy_of_system);
  g_test_add_func ("/relay-network/headers", test_headers);
  g_test_add_func ("/relay-network/fetch", test_fetch);
  g_test_add_func ("/relay-network/fetch-statuses", test_fetch_statuses);
  g_test_add_func ("/relay-network/fetch-patience", test_fetch_patience);
  g_test_add_func ("/relay-network/unusable-settings", test_unusable_settings);
  ended = g_ptr_array_new_with_free_func (server_destroy);
  result = g_test_run ();
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_ptr_array_unref (ended);
  return result;
}
