/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include <genos/base/error.h>
#include <genos/base/types.h>

G_BEGIN_DECLS

#define GENOS_TYPE_RELAY_SERVER (genos_relay_server_get_type ())
GENOS_API
G_DECLARE_FINAL_TYPE (GenosRelayServer, genos_relay_server, GENOS, RELAY_SERVER, GObject)

GENOS_API
GenosRelayServer *genos_relay_server_new (void);
GENOS_API
gboolean genos_relay_server_listen (
    GenosRelayServer *self, const char *address, guint16 port, GError **error);
GENOS_API
gboolean genos_relay_server_listen_socket (GenosRelayServer *self, GSocket *socket, GError **error);
GENOS_API
char *genos_relay_server_dup_url (GenosRelayServer *self);
GENOS_API
void genos_relay_server_drain (GenosRelayServer *self);
GENOS_API
void genos_relay_server_stop (GenosRelayServer *self);

G_END_DECLS
