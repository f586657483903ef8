/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a link is to a neighbour, towards a peer that is reached by way of others: frames, whole, in order,
 * each once. Each direction is a flow of its own, so that nobody has to agree on anything before the first
 * frame. That packets arrive is up to who sends them (genos_mesh_overlay_send_acknowledged()); how many are
 * under way is decided here: one more for each that arrives, half as many when one had to be sent again
 * (AIMD; Chiu and Jain, 1989), so that bridges are not flooded. Pure.
 *
 *   0      1         9          17         25
 *  +------+---------+----------+----------+----------------+
 *  | 16   | flow    | number   | base     | frame          |   the base-th packet is the first that is not
 *  +------+---------+----------+----------+----------------+   known to have arrived
 *  | 17   | flow    |                                          that flow is not known here: begin another
 *  +------+---------+
 */
typedef struct _GenosMeshCircuit GenosMeshCircuit;

#define GENOS_MESH_CIRCUIT_HEADER 25
#define GENOS_MESH_CIRCUIT_FRAME_MAX (16 * 1024) /* bytes: a frame of a data channel */
#define GENOS_MESH_CIRCUIT_WINDOW 32             /* packets under way, at most */
#define GENOS_MESH_CIRCUIT_WINDOW_BEGIN 4

typedef enum {
  GENOS_MESH_CIRCUIT_LOST,    /* packets do not arrive any more */
  GENOS_MESH_CIRCUIT_RESTART, /* the other side has begun anew: what was under way is lost */
} GenosMeshCircuitEnd;

typedef struct {
  /* A serial for genos_mesh_circuit_settled(), which is not called in here; 0: not now. */
  guint64 (*send) (GBytes *packet, gboolean is_small, gpointer data);
  /* The circuit is not to be freed in here; it may be stopped. */
  void (*frame) (GBytes *frame, gpointer data);
  /* Less waits than before. */
  void (*drained) (gpointer data);
  /* Once, and nothing after it. */
  void (*ended) (GenosMeshCircuitEnd how, gpointer data);
} GenosMeshCircuitEvents;

/* @flow: random, not 0. @events has to live as long as the circuit. */
GenosMeshCircuit *
genos_mesh_circuit_new (guint64 flow, const GenosMeshCircuitEvents *events, gpointer data);
void genos_mesh_circuit_free (GenosMeshCircuit *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosMeshCircuit, genos_mesh_circuit_free)

/* Nobody is told anything any more. */
void genos_mesh_circuit_stop (GenosMeshCircuit *self);

/* @new_flow: another random one, in case this one is unknown to the other side. */
/* FALSE: it was not taken, and is not to be acknowledged. */
gboolean genos_mesh_circuit_take (GenosMeshCircuit *self, GBytes *packet, guint64 new_flow);
/* Whether that packet begins a flow that is not known here. */
gboolean genos_mesh_circuit_is_opening (GenosMeshCircuit *self, GBytes *packet);

/* At most GENOS_MESH_CIRCUIT_FRAME_MAX bytes. */
void genos_mesh_circuit_send (GenosMeshCircuit *self, GBytes *frame);
void genos_mesh_circuit_settled (
    GenosMeshCircuit *self, guint64 serial, gboolean arrived, guint n_again);
/* send() may take more now. */
void genos_mesh_circuit_pump (GenosMeshCircuit *self);

/* Bytes that have not left yet, and packets under way. */
gsize genos_mesh_circuit_get_waiting (GenosMeshCircuit *self);
guint genos_mesh_circuit_get_n_under_way (GenosMeshCircuit *self);
/* How many may be. */
guint genos_mesh_circuit_get_window (GenosMeshCircuit *self);

G_END_DECLS
