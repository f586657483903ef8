/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What one relay demands and refuses: demands are met where that is cheap and harmless, and what is
 * not met is said. */

#include <genos/nostr/nostr-relay-private.h>

#include <string.h>

#include <genos/crypto/random.h>

/* What a relay may have us say with its words, beside our own. */
#define MAX_TEXT 400
/* An offer that met "rate-limited:" is sent again so often. */
#define MAX_SENT 3
#define MAX_DESCRIPTIONS 3
/* What is shorter can be guessed. */
#define MIN_SUBID_LENGTH 8

static GenosReason
get_reason (const GenosNostrRefusal *refusal)
{
  switch (refusal->reason) {
    case GENOS_NOSTR_REFUSAL_NONE:
      return GENOS_REASON_UNKNOWN;
    case GENOS_NOSTR_REFUSAL_POW:
      return GENOS_REASON_RELAY_WANTS_WORK;
    case GENOS_NOSTR_REFUSAL_AUTH_REQUIRED:
      return GENOS_REASON_RELAY_WANTS_AUTH;
    case GENOS_NOSTR_REFUSAL_RATE_LIMITED:
      return GENOS_REASON_RELAY_BUSY;
    case GENOS_NOSTR_REFUSAL_CLOCK:
      return GENOS_REASON_CLOCK_SKEW;
    default:
      return GENOS_REASON_RELAY_REFUSED;
  }
}

static char *
cut (const char *text)
{
  const char *end = text;

  while (*end != '\0' && g_utf8_next_char (end) - text <= MAX_TEXT)
    end = g_utf8_next_char (end);
  return g_strndup (text, (gsize) (end - text));
}

/* The relay's words, and what can be done about them. */
static void
say_refusal (GenosNostrRelay *self, const GenosNostrRefusal *refusal, const char *text)
{
  g_autofree char *advice = genos_nostr_refusal_advise (refusal, self->skew);
  g_autofree char *words = cut (text);
  g_autofree char *both = NULL;

  if (advice != NULL)
    both = g_strdup_printf ("%s (%s)", words, advice);
  genos_nostr_relay_emit_notice (self, both != NULL ? both : words, get_reason (refusal));
}

static void
say (GenosNostrRelay *self, GenosReason reason, const char *format, ...) G_GNUC_PRINTF (3, 4);

static void
say (GenosNostrRelay *self, GenosReason reason, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  genos_nostr_relay_emit_notice (self, text, reason);
}

/* health */

static gboolean
is_of_members (GenosNostrRelay *self)
{
  const guint *refused = self->health.n_refused;

  return self->document->restricted_writes
      && refused[GENOS_NOSTR_REFUSAL_RESTRICTED] + refused[GENOS_NOSTR_REFUSAL_BLOCKED] > 0;
}

/* What will not change while the session lasts. */
static const char *
find_final_trouble (GenosNostrRelay *self)
{
  if (self->silenced != NULL)
    return self->silenced;
  if (self->auth.state == GENOS_NOSTR_AUTH_REFUSED)
    return "it does not let us in";
  if (self->document == NULL || self->health.n_accepted > 0)
    return NULL;
  if (self->document->payment_required)
    return "it wants to be paid";
  if (is_of_members (self))
    return "it is for its members";
  if (self->document->max_subscriptions > 0
      && self->document->max_subscriptions < self->subscriptions->len)
    return "it allows fewer subscriptions than a room needs";
  return NULL;
}

static const char *
find_passing_trouble (GenosNostrHealthState state)
{
  switch (state) {
    case GENOS_NOSTR_HEALTH_FAILING:
      return "it cannot be reached";
    case GENOS_NOSTR_HEALTH_DEAF:
      return "it does not pass on what we say";
    case GENOS_NOSTR_HEALTH_REFUSING:
      return "it refuses what we say";
    case GENOS_NOSTR_HEALTH_UNKNOWN:
    case GENOS_NOSTR_HEALTH_FINE:
      break;
  }
  return NULL;
}

/* TRUE when something changed. */
static gboolean
update_trouble (GenosNostrRelay *self)
{
  GenosNostrHealthState state = genos_nostr_health_judge (&self->health, g_get_monotonic_time ());
  const char *trouble = find_final_trouble (self);
  gboolean well, same;

  self->trouble_is_final = trouble != NULL;
  if (trouble == NULL)
    trouble = find_passing_trouble (state);
  well =
      trouble == NULL && state == GENOS_NOSTR_HEALTH_FINE && self->state == GENOS_NOSTR_RELAY_OPEN;
  same = well == self->well && g_strcmp0 (trouble, self->trouble) == 0;
  self->well = well;
  if (g_strcmp0 (trouble, self->trouble) != 0) {
    g_free (self->trouble);
    self->trouble = g_strdup (trouble);
  }
  return !same;
}

