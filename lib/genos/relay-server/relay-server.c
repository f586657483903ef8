/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/relay-server.h>

#include <libsoup/soup.h>

#include <genos/relay-server/relay-connection.h>
#include <genos/relay-server/relay-http.h>
#include <genos/relay-server/relay-hub.h>

/**
 * GenosRelayServer:
 *
 * An ephemeral Nostr relay: what rooms need to find each other, on a local network or for tests.
 *
 * It checks id and signature of every event, passes it on to the subscriptions that match, and
 * stores nothing. Only ephemeral kinds (20000 to 29999) are taken. Everything a client can send or
 * leave unread has a bound, and each bound is a property.
 *
 * Besides WebSocket it answers `GET` requests: a status as JSON at `/` and `/status`, the
 * information document of NIP-11 where `application/nostr+json` is accepted, and the files of
 * [property@GenosRooms.RelayServer:web-root].
 *
 * It lives on the thread-default main context of the thread that calls
 * [method@GenosRooms.RelayServer.listen]; all its methods are for that thread.
 */
struct _GenosRelayServer {
  GObject parent_instance;

  SoupServer *server; /* NULL while not listening */
  GenosRelayHub *hub;
  GHashTable *connections; /* set of GenosRelayConnection */
  char *web_root;
};

enum {
  PROP_0,
  PROP_WEB_ROOT,
  PROP_MAX_MESSAGE_SIZE,
  PROP_MAX_PENDING,
  PROP_MAX_CONNECTIONS,
  PROP_MAX_SUBSCRIPTIONS,
  PROP_MAX_FILTERS,
  PROP_MAX_EVENTS_PER_SECOND,
  PROP_EVENT_BURST,
  PROP_CONNECTIONS,
  PROP_EVENTS,
  PROP_DROPPED,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (GenosRelayServer, genos_relay_server, G_TYPE_OBJECT)

static guint *
find_limit (GenosRelayServer *self, guint property_id)
{
  GenosRelayLimits *limits = &self->hub->limits;

  switch (property_id) {
    case PROP_MAX_MESSAGE_SIZE:
      return &limits->max_message_size;
    case PROP_MAX_PENDING:
      return &limits->max_pending;
    case PROP_MAX_CONNECTIONS:
      return &limits->max_connections;
    case PROP_MAX_SUBSCRIPTIONS:
      return &limits->max_subscriptions;
    case PROP_MAX_FILTERS:
      return &limits->max_filters;
    case PROP_MAX_EVENTS_PER_SECOND:
      return &limits->max_events_per_second;
    case PROP_EVENT_BURST:
      return &limits->event_burst;
    default:
      return NULL;
  }
}

static void
genos_relay_server_get_property (
    GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  GenosRelayServer *self = GENOS_RELAY_SERVER (object);
  guint *limit = find_limit (self, property_id);

  if (limit != NULL)
    g_value_set_uint (value, *limit);
  else if (property_id == PROP_WEB_ROOT)
    g_value_set_string (value, self->web_root);
  else if (property_id == PROP_CONNECTIONS)
    g_value_set_uint (value, g_hash_table_size (self->connections));
  else if (property_id == PROP_EVENTS)
    g_value_set_uint64 (value, self->hub->events);
  else if (property_id == PROP_DROPPED)
    g_value_set_uint64 (value, self->hub->dropped);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
}

static void
genos_relay_server_set_property (
    GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  GenosRelayServer *self = GENOS_RELAY_SERVER (object);
  guint *limit = find_limit (self, property_id);

  if (limit != NULL) {
    *limit = g_value_get_uint (value);
  } else if (property_id == PROP_WEB_ROOT) {
    g_free (self->web_root);
    self->web_root = g_value_dup_string (value);
  } else {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
  }
}

/* requests */

static void
on_connection_closed (GenosRelayConnection *connection, GenosRelayServer *self)
{
  g_signal_handlers_disconnect_by_data (connection, self);
  g_hash_table_remove (self->connections, connection);
}

static void
on_handshake_answered (SoupServerMessage *message, gpointer user_data)
{
  GenosRelayServer *self = user_data;
  g_autoptr (SoupServerMessage) alive = g_object_ref (message);
  g_autoptr (GIOStream) stream = soup_server_message_steal_connection (message);
  GenosRelayConnection *connection;

  connection =
      genos_relay_connection_new (self->hub, stream, soup_server_message_get_uri (message));
  g_signal_connect (connection, "closed", G_CALLBACK (on_connection_closed), self);
  g_hash_table_add (self->connections, connection);
}

static void
accept_handshake (GenosRelayServer *self, SoupServerMessage *message)
{
  if (g_hash_table_size (self->connections) >= self->hub->limits.max_connections) {
    self->hub->dropped++;
    soup_server_message_set_status (
        message, SOUP_STATUS_SERVICE_UNAVAILABLE, "Too Many Connections");
    return;
  }
  if (soup_websocket_server_process_handshake (message, NULL, NULL, NULL, NULL))
    g_signal_connect_object (
        message, "wrote-informational", G_CALLBACK (on_handshake_answered), self, 0);
}

static void
on_early_request (SoupServer *server, SoupServerMessage *message, const char *path,
    GHashTable *query, gpointer user_data)
{
  genos_relay_http_refuse_body (message);
}

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
    gpointer user_data)
{
  GenosRelayServer *self = user_data;

  if (genos_relay_http_is_handshake (message))
    accept_handshake (self, message);
  else
    genos_relay_http_answer (
        message, path, self->web_root, self->hub, g_hash_table_size (self->connections));
}

