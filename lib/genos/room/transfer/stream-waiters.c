/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/transfer/stream-waiters.h>

static void
drop_ended (GenosStreamWaiters *self)
{
  for (guint i = self->sources->len; i-- > 0;) {
    if (g_source_is_destroyed (g_ptr_array_index (self->sources, i)))
      g_ptr_array_remove_index_fast (self->sources, i);
  }
}

GSource *
genos_stream_waiters_add (
    GenosStreamWaiters *self, gpointer stream, GCancellable *cancellable, gboolean ready)
{
  GSource *source = g_pollable_source_new_full (stream, NULL, cancellable);

  if (self->sources == NULL)
    self->sources = g_ptr_array_new_with_free_func ((GDestroyNotify) g_source_unref);
  drop_ended (self);
  if (ready)
    g_source_set_ready_time (source, 0);
  g_ptr_array_add (self->sources, g_source_ref (source));
  return source;
}

void
genos_stream_waiters_set_ready (GenosStreamWaiters *self, gboolean ready)
{
  if (self->sources == NULL)
    return;
  drop_ended (self);
  for (guint i = 0; i < self->sources->len; i++)
    g_source_set_ready_time (g_ptr_array_index (self->sources, i), ready ? 0 : -1);
}

void
genos_stream_waiters_clear (GenosStreamWaiters *self)
{
  g_clear_pointer (&self->sources, g_ptr_array_unref);
}
