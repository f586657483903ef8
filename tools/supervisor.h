/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What systemd, or who speaks like it, hands over to a service and wants to hear from it: the
 * protocols of sd_listen_fds(3) and sd_notify(3), which are a few lines each. */

/* The sockets that were opened for us, from descriptor 3 on; none at all is an empty array. Later
 * calls and children see none. (transfer full) (element-type GSocket) */
GPtrArray *genos_supervisor_take_sockets (GError **error);

/* @state: like "READY=1". Nothing happens where nobody listens. */
void genos_supervisor_notify (const char *state);

G_END_DECLS
