/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/joining/waiting-offers.h>

#include <string.h>

struct _GenosWaitingOffers {
  GQueue offers; /* GenosWaitingOffer, oldest first */
};

void
genos_waiting_offer_free (GenosWaitingOffer *self)
{
  g_free (self->peer_id);
  g_free (self->via);
  g_free (self->sdp);
  g_free (self->key);
  g_free (self);
}

GenosWaitingOffers *
genos_waiting_offers_new (void)
{
  GenosWaitingOffers *self = g_new0 (GenosWaitingOffers, 1);

  g_queue_init (&self->offers);
  return self;
}

void
genos_waiting_offers_free (GenosWaitingOffers *self)
{
  g_queue_clear_full (&self->offers, (GDestroyNotify) genos_waiting_offer_free);
  g_free (self);
}

void
genos_waiting_offers_remove (GenosWaitingOffers *self, const char *peer_id)
{
  for (GList *l = self->offers.head; l != NULL; l = l->next) {
    GenosWaitingOffer *offer = l->data;

    if (strcmp (offer->peer_id, peer_id) != 0)
      continue;
    g_queue_delete_link (&self->offers, l);
    genos_waiting_offer_free (offer);
    return;
  }
}

gboolean
genos_waiting_offers_add (GenosWaitingOffers *self, const char *peer_id, const char *via,
    const char *sdp, const GenosSignalOrigin *origin, gint64 now)
{
  GenosWaitingOffer *offer;

  genos_waiting_offers_remove (self, peer_id);
  if (self->offers.length >= GENOS_WAITING_OFFERS_MAX
      || strlen (sdp) > GENOS_WAITING_OFFERS_MAX_SIZE)
    return FALSE;
  offer = g_new0 (GenosWaitingOffer, 1);
  offer->peer_id = g_strdup (peer_id);
  offer->via = g_strdup (via);
  offer->sdp = g_strdup (sdp);
  offer->key = g_strdup (origin->key);
  offer->origin = (GenosSignalOrigin){ .key = offer->key, .extended = origin->extended };
  offer->until = now + GENOS_WAITING_OFFERS_AGE;
  g_queue_push_tail (&self->offers, offer);
  return TRUE;
}

GenosWaitingOffer *
genos_waiting_offers_pop (GenosWaitingOffers *self, gint64 now)
{
  GenosWaitingOffer *offer;

  while ((offer = g_queue_pop_head (&self->offers)) != NULL && offer->until <= now)
    genos_waiting_offer_free (offer);
  return offer;
}

GenosWaitingOffer *
genos_waiting_offers_pop_if (GenosWaitingOffers *self,
    gboolean (*func) (const char *peer_id, gpointer data), gpointer data, gint64 now)
{
  GList *next;

  for (GList *l = self->offers.head; l != NULL; l = next) {
    GenosWaitingOffer *offer = l->data;

    next = l->next;
    if (offer->until <= now) {
      g_queue_delete_link (&self->offers, l);
      genos_waiting_offer_free (offer);
    } else if (func (offer->peer_id, data)) {
      g_queue_delete_link (&self->offers, l);
      return offer;
    }
  }
  return NULL;
}

void
genos_waiting_offers_push_back (GenosWaitingOffers *self, GenosWaitingOffer *offer)
{
  g_queue_push_head (&self->offers, offer);
}
