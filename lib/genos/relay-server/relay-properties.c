/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/relay-properties.h>

#include <gio/gio.h>

#include <genos/wire/nip01-message.h>

/* Sums of two of them, in microseconds or bytes, are far from the end of their types. */
#define MAX_SECONDS (366 * 24 * 3600)

GParamSpec *genos_relay_properties[GENOS_RELAY_N_PROPS];

guint *
genos_relay_properties_find_limit (GenosRelayLimits *limits, guint property_id)
{
  guint *const limit[] = {
    [GENOS_RELAY_PROP_MAX_MESSAGE_SIZE] = &limits->max_message_size,
    [GENOS_RELAY_PROP_MAX_PENDING] = &limits->max_pending,
    [GENOS_RELAY_PROP_MAX_PENDING_TOTAL] = &limits->max_pending_total,
    [GENOS_RELAY_PROP_MAX_CONNECTIONS] = &limits->max_connections,
    [GENOS_RELAY_PROP_MAX_HTTP_CONNECTIONS] = &limits->max_http_connections,
    [GENOS_RELAY_PROP_MAX_CONNECTIONS_PER_ADDRESS] = &limits->max_connections_per_address,
    [GENOS_RELAY_PROP_MAX_SUBSCRIPTIONS] = &limits->max_subscriptions,
    [GENOS_RELAY_PROP_MAX_FILTERS] = &limits->max_filters,
    [GENOS_RELAY_PROP_MAX_EVENTS_PER_SECOND] = &limits->max_events_per_second,
    [GENOS_RELAY_PROP_EVENT_BURST] = &limits->event_burst,
    [GENOS_RELAY_PROP_MAX_EVENTS_PER_MINUTE] = &limits->max_events_per_minute,
    [GENOS_RELAY_PROP_MIN_POW] = &limits->min_pow,
    [GENOS_RELAY_PROP_CREATED_AT_LOWER_LIMIT] = &limits->created_at_lower_limit,
    [GENOS_RELAY_PROP_CREATED_AT_UPPER_LIMIT] = &limits->created_at_upper_limit,
    [GENOS_RELAY_PROP_HTTP_TIMEOUT] = &limits->http_timeout,
    [GENOS_RELAY_PROP_PING_INTERVAL] = &limits->ping_interval,
    [GENOS_RELAY_PROP_PING_TIMEOUT] = &limits->ping_timeout,
    [GENOS_RELAY_PROP_IDLE_TIMEOUT] = &limits->idle_timeout,
  };

  return property_id < G_N_ELEMENTS (limit) ? limit[property_id] : NULL;
}

