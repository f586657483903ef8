/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The type of service under which relays are announced (RFC 6763). */
#define GENOS_LAN_SERVICE_TYPE "_nostr-relay._tcp"

/* The URL of a relay that somebody on the local network says is there, NULL when it is not to be
 * believed: whoever announces it may name any address, and we would knock at whatever is there. So
 * it has to be one of a local network: private or link-local IPv4, unique-local IPv6. Pure.
 * (transfer full) (nullable) */
char *genos_lan_address_to_url (const char *address, guint port);

G_END_DECLS
