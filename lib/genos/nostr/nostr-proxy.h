/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The proxies of the system (GProxyResolver's default), asked as for http:// and https:// where it is
 * about ws:// and wss://: what is set for the web is meant for WebSockets too, and not every resolver
 * knows their schemes. Any thread. */
#define GENOS_TYPE_NOSTR_PROXY (genos_nostr_proxy_get_type ())
G_DECLARE_FINAL_TYPE (GenosNostrProxy, genos_nostr_proxy, GENOS, NOSTR_PROXY, GObject)

/* @inner (nullable) is asked; NULL: the system's. */
GProxyResolver *genos_nostr_proxy_new (GProxyResolver *inner);

G_END_DECLS
