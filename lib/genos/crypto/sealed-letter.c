/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/crypto/sealed-letter.h>

#include <string.h>

#include <sodium.h>

#include <genos/base/error.h>
#include <genos/crypto/crypto-init.h>
#include <genos/crypto/random.h>
#include <genos/wire/hex.h>

#define NONCE_SIZE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_SIZE crypto_aead_xchacha20poly1305_ietf_ABYTES
#define HEADER_SIZE (1 + NONCE_SIZE)
#define CLOCK_SIZE 8

static const char key_name[] = "genosrooms mesh 1";

G_STATIC_ASSERT (HEADER_SIZE + CLOCK_SIZE + TAG_SIZE == GENOS_SEALED_LETTER_OVERHEAD);

static gboolean
mix_agreement (
    crypto_generichash_state *state, GenosSchnorrKey *own, const char *remote, GError **error)
{
  const char *own_text = genos_schnorr_key_get_pubkey (own);
  guint8 keys[2][32];
  guint8 shared[32];
  gboolean own_first = strcmp (own_text, remote) < 0;

  if (!genos_hex_decode (own_text, keys[own_first ? 0 : 1], 32)
      || !genos_hex_decode (remote, keys[own_first ? 1 : 0], 32)
      || !genos_schnorr_key_agree (own, keys[own_first ? 1 : 0], shared)) {
    g_set_error_literal (
        error, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION, "the other peer's public key is none");
    return FALSE;
  }
  crypto_generichash_update (state, shared, sizeof shared);
  crypto_generichash_update (state, keys[0], 32);
  crypto_generichash_update (state, keys[1], 32);
  sodium_memzero (shared, sizeof shared);
  return TRUE;
}

GenosSecret *
genos_sealed_letter_key (
    GenosSecret *room_key, GenosSchnorrKey *own, const char *remote, GError **error)
{
  crypto_generichash_state state;
  guint8 bytes[GENOS_SECRET_SIZE];
  GenosSecret *key = NULL;

  genos_crypto_init ();
  crypto_generichash_init (
      &state, genos_secret_get_bytes (room_key), GENOS_SECRET_SIZE, sizeof bytes);
  crypto_generichash_update (&state, (const guint8 *) key_name, strlen (key_name));
  if (remote == NULL || mix_agreement (&state, own, remote, error)) {
    crypto_generichash_final (&state, bytes, sizeof bytes);
    key = genos_secret_new (bytes);
  }
  sodium_memzero (&state, sizeof state);
  sodium_memzero (bytes, sizeof bytes);
  return key;
}

gboolean
genos_sealed_letter_is (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  return size >= GENOS_SEALED_LETTER_OVERHEAD && data[0] == GENOS_SEALED_LETTER_VERSION;
}

GByteArray *
genos_sealed_letter_join_context (const char *const *context)
{
  GByteArray *joined = g_byte_array_new ();

  for (; *context != NULL; context++) {
    gsize size = strlen (*context);
    guint8 length[2] = { size >> 8, size & 0xFF };

    g_byte_array_append (joined, length, sizeof length);
    g_byte_array_append (joined, (const guint8 *) *context, size);
  }
  return joined;
}

GBytes *
genos_sealed_letter_seal (GenosSecret *key, const char *const *context, guint64 ms, GBytes *inside)
{
  g_autoptr (GByteArray) joined = genos_sealed_letter_join_context (context);
  g_autofree guint8 *plain = NULL;
  gsize size;
  const guint8 *data = g_bytes_get_data (inside, &size);
  guint8 *sealed = g_malloc (size + GENOS_SEALED_LETTER_OVERHEAD);
  guint64 clock = GUINT64_TO_BE (ms);

  genos_crypto_init ();
  plain = g_malloc (CLOCK_SIZE + size);
  memcpy (plain, &clock, CLOCK_SIZE);
  if (size > 0)
    memcpy (plain + CLOCK_SIZE, data, size);
  sealed[0] = GENOS_SEALED_LETTER_VERSION;
  genos_random_bytes (sealed + 1, NONCE_SIZE);
  crypto_aead_xchacha20poly1305_ietf_encrypt (sealed + HEADER_SIZE, NULL, plain, CLOCK_SIZE + size,
      joined->data, joined->len, NULL, sealed + 1, genos_secret_get_bytes (key));
  sodium_memzero (plain, CLOCK_SIZE + size);
  return g_bytes_new_take (sealed, size + GENOS_SEALED_LETTER_OVERHEAD);
}

GBytes *
genos_sealed_letter_open (
    GenosSecret *key, const char *const *context, GBytes *sealed, guint64 *ms, GError **error)
{
  g_autoptr (GByteArray) joined = genos_sealed_letter_join_context (context);
  g_autoptr (GBytes) plain = NULL;
  gsize size;
  const guint8 *data = g_bytes_get_data (sealed, &size);
  guint8 *opened;
  guint64 clock;

  if (!genos_sealed_letter_is (sealed)) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL, "not a sealed message");
    return NULL;
  }
  genos_crypto_init ();
  opened = g_malloc (size - HEADER_SIZE - TAG_SIZE);
  plain = g_bytes_new_take (opened, size - HEADER_SIZE - TAG_SIZE);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt (opened, NULL, NULL, data + HEADER_SIZE,
          size - HEADER_SIZE, joined->data, joined->len, data + 1, genos_secret_get_bytes (key))
      != 0) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION,
        "a sealed message was changed on its way, or sealed with another key");
    return NULL;
  }
  memcpy (&clock, opened, CLOCK_SIZE);
  *ms = GUINT64_FROM_BE (clock);
  return g_bytes_new_from_bytes (plain, CLOCK_SIZE, g_bytes_get_size (plain) - CLOCK_SIZE);
}
