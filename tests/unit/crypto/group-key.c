/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/crypto/group-key.h>

#include <string.h>

#include <genos/base/error.h>
#include <genos/wire/hex.h>

#include "../wire/vectors.h"

#define MS 1700000000123

static const char *const context[] = { "chat", "alice", "", NULL };

typedef struct {
  GenosSecret *room, *letter, *box;
  GenosGroupKey *own;
  GenosGroupKey *handed; /* what bob has of it */
  GBytes *ask, *give;
} Fixture;

static GenosSecret *
make_secret (guint8 first)
{
  const guint8 bytes[GENOS_SECRET_SIZE] = { first };

  return genos_secret_new (bytes);
}

static void
setup (Fixture *fixture, gconstpointer data)
{
  fixture->room = make_secret (7);
  fixture->letter = make_secret (8);
  fixture->box = genos_secret_new_random ();
  fixture->own = genos_group_key_draw (fixture->room);
  fixture->ask =
      genos_group_key_build_ask (genos_group_key_get_generation (fixture->own), fixture->box);
  fixture->give = genos_group_key_build_give (fixture->own, fixture->letter, fixture->ask, NULL);
  fixture->handed =
      genos_group_key_take_give (fixture->room, fixture->letter, fixture->box, fixture->give, NULL);
  g_assert_nonnull (fixture->handed);
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  genos_secret_unref (fixture->room);
  genos_secret_unref (fixture->letter);
  genos_secret_unref (fixture->box);
  genos_group_key_unref (fixture->own);
  genos_group_key_unref (fixture->handed);
  g_bytes_unref (fixture->ask);
  g_bytes_unref (fixture->give);
}

static gboolean
opens (GenosGroupKey *key, const char *const *with, GBytes *sealed, GBytes *inside)
{
  g_autoptr (GError) error = NULL;
  guint64 ms = 0;
  g_autoptr (GBytes) opened = genos_group_key_open (key, with, sealed, &ms, &error);

  if (opened == NULL) {
    g_assert_nonnull (error);
    return FALSE;
  }
  g_assert_cmpuint (ms, ==, MS);
  g_assert_true (g_bytes_equal (opened, inside));
  return TRUE;
}

static void
test_messages (Fixture *fixture, gconstpointer data)
{
  static const char *const forged[] = { "chat", "bob", "", NULL };
  static const char *const moved[] = { "talk", "alice", "", NULL };
  g_autoptr (GBytes) inside = g_bytes_new_static ("hello", 5);
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
  g_autoptr (GBytes) sealed = genos_group_key_seal (fixture->own, context, MS, inside);
  g_autoptr (GBytes) again = genos_group_key_seal (fixture->own, context, MS, inside);
  g_autoptr (GBytes) empty = genos_group_key_seal (fixture->own, context, MS, nothing);
  g_autoptr (GenosGroupKey) other = genos_group_key_draw (fixture->room);
  guint8 generation[GENOS_GROUP_GENERATION_SIZE];

  g_assert_cmpuint (g_bytes_get_size (sealed), ==, 5 + GENOS_GROUP_OVERHEAD);
  g_assert_true (genos_group_key_peek (sealed, generation));
  g_assert_cmpmem (generation, sizeof generation, genos_group_key_get_generation (fixture->own),
      GENOS_GROUP_GENERATION_SIZE);
  g_assert_false (g_bytes_equal (sealed, again));
  g_assert_true (opens (fixture->own, context, sealed, inside));
  g_assert_true (opens (fixture->handed, context, sealed, inside));
  g_assert_true (opens (fixture->handed, context, empty, nothing));
  g_assert_false (opens (fixture->handed, forged, sealed, inside));
  g_assert_false (opens (fixture->handed, moved, sealed, inside));
  g_assert_false (opens (other, context, sealed, inside));
}

