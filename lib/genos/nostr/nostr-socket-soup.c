/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-socket-soup.h>

#include <genos/base/local-address.h>
#include <genos/base/reason-private.h>
#include <genos/nostr/nostr-session.h>

/* A ping goes out that often; whoever answers none of three is gone, however long TCP would go on
 * hoping. */
#define KEEPALIVE_SECONDS 25
#define SILENCE_SECONDS (3 * KEEPALIVE_SECONDS)

/* What may be under way since the other side was last heard of. */
#define MAX_UNCONFIRMED (4 * 1024 * 1024)

struct _GenosNostrSocketSoup {
  GenosNostrSocket parent_instance;

  char *url;
  char *local_address; /* (nullable): what it is connected from */
  GenosNostrSession *session;
  SoupMessage *handshake;
  SoupWebsocketConnection *connection;
  GCancellable *cancellable;
  GSource *watchdog;
  gint64 last_heard;
  gsize unconfirmed;
  gboolean oversized;
};

G_DEFINE_FINAL_TYPE (GenosNostrSocketSoup, genos_nostr_socket_soup, GENOS_TYPE_NOSTR_SOCKET)

static void
stop_watchdog (GenosNostrSocketSoup *self)
{
  if (self->watchdog != NULL)
    g_source_destroy (self->watchdog);
  g_clear_pointer (&self->watchdog, g_source_unref);
}

static void
heard (GenosNostrSocketSoup *self)
{
  self->last_heard = g_get_monotonic_time ();
  self->unconfirmed = 0;
}

static void
report_closed (GenosNostrSocketSoup *self, GenosError code, GenosReason reason, const char *words)
{
  g_autoptr (GError) error = genos_error_new_reason (code, reason, "%s", words);

  stop_watchdog (self);
  genos_nostr_socket_emit_closed (GENOS_NOSTR_SOCKET (self), error);
}

static void
on_message (
    SoupWebsocketConnection *connection, gint type, GBytes *message, GenosNostrSocketSoup *self)
{
  heard (self);
  genos_nostr_socket_emit_message (GENOS_NOSTR_SOCKET (self), message);
}

static void
on_pong (SoupWebsocketConnection *connection, GBytes *message, GenosNostrSocketSoup *self)
{
  heard (self);
}

static void
on_error (SoupWebsocketConnection *connection, GError *error, GenosNostrSocketSoup *self)
{
  if (g_error_matches (error, SOUP_WEBSOCKET_ERROR, SOUP_WEBSOCKET_CLOSE_TOO_BIG))
    self->oversized = TRUE;
}

static void
on_closed (SoupWebsocketConnection *connection, GenosNostrSocketSoup *self)
{
  g_autofree char *reason = NULL;
  const char *said = soup_websocket_connection_get_close_data (connection);
  gushort code = soup_websocket_connection_get_close_code (connection);

  if (self->oversized) {
    report_closed (
        self, GENOS_ERROR_LIMIT, GENOS_REASON_LIMIT, "the relay sent a message that is too large");
    return;
  }
  if (code == 0)
    reason = g_strdup ("the relay went away");
  else
    reason = g_strdup_printf ("the relay closed with %u %s", code, said != NULL ? said : "");
  report_closed (self, GENOS_ERROR_CLOSED, GENOS_REASON_RELAY_REFUSED, g_strstrip (reason));
}

static gboolean
on_watchdog (gpointer user_data)
{
  GenosNostrSocketSoup *self = user_data;

  if (g_get_monotonic_time () - self->last_heard < SILENCE_SECONDS * G_USEC_PER_SEC)
    return G_SOURCE_CONTINUE;
  g_object_ref (self);
  report_closed (
      self, GENOS_ERROR_TIMED_OUT, GENOS_REASON_RELAY_SILENT, "the relay answers no pings");
  /* Whoever was told may have closed it. */
  if (self->connection != NULL
      && soup_websocket_connection_get_state (self->connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (self->connection, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL);
  g_object_unref (self);
  return G_SOURCE_REMOVE;
}

static void
take_connection (GenosNostrSocketSoup *self, SoupWebsocketConnection *connection)
{
  self->connection = connection;
  soup_websocket_connection_set_max_incoming_payload_size (
      connection, GENOS_NOSTR_SOCKET_MAX_MESSAGE);
  /* libsoup counts frames only, until 3.8 brought a bound on what they add up to. */
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (connection), "max-total-message-size"))
    g_object_set (
        connection, "max-total-message-size", (guint64) GENOS_NOSTR_SOCKET_MAX_MESSAGE, NULL);
  soup_websocket_connection_set_keepalive_interval (connection, KEEPALIVE_SECONDS);
  g_signal_connect_object (connection, "message", G_CALLBACK (on_message), self, 0);
  g_signal_connect_object (connection, "pong", G_CALLBACK (on_pong), self, 0);
  g_signal_connect_object (connection, "error", G_CALLBACK (on_error), self, 0);
  g_signal_connect_object (connection, "closed", G_CALLBACK (on_closed), self, 0);

  heard (self);
  self->watchdog = g_timeout_source_new_seconds (KEEPALIVE_SECONDS);
  g_source_set_static_name (self->watchdog, "genos: relay watchdog");
  g_source_set_callback (self->watchdog, on_watchdog, self, NULL);
  g_source_attach (self->watchdog, g_main_context_get_thread_default ());
}

static void
report_unopened (GenosNostrSocketSoup *self, const GError *error)
{
  g_autoptr (GError) explained =
      genos_nostr_session_explain (self->session, self->handshake, error);
  g_autofree char *reason = g_strdup_printf ("cannot open: %s", explained->message);

  report_closed (self, explained->code, genos_reason_from_error (explained), reason);
}

