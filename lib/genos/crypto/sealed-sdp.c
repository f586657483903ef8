/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/crypto/sealed-sdp.h>

#include <string.h>

#include <openssl/evp.h>
#include <sodium.h>

#include <genos/base/error.h>
#include <genos/crypto/crypto-init.h>
#include <genos/crypto/random.h>

#define KEY_SIZE 32
#define TAG_SIZE 16
#define IV_MAX 16

struct _GenosSealingKey {
  guint8 *bytes; /* KEY_SIZE, in libsodium's guarded memory */
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_CIPHER_CTX, EVP_CIPHER_CTX_free)

GenosSealingKey *
genos_sealing_key_new (const char *password, const char *app_id, const char *room_id)
{
  GenosSealingKey *self = g_new0 (GenosSealingKey, 1);
  const char *const parts[] = { password != NULL ? password : "", ":", app_id, ":", room_id };
  crypto_hash_sha256_state state;

  genos_crypto_init ();
  self->bytes = sodium_malloc (KEY_SIZE);
  if (self->bytes == NULL)
    g_error ("no guarded memory for a key");
  crypto_hash_sha256_init (&state);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    crypto_hash_sha256_update (&state, (const guint8 *) parts[i], strlen (parts[i]));
  crypto_hash_sha256_final (&state, self->bytes);
  sodium_memzero (&state, sizeof state);
  sodium_mprotect_readonly (self->bytes);
  return self;
}

void
genos_sealing_key_free (GenosSealingKey *self)
{
  if (self == NULL)
    return;
  sodium_free (self->bytes);
  g_free (self);
}

/* @out takes @size + TAG_SIZE bytes. */
static gboolean
encrypt (GenosSealingKey *self, const guint8 *iv, gsize iv_size, const char *text, gsize size,
    guint8 *out)
{
  g_autoptr (EVP_CIPHER_CTX) context = EVP_CIPHER_CTX_new ();
  int n, rest;

  return context != NULL && EVP_EncryptInit_ex (context, EVP_aes_256_gcm (), NULL, NULL, NULL) == 1
      && EVP_CIPHER_CTX_ctrl (context, EVP_CTRL_GCM_SET_IVLEN, (int) iv_size, NULL) == 1
      && EVP_EncryptInit_ex (context, NULL, NULL, self->bytes, iv) == 1
      && EVP_EncryptUpdate (context, out, &n, (const guint8 *) text, (int) size) == 1
      && EVP_EncryptFinal_ex (context, out + n, &rest) == 1
      && EVP_CIPHER_CTX_ctrl (context, EVP_CTRL_GCM_GET_TAG, TAG_SIZE, out + size) == 1;
}

/* @data is @size bytes of ciphertext and then the tag. */
static gboolean
decrypt (
    GenosSealingKey *self, const guint8 *iv, gsize iv_size, guint8 *data, gsize size, char *out)
{
  g_autoptr (EVP_CIPHER_CTX) context = EVP_CIPHER_CTX_new ();
  int n, rest;

  return context != NULL && EVP_DecryptInit_ex (context, EVP_aes_256_gcm (), NULL, NULL, NULL) == 1
      && EVP_CIPHER_CTX_ctrl (context, EVP_CTRL_GCM_SET_IVLEN, (int) iv_size, NULL) == 1
      && EVP_DecryptInit_ex (context, NULL, NULL, self->bytes, iv) == 1
      && EVP_DecryptUpdate (context, (guint8 *) out, &n, data, (int) size) == 1
      && EVP_CIPHER_CTX_ctrl (context, EVP_CTRL_GCM_SET_TAG, TAG_SIZE, data + size) == 1
      && EVP_DecryptFinal_ex (context, (guint8 *) out + n, &rest) == 1;
}

char *
genos_sealing_key_seal (GenosSealingKey *self, const char *text, const guint8 *iv, gsize iv_size)
{
  gsize size = strlen (text);
  g_autofree guint8 *sealed = g_malloc (size + TAG_SIZE);
  g_autofree char *base64 = NULL;
  g_autoptr (GString) out = NULL;
  guint8 fresh[IV_MAX];

  g_return_val_if_fail (iv_size == 12 || iv_size == 16, NULL);
  g_return_val_if_fail (size <= GENOS_SEALED_MAX, NULL);

  if (iv == NULL) {
    genos_random_bytes (fresh, iv_size);
    iv = fresh;
  }
  if (!encrypt (self, iv, iv_size, text, size, sealed))
    g_error ("libcrypto has no AES-256-GCM");
  out = g_string_sized_new (4 * iv_size + (size + TAG_SIZE) * 4 / 3 + 8);
  for (gsize i = 0; i < iv_size; i++)
    g_string_append_printf (out, i > 0 ? ",%u" : "%u", iv[i]);
  base64 = g_base64_encode (sealed, size + TAG_SIZE);
  g_string_append_c (out, '$');
  g_string_append (out, base64);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static gboolean
malformed (GError **error, const char *what)
{
  g_set_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL, "sealed text: %s", what);
  return FALSE;
}

/* One decimal byte; NULL when there is none. */
static const char *
parse_byte (const char *at, guint8 *byte)
{
  guint value = 0;
  guint digits = 0;

  for (; g_ascii_isdigit (*at) && digits < 3; at++, digits++)
    value = value * 10 + (guint) (*at - '0');
  if (digits == 0 || value > 255)
    return NULL;
  *byte = (guint8) value;
  return at;
}

/* Gives where the base64 begins; NULL when the IV is malformed. */
static const char *
parse_iv (const char *sealed, guint8 *iv, gsize *iv_size)
{
  const char *at = sealed;
  gsize n = 0;

  do {
    if (n == IV_MAX)
      return NULL;
    at = parse_byte (at, &iv[n++]);
  } while (at != NULL && *at++ == ',');

  if (at == NULL || at[-1] != '$' || (n != 12 && n != 16))
    return NULL;
  *iv_size = n;
  return at;
}

/* As atob() takes it, but with its padding: g_base64_decode skips what it does not know. */
static guint8 *
decode_base64 (const char *text, gsize *size)
{
  gsize len = strlen (text);
  gsize letters = strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
  gsize padding = strspn (text + letters, "=");

  if (len % 4 != 0 || padding > 2 || letters + padding != len)
    return NULL;
  return g_base64_decode (text, size);
}

char *
genos_sealing_key_open (GenosSealingKey *self, const char *sealed, GError **error)
{
  g_autofree guint8 *data = NULL;
  g_autofree char *text = NULL;
  guint8 iv[IV_MAX];
  gsize iv_size, size;
  const char *base64;

  if (strnlen (sealed, GENOS_SEALED_MAX + 1) > GENOS_SEALED_MAX) {
    malformed (error, "too long");
    return NULL;
  }
  base64 = parse_iv (sealed, iv, &iv_size);
  data = base64 != NULL ? decode_base64 (base64, &size) : NULL;
  if (data == NULL || size < TAG_SIZE) {
    malformed (error, base64 == NULL ? "no IV of 12 or 16 bytes" : "no base64 with a tag");
    return NULL;
  }
  size -= TAG_SIZE;
  text = g_malloc (size + 1);
  if (!decrypt (self, iv, iv_size, data, size, text)) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION,
        "sealed text does not open: the password differs");
    return NULL;
  }
  text[size] = '\0';
  if (!g_utf8_validate_len (text, size, NULL)) {
    malformed (error, "not UTF-8 inside");
    return NULL;
  }
  return g_steal_pointer (&text);
}
