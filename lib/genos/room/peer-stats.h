/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/room/stats/stats-rates.h>
#include <genos/transport/peer-link.h>

G_BEGIN_DECLS

/* What the link of one peer last said of itself. webrtcbin answers on its own thread and in its own
 * time: who wants to know takes what there is, and may wait for the next answer. On the room's context. */
typedef struct _GenosPeerStats GenosPeerStats;

typedef void (*GenosPeerStatsFunc) (gpointer user_data);

GenosPeerStats *genos_peer_stats_new (void);
void genos_peer_stats_free (GenosPeerStats *self);

/* Asks @link, unless it is being asked or has answered within the last 200 ms. @func: (nullable) called
 * once, later or at once, with the answer taken in or without one (the link is over); not after
 * genos_peer_stats_free(), which calls those that wait. */
void genos_peer_stats_refresh (
    GenosPeerStats *self, GenosPeerLink *link, GenosPeerStatsFunc func, gpointer user_data);

/* (transfer none) (nullable): the last answer, of whichever link */
const GstStructure *genos_peer_stats_get_answer (GenosPeerStats *self);
GenosStatsRates *genos_peer_stats_get_rates (GenosPeerStats *self);

G_END_DECLS
