/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-relay-private.h>

#include <genos/base/reason-private.h>
#include <genos/crypto/random.h>
#include <genos/nostr/nostr-backoff.h>
#include <genos/nostr/nostr-describe.h>
#include <genos/nostr/nostr-socket-soup.h>

#define MAX_SEEN 4096
#define MAX_NOTICE 512

/* A connection that held that long was a good one: its loss starts the pauses anew. One that is
 * opened and closed at once is not, or such a relay would be called on every few seconds. */
#define GOOD_CONNECTION (30 * G_USEC_PER_SEC)

/* A subscription the relay closed is asked for again after that. */
#define RENEWAL_SECONDS 30

#define OPEN_TIMEOUT_MS 10000
#define ANSWER_TIMEOUT_MS 8000
#define CHECK_TIMEOUT_MS 4000

/* A relay that was left, for something that may pass, is tried again after that. */
#define LEFT_MS (10 * 60 * 1000)

enum {
  SIGNAL_OPENED,
  SIGNAL_CLOSED,
  SIGNAL_EVENT,
  SIGNAL_NOTICE,
  SIGNAL_HEALTH_CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GenosNostrRelay, genos_nostr_relay, G_TYPE_OBJECT)

static void open_socket (GenosNostrRelay *self);

const GenosNostrRelayConfig *
genos_nostr_relay_default_config (void)
{
  static const GenosNostrRelayConfig config = {
    .socket_factory = genos_nostr_socket_soup_new,
    .describe = genos_nostr_describe,
    .first_retry_ms = GENOS_NOSTR_BACKOFF_FIRST_MS,
    .retry_cap_ms = GENOS_NOSTR_BACKOFF_CAP_MS,
    .open_timeout_ms = OPEN_TIMEOUT_MS,
    .answer_timeout_ms = ANSWER_TIMEOUT_MS,
  };

  return &config;
}

/* timers */

