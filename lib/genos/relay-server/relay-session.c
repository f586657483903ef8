/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/relay-session.h>

#include <genos/crypto/random.h>
#include <genos/nostr/nostr-event.h>
#include <genos/relay-server/relay-auth.h>
#include <genos/relay-server/relay-policy.h>
#include <genos/relay-server/relay-reply.h>
#include <genos/wire/json-text.h>

#define CHALLENGE_LENGTH 32

struct _GenosRelaySession {
  GenosRelayHub *hub;
  GenosRelayAddress *address;
  GInetSocketAddress *local;
  GenosRelaySend send;
  gpointer owner;

  GHashTable *subscriptions; /* id → GenosRelaySubscription */
  GenosNostrRate rate;
  GString *scratch;
  guint junk;      /* unreadable messages in a row */
  char *challenge; /* NULL where AUTH is not required */
  gboolean authenticated;
};

GenosRelaySession *
genos_relay_session_new (GenosRelayHub *hub, GenosRelayAddress *address, GInetSocketAddress *local,
    GenosRelaySend send, gpointer owner)
{
  GenosRelaySession *self = g_new0 (GenosRelaySession, 1);

  self->hub = hub;
  self->address = address;
  g_set_object (&self->local, local);
  self->send = send;
  self->owner = owner;
  self->subscriptions = g_hash_table_new_full (
      g_str_hash, g_str_equal, NULL, (GDestroyNotify) genos_relay_subscription_free);
  self->scratch = g_string_new (NULL);
  return self;
}

void
genos_relay_session_free (GenosRelaySession *self)
{
  genos_relay_session_silence (self);
  g_hash_table_unref (self->subscriptions);
  g_string_free (self->scratch, TRUE);
  g_clear_object (&self->local);
  g_free (self->challenge);
  g_free (self);
}

guint
genos_relay_session_get_n_subscriptions (GenosRelaySession *self)
{
  return g_hash_table_size (self->subscriptions);
}

/* sending */

static void
send_taken (GenosRelaySession *self, char *text)
{
  self->send (text, self->owner);
  g_free (text);
}

static void
count_drop (GenosRelaySession *self, GenosRelayDrop drop)
{
  self->hub->counters.drops[drop]++;
}

static void
refuse_event (
    GenosRelaySession *self, const GenosNip01Event *event, GenosRelayDrop drop, const char *reason)
{
  count_drop (self, drop);
  send_taken (self, genos_nip01_message_ok (event->id, FALSE, reason));
}

static void
refuse_subscription (
    GenosRelaySession *self, const char *id, GenosRelayDrop drop, const char *reason)
{
  count_drop (self, drop);
  send_taken (self, genos_nip01_message_closed (id, reason));
}

static void
deliver (GenosRelaySubscription *subscription, GString *event_json, gpointer owner)
{
  GenosRelaySession *self = owner;

  g_string_assign (self->scratch, "[\"EVENT\",");
  genos_json_append_string (self->scratch, subscription->id);
  g_string_append_c (self->scratch, ',');
  g_string_append_len (self->scratch, event_json->str, event_json->len);
  g_string_append_c (self->scratch, ']');
  self->send (self->scratch->str, self->owner);
}

/* AUTH */

void
genos_relay_session_open (GenosRelaySession *self)
{
  if (!self->hub->require_auth)
    return;
  self->challenge = genos_random_id (CHALLENGE_LENGTH);
  g_string_assign (self->scratch, "[\"AUTH\",");
  genos_json_append_string (self->scratch, self->challenge);
  g_string_append_c (self->scratch, ']');
  self->send (self->scratch->str, self->owner);
}

static gboolean
needs_auth (GenosRelaySession *self)
{
  return self->challenge != NULL && !self->authenticated;
}

static gboolean
is_local_name (GenosRelaySession *self, const char *url, guint port)
{
  g_autofree char *mdns_name = g_strconcat (g_get_host_name (), ".local", NULL);

  return genos_relay_auth_is_at (url, g_get_host_name (), port)
      || genos_relay_auth_is_at (url, mdns_name, port);
}

/* Whether a client that was told this URL meant us. What it calls us in its Host header is no proof:
 * a relay that passes our challenge on to its own clients would write its own name there. */
