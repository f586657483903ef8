/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sim-heap.h"

static SimEvent *
get (SimHeap *self, guint index)
{
  return &g_array_index (self->events, SimEvent, index);
}

static gboolean
is_before (const SimEvent *a, const SimEvent *b)
{
  return a->at < b->at || (a->at == b->at && a->order < b->order);
}

void
sim_heap_init (SimHeap *self)
{
  self->events = g_array_new (FALSE, FALSE, sizeof (SimEvent));
  self->n_pushed = 0;
}

void
sim_heap_clear (SimHeap *self)
{
  for (guint i = 0; i < self->events->len; i++)
    g_clear_pointer (&get (self, i)->frame, genos_mesh_frame_unref);
  g_clear_pointer (&self->events, g_array_unref);
}

void
sim_heap_push (SimHeap *self, SimEvent event)
{
  guint at = self->events->len;

  event.order = self->n_pushed++;
  g_array_set_size (self->events, at + 1);
  while (at > 0 && is_before (&event, get (self, (at - 1) / 2))) {
    *get (self, at) = *get (self, (at - 1) / 2);
    at = (at - 1) / 2;
  }
  *get (self, at) = event;
}

static void
sink (SimHeap *self, SimEvent event)
{
  guint n = self->events->len;
  guint at = 0;

  for (guint child = 1; child < n; child = 2 * at + 1) {
    if (child + 1 < n && is_before (get (self, child + 1), get (self, child)))
      child++;
    if (is_before (&event, get (self, child)))
      break;
    *get (self, at) = *get (self, child);
    at = child;
  }
  *get (self, at) = event;
}

gboolean
sim_heap_pop (SimHeap *self, gint64 until, SimEvent *event)
{
  SimEvent last;

  if (self->events->len == 0 || get (self, 0)->at >= until)
    return FALSE;
  *event = *get (self, 0);
  last = *get (self, self->events->len - 1);
  g_array_set_size (self->events, self->events->len - 1);
  if (self->events->len > 0)
    sink (self, last);
  return TRUE;
}
