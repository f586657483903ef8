/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/base/error.h>

G_BEGIN_DECLS

/* Further HTTP headers for what is asked of certain relays: pure. As text it is a list of entries
 *
 *   URL|Name: value
 *
 * between which there is a line break or `||`. Values may be secrets: no error tells one. */
typedef struct _GenosNostrHeaders GenosNostrHeaders;

#define GENOS_NOSTR_HEADERS_MAX 64
#define GENOS_NOSTR_HEADER_VALUE_MAX 8192

/* @text is nullable. GENOS_ERROR_INVALID_ARGUMENT says which entry is unusable and why: no URL of a
 * relay or server, no RFC 9110 field name, a value with a control character, or a name that belongs to
 * the connection (`Host`, `Connection`, `Sec-WebSocket-Key` …). */
GenosNostrHeaders *genos_nostr_headers_parse (const char *text, GError **error);
void genos_nostr_headers_free (GenosNostrHeaders *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosNostrHeaders, genos_nostr_headers_free)

typedef void (*GenosNostrHeaderFunc) (const char *name, const char *value, gpointer user_data);

/* Calls @func for each header that is meant for @url, in their order. `ws` and `http` are one here, as
 * are `wss` and `https`: a relay gets them with its NIP-11 document too. */
void genos_nostr_headers_foreach (const GenosNostrHeaders *self, const char *url,
    GenosNostrHeaderFunc func, gpointer user_data);

G_END_DECLS
