/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A monitor of the network of one's own, which tells of changes on the thread-default main context. The
 * process's own one (g_network_monitor_get_default ()) tells them on the context of whoever asked for
 * it first, which may be a room that is long gone. NULL where the kernel tells nothing.
 * (transfer full) (nullable) */
GNetworkMonitor *genos_network_watch_new (void);

G_END_DECLS
