/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the planner calls one tier of a track that goes beside the first: the track's id, a byte that no id has, as
 * these are UTF-8, and a digit. In lists it is the track and a number. */

/* (transfer full); tier 0 is the track itself */
char *genos_far_tier_name_new (const char *track, guint tier);
/* The tier of such a name; 0: it is a track's. @track: (out) (transfer full) */
guint genos_far_tier_name_split (const char *name, char **track);

G_END_DECLS
