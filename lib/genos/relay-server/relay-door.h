/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/relay-server/relay-counters.h>
#include <genos/relay-server/relay-limits.h>
#include <genos/relay-server/relay-visit.h>

G_BEGIN_DECLS

/* The sockets a relay listens on, and everybody who came in through them. It bounds what libsoup's
 * own listener does not: connections that have not asked for anything yet. When there are too
 * many of those the oldest has to go, so that clients who wait hold up none who do not. */
#define GENOS_TYPE_RELAY_DOOR (genos_relay_door_get_type ())
G_DECLARE_FINAL_TYPE (GenosRelayDoor, genos_relay_door, GENOS, RELAY_DOOR, GObject)

/* Both must outlive the door. */
GenosRelayDoor *genos_relay_door_new (const GenosRelayLimits *limits, GenosRelayCounters *counters);

/* Of those that come from now on; (nullable): no TLS */
void genos_relay_door_set_certificate (GenosRelayDoor *self, GTlsCertificate *certificate);

/* A numeric address; G_IO_ERROR when it cannot be had. */
gboolean
genos_relay_door_listen (GenosRelayDoor *self, const char *address, guint16 port, GError **error);

/* A socket that is bound and listens. */
gboolean genos_relay_door_listen_socket (GenosRelayDoor *self, GSocket *socket, GError **error);

/* (transfer full) (nullable): where the first socket listens */
GInetSocketAddress *genos_relay_door_dup_address (GenosRelayDoor *self);

/* The visit whose remote address this very object is; NULL for a stranger. */
GenosRelayVisit *genos_relay_door_find (GenosRelayDoor *self, GSocketAddress *remote);

/* It became a WebSocket: it counts as a request no more, and has no deadline. */
void genos_relay_door_promote (GenosRelayDoor *self, GenosRelayVisit *visit);

/* It asked for something, or took something: its time begins anew. */
void genos_relay_door_renew (GenosRelayDoor *self, GenosRelayVisit *visit);

guint genos_relay_door_get_n_waiting (GenosRelayDoor *self);

/* Lets nobody in any more, and cuts off who is no WebSocket. */
void genos_relay_door_shut (GenosRelayDoor *self);

/* Signals: ::visit (GenosRelayVisit *) */

G_END_DECLS
