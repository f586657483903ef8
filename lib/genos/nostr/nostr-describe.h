/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/nostr/nostr-relay.h>

G_BEGIN_DECLS

/* Gets a relay's NIP-11 document from where the relay is, over HTTP. A GenosNostrDescribe; @session is
 * a GenosNostrSession, (nullable) for one without settings. */
void genos_nostr_describe (const char *url, gpointer session, GCancellable *cancellable,
    GenosNostrDescribed described, gpointer user_data);

G_END_DECLS