/* listening */

static gboolean
listen_on (SoupServer *server, const char *address, guint16 port, GError **error)
{
  g_autoptr (GInetAddress) inet = NULL;
  g_autoptr (GSocketAddress) where = NULL;

  if (address == NULL || g_str_equal (address, "localhost"))
    address = "127.0.0.1";
  inet = g_inet_address_new_from_string (address);
  if (inet == NULL) {
    g_set_error (
        error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT, "“%s” is no IP address", address);
    return FALSE;
  }
  where = g_inet_socket_address_new (inet, port);
  return soup_server_listen (server, where, 0, error);
}

/**
 * genos_relay_server_new:
 *
 * Makes a relay that does not listen yet.
 *
 * Returns: (transfer full): the relay
 */
GenosRelayServer *
genos_relay_server_new (void)
{
  return g_object_new (GENOS_TYPE_RELAY_SERVER, NULL);
}

/**
 * genos_relay_server_listen:
 * @self: a relay that is not listening
 * @address: (nullable): a numeric IPv4 or IPv6 address of this machine, `0.0.0.0` for all of
 *   them; %NULL for `127.0.0.1`
 * @port: the TCP port; 0 picks one that is free
 * @error: return location for an error
 *
 * Starts to serve clients, on the thread-default main context of the caller.
 *
 * An address that is none is %GENOS_ERROR_INVALID_ARGUMENT; a port that is taken is an error of
 * the domain `G_IO_ERROR`.
 *
 * Returns: whether it listens now
 */
gboolean
genos_relay_server_listen (
    GenosRelayServer *self, const char *address, guint16 port, GError **error)
{
  g_autoptr (SoupServer) server = NULL;

  g_return_val_if_fail (GENOS_IS_RELAY_SERVER (self), FALSE);
  g_return_val_if_fail (self->server == NULL, FALSE);

  server = soup_server_new ("server-header", "genosrooms ", NULL);
  soup_server_add_early_handler (server, NULL, on_early_request, NULL, NULL);
  soup_server_add_handler (server, NULL, on_request, self, NULL);
  if (!listen_on (server, address, port, error))
    return FALSE;
  self->server = g_steal_pointer (&server);
  return TRUE;
}

/**
 * genos_relay_server_dup_url:
 * @self: a relay
 *
 * Gets the URL at which clients reach the relay, like `ws://127.0.0.1:7777/`.
 *
 * Returns: (transfer full) (nullable): the URL, %NULL while it does not listen
 */
char *
genos_relay_server_dup_url (GenosRelayServer *self)
{
  GSList *uris;
  char *url = NULL;

  g_return_val_if_fail (GENOS_IS_RELAY_SERVER (self), NULL);

  if (self->server == NULL)
    return NULL;
  uris = soup_server_get_uris (self->server);
  if (uris != NULL)
    url = g_uri_join (G_URI_FLAGS_NONE, "ws", NULL, g_uri_get_host (uris->data),
        g_uri_get_port (uris->data), "/", NULL, NULL);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return url;
}

/**
 * genos_relay_server_stop:
 * @self: a relay
 *
 * Closes all connections and stops listening. The relay may listen again afterwards.
 */
void
genos_relay_server_stop (GenosRelayServer *self)
{
  GHashTableIter iter;
  gpointer connection;

  g_return_if_fail (GENOS_IS_RELAY_SERVER (self));

  g_hash_table_iter_init (&iter, self->connections);
  while (g_hash_table_iter_next (&iter, &connection, NULL)) {
    g_signal_handlers_disconnect_by_data (connection, self);
    genos_relay_connection_close (connection, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, "relay stops");
  }
  g_hash_table_remove_all (self->connections);
  if (self->server != NULL)
    soup_server_disconnect (self->server);
  g_clear_object (&self->server);
}

