/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/crypto/crypto-init.h>

#include <openssl/crypto.h>
#include <sodium.h>
#include <stdlib.h>

/* Its deepest hashing needs less. */
#define STACK_USED 4096

void
genos_crypto_init (void)
{
  static gsize once;

  if (!g_once_init_enter (&once))
    return;
  if (sodium_init () < 0)
    g_error ("libsodium does not start: there is no source of randomness");
  g_once_init_leave (&once, 1);
}

void
genos_crypto_at_exit (void (*func) (void))
{
  /* Handlers run in reverse order, and this registers libcrypto's own. Without an option it would do
   * nothing. */
  OPENSSL_init_crypto (OPENSSL_INIT_LOAD_CRYPTO_STRINGS, NULL);
  atexit (func);
}

void
genos_crypto_clear_stack (void)
{
  sodium_stackzero (STACK_USED);
}
