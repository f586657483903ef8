/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libsoup/soup.h>

#include <genos/relay-server/relay-addresses.h>
#include <genos/relay-server/relay-hub.h>

G_BEGIN_DECLS

/* One WebSocket client of the relay: its session, how much waits for it, and whether it is alive. */
#define GENOS_TYPE_RELAY_CONNECTION (genos_relay_connection_get_type ())
G_DECLARE_FINAL_TYPE (
    GenosRelayConnection, genos_relay_connection, GENOS, RELAY_CONNECTION, GObject)

/* Takes over the stream of a finished handshake. @hub and @address (nullable) must outlive the
 * connection. @local (nullable) */
GenosRelayConnection *genos_relay_connection_new (GenosRelayHub *hub, GenosRelayAddress *address,
    GIOStream *stream, GUri *uri, GInetSocketAddress *local);

/* Takes its subscriptions out of the hub and says goodbye; `closed` follows. */
void genos_relay_connection_close (GenosRelayConnection *self, gushort code, const char *reason);

/* Signals: ::closed, once */

G_END_DECLS
