/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/relay-server.h>

#include <libsoup/soup.h>

#include <genos/lan/lan-announcer.h>
#include <genos/relay-server/relay-connection.h>
#include <genos/relay-server/relay-door.h>
#include <genos/relay-server/relay-http.h>
#include <genos/relay-server/relay-hub.h>
#include <genos/relay-server/relay-properties.h>

/**
 * GenosRelayServer:
 *
 * An ephemeral Nostr relay: what rooms need to find each other, on a local network or for tests.
 *
 * It checks id, signature, time and, where that is asked for, the work (NIP-13) of every event,
 * passes it on to the subscriptions that match, and stores nothing. Only ephemeral kinds (20000 to
 * 29999) are taken. Everything a client can send, hold or leave unread has a bound, and each
 * bound is a property.
 *
 * Besides WebSocket it answers `GET` requests: a status as JSON at `/` and `/status`, counters in the
 * format of OpenMetrics at `/metrics`, the information document of NIP-11 where
 * `application/nostr+json` is accepted, and the files of [property@GenosRooms.RelayServer:web-root].
 *
 * It lives on the thread-default main context of the thread that calls
 * [method@GenosRooms.RelayServer.listen]; all its methods are for that thread.
 */
struct _GenosRelayServer {
  GObject parent_instance;

  SoupServer *server; /* NULL while not listening */
  GenosRelayDoor *door;
  GenosRelayHub *hub;
  GenosRelayAddresses *addresses;
  GHashTable *connections; /* GenosRelayConnection → Ticket */
  GTlsCertificate *certificate;
  GPtrArray *trusted; /* of GInetAddressMask */
  GStrv trusted_proxies;
  GStrv allowed_keys;
  char *web_root;
  gboolean public_metrics;
  gboolean announce;
  GenosLanAnnouncer *announcer; /* NULL: nobody is told */
};

G_DEFINE_FINAL_TYPE (GenosRelayServer, genos_relay_server, G_TYPE_OBJECT)

/* A connection's place among those of its address, from the handshake on. */
typedef struct {
  GenosRelayAddresses *addresses;
  GenosRelayAddress *address; /* NULL: not counted */
} Ticket;

static void
ticket_free (gpointer data)
{
  Ticket *ticket = data;

  if (ticket->address != NULL)
    genos_relay_addresses_leave (ticket->addresses, ticket->address, g_get_monotonic_time ());
  genos_relay_addresses_unref (ticket->addresses);
  g_free (ticket);
}

static Ticket *
ticket_new (GenosRelayServer *self, const char *name, guint max)
{
  Ticket *ticket = g_new0 (Ticket, 1);

  ticket->addresses = genos_relay_addresses_ref (self->addresses);
  if (name != NULL)
    ticket->address =
        genos_relay_addresses_enter (self->addresses, name, max, g_get_monotonic_time ());
  return ticket;
}

/* settings */

static GHashTable *
make_key_set (const char *const *keys)
{
  GHashTable *set;

  if (keys == NULL)
    return NULL;
  set = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; keys[i] != NULL; i++)
    g_hash_table_add (set, g_strdup (keys[i]));
  return set;
}

static void
set_allowed_keys (GenosRelayServer *self, const char *const *keys)
{
  g_strfreev (self->allowed_keys);
  self->allowed_keys = g_strdupv ((GStrv) keys);
  g_clear_pointer (&self->hub->allowed_keys, g_hash_table_unref);
  self->hub->allowed_keys = make_key_set (keys);
}

static void
set_trusted_proxies (GenosRelayServer *self, const char *const *proxies)
{
  g_strfreev (self->trusted_proxies);
  self->trusted_proxies = g_strdupv ((GStrv) proxies);
  g_ptr_array_set_size (self->trusted, 0);
  for (guint i = 0; proxies != NULL && proxies[i] != NULL; i++) {
    GInetAddressMask *mask = g_inet_address_mask_new_from_string (proxies[i], NULL);

    if (mask != NULL)
      g_ptr_array_add (self->trusted, mask);
  }
}

