/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The sources of whoever waits until a pollable stream can be read or written. They stay ready as long
 * as it can. */
typedef struct {
  GPtrArray *sources;
} GenosStreamWaiters;

/* (transfer full): a source for @stream; ready at once when @ready. */
GSource *genos_stream_waiters_add (
    GenosStreamWaiters *self, gpointer stream, GCancellable *cancellable, gboolean ready);
void genos_stream_waiters_set_ready (GenosStreamWaiters *self, gboolean ready);
void genos_stream_waiters_clear (GenosStreamWaiters *self);

G_END_DECLS
