/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/relay-counters.h>

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
append_family (GString *out, const char *name, const char *type, const char *help)
{
  g_string_append_printf (
      out, "# TYPE genos_relay%s %s\n# HELP genos_relay%s %s\n", name, type, name, help);
}

static void
append_gauge (GString *out, const char *name, const char *help, guint64 value)
{
  append_family (out, name, "gauge", help);
  g_string_append_printf (out, "genos_relay%s %" G_GUINT64_FORMAT "\n", name, value);
}

static void
append_counter (GString *out, const char *name, const char *help, guint64 value)
{
  append_family (out, name, "counter", help);
  g_string_append_printf (out, "genos_relay%s_total %" G_GUINT64_FORMAT "\n", name, value);
}

char *
genos_relay_counters_to_metrics (const GenosRelayCounters *self, const GenosRelayGauges *now)
{
  GString *out = g_string_new (NULL);

  append_family (out, "", "info", "The program.");
  g_string_append (out, "genos_relay_info{version=\"" GENOS_VERSION_S "\"} 1\n");
  append_gauge (out, "_connections", "WebSocket connections that are open.", now->connections);
  append_gauge (out, "_http_connections", "Connections that are no WebSocket, or none yet.",
      now->http_connections);
  append_gauge (out, "_subscriptions", "Subscriptions that are open.", now->subscriptions);
  append_gauge (out, "_pending_bytes", "Bytes that wait for clients to read them.", now->pending);
  append_counter (out, "_accepts", "TCP connections that were accepted.", self->accepted);
  append_counter (out, "_handshakes", "WebSocket handshakes that were accepted.", self->handshakes);
  append_counter (out, "_messages", "Messages of clients.", self->messages);
  append_counter (out, "_events", "Events that were verified and passed on.", self->events);
  append_counter (out, "_duplicates", "Events that had been passed on before.", self->duplicates);
  append_counter (out, "_deliveries", "Events that were sent to subscribers.", self->deliveries);
  append_family (out, "_drops", "counter", "Messages and connections that were refused.");
  for (guint i = 0; i < GENOS_RELAY_N_DROPS; i++)
    g_string_append_printf (out, "genos_relay_drops_total{reason=\"%s\"} %" G_GUINT64_FORMAT "\n",
        drop_names[i], self->drops[i]);
  g_string_append (out, "# EOF\n");
  return g_string_free (out, FALSE);
}
