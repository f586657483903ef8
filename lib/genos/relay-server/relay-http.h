/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libsoup/soup.h>

#include <genos/relay-server/relay-hub.h>

G_BEGIN_DECLS

/* The answers to requests that are no WebSocket handshake. */

/* Nothing that is sent to us in a request's body is kept. */
void genos_relay_http_refuse_body (SoupServerMessage *message);

gboolean genos_relay_http_is_handshake (SoupServerMessage *message);

/* @web_root (nullable) */
void genos_relay_http_answer (SoupServerMessage *message, const char *path, const char *web_root,
    const GenosRelayHub *hub, guint n_connections);

G_END_DECLS
