/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sim-config.h"
#include "sim-result.h"

G_BEGIN_DECLS

/* A room of real overlays (lib/genos/mesh) whose links, relays and clocks are made up. The same seed gives the
 * same room, to the last frame.
 *
 *  - Relays pass each announce and bye on to all who are connected, after a delay. Each peer announces itself
 *    by the library's own rule (signalling/announcer).
 *  - A link opens after an offer and an answer by relay and a handshake. It has a delay of its own, keeps
 *    frames in order, and loses none as long as it is there: a lost packet is sent again (RFC 9260), which costs
 *    a second, for what comes behind it too.
 *  - Who goes without a word is missed by its neighbours after some 7 s, as ICE does. */
typedef struct _SimRoom SimRoom;

SimRoom *sim_room_new (const SimConfig *config);
void sim_room_free (SimRoom *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimRoom, sim_room_free)

/* Lets the whole of it happen: warm-up, what is measured, and until the last message has had its time. */
void sim_room_run (SimRoom *self, SimResult *result);

/* A point every so often, for a plot; (transfer none), of SimPoint. */
typedef struct {
  double at; /* s since it was measured */
  double n_peers;
  double mean_links, worst_links;
  double delivery; /* share, of the messages said since the last point */
  double latency;  /* ms, the mean of those */
  double events;   /* on relays, a second */
} SimPoint;
const GArray *sim_room_get_points (SimRoom *self);

G_END_DECLS
