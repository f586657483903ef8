/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The names of STUN servers, which libnice looks up for each link anew. Where DNS has no answer (no
 * network but a local one) it prints a warning each time, and its gathering never ends by itself. So the
 * process remembers which names have no address, and its links do without them. From any thread.
 *
 * @uri: as genos_stun_server_parse () returns it. @now: µs, monotonic.
 * Returns: FALSE: its name had no address a moment ago. What is not known yet, or not of late, is
 * looked up meanwhile, on the thread-default context; until then TRUE, or what was known before. */
gboolean genos_stun_name_is_usable (const char *uri, gint64 now);

G_END_DECLS
