/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/nostr/nostr-pool.h>
#include <genos/nostr/nostr-relay.h>

G_BEGIN_DECLS

/* For tests: other sockets, other pauses. @config is copied; what it points to must outlive the pool. */
GenosNostrPool *genos_nostr_pool_new_with_config (const char *const *urls,
    const GenosNostrRelayConfig *config, GError **error);

G_END_DECLS
