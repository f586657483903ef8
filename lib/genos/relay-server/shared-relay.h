/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A relay that comes with a room. Rooms of one process that ask for the same address share it; the
 * last one out ends it. It runs on a thread of its own, so that no room waits for another one's
 * clients, and no client for a room. Any thread. */
typedef struct _GenosSharedRelay GenosSharedRelay;

/* `port`, `host:port` or `[IPv6]:port`, where the host is a numeric address or `localhost`, and
 * loopback when it is left out; port 0 is any free one. GENOS_ERROR_INVALID_ARGUMENT tells the form.
 * Pure. */
gboolean genos_shared_relay_parse (const char *text, char **address, guint16 *port, GError **error);

/* Where the port is taken by somebody else's relay, that one will do. Asking it may take some seconds,
 * the rest takes none. GENOS_ERROR_INVALID_ARGUMENT when @text is unusable, G_IO_ERROR when there can be
 * no relay; both say what to do. */
GenosSharedRelay *genos_shared_relay_acquire (const char *text, GError **error);
void genos_shared_relay_release (GenosSharedRelay *self);

/* How this process reaches it. */
const char *genos_shared_relay_get_url (GenosSharedRelay *self);

/* 0 when others than this machine's programs cannot reach it, or it is not ours. */
guint16 genos_shared_relay_get_public_port (GenosSharedRelay *self);

G_END_DECLS
