/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Names of files that strangers chose. Pure. */

#define GENOS_FILE_NAME_MAX 200 /* bytes: room for a number and an ending within 255 */

/* (transfer full): the name alone, of what a path or anything else may be; one that neither leaves its
 * folder, hides, fools who reads it, nor is refused by another file system. NULL counts as empty. */
char *genos_file_name_make_safe (const char *name);

/* (transfer full): `name (2).ext` for 2, and the name itself for 1. */
char *genos_file_name_number (const char *name, guint number);

G_END_DECLS
