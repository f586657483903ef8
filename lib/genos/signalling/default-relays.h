/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Which relays a room begins with, and whether it may look for others: pure. */

/* The environment variable that takes the place of the built-in relays. */
#define GENOS_RELAYS_VARIABLE "GENOS_RELAYS"

/* When the built-in list was last held against the public documentation of what browsers use. */
#define GENOS_DEFAULT_RELAYS_CHECKED "2026-10"

/* Comma- or space-separated URLs → list. @text is nullable. */
GStrv genos_relays_parse (const char *text);

/* The relays in @text, if there are any, else those in @environment, else the built-in ones: all of them,
 * since browsers keep the ones that echo first, which we cannot know, and being on all of them is what
 * makes a meeting sure. @named: whether somebody named them. */
GStrv genos_relays_choose (const char *text, const char *environment, gboolean *named);

/* (transfer none) (nullable): where to ask for further relays. @setting is a URL, `auto` (NULL too) or
 * `none` (empty too). Whoever names relays is not sent to others without having said so: then `auto` is
 * none. */
const char *genos_relays_choose_list (const char *setting, gboolean named);

G_END_DECLS