void
genos_nostr_relay_review (GenosNostrRelay *self)
{
  if (update_trouble (self))
    genos_nostr_relay_emit_health_changed (self);
}

void
genos_nostr_relay_forgive (GenosNostrRelay *self)
{
  g_return_if_fail (GENOS_IS_NOSTR_RELAY (self));

  genos_nostr_health_forgive (&self->health);
  update_trouble (self);
}

/* proof of work */

/* Takes @parcel (nullable). FALSE: it is too much. */
static gboolean
meet_work (GenosNostrRelay *self, GenosNostrParcel *parcel, guint bits)
{
  gboolean done = parcel != NULL && parcel->mined >= bits;

  /* Who refuses what was mined as asked never has enough. */
  if (self->key == NULL || bits == 0 || bits > self->pow_budget || done) {
    g_clear_pointer (&parcel, genos_nostr_parcel_free);
    return FALSE;
  }
  if (bits > self->pow_bits) {
    self->pow_bits = bits;
    say (self, GENOS_REASON_UNKNOWN, "wants %u bits of proof of work for each event: doing it",
        bits);
  }
  if (parcel != NULL)
    genos_nostr_relay_dispatch (self, parcel);
  return TRUE;
}

static void
silence (GenosNostrRelay *self, guint bits)
{
  if (self->silenced != NULL)
    return;
  if (bits == 0)
    self->silenced = g_strdup ("it wants proof of work and does not say how much");
  else if (bits > self->pow_budget)
    self->silenced = g_strdup_printf (
        "it wants %u bits of proof of work, and pow-budget allows %u", bits, self->pow_budget);
  else
    self->silenced = g_strdup ("it refuses the proof of work it asked for");
}

static void
take_work_demand (GenosNostrRelay *self, GenosNostrParcel *parcel, const GenosNostrRefusal *refusal,
    const char *text)
{
  if (meet_work (self, parcel, refusal->pow_bits))
    return;
  silence (self, refusal->pow_bits);
  say_refusal (self, refusal, text);
}

/* authentication */

static void
answer_challenge (GenosNostrRelay *self)
{
  g_autoptr (GenosNip01Event) answer = NULL;
  g_autofree char *text = NULL;

  if (self->key == NULL || self->state != GENOS_NOSTR_RELAY_OPEN
      || !genos_nostr_auth_is_due (&self->auth))
    return;
  answer = genos_nostr_auth_answer (&self->auth, self->url, g_get_real_time () / G_USEC_PER_SEC);
  genos_nostr_event_sign (answer, self->key);
  text = genos_nip01_message_auth (answer);
  genos_nostr_auth_sent (&self->auth, answer->id);
  genos_nostr_socket_send (self->socket, text);
  say (self, GENOS_REASON_UNKNOWN, "asks who we are: answering with our key");
}

/* Takes @parcel (nullable). TRUE: the demand is being met. */
static gboolean
meet_auth (GenosNostrRelay *self, GenosNostrParcel *parcel)
{
  gboolean met;

  genos_nostr_auth_required (&self->auth);
  met = self->key != NULL
      && (self->auth.state == GENOS_NOSTR_AUTH_SENT || genos_nostr_auth_is_due (&self->auth));
  if (parcel != NULL && (met || self->auth.state == GENOS_NOSTR_AUTH_REQUIRED)) {
    parcel->waits_for_auth = TRUE;
    g_queue_push_tail (&self->unconfirmed, parcel);
  } else {
    g_clear_pointer (&parcel, genos_nostr_parcel_free);
  }
  answer_challenge (self);
  return met;
}

/* "send the event or REQ again" */
static void
send_again (GenosNostrRelay *self)
{
  GQueue again = G_QUEUE_INIT;
  GenosNostrParcel *parcel;

  for (GList *item = self->unconfirmed.head, *next; item != NULL; item = next) {
    next = item->next;
    if (!((GenosNostrParcel *) item->data)->waits_for_auth)
      continue;
    g_queue_unlink (&self->unconfirmed, item);
    g_queue_push_tail_link (&again, item);
  }
  while ((parcel = g_queue_pop_head (&again)) != NULL) {
    parcel->waits_for_auth = FALSE;
    genos_nostr_relay_dispatch (self, parcel);
  }
}

static void
take_auth_ok (GenosNostrRelay *self, gboolean accepted, const char *text)
{
  g_autofree char *words = cut (text);

  if (accepted) {
    genos_nostr_relay_renew (self, FALSE);
    send_again (self);
  } else {
    say (self, GENOS_REASON_RELAY_WANTS_AUTH, "does not let us in: %s",
        *words != '\0' ? words : "no reason given");
  }
}

