/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What to call a peer: what its stream's metadata (JSON, nullable) calls it, else its id. One line
 * of bounded length, whatever a peer says. (transfer full) */
char *gst_genos_mix_name_new (const char *metadata, const char *peer_id);

G_END_DECLS