static void
genos_relay_server_dispose (GObject *object)
{
  genos_relay_server_stop (GENOS_RELAY_SERVER (object));

  G_OBJECT_CLASS (genos_relay_server_parent_class)->dispose (object);
}

static void
genos_relay_server_finalize (GObject *object)
{
  GenosRelayServer *self = GENOS_RELAY_SERVER (object);

  g_hash_table_unref (self->connections);
  genos_relay_hub_free (self->hub);
  g_free (self->web_root);

  G_OBJECT_CLASS (genos_relay_server_parent_class)->finalize (object);
}

static GParamSpec *
limit_spec (const char *name, guint minimum, guint value)
{
  return g_param_spec_uint (
      name, NULL, NULL, minimum, G_MAXINT, value, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
}

static void
install_limits (void)
{
  /**
   * GenosRelayServer:max-message-size:
   *
   * Bytes that one message of a client may have; more closes its connection.
   */
  properties[PROP_MAX_MESSAGE_SIZE] =
      limit_spec ("max-message-size", 1024, GENOS_RELAY_DEFAULT_MESSAGE_SIZE);

  /**
   * GenosRelayServer:max-pending:
   *
   * Bytes that may wait for a client to read them; more closes its connection.
   */
  properties[PROP_MAX_PENDING] = limit_spec ("max-pending", 1024, GENOS_RELAY_DEFAULT_PENDING);

  /**
   * GenosRelayServer:max-connections:
   *
   * Clients at a time; a further one gets status 503.
   */
  properties[PROP_MAX_CONNECTIONS] =
      limit_spec ("max-connections", 1, GENOS_RELAY_DEFAULT_CONNECTIONS);

  /**
   * GenosRelayServer:max-subscriptions:
   *
   * Subscriptions one connection may have; a further one is answered with `CLOSED`.
   */
  properties[PROP_MAX_SUBSCRIPTIONS] =
      limit_spec ("max-subscriptions", 1, GENOS_RELAY_DEFAULT_SUBSCRIPTIONS);

  /**
   * GenosRelayServer:max-filters:
   *
   * Filters one subscription may have; more are answered with `CLOSED`.
   */
  properties[PROP_MAX_FILTERS] = limit_spec ("max-filters", 1, GENOS_RELAY_DEFAULT_FILTERS);

  /**
   * GenosRelayServer:max-events-per-second:
   *
   * Messages a second one connection may send in the long run; further ones are answered with
   * `rate-limited:`. 0 sets no limit.
   */
  properties[PROP_MAX_EVENTS_PER_SECOND] =
      limit_spec ("max-events-per-second", 0, GENOS_RELAY_DEFAULT_RATE);

  /**
   * GenosRelayServer:event-burst:
   *
   * Messages one connection may send at once after a pause.
   */
  properties[PROP_EVENT_BURST] = limit_spec ("event-burst", 1, GENOS_RELAY_DEFAULT_BURST);
}

static void
install_counters (void)
{
  /**
   * GenosRelayServer:connections:
   *
   * Clients that are connected now. Does not notify.
   */
  properties[PROP_CONNECTIONS] = g_param_spec_uint (
      "connections", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GenosRelayServer:events:
   *
   * Events that were verified and passed on since the relay was made. Does not notify.
   */
  properties[PROP_EVENTS] = g_param_spec_uint64 (
      "events", NULL, NULL, 0, G_MAXUINT64, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GenosRelayServer:dropped:
   *
   * Messages and connections that were refused since the relay was made. Does not notify.
   */
  properties[PROP_DROPPED] = g_param_spec_uint64 (
      "dropped", NULL, NULL, 0, G_MAXUINT64, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
}

static void
genos_relay_server_class_init (GenosRelayServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = genos_relay_server_get_property;
  object_class->set_property = genos_relay_server_set_property;
  object_class->dispose = genos_relay_server_dispose;
  object_class->finalize = genos_relay_server_finalize;

  /**
   * GenosRelayServer:web-root:
   *
   * A folder whose files are served to browsers, `index.html` for `/`: html, js, css, json, svg,
   * png, jpg, ico and txt of at most 8 MiB, with plain names, no symbolic links. %NULL serves none.
   */
  properties[PROP_WEB_ROOT] = g_param_spec_string (
      "web-root", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  install_limits ();
  install_counters ();
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
genos_relay_server_init (GenosRelayServer *self)
{
  self->hub = genos_relay_hub_new ();
  self->connections = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
}