void
genos_nostr_relay_take_challenge (GenosNostrRelay *self, const char *challenge)
{
  if (!genos_nostr_auth_challenged (&self->auth, challenge))
    genos_nostr_relay_drop (self, GENOS_NOSTR_DROP_MALFORMED);
  else
    answer_challenge (self);
}

/* refusals */

/* Takes @parcel (nullable). */
static void
slow_down (GenosNostrRelay *self, GenosNostrParcel *parcel, const GenosNostrRefusal *refusal,
    const char *text)
{
  gboolean slower = genos_nostr_pace_complained (&self->pace, g_get_monotonic_time ());

  /* The next announce is due anyhow. */
  if (parcel != NULL && !parcel->announce && parcel->n_sent < MAX_SENT)
    genos_nostr_relay_dispatch (self, parcel);
  else
    g_clear_pointer (&parcel, genos_nostr_parcel_free);
  if (slower)
    say_refusal (self, refusal, text);
}

static void
take_refusal (GenosNostrRelay *self, GenosNostrParcel *parcel, const GenosNostrRefusal *refusal,
    const char *text)
{
  switch (refusal->reason) {
    case GENOS_NOSTR_REFUSAL_POW:
      take_work_demand (self, parcel, refusal, text);
      return;
    case GENOS_NOSTR_REFUSAL_AUTH_REQUIRED:
      if (!meet_auth (self, parcel))
        say_refusal (self, refusal, text);
      return;
    case GENOS_NOSTR_REFUSAL_RATE_LIMITED:
      slow_down (self, parcel, refusal, text);
      return;
    default:
      g_clear_pointer (&parcel, genos_nostr_parcel_free);
      say_refusal (self, refusal, text);
      return;
  }
}

static gboolean
will_be_met (GenosNostrRelay *self, const GenosNostrRefusal *refusal)
{
  if (self->key == NULL)
    return FALSE;
  if (refusal->reason == GENOS_NOSTR_REFUSAL_AUTH_REQUIRED)
    return self->auth.challenge != NULL || self->auth.state == GENOS_NOSTR_AUTH_SENT;
  return refusal->reason == GENOS_NOSTR_REFUSAL_POW;
}

void
genos_nostr_relay_take_ok (GenosNostrRelay *self, const GenosNip01Message *message)
{
  GenosNostrRefusal refusal = { GENOS_NOSTR_REFUSAL_NONE };
  GenosNostrParcel *parcel;

  if (genos_nostr_auth_take_ok (&self->auth, message->event_id, message->accepted)) {
    take_auth_ok (self, message->accepted, message->text);
    genos_nostr_relay_review (self);
    return;
  }
  parcel = genos_nostr_relay_take_unconfirmed (self, message->event_id);
  if (!message->accepted)
    refusal = genos_nostr_refusal_read (message->text);
  if (refusal.reason == GENOS_NOSTR_REFUSAL_NONE) {
    if (parcel != NULL)
      genos_nostr_health_accepted (&self->health);
    g_clear_pointer (&parcel, genos_nostr_parcel_free);
  } else {
    genos_nostr_health_refused (
        &self->health, message->event_id, refusal.reason, will_be_met (self, &refusal));
    take_refusal (self, parcel, &refusal, message->text);
  }
  genos_nostr_relay_review (self);
}

void
genos_nostr_relay_take_closed (
    GenosNostrRelay *self, GenosNostrSubscription *subscription, const char *text)
{
  GenosNostrRefusal refusal = genos_nostr_refusal_read (text);

  g_clear_pointer (&subscription->id, g_free);
  genos_nostr_health_subscription_closed (&self->health, refusal.reason);
  /* Work is for events; a relay that wants it of subscriptions cannot be helped. */
  if (refusal.reason == GENOS_NOSTR_REFUSAL_POW)
    say_refusal (self, &refusal, text);
  else
    take_refusal (self, NULL, &refusal, text);
  genos_nostr_relay_review (self);
}

void
genos_nostr_relay_take_notice (GenosNostrRelay *self, const char *text)
{
  GenosNostrRefusal refusal = genos_nostr_refusal_read_notice (text);

  if (refusal.reason == GENOS_NOSTR_REFUSAL_NONE)
    genos_nostr_relay_emit_notice (self, text, GENOS_REASON_UNKNOWN);
  else
    take_refusal (self, NULL, &refusal, text);
  genos_nostr_relay_review (self);
}

/* limits */

