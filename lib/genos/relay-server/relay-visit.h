/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include <genos/relay-server/relay-addresses.h>

G_BEGIN_DECLS

/* One TCP connection to a relay from its accept to its end, TLS or not, as the stream that libsoup is
 * given. It adds what libsoup's server does not have: a deadline, and a close that never waits
 * for the other side (that of a TLS connection does, which would hold up everybody else). */
#define GENOS_TYPE_RELAY_VISIT (genos_relay_visit_get_type ())
G_DECLARE_FINAL_TYPE (GenosRelayVisit, genos_relay_visit, GENOS, RELAY_VISIT, GIOStream)

/* @certificate (nullable): speaks TLS, whose handshake is part of the first read. NULL when the
 * client is gone already. */
GenosRelayVisit *
genos_relay_visit_new (GSocketConnection *connection, GTlsCertificate *certificate, GError **error);

GSocketAddress *genos_relay_visit_get_local (GenosRelayVisit *self);
GSocketAddress *genos_relay_visit_get_remote (GenosRelayVisit *self);

/* NULL when either end is no IP address. */
GInetAddress *genos_relay_visit_get_remote_inet (GenosRelayVisit *self);

/* Ends the connection in @seconds from now unless that is said again before; 0: it may stay. */
void genos_relay_visit_set_deadline (GenosRelayVisit *self, guint seconds);

/* Cuts the line: whoever uses the stream sees its end. */
void genos_relay_visit_cut (GenosRelayVisit *self);

/* Signals: ::overdue  the deadline passed; the line is cut after that */

G_END_DECLS
