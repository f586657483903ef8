/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/crypto/sframe.h>

#include <string.h>

#include <openssl/evp.h>
#include <sodium.h>

#include <genos/crypto/crypto-init.h>

#define FOLLOWS_BIT 8 /* of four: the three others say how many bytes follow, less one */
#define MAX_SHORT 7
#define NONCE_SIZE 12
#define MAX_SIZE (1024 * 1024)

struct _GenosSframeKey {
  GenosSframeSuite suite;
  guint64 kid;
  GenosSecret *key;  /* as many bytes of it as the suite takes … */
  GenosSecret *salt; /* … and NONCE_SIZE of this */
};

/* --- header --- */

static gsize
count_bytes (guint64 number)
{
  gsize n = 1;

  while (number >>= 8)
    n++;
  return n;
}

/* Appends @number if it is too long for the four bits that are returned. */
static guint8
put_number (guint64 number, guint8 *bytes, gsize *size)
{
  gsize n = count_bytes (number);

  if (number <= MAX_SHORT)
    return (guint8) number;
  for (gsize i = n; i > 0; i--)
    bytes[(*size)++] = (guint8) (number >> (8 * (i - 1)));
  return (guint8) (FOLLOWS_BIT | (n - 1));
}

gsize
genos_sframe_header_build (const GenosSframeHeader *self, guint8 bytes[GENOS_SFRAME_MAX_HEADER])
{
  gsize size = 1;
  guint8 kid = put_number (self->kid, bytes, &size);
  guint8 ctr = put_number (self->ctr, bytes, &size);

  bytes[0] = (guint8) (kid << 4 | ctr);
  return size;
}

static gboolean
get_number (guint8 bits, const guint8 *bytes, gsize size, gsize *at, guint64 *number)
{
  gsize n = (bits & FOLLOWS_BIT) != 0 ? (bits & MAX_SHORT) + 1u : 0;

  *number = n == 0 ? bits : 0;
  if (size - *at < n)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    *number = *number << 8 | bytes[(*at)++];
  return TRUE;
}

gsize
genos_sframe_header_parse (GenosSframeHeader *self, const guint8 *bytes, gsize size)
{
  gsize at = 1;

  if (size < 1 || !get_number (bytes[0] >> 4, bytes, size, &at, &self->kid)
      || !get_number (bytes[0] & 0x0F, bytes, size, &at, &self->ctr))
    return 0;
  return at;
}

/* --- keys --- */

static gsize
key_size (GenosSframeSuite suite)
{
  return suite == GENOS_SFRAME_AES_128_GCM_SHA256_128 ? 16 : 32;
}

/* HMAC (RFC 2104) with the hash of the suite; @out has room for 64 bytes. How many they are. */
static gsize
hmac (GenosSframeSuite suite, const guint8 *key, gsize size, const guint8 *data, gsize data_size,
    guint8 out[64])
{
  if (suite == GENOS_SFRAME_AES_128_GCM_SHA256_128) {
    crypto_auth_hmacsha256_state state;

    crypto_auth_hmacsha256_init (&state, key, size);
    crypto_auth_hmacsha256_update (&state, data, data_size);
    crypto_auth_hmacsha256_final (&state, out);
    sodium_memzero (&state, sizeof state);
    return crypto_auth_hmacsha256_BYTES;
  }
  crypto_auth_hmacsha512_state state;

  crypto_auth_hmacsha512_init (&state, key, size);
  crypto_auth_hmacsha512_update (&state, data, data_size);
  crypto_auth_hmacsha512_final (&state, out);
  sodium_memzero (&state, sizeof state);
  return crypto_auth_hmacsha512_BYTES;
}

/* The first block of HKDF-Expand (RFC 5869, 2.3), which is all that is needed: the label, KID and suite, and
 * the number of the block. */
static GenosSecret *
expand (GenosSframeSuite suite, guint64 kid, const guint8 *secret, gsize size, const char *label)
{
  guint8 info[64], block[64], bytes[GENOS_SECRET_SIZE];
  gsize n = strlen (label);
  GenosSecret *result;

  memcpy (info, label, n);
  for (int shift = 56; shift >= 0; shift -= 8)
    info[n++] = (guint8) (kid >> shift);
  info[n++] = 0;
  info[n++] = (guint8) suite;
  info[n++] = 1;
  hmac (suite, secret, size, info, n, block);
  memcpy (bytes, block, sizeof bytes);
  result = genos_secret_new (bytes);
  sodium_memzero (block, sizeof block);
  sodium_memzero (bytes, sizeof bytes);
  return result;
}

