/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The bounds of a relay, all of them properties of GenosRelayServer. Where it says so, 0 is no
 * limit. */
typedef struct {
  guint max_message_size;  /* bytes of one message from a client */
  guint max_pending;       /* bytes that wait for a client to read them */
  guint max_pending_total; /* and for all clients */
  guint max_connections;
  guint max_http_connections;        /* that are no WebSocket, or none yet */
  guint max_connections_per_address; /* 0: no limit */
  guint max_subscriptions;           /* of one connection */
  guint max_filters;                 /* of one subscription */
  guint
      max_events_per_second; /* messages of any kind, of one connection, in the long run; 0: no limit */
  guint event_burst;         /* and at once */
  guint max_events_per_minute;  /* the same, and requests, of one address; 0: no limit */
  guint min_pow;                /* bits (NIP-13) */
  guint created_at_lower_limit; /* seconds that an event may be old; 0: no limit */
  guint created_at_upper_limit; /* seconds that it may be ahead; 0: no limit */
  guint http_timeout;           /* seconds for a handshake or a request */
  guint ping_interval;          /* seconds between pings */
  guint ping_timeout;           /* seconds after that in which a client has to say something */
  guint idle_timeout;           /* seconds without a subscription and a message; 0: no limit */
} GenosRelayLimits;

#define GENOS_RELAY_DEFAULT_MESSAGE_SIZE (256 * 1024)
#define GENOS_RELAY_DEFAULT_PENDING (8 * 1024 * 1024)
#define GENOS_RELAY_DEFAULT_PENDING_TOTAL (256 * 1024 * 1024)
#define GENOS_RELAY_DEFAULT_CONNECTIONS 1024
#define GENOS_RELAY_DEFAULT_HTTP_CONNECTIONS 128
#define GENOS_RELAY_DEFAULT_CONNECTIONS_PER_ADDRESS 128
#define GENOS_RELAY_DEFAULT_SUBSCRIPTIONS 64
#define GENOS_RELAY_DEFAULT_FILTERS 10
#define GENOS_RELAY_DEFAULT_RATE 100
#define GENOS_RELAY_DEFAULT_BURST 500
/* Fifty peers behind one address that all dial each other. */
#define GENOS_RELAY_DEFAULT_ADDRESS_RATE 12000
/* strfry refuses what is more than 900 s ahead, and ephemeral events after 60 s; machines without
 * a clock of their own are further off than that, and hear from us by how much. */
#define GENOS_RELAY_DEFAULT_CREATED_AT_LOWER 600
#define GENOS_RELAY_DEFAULT_CREATED_AT_UPPER 900
#define GENOS_RELAY_DEFAULT_HTTP_TIMEOUT 15
#define GENOS_RELAY_DEFAULT_PING_INTERVAL 30
#define GENOS_RELAY_DEFAULT_PING_TIMEOUT 60
#define GENOS_RELAY_DEFAULT_IDLE_TIMEOUT 300

/* So many messages in a row that are no NIP-01 end the connection. */
#define GENOS_RELAY_MAX_JUNK 32

void genos_relay_limits_init (GenosRelayLimits *self);

G_END_DECLS
