/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full): what strangers wrote, for a terminal: escape sequences and line breaks of theirs
 * are replaced. NULL counts as empty. */
char *genos_make_printable (const char *text);

G_END_DECLS
