/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libsoup/soup.h>

#include <genos/relay-server/relay-hub.h>

G_BEGIN_DECLS

/* The answers to requests that are no WebSocket handshake. */

/* Nothing that is sent to us in a request's body is kept. */
void genos_relay_http_refuse_body (SoupServerMessage *message);

gboolean genos_relay_http_is_handshake (SoupServerMessage *message);

typedef struct {
  const GenosRelayHub *hub;
  const char *web_root; /* NULL: no files */
  guint n_connections;
  guint n_waiting;
  gboolean metrics; /* may be seen by whoever asks */
} GenosRelayHttpContext;

void genos_relay_http_answer (
    SoupServerMessage *message, const char *path, const GenosRelayHttpContext *context);

/* A refusal with a reason in words. */
void genos_relay_http_refuse (SoupServerMessage *message, guint status, const char *reason);

/* Whether some proxy says that the request is from elsewhere. */
gboolean genos_relay_http_is_forwarded (SoupServerMessage *message);

/* (transfer full) (nullable): the client's address according to the proxy next to us */
GInetAddress *genos_relay_http_get_forwarded (SoupServerMessage *message);

G_END_DECLS
