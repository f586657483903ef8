/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "raw-client.h"
#include "relay-fixture.h"

/* What a relay bounds beside messages: connections of every kind, time, and what waits. */

#define KIND 22650

static const char handshake[] =
    "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";

typedef struct {
  GenosRelayServer *server;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->server = relay_new ();
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_object_unref (f->server);
}

static Raw *
raw_websocket (GenosRelayServer *server, const char *headers)
{
  g_autofree char *request = g_strconcat (handshake, headers, "\r\n", NULL);
  Raw *raw = raw_new (server);

  raw_say (raw, request);
  genos_test_wait_for (strstr (raw->text->str, "\r\n\r\n") != NULL || raw->ended, 60);
  return raw;
}

static gboolean
raw_has (Raw *raw, const char *text)
{
  return strstr (raw->text->str, text) != NULL;
}

/* Of each name one sample is in the document; -1 when there is none. */
static gint64
metric (GenosRelayServer *server, const char *name)
{
  Raw *raw = raw_new (server);
  g_autofree char *start = g_strconcat ("\n", name, " ", NULL);
  const char *found;
  gint64 value = -1;

  raw_say (raw, "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  genos_test_wait_for (raw->ended, 60);
  g_assert_true (raw_has (raw, "application/openmetrics-text; version=1.0.0"));
  found = strstr (raw->text->str, start);
  if (found != NULL)
    value = g_ascii_strtoll (found + strlen (start), NULL, 10);
  raw_free (raw);
  return value;
}

/* Clients who ask for nothing make room for clients who do. */
static void
test_http_connections (Fixture *f, gconstpointer data)
{
  Raw *silent[12];
  Client *client;
  guint ended = 0;

  g_object_set (f->server, "max-http-connections", 4, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (silent); i++)
    silent[i] = raw_new (f->server);
  genos_test_wait_for (silent[7]->ended, 60);
  client = client_new (f->server);
  g_assert_false (client->failed);
  client_subscribe (client, "s", KIND);
  for (guint i = 0; i < G_N_ELEMENTS (silent); i++)
    ended += silent[i]->ended;
  g_assert_cmpuint (ended, >=, 8);
  g_assert_false (silent[11]->ended);
  client_free (client);
  for (guint i = 0; i < G_N_ELEMENTS (silent); i++)
    raw_free (silent[i]);
}

/* Half a request, and none at all */
static void
test_http_timeout (Fixture *f, gconstpointer data)
{
  Raw *silent;
  Raw *slow;
  Raw *quick;

  g_object_set (f->server, "http-timeout", 1, NULL);
  silent = raw_new (f->server);
  slow = raw_new (f->server);
  quick = raw_new (f->server);
  raw_say (slow, "GET / HTTP/1.1\r\nHost: ");
  raw_say (quick, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  genos_test_wait_for (quick->ended, 60);
  g_assert_true (raw_has (quick, "Connection: close"));
  g_assert_true (raw_has (quick, "protocol"));
  genos_test_wait_for (silent->ended && slow->ended, 60);
  g_assert_cmpint (metric (f->server, "genos_relay_drops_total{reason=\"timeout\"}"), ==, 2);
  raw_free (silent);
  raw_free (slow);
  raw_free (quick);
}

/* A client whose machine is gone; one that only answers pings stays. */
static void
test_ping_timeout (Fixture *f, gconstpointer data)
{
  Client *alive;
  Raw *dead;

  g_object_set (f->server, "ping-interval", 1, "ping-timeout", 1, NULL);
  alive = client_new (f->server);
  client_subscribe (alive, "s", KIND);
  dead = raw_websocket (f->server, "");
  g_assert_true (raw_has (dead, " 101 "));
  genos_test_wait_for (dead->ended, 60);
  genos_test_wait_for (relay_count (f->server) == 1, 60);
  g_assert_false (alive->closed);
  client_subscribe (alive, "t", KIND);
  raw_free (dead);
  client_free (alive);
}

/* IdleTimeoutIfUnsubscribed, NoTimeoutWhileSubscribed, AllowsImmediateReconnect */
static void
test_idle_timeout (Fixture *f, gconstpointer data)
{
  Client *subscribed;
  Client *idle;

  g_object_set (f->server, "idle-timeout", 1, NULL);
  subscribed = client_new (f->server);
  client_subscribe (subscribed, "s", KIND);
  idle = client_new (f->server);
  genos_test_wait_for (idle->closed, 60);
  g_assert_cmpuint (soup_websocket_connection_get_close_code (idle->socket), ==, 1001);
  client_free (idle);
  idle = client_new (f->server);
  g_assert_false (idle->failed);
  genos_test_wait_for (idle->closed, 60);
  g_assert_false (subscribed->closed);
  client_say (subscribed, "[\"CLOSE\",\"s\"]");
  genos_test_wait_for (subscribed->closed, 60);
  client_free (idle);
  client_free (subscribed);
}

/* Only whom we trust tells us an address; what the client wrote before that counts for nothing. */
static void
test_per_address (Fixture *f, gconstpointer data)
{
  static const char *const proxies[] = { "127.0.0.0/8", NULL };
  Raw *raw[6];

  g_object_set (f->server, "max-connections-per-address", 2, NULL);
  raw[0] = raw_websocket (f->server, "X-Forwarded-For: 192.0.2.1\r\n");
  raw[1] = raw_websocket (f->server, "X-Forwarded-For: 192.0.2.1\r\n");
  raw[2] = raw_websocket (f->server, "X-Forwarded-For: 192.0.2.1\r\n");
  for (guint i = 0; i < 3; i++) {
    g_assert_true (raw_has (raw[i], " 101 "));
    raw_free (raw[i]);
  }
  genos_test_wait_for (relay_count (f->server) == 0, 60);

  g_object_set (f->server, "trusted-proxies", proxies, NULL);
  raw[0] = raw_websocket (f->server, "X-Forwarded-For: 192.0.2.1\r\n");
  raw[1] = raw_websocket (f->server, "X-Forwarded-For: 203.0.113.1, 192.0.2.1\r\n");
  raw[2] = raw_websocket (f->server, "X-Forwarded-For: 203.0.113.2, 192.0.2.1\r\n");
  raw[3] = raw_websocket (f->server, "X-Forwarded-For: 192.0.2.1, 203.0.113.2\r\n");
  raw[4] = raw_websocket (f->server, "");
  g_assert_true (raw_has (raw[0], " 101 "));
  g_assert_true (raw_has (raw[1], " 101 "));
  g_assert_true (raw_has (raw[2], " 429 "));
  g_assert_true (raw_has (raw[3], " 101 "));
  g_assert_true (raw_has (raw[4], " 101 "));
  raw_free (raw[0]);
  genos_test_wait_for (relay_count (f->server) == 3, 60);
  raw[5] = raw_websocket (f->server, "X-Forwarded-For: 192.0.2.1\r\n");
  g_assert_true (raw_has (raw[5], " 101 "));
  for (guint i = 1; i < G_N_ELEMENTS (raw); i++)
    raw_free (raw[i]);
}

static void
test_rate_of_address (Fixture *f, gconstpointer data)
{
  static const char *const proxies[] = { "127.0.0.1", NULL };
  static const char request[] = "GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.1\r\n"
                                "Connection: close\r\n\r\n";
  guint refused = 0;
  Raw *other;

  g_object_set (f->server, "trusted-proxies", proxies, "max-events-per-minute", 5, NULL);
  for (guint i = 0; i < 10; i++) {
    Raw *raw = raw_new (f->server);

    raw_say (raw, request);
    genos_test_wait_for (raw->ended, 60);
    refused += raw_has (raw, " 429 ");
    raw_free (raw);
  }
  g_assert_cmpuint (refused, >=, 3);
  g_assert_cmpuint (refused, <=, 5);
  other = raw_websocket (f->server, "X-Forwarded-For: 192.0.2.2\r\n");
  g_assert_true (raw_has (other, " 101 "));
  raw_free (other);
}

/* What a proxy passes on from the world is not this machine's. */
static void
test_metrics_are_private (Fixture *f, gconstpointer data)
{
  static const char request[] = "GET /metrics HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.1\r\n"
                                "Connection: close\r\n\r\n";
  Raw *raw = raw_new (f->server);
  Client *client = client_new (f->server);
  g_autoptr (GenosNip01Event) event = signed_event (KIND, "t", "");

  raw_say (raw, request);
  genos_test_wait_for (raw->ended, 60);
  g_assert_true (raw_has (raw, " 403 "));
  raw_free (raw);
  g_object_set (f->server, "public-metrics", TRUE, NULL);
  raw = raw_new (f->server);
  raw_say (raw, request);
  genos_test_wait_for (raw->ended, 60);
  g_assert_true (raw_has (raw, "genos_relay_connections 1\n"));
  raw_free (raw);

  client_subscribe (client, "s", KIND);
  client_publish (client, event);
  client_assert_ok (client, TRUE, "");
  client_hear (client);
  client_say (client, "junk");
  client_hear (client);
  g_assert_cmpint (metric (f->server, "genos_relay_subscriptions"), ==, 1);
  g_assert_cmpint (metric (f->server, "genos_relay_events_total"), ==, 1);
  g_assert_cmpint (metric (f->server, "genos_relay_deliveries_total"), ==, 1);
  g_assert_cmpint (metric (f->server, "genos_relay_drops_total{reason=\"invalid\"}"), ==, 1);
  client_free (client);
}

/* Several clients that read nothing may together have no more waiting than one bound. */
static void
test_pending_total (Fixture *f, gconstpointer data)
{
  static const char req[] = "\x81\x8e\0\0\0\0[\"REQ\",\"s\",{}]";
  g_autofree char *content = g_strnfill (64 * 1024, 'a');
  Client *client;
  GSocketConnection *deaf[4];
  gint64 most = 0;

  g_object_set (f->server, "max-pending-total", 1024 * 1024, "max-events-per-second", 0, NULL);
  client = client_new (f->server);
  for (guint i = 0; i < G_N_ELEMENTS (deaf); i++) {
    g_autofree char *url = genos_relay_server_dup_url (f->server);
    g_autoptr (GUri) uri = g_uri_parse (url, 0, NULL);
    g_autoptr (GSocketClient) connector = g_socket_client_new ();
    GOutputStream *out;

    deaf[i] =
        g_socket_client_connect_to_host (connector, "127.0.0.1", g_uri_get_port (uri), NULL, NULL);
    out = g_io_stream_get_output_stream (G_IO_STREAM (deaf[i]));
    g_output_stream_write_all (out, handshake, strlen (handshake), NULL, NULL, NULL);
    g_output_stream_write_all (out, "\r\n", 2, NULL, NULL, NULL);
    genos_test_wait_for (relay_count (f->server) == 2 + i, 60);
    g_output_stream_write_all (out, req, sizeof req - 1, NULL, NULL, NULL);
  }
  for (guint sent = 0; relay_dropped (f->server) < G_N_ELEMENTS (deaf) && sent < 1000; sent++) {
    g_autoptr (GenosNip01Event) event = signed_event (KIND, "t", content);

    client_publish (client, event);
    client_assert_ok (client, TRUE, "");
    if (sent % 8 == 0)
      most = MAX (most, metric (f->server, "genos_relay_pending_bytes"));
  }
  g_assert_cmpint (
      metric (f->server, "genos_relay_drops_total{reason=\"slow\"}"), ==, G_N_ELEMENTS (deaf));
  /* One message more for each than the bound. */
  g_assert_cmpint (most, <=, 1024 * 1024 + 5 * 70 * 1024);
  genos_test_wait_for (relay_count (f->server) == 1, 60);
  g_assert_cmpint (metric (f->server, "genos_relay_pending_bytes"), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (deaf); i++)
    g_object_unref (deaf[i]);
  client_free (client);
}

static void
test_given_socket (Fixture *f, gconstpointer data)
{
  g_autoptr (GenosRelayServer) server = genos_relay_server_new ();
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocket) socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GError) error = NULL;
  Client *client;

  g_assert_true (g_socket_bind (socket, any, TRUE, NULL) && g_socket_listen (socket, NULL));
  genos_relay_server_listen_socket (server, socket, &error);
  g_assert_no_error (error);
  client = client_new (server);
  client_subscribe (client, "s", KIND);
  client_free (client);
}

