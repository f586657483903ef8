/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/crypto/secret.h>

#include <string.h>

#include <sodium.h>

#include <genos/base/error.h>
#include <genos/crypto/crypto-init.h>
#include <genos/crypto/random.h>

/* Says what the salt is for: a room's path hashed for another purpose must not be the same. */
#define SALT_DOMAIN "genosrooms room key 1"

struct _GenosSecret {
  gatomicrefcount ref_count;
  guint8 *bytes; /* guarded */
};

G_STATIC_ASSERT (GENOS_SECRET_SIZE == crypto_kdf_KEYBYTES);

/* Writable until finish(). */
static GenosSecret *
begin (void)
{
  GenosSecret *self = g_new0 (GenosSecret, 1);

  genos_crypto_init ();
  g_atomic_ref_count_init (&self->ref_count);
  self->bytes = sodium_malloc (GENOS_SECRET_SIZE);
  if (self->bytes == NULL)
    g_error ("no guarded memory for a key");
  return self;
}

static GenosSecret *
finish (GenosSecret *self)
{
  sodium_mprotect_readonly (self->bytes);
  return self;
}

GenosSecret *
genos_secret_new (const guint8 bytes[GENOS_SECRET_SIZE])
{
  GenosSecret *self = begin ();

  memcpy (self->bytes, bytes, GENOS_SECRET_SIZE);
  return finish (self);
}

GenosSecret *
genos_secret_new_random (void)
{
  GenosSecret *self = begin ();

  genos_random_bytes (self->bytes, GENOS_SECRET_SIZE);
  return finish (self);
}

GenosSecret *
genos_secret_ref (GenosSecret *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
genos_secret_unref (GenosSecret *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  sodium_free (self->bytes);
  g_free (self);
}

const guint8 *
genos_secret_get_bytes (const GenosSecret *self)
{
  return self->bytes;
}

GenosSecret *
genos_secret_derive (const GenosSecret *self, const char context[8], guint64 id)
{
  GenosSecret *derived = begin ();

  crypto_kdf_derive_from_key (derived->bytes, GENOS_SECRET_SIZE, id, context, self->bytes);
  genos_crypto_clear_stack ();
  return finish (derived);
}

GenosSecret *
genos_secret_new_from_password (const char *password, const char *room_path, GError **error)
{
  GenosSecret *self = begin ();
  guint8 salt[crypto_pwhash_SALTBYTES];

  crypto_generichash (salt, sizeof salt, (const guint8 *) room_path, strlen (room_path),
      (const guint8 *) SALT_DOMAIN, strlen (SALT_DOMAIN));
  if (crypto_pwhash (self->bytes, GENOS_SECRET_SIZE, password, strlen (password), salt,
          crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE,
          crypto_pwhash_ALG_ARGON2ID13)
      == 0) {
    genos_crypto_clear_stack ();
    return finish (self);
  }
  genos_secret_unref (self);
  g_set_error (error, GENOS_ERROR, GENOS_ERROR_FAILED,
      "the room's key needs %u MiB of memory for a moment, which this machine does not have",
      crypto_pwhash_MEMLIMIT_INTERACTIVE >> 20);
  return NULL;
}
