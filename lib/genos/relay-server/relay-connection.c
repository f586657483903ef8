/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/relay-connection.h>

#include <genos/nostr/nostr-event.h>
#include <genos/nostr/nostr-rate.h>
#include <genos/relay-server/relay-reply.h>
#include <genos/relay-server/relay-stream.h>
#include <genos/wire/json-text.h>

#define KEEPALIVE_SECONDS 30
#define SILENCE (3 * KEEPALIVE_SECONDS * G_USEC_PER_SEC)

/* "for kind n such that 20000 <= n < 30000, events are ephemeral" (NIP-01) */
#define FIRST_EPHEMERAL 20000
#define END_EPHEMERAL 30000

struct _GenosRelayConnection {
  GObject parent_instance;

  GenosRelayHub *hub;
  GenosRelayStream *stream;
  SoupWebsocketConnection *socket;
  GHashTable *subscriptions; /* id → GenosRelaySubscription */
  GenosNostrRate rate;
  GString *scratch;
  guint junk; /* unreadable messages in a row */
  gint64 last_heard;
  GSource *watchdog;
  GSource *farewell; /* a slow client is shown the door when nobody is in the hub */
  gboolean gone;
};

enum { SIGNAL_CLOSED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GenosRelayConnection, genos_relay_connection, G_TYPE_OBJECT)

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
remove_subscription (GenosRelayConnection *self, const char *id)
{
  GenosRelaySubscription *subscription = g_hash_table_lookup (self->subscriptions, id);

  if (subscription == NULL)
    return;
  genos_relay_hub_remove (self->hub, subscription);
  g_hash_table_remove (self->subscriptions, id);
}

static void
remove_subscriptions (GenosRelayConnection *self)
{
  GHashTableIter iter;
  gpointer subscription;

  g_hash_table_iter_init (&iter, self->subscriptions);
  while (g_hash_table_iter_next (&iter, NULL, &subscription)) {
    genos_relay_hub_remove (self->hub, subscription);
    g_hash_table_iter_remove (&iter);
  }
}