static void
set_certificate (GenosRelayServer *self, GTlsCertificate *certificate)
{
  g_set_object (&self->certificate, certificate);
  if (self->door != NULL)
    genos_relay_door_set_certificate (self->door, certificate);
}

static void
set_string (char **string, const GValue *value)
{
  g_free (*string);
  *string = g_value_dup_string (value);
}

static void
genos_relay_server_set_property (
    GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  GenosRelayServer *self = GENOS_RELAY_SERVER (object);
  guint *limit = genos_relay_properties_find_limit (&self->hub->limits, property_id);

  if (limit != NULL) {
    *limit = g_value_get_uint (value);
    return;
  }
  switch (property_id) {
    case GENOS_RELAY_PROP_WEB_ROOT:
      set_string (&self->web_root, value);
      break;
    case GENOS_RELAY_PROP_REQUIRE_AUTH:
      self->hub->require_auth = g_value_get_boolean (value);
      break;
    case GENOS_RELAY_PROP_ALLOWED_KEYS:
      set_allowed_keys (self, g_value_get_boxed (value));
      break;
    case GENOS_RELAY_PROP_PUBLIC_URL:
      set_string (&self->hub->public_url, value);
      break;
    case GENOS_RELAY_PROP_TRUSTED_PROXIES:
      set_trusted_proxies (self, g_value_get_boxed (value));
      break;
    case GENOS_RELAY_PROP_PUBLIC_METRICS:
      self->public_metrics = g_value_get_boolean (value);
      break;
    case GENOS_RELAY_PROP_ANNOUNCE:
      self->announce = g_value_get_boolean (value);
      break;
    case GENOS_RELAY_PROP_TLS_CERTIFICATE:
      set_certificate (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      break;
  }
}

static void
genos_relay_server_get_property (
    GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  GenosRelayServer *self = GENOS_RELAY_SERVER (object);
  guint *limit = genos_relay_properties_find_limit (&self->hub->limits, property_id);

  if (limit != NULL) {
    g_value_set_uint (value, *limit);
    return;
  }
  switch (property_id) {
    case GENOS_RELAY_PROP_WEB_ROOT:
      g_value_set_string (value, self->web_root);
      break;
    case GENOS_RELAY_PROP_REQUIRE_AUTH:
      g_value_set_boolean (value, self->hub->require_auth);
      break;
    case GENOS_RELAY_PROP_ALLOWED_KEYS:
      g_value_set_boxed (value, self->allowed_keys);
      break;
    case GENOS_RELAY_PROP_PUBLIC_URL:
      g_value_set_string (value, self->hub->public_url);
      break;
    case GENOS_RELAY_PROP_TRUSTED_PROXIES:
      g_value_set_boxed (value, self->trusted_proxies);
      break;
    case GENOS_RELAY_PROP_PUBLIC_METRICS:
      g_value_set_boolean (value, self->public_metrics);
      break;
    case GENOS_RELAY_PROP_ANNOUNCE:
      g_value_set_boolean (value, self->announce);
      break;
    case GENOS_RELAY_PROP_TLS_CERTIFICATE:
      g_value_set_object (value, self->certificate);
      break;
    case GENOS_RELAY_PROP_CONNECTIONS:
      g_value_set_uint (value, g_hash_table_size (self->connections));
      break;
    case GENOS_RELAY_PROP_EVENTS:
      g_value_set_uint64 (value, self->hub->counters.events);
      break;
    case GENOS_RELAY_PROP_DROPPED:
      g_value_set_uint64 (value, genos_relay_counters_get_dropped (&self->hub->counters));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      break;
  }
}

static void
notify_connections (GenosRelayServer *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), genos_relay_properties[GENOS_RELAY_PROP_CONNECTIONS]);
}

/* who asks */

static GenosRelayVisit *
find_visit (GenosRelayServer *self, SoupServerMessage *message)
{
  return genos_relay_door_find (self->door, soup_server_message_get_remote_address (message));
}

static gboolean
is_trusted (GenosRelayServer *self, GInetAddress *address)
{
  for (guint i = 0; i < self->trusted->len; i++) {
    if (g_inet_address_mask_matches (g_ptr_array_index (self->trusted, i), address))
      return TRUE;
  }
  return FALSE;
}

