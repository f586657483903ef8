/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* WebSocket connections whose closing handshake is under way: kept until it is over, so that what was
 * queued still goes out. libsoup bounds the wait for the other side, as long as the main context is
 * iterated; whoever stops iterating it has to cut them off, or they stay for ever. */
typedef struct _GenosNostrFarewells GenosNostrFarewells;

GenosNostrFarewells *genos_nostr_farewells_new (void);
/* Cuts off what is left. */
void genos_nostr_farewells_free (GenosNostrFarewells *self);

/* Begins to close @connection, which is open. @owner is held until it is closed. */
void genos_nostr_farewells_say (
    GenosNostrFarewells *self, SoupWebsocketConnection *connection, GObject *owner);

guint genos_nostr_farewells_count (const GenosNostrFarewells *self);

/* Closes their sockets now. May release the last reference to an owner. */
void genos_nostr_farewells_cut (GenosNostrFarewells *self);

G_END_DECLS
