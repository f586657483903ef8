/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A larger file is not served. */
#define GENOS_RELAY_FILES_MAX_SIZE (8 * 1024 * 1024)

/* The media type of @path, NULL for a path that is never served: other than plain names of letters,
 * digits, '-', '_' and '.', hidden, nested more than four deep, or of a type that is not in the
 * table. Pure. */
const char *genos_relay_files_type (const char *path);

/* The contents of @path ("/" is "/index.html", "/page" is "/page.html") below @root, NULL when there is none
 * to be served. */
GBytes *genos_relay_files_load (const char *root, const char *path, const char **type);

G_END_DECLS
