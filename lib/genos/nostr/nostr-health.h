/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/nostr/nostr-refusal.h>

G_BEGIN_DECLS

/* How well one relay serves us: pure, times (µs, monotonic) are passed in. The best measure is our
 * own echo: the time from publishing an announce until the relay gives it back on our subscription is
 * what a newcomer waits for us. */

/* Connections that failed in a row, announces in a row that did not come back, and events in a row
 * that were refused, after which a relay counts as of no use. */
#define GENOS_NOSTR_HEALTH_MAX_FAILURES 4
#define GENOS_NOSTR_HEALTH_MAX_UNECHOED 5
#define GENOS_NOSTR_HEALTH_MAX_REFUSED 5
/* The same of "rate-limited:", which we answer by slowing down first. */
#define GENOS_NOSTR_HEALTH_MAX_LIMITED 12
/* An echo that takes longer did not come. */
#define GENOS_NOSTR_HEALTH_ECHO_TIMEOUT (5 * G_TIME_SPAN_SECOND)
#define GENOS_NOSTR_HEALTH_MAX_SCORE 100

typedef enum {
  GENOS_NOSTR_HEALTH_UNKNOWN,   /* nothing came back yet */
  GENOS_NOSTR_HEALTH_FINE,
  GENOS_NOSTR_HEALTH_FAILING,   /* cannot be reached, or does not hold */
  GENOS_NOSTR_HEALTH_DEAF,      /* takes what we say and does not give it back */
  GENOS_NOSTR_HEALTH_REFUSING,  /* whatever we send */
} GenosNostrHealthState;

#define GENOS_NOSTR_HEALTH_N_PENDING 8

typedef struct {
  gint64 opening_at;
  guint connect_ms;             /* of the last connection; 0 before the first */
  gint64 echo_us;               /* the last; -1 before the first */
  double smoothed_echo_us;
  guint n_echoes;

  guint n_failures;             /* in a row */
  guint n_unechoed;             /* in a row */
  guint n_refused_in_row;
  guint n_limited_in_row;
  guint n_accepted;
  guint n_refused[GENOS_NOSTR_N_REFUSALS];
  guint n_closed[GENOS_NOSTR_N_REFUSALS];       /* subscriptions */

  struct {
    char id[65];                /* empty: free */
    gint64 sent_at;
  } pending[GENOS_NOSTR_HEALTH_N_PENDING];
  guint next_pending;
} GenosNostrHealth;

void genos_nostr_health_init (GenosNostrHealth *self);

void genos_nostr_health_opening (GenosNostrHealth *self, gint64 now);
void genos_nostr_health_opened (GenosNostrHealth *self, gint64 now);
/* @good: it had held long enough to be no failure. */
void genos_nostr_health_closed (GenosNostrHealth *self, gboolean good);

/* An event that our own subscription asks for was sent. */
void genos_nostr_health_published (GenosNostrHealth *self, const char *id, gint64 now);
/* TRUE when it was ours and waited for. */
gboolean genos_nostr_health_echoed (GenosNostrHealth *self, const char *id, gint64 now);
void genos_nostr_health_accepted (GenosNostrHealth *self);
/* @met: what it asks for will be done, and the event sent again. */
void genos_nostr_health_refused (GenosNostrHealth *self, const char *id,
    GenosNostrRefusalReason reason, gboolean met);
void genos_nostr_health_subscription_closed (GenosNostrHealth *self,
    GenosNostrRefusalReason reason);

/* What went wrong was the network's doing, not the relay's: failures and lost echoes are forgotten. */
void genos_nostr_health_forgive (GenosNostrHealth *self);

/* Counts what should have come back by now. */
GenosNostrHealthState genos_nostr_health_judge (GenosNostrHealth *self, gint64 now);

/* To sort relays by, the best has most; 0 is of no use, 100 never reached. One that was not tried
 * is in the middle. */
guint genos_nostr_health_get_score (const GenosNostrHealth *self);

const char *genos_nostr_health_get_name (GenosNostrHealthState state);

G_END_DECLS
