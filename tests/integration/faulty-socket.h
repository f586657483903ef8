/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A server on loopback that does not get as far as a WebSocket: says its words and hangs up. Lives on
 * the thread-default main context. */
typedef enum {
  FAULTY_SOCKET_AT_ONCE,
  FAULTY_SOCKET_ASKED, /* after the head of a request */
  FAULTY_SOCKET_NEVER,
} FaultySocketStep;

typedef struct _FaultySocket FaultySocket;

FaultySocket *faulty_socket_new (FaultySocketStep step, const char *words);
/* Connections that are open end here. */
void faulty_socket_free (FaultySocket *self);
guint faulty_socket_get_port (FaultySocket *self);

G_END_DECLS
