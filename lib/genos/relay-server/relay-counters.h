/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Why something was refused. */
typedef enum {
  GENOS_RELAY_DROP_INVALID, /* unreadable, forged, too large, expired, of another time */
  GENOS_RELAY_DROP_BLOCKED, /* of a kind that would have to be stored */
  GENOS_RELAY_DROP_POW,
  GENOS_RELAY_DROP_AUTH, /* without AUTH, with a bad one, or of a key that may not */
  GENOS_RELAY_DROP_RATE,
  GENOS_RELAY_DROP_LIMIT,   /* subscriptions, filters */
  GENOS_RELAY_DROP_FULL,    /* connections */
  GENOS_RELAY_DROP_SLOW,    /* clients that did not read */
  GENOS_RELAY_DROP_TIMEOUT, /* clients that said nothing */
  GENOS_RELAY_DROP_BROKEN,  /* connections that ended in an error */
  GENOS_RELAY_N_DROPS,
} GenosRelayDrop;

/* What a relay has done since it was made. */
typedef struct {
  guint64 accepted;   /* TCP connections */
  guint64 handshakes; /* those that became WebSockets */
  guint64 messages;
  guint64 events; /* passed on, or heard by nobody */
  guint64 duplicates;
  guint64 deliveries;
  guint64 drops[GENOS_RELAY_N_DROPS];
} GenosRelayCounters;

/* What it holds now. */
typedef struct {
  guint connections;
  guint http_connections;
  guint subscriptions;
  gsize pending; /* bytes */
} GenosRelayGauges;

guint64 genos_relay_counters_get_dropped (const GenosRelayCounters *self);

/* (transfer full): all of it in the text format of OpenMetrics 1.0 */
char *genos_relay_counters_to_metrics (const GenosRelayCounters *self, const GenosRelayGauges *now);

G_END_DECLS
