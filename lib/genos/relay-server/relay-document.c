/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/relay-document.h>

#include <genos/base/version.h>

static void
append_limit (JsonObject *object, const char *name, gint64 value)
{
  json_object_set_int_member (object, name, value);
}

static JsonObject *
build_limitation (const GenosRelayHub *hub)
{
  const GenosRelayLimits *limits = &hub->limits;
  JsonObject *object = json_object_new ();

  append_limit (object, "max_message_length", limits->max_message_size);
  append_limit (object, "max_subscriptions", limits->max_subscriptions);
  append_limit (object, "max_filters", MIN (limits->max_filters, GENOS_NIP01_MAX_FILTERS));
  append_limit (object, "max_limit", 0);
  append_limit (object, "default_limit", 0);
  append_limit (object, "max_subid_length", GENOS_NIP01_MAX_SUBSCRIPTION_ID);
  append_limit (object, "max_event_tags", GENOS_NIP01_MAX_TAGS);
  append_limit (
      object, "max_content_length", MIN (limits->max_message_size, GENOS_NIP01_MAX_CONTENT));
  append_limit (object, "min_pow_difficulty", limits->min_pow);
  if (limits->created_at_lower_limit != 0)
    append_limit (object, "created_at_lower_limit", limits->created_at_lower_limit);
  if (limits->created_at_upper_limit != 0)
    append_limit (object, "created_at_upper_limit", limits->created_at_upper_limit);
  json_object_set_boolean_member (object, "auth_required", hub->require_auth);
  json_object_set_boolean_member (object, "payment_required", FALSE);
  /* Kinds that would have to be stored are refused. */
  json_object_set_boolean_member (object, "restricted_writes", TRUE);
  return object;
}

static JsonArray *
build_nips (const GenosRelayHub *hub)
{
  JsonArray *nips = json_array_new ();

  json_array_add_int_element (nips, 1);
  json_array_add_int_element (nips, 11);
  json_array_add_int_element (nips, 13);
  json_array_add_int_element (nips, 40);
  /* Where nobody is asked there is no challenge to answer. */
  if (hub->require_auth)
    json_array_add_int_element (nips, 42);
  return nips;
}

static char *
to_text (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, object);
  return json_to_string (node, FALSE);
}

char *
genos_relay_document_information (const GenosRelayHub *hub)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "name", "genosrooms");
  json_object_set_string_member (
      object, "description", "Passes on the signalling of peer-to-peer rooms and stores nothing");
  json_object_set_array_member (object, "supported_nips", build_nips (hub));
  json_object_set_string_member (object, "software", "genosrooms");
  json_object_set_string_member (object, "version", GENOS_VERSION_S);
  json_object_set_object_member (object, "limitation", build_limitation (hub));
  return to_text (object);
}

char *
genos_relay_document_status (const GenosRelayHub *hub, guint n_connections)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "relay", "genosrooms " GENOS_VERSION_S);
  json_object_set_string_member (object, "protocol", "nostr (ephemeral subset)");
  json_object_set_int_member (object, "connections", n_connections);
  json_object_set_int_member (object, "events", (gint64) hub->counters.events);
  json_object_set_int_member (
      object, "dropped", (gint64) genos_relay_counters_get_dropped (&hub->counters));
  return to_text (object);
}
