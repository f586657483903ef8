/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The way home from a foreign thread: calls that are made on the main context of one object, in
 * the order they were posted, as long as that object lives.
 *
 * Threading contract: post() from any thread; everything else on the context. The object is
 * referenced only on its own context, and so never finalized on a foreign thread. */
typedef struct _GenosHome GenosHome;

typedef void (*GenosHomeFunc) (gpointer object, gpointer data);

/* Of the thread-default main context. */
GenosHome *genos_home_new (GObject *object);
GenosHome *genos_home_ref (GenosHome *self);
void genos_home_unref (GenosHome *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosHome, genos_home_unref)

/* @data is destroyed on either thread, whether @func was called or not. */
void genos_home_post (GenosHome *self, GenosHomeFunc func, gpointer data, GDestroyNotify destroy);

/* A timer on the same context; detach and unref the source with genos_home_cancel (). */
GSource *genos_home_add_timer (GenosHome *self, guint interval_ms, GSourceFunc func,
    gpointer data);
void genos_home_cancel (GSource **source);

/* Drops what waits and takes nothing more. */
void genos_home_leave (GenosHome *self);

/* For g_signal_connect_data () with a home as data. */
void genos_home_closure_unref (gpointer home, GClosure *closure);

G_END_DECLS
