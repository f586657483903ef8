/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/relay-limits.h>

void
genos_relay_limits_init (GenosRelayLimits *self)
{
  *self = (GenosRelayLimits){
    .max_message_size = GENOS_RELAY_DEFAULT_MESSAGE_SIZE,
    .max_pending = GENOS_RELAY_DEFAULT_PENDING,
    .max_pending_total = GENOS_RELAY_DEFAULT_PENDING_TOTAL,
    .max_connections = GENOS_RELAY_DEFAULT_CONNECTIONS,
    .max_http_connections = GENOS_RELAY_DEFAULT_HTTP_CONNECTIONS,
    .max_connections_per_address = GENOS_RELAY_DEFAULT_CONNECTIONS_PER_ADDRESS,
    .max_subscriptions = GENOS_RELAY_DEFAULT_SUBSCRIPTIONS,
    .max_filters = GENOS_RELAY_DEFAULT_FILTERS,
    .max_events_per_second = GENOS_RELAY_DEFAULT_RATE,
    .event_burst = GENOS_RELAY_DEFAULT_BURST,
    .max_events_per_minute = GENOS_RELAY_DEFAULT_ADDRESS_RATE,
    .created_at_lower_limit = GENOS_RELAY_DEFAULT_CREATED_AT_LOWER,
    .created_at_upper_limit = GENOS_RELAY_DEFAULT_CREATED_AT_UPPER,
    .http_timeout = GENOS_RELAY_DEFAULT_HTTP_TIMEOUT,
    .ping_interval = GENOS_RELAY_DEFAULT_PING_INTERVAL,
    .ping_timeout = GENOS_RELAY_DEFAULT_PING_TIMEOUT,
    .idle_timeout = GENOS_RELAY_DEFAULT_IDLE_TIMEOUT,
  };
}
