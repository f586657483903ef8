/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

#include <genos/base/error.h>

G_BEGIN_DECLS

GENOS_API
char *genos_identity_file_dup_key (const char *path, GError **error);

G_END_DECLS
