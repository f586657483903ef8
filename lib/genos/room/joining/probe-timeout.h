/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* How long a probe may take: @on_timeout is called when it is over, and @on_cancelled when the cancellable of @task is
 * cancelled before, both on the task's main context with the task as their data. (transfer full): destroyed when the
 * probe is over */
GSource *genos_probe_timeout_start (
    GTask *task, guint timeout_ms, GSourceFunc on_timeout, GCancellableSourceFunc on_cancelled);

G_END_DECLS
