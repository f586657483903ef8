/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/crypto/content-hash.h>

#include <genos/wire/hex.h>

static void
check (const GenosContentHash *hash, const char *expected)
{
  guint8 hash32[32];
  char hex[65];

  genos_content_hash_peek (hash, hash32);
  genos_hex_encode (hash32, sizeof hash32, hex);
  g_assert_cmpstr (hex, ==, expected);
}

/* Numbers of Python's hashlib.blake2b (digest_size=32). */
#define OF_NOTHING "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"
#define OF_ABC "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"

static void
test_vectors (void)
{
  g_autoptr (GenosContentHash) hash = genos_content_hash_new ();
  g_autoptr (GenosContentHash) copy = NULL;

  check (hash, OF_NOTHING);
  genos_content_hash_update (hash, (const guint8 *) "a", 1);
  copy = genos_content_hash_copy (hash);
  genos_content_hash_update (hash, (const guint8 *) "bc", 2);
  check (hash, OF_ABC);
  check (hash, OF_ABC);
  /* A copy goes its own way. */
  genos_content_hash_update (copy, (const guint8 *) "b", 1);
  genos_content_hash_update (copy, (const guint8 *) "c", 1);
  check (copy, OF_ABC);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crypto/content-hash/vectors", test_vectors);
  return g_test_run ();
}