/* A generation is drawn anew in all: name, key, and what signatures are made with. */
static void
test_generations (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GenosGroupKey) next = genos_group_key_draw (fixture->room);
  g_autoptr (GBytes) inside = g_bytes_new_static ("hello", 5);
  g_autoptr (GBytes) sealed = genos_group_key_seal (next, context, MS, inside);
  g_autoptr (GBytes) renamed = NULL;
  g_autofree guint8 *bytes = g_memdup2 (g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed));

  g_assert_cmpint (memcmp (genos_group_key_get_generation (next),
                       genos_group_key_get_generation (fixture->own), GENOS_GROUP_GENERATION_SIZE),
      !=, 0);
  memcpy (bytes + 1, genos_group_key_get_generation (fixture->own), GENOS_GROUP_GENERATION_SIZE);
  renamed = g_bytes_new (bytes, g_bytes_get_size (sealed));
  g_assert_false (opens (fixture->handed, context, sealed, inside));
  g_assert_false (opens (fixture->handed, context, renamed, inside));
}

/* The last bytes are those of the public key: with another one somebody else could sign. */
static void
test_changed (Fixture *fixture, gconstpointer data)
{
  gsize size;
  const guint8 *give = g_bytes_get_data (fixture->give, &size);

  for (gsize i = 0; i < size; i++) {
    g_autofree guint8 *changed = g_memdup2 (give, size);
    g_autoptr (GBytes) bytes = NULL;

    changed[i] ^= 2;
    bytes = g_bytes_new (changed, size);
    g_assert_null (
        genos_group_key_take_give (fixture->room, fixture->letter, fixture->box, bytes, NULL));
  }
}

static void
test_handing_over (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GenosSecret) other = make_secret (9);
  g_autoptr (GenosSecret) box = genos_secret_new_random ();
  g_autoptr (GBytes) again =
      genos_group_key_build_give (fixture->own, fixture->letter, fixture->ask, NULL);
  g_autoptr (GenosGroupKey) elsewhere = NULL;
  g_autoptr (GBytes) inside = g_bytes_new_static ("hello", 5);
  g_autoptr (GBytes) sealed = genos_group_key_seal (fixture->own, context, MS, inside);
  guint8 generation[GENOS_GROUP_GENERATION_SIZE];
  GenosGroupPacket kind;

  g_assert_true (genos_group_key_parse_packet (fixture->ask, &kind, generation));
  g_assert_cmpint (kind, ==, GENOS_GROUP_ASK);
  g_assert_true (genos_group_key_parse_packet (fixture->give, &kind, generation));
  g_assert_cmpint (kind, ==, GENOS_GROUP_GIVE);
  g_assert_cmpmem (generation, sizeof generation, genos_group_key_get_generation (fixture->own),
      GENOS_GROUP_GENERATION_SIZE);
  g_assert_false (g_bytes_equal (again, fixture->give));
  /* For whoever did not ask, or has another letter key, it is nothing. */
  g_assert_null (genos_group_key_take_give (fixture->room, other, fixture->box, again, NULL));
  g_assert_null (genos_group_key_take_give (fixture->room, fixture->letter, box, again, NULL));
  /* With another password the key is another one. */
  elsewhere = genos_group_key_take_give (other, fixture->letter, fixture->box, again, NULL);
  g_assert_nonnull (elsewhere);
  g_assert_false (opens (elsewhere, context, sealed, inside));
}

static void
test_small_order (Fixture *fixture, gconstpointer data)
{
  gsize size;
  g_autofree guint8 *ask =
      g_memdup2 (g_bytes_get_data (fixture->ask, &size), g_bytes_get_size (fixture->ask));
  g_autoptr (GBytes) bad = NULL;
  g_autoptr (GError) error = NULL;

  memset (ask + size - GENOS_GROUP_PUBLIC_SIZE, 0, GENOS_GROUP_PUBLIC_SIZE);
  bad = g_bytes_new (ask, size);
  g_assert_null (genos_group_key_build_give (fixture->own, fixture->letter, bad, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION);
}

static void
test_hostile (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) inside = g_bytes_new_static ("hello", 5);
  g_autoptr (GBytes) sealed = genos_group_key_seal (fixture->own, context, MS, inside);
  gsize size = g_bytes_get_size (sealed);
  GBytes *packets[] = { fixture->ask, fixture->give };

  for (gsize i = 0; i < size; i++) {
    g_autoptr (GBytes) cut = g_bytes_new (g_bytes_get_data (sealed, NULL), i);

    g_assert_false (opens (fixture->handed, context, cut, inside));
  }
  for (gsize bit = 0; bit < 8 * size; bit++) {
    g_autofree guint8 *bytes = g_memdup2 (g_bytes_get_data (sealed, NULL), size);
    g_autoptr (GBytes) flipped = NULL;

    bytes[bit / 8] ^= 1 << bit % 8;
    flipped = g_bytes_new (bytes, size);
    g_assert_false (opens (fixture->handed, context, flipped, inside));
  }
  for (guint i = 0; i < G_N_ELEMENTS (packets); i++) {
    for (gsize length = 0; length < g_bytes_get_size (packets[i]); length++) {
      g_autoptr (GBytes) cut = g_bytes_new (g_bytes_get_data (packets[i], NULL), length);
      guint8 generation[GENOS_GROUP_GENERATION_SIZE];
      GenosGroupPacket kind;

      g_assert_false (genos_group_key_parse_packet (cut, &kind, generation));
    }
  }
}

