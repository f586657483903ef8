/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* BIP-340 keys and signatures over secp256k1. */
typedef struct _GenosSchnorrKey GenosSchnorrKey;

/* A fresh key; kept in libsodium's guarded memory and cleared when freed. */
GenosSchnorrKey *genos_schnorr_key_new (void);
/* GENOS_ERROR_INVALID_ARGUMENT for a scalar that is zero or over the order. */
GenosSchnorrKey *genos_schnorr_key_new_from_secret (const guint8 secret32[32], GError **error);
GenosSchnorrKey *genos_schnorr_key_ref (GenosSchnorrKey *self);
void genos_schnorr_key_unref (GenosSchnorrKey *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosSchnorrKey, genos_schnorr_key_unref)

/* 64 hex digits; (transfer none). */
const char *genos_schnorr_key_get_pubkey (GenosSchnorrKey *self);

/* @aux32 (nullable): fresh random bytes when NULL. */
void genos_schnorr_key_sign (
    GenosSchnorrKey *self, const guint8 msg32[32], const guint8 *aux32, guint8 sig64[64]);

/* What both sides know and nobody else: the x coordinate of their Diffie-Hellman point, to be hashed
 * before it is a key. FALSE when @pubkey32 is no key. */
gboolean
genos_schnorr_key_agree (GenosSchnorrKey *self, const guint8 pubkey32[32], guint8 shared32[32]);

/* Never raises; FALSE for any key or signature that is not right. Any thread. */
gboolean
genos_schnorr_verify (const guint8 pubkey32[32], const guint8 msg32[32], const guint8 sig64[64]);

G_END_DECLS
