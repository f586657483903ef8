/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/relay-hub.h>

/* Ids that are remembered so that no client gets an event twice. */
#define MAX_SEEN 16384

GenosRelaySubscription *
genos_relay_subscription_new (
    const char *id, GPtrArray *filters, GenosRelayDeliver deliver, gpointer owner)
{
  GenosRelaySubscription *self = g_new0 (GenosRelaySubscription, 1);

  self->id = g_strdup (id);
  self->filters = g_ptr_array_ref (filters);
  self->deliver = deliver;
  self->owner = owner;
  return self;
}

void
genos_relay_subscription_free (GenosRelaySubscription *self)
{
  g_ptr_array_unref (self->filters);
  g_free (self->id);
  g_free (self);
}

GenosRelayHub *
genos_relay_hub_new (void)
{
  GenosRelayHub *self = g_new0 (GenosRelayHub, 1);

  genos_relay_limits_init (&self->limits);
  self->seen = genos_nostr_seen_new (MAX_SEEN);
  self->by_kind = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_ptr_array_unref);
  self->any_kind = g_ptr_array_new ();
  return self;
}

void
genos_relay_hub_free (GenosRelayHub *self)
{
  genos_nostr_seen_free (self->seen);
  g_hash_table_unref (self->by_kind);
  g_ptr_array_unref (self->any_kind);
  g_clear_pointer (&self->allowed_keys, g_hash_table_unref);
  g_free (self->public_url);
  g_free (self);
}

static gboolean
wants_any_kind (const GenosRelaySubscription *subscription)
{
  for (guint i = 0; i < subscription->filters->len; i++) {
    GenosNip01Filter *filter = g_ptr_array_index (subscription->filters, i);

    if (filter->kinds == NULL)
      return TRUE;
  }
  return FALSE;
}

/* (transfer full): each kind once, however many filters name it */
static GHashTable *
collect_kinds (const GenosRelaySubscription *subscription)
{
  GHashTable *kinds = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < subscription->filters->len; i++) {
    GenosNip01Filter *filter = g_ptr_array_index (subscription->filters, i);

    for (guint j = 0; j < filter->kinds->len; j++)
      g_hash_table_add (kinds, GUINT_TO_POINTER (g_array_index (filter->kinds, guint, j)));
  }
  return kinds;
}

void
genos_relay_hub_add (GenosRelayHub *self, GenosRelaySubscription *subscription)
{
  g_autoptr (GHashTable) kinds = NULL;
  GHashTableIter iter;
  gpointer kind;

  self->n_subscriptions++;
  if (wants_any_kind (subscription)) {
    g_ptr_array_add (self->any_kind, subscription);
    return;
  }
  kinds = collect_kinds (subscription);
  g_hash_table_iter_init (&iter, kinds);
  while (g_hash_table_iter_next (&iter, &kind, NULL)) {
    GPtrArray *listeners = g_hash_table_lookup (self->by_kind, kind);

    if (listeners == NULL) {
      listeners = g_ptr_array_new ();
      g_hash_table_insert (self->by_kind, kind, listeners);
    }
    g_ptr_array_add (listeners, subscription);
  }
}

void
genos_relay_hub_remove (GenosRelayHub *self, GenosRelaySubscription *subscription)
{
  g_autoptr (GHashTable) kinds = NULL;
  GHashTableIter iter;
  gpointer kind;

  self->n_subscriptions--;
  if (wants_any_kind (subscription)) {
    g_ptr_array_remove_fast (self->any_kind, subscription);
    return;
  }
  kinds = collect_kinds (subscription);
  g_hash_table_iter_init (&iter, kinds);
  while (g_hash_table_iter_next (&iter, &kind, NULL)) {
    GPtrArray *listeners = g_hash_table_lookup (self->by_kind, kind);

    g_ptr_array_remove_fast (listeners, subscription);
    if (listeners->len == 0)
      g_hash_table_remove (self->by_kind, kind);
  }
}

static gboolean
wants (const GenosRelaySubscription *subscription, const GenosNip01Event *event)
{
  for (guint i = 0; i < subscription->filters->len; i++) {
    if (genos_nip01_filter_matches (g_ptr_array_index (subscription->filters, i), event))
      return TRUE;
  }
  return FALSE;
}

static void
deliver (GenosRelayHub *self, GPtrArray *listeners, const GenosNip01Event *event, GString *json)
{
  for (guint i = 0; listeners != NULL && i < listeners->len; i++) {
    GenosRelaySubscription *subscription = g_ptr_array_index (listeners, i);

    if (!wants (subscription, event))
      continue;
    if (json->len == 0)
      genos_nip01_event_append (json, event);
    self->counters.deliveries++;
    subscription->deliver (subscription, json, subscription->owner);
  }
}

void
genos_relay_hub_publish (GenosRelayHub *self, const GenosNip01Event *event)
{
  g_autoptr (GString) json = g_string_sized_new (512);

  self->counters.events++;
  deliver (self, g_hash_table_lookup (self->by_kind, GUINT_TO_POINTER (event->kind)), event, json);
  deliver (self, self->any_kind, event, json);
}
