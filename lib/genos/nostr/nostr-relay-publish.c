/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What we say to one relay: at once where nothing stands against it, after the work that the relay
 * wants, and at the pace it bears. */

#include <genos/nostr/nostr-relay-private.h>

#include <genos/nostr/nostr-miner.h>

/* What waits for an opening, for the pace, or to be mined: the offers of a well filled room. */
#define MAX_QUEUED 64
/* Of what was sent so many are remembered, to be sent again once a demand is met. */
#define MAX_UNCONFIRMED 32

static GenosNostrParcel *
parcel_new (const GenosNip01Event *event, gboolean announce)
{
  GenosNostrParcel *parcel = g_new0 (GenosNostrParcel, 1);

  parcel->event = genos_nip01_event_copy (event);
  parcel->announce = announce;
  return parcel;
}

void
genos_nostr_parcel_free (GenosNostrParcel *parcel)
{
  genos_nip01_event_free (parcel->event);
  g_free (parcel);
}

static gboolean
lose (GenosNostrRelay *self, GenosNostrParcel *parcel)
{
  genos_nostr_relay_drop (self, GENOS_NOSTR_DROP_UNSENT);
  genos_nostr_parcel_free (parcel);
  return FALSE;
}

static gboolean
push (GenosNostrRelay *self, GQueue *queue, GenosNostrParcel *parcel)
{
  if (queue->length >= MAX_QUEUED)
    return lose (self, parcel);
  g_queue_push_tail (queue, parcel);
  return TRUE;
}

static gboolean
has_announce (const GQueue *queue)
{
  for (const GList *item = queue->head; item != NULL; item = item->next) {
    if (((GenosNostrParcel *) item->data)->announce)
      return TRUE;
  }
  return FALSE;
}

/* sending */

/* Our own subscriptions ask for it: it has to come back. */
static gboolean
expects_echo (GenosNostrRelay *self, const GenosNip01Event *event)
{
  for (guint i = 0; i < self->subscriptions->len; i++) {
    if (genos_nostr_subscription_wants (g_ptr_array_index (self->subscriptions, i), event))
      return TRUE;
  }
  return FALSE;
}

static void
await_answer (GenosNostrRelay *self, GenosNostrParcel *parcel)
{
  g_queue_push_tail (&self->unconfirmed, parcel);
  if (self->unconfirmed.length > MAX_UNCONFIRMED)
    genos_nostr_parcel_free (g_queue_pop_head (&self->unconfirmed));
}

static gboolean
transmit (GenosNostrRelay *self, GenosNostrParcel *parcel)
{
  g_autofree char *text = genos_nip01_message_event (parcel->event);
  gint64 now = g_get_monotonic_time ();

  if (self->state != GENOS_NOSTR_RELAY_OPEN || self->silenced != NULL
      || !genos_nostr_socket_send (self->socket, text))
    return lose (self, parcel);
  self->events_out++;
  parcel->n_sent++;
  genos_nostr_pace_sent (&self->pace, parcel->announce, now);
  if (expects_echo (self, parcel->event))
    genos_nostr_health_published (&self->health, parcel->event->id, now);
  await_answer (self, parcel);
  return TRUE;
}

static void arm_pace_timer (GenosNostrRelay *self);

static void
clear_pace_timer (GenosNostrRelay *self)
{
  if (self->pace_timer != NULL)
    g_source_destroy (self->pace_timer);
  g_clear_pointer (&self->pace_timer, g_source_unref);
}

static gboolean
on_pace_due (gpointer user_data)
{
  GenosNostrRelay *self = user_data;

  clear_pace_timer (self);
  if (self->paced.length > 0)
    transmit (self, g_queue_pop_head (&self->paced));
  arm_pace_timer (self);
  return G_SOURCE_REMOVE;
}

static void
arm_pace_timer (GenosNostrRelay *self)
{
  gint64 delay = genos_nostr_pace_get_delay (&self->pace, g_get_monotonic_time ());

  if (self->paced.length > 0 && self->pace_timer == NULL)
    self->pace_timer = genos_nostr_relay_add_timer (
        self, (guint) (delay / G_TIME_SPAN_MILLISECOND) + 1, on_pace_due);
}

/* Announces are not spaced: whether one may go was asked before it was made. */
static gboolean
send_paced (GenosNostrRelay *self, GenosNostrParcel *parcel)
{
  if (parcel->announce
      || (self->paced.length == 0
          && genos_nostr_pace_get_delay (&self->pace, g_get_monotonic_time ()) == 0))
    return transmit (self, parcel);
  if (!push (self, &self->paced, parcel))
    return FALSE;
  arm_pace_timer (self);
  return TRUE;
}

/* mining */

static void mine_next (GenosNostrRelay *self);

static void
on_mined (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GenosNostrRelay) self = user_data;
  GenosNip01Event *event = genos_nostr_miner_run_finish (result, NULL);
  GenosNostrParcel *parcel;

  /* Cancelled: the parcel is gone already. */
  if (event == NULL)
    return;
  parcel = g_steal_pointer (&self->mining);
  g_clear_object (&self->mining_cancellable);
  genos_nip01_event_free (parcel->event);
  parcel->event = event;
  genos_nostr_event_sign (event, self->key);
  genos_nostr_relay_dispatch (self, parcel);
  mine_next (self);
}

