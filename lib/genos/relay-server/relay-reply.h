/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a client is told about a message that could not be read. NIP-01 has an OK for each EVENT and
 * a CLOSED for each refused REQ, so the id is looked for in the ruins; a NOTICE where there is none.
 * @text is of @len bytes. (transfer full) */
char *genos_relay_reply_to_unreadable (const char *text, gsize len, const GError *error);

G_END_DECLS
