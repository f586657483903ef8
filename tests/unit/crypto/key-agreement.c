/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/crypto/key-agreement.h>

#include <string.h>

#include <genos/wire/hex.h>

static const guint8 bytes_of_asker[GENOS_SECRET_SIZE] = "what the asker draws, 32 bytes..";
static const guint8 bytes_of_giver[GENOS_SECRET_SIZE] = "what the giver draws, 32 bytes..";
static const guint8 bytes_mixed[GENOS_SECRET_SIZE] = "what both know besides, 32 bytes";

typedef struct {
  GenosSecret *asker, *giver, *mixed;
  guint8 of_asker[GENOS_KEY_AGREEMENT_PUBLIC_SIZE];
  guint8 of_giver[GENOS_KEY_AGREEMENT_PUBLIC_SIZE];
} Fixture;

static void
setup (Fixture *fixture, gconstpointer data)
{
  fixture->asker = genos_secret_new (bytes_of_asker);
  fixture->giver = genos_secret_new (bytes_of_giver);
  fixture->mixed = genos_secret_new (bytes_mixed);
  genos_key_agreement_get_public (fixture->asker, fixture->of_asker);
  genos_key_agreement_get_public (fixture->giver, fixture->of_giver);
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  genos_secret_unref (fixture->asker);
  genos_secret_unref (fixture->giver);
  genos_secret_unref (fixture->mixed);
}

static gboolean
equal (const GenosSecret *a, const GenosSecret *b)
{
  return memcmp (genos_secret_get_bytes (a), genos_secret_get_bytes (b), GENOS_SECRET_SIZE) == 0;
}

static GenosSecret *
ask (const Fixture *fixture, const char *name, const GenosSecret *mixed)
{
  return genos_key_agreement_derive (
      name, mixed, fixture->asker, fixture->of_giver, GENOS_KEY_AGREEMENT_ASKER);
}

static GenosSecret *
give (const Fixture *fixture, const char *name, const GenosSecret *mixed)
{
  return genos_key_agreement_derive (
      name, mixed, fixture->giver, fixture->of_asker, GENOS_KEY_AGREEMENT_GIVER);
}

/* Both have the secret that X25519 as RFC 7748 writes it, in Python, and hashlib's BLAKE2b make of these. */
static void
check_vector (const Fixture *fixture, const char *name, const GenosSecret *mixed, const char *hex)
{
  g_autoptr (GenosSecret) asked = ask (fixture, name, mixed);
  g_autoptr (GenosSecret) given = give (fixture, name, mixed);
  guint8 expected[GENOS_SECRET_SIZE];

  g_assert_true (genos_hex_decode (hex, expected, sizeof expected));
  g_assert_cmpmem (genos_secret_get_bytes (asked), GENOS_SECRET_SIZE, expected, GENOS_SECRET_SIZE);
  g_assert_true (equal (asked, given));
}

static void
test_vectors (Fixture *fixture, gconstpointer data)
{
  check_vector (fixture, "genosrooms sframe 1", NULL,
      "bb3efbea40803462a9f8fe23894d611d016a274d103eee03d2bee317b92ff12a");
  check_vector (fixture, "genosrooms group 1", fixture->mixed,
      "0a54a67e29e4dcd8034d0d49a04c4bdf60aec64f4732c9db02c418e142dda6e0");
}

/* Another use, something else known besides, or the roles changed: another secret. */
static void
test_apart (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GenosSecret) secret = ask (fixture, "a", NULL);
  g_autoptr (GenosSecret) other_use = give (fixture, "b", NULL);
  g_autoptr (GenosSecret) other_key = give (fixture, "a", fixture->mixed);
  g_autoptr (GenosSecret) changed = genos_key_agreement_derive (
      "a", NULL, fixture->giver, fixture->of_asker, GENOS_KEY_AGREEMENT_ASKER);

  g_assert_false (equal (secret, other_use));
  g_assert_false (equal (secret, other_key));
  g_assert_false (equal (secret, changed));
}

static void
test_small_order (Fixture *fixture, gconstpointer data)
{
  static const guint8 zero[GENOS_KEY_AGREEMENT_PUBLIC_SIZE] = { 0 }, one[sizeof zero] = { 1 };

  for (guint role = GENOS_KEY_AGREEMENT_ASKER; role <= GENOS_KEY_AGREEMENT_GIVER; role++) {
    g_assert_null (genos_key_agreement_derive ("a", NULL, fixture->asker, zero, role));
    g_assert_null (genos_key_agreement_derive ("a", NULL, fixture->asker, one, role));
  }
}

#define ADD(name, func)                                                                            \
  g_test_add ("/crypto/key-agreement/" name, Fixture, NULL, setup, func, teardown)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("vectors", test_vectors);
  ADD ("apart", test_apart);
  ADD ("small-order", test_small_order);
  return g_test_run ();
}