static void
clear_timer (GenosNostrRelay *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

GSource *
genos_nostr_relay_add_timer (GenosNostrRelay *self, guint ms, GSourceFunc function)
{
  GSource *source = g_timeout_source_new (ms);

  g_source_set_static_name (source, "genos: relay");
  g_source_set_callback (source, function, self, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
  return source;
}

static void
set_timer (GenosNostrRelay *self, guint ms, GSourceFunc function)
{
  clear_timer (self);
  self->timer = genos_nostr_relay_add_timer (self, ms, function);
}

static void
stop_listening_for_first_word (GenosNostrRelay *self)
{
  if (self->first_word != NULL)
    g_source_destroy (self->first_word);
  g_clear_pointer (&self->first_word, g_source_unref);
}

/* what the relay says */

void
genos_nostr_relay_drop (GenosNostrRelay *self, GenosNostrDrop reason)
{
  self->dropped[reason]++;
}

void
genos_nostr_relay_emit_notice (GenosNostrRelay *self, const char *text, GenosReason reason)
{
  g_autofree char *bounded = NULL;
  const char *end = text;

  while (*end != '\0' && g_utf8_next_char (end) - text <= MAX_NOTICE)
    end = g_utf8_next_char (end);
  bounded = g_strndup (text, end - text);
  g_signal_emit (self, signals[SIGNAL_NOTICE], 0, bounded, reason);
}

void
genos_nostr_relay_emit_event (GenosNostrRelay *self, const GenosNip01Event *event)
{
  g_signal_emit (self, signals[SIGNAL_EVENT], 0, event);
}

void
genos_nostr_relay_emit_health_changed (GenosNostrRelay *self)
{
  g_signal_emit (self, signals[SIGNAL_HEALTH_CHANGED], 0);
}

static void
send_req (GenosNostrRelay *self, GenosNostrSubscription *subscription)
{
  g_autofree char *text = NULL;

  text = genos_nostr_subscription_renew (
      subscription, g_get_real_time () / G_USEC_PER_SEC, genos_nostr_relay_get_subid_length (self));
  genos_nostr_socket_send (self->socket, text);
}

void
genos_nostr_relay_renew (GenosNostrRelay *self, gboolean all)
{
  for (guint i = 0; i < self->subscriptions->len; i++) {
    GenosNostrSubscription *subscription = g_ptr_array_index (self->subscriptions, i);

    if (all && subscription->id != NULL) {
      g_autofree char *text = genos_nip01_message_close (subscription->id);

      genos_nostr_socket_send (self->socket, text);
      genos_nostr_subscription_retire_id (subscription);
    }
    if (all || subscription->id == NULL)
      send_req (self, subscription);
  }
}

static gboolean
on_renewal_due (gpointer user_data)
{
  GenosNostrRelay *self = user_data;

  clear_timer (self);
  genos_nostr_relay_renew (self, FALSE);
  return G_SOURCE_REMOVE;
}

void
genos_nostr_relay_expect_renewal (GenosNostrRelay *self)
{
  if (self->timer == NULL)
    set_timer (self, RENEWAL_SECONDS * 1000, on_renewal_due);
}

/* the connection */

static void
on_message (GenosNostrSocket *socket, GBytes *bytes, GenosNostrRelay *self)
{
  stop_listening_for_first_word (self);
  genos_nostr_relay_take_message (self, bytes);
}

static void
drop_socket (GenosNostrRelay *self)
{
  g_autoptr (GenosNostrSocket) socket = g_steal_pointer (&self->socket);

  stop_listening_for_first_word (self);
  if (socket == NULL)
    return;
  g_signal_handlers_disconnect_by_data (socket, self);
  genos_nostr_socket_close (socket);
}

static gboolean
on_retry_due (gpointer user_data)
{
  GenosNostrRelay *self = user_data;

  clear_timer (self);
  open_socket (self);
  return G_SOURCE_REMOVE;
}

static gboolean
has_held (GenosNostrRelay *self)
{
  return self->state == GENOS_NOSTR_RELAY_OPEN
      && g_get_monotonic_time () - self->opened_at >= GOOD_CONNECTION;
}

static guint
next_pause (GenosNostrRelay *self)
{
  double fraction = genos_random_uniform (1 << 16) / (double) (1 << 16);

  if (has_held (self))
    self->failures = 0;
  return genos_nostr_backoff_delay (
      self->failures++, self->config->first_retry_ms, self->config->retry_cap_ms, fraction);
}

static void
stop_describing (GenosNostrRelay *self)
{
  g_cancellable_cancel (self->describing);
  g_clear_object (&self->describing);
}

static void
end_connection (GenosNostrRelay *self, GenosNostrRelayState state)
{
  clear_timer (self);
  stop_describing (self);
  drop_socket (self);
  genos_nostr_relay_forget_parcels (self);
  genos_nostr_auth_reset (&self->auth);
  self->state = state;
}

static void
lose_connection (GenosNostrRelay *self, const GError *error)
{
  guint pause = next_pause (self);

  g_free (self->last_error);
  self->last_error = g_strdup (error->message);
  if (g_error_matches (error, GENOS_ERROR, GENOS_ERROR_LIMIT))
    genos_nostr_relay_drop (self, GENOS_NOSTR_DROP_OVERSIZED);
  genos_nostr_health_closed (&self->health, has_held (self));
  end_connection (self, GENOS_NOSTR_RELAY_WAITING);
  set_timer (self, pause, on_retry_due);
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0, error);
  genos_nostr_relay_review (self);
}

static void
on_closed (GenosNostrSocket *socket, const GError *error, GenosNostrRelay *self)
{
  g_object_ref (self);
  lose_connection (self, error);
  g_object_unref (self);
}

static gboolean
on_open_timeout (gpointer user_data)
{
  g_autoptr (GenosNostrRelay) self = g_object_ref (user_data);
  g_autoptr (GError) error = genos_error_new_reason (
      GENOS_ERROR_TIMED_OUT, GENOS_REASON_UNREACHABLE, "the relay did not answer in time");

  lose_connection (self, error);
  return G_SOURCE_REMOVE;
}

static void
lose_silent (GenosNostrRelay *self, const char *why)
{
  g_autoptr (GError) error =
      genos_error_new_reason (GENOS_ERROR_TIMED_OUT, GENOS_REASON_RELAY_SILENT, "%s", why);

  lose_connection (self, error);
}

static gboolean
on_nothing_said (gpointer user_data)
{
  g_autoptr (GenosNostrRelay) self = g_object_ref (user_data);

  lose_silent (self, "the relay opened but says nothing");
  return G_SOURCE_REMOVE;
}

/* A relay answers a subscription with EOSE, and gives our own announce back. */
static void
listen_for_first_word (GenosNostrRelay *self)
{
  if (self->subscriptions->len == 0 || self->config->answer_timeout_ms == 0)
    return;
  stop_listening_for_first_word (self);
  self->first_word =
      genos_nostr_relay_add_timer (self, self->config->answer_timeout_ms, on_nothing_said);
}

static void
on_opened (GenosNostrSocket *socket, GenosNostrRelay *self)
{
  g_object_ref (self);
  clear_timer (self);
  self->state = GENOS_NOSTR_RELAY_OPEN;
  self->opened_at = g_get_monotonic_time ();
  genos_nostr_health_opened (&self->health, self->opened_at);
  for (guint i = 0; i < self->subscriptions->len; i++)
    send_req (self, g_ptr_array_index (self->subscriptions, i));
  genos_nostr_relay_send_queue (self);
  listen_for_first_word (self);
  genos_nostr_relay_describe (self);
  g_signal_emit (self, signals[SIGNAL_OPENED], 0);
  g_object_unref (self);
}

static void
open_socket (GenosNostrRelay *self)
{
  self->state = GENOS_NOSTR_RELAY_OPENING;
  self->attempts++;
  genos_nostr_health_opening (&self->health, g_get_monotonic_time ());
  set_timer (self, self->config->open_timeout_ms, on_open_timeout);
  self->socket = self->config->socket_factory (self->url, self->config->socket_data);
  g_signal_connect (self->socket, "opened", G_CALLBACK (on_opened), self);
  g_signal_connect (self->socket, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->socket, "closed", G_CALLBACK (on_closed), self);
  genos_nostr_socket_open (self->socket);
}

/* A connection half made on the old network is as good as none: its packets come from nowhere. */
static void
open_again (GenosNostrRelay *self)
{
  drop_socket (self);
  self->failures = 0;
  open_socket (self);
}

/* The relay was well a moment ago: what is lost is the old way to it, and the new one is not to wait for
 * a pause that is meant for relays in trouble. */
static void
open_anew (GenosNostrRelay *self, const char *why)
{
  g_object_ref (self);
  lose_silent (self, why);
  if (self->state == GENOS_NOSTR_RELAY_WAITING)
    open_again (self);
  g_object_unref (self);
}

static gboolean
on_check_unanswered (gpointer user_data)
{
  open_anew (user_data, "the relay opened but says nothing");
  return G_SOURCE_REMOVE;
}

void
genos_nostr_relay_check (GenosNostrRelay *self, gboolean changed)
{
  g_return_if_fail (GENOS_IS_NOSTR_RELAY (self));

  if (changed && self->state == GENOS_NOSTR_RELAY_OPEN
      && genos_nostr_socket_is_stranded (self->socket))
    open_anew (self, "our address, from which the relay was reached, is gone");
  else if (self->state == GENOS_NOSTR_RELAY_OPEN && self->silenced == NULL
      && self->first_word == NULL)
    self->first_word = genos_nostr_relay_add_timer (self, CHECK_TIMEOUT_MS, on_check_unanswered);
  else if (changed
      && (self->state == GENOS_NOSTR_RELAY_WAITING || self->state == GENOS_NOSTR_RELAY_OPENING))
    open_again (self);
  /* What could not be reached from there may be within reach from here. */
  else if (changed && self->state == GENOS_NOSTR_RELAY_LEFT && !self->trouble_is_final)
    genos_nostr_relay_return (self);
}

void
genos_nostr_relay_start (GenosNostrRelay *self)
{
  g_return_if_fail (GENOS_IS_NOSTR_RELAY (self));

  if (self->state == GENOS_NOSTR_RELAY_STOPPED)
    open_socket (self);
}

void
genos_nostr_relay_stop (GenosNostrRelay *self)
{
  g_return_if_fail (GENOS_IS_NOSTR_RELAY (self));

  end_connection (self, GENOS_NOSTR_RELAY_STOPPED);
  g_ptr_array_set_size (self->subscriptions, 0);
  genos_nostr_health_init (&self->health);
  self->pace = (GenosNostrPace){ 0 };
  g_clear_pointer (&self->document, genos_nip11_document_free);
  g_clear_pointer (&self->silenced, g_free);
  g_clear_pointer (&self->trouble, g_free);
  self->trouble_is_final = FALSE;
  self->well = FALSE;
  self->limit_said = FALSE;
  self->pow_bits = 0;
  self->n_descriptions = 0;
  self->skew = GENOS_NOSTR_SKEW_UNKNOWN;
  self->failures = 0;
}

void
genos_nostr_relay_leave (GenosNostrRelay *self)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (GENOS_IS_NOSTR_RELAY (self));

  if (self->state == GENOS_NOSTR_RELAY_STOPPED || self->state == GENOS_NOSTR_RELAY_LEFT)
    return;
  g_object_ref (self);
  error = genos_error_new_reason (GENOS_ERROR_CLOSED, GENOS_REASON_RELAY_REFUSED,
      "left, other relays serve us: %s", self->trouble != NULL ? self->trouble : "not needed");
  end_connection (self, GENOS_NOSTR_RELAY_LEFT);
  if (!self->trouble_is_final)
    set_timer (self, LEFT_MS, on_retry_due);
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0, error);
  g_object_unref (self);
}

