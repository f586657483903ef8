/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* When a relay is tried again: pure, the attempt and the chance are passed in. */

#define GENOS_NOSTR_BACKOFF_FIRST_MS 3300
#define GENOS_NOSTR_BACKOFF_CAP_MS 30000

/* Milliseconds to wait after failure number @attempt (0 is the first): @first_ms doubled with
 * each attempt, at most @cap_ms, of which the last quarter is left to chance so that peers which
 * lost the same relay do not all come back at once. @fraction is in [0, 1). */
guint genos_nostr_backoff_delay (guint attempt, guint first_ms, guint cap_ms, double fraction);

G_END_DECLS
