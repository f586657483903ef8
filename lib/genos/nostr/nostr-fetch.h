/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _GenosNostrSession GenosNostrSession;

/* Gets a small document over HTTP: once, without redirections, within @timeout_ms in all and of at most
 * @max_bytes after decompression (GENOS_ERROR_LIMIT). @url may be ws:// or wss:// as well: the same
 * server is asked then by http:// or https://, as NIP-11 wants it. @accept is nullable. Other errors:
 * GENOS_ERROR_INVALID_ARGUMENT, _TIMED_OUT, _AUTHENTICATION (the certificate), _CLOSED (not reached),
 * _PROTOCOL (any status but 200), G_IO_ERROR_CANCELLED. On the session's context. */
void genos_nostr_fetch_async (GenosNostrSession *session, const char *url, const char *accept,
    gsize max_bytes, guint timeout_ms, GCancellable *cancellable, GAsyncReadyCallback callback,
    gpointer user_data);

/* (transfer full) */
GBytes *genos_nostr_fetch_finish (GenosNostrSession *session, GAsyncResult *result, GError **error);

/* What the server said the time was (seconds since the epoch), also when the document did not come; 0
 * when it did not say. */
gint64 genos_nostr_fetch_get_server_time (GAsyncResult *result);

G_END_DECLS
