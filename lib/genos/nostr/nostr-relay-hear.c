/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What one relay says: read, judged, and counted where it is of no use. */

#include <genos/nostr/nostr-relay-private.h>

#include <genos/base/error.h>
#include <genos/nostr/nostr-socket-soup.h>

/* A room of a thousand peers announces itself four hundred times a second. */
#define EVENTS_PER_SECOND 1000
#define EVENT_BURST 4000

static GenosNostrSubscription *
find_subscription (GenosNostrRelay *self, const char *id)
{
  for (guint i = 0; i < self->subscriptions->len; i++) {
    GenosNostrSubscription *subscription = g_ptr_array_index (self->subscriptions, i);

    if (id != NULL && g_strcmp0 (subscription->id, id) == 0)
      return subscription;
  }
  return NULL;
}

static GenosNostrSubscription *
find_source (GenosNostrRelay *self, const char *id)
{
  for (guint i = 0; i < self->subscriptions->len; i++) {
    GenosNostrSubscription *subscription = g_ptr_array_index (self->subscriptions, i);

    if (genos_nostr_subscription_goes_by (subscription, id))
      return subscription;
  }
  return NULL;
}

static void
handle_event (GenosNostrRelay *self, const GenosNip01Message *message)
{
  GenosNostrSubscription *subscription = find_source (self, message->subscription);
  const GenosNip01Event *event = message->event;
  gboolean echoed;

  if (subscription == NULL || event == NULL
      || !genos_nostr_subscription_wants (subscription, event)) {
    genos_nostr_relay_drop (self, GENOS_NOSTR_DROP_UNSUBSCRIBED);
    return;
  }
  if (genos_nostr_seen_contains (self->seen, event->id)) {
    genos_nostr_relay_drop (self, GENOS_NOSTR_DROP_REPLAYED);
    return;
  }
  if (!genos_nostr_event_verify (event, NULL)) {
    genos_nostr_relay_drop (self, GENOS_NOSTR_DROP_FORGED);
    return;
  }
  genos_nostr_seen_add (self->seen, event->id);
  self->events_in++;
  echoed = genos_nostr_health_echoed (&self->health, event->id, g_get_monotonic_time ());
  genos_nostr_relay_emit_event (self, event);
  if (echoed)
    genos_nostr_relay_review (self);
}

static void
handle_closed_subscription (GenosNostrRelay *self, const GenosNip01Message *message)
{
  GenosNostrSubscription *subscription = find_subscription (self, message->subscription);

  if (subscription == NULL) {
    genos_nostr_relay_drop (self, GENOS_NOSTR_DROP_UNSUBSCRIBED);
    return;
  }
  genos_nostr_relay_expect_renewal (self);
  genos_nostr_relay_take_closed (self, subscription, message->text);
}

static void
handle_eose (GenosNostrRelay *self, const GenosNip01Message *message)
{
  GenosNostrSubscription *subscription = find_subscription (self, message->subscription);

  if (subscription != NULL)
    genos_nostr_subscription_forget_old_id (subscription);
}

static void
handle_auth (GenosNostrRelay *self, const GenosNip01Message *message)
{
  if (message->text == NULL)
    genos_nostr_relay_drop (self, GENOS_NOSTR_DROP_MALFORMED);
  else
    genos_nostr_relay_take_challenge (self, message->text);
}

static void
handle_message (GenosNostrRelay *self, const GenosNip01Message *message)
{
  switch (message->type) {
    case GENOS_NIP01_EVENT:
      handle_event (self, message);
      break;
    case GENOS_NIP01_OK:
      genos_nostr_relay_take_ok (self, message);
      break;
    case GENOS_NIP01_CLOSED:
      handle_closed_subscription (self, message);
      break;
    case GENOS_NIP01_NOTICE:
      genos_nostr_relay_take_notice (self, message->text);
      break;
    case GENOS_NIP01_AUTH:
      handle_auth (self, message);
      break;
    case GENOS_NIP01_EOSE:
      handle_eose (self, message);
      break;
    case GENOS_NIP01_REQ:
    case GENOS_NIP01_CLOSE:
      genos_nostr_relay_drop (self, GENOS_NOSTR_DROP_MALFORMED);
      break;
  }
}

void
genos_nostr_relay_take_message (GenosNostrRelay *self, GBytes *bytes)
{
  g_autoptr (GenosNip01Message) message = NULL;
  g_autoptr (GError) error = NULL;
  gsize len;
  const char *text = g_bytes_get_data (bytes, &len);

  if (len > GENOS_NOSTR_SOCKET_MAX_MESSAGE) {
    genos_nostr_relay_drop (self, GENOS_NOSTR_DROP_OVERSIZED);
    return;
  }
  if (!genos_nostr_rate_take (
          &self->rate, EVENTS_PER_SECOND, EVENT_BURST, g_get_monotonic_time ())) {
    genos_nostr_relay_drop (self, GENOS_NOSTR_DROP_FLOODED);
    return;
  }
  message = genos_nip01_message_parse (text, len, &error);
  if (message == NULL) {
    genos_nostr_relay_drop (self,
        g_error_matches (error, GENOS_ERROR, GENOS_ERROR_LIMIT) ? GENOS_NOSTR_DROP_OVERSIZED
                                                                : GENOS_NOSTR_DROP_MALFORMED);
    return;
  }
  g_object_ref (self);
  handle_message (self, message);
  g_object_unref (self);
}
