/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/nostr/nostr-pool.h>
#include <genos/signalling/relay-reserve.h>

G_BEGIN_DECLS

/* Keeps enough healthy relays in a pool: when too few of the first ones are, it adds others out of a
 * list that is kept in a file and refreshed from a URL once a day. Lives and emits on the
 * thread-default main context it was made in. */
#define GENOS_TYPE_RELAY_SCOUT (genos_relay_scout_get_type ())
G_DECLARE_FINAL_TYPE (GenosRelayScout, genos_relay_scout, GENOS, RELAY_SCOUT, GObject)

typedef struct {
  const char *list_url;   /* https://…, a JSON array of relay URLs; http:// is taken too */
  const char *topic;      /* of the room: decides which relays of the list it uses */
  const char *cache_path; /* nullable: genos_relay_cache_dup_path() */
  const GenosRelayReserveTimes *times; /* nullable: genos_relay_reserve_times */
  guint tick_ms;                       /* 0: a second */
  guint quiet_ms; /* before a list is asked for that is not needed yet; 0: 20 seconds */
} GenosRelayScoutConfig;

/* @config is copied. */
GenosRelayScout *genos_relay_scout_new (
    GenosNostrPool *pool, GenosNostrSession *session, const GenosRelayScoutConfig *config);

void genos_relay_scout_start (GenosRelayScout *self);
void genos_relay_scout_stop (GenosRelayScout *self);

/* (transfer floating) a{sv}: url, entries (u), fetched (x, seconds since 1970, 0: never), added (u, how
 * many are in use), last-error (s) */
GVariant *genos_relay_scout_get_stats (GenosRelayScout *self);

/* Signals: ::warning (GError *): the kept list or an answer was damaged, and is ignored. Once for each. */

G_END_DECLS
