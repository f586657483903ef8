/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/signalling/signaller.h>

G_BEGIN_DECLS

/* Offers that came while as many as may be were being answered, or from who is not wanted yet. Dropped,
 * they would have their senders wait for twelve seconds. Bounded in number, size and age; the time is
 * told (µs, monotonic). */
typedef struct _GenosWaitingOffers GenosWaitingOffers;

#define GENOS_WAITING_OFFERS_MAX 64
#define GENOS_WAITING_OFFERS_MAX_SIZE (16 * 1024)
/* Shorter than what the one who dials waits for an answer. */
#define GENOS_WAITING_OFFERS_AGE (8 * G_TIME_SPAN_SECOND)

typedef struct {
  char *peer_id;
  char *via;
  char *sdp;
  char *key; /* (nullable): the origin's */
  GenosSignalOrigin origin;
  gint64 until;
} GenosWaitingOffer;

void genos_waiting_offer_free (GenosWaitingOffer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosWaitingOffer, genos_waiting_offer_free)

GenosWaitingOffers *genos_waiting_offers_new (void);
void genos_waiting_offers_free (GenosWaitingOffers *self);

/* The newest of a peer counts. FALSE when it is too large, or too many wait. */
gboolean genos_waiting_offers_add (GenosWaitingOffers *self, const char *peer_id, const char *via,
    const char *sdp, const GenosSignalOrigin *origin, gint64 now);
void genos_waiting_offers_remove (GenosWaitingOffers *self, const char *peer_id);

/* The one that waits longest and is not too old. (transfer full) (nullable) */
GenosWaitingOffer *genos_waiting_offers_pop (GenosWaitingOffers *self, gint64 now);
/* The same, of those that @func says yes to; the others wait on. (transfer full) (nullable) */
GenosWaitingOffer *genos_waiting_offers_pop_if (GenosWaitingOffers *self,
    gboolean (*func) (const char *peer_id, gpointer data), gpointer data, gint64 now);
/* It has to wait on, in the place it had. (transfer full) */
void genos_waiting_offers_push_back (GenosWaitingOffers *self, GenosWaitingOffer *offer);

G_END_DECLS
