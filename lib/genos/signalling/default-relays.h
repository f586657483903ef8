/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The relays browser peers of GenosRTC use when they are given none, as their public documentation
 * listed them in 2026-10. NULL-terminated. */
extern const char *const genos_default_relays[];

/* Comma- or space-separated URLs → list; all of the above for NULL or empty: browsers keep the ones
 * that echo first, which we cannot know, and being on all of them is what makes a meeting sure. */
GStrv genos_relays_parse (const char *text);

G_END_DECLS
