/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include <genos/base/error.h>

G_BEGIN_DECLS

/* A socket that carries text messages, for one connection: opened once, closed once, then thrown
 * away. Lives and emits on the thread-default main context it was made in. */
#define GENOS_TYPE_NOSTR_SOCKET (genos_nostr_socket_get_type ())
G_DECLARE_DERIVABLE_TYPE (GenosNostrSocket, genos_nostr_socket, GENOS, NOSTR_SOCKET, GObject)

struct _GenosNostrSocketClass {
  GObjectClass parent_class;

  void (*open) (GenosNostrSocket *self);
  gboolean (*send) (GenosNostrSocket *self, const char *text);
  void (*close) (GenosNostrSocket *self);
  gboolean (*is_stranded) (GenosNostrSocket *self); /* (nullable) */
};

/* Makes a socket for @url that is not open yet: the seam at which tests put theirs. */
typedef GenosNostrSocket *(*GenosNostrSocketFactory) (const char *url, gpointer user_data);

void genos_nostr_socket_open (GenosNostrSocket *self);

/* FALSE when it is not open, or when too much waits for the other side to read. */
gboolean genos_nostr_socket_send (GenosNostrSocket *self, const char *text);

/* Sends what is queued, closes with 1000. Nothing is emitted any more from here on. */
void genos_nostr_socket_close (GenosNostrSocket *self);

/* TRUE when its connection was made from an address that this machine has no more. */
gboolean genos_nostr_socket_is_stranded (GenosNostrSocket *self);

/* For subclasses. Nothing is emitted after `closed`, and that only once. A message
 * that is too large ends the connection with GENOS_ERROR_LIMIT. */
void genos_nostr_socket_emit_opened (GenosNostrSocket *self);
void genos_nostr_socket_emit_message (GenosNostrSocket *self, GBytes *text);
void genos_nostr_socket_emit_closed (GenosNostrSocket *self, const GError *error);

/* Signals: ::opened  ::message (GBytes *)  ::closed (GError *, never NULL) */

G_END_DECLS