static void
mine_next (GenosNostrRelay *self)
{
  GenosNostrParcel *parcel;

  if (self->mining != NULL || self->to_mine.length == 0)
    return;
  parcel = g_queue_pop_head (&self->to_mine);
  parcel->mined = self->pow_bits;
  g_strlcpy (parcel->event->pubkey, genos_schnorr_key_get_pubkey (self->key),
      sizeof parcel->event->pubkey);
  self->mining = parcel;
  self->mining_cancellable = g_cancellable_new ();
  genos_nostr_miner_run_async (
      parcel->event, parcel->mined, self->mining_cancellable, on_mined, g_object_ref (self));
}

/* Offers, answers and byes go first. */
static gboolean
mine (GenosNostrRelay *self, GenosNostrParcel *parcel)
{
  if (!parcel->announce && self->to_mine.length < MAX_QUEUED && has_announce (&self->to_mine)) {
    g_queue_push_head (&self->to_mine, parcel);
  } else if (!push (self, &self->to_mine, parcel)) {
    return FALSE;
  }
  mine_next (self);
  return TRUE;
}

/* One announce is as good as the other: none waits for its turn while another does. */
static gboolean
is_announcing (GenosNostrRelay *self)
{
  return has_announce (&self->to_mine) || (self->mining != NULL && self->mining->announce);
}

gboolean
genos_nostr_relay_dispatch (GenosNostrRelay *self, GenosNostrParcel *parcel)
{
  if (self->state != GENOS_NOSTR_RELAY_OPEN || self->silenced != NULL)
    return lose (self, parcel);
  if (self->pow_bits > parcel->mined)
    return mine (self, parcel);
  return send_paced (self, parcel);
}

void
genos_nostr_relay_send_queue (GenosNostrRelay *self)
{
  GenosNostrParcel *parcel;

  while ((parcel = g_queue_pop_head (&self->queue)) != NULL)
    genos_nostr_relay_dispatch (self, parcel);
}

void
genos_nostr_relay_forget_parcels (GenosNostrRelay *self)
{
  GQueue *const waiting[] = { &self->queue, &self->to_mine, &self->paced };

  for (guint i = 0; i < G_N_ELEMENTS (waiting); i++) {
    self->dropped[GENOS_NOSTR_DROP_UNSENT] += waiting[i]->length;
    g_queue_clear_full (waiting[i], (GDestroyNotify) genos_nostr_parcel_free);
  }
  g_queue_clear_full (&self->unconfirmed, (GDestroyNotify) genos_nostr_parcel_free);
  clear_pace_timer (self);
  if (self->mining != NULL) {
    genos_nostr_relay_drop (self, GENOS_NOSTR_DROP_UNSENT);
    g_cancellable_cancel (self->mining_cancellable);
  }
  g_clear_object (&self->mining_cancellable);
  g_clear_pointer (&self->mining, genos_nostr_parcel_free);
}

GenosNostrParcel *
genos_nostr_relay_take_unconfirmed (GenosNostrRelay *self, const char *id)
{
  for (GList *item = self->unconfirmed.head; item != NULL; item = item->next) {
    GenosNostrParcel *parcel = item->data;

    if (!g_str_equal (parcel->event->id, id))
      continue;
    g_queue_delete_link (&self->unconfirmed, item);
    return parcel;
  }
  return NULL;
}

static gboolean
publish (GenosNostrRelay *self, const GenosNip01Event *event, gboolean announce)
{
  if (self->silenced != NULL
      || (self->state != GENOS_NOSTR_RELAY_OPENING && self->state != GENOS_NOSTR_RELAY_OPEN)
      || !genos_nostr_relay_fits (self, event))
    return FALSE;
  if (self->state == GENOS_NOSTR_RELAY_OPENING)
    return push (self, &self->queue, parcel_new (event, announce));
  return genos_nostr_relay_dispatch (self, parcel_new (event, announce));
}

gboolean
genos_nostr_relay_publish (GenosNostrRelay *self, const GenosNip01Event *event)
{
  g_return_val_if_fail (GENOS_IS_NOSTR_RELAY (self), FALSE);
  g_return_val_if_fail (event != NULL, FALSE);

  return publish (self, event, FALSE);
}

gboolean
genos_nostr_relay_may_announce (GenosNostrRelay *self)
{
  g_return_val_if_fail (GENOS_IS_NOSTR_RELAY (self), FALSE);

  return self->silenced == NULL && self->state == GENOS_NOSTR_RELAY_OPEN && !is_announcing (self)
      && genos_nostr_pace_may_announce (&self->pace, g_get_monotonic_time ());
}

gboolean
genos_nostr_relay_announce (GenosNostrRelay *self, const GenosNip01Event *event)
{
  gboolean taken;

  g_return_val_if_fail (GENOS_IS_NOSTR_RELAY (self), FALSE);
  g_return_val_if_fail (event != NULL, FALSE);

  if (self->state == GENOS_NOSTR_RELAY_OPEN && self->silenced == NULL
      && !genos_nostr_relay_may_announce (self)) {
    self->n_withheld++;
    return FALSE;
  }
  taken = publish (self, event, TRUE);
  /* The announces' rhythm is the clock by which what did not come back is counted. */
  genos_nostr_relay_review (self);
  return taken;
}