/* (transfer full) (nullable): NULL for whom no bound of an address is for */
static char *
name_client (GenosRelayServer *self, GenosRelayVisit *visit, SoupServerMessage *message)
{
  GInetAddress *address = genos_relay_visit_get_remote_inet (visit);
  g_autoptr (GInetAddress) forwarded = NULL;

  if (address == NULL)
    return NULL;
  if (is_trusted (self, address))
    forwarded = genos_relay_http_get_forwarded (message);
  return genos_relay_address_name (forwarded != NULL ? forwarded : address);
}

static gboolean
is_of_this_machine (GenosRelayVisit *visit, SoupServerMessage *message)
{
  GInetAddress *address = genos_relay_visit_get_remote_inet (visit);

  return address != NULL && g_inet_address_get_is_loopback (address)
      && !genos_relay_http_is_forwarded (message);
}

/* WebSockets */

static void
on_connection_closed (GenosRelayConnection *connection, GenosRelayServer *self)
{
  g_signal_handlers_disconnect_by_data (connection, self);
  g_hash_table_remove (self->connections, connection);
  notify_connections (self);
}

#define TICKET_KEY "genos-relay-ticket"

static void
on_handshake_answered (SoupServerMessage *message, gpointer user_data)
{
  GenosRelayServer *self = user_data;
  g_autoptr (SoupServerMessage) alive = g_object_ref (message);
  Ticket *ticket = g_object_steal_data (G_OBJECT (message), TICKET_KEY);
  GenosRelayVisit *visit = find_visit (self, message);
  GSocketAddress *local = soup_server_message_get_local_address (message);
  g_autoptr (GIOStream) stream = soup_server_message_steal_connection (message);
  GenosRelayConnection *connection;

  if (visit != NULL)
    genos_relay_door_promote (self->door, visit);
  self->hub->counters.handshakes++;
  connection = genos_relay_connection_new (self->hub, ticket->address, stream,
      soup_server_message_get_uri (message),
      G_IS_INET_SOCKET_ADDRESS (local) ? G_INET_SOCKET_ADDRESS (local) : NULL);
  g_signal_connect (connection, "closed", G_CALLBACK (on_connection_closed), self);
  g_hash_table_insert (self->connections, connection, ticket);
  notify_connections (self);
}

static void
refuse (GenosRelayServer *self, SoupServerMessage *message, GenosRelayDrop drop, guint status,
    const char *reason)
{
  self->hub->counters.drops[drop]++;
  genos_relay_http_refuse (message, status, reason);
}

static void
accept_handshake (GenosRelayServer *self, SoupServerMessage *message, const char *client)
{
  const GenosRelayLimits *limits = &self->hub->limits;
  Ticket *ticket;

  if (g_hash_table_size (self->connections) >= limits->max_connections) {
    refuse (self, message, GENOS_RELAY_DROP_FULL, SOUP_STATUS_SERVICE_UNAVAILABLE,
        "too many connections");
    return;
  }
  ticket = ticket_new (self, client, limits->max_connections_per_address);
  if (client != NULL && ticket->address == NULL) {
    ticket_free (ticket);
    refuse (self, message, GENOS_RELAY_DROP_FULL, 429, "too many connections from this address");
    return;
  }
  g_object_set_data_full (G_OBJECT (message), TICKET_KEY, ticket, ticket_free);
  if (soup_websocket_server_process_handshake (message, NULL, NULL, NULL, NULL))
    g_signal_connect_object (
        message, "wrote-informational", G_CALLBACK (on_handshake_answered), self, 0);
}

/* requests */

