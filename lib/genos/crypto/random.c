/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/crypto/random.h>

#include <sodium.h>

#include <genos/crypto/crypto-init.h>

void
genos_random_bytes (guint8 *out, gsize size)
{
  genos_crypto_init ();
  randombytes_buf (out, size);
}

guint32
genos_random_uniform (guint32 bound)
{
  genos_crypto_init ();
  return randombytes_uniform (bound);
}

char *
genos_random_id (guint length)
{
  static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  char *id = g_malloc (length + 1);

  for (guint i = 0; i < length; i++)
    id[i] = alphabet[genos_random_uniform (sizeof alphabet - 1)];
  id[length] = '\0';
  return id;
}
