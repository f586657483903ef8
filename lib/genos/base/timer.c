/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/base/timer.h>

void
genos_timer_start (GenosTimer *self, GMainContext *context, guint ms, GSourceFunc func,
    gpointer data, const char *name)
{
  genos_timer_stop (self);
  self->source = g_timeout_source_new (ms);
  g_source_set_static_name (self->source, name);
  g_source_set_callback (self->source, func, data, NULL);
  g_source_attach (self->source, context);
}

void
genos_timer_stop (GenosTimer *self)
{
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
}

gboolean
genos_timer_is_running (const GenosTimer *self)
{
  return self->source != NULL && !g_source_is_destroyed (self->source);
}
