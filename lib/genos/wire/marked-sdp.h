/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The line by which peers of this project know one another inside a sealed description, where nobody
 * without the password can take it out: "a=x-genosrooms:1", the last one. Browsers pass over attributes
 * they do not know (RFC 8866, section 5.13). */

/* (transfer full) */
char *genos_sdp_mark (const char *sdp);

/* Takes the line out of @sdp; FALSE when it is not there. */
gboolean genos_sdp_unmark (char *sdp);

G_END_DECLS
