/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* TLS on the way to a TURN server. libnice takes turns:// and speaks plain TCP all the same, so it is
 * given a port of loopback for a server; what comes in there goes on inside TLS, the certificate
 * checked against the server's name.
 *
 * Threading contract: new, get and free on any one thread; the bytes pass on a thread of the tunnel,
 * which ends by itself after free. */
typedef struct _GenosTurnTunnel GenosTurnTunnel;

/* @ca_file: (nullable): PEM with authorities to trust beside the system's. Fails when that
 * cannot be read, or there is no port to be had on loopback. */
GenosTurnTunnel *
genos_turn_tunnel_new (const char *host, guint port, const char *ca_file, GError **error);
void genos_turn_tunnel_free (GenosTurnTunnel *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosTurnTunnel, genos_turn_tunnel_free)

/* On 127.0.0.1. */
guint genos_turn_tunnel_get_port (GenosTurnTunnel *self);

/* (transfer full) (nullable): why the server was not reached the last time; NULL: it was, or was not
 * tried. */
char *genos_turn_tunnel_dup_problem (GenosTurnTunnel *self);

G_END_DECLS