/* --- vectors --- */

static GBytes *
read_blob (JsonObject *item, const char *name)
{
  const char *text = json_object_get_string_member (item, name);
  gsize size = strlen (text) / 2;
  g_autofree guint8 *bytes = g_malloc0 (size + 1);

  g_assert_true (genos_hex_decode (text, bytes, size));
  return g_bytes_new_take (g_steal_pointer (&bytes), size);
}

static GenosSecret *
read_secret (JsonObject *item, const char *name)
{
  g_autoptr (GBytes) bytes = read_blob (item, name);

  g_assert_cmpuint (g_bytes_get_size (bytes), ==, GENOS_SECRET_SIZE);
  return genos_secret_new (g_bytes_get_data (bytes, NULL));
}

/* @forged: by somebody who has the key, and signs with another. */
static void
check_message (JsonObject *item, GenosGroupKey *key, gboolean forged)
{
  JsonArray *strings = json_object_get_array_member (item, "context");
  g_autoptr (GBytes) sealed = read_blob (item, "sealed");
  g_autoptr (GBytes) inside = read_blob (item, "inside");
  g_autoptr (GBytes) opened = NULL;
  const char *with[8] = { NULL };
  guint64 ms;

  for (guint i = 0; i < json_array_get_length (strings); i++)
    with[i] = json_array_get_string_element (strings, i);
  opened = genos_group_key_open (key, with, sealed, &ms, NULL);
  g_assert_cmpint (opened == NULL, ==, forged);
  if (forged)
    return;
  g_assert_true (g_bytes_equal (opened, inside));
  g_assert_cmpuint (ms, ==, (guint64) json_object_get_int_member (item, "ms"));
}

/* Made by another implementation, and by us; that one opens those of ours. */
static void
test_vectors (Fixture *fixture, gconstpointer data)
{
  static const char *const parts[] = { "theirs", "ours" };
  g_autoptr (JsonNode) root = vectors_load ("group-keys.json");

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    JsonObject *part = json_object_get_object_member (json_node_get_object (root), parts[i]);
    JsonArray *messages = json_object_get_array_member (part, "messages");
    g_autoptr (GenosSecret) room = read_secret (part, "roomKey");
    g_autoptr (GenosSecret) letter = read_secret (part, "letterKey");
    g_autoptr (GenosSecret) box = read_secret (part, "askerPrivate");
    g_autoptr (GBytes) expected_ask = read_blob (part, "ask");
    g_autoptr (GBytes) give = read_blob (part, "give");
    g_autoptr (GenosGroupKey) key = genos_group_key_take_give (room, letter, box, give, NULL);
    g_autoptr (GBytes) ask = NULL;

    g_assert_nonnull (key);
    ask = genos_group_key_build_ask (genos_group_key_get_generation (key), box);
    g_assert_true (g_bytes_equal (ask, expected_ask));
    g_assert_cmpuint (json_array_get_length (messages), >=, 3);
    for (guint j = 0; j < json_array_get_length (messages); j++)
      check_message (json_array_get_object_element (messages, j), key, FALSE);
    if (json_object_has_member (part, "forged"))
      check_message (json_object_get_object_member (part, "forged"), key, TRUE);
  }
}

#define ADD(name, func) g_test_add ("/crypto/group-key/" name, Fixture, NULL, setup, func, teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("messages", test_messages);
  ADD ("generations", test_generations);
  ADD ("changed", test_changed);
  ADD ("handing-over", test_handing_over);
  ADD ("small-order", test_small_order);
  ADD ("hostile", test_hostile);
  ADD ("vectors", test_vectors);
  return g_test_run ();
}
