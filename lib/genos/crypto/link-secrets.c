/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/crypto/link-secrets.h>

#include <string.h>

#include <sodium.h>

#include <genos/base/error.h>
#include <genos/crypto/crypto-init.h>

#define DOMAIN "genosrooms link 1"

G_STATIC_ASSERT (GENOS_LINK_PUBLIC_SIZE == crypto_scalarmult_BYTES);

void
genos_link_secrets_clear (GenosLinkSecrets *self)
{
  g_clear_pointer (&self->tx, genos_secret_unref);
  g_clear_pointer (&self->rx, genos_secret_unref);
}

void
genos_link_secrets_get_public (const GenosSecret *own, guint8 out[GENOS_LINK_PUBLIC_SIZE])
{
  crypto_scalarmult_base (out, genos_secret_get_bytes (own));
}

static void
derive (const guint8 *shared, const GenosSecret *room_key, const guint8 *transcript, guint8 *out)
{
  const guint8 *key = room_key != NULL ? genos_secret_get_bytes (room_key) : NULL;
  crypto_generichash_state state;

  crypto_generichash_init (&state, key, key != NULL ? GENOS_SECRET_SIZE : 0, 2 * GENOS_SECRET_SIZE);
  crypto_generichash_update (&state, (const guint8 *) DOMAIN, strlen (DOMAIN));
  crypto_generichash_update (&state, shared, crypto_scalarmult_BYTES);
  crypto_generichash_update (&state, transcript, GENOS_LINK_TRANSCRIPT_SIZE);
  crypto_generichash_final (&state, out, 2 * GENOS_SECRET_SIZE);
  sodium_memzero (&state, sizeof state);
  genos_crypto_clear_stack ();
}

gboolean
genos_link_secrets_agree (GenosLinkSecrets *self, const GenosSecret *own,
    const guint8 remote[GENOS_LINK_PUBLIC_SIZE], const GenosSecret *room_key,
    const guint8 transcript[GENOS_LINK_TRANSCRIPT_SIZE], gboolean offerer, GError **error)
{
  guint8 shared[crypto_scalarmult_BYTES];
  guint8 keys[2 * GENOS_SECRET_SIZE];

  if (crypto_scalarmult (shared, genos_secret_get_bytes (own), remote) != 0) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION,
        "the peer's key for this link is one that makes every secret known");
    return FALSE;
  }
  derive (shared, room_key, transcript, keys);
  genos_link_secrets_clear (self);
  self->tx = genos_secret_new (offerer ? keys : keys + GENOS_SECRET_SIZE);
  self->rx = genos_secret_new (offerer ? keys + GENOS_SECRET_SIZE : keys);
  sodium_memzero (shared, sizeof shared);
  sodium_memzero (keys, sizeof keys);
  return TRUE;
}
