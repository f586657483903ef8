/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sim-spread.h"

G_BEGIN_DECLS

/* What was measured in one room by one way of forwarding. */
typedef struct {
  const char *rules; /* static: whose rules these are */
  guint n_peers;     /* at the end */
  guint n_cells;

  SimSpread links;        /* of each peer */
  SimSpread bridge_links; /* of those who are bridges */
  SimSpread hops;
  SimSpread latency;   /* ms */
  SimSpread bytes_out; /* a second, of each peer: what the mesh has to send */
  guint64 n_messages;
  guint64 n_expected; /* deliveries */
  guint64 n_delivered;
  guint64 n_twice;    /* delivered again */
  guint64 n_repaired; /* were asked for */
  double frames_per_delivery;
  double control_per_delivery; /* of these, what neighbours tell each other */

  guint64 n_directed;
  guint64 n_directed_arrived;
  double directed_hops; /* frames a message, on the average */

  guint64 n_joined, n_left;
  guint64 n_forged; /* messages in the name of others that were believed */
  guint64 n_events; /* published on relays */
  double events_per_second;
  double heard_per_second; /* events that a peer gets from its relays */

  guint n_faults;
  guint n_resealed; /* peers beside a fault that noticed */
  SimSpread reseal; /* ms from the fault until their layout is without it */
  double healed;    /* s until all had one layout again, after a split or a crowd; -1: not */
} SimResult;

/* One line in a table of several. */
void sim_result_print_header (void);
void sim_result_print (const SimResult *self);
/* Everything, one number a line. */
void sim_result_print_all (const SimResult *self);
/* (transfer full): JSON text */
char *sim_result_to_json (const SimResult *const *results, guint n);

G_END_DECLS
