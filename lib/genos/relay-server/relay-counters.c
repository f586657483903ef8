/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/relay-counters.h>

#include <genos/base/open-metrics.h>
#include <genos/base/version.h>

static const char *const drop_names[] = {
  [GENOS_RELAY_DROP_INVALID] = "invalid",
  [GENOS_RELAY_DROP_BLOCKED] = "blocked",
  [GENOS_RELAY_DROP_POW] = "pow",
  [GENOS_RELAY_DROP_AUTH] = "auth",
  [GENOS_RELAY_DROP_RATE] = "rate",
  [GENOS_RELAY_DROP_LIMIT] = "limit",
  [GENOS_RELAY_DROP_FULL] = "full",
  [GENOS_RELAY_DROP_SLOW] = "slow",
  [GENOS_RELAY_DROP_TIMEOUT] = "timeout",
  [GENOS_RELAY_DROP_BROKEN] = "broken",
};
G_STATIC_ASSERT (G_N_ELEMENTS (drop_names) == GENOS_RELAY_N_DROPS);

guint64
genos_relay_counters_get_dropped (const GenosRelayCounters *self)
{
  guint64 sum = 0;

  for (guint i = 0; i < GENOS_RELAY_N_DROPS; i++)
    sum += self->drops[i];
  return sum;
}

static void
add_gauge (GenosOpenMetrics *out, const char *name, const char *help, guint64 value)
{
  genos_open_metrics_begin (out, name, GENOS_METRIC_GAUGE, help);
  genos_open_metrics_add_count (out, NULL, value);
}

static void
add_counter (GenosOpenMetrics *out, const char *name, const char *help, guint64 value)
{
  genos_open_metrics_begin (out, name, GENOS_METRIC_COUNTER, help);
  genos_open_metrics_add_count (out, NULL, value);
}

static void
add_drops (GenosOpenMetrics *out, const GenosRelayCounters *self)
{
  genos_open_metrics_begin (out, "genos_relay_drops", GENOS_METRIC_COUNTER,
      "Messages and connections that were refused.");
  for (guint i = 0; i < GENOS_RELAY_N_DROPS; i++) {
    const char *const labels[] = { "reason", drop_names[i], NULL };

    genos_open_metrics_add_count (out, labels, self->drops[i]);
  }
}

char *
genos_relay_counters_to_metrics (const GenosRelayCounters *self, const GenosRelayGauges *now)
{
  static const char *const version[] = { "version", GENOS_VERSION_S, NULL };
  GenosOpenMetrics *out = genos_open_metrics_new ();

  genos_open_metrics_begin (out, "genos_relay", GENOS_METRIC_INFO, "The program.");
  genos_open_metrics_add_count (out, version, 1);
  add_gauge (
      out, "genos_relay_connections", "WebSocket connections that are open.", now->connections);
  add_gauge (out, "genos_relay_http_connections", "Connections that are no WebSocket, or none yet.",
      now->http_connections);
  add_gauge (out, "genos_relay_subscriptions", "Subscriptions that are open.", now->subscriptions);
  add_gauge (
      out, "genos_relay_pending_bytes", "Bytes that wait for clients to read them.", now->pending);
  add_counter (out, "genos_relay_accepts", "TCP connections that were accepted.", self->accepted);
  add_counter (
      out, "genos_relay_handshakes", "WebSocket handshakes that were accepted.", self->handshakes);
  add_counter (out, "genos_relay_messages", "Messages of clients.", self->messages);
  add_counter (out, "genos_relay_events", "Events that were verified and passed on.", self->events);
  add_counter (
      out, "genos_relay_duplicates", "Events that had been passed on before.", self->duplicates);
  add_counter (
      out, "genos_relay_deliveries", "Events that were sent to subscribers.", self->deliveries);
  add_drops (out, self);
  return genos_open_metrics_finish (out);
}
