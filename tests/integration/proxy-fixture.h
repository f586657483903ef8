/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A proxy on loopback for tests: HTTP with CONNECT, and with GET of absolute URLs, or SOCKS 5. Works in
 * threads of its own and counts what it was asked for. */
typedef struct _ProxyFixture ProxyFixture;

typedef enum {
  PROXY_HTTP,
  PROXY_SOCKS5,
} ProxyKind;

ProxyFixture *proxy_fixture_new (ProxyKind kind);
void proxy_fixture_free (ProxyFixture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ProxyFixture, proxy_fixture_free)

/* It says no to everybody from now on. */
void proxy_fixture_refuse (ProxyFixture *self);
guint16 proxy_fixture_get_port (ProxyFixture *self);
int proxy_fixture_get_n_tunnels (ProxyFixture *self);

G_END_DECLS
