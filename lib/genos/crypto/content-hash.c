/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/crypto/content-hash.h>

#include <sodium.h>

#include <genos/crypto/crypto-init.h>

struct _GenosContentHash {
  crypto_generichash_state *state;
};

/* libsodium wants its state aligned to 64 bytes, which g_malloc() does not promise. */
static GenosContentHash *
allocate (void)
{
  GenosContentHash *self = g_new0 (GenosContentHash, 1);

  self->state = g_aligned_alloc (1, sizeof *self->state, 64);
  return self;
}

GenosContentHash *
genos_content_hash_new (void)
{
  GenosContentHash *self = allocate ();

  genos_crypto_init ();
  crypto_generichash_init (self->state, NULL, 0, GENOS_CONTENT_HASH_SIZE);
  return self;
}

GenosContentHash *
genos_content_hash_copy (const GenosContentHash *self)
{
  GenosContentHash *copy = allocate ();

  *copy->state = *self->state;
  return copy;
}

void
genos_content_hash_free (GenosContentHash *self)
{
  if (self == NULL)
    return;
  g_aligned_free (self->state);
  g_free (self);
}

void
genos_content_hash_update (GenosContentHash *self, const guint8 *data, gsize size)
{
  crypto_generichash_update (self->state, data, size);
}

void
genos_content_hash_peek (const GenosContentHash *self, guint8 hash32[32])
{
  g_autoptr (GenosContentHash) copy = genos_content_hash_copy (self);

  crypto_generichash_final (copy->state, hash32, GENOS_CONTENT_HASH_SIZE);
}
