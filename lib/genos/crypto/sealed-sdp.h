/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* SEALED = decimal IV bytes joined by ',' + '$' + base64 (AES-256-GCM ciphertext ‖ 16-byte tag);
 * key = SHA-256 ("password:appId:roomId"). */
typedef struct _GenosSealingKey GenosSealingKey;

#define GENOS_SEALED_MAX (256 * 1024)   /* text longer than that is not looked at */

/* @room_id is the whole room id, prefix of the dialect included. @password (nullable). */
GenosSealingKey *genos_sealing_key_new (const char *password, const char *app_id, const char *room_id);
void genos_sealing_key_free (GenosSealingKey *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosSealingKey, genos_sealing_key_free)

/* @iv_size random bytes are drawn when @iv is NULL (tests pass one). (transfer full) */
char *genos_sealing_key_seal (GenosSealingKey *self, const char *text, const guint8 *iv, gsize iv_size);

/* IVs of 12 and 16 bytes are taken. A wrong password is GENOS_ERROR_AUTHENTICATION, a malformed
 * text GENOS_ERROR_PROTOCOL. The result is valid UTF-8 without NUL. (transfer full) */
char *genos_sealing_key_open (GenosSealingKey *self, const char *sealed, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
