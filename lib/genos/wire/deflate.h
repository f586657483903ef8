/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* zlib format (RFC 1950), whole buffers. */
GBytes *genos_deflate (const guint8 *data, gsize size);

/* Stops with GENOS_ERROR_LIMIT as soon as the output would pass @max. */
GBytes *genos_inflate (const guint8 *data, gsize size, gsize max, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
