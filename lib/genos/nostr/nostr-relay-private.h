/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/base/reason.h>
#include <genos/nostr/nostr-auth.h>
#include <genos/nostr/nostr-health.h>
#include <genos/nostr/nostr-pace.h>
#include <genos/nostr/nostr-rate.h>
#include <genos/nostr/nostr-relay.h>
#include <genos/nostr/nostr-seen.h>
#include <genos/nostr/nostr-subscription.h>
#include <genos/wire/nip11-document.h>

G_BEGIN_DECLS

/* One relay in five files: its connection (nostr-relay.c), what it says (nostr-relay-hear.c), what we say
 * (nostr-relay-publish.c), what it demands and refuses (nostr-relay-demands.c), and what is told of it
 * (nostr-relay-stats.c). */

/* Something we say, on its way. */
typedef struct {
  GenosNip01Event *event;
  gboolean announce;
  guint mined;                  /* bits it was mined for */
  guint n_sent;
  gboolean waits_for_auth;
} GenosNostrParcel;

struct _GenosNostrRelay {
  GObject parent_instance;

  char *url;
  const GenosNostrRelayConfig *config;
  GenosNostrRelayState state;
  GenosNostrSocket *socket;
  GSource *timer;               /* of the state: end of opening, next attempt, renewal */
  GSource *first_word;          /* the end of our patience with a relay that says nothing */
  GPtrArray *subscriptions;     /* of GenosNostrSubscription */
  GenosNostrSeen *seen;
  GenosNostrRate rate;
  gint64 opened_at;
  guint failures;               /* in a row, as the pauses count them */
  guint attempts;

  /* who we are */
  GenosSchnorrKey *key;         /* (nullable): nothing is mined or signed then */
  guint pow_budget;

  /* what it wants */
  GenosNostrAuth auth;
  guint pow_bits;
  GenosNip11Document *document; /* (nullable) */
  GCancellable *describing;
  guint n_descriptions;         /* asked for */
  gint64 skew;                  /* GENOS_NOSTR_SKEW_UNKNOWN */
  char *silenced;               /* (nullable): why it gets no events for the session */
  gboolean limit_said;

  /* what is under way, of GenosNostrParcel */
  GQueue queue;                 /* while opening */
  GQueue to_mine;
  GQueue paced;
  GQueue unconfirmed;           /* sent, and not answered by OK yet */
  GenosNostrParcel *mining;
  GCancellable *mining_cancellable;
  GSource *pace_timer;

  /* how it does */
  GenosNostrHealth health;
  GenosNostrPace pace;
  char *trouble;                /* (nullable) */
  gboolean trouble_is_final;
  gboolean well;

  guint64 events_in;
  guint64 events_out;
  guint64 n_withheld;           /* announces that the relay's pace did not allow */
  guint64 n_unfit;              /* events over its limits */
  guint64 dropped[GENOS_NOSTR_N_DROPS];
  char *last_error;
};

/* nostr-relay.c */
GSource *genos_nostr_relay_add_timer (GenosNostrRelay *self, guint ms, GSourceFunc function);
void genos_nostr_relay_drop (GenosNostrRelay *self, GenosNostrDrop reason);
void genos_nostr_relay_emit_notice (GenosNostrRelay *self, const char *text, GenosReason reason);
void genos_nostr_relay_emit_event (GenosNostrRelay *self, const GenosNip01Event *event);
void genos_nostr_relay_emit_health_changed (GenosNostrRelay *self);
/* A subscription was closed by the relay: it is asked for again after a while. */
void genos_nostr_relay_expect_renewal (GenosNostrRelay *self);
/* Asks again for what the relay closed; with @all, for everything, under new ids. */
void genos_nostr_relay_renew (GenosNostrRelay *self, gboolean all);

/* nostr-relay-hear.c */
void genos_nostr_relay_take_message (GenosNostrRelay *self, GBytes *bytes);

/* nostr-relay-publish.c */
void genos_nostr_parcel_free (GenosNostrParcel *parcel);
void genos_nostr_relay_send_queue (GenosNostrRelay *self);
void genos_nostr_relay_forget_parcels (GenosNostrRelay *self);
/* Takes @parcel: mines it when that is wanted, waits as the pace wants it, and sends it. */
gboolean genos_nostr_relay_dispatch (GenosNostrRelay *self, GenosNostrParcel *parcel);
/* (transfer full) (nullable) */
GenosNostrParcel *genos_nostr_relay_take_unconfirmed (GenosNostrRelay *self, const char *id);

/* nostr-relay-demands.c */
void genos_nostr_relay_take_ok (GenosNostrRelay *self, const GenosNip01Message *message);
void genos_nostr_relay_take_closed (GenosNostrRelay *self, GenosNostrSubscription *subscription,
    const char *text);
void genos_nostr_relay_take_notice (GenosNostrRelay *self, const char *text);
void genos_nostr_relay_take_challenge (GenosNostrRelay *self, const char *challenge);
/* Asks for its NIP-11 document unless it is known. */
void genos_nostr_relay_describe (GenosNostrRelay *self);
/* FALSE: it is over a limit that the relay told; that was counted, and said once. */
gboolean genos_nostr_relay_fits (GenosNostrRelay *self, const GenosNip01Event *event);
guint genos_nostr_relay_get_subid_length (GenosNostrRelay *self);
/* Looks at its health anew, and tells when that changed. */
void genos_nostr_relay_review (GenosNostrRelay *self);

G_END_DECLS
