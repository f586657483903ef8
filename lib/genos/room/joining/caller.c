/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/joining/caller.h>

GenosCaller *
genos_caller_copy (const GenosCaller *self)
{
  GenosCaller *copy = g_new0 (GenosCaller, 1);

  copy->peer_id = g_strdup (self->peer_id);
  copy->kind = g_strdup (self->kind);
  copy->via = g_strdup (self->via);
  copy->key = g_strdup (self->key);
  copy->offer = g_strdup (self->offer);
  copy->extended = self->extended;
  copy->heard = self->heard;
  return copy;
}

void
genos_caller_free (gpointer data)
{
  GenosCaller *self = data;

  if (self->admission != NULL)
    g_clear_signal_handler (&self->handler, self->admission);
  g_clear_object (&self->admission);
  g_free (self->peer_id);
  g_free (self->kind);
  g_free (self->via);
  g_free (self->key);
  g_free (self->offer);
  g_free (self);
}