static gboolean
is_our_url (GenosRelaySession *self, const char *url)
{
  GInetAddress *address;
  g_autofree char *host = NULL;
  guint port = 0;

  if (self->hub->public_url != NULL && genos_relay_auth_split (self->hub->public_url, &host, &port))
    return genos_relay_auth_is_at (url, host, port);
  if (self->local == NULL)
    return FALSE;
  address = g_inet_socket_address_get_address (self->local);
  port = g_inet_socket_address_get_port (self->local);
  host = g_inet_address_to_string (address);
  if (genos_relay_auth_is_at (url, host, port))
    return TRUE;
  if (g_inet_address_get_is_loopback (address) && genos_relay_auth_is_at (url, "localhost", port))
    return TRUE;
  return is_local_name (self, url, port);
}

static void
handle_auth (GenosRelaySession *self, const GenosNip01Event *event, gint64 now)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *reason = NULL;
  const char *wrong;

  if (self->challenge == NULL) {
    refuse_event (self, event, GENOS_RELAY_DROP_AUTH, "restricted: this relay knows no users");
    return;
  }
  wrong = genos_relay_auth_refuse (event, self->challenge, now);
  if (wrong == NULL && !is_our_url (self, genos_nip01_event_get_tag (event, "relay")))
    wrong = "the tag relay does not name this relay";
  if (wrong == NULL && !genos_nostr_event_verify (event, &error))
    wrong = error->message;
  if (wrong != NULL) {
    reason = g_strconcat ("invalid: ", wrong, NULL);
    refuse_event (self, event, GENOS_RELAY_DROP_AUTH, reason);
    return;
  }
  if (self->hub->allowed_keys != NULL
      && !g_hash_table_contains (self->hub->allowed_keys, event->pubkey)) {
    refuse_event (
        self, event, GENOS_RELAY_DROP_AUTH, "restricted: this key may not use this relay");
    return;
  }
  self->authenticated = TRUE;
  send_taken (self, genos_nip01_message_ok (event->id, TRUE, ""));
}

/* NIP-01 */

static void
handle_event (GenosRelaySession *self, const GenosNip01Event *event, gint64 now)
{
  GenosRelayHub *hub = self->hub;
  g_autoptr (GError) error = NULL;
  g_autofree char *reason = NULL;
  GenosRelayDrop drop;

  if (needs_auth (self)) {
    refuse_event (self, event, GENOS_RELAY_DROP_AUTH, "auth-required: answer the challenge first");
    return;
  }
  reason = genos_relay_policy_refuse (&hub->limits, event, now, &drop);
  if (reason != NULL) {
    refuse_event (self, event, drop, reason);
    return;
  }
  /* Before the look at what was seen: a forgery is no duplicate of what it copies the id of. */
  if (!genos_nostr_event_verify (event, &error)) {
    reason = g_strconcat ("invalid: ", error->message, NULL);
    refuse_event (self, event, GENOS_RELAY_DROP_INVALID, reason);
    return;
  }
  if (genos_nostr_seen_contains (hub->seen, event->id)) {
    hub->counters.duplicates++;
    send_taken (self, genos_nip01_message_ok (event->id, TRUE, "duplicate: already passed on"));
    return;
  }
  genos_nostr_seen_add (hub->seen, event->id);
  send_taken (self, genos_nip01_message_ok (event->id, TRUE, ""));
  genos_relay_hub_publish (hub, event);
}

static void
remove_subscription (GenosRelaySession *self, const char *id)
{
  GenosRelaySubscription *subscription = g_hash_table_lookup (self->subscriptions, id);

  if (subscription == NULL)
    return;
  genos_relay_hub_remove (self->hub, subscription);
  g_hash_table_remove (self->subscriptions, id);
}

void
genos_relay_session_silence (GenosRelaySession *self)
{
  GHashTableIter iter;
  gpointer subscription;

  g_hash_table_iter_init (&iter, self->subscriptions);
  while (g_hash_table_iter_next (&iter, NULL, &subscription)) {
    genos_relay_hub_remove (self->hub, subscription);
    g_hash_table_iter_remove (&iter);
  }
}