static gboolean
is_too_old (GenosNostrRelay *self)
{
  const GenosNip11Document *document = self->document;

  if (self->skew == GENOS_NOSTR_SKEW_UNKNOWN)
    return FALSE;
  return (document->created_at_lower_limit > 0 && self->skew > document->created_at_lower_limit)
      || (document->created_at_upper_limit > 0 && -self->skew > document->created_at_upper_limit);
}

/* (nullable): the limit that @event is over; @max is what it allows. */
static const char *
find_limit (GenosNostrRelay *self, const GenosNip01Event *event, gint64 *max)
{
  const GenosNip11Document *document = self->document;
  gint64 n_characters = g_utf8_strlen (event->content, -1);

  *max = document->max_event_tags;
  if (*max > 0 && event->tags->len > *max)
    return "tags";
  *max = document->max_content_length;
  if (*max > 0 && n_characters > *max)
    return "characters of content";
  *max = document->max_message_length;
  if (*max > 0) {
    g_autofree char *text = genos_nip01_message_event (event);

    if ((gint64) strlen (text) > *max)
      return "bytes in a message";
  }
  return NULL;
}

gboolean
genos_nostr_relay_fits (GenosNostrRelay *self, const GenosNip01Event *event)
{
  const char *what = NULL;
  gboolean too_old;
  gint64 max = 0;

  if (self->document == NULL)
    return TRUE;
  too_old = is_too_old (self);
  if (!too_old)
    what = find_limit (self, event, &max);
  if (!too_old && what == NULL)
    return TRUE;
  self->n_unfit++;
  if (self->limit_said)
    return FALSE;
  self->limit_said = TRUE;
  if (too_old) {
    GenosNostrRefusal refusal = { GENOS_NOSTR_REFUSAL_CLOCK, 0, self->skew > 0 ? -1 : 1 };

    say_refusal (self, &refusal, "takes no events of our time, so it gets none");
  } else {
    say (self, GENOS_REASON_LIMIT,
        "takes no more than %" G_GINT64_FORMAT " %s: what is longer is not sent there", max, what);
  }
  return FALSE;
}

guint
genos_nostr_relay_get_subid_length (GenosNostrRelay *self)
{
  if (self->document == NULL || self->document->max_subid_length == 0)
    return GENOS_NIP01_MAX_SUBSCRIPTION_ID;
  return (guint) CLAMP (
      self->document->max_subid_length, MIN_SUBID_LENGTH, GENOS_NIP01_MAX_SUBSCRIPTION_ID);
}

/* its description */

static void
take_document (GenosNostrRelay *self, GenosNip11Document *document)
{
  guint length = genos_nostr_relay_get_subid_length (self);

  g_clear_pointer (&self->document, genos_nip11_document_free);
  self->document = document;
  if (document->min_pow_difficulty > 0
      && !meet_work (self, NULL, (guint) document->min_pow_difficulty)) {
    silence (self, (guint) document->min_pow_difficulty);
    say (self, GENOS_REASON_RELAY_WANTS_WORK, "gets no events: %s", self->silenced);
  }
  if (genos_nostr_relay_get_subid_length (self) < length && self->state == GENOS_NOSTR_RELAY_OPEN)
    genos_nostr_relay_renew (self, TRUE);
}

typedef struct {
  GenosNostrRelay *relay;
  GCancellable *cancellable;
} Description;

static void
description_free (Description *description)
{
  g_object_unref (description->relay);
  g_object_unref (description->cancellable);
  g_free (description);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Description, description_free)

static void
on_described (const char *text, gsize len, gint64 server_time, gpointer user_data)
{
  g_autoptr (Description) description = user_data;
  GenosNostrRelay *self = description->relay;
  GenosNip11Document *document;

  if (g_cancellable_is_cancelled (description->cancellable))
    return;
  g_clear_object (&self->describing);
  if (server_time > 0)
    self->skew = server_time - g_get_real_time () / G_USEC_PER_SEC;
  document = text != NULL ? genos_nip11_document_parse (text, len, NULL) : NULL;
  if (document != NULL)
    take_document (self, document);
  genos_nostr_relay_review (self);
}

void
genos_nostr_relay_describe (GenosNostrRelay *self)
{
  Description *description;

  if (self->config->describe == NULL || self->document != NULL || self->describing != NULL
      || self->n_descriptions >= MAX_DESCRIPTIONS)
    return;
  self->n_descriptions++;
  self->describing = g_cancellable_new ();
  description = g_new0 (Description, 1);
  description->relay = g_object_ref (self);
  description->cancellable = g_object_ref (self->describing);
  self->config->describe (
      self->url, self->config->socket_data, self->describing, on_described, description);
}