GenosSframeKey *
genos_sframe_key_new (GenosSframeSuite suite, guint64 kid, const guint8 *base, gsize size)
{
  GenosSframeKey *self = g_atomic_rc_box_new0 (GenosSframeKey);
  static const guint8 no_salt[1] = { 0 };
  guint8 secret[64];
  gsize secret_size;

  genos_crypto_init ();
  self->suite = suite;
  self->kid = kid;
  secret_size = hmac (suite, no_salt, 0, base, size, secret);
  self->key = expand (suite, kid, secret, secret_size, "SFrame 1.0 Secret key ");
  self->salt = expand (suite, kid, secret, secret_size, "SFrame 1.0 Secret salt ");
  sodium_memzero (secret, sizeof secret);
  return self;
}

GenosSframeKey *
genos_sframe_key_ref (GenosSframeKey *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
key_clear (gpointer data)
{
  GenosSframeKey *self = data;

  genos_secret_unref (self->key);
  genos_secret_unref (self->salt);
}

void
genos_sframe_key_unref (GenosSframeKey *self)
{
  g_atomic_rc_box_release_full (self, key_clear);
}

guint64
genos_sframe_key_get_kid (const GenosSframeKey *self)
{
  return self->kid;
}

/* --- sealing --- */

static void
make_nonce (const GenosSframeKey *self, guint64 ctr, guint8 nonce[NONCE_SIZE])
{
  memcpy (nonce, genos_secret_get_bytes (self->salt), NONCE_SIZE);
  for (guint i = 0; i < 8; i++)
    nonce[NONCE_SIZE - 1 - i] ^= (guint8) (ctr >> (8 * i));
}

/* The schedule of the key is out of guarded memory for one call only; libcrypto wipes it. (nullable) */
static EVP_CIPHER_CTX *
begin (const GenosSframeKey *self, guint64 ctr, gboolean seals)
{
  const EVP_CIPHER *cipher = key_size (self->suite) == 16 ? EVP_aes_128_gcm () : EVP_aes_256_gcm ();
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new ();
  guint8 nonce[NONCE_SIZE];

  make_nonce (self, ctr, nonce);
  if (context != NULL
      && EVP_CipherInit_ex (
             context, cipher, NULL, genos_secret_get_bytes (self->key), nonce, seals ? 1 : 0)
          == 1)
    return context;
  EVP_CIPHER_CTX_free (context);
  return NULL;
}

static gboolean
authenticate (EVP_CIPHER_CTX *context, const guint8 *bytes, gsize size)
{
  int n;

  return size == 0 || EVP_CipherUpdate (context, NULL, &n, bytes, (int) size) == 1;
}

gsize
genos_sframe_seal (const GenosSframeKey *self, guint64 ctr, const guint8 *metadata,
    gsize metadata_size, const guint8 *plain, gsize size, guint8 *sealed)
{
  GenosSframeHeader header = { self->kid, ctr };
  gsize at = genos_sframe_header_build (&header, sealed);
  EVP_CIPHER_CTX *context;
  gboolean done;
  int n = 0;

  if (size > MAX_SIZE || metadata_size > MAX_SIZE)
    return 0;
  context = begin (self, ctr, TRUE);
  done = context != NULL && authenticate (context, sealed, at)
      && authenticate (context, metadata, metadata_size)
      && (size == 0 || EVP_EncryptUpdate (context, sealed + at, &n, plain, (int) size) == 1)
      && EVP_EncryptFinal_ex (context, sealed + at + size, &n) == 1
      && EVP_CIPHER_CTX_ctrl (
             context, EVP_CTRL_GCM_GET_TAG, GENOS_SFRAME_TAG_SIZE, sealed + at + size)
          == 1;
  EVP_CIPHER_CTX_free (context);
  return done ? at + size + GENOS_SFRAME_TAG_SIZE : 0;
}

gboolean
genos_sframe_open (const GenosSframeKey *self, const guint8 *metadata, gsize metadata_size,
    const guint8 *sealed, gsize size, guint8 *plain, gsize *plain_size)
{
  GenosSframeHeader header;
  gsize at = genos_sframe_header_parse (&header, sealed, size);
  guint8 tag[GENOS_SFRAME_TAG_SIZE];
  EVP_CIPHER_CTX *context;
  gboolean opened;
  gsize inside;
  int n = 0;

  if (at == 0 || header.kid != self->kid || size - at < GENOS_SFRAME_TAG_SIZE || size > MAX_SIZE
      || metadata_size > MAX_SIZE)
    return FALSE;
  inside = size - at - GENOS_SFRAME_TAG_SIZE;
  memcpy (tag, sealed + at + inside, sizeof tag);
  context = begin (self, header.ctr, FALSE);
  opened = context != NULL && authenticate (context, sealed, at)
      && authenticate (context, metadata, metadata_size)
      && (inside == 0 || EVP_DecryptUpdate (context, plain, &n, sealed + at, (int) inside) == 1)
      && EVP_CIPHER_CTX_ctrl (context, EVP_CTRL_GCM_SET_TAG, GENOS_SFRAME_TAG_SIZE, tag) == 1
      && EVP_DecryptFinal_ex (context, plain + inside, &n) == 1;
  EVP_CIPHER_CTX_free (context);
  *plain_size = opened ? inside : 0;
  return opened;
}
