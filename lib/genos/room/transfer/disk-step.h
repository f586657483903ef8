/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* One step of an operation on a file, in a thread, so that nothing waits for a disk. Nobody else touches the operation
 * meanwhile. */
typedef gboolean (*GenosDiskStepFunc) (gpointer operation, GError **error);

/* @done is called on this main context, with @operation as its data; g_task_propagate_boolean() tells what became of
 * it. */
void genos_disk_step_run (gpointer operation, GenosDiskStepFunc func, GAsyncReadyCallback done);

G_END_DECLS