void
genos_relay_connection_close (GenosRelayConnection *self, gushort code, const char *reason)
{
  g_return_if_fail (GENOS_IS_RELAY_CONNECTION (self));

  self->gone = TRUE;
  clear_source (&self->farewell);
  remove_subscriptions (self);
  if (soup_websocket_connection_get_state (self->socket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (self->socket, code, reason);
}

/* sending */

static gboolean
on_farewell (gpointer user_data)
{
  GenosRelayConnection *self = user_data;

  genos_relay_connection_close (
      self, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, "rate-limited: too slow to read");
  return G_SOURCE_REMOVE;
}

static void
dismiss_slow (GenosRelayConnection *self)
{
  self->gone = TRUE;
  self->hub->dropped++;
  self->farewell = g_idle_source_new ();
  g_source_set_priority (self->farewell, G_PRIORITY_HIGH);
  g_source_set_callback (self->farewell, on_farewell, self, NULL);
  g_source_attach (self->farewell, g_main_context_get_thread_default ());
}

static void
send_text (GenosRelayConnection *self, const char *text)
{
  if (self->gone || soup_websocket_connection_get_state (self->socket) != SOUP_WEBSOCKET_STATE_OPEN)
    return;
  soup_websocket_connection_send_text (self->socket, text);
  if (genos_relay_stream_get_pending (self->stream) > self->hub->limits.max_pending)
    dismiss_slow (self);
}

static void
send_taken (GenosRelayConnection *self, char *text)
{
  send_text (self, text);
  g_free (text);
}

static void
refuse_event (GenosRelayConnection *self, const GenosNip01Event *event, const char *reason)
{
  self->hub->dropped++;
  send_taken (self, genos_nip01_message_ok (event->id, FALSE, reason));
}

static void
refuse_subscription (GenosRelayConnection *self, const char *id, const char *reason)
{
  self->hub->dropped++;
  send_taken (self, genos_nip01_message_closed (id, reason));
}

static void
deliver (GenosRelaySubscription *subscription, GString *event_json, gpointer owner)
{
  GenosRelayConnection *self = owner;

  g_string_assign (self->scratch, "[\"EVENT\",");
  genos_json_append_string (self->scratch, subscription->id);
  g_string_append_c (self->scratch, ',');
  g_string_append_len (self->scratch, event_json->str, event_json->len);
  g_string_append_c (self->scratch, ']');
  send_text (self, self->scratch->str);
}

/* receiving */

static void
handle_event (GenosRelayConnection *self, const GenosNip01Event *event)
{
  g_autoptr (GError) error = NULL;

  if (event->kind < FIRST_EPHEMERAL || event->kind >= END_EPHEMERAL) {
    refuse_event (self, event,
        "blocked: this relay stores nothing and passes on ephemeral kinds (20000-29999) only");
    return;
  }
  /* Before the look at what was seen: a forgery is no duplicate of what it copies the id of. */
  if (!genos_nostr_event_verify (event, &error)) {
    g_autofree char *reason = g_strconcat ("invalid: ", error->message, NULL);

    refuse_event (self, event, reason);
    return;
  }
  if (genos_nostr_seen_contains (self->hub->seen, event->id)) {
    send_taken (self, genos_nip01_message_ok (event->id, TRUE, "duplicate: already passed on"));
    return;
  }
  genos_nostr_seen_add (self->hub->seen, event->id);
  send_taken (self, genos_nip01_message_ok (event->id, TRUE, ""));
  genos_relay_hub_publish (self->hub, event);
}

static void
handle_req (GenosRelayConnection *self, const GenosNip01Message *message)
{
  const GenosRelayLimits *limits = &self->hub->limits;
  GenosRelaySubscription *subscription;
  g_autofree char *reason = NULL;

  /* "a REQ with the same subscription id replaces" (NIP-01), so it may come at the limit. */
  remove_subscription (self, message->subscription);
  if (message->filters->len > limits->max_filters)
    reason = g_strdup_printf ("invalid: more than %u filters", limits->max_filters);
  else if (g_hash_table_size (self->subscriptions) >= limits->max_subscriptions)
    reason = g_strdup_printf (
        "rate-limited: more than %u subscriptions on one connection", limits->max_subscriptions);
  if (reason != NULL) {
    refuse_subscription (self, message->subscription, reason);
    return;
  }
  subscription =
      genos_relay_subscription_new (message->subscription, message->filters, deliver, self);
  g_hash_table_insert (self->subscriptions, subscription->id, subscription);
  genos_relay_hub_add (self->hub, subscription);
  send_taken (self, genos_nip01_message_eose (message->subscription));
}

static void
refuse_junk (GenosRelayConnection *self, char *reply)
{
  self->hub->dropped++;
  send_taken (self, reply);
  if (++self->junk >= GENOS_RELAY_MAX_JUNK)
    genos_relay_connection_close (
        self, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, "invalid: nothing but unreadable messages");
}

static void
handle_message (GenosRelayConnection *self, const GenosNip01Message *message)
{
  switch (message->type) {
    case GENOS_NIP01_EVENT:
      handle_event (self, message->event);
      break;
    case GENOS_NIP01_REQ:
      handle_req (self, message);
      break;
    case GENOS_NIP01_CLOSE:
      remove_subscription (self, message->subscription);
      break;
    case GENOS_NIP01_AUTH:
      if (message->event != NULL)
        refuse_event (self, message->event, "restricted: this relay knows no users");
      break;
    case GENOS_NIP01_OK:
    case GENOS_NIP01_EOSE:
    case GENOS_NIP01_CLOSED:
    case GENOS_NIP01_NOTICE:
      refuse_junk (self, genos_nip01_message_notice ("invalid: only a relay says that"));
      return;
  }
  self->junk = 0;
}

static void
refuse_for_rate (GenosRelayConnection *self, const GenosNip01Message *message)
{
  const char *reason = "rate-limited: too many messages";

  if (message->type == GENOS_NIP01_EVENT)
    refuse_event (self, message->event, reason);
  else if (message->type == GENOS_NIP01_REQ)
    refuse_subscription (self, message->subscription, reason);
  else
    self->hub->dropped++;
}

static void
on_message (SoupWebsocketConnection *socket, gint type, GBytes *bytes, GenosRelayConnection *self)
{
  g_autoptr (GenosRelayConnection) alive = g_object_ref (self);
  g_autoptr (GenosNip01Message) message = NULL;
  g_autoptr (GError) error = NULL;
  gsize len;
  const char *text = g_bytes_get_data (bytes, &len);

  if (self->gone)
    return;
  self->last_heard = g_get_monotonic_time ();
  if (type != SOUP_WEBSOCKET_DATA_TEXT || len == 0) {
    refuse_junk (self, genos_nip01_message_notice ("invalid: not a text message"));
    return;
  }
  message = genos_nip01_message_parse (text, len, &error);
  if (message == NULL)
    refuse_junk (self, genos_relay_reply_to_unreadable (text, len, error));
  else if (!genos_nostr_rate_take (&self->rate, self->hub->limits.max_events_per_second,
               self->hub->limits.event_burst, self->last_heard))
    refuse_for_rate (self, message);
  else
    handle_message (self, message);
}

static void
on_pong (SoupWebsocketConnection *socket, GBytes *bytes, GenosRelayConnection *self)
{
  self->last_heard = g_get_monotonic_time ();
}

static void
on_error (SoupWebsocketConnection *socket, GError *error, GenosRelayConnection *self)
{
  self->hub->dropped++;
}

static void
on_closed (SoupWebsocketConnection *socket, GenosRelayConnection *self)
{
  g_object_ref (self);
  self->gone = TRUE;
  clear_source (&self->watchdog);
  clear_source (&self->farewell);
  remove_subscriptions (self);
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0);
  g_object_unref (self);
}

static gboolean
on_watchdog (gpointer user_data)
{
  GenosRelayConnection *self = user_data;

  if (g_get_monotonic_time () - self->last_heard > SILENCE)
    genos_relay_connection_close (self, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, "no answer to pings");
  return G_SOURCE_CONTINUE;
}

static void
genos_relay_connection_dispose (GObject *object)
{
  GenosRelayConnection *self = GENOS_RELAY_CONNECTION (object);

  clear_source (&self->watchdog);
  clear_source (&self->farewell);
  remove_subscriptions (self);
  if (self->socket != NULL)
    g_signal_handlers_disconnect_by_data (self->socket, self);
  g_clear_object (&self->socket);
  g_clear_object (&self->stream);

  G_OBJECT_CLASS (genos_relay_connection_parent_class)->dispose (object);
}

static void
genos_relay_connection_finalize (GObject *object)
{
  GenosRelayConnection *self = GENOS_RELAY_CONNECTION (object);

  g_hash_table_unref (self->subscriptions);
  g_string_free (self->scratch, TRUE);

  G_OBJECT_CLASS (genos_relay_connection_parent_class)->finalize (object);
}

static void
genos_relay_connection_class_init (GenosRelayConnectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = genos_relay_connection_dispose;
  object_class->finalize = genos_relay_connection_finalize;

  signals[SIGNAL_CLOSED] = g_signal_new ("closed", GENOS_TYPE_RELAY_CONNECTION, G_SIGNAL_RUN_LAST,
      0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
genos_relay_connection_init (GenosRelayConnection *self)
{
  self->subscriptions = g_hash_table_new_full (
      g_str_hash, g_str_equal, NULL, (GDestroyNotify) genos_relay_subscription_free);
  self->scratch = g_string_new (NULL);
  self->last_heard = g_get_monotonic_time ();
}

GenosRelayConnection *
genos_relay_connection_new (GenosRelayHub *hub, GIOStream *stream, GUri *uri)
{
  GenosRelayConnection *self = g_object_new (GENOS_TYPE_RELAY_CONNECTION, NULL);

  self->hub = hub;
  self->stream = genos_relay_stream_new (stream, hub->limits.max_message_size);
  self->socket = soup_websocket_connection_new (
      G_IO_STREAM (self->stream), uri, SOUP_WEBSOCKET_CONNECTION_SERVER, NULL, NULL, NULL);
  soup_websocket_connection_set_max_incoming_payload_size (
      self->socket, hub->limits.max_message_size);
  soup_websocket_connection_set_keepalive_interval (self->socket, KEEPALIVE_SECONDS);
  g_signal_connect (self->socket, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->socket, "pong", G_CALLBACK (on_pong), self);
  g_signal_connect (self->socket, "error", G_CALLBACK (on_error), self);
  g_signal_connect (self->socket, "closed", G_CALLBACK (on_closed), self);

  self->watchdog = g_timeout_source_new_seconds (KEEPALIVE_SECONDS);
  g_source_set_callback (self->watchdog, on_watchdog, self, NULL);
  g_source_attach (self->watchdog, g_main_context_get_thread_default ());
  return self;
}
