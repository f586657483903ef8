/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include <genos/nostr/nostr-rate.h>

G_BEGIN_DECLS

/* Who is behind the connections of a relay: how many each address has, and how much it says. An
 * address that left is remembered for as long as its rate matters, so that a new connection buys no
 * new allowance. Pure; times are monotonic microseconds. */
typedef struct _GenosRelayAddresses GenosRelayAddresses;

/* One address while it has connections. */
typedef struct {
  char *name;
  guint n_connections;
  GenosNostrRate rate;
  gint64 left_at; /* when the last connection went */
} GenosRelayAddress;

GenosRelayAddresses *genos_relay_addresses_new (void);
GenosRelayAddresses *genos_relay_addresses_ref (GenosRelayAddresses *self);
void genos_relay_addresses_unref (GenosRelayAddresses *self);

/* What one party can be told apart by: an IPv4 address, the first 64 bits of an IPv6 address.
 * (transfer full) (nullable): NULL for this machine, whose programs share one address. */
char *genos_relay_address_name (GInetAddress *address);

/* The address that the proxy next to us added: the last entry of X-Forwarded-For. What comes
 * before it is the client's own claim. (transfer full) (nullable) */
GInetAddress *genos_relay_address_forwarded (const char *header);

/* Counts one connection more, and one less. NULL when @max (not 0) are there already. */
GenosRelayAddress *
genos_relay_addresses_enter (GenosRelayAddresses *self, const char *name, guint max, gint64 now);
void
genos_relay_addresses_leave (GenosRelayAddresses *self, GenosRelayAddress *address, gint64 now);

/* Whether one message more is within @per_minute (0: no limit). @address may be NULL. */
gboolean genos_relay_address_take (GenosRelayAddress *address, guint per_minute, gint64 now);

guint genos_relay_addresses_get_size (GenosRelayAddresses *self);

G_END_DECLS