/* A goodbye that can be heard, and nobody new. */
static void
test_drain (Fixture *f, gconstpointer data)
{
  Client *client = client_new (f->server);
  Raw *silent = raw_new (f->server);
  g_autofree char *url = genos_relay_server_dup_url (f->server);
  g_autoptr (GUri) uri = g_uri_parse (url, 0, NULL);
  g_autoptr (GSocketClient) connector = g_socket_client_new ();

  client_subscribe (client, "s", KIND);
  genos_relay_server_drain (f->server);
  genos_test_wait_for (client->closed && silent->ended, 60);
  g_assert_cmpuint (soup_websocket_connection_get_close_code (client->socket), ==, 1001);
  genos_test_wait_for (relay_count (f->server) == 0, 60);
  g_assert_null (
      g_socket_client_connect_to_host (connector, "127.0.0.1", g_uri_get_port (uri), NULL, NULL));
  raw_free (silent);
  client_free (client);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test) (Fixture *, gconstpointer);
  } tests[] = {
    { "/relay-limits/http-connections", test_http_connections },
    { "/relay-limits/http-timeout", test_http_timeout },
    { "/relay-limits/ping-timeout", test_ping_timeout },
    { "/relay-limits/idle-timeout", test_idle_timeout },
    { "/relay-limits/per-address", test_per_address },
    { "/relay-limits/rate-of-address", test_rate_of_address },
    { "/relay-limits/metrics-are-private", test_metrics_are_private },
    { "/relay-limits/pending-total", test_pending_total },
    { "/relay-limits/given-socket", test_given_socket },
    { "/relay-limits/drain", test_drain },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
