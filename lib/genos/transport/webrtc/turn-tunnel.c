/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/turn-tunnel.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

/* One for each address of this machine that libnice has a candidate for. Whoever else on this
 * machine finds the port gets no further than the server, which wants credentials. */
#define MAX_CONNECTIONS 16

struct _GenosTurnTunnel {
  gatomicrefcount refs; /* the owner's, the thread's, and one for each connection */
  char *host;
  guint16 port;
  guint16 local_port;
  GTlsDatabase *authorities; /* (nullable) beside the system's */
  GMainContext *context;
  GSocketService *service;
  GCancellable *ended;
  guint n_connections; /* the thread's */

  GMutex lock;
  char *problem;
};

static GenosTurnTunnel *
tunnel_ref (GenosTurnTunnel *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

static void
tunnel_unref (GenosTurnTunnel *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_free (self->host);
  g_free (self->problem);
  g_clear_object (&self->authorities);
  g_clear_object (&self->service);
  g_clear_object (&self->ended);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static void
set_problem (GenosTurnTunnel *self, const GError *error)
{
  g_mutex_lock (&self->lock);
  g_free (self->problem);
  self->problem = error != NULL ? g_strdup (error->message) : NULL;
  g_mutex_unlock (&self->lock);
}

/* --- one connection, on the thread */

typedef struct {
  GenosTurnTunnel *tunnel;
  GSocketConnection *inner;
} Passage;

static void
end_passage (Passage *passage)
{
  passage->tunnel->n_connections--;
  g_object_unref (passage->inner);
  tunnel_unref (passage->tunnel);
  g_free (passage);
}

/* Each packet is a segment of its own, and none may wait for the next one. */
static void
send_at_once (GSocketConnection *connection)
{
  g_socket_set_option (
      g_socket_connection_get_socket (connection), IPPROTO_TCP, TCP_NODELAY, 1, NULL);
}

static void
on_passed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_io_stream_splice_finish (result, NULL);
  end_passage (user_data);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Passage *passage = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) outer =
      g_socket_client_connect_to_host_finish (G_SOCKET_CLIENT (source), result, &error);

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    set_problem (passage->tunnel, error);
  if (outer == NULL) {
    end_passage (passage);
    return;
  }
  g_io_stream_splice_async (G_IO_STREAM (passage->inner), G_IO_STREAM (outer),
      G_IO_STREAM_SPLICE_CLOSE_STREAM1 | G_IO_STREAM_SPLICE_CLOSE_STREAM2, G_PRIORITY_DEFAULT,
      passage->tunnel->ended, on_passed, passage);
}

/* The system does not trust it; the user's own authorities may. */
static gboolean
on_accept_certificate (GTlsClientConnection *connection, GTlsCertificate *certificate,
    GTlsCertificateFlags errors, GenosTurnTunnel *self)
{
  return g_tls_database_verify_chain (self->authorities, certificate,
             G_TLS_DATABASE_PURPOSE_AUTHENTICATE_SERVER,
             g_tls_client_connection_get_server_identity (connection), NULL,
             G_TLS_DATABASE_VERIFY_NONE, NULL, NULL)
      == 0;
}

static void
on_client_event (GSocketClient *client, GSocketClientEvent event, GSocketConnectable *connectable,
    GIOStream *connection, GenosTurnTunnel *self)
{
  if (event == G_SOCKET_CLIENT_CONNECTED && G_IS_TCP_CONNECTION (connection))
    send_at_once (G_SOCKET_CONNECTION (connection));
  else if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING && self->authorities != NULL)
    g_signal_connect (connection, "accept-certificate", G_CALLBACK (on_accept_certificate), self);
}

static gboolean
on_incoming (
    GSocketService *service, GSocketConnection *inner, GObject *source, GenosTurnTunnel *self)
{
  g_autoptr (GSocketClient) client = NULL;
  Passage *passage;

  if (self->n_connections >= MAX_CONNECTIONS)
    return TRUE;
  self->n_connections++;
  passage = g_new (Passage, 1);
  passage->tunnel = tunnel_ref (self);
  passage->inner = g_object_ref (inner);
  send_at_once (inner);

  client = g_socket_client_new ();
  g_socket_client_set_tls (client, TRUE);
  g_signal_connect (client, "event", G_CALLBACK (on_client_event), self);
  g_socket_client_connect_to_host_async (
      client, self->host, self->port, self->ended, on_connected, passage);
  return TRUE;
}

static gpointer
run (gpointer data)
{
  GenosTurnTunnel *self = data;

  g_main_context_push_thread_default (self->context);
  g_socket_service_start (self->service);
  while (!g_cancellable_is_cancelled (self->ended) || self->n_connections > 0)
    g_main_context_iteration (self->context, TRUE);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  /* What was cancelled by that still has to come back. */
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_main_context_pop_thread_default (self->context);
  tunnel_unref (self);
  return NULL;
}

/* --- the owner */

static gboolean
listen_on_loopback (GenosTurnTunnel *self, GError **error)
{
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) got = NULL;

  self->service = g_object_new (G_TYPE_SOCKET_SERVICE, "active", FALSE, NULL);
  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), wanted,
          G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &got, error))
    return FALSE;
  self->local_port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (got));
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  return TRUE;
}

GenosTurnTunnel *
genos_turn_tunnel_new (const char *host, guint port, const char *ca_file, GError **error)
{
  g_autoptr (GTlsDatabase) authorities = NULL;
  GenosTurnTunnel *self;

  if (ca_file != NULL && *ca_file != '\0') {
    authorities = g_tls_file_database_new (ca_file, error);
    if (authorities == NULL)
      return NULL;
  }
  self = g_new0 (GenosTurnTunnel, 1);
  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->lock);
  self->host = g_strdup (host);
  self->port = (guint16) port;
  self->authorities = g_steal_pointer (&authorities);
  self->context = g_main_context_new ();
  self->ended = g_cancellable_new ();
  if (!listen_on_loopback (self, error)) {
    tunnel_unref (self);
    return NULL;
  }
  g_thread_unref (g_thread_new ("genos-turns", run, tunnel_ref (self)));
  return self;
}

void
genos_turn_tunnel_free (GenosTurnTunnel *self)
{
  g_cancellable_cancel (self->ended);
  g_main_context_wakeup (self->context);
  tunnel_unref (self);
}

guint
genos_turn_tunnel_get_port (GenosTurnTunnel *self)
{
  return self->local_port;
}

char *
genos_turn_tunnel_dup_problem (GenosTurnTunnel *self)
{
  char *problem;

  g_mutex_lock (&self->lock);
  problem = g_strdup (self->problem);
  g_mutex_unlock (&self->lock);
  return problem;
}
