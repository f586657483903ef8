/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/mesh/mesh-frame.h>

G_BEGIN_DECLS

/* What happens next: a binary heap. Of two at the same time the one that was pushed first comes first,
 * so that a simulation is the same each time. */
typedef struct {
  gint64 at; /* µs */
  guint64 order;
  guint8 kind; /* whatever its user makes of it */
  guint8 flag;
  guint16 ttl;
  guint32 a, b;
  guint32 serial;
  guint32 cell;
  GenosMeshFrame *frame; /* (nullable): its user owns it */
} SimEvent;

typedef struct {
  GArray *events; /* of SimEvent */
  guint64 n_pushed;
} SimHeap;

void sim_heap_init (SimHeap *self);
/* Frames of events that are still there are unreffed. */
void sim_heap_clear (SimHeap *self);
void sim_heap_push (SimHeap *self, SimEvent event);
/* FALSE: there is nothing before @until. */
gboolean sim_heap_pop (SimHeap *self, gint64 until, SimEvent *event);

G_END_DECLS