static gboolean
take_token (GenosRelayServer *self, const char *client)
{
  Ticket *ticket = ticket_new (self, client, 0);
  gboolean fits = genos_relay_address_take (
      ticket->address, self->hub->limits.max_events_per_minute, g_get_monotonic_time ());

  ticket_free (ticket);
  return fits;
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
  GenosRelayVisit *visit = find_visit (self, message);
  g_autofree char *client = NULL;

  if (visit == NULL)
    return;
  client = name_client (self, visit, message);
  if (!take_token (self, client)) {
    refuse (self, message, GENOS_RELAY_DROP_RATE, 429, "too many requests from this address");
  } else if (genos_relay_http_is_handshake (message)) {
    accept_handshake (self, message, client);
  } else {
    const GenosRelayHttpContext context = {
      .hub = self->hub,
      .web_root = self->web_root,
      .n_connections = g_hash_table_size (self->connections),
      .n_waiting = genos_relay_door_get_n_waiting (self->door),
      .metrics = self->public_metrics || is_of_this_machine (visit, message),
    };

    genos_relay_http_answer (message, path, &context);
  }
}

/* Whoever makes progress has his time begin anew. */
static void
on_progress (SoupServerMessage *message, gpointer user_data)
{
  GenosRelayServer *self = user_data;
  GenosRelayVisit *visit = self->door != NULL ? find_visit (self, message) : NULL;

  if (visit != NULL)
    genos_relay_door_renew (self->door, visit);
}

static void
on_body_data (SoupServerMessage *message, guint size, gpointer user_data)
{
  on_progress (message, user_data);
}

static void
on_request_started (SoupServer *server, SoupServerMessage *message, GenosRelayServer *self)
{
  g_signal_connect_object (message, "got-headers", G_CALLBACK (on_progress), self, 0);
  g_signal_connect_object (message, "wrote-body-data", G_CALLBACK (on_body_data), self, 0);
}

static void
on_visit (GenosRelayDoor *door, GenosRelayVisit *visit, GenosRelayServer *self)
{
  soup_server_accept_iostream (self->server, G_IO_STREAM (visit),
      genos_relay_visit_get_local (visit), genos_relay_visit_get_remote (visit), NULL);
}

/* listening */

static void
open_door (GenosRelayServer *self)
{
  if (self->server != NULL)
    return;
  self->server = soup_server_new ("server-header", "genosrooms ", NULL);
  soup_server_add_early_handler (self->server, NULL, on_early_request, NULL, NULL);
  soup_server_add_handler (self->server, NULL, on_request, self, NULL);
  g_signal_connect (self->server, "request-started", G_CALLBACK (on_request_started), self);
  self->door = genos_relay_door_new (&self->hub->limits, &self->hub->counters);
  genos_relay_door_set_certificate (self->door, self->certificate);
  g_signal_connect (self->door, "visit", G_CALLBACK (on_visit), self);
}

static void
close_door (GenosRelayServer *self)
{
  g_clear_object (&self->announcer);
  if (self->server == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->door, self);
  genos_relay_door_shut (self->door);
  g_signal_handlers_disconnect_by_data (self->server, self);
  soup_server_disconnect (self->server);
  g_clear_object (&self->server);
  g_clear_object (&self->door);
}

static void
announce (GenosRelayServer *self)
{
  g_autoptr (GInetSocketAddress) where = genos_relay_door_dup_address (self->door);
  g_autofree char *name = NULL;
  guint port;

  if (!self->announce || self->announcer != NULL || self->certificate != NULL || where == NULL
      || g_inet_address_get_is_loopback (g_inet_socket_address_get_address (where)))
    return;
  port = g_inet_socket_address_get_port (where);
  name = g_strdup_printf ("relay on %.32s:%u", g_get_host_name (), port);
  self->announcer = genos_lan_announcer_new (name, port);
}

static gboolean
listen_at (GenosRelayServer *self, const char *address, guint16 port, GError **error)
{
  g_autoptr (GInetAddress) inet = NULL;

  if (address == NULL || g_str_equal (address, "localhost"))
    address = "127.0.0.1";
  inet = g_inet_address_new_from_string (address);
  if (inet == NULL) {
    g_set_error (
        error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT, "“%s” is no IP address", address);
    return FALSE;
  }
  return genos_relay_door_listen (self->door, address, port, error);
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
  g_return_val_if_fail (GENOS_IS_RELAY_SERVER (self), FALSE);
  g_return_val_if_fail (self->server == NULL, FALSE);

  open_door (self);
  if (listen_at (self, address, port, error)) {
    announce (self);
    return TRUE;
  }
  close_door (self);
  return FALSE;
}

