/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/crypto/crypto-init.h>

#include <openssl/crypto.h>
#include <sodium.h>

void
genos_crypto_init (void) {
  static gsize once;

  if (!g_once_init_enter (&once))
    return;
  if (sodium_init () < 0)
    g_error ("libsodium does not start: there is no source of randomness");
  /* Now, so that what is registered with atexit() after this runs before libcrypto is taken down. */
  OPENSSL_init_crypto (0, NULL);
  g_once_init_leave (&once, 1);
}