static GParamSpec *
limit_spec (const char *name, guint minimum, guint maximum, guint value)
{
  return g_param_spec_uint (
      name, NULL, NULL, minimum, maximum, value, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
}

static void
install_sizes (void)
{
  GParamSpec **properties = genos_relay_properties;

  /**
   * GenosRelayServer:max-message-size:
   *
   * Bytes that one message of a client may have; more closes its connection.
   */
  properties[GENOS_RELAY_PROP_MAX_MESSAGE_SIZE] =
      limit_spec ("max-message-size", 1024, G_MAXINT, GENOS_RELAY_DEFAULT_MESSAGE_SIZE);

  /**
   * GenosRelayServer:max-pending:
   *
   * Bytes that may wait for a client to read them; more closes its connection.
   */
  properties[GENOS_RELAY_PROP_MAX_PENDING] =
      limit_spec ("max-pending", 1024, G_MAXINT, GENOS_RELAY_DEFAULT_PENDING);

  /**
   * GenosRelayServer:max-pending-total:
   *
   * Bytes that may wait for all clients together; when there are more, clients go for which more
   * than the average waits.
   */
  properties[GENOS_RELAY_PROP_MAX_PENDING_TOTAL] =
      limit_spec ("max-pending-total", 1024, G_MAXINT, GENOS_RELAY_DEFAULT_PENDING_TOTAL);

  /**
   * GenosRelayServer:max-connections:
   *
   * WebSocket clients at a time; a further one gets status 503.
   */
  properties[GENOS_RELAY_PROP_MAX_CONNECTIONS] =
      limit_spec ("max-connections", 1, G_MAXINT, GENOS_RELAY_DEFAULT_CONNECTIONS);

  /**
   * GenosRelayServer:max-http-connections:
   *
   * Connections at a time that are no WebSocket, or none yet; a further one ends the oldest.
   */
  properties[GENOS_RELAY_PROP_MAX_HTTP_CONNECTIONS] =
      limit_spec ("max-http-connections", 1, G_MAXINT, GENOS_RELAY_DEFAULT_HTTP_CONNECTIONS);

  /**
   * GenosRelayServer:max-connections-per-address:
   *
   * WebSocket clients at a time with one IPv4 address or one IPv6 network of 64 bits; a further one
   * gets status 429. This machine's own programs are not counted. 0 sets no limit.
   */
  properties[GENOS_RELAY_PROP_MAX_CONNECTIONS_PER_ADDRESS] = limit_spec (
      "max-connections-per-address", 0, G_MAXINT, GENOS_RELAY_DEFAULT_CONNECTIONS_PER_ADDRESS);

  /**
   * GenosRelayServer:max-subscriptions:
   *
   * Subscriptions one connection may have; a further one is answered with `CLOSED`.
   */
  properties[GENOS_RELAY_PROP_MAX_SUBSCRIPTIONS] =
      limit_spec ("max-subscriptions", 1, G_MAXINT, GENOS_RELAY_DEFAULT_SUBSCRIPTIONS);

  /**
   * GenosRelayServer:max-filters:
   *
   * Filters one subscription may have; more are answered with `CLOSED`.
   */
  properties[GENOS_RELAY_PROP_MAX_FILTERS] =
      limit_spec ("max-filters", 1, GENOS_NIP01_MAX_FILTERS, GENOS_RELAY_DEFAULT_FILTERS);
}

static void
install_rates (void)
{
  GParamSpec **properties = genos_relay_properties;

  /**
   * GenosRelayServer:max-events-per-second:
   *
   * Messages a second one connection may send in the long run; further ones are answered with
   * `rate-limited:`. 0 sets no limit.
   */
  properties[GENOS_RELAY_PROP_MAX_EVENTS_PER_SECOND] =
      limit_spec ("max-events-per-second", 0, G_MAXINT, GENOS_RELAY_DEFAULT_RATE);

  /**
   * GenosRelayServer:event-burst:
   *
   * Messages one connection may send at once after a pause.
   */
  properties[GENOS_RELAY_PROP_EVENT_BURST] =
      limit_spec ("event-burst", 1, G_MAXINT, GENOS_RELAY_DEFAULT_BURST);

  /**
   * GenosRelayServer:max-events-per-minute:
   *
   * Messages and requests a minute from all connections of one address (see
   * [property@GenosRooms.RelayServer:max-connections-per-address]); further ones are answered with
   * `rate-limited:` or status 429. 0 sets no limit.
   */
  properties[GENOS_RELAY_PROP_MAX_EVENTS_PER_MINUTE] =
      limit_spec ("max-events-per-minute", 0, G_MAXINT, GENOS_RELAY_DEFAULT_ADDRESS_RATE);

  /**
   * GenosRelayServer:min-pow:
   *
   * Leading zero bits that the id of every event needs (NIP-13); others are answered with `pow:`.
   * Browsers of the dialects do no such work.
   */
  properties[GENOS_RELAY_PROP_MIN_POW] = limit_spec ("min-pow", 0, 256, 0);
}

static void
install_times (void)
{
  GParamSpec **properties = genos_relay_properties;

  /**
   * GenosRelayServer:created-at-lower-limit:
   *
   * Seconds that the time of an event may be behind the clock of this machine; an older one is
   * refused, with the difference as the reason. 0 sets no limit.
   */
  properties[GENOS_RELAY_PROP_CREATED_AT_LOWER_LIMIT] =
      limit_spec ("created-at-lower-limit", 0, G_MAXINT, GENOS_RELAY_DEFAULT_CREATED_AT_LOWER);

  /**
   * GenosRelayServer:created-at-upper-limit:
   *
   * Seconds that it may be ahead. 0 sets no limit.
   */
  properties[GENOS_RELAY_PROP_CREATED_AT_UPPER_LIMIT] =
      limit_spec ("created-at-upper-limit", 0, G_MAXINT, GENOS_RELAY_DEFAULT_CREATED_AT_UPPER);

  /**
   * GenosRelayServer:http-timeout:
   *
   * Seconds in which a new connection has to become a WebSocket, TLS and all, or to have asked for a
   * file and begun to read it.
   */
  properties[GENOS_RELAY_PROP_HTTP_TIMEOUT] =
      limit_spec ("http-timeout", 1, MAX_SECONDS, GENOS_RELAY_DEFAULT_HTTP_TIMEOUT);

  /**
   * GenosRelayServer:ping-interval:
   *
   * Seconds between the pings that a client gets.
   */
  properties[GENOS_RELAY_PROP_PING_INTERVAL] =
      limit_spec ("ping-interval", 1, MAX_SECONDS, GENOS_RELAY_DEFAULT_PING_INTERVAL);

  /**
   * GenosRelayServer:ping-timeout:
   *
   * A client that is silent for so many seconds more than a ping interval is disconnected.
   */
  properties[GENOS_RELAY_PROP_PING_TIMEOUT] =
      limit_spec ("ping-timeout", 1, MAX_SECONDS, GENOS_RELAY_DEFAULT_PING_TIMEOUT);

  /**
   * GenosRelayServer:idle-timeout:
   *
   * A client that answers pings but has no subscription, and sends nothing, is disconnected after so
   * many seconds. 0 sets no limit.
   */
  properties[GENOS_RELAY_PROP_IDLE_TIMEOUT] =
      limit_spec ("idle-timeout", 0, MAX_SECONDS, GENOS_RELAY_DEFAULT_IDLE_TIMEOUT);
}

static void
install_settings (void)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;
  GParamSpec **properties = genos_relay_properties;

  /**
   * GenosRelayServer:web-root:
   *
   * A folder whose files are served to browsers, `index.html` for `/` and `page.html` for `/page`: html,
   * js, css, json, svg, png, jpg, ico and txt of at most 8 MiB, with plain names, no symbolic links. %NULL
   * serves none.
   */
  properties[GENOS_RELAY_PROP_WEB_ROOT] = g_param_spec_string ("web-root", NULL, NULL, NULL, flags);

  /**
   * GenosRelayServer:require-auth:
   *
   * Whether a client has to prove that it has a key (NIP-42) before it may publish or subscribe.
   * It counts for connections that come after it is set. Browsers of the dialects do not do that.
   */
  properties[GENOS_RELAY_PROP_REQUIRE_AUTH] =
      g_param_spec_boolean ("require-auth", NULL, NULL, FALSE, flags);

  /**
   * GenosRelayServer:allowed-keys:
   *
   * The public keys that may pass [property@GenosRooms.RelayServer:require-auth], 64 lowercase hex
   * digits each. %NULL: every key may.
   */
  properties[GENOS_RELAY_PROP_ALLOWED_KEYS] =
      g_param_spec_boxed ("allowed-keys", NULL, NULL, G_TYPE_STRV, flags);

  /**
   * GenosRelayServer:public-url:
   *
   * The URL by which clients know this relay, which their `AUTH` has to name: needed behind a proxy
   * and with a name in the DNS. %NULL: this machine's host name, or the address that the client
   * reached.
   */
  properties[GENOS_RELAY_PROP_PUBLIC_URL] =
      g_param_spec_string ("public-url", NULL, NULL, NULL, flags);

  /**
   * GenosRelayServer:trusted-proxies:
   *
   * Addresses or networks, like `127.0.0.1` and `10.0.0.0/8`, of reverse proxies: what those say in
   * the last entry of `X-Forwarded-For` is the client's address. Entries that are none match
   * nothing. %NULL: nobody is believed.
   */
  properties[GENOS_RELAY_PROP_TRUSTED_PROXIES] =
      g_param_spec_boxed ("trusted-proxies", NULL, NULL, G_TYPE_STRV, flags);

  /**
   * GenosRelayServer:public-metrics:
   *
   * Whether `/metrics` is for everybody. Otherwise it is for this machine only, and not for what a
   * proxy passes on.
   */
  properties[GENOS_RELAY_PROP_PUBLIC_METRICS] =
      g_param_spec_boolean ("public-metrics", NULL, NULL, FALSE, flags);

  /**
   * GenosRelayServer:tls-certificate:
   *
   * With it the relay speaks TLS (`wss`) to all who connect after it is set, so that a renewed
   * certificate takes no restart. It needs its private key. %NULL: no TLS.
   */
  properties[GENOS_RELAY_PROP_TLS_CERTIFICATE] =
      g_param_spec_object ("tls-certificate", NULL, NULL, G_TYPE_TLS_CERTIFICATE, flags);

  /**
   * GenosRelayServer:announce:
   *
   * Whether the local network is told of this relay (DNS-SD, type `_nostr-relay._tcp`), for as long
   * as it listens on an address that others reach. It needs Avahi, and waits for it. What speaks TLS
   * is not announced: a certificate is for a name, and what is found is an address. To be set before
   * [method@GenosRooms.RelayServer.listen].
   */
  properties[GENOS_RELAY_PROP_ANNOUNCE] =
      g_param_spec_boolean ("announce", NULL, NULL, FALSE, flags);
}

static void
install_counters (void)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GParamSpec **properties = genos_relay_properties;

  /**
   * GenosRelayServer:connections:
   *
   * WebSocket clients that are connected now.
   */
  properties[GENOS_RELAY_PROP_CONNECTIONS] =
      g_param_spec_uint ("connections", NULL, NULL, 0, G_MAXUINT, 0, flags);

  /**
   * GenosRelayServer:events:
   *
   * Events that were verified and passed on since the relay was made. Does not notify.
   */
  properties[GENOS_RELAY_PROP_EVENTS] =
      g_param_spec_uint64 ("events", NULL, NULL, 0, G_MAXUINT64, 0, flags);

  /**
   * GenosRelayServer:dropped:
   *
   * Messages and connections that were refused since the relay was made. Does not notify.
   */
  properties[GENOS_RELAY_PROP_DROPPED] =
      g_param_spec_uint64 ("dropped", NULL, NULL, 0, G_MAXUINT64, 0, flags);
}

void
genos_relay_properties_install (GObjectClass *klass)
{
  install_sizes ();
  install_rates ();
  install_times ();
  install_settings ();
  install_counters ();
  g_object_class_install_properties (klass, GENOS_RELAY_N_PROPS, genos_relay_properties);
}