static void
add_subscription (GenosRelaySession *self, const GenosNip01Message *message)
{
  GenosRelaySubscription *subscription =
      genos_relay_subscription_new (message->subscription, message->filters, deliver, self);

  g_hash_table_insert (self->subscriptions, subscription->id, subscription);
  genos_relay_hub_add (self->hub, subscription);
  send_taken (self, genos_nip01_message_eose (message->subscription));
}

static void
handle_req (GenosRelaySession *self, const GenosNip01Message *message)
{
  const GenosRelayLimits *limits = &self->hub->limits;
  g_autofree char *reason = NULL;

  /* "a REQ with the same subscription id replaces" (NIP-01), so it may come at the limit. */
  remove_subscription (self, message->subscription);
  if (needs_auth (self)) {
    refuse_subscription (self, message->subscription, GENOS_RELAY_DROP_AUTH,
        "auth-required: answer the challenge first");
    return;
  }
  if (message->filters->len > limits->max_filters)
    reason = g_strdup_printf ("invalid: more than %u filters", limits->max_filters);
  else if (g_hash_table_size (self->subscriptions) >= limits->max_subscriptions)
    reason = g_strdup_printf (
        "rate-limited: more than %u subscriptions on one connection", limits->max_subscriptions);
  if (reason != NULL)
    refuse_subscription (self, message->subscription, GENOS_RELAY_DROP_LIMIT, reason);
  else
    add_subscription (self, message);
}

static gboolean
refuse_junk (GenosRelaySession *self, char *reply)
{
  count_drop (self, GENOS_RELAY_DROP_INVALID);
  send_taken (self, reply);
  return ++self->junk < GENOS_RELAY_MAX_JUNK;
}

static gboolean
handle_message (GenosRelaySession *self, const GenosNip01Message *message, gint64 now)
{
  switch (message->type) {
    case GENOS_NIP01_EVENT:
      handle_event (self, message->event, now);
      break;
    case GENOS_NIP01_REQ:
      handle_req (self, message);
      break;
    case GENOS_NIP01_CLOSE:
      remove_subscription (self, message->subscription);
      break;
    case GENOS_NIP01_AUTH:
      if (message->event != NULL) {
        handle_auth (self, message->event, now);
        break;
      }
      /* fall through */
    case GENOS_NIP01_OK:
    case GENOS_NIP01_EOSE:
    case GENOS_NIP01_CLOSED:
    case GENOS_NIP01_NOTICE:
      return refuse_junk (self, genos_nip01_message_notice ("invalid: only a relay says that"));
  }
  self->junk = 0;
  return TRUE;
}

static void
refuse_for_rate (GenosRelaySession *self, const GenosNip01Message *message)
{
  const char *reason = "rate-limited: too many messages";

  if (message->event != NULL)
    refuse_event (self, message->event, GENOS_RELAY_DROP_RATE, reason);
  else if (message->type == GENOS_NIP01_REQ)
    refuse_subscription (self, message->subscription, GENOS_RELAY_DROP_RATE, reason);
  else
    count_drop (self, GENOS_RELAY_DROP_RATE);
}

static gboolean
take_token (GenosRelaySession *self, gint64 monotonic)
{
  const GenosRelayLimits *limits = &self->hub->limits;

  return genos_nostr_rate_take (
             &self->rate, limits->max_events_per_second, limits->event_burst, monotonic)
      && genos_relay_address_take (self->address, limits->max_events_per_minute, monotonic);
}

gboolean
genos_relay_session_take (
    GenosRelaySession *self, const char *text, gsize len, gint64 monotonic, gint64 now)
{
  g_autoptr (GenosNip01Message) message = NULL;
  g_autoptr (GError) error = NULL;

  self->hub->counters.messages++;
  message = genos_nip01_message_parse (text, len, &error);
  if (message == NULL)
    return refuse_junk (self, genos_relay_reply_to_unreadable (text, len, error));
  if (take_token (self, monotonic))
    return handle_message (self, message, now);
  /* To have a subscription ended costs nobody anything. */
  if (message->type == GENOS_NIP01_CLOSE)
    remove_subscription (self, message->subscription);
  refuse_for_rate (self, message);
  return TRUE;
}

gboolean
genos_relay_session_take_binary (GenosRelaySession *self)
{
  self->hub->counters.messages++;
  return refuse_junk (self, genos_nip01_message_notice ("invalid: not a text message"));
}
