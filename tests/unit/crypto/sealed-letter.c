/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/crypto/sealed-letter.h>

#include <string.h>

#include <genos/base/error.h>

static const char *const context[] = { "chat", "alice", "", NULL };

typedef struct {
  GenosSecret *room;
  GenosSchnorrKey *alice, *bob, *eve;
} Fixture;

static void
setup (Fixture *fixture, gconstpointer data)
{
  const guint8 bytes[GENOS_SECRET_SIZE] = { 7 };

  fixture->room = genos_secret_new (bytes);
  fixture->alice = genos_schnorr_key_new ();
  fixture->bob = genos_schnorr_key_new ();
  fixture->eve = genos_schnorr_key_new ();
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  genos_secret_unref (fixture->room);
  genos_schnorr_key_unref (fixture->alice);
  genos_schnorr_key_unref (fixture->bob);
  genos_schnorr_key_unref (fixture->eve);
}

static GenosSecret *
agree (Fixture *fixture, GenosSchnorrKey *own, GenosSchnorrKey *other)
{
  return genos_sealed_letter_key (
      fixture->room, own, other != NULL ? genos_schnorr_key_get_pubkey (other) : NULL, NULL);
}

static gboolean
opens (GenosSecret *key, const char *const *with, GBytes *sealed, GBytes *inside)
{
  g_autoptr (GError) error = NULL;
  guint64 ms = 0;
  g_autoptr (GBytes) opened = genos_sealed_letter_open (key, with, sealed, &ms, &error);

  if (opened == NULL) {
    g_assert_error (error, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION);
    return FALSE;
  }
  g_assert_cmpuint (ms, ==, 1700000000123);
  g_assert_true (g_bytes_equal (opened, inside));
  return TRUE;
}

static void
test_everybody (Fixture *fixture, gconstpointer data)
{
  static const char *const forged[] = { "chat", "bob", "", NULL };
  static const char *const moved[] = { "chatalice", "", "", NULL };
  g_autoptr (GenosSecret) key = agree (fixture, NULL, NULL);
  g_autoptr (GenosSecret) again = agree (fixture, NULL, NULL);
  g_autoptr (GBytes) inside = g_bytes_new_static ("hello", 5);
  g_autoptr (GBytes) sealed = genos_sealed_letter_seal (key, context, 1700000000123, inside);
  g_autoptr (GBytes) other = genos_sealed_letter_seal (key, context, 1700000000123, inside);

  g_assert_true (genos_sealed_letter_is (sealed));
  g_assert_cmpuint (g_bytes_get_size (sealed), ==, 5 + GENOS_SEALED_LETTER_OVERHEAD);
  g_assert_false (g_bytes_equal (sealed, other));
  g_assert_true (opens (again, context, sealed, inside));
  g_assert_false (opens (again, forged, sealed, inside));
  g_assert_false (opens (again, moved, sealed, inside));
}

static void
test_one (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) inside = g_bytes_new_static ("", 0);

  /* Keys have either sign: some rounds see all pairs of them. */
  for (guint i = 0; i < 8; i++) {
    g_autoptr (GenosSchnorrKey) alice = genos_schnorr_key_new ();
    g_autoptr (GenosSecret) hers = agree (fixture, alice, fixture->bob);
    g_autoptr (GenosSecret) his = agree (fixture, fixture->bob, alice);
    g_autoptr (GenosSecret) eves = agree (fixture, fixture->eve, fixture->bob);
    g_autoptr (GenosSecret) rooms = agree (fixture, NULL, NULL);
    g_autoptr (GBytes) sealed = genos_sealed_letter_seal (hers, context, 1700000000123, inside);

    g_assert_true (opens (his, context, sealed, inside));
    g_assert_false (opens (eves, context, sealed, inside));
    g_assert_false (opens (rooms, context, sealed, inside));
  }
}

static void
test_no_key (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *bad = g_strnfill (64, 'f');

  g_assert_null (genos_sealed_letter_key (fixture->room, fixture->alice, bad, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION);
  g_clear_error (&error);
  g_assert_null (genos_sealed_letter_key (fixture->room, fixture->alice, "", &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION);
}

static void
test_hostile (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GenosSecret) key = agree (fixture, NULL, NULL);
  g_autoptr (GBytes) inside = g_bytes_new_static ("hello", 5);
  g_autoptr (GBytes) sealed = genos_sealed_letter_seal (key, context, 1, inside);
  gsize size = g_bytes_get_size (sealed);
  guint64 ms;

  for (gsize i = 0; i < size; i++) {
    g_autoptr (GBytes) cut = g_bytes_new (g_bytes_get_data (sealed, NULL), i);

    g_assert_null (genos_sealed_letter_open (key, context, cut, &ms, NULL));
  }
  for (gsize bit = 0; bit < 8 * size; bit++) {
    g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (sealed, NULL), size);
    g_autoptr (GBytes) flipped = NULL;

    data[bit / 8] ^= 1 << bit % 8;
    flipped = g_bytes_new (data, size);
    g_assert_null (genos_sealed_letter_open (key, context, flipped, &ms, NULL));
  }
}

#define ADD(name, func)                                                                            \
  g_test_add ("/crypto/sealed-letter/" name, Fixture, NULL, setup, func, teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("everybody", test_everybody);
  ADD ("one", test_one);
  ADD ("no-key", test_no_key);
  ADD ("hostile", test_hostile);
  return g_test_run ();
}
