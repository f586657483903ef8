/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sim-result.h"

#include <json-glib/json-glib.h>

static double
share (guint64 part, guint64 whole)
{
  return whole > 0 ? (double) part / whole : 1;
}

void
sim_result_print_header (void)
{
  g_print ("%-11s %7s %6s | %7s %5s %5s | %5s %5s | %8s %6s %6s | %9s | %8s %8s\n", "rules",
      "peers", "cells", "links", "p99", "worst", "hops", "worst", "latency", "p99", "frames",
      "delivered", "B/s", "worst");
  g_print ("%-11s %7s %6s | %7s %5s %5s | %5s %5s | %8s %6s %6s | %9s | %8s %8s\n", "", "", "",
      "mean", "", "", "med.", "", "med. ms", "", "/deliv", "%", "mean", "");
}

void
sim_result_print (const SimResult *self)
{
  g_print ("%-11s %7u %6u | %7.1f %5.0f %5.0f | %5.0f %5.0f | %8.0f %6.0f %6.2f | %9.4f | %8.0f "
           "%8.0f\n",
      self->rules, self->n_peers, self->n_cells, self->links.mean, self->links.p99,
      self->links.worst, self->hops.median, self->hops.worst, self->latency.median,
      self->latency.p99, self->frames_per_delivery,
      100 * share (self->n_delivered, self->n_expected), self->bytes_out.mean,
      self->bytes_out.worst);
}

static void
print_spread (const char *name, SimSpread spread, const char *unit)
{
  g_print ("  %-28s %10.1f mean %8.0f median %8.0f p99 %8.0f worst  %s\n", name, spread.mean,
      spread.median, spread.p99, spread.worst, unit);
}

void
sim_result_print_all (const SimResult *self)
{
  g_print ("%u peers in %u cells; %" G_GUINT64_FORMAT " came and %" G_GUINT64_FORMAT " went\n",
      self->n_peers, self->n_cells, self->n_joined, self->n_left);
  print_spread ("links of a peer", self->links, "");
  print_spread ("links of a bridge", self->bridge_links, "");
  g_print ("  %-28s %10.4f %% of %" G_GUINT64_FORMAT ", of %" G_GUINT64_FORMAT " messages\n",
      "delivered", 100 * share (self->n_delivered, self->n_expected), self->n_expected,
      self->n_messages);
  g_print ("  %-28s %10" G_GUINT64_FORMAT "\n", "delivered twice", self->n_twice);
  g_print ("  %-28s %10" G_GUINT64_FORMAT "\n", "came because asked for", self->n_repaired);
  print_spread ("hops", self->hops, "");
  print_spread ("latency", self->latency, "ms");
  g_print ("  %-28s %10.3f, of these %.3f for repair\n", "frames sent a delivery",
      self->frames_per_delivery, self->control_per_delivery);
  print_spread ("sent by a peer", self->bytes_out, "B/s");
  if (self->n_directed > 0)
    g_print ("  %-28s %10.4f %% of %" G_GUINT64_FORMAT ", in %.1f hops\n", "for one peer, arrived",
        100 * share (self->n_directed_arrived, self->n_directed), self->n_directed,
        self->directed_hops);
  g_print ("  %-28s %10.1f /s published, %.1f /s for each peer to read\n", "events on relays",
      self->events_per_second, self->heard_per_second);
  if (self->n_faults > 0) {
    g_print ("  %-28s %10u, noticed by %u neighbours\n", "bridges struck", self->n_faults,
        self->n_resealed);
    print_spread ("until they had resealed", self->reseal, "ms");
  }
  if (self->n_forged > 0)
    g_print ("  %-28s %10" G_GUINT64_FORMAT " deliveries\n", "forged and believed", self->n_forged);
  if (self->healed != 0)
    g_print ("  %-28s %10.1f s%s\n", "until all agreed again", self->healed,
        self->healed < 0 ? " (they did not)" : "");
}

/* --- JSON --- */

static void
add_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_double_value (builder, value);
}

static void
add_spread (JsonBuilder *builder, const char *name, SimSpread spread)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
  add_number (builder, "mean", spread.mean);
  add_number (builder, "median", spread.median);
  add_number (builder, "p99", spread.p99);
  add_number (builder, "worst", spread.worst);
  json_builder_end_object (builder);
}

static void
add_result (JsonBuilder *builder, const SimResult *self)
{
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "rules");
  json_builder_add_string_value (builder, self->rules);
  add_number (builder, "peers", self->n_peers);
  add_number (builder, "cells", self->n_cells);
  add_spread (builder, "links", self->links);
  add_spread (builder, "bridge-links", self->bridge_links);
  add_spread (builder, "hops", self->hops);
  add_spread (builder, "latency-ms", self->latency);
  add_spread (builder, "bytes-per-second", self->bytes_out);
  add_number (builder, "messages", self->n_messages);
  add_number (builder, "expected", self->n_expected);
  add_number (builder, "delivered", self->n_delivered);
  add_number (builder, "delivered-twice", self->n_twice);
  add_number (builder, "repaired", self->n_repaired);
  add_number (builder, "frames-per-delivery", self->frames_per_delivery);
  add_number (builder, "control-per-delivery", self->control_per_delivery);
  add_number (builder, "directed", self->n_directed);
  add_number (builder, "directed-arrived", self->n_directed_arrived);
  add_number (builder, "directed-hops", self->directed_hops);
  add_number (builder, "joined", self->n_joined);
  add_number (builder, "left", self->n_left);
  add_number (builder, "forged", self->n_forged);
  add_number (builder, "relay-events", self->n_events);
  add_number (builder, "relay-events-per-second", self->events_per_second);
  add_number (builder, "heard-per-second", self->heard_per_second);
  add_number (builder, "faults", self->n_faults);
  add_number (builder, "resealed", self->n_resealed);
  add_spread (builder, "reseal-ms", self->reseal);
  add_number (builder, "healed-seconds", self->healed);
  json_builder_end_object (builder);
}

char *
sim_result_to_json (const SimResult *const *results, guint n)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    add_result (builder, results[i]);
  json_builder_end_array (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, TRUE);
}