void
genos_nostr_relay_return (GenosNostrRelay *self)
{
  g_return_if_fail (GENOS_IS_NOSTR_RELAY (self));

  if (self->state != GENOS_NOSTR_RELAY_LEFT)
    return;
  self->failures = 0;
  open_socket (self);
}

void
genos_nostr_relay_set_identity (GenosNostrRelay *self, GenosSchnorrKey *key, guint pow_budget)
{
  g_return_if_fail (GENOS_IS_NOSTR_RELAY (self));

  g_clear_pointer (&self->key, genos_schnorr_key_unref);
  self->key = key != NULL ? genos_schnorr_key_ref (key) : NULL;
  self->pow_budget = pow_budget;
}

void
genos_nostr_relay_subscribe (GenosNostrRelay *self, guint kind, const char *topic)
{
  GenosNostrSubscription *subscription;

  g_return_if_fail (GENOS_IS_NOSTR_RELAY (self));
  g_return_if_fail (topic != NULL);

  subscription = genos_nostr_subscription_new (kind, topic);
  g_ptr_array_add (self->subscriptions, subscription);
  if (self->state == GENOS_NOSTR_RELAY_OPEN)
    send_req (self, subscription);
}

const char *
genos_nostr_relay_get_url (GenosNostrRelay *self)
{
  return self->url;
}

