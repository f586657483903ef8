/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Which offer an answer belongs to. Signalling does not say, so that the answer to an offer that was
 * given up would be taken for that to a later one: candidates and keys of a link that is gone, to which
 * nothing ever gets through. Between our own peers the answer's SDP says it, in a line of its session
 * part, sealed with the rest; see docs/design/wire-extensions.md. */

/* (transfer full): @answer with that line, or as it is when it has no media section. */
char *genos_offer_echo_add (const char *answer, const char *offer) G_GNUC_WARN_UNUSED_RESULT;

/* TRUE when @answer says that it belongs to @offer. */
gboolean genos_offer_echo_names (const char *answer, const char *offer);

/* FALSE when @answer says that it belongs to another offer. One that does not say fits any. */
gboolean genos_offer_echo_fits (const char *answer, const char *offer);

G_END_DECLS
