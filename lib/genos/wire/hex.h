/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Lowercase hexadecimal, as Nostr writes ids, keys and signatures. */

/* @out takes 2 * @len characters and a NUL. */
void genos_hex_encode (const guint8 *bytes, gsize len, char *out);

/* Accepts exactly 2 * @len lowercase digits, nothing else. */
gboolean genos_hex_decode (const char *hex, guint8 *out, gsize len) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
