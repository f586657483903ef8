/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Whether something that speaks NIP-01 listens at @url (ws:). Iterates the thread-default main context
 * until it is known, @timeout_ms at most. */
gboolean genos_relay_asker_is_relay (const char *url, guint timeout_ms);

G_END_DECLS
