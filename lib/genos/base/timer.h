/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A GSource that calls a function after some time, or time and again. All zero: it does not run. It runs on
 * the context that it is started with, and is stopped there, from within its function too. Whoever has it
 * stops it before it goes away. */
typedef struct {
  GSource *source; /* (nullable) */
} GenosTimer;

/* One that runs is stopped first. @name: static, "[genos] …". */
void genos_timer_start (GenosTimer *self, GMainContext *context, guint ms, GSourceFunc func,
    gpointer data, const char *name);
void genos_timer_stop (GenosTimer *self);
/* A function that returns G_SOURCE_REMOVE ends it as well. */
gboolean genos_timer_is_running (const GenosTimer *self);

G_END_DECLS
