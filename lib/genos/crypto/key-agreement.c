/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/crypto/key-agreement.h>

#include <string.h>

#include <sodium.h>

#include <genos/crypto/crypto-init.h>

G_STATIC_ASSERT (GENOS_KEY_AGREEMENT_PUBLIC_SIZE == crypto_scalarmult_BYTES);

void
genos_key_agreement_get_public (const GenosSecret *own, guint8 out[GENOS_KEY_AGREEMENT_PUBLIC_SIZE])
{
  genos_crypto_init ();
  crypto_scalarmult_base (out, genos_secret_get_bytes (own));
}

/* (transfer full) */
static GenosSecret *
hash (const char *name, const GenosSecret *mixed, const guint8 *shared, const guint8 *asker,
    const guint8 *giver)
{
  const guint8 *key = mixed != NULL ? genos_secret_get_bytes (mixed) : NULL;
  crypto_generichash_state state;
  guint8 bytes[GENOS_SECRET_SIZE];
  GenosSecret *secret;

  crypto_generichash_init (&state, key, key != NULL ? GENOS_SECRET_SIZE : 0, sizeof bytes);
  crypto_generichash_update (&state, (const guint8 *) name, strlen (name));
  crypto_generichash_update (&state, shared, crypto_scalarmult_BYTES);
  crypto_generichash_update (&state, asker, GENOS_KEY_AGREEMENT_PUBLIC_SIZE);
  crypto_generichash_update (&state, giver, GENOS_KEY_AGREEMENT_PUBLIC_SIZE);
  crypto_generichash_final (&state, bytes, sizeof bytes);
  secret = genos_secret_new (bytes);
  sodium_memzero (&state, sizeof state);
  sodium_memzero (bytes, sizeof bytes);
  genos_crypto_clear_stack ();
  return secret;
}

GenosSecret *
genos_key_agreement_derive (const char *name, const GenosSecret *mixed, const GenosSecret *own,
    const guint8 remote[GENOS_KEY_AGREEMENT_PUBLIC_SIZE], GenosKeyAgreementRole role)
{
  guint8 shared[crypto_scalarmult_BYTES], public_key[GENOS_KEY_AGREEMENT_PUBLIC_SIZE];
  GenosSecret *secret;

  genos_key_agreement_get_public (own, public_key);
  if (crypto_scalarmult (shared, genos_secret_get_bytes (own), remote) != 0)
    return NULL;
  secret = role == GENOS_KEY_AGREEMENT_ASKER ? hash (name, mixed, shared, public_key, remote)
                                             : hash (name, mixed, shared, remote, public_key);
  sodium_memzero (shared, sizeof shared);
  return secret;
}
