/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/joining/probe-timeout.h>

GSource *
genos_probe_timeout_start (
    GTask *task, guint timeout_ms, GSourceFunc on_timeout, GCancellableSourceFunc on_cancelled)
{
  GSource *source = g_timeout_source_new (timeout_ms);
  GCancellable *cancellable = g_task_get_cancellable (task);

  g_task_attach_source (task, source, on_timeout);
  /* As a child source it calls back on this context, and ends with the timeout. */
  if (cancellable != NULL) {
    g_autoptr (GSource) child = g_cancellable_source_new (cancellable);

    g_source_set_callback (child, G_SOURCE_FUNC (on_cancelled), task, NULL);
    g_source_add_child_source (source, child);
  }
  return source;
}