GenosNostrRelayState
genos_nostr_relay_get_state (GenosNostrRelay *self)
{
  return self->state;
}

guint64
genos_nostr_relay_get_dropped (GenosNostrRelay *self, GenosNostrDrop reason)
{
  return self->dropped[reason];
}

static void
genos_nostr_relay_dispose (GObject *object)
{
  genos_nostr_relay_stop (GENOS_NOSTR_RELAY (object));

  G_OBJECT_CLASS (genos_nostr_relay_parent_class)->dispose (object);
}

static void
genos_nostr_relay_finalize (GObject *object)
{
  GenosNostrRelay *self = GENOS_NOSTR_RELAY (object);

  g_clear_pointer (&self->subscriptions, g_ptr_array_unref);
  g_clear_pointer (&self->seen, genos_nostr_seen_free);
  g_clear_pointer (&self->key, genos_schnorr_key_unref);
  g_free (self->last_error);
  g_free (self->url);

  G_OBJECT_CLASS (genos_nostr_relay_parent_class)->finalize (object);
}

static void
genos_nostr_relay_class_init (GenosNostrRelayClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = genos_nostr_relay_dispose;
  object_class->finalize = genos_nostr_relay_finalize;

  signals[SIGNAL_OPENED] = g_signal_new (
      "opened", GENOS_TYPE_NOSTR_RELAY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_CLOSED] = g_signal_new ("closed", GENOS_TYPE_NOSTR_RELAY, G_SIGNAL_RUN_LAST, 0,
      NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
  signals[SIGNAL_EVENT] = g_signal_new ("event", GENOS_TYPE_NOSTR_RELAY, G_SIGNAL_RUN_LAST, 0, NULL,
      NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_NOTICE] = g_signal_new ("notice", GENOS_TYPE_NOSTR_RELAY, G_SIGNAL_RUN_LAST, 0,
      NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, GENOS_TYPE_REASON);
  signals[SIGNAL_HEALTH_CHANGED] = g_signal_new ("health-changed", GENOS_TYPE_NOSTR_RELAY,
      G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
genos_nostr_relay_init (GenosNostrRelay *self)
{
  self->subscriptions =
      g_ptr_array_new_with_free_func ((GDestroyNotify) genos_nostr_subscription_free);
  self->seen = genos_nostr_seen_new (MAX_SEEN);
  g_queue_init (&self->queue);
  g_queue_init (&self->to_mine);
  g_queue_init (&self->paced);
  g_queue_init (&self->unconfirmed);
  genos_nostr_health_init (&self->health);
  self->skew = GENOS_NOSTR_SKEW_UNKNOWN;
}

GenosNostrRelay *
genos_nostr_relay_new (const char *url, const GenosNostrRelayConfig *config)
{
  GenosNostrRelay *self;

  g_return_val_if_fail (url != NULL, NULL);
  g_return_val_if_fail (config != NULL, NULL);

  self = g_object_new (GENOS_TYPE_NOSTR_RELAY, NULL);
  self->url = g_strdup (url);
  self->config = config;
  return self;
}
