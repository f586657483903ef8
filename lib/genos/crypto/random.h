/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The one door through which randomness enters the library (libsodium). */
void genos_random_bytes (guint8 *out, gsize size);

/* @length characters of [0-9A-Za-z], uniformly. (transfer full) */
char *genos_random_id (guint length);

/* A uniform number in [0, bound). */
guint32 genos_random_uniform (guint32 bound);

G_END_DECLS
