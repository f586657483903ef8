/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/crypto/schnorr.h>

#include <string.h>

#include <secp256k1_ecdh.h>
#include <secp256k1_extrakeys.h>
#include <secp256k1_schnorrsig.h>
#include <sodium.h>

#include <genos/base/error.h>
#include <genos/crypto/crypto-init.h>
#include <genos/crypto/random.h>
#include <genos/wire/hex.h>

struct _GenosSchnorrKey {
  gatomicrefcount refs;
  secp256k1_keypair *keypair; /* in libsodium's guarded memory */
  char pubkey[65];
};

/* Blinded once against side channels; read-only and so shared by all threads afterwards. */
static const secp256k1_context *
get_context (void)
{
  static gsize once;

  if (g_once_init_enter (&once)) {
    secp256k1_context *context = secp256k1_context_create (SECP256K1_CONTEXT_NONE);
    guint8 seed[32];

    genos_random_bytes (seed, sizeof seed);
    if (!secp256k1_context_randomize (context, seed))
      g_error ("libsecp256k1 refuses to be randomised");
    sodium_memzero (seed, sizeof seed);
    g_once_init_leave (&once, (gsize) context);
  }
  return (const secp256k1_context *) once;
}

static void
read_pubkey (GenosSchnorrKey *self)
{
  const secp256k1_context *context = get_context ();
  secp256k1_xonly_pubkey pubkey;
  guint8 bytes[32];

  if (!secp256k1_keypair_xonly_pub (context, &pubkey, NULL, self->keypair))
    g_error ("libsecp256k1 does not know its own key");
  secp256k1_xonly_pubkey_serialize (context, bytes, &pubkey);
  genos_hex_encode (bytes, sizeof bytes, self->pubkey);
}

GenosSchnorrKey *
genos_schnorr_key_new_from_secret (const guint8 secret32[32], GError **error)
{
  GenosSchnorrKey *self;
  secp256k1_keypair *keypair;

  genos_crypto_init ();
  keypair = sodium_malloc (sizeof *keypair);
  if (keypair == NULL)
    g_error ("no guarded memory for a key");
  if (!secp256k1_keypair_create (get_context (), keypair, secret32)) {
    sodium_free (keypair);
    g_set_error_literal (
        error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT, "not a secret key of secp256k1");
    return NULL;
  }
  self = g_new0 (GenosSchnorrKey, 1);
  g_atomic_ref_count_init (&self->refs);
  self->keypair = keypair;
  read_pubkey (self);
  sodium_mprotect_readonly (keypair);
  return self;
}

GenosSchnorrKey *
genos_schnorr_key_new (void)
{
  GenosSchnorrKey *self;
  guint8 secret[32];

  /* One draw in 2^128 is no scalar. */
  do {
    genos_random_bytes (secret, sizeof secret);
    self = genos_schnorr_key_new_from_secret (secret, NULL);
  } while (self == NULL);
  sodium_memzero (secret, sizeof secret);
  return self;
}

GenosSchnorrKey *
genos_schnorr_key_ref (GenosSchnorrKey *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
genos_schnorr_key_unref (GenosSchnorrKey *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  sodium_free (self->keypair);
  g_free (self);
}

const char *
genos_schnorr_key_get_pubkey (GenosSchnorrKey *self)
{
  return self->pubkey;
}

void
genos_schnorr_key_sign (
    GenosSchnorrKey *self, const guint8 msg32[32], const guint8 *aux32, guint8 sig64[64])
{
  guint8 fresh[32];

  if (aux32 == NULL) {
    genos_random_bytes (fresh, sizeof fresh);
    aux32 = fresh;
  }
  if (!secp256k1_schnorrsig_sign32 (get_context (), sig64, msg32, self->keypair, aux32))
    g_error ("libsecp256k1 does not sign with its own key");
  sodium_memzero (fresh, sizeof fresh);
}

static int
take_x (unsigned char *output, const unsigned char *x, const unsigned char *y, void *data)
{
  memcpy (output, x, 32);
  return 1;
}

/* BIP-340 keys have no sign; neither has the x coordinate of what they agree on. */
gboolean
genos_schnorr_key_agree (GenosSchnorrKey *self, const guint8 pubkey32[32], guint8 shared32[32])
{
  const secp256k1_context *context = get_context ();
  secp256k1_pubkey pubkey;
  guint8 compressed[33] = { 2 };
  guint8 *secret;
  gboolean agreed;

  memcpy (compressed + 1, pubkey32, 32);
  if (!secp256k1_ec_pubkey_parse (context, &pubkey, compressed, sizeof compressed))
    return FALSE;
  secret = sodium_malloc (32);
  if (secret == NULL)
    g_error ("no guarded memory for a key");
  agreed = secp256k1_keypair_sec (context, secret, self->keypair)
      && secp256k1_ecdh (context, shared32, &pubkey, secret, take_x, NULL);
  sodium_free (secret);
  return agreed;
}

gboolean
genos_schnorr_verify (const guint8 pubkey32[32], const guint8 msg32[32], const guint8 sig64[64])
{
  const secp256k1_context *context = get_context ();
  secp256k1_xonly_pubkey pubkey;

  return secp256k1_xonly_pubkey_parse (context, &pubkey, pubkey32)
      && secp256k1_schnorrsig_verify (context, sig64, msg32, 32, &pubkey);
}
