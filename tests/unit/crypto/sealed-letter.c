/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/crypto/sealed-letter.h>

#include <string.h>

#include <genos/base/error.h>
#include <genos/wire/hex.h>

#include "../wire/vectors.h"

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

/* --- vectors --- */

static guint8 *
read_bytes (JsonObject *item, const char *name, gsize *size)
{
  const char *text = json_object_get_string_member (item, name);
  guint8 *bytes = g_malloc0 (strlen (text) / 2 + 1);

  *size = strlen (text) / 2;
  g_assert_true (genos_hex_decode (text, bytes, *size));
  return bytes;
}

static GBytes *
read_blob (JsonObject *item, const char *name)
{
  gsize size;
  guint8 *bytes = read_bytes (item, name, &size);

  return g_bytes_new_take (bytes, size);
}

static GenosSecret *
read_secret (JsonObject *item, const char *name)
{
  gsize size;
  g_autofree guint8 *bytes = read_bytes (item, name, &size);

  g_assert_cmpuint (size, ==, GENOS_SECRET_SIZE);
  return genos_secret_new (bytes);
}

static void
check_key (JsonObject *item, const char *name, GenosSecret *key)
{
  gsize size;
  g_autofree guint8 *expected = read_bytes (item, name, &size);

  g_assert_nonnull (key);
  g_assert_cmpmem (genos_secret_get_bytes (key), GENOS_SECRET_SIZE, expected, size);
}

static void
check_pair (JsonObject *pair, GenosSecret *room, const char *own_name, const char *remote_name)
{
  gsize size;
  g_autofree guint8 *bytes = read_bytes (pair, own_name, &size);
  g_autoptr (GenosSchnorrKey) own = genos_schnorr_key_new_from_secret (bytes, NULL);
  g_autoptr (GenosSecret) key =
      genos_sealed_letter_key (room, own, json_object_get_string_member (pair, remote_name), NULL);

  check_key (pair, "key", key);
}

static void
test_keys (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JsonNode) root = vectors_load ("sealed-letters.json");
  JsonObject *vectors = json_node_get_object (root);
  JsonObject *pair = json_object_get_object_member (vectors, "pair");
  g_autoptr (GenosSecret) room = read_secret (vectors, "roomKey");
  g_autoptr (GenosSecret) everybody = genos_sealed_letter_key (room, NULL, NULL, NULL);

  check_key (vectors, "everybody", everybody);
  check_pair (pair, room, "alice", "bobPublic");
  check_pair (pair, room, "bob", "alicePublic");
}

static void
check_letter (JsonObject *item)
{
  JsonArray *strings = json_object_get_array_member (item, "context");
  g_autoptr (GenosSecret) key = read_secret (item, "key");
  g_autoptr (GBytes) inside = read_blob (item, "inside");
  g_autoptr (GBytes) sealed = read_blob (item, "sealed");
  g_autoptr (GBytes) opened = NULL;
  const char *with[8] = { NULL };
  guint64 ms;

  for (guint i = 0; i < json_array_get_length (strings); i++)
    with[i] = json_array_get_string_element (strings, i);
  opened = genos_sealed_letter_open (key, with, sealed, &ms, NULL);
  g_assert_nonnull (opened);
  g_assert_true (g_bytes_equal (opened, inside));
  g_assert_cmpuint (ms, ==, (guint64) json_object_get_int_member (item, "ms"));
}

/* Sealed by another implementation, and by us; that one opens those of ours. */
static void
test_letters (Fixture *fixture, gconstpointer data)
{
  static const char *const parts[] = { "theirs", "ours" };
  g_autoptr (JsonNode) root = vectors_load ("sealed-letters.json");

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    JsonArray *letters = json_object_get_array_member (json_node_get_object (root), parts[i]);

    g_assert_cmpuint (json_array_get_length (letters), >=, 3);
    for (guint j = 0; j < json_array_get_length (letters); j++)
      check_letter (json_array_get_object_element (letters, j));
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
  ADD ("keys", test_keys);
  ADD ("letters", test_letters);
  return g_test_run ();
}
