/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/nostr/nostr-socket.h>

G_BEGIN_DECLS

/* The real socket: libsoup's WebSocket client, reached the way a GenosNostrSession says. */
#define GENOS_TYPE_NOSTR_SOCKET_SOUP (genos_nostr_socket_soup_get_type ())
G_DECLARE_FINAL_TYPE (
    GenosNostrSocketSoup, genos_nostr_socket_soup, GENOS, NOSTR_SOCKET_SOUP, GenosNostrSocket)

/* A message longer than that ends the connection. An offer with a whole browser SDP, sealed, is
 * some 12 KiB. */
#define GENOS_NOSTR_SOCKET_MAX_MESSAGE (512 * 1024)

/* A GenosNostrSocketFactory. @user_data: a GenosNostrSession, (nullable) for one without settings. */
GenosNostrSocket *genos_nostr_socket_soup_new (const char *url, gpointer user_data);

G_END_DECLS
