/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The bounds of a relay, all of them properties of GenosRelayServer. 0 events per second is no
 * limit; everything else has one. */
typedef struct {
  guint max_message_size;       /* bytes of one message from a client */
  guint max_pending;            /* bytes that wait for a client to read them */
  guint max_connections;
  guint max_subscriptions;      /* of one connection */
  guint max_filters;            /* of one subscription */
  guint max_events_per_second;  /* messages of any kind, of one connection, in the long run */
  guint event_burst;            /* and at once */
} GenosRelayLimits;

#define GENOS_RELAY_DEFAULT_MESSAGE_SIZE (256 * 1024)
#define GENOS_RELAY_DEFAULT_PENDING (8 * 1024 * 1024)
#define GENOS_RELAY_DEFAULT_CONNECTIONS 1024
#define GENOS_RELAY_DEFAULT_SUBSCRIPTIONS 64
#define GENOS_RELAY_DEFAULT_FILTERS 10
#define GENOS_RELAY_DEFAULT_RATE 100
#define GENOS_RELAY_DEFAULT_BURST 500

/* So many messages in a row that are no NIP-01 end the connection. */
#define GENOS_RELAY_MAX_JUNK 32

G_END_DECLS
