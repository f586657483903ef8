/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/nostr/nostr-seen.h>
#include <genos/relay-server/relay-counters.h>
#include <genos/relay-server/relay-limits.h>
#include <genos/wire/nip01-message.h>

G_BEGIN_DECLS

/* What the clients of a relay share: its rules, its counters, and who listens to what, found by the
 * kind of an event. */

typedef struct _GenosRelaySubscription GenosRelaySubscription;

/* @event_json is the event alone. May not add or remove subscriptions. */
typedef void (*GenosRelayDeliver) (
    GenosRelaySubscription *subscription, GString *event_json, gpointer owner);

struct _GenosRelaySubscription {
  char *id;
  GPtrArray *filters; /* of GenosNip01Filter */
  GenosRelayDeliver deliver;
  gpointer owner;
};

GenosRelaySubscription *genos_relay_subscription_new (
    const char *id, GPtrArray *filters, GenosRelayDeliver deliver, gpointer owner);
void genos_relay_subscription_free (GenosRelaySubscription *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosRelaySubscription, genos_relay_subscription_free)

typedef struct {
  GenosRelayLimits limits;
  gboolean require_auth;
  GHashTable *allowed_keys; /* set of public keys, 64 hex digits; NULL: every key may */
  char *public_url;         /* (nullable) what AUTH has to name */

  GenosNostrSeen *seen;
  GenosRelayCounters counters;
  guint n_clients;
  guint n_subscriptions;
  gsize pending; /* bytes that wait for all clients */

  /*< private >*/
  GHashTable *by_kind; /* kind → GPtrArray of subscriptions with a filter for it */
  GPtrArray *any_kind;
} GenosRelayHub;

GenosRelayHub *genos_relay_hub_new (void);
void genos_relay_hub_free (GenosRelayHub *self);

/* The hub does not own what is added. Its filters must not change while it is in here. */
void genos_relay_hub_add (GenosRelayHub *self, GenosRelaySubscription *subscription);
void genos_relay_hub_remove (GenosRelayHub *self, GenosRelaySubscription *subscription);

/* Delivers an event that was verified, once to each subscription that wants it. */
void genos_relay_hub_publish (GenosRelayHub *self, const GenosNip01Event *event);

G_END_DECLS