static void
on_connected (GObject *session, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GenosNostrSocketSoup) self = user_data;
  g_autoptr (GError) error = NULL;
  SoupWebsocketConnection *connection;

  connection = soup_session_websocket_connect_finish (SOUP_SESSION (session), result, &error);
  if (connection == NULL) {
    report_unopened (self, error);
    return;
  }
  if (g_cancellable_is_cancelled (self->cancellable)) {
    soup_websocket_connection_close (connection, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
    g_object_unref (connection);
    return;
  }
  take_connection (self, connection);
  genos_nostr_socket_emit_opened (GENOS_NOSTR_SOCKET (self));
}

static void
on_network_event (
    SoupMessage *handshake, GSocketClientEvent event, GIOStream *stream, GenosNostrSocketSoup *self)
{
  g_autoptr (GSocketAddress) address = NULL;

  if (event != G_SOCKET_CLIENT_CONNECTED || !G_IS_SOCKET_CONNECTION (stream))
    return;
  address = g_socket_connection_get_local_address (G_SOCKET_CONNECTION (stream), NULL);
  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return;
  g_free (self->local_address);
  self->local_address = g_inet_address_to_string (
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
}

static gboolean
genos_nostr_socket_soup_is_stranded (GenosNostrSocket *socket)
{
  GenosNostrSocketSoup *self = GENOS_NOSTR_SOCKET_SOUP (socket);

  return self->local_address != NULL && !genos_local_address_is_here (self->local_address);
}

static void
genos_nostr_socket_soup_open (GenosNostrSocket *socket)
{
  GenosNostrSocketSoup *self = GENOS_NOSTR_SOCKET_SOUP (socket);

  self->handshake = genos_nostr_session_new_message (self->session, self->url);
  if (self->handshake == NULL) {
    report_closed (self, GENOS_ERROR_INVALID_ARGUMENT, GENOS_REASON_UNKNOWN, "malformed relay URL");
    return;
  }
  g_signal_connect_object (
      self->handshake, "network-event", G_CALLBACK (on_network_event), self, 0);
  soup_session_websocket_connect_async (genos_nostr_session_get_soup (self->session),
      self->handshake, NULL, NULL, G_PRIORITY_DEFAULT, self->cancellable, on_connected,
      g_object_ref (self));
}

static gboolean
genos_nostr_socket_soup_send (GenosNostrSocket *socket, const char *text)
{
  GenosNostrSocketSoup *self = GENOS_NOSTR_SOCKET_SOUP (socket);
  gsize len = strlen (text);

  if (self->connection == NULL
      || soup_websocket_connection_get_state (self->connection) != SOUP_WEBSOCKET_STATE_OPEN
      || self->unconfirmed + len > MAX_UNCONFIRMED)
    return FALSE;
  self->unconfirmed += len;
  soup_websocket_connection_send_text (self->connection, text);
  return TRUE;
}

static void
genos_nostr_socket_soup_close (GenosNostrSocket *socket)
{
  GenosNostrSocketSoup *self = GENOS_NOSTR_SOCKET_SOUP (socket);
  g_autoptr (SoupWebsocketConnection) connection = g_steal_pointer (&self->connection);

  stop_watchdog (self);
  g_cancellable_cancel (self->cancellable);
  if (connection == NULL)
    return;
  g_signal_handlers_disconnect_by_data (connection, self);
  if (soup_websocket_connection_get_state (connection) == SOUP_WEBSOCKET_STATE_OPEN)
    genos_nostr_farewells_say (
        genos_nostr_session_get_farewells (self->session), connection, G_OBJECT (self->session));
}

static void
genos_nostr_socket_soup_dispose (GObject *object)
{
  GenosNostrSocketSoup *self = GENOS_NOSTR_SOCKET_SOUP (object);

  genos_nostr_socket_soup_close (GENOS_NOSTR_SOCKET (self));
  g_clear_object (&self->handshake);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (genos_nostr_socket_soup_parent_class)->dispose (object);
}

static void
genos_nostr_socket_soup_finalize (GObject *object)
{
  GenosNostrSocketSoup *self = GENOS_NOSTR_SOCKET_SOUP (object);

  g_clear_object (&self->cancellable);
  g_free (self->url);
  g_free (self->local_address);

  G_OBJECT_CLASS (genos_nostr_socket_soup_parent_class)->finalize (object);
}

static void
genos_nostr_socket_soup_class_init (GenosNostrSocketSoupClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GenosNostrSocketClass *socket_class = GENOS_NOSTR_SOCKET_CLASS (klass);

  object_class->dispose = genos_nostr_socket_soup_dispose;
  object_class->finalize = genos_nostr_socket_soup_finalize;
  socket_class->open = genos_nostr_socket_soup_open;
  socket_class->send = genos_nostr_socket_soup_send;
  socket_class->close = genos_nostr_socket_soup_close;
  socket_class->is_stranded = genos_nostr_socket_soup_is_stranded;
}

static void
genos_nostr_socket_soup_init (GenosNostrSocketSoup *self)
{
  self->cancellable = g_cancellable_new ();
}

GenosNostrSocket *
genos_nostr_socket_soup_new (const char *url, gpointer user_data)
{
  GenosNostrSocketSoup *self = g_object_new (GENOS_TYPE_NOSTR_SOCKET_SOUP, NULL);

  self->url = g_strdup (url);
  self->session =
      user_data != NULL ? g_object_ref (user_data) : genos_nostr_session_new (NULL, NULL);
  return GENOS_NOSTR_SOCKET (self);
}