/**
 * genos_relay_server_listen_socket:
 * @self: a relay
 * @socket: a stream socket that is bound and listens, such as systemd hands over
 * @error: return location for an error
 *
 * Serves the clients of a socket that somebody else opened, on the thread-default main context of
 * the caller. May be called several times, and after [method@GenosRooms.RelayServer.listen], for
 * several sockets.
 *
 * Fails with an error of the domain `G_IO_ERROR` when @socket is no such socket.
 *
 * Returns: whether it serves that socket now
 */
gboolean
genos_relay_server_listen_socket (GenosRelayServer *self, GSocket *socket, GError **error)
{
  g_return_val_if_fail (GENOS_IS_RELAY_SERVER (self), FALSE);
  g_return_val_if_fail (G_IS_SOCKET (socket), FALSE);

  open_door (self);
  if (!genos_relay_door_listen_socket (self->door, socket, error))
    return FALSE;
  announce (self);
  return TRUE;
}

/**
 * genos_relay_server_dup_url:
 * @self: a relay
 *
 * Gets the URL at which clients reach the relay, like `ws://127.0.0.1:7777/`, or `wss:` with a
 * [property@GenosRooms.RelayServer:tls-certificate].
 *
 * Returns: (transfer full) (nullable): the URL, %NULL while it does not listen
 */
char *
genos_relay_server_dup_url (GenosRelayServer *self)
{
  g_autoptr (GInetSocketAddress) where = NULL;
  g_autofree char *host = NULL;

  g_return_val_if_fail (GENOS_IS_RELAY_SERVER (self), NULL);

  if (self->door != NULL)
    where = genos_relay_door_dup_address (self->door);
  if (where == NULL)
    return NULL;
  host = g_inet_address_to_string (g_inet_socket_address_get_address (where));
  return g_uri_join (G_URI_FLAGS_NONE, self->certificate != NULL ? "wss" : "ws", NULL, host,
      g_inet_socket_address_get_port (where), "/", NULL, NULL);
}

/**
 * genos_relay_server_drain:
 * @self: a relay
 *
 * Lets nobody in any more and says goodbye to all clients. They are gone when
 * [property@GenosRooms.RelayServer:connections] is 0, which takes them some seconds at most; then call
 * [method@GenosRooms.RelayServer.stop].
 */
void
genos_relay_server_drain (GenosRelayServer *self)
{
  g_autoptr (GList) connections = NULL;

  g_return_if_fail (GENOS_IS_RELAY_SERVER (self));

  g_clear_object (&self->announcer);
  if (self->door != NULL)
    genos_relay_door_shut (self->door);
  connections = g_hash_table_get_keys (self->connections);
  for (GList *l = connections; l != NULL; l = l->next)
    genos_relay_connection_close (l->data, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, "relay stops");
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
  close_door (self);
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
  genos_relay_addresses_unref (self->addresses);
  genos_relay_hub_free (self->hub);
  g_clear_object (&self->certificate);
  g_ptr_array_unref (self->trusted);
  g_strfreev (self->trusted_proxies);
  g_strfreev (self->allowed_keys);
  g_free (self->web_root);

  G_OBJECT_CLASS (genos_relay_server_parent_class)->finalize (object);
}

static void
genos_relay_server_class_init (GenosRelayServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = genos_relay_server_get_property;
  object_class->set_property = genos_relay_server_set_property;
  object_class->dispose = genos_relay_server_dispose;
  object_class->finalize = genos_relay_server_finalize;
  genos_relay_properties_install (object_class);
}

static void
genos_relay_server_init (GenosRelayServer *self)
{
  self->hub = genos_relay_hub_new ();
  self->addresses = genos_relay_addresses_new ();
  self->trusted = g_ptr_array_new_with_free_func (g_object_unref);
  self->connections = g_hash_table_new_full (NULL, NULL, g_object_unref, ticket_free);
}
