/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/cells/group-ring.h>

#include <string.h>

#include <genos/base/error.h>

#define SECOND G_TIME_SPAN_SECOND

typedef struct {
  GenosSecret *room, *letter;
  GenosGroupRing *alice, *bob;
  const char *left, *kept_out; /* (nullable): ids of those who are */
} Fixture;

static void
setup (Fixture *fixture, gconstpointer data)
{
  const guint8 bytes[GENOS_SECRET_SIZE] = { 7 };

  fixture->room = genos_secret_new (bytes);
  fixture->letter = genos_secret_new_random ();
  fixture->alice = genos_group_ring_new (fixture->room);
  fixture->bob = genos_group_ring_new (fixture->room);
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  genos_group_ring_free (fixture->alice);
  genos_group_ring_free (fixture->bob);
  genos_secret_unref (fixture->room);
  genos_secret_unref (fixture->letter);
}

static GenosGroupStanding
judge (const char *peer_id, const char *public_key, gpointer data)
{
  Fixture *fixture = data;

  if (g_strcmp0 (peer_id, fixture->kept_out) == 0)
    return GENOS_GROUP_KEPT_OUT;
  return g_strcmp0 (peer_id, fixture->left) == 0 ? GENOS_GROUP_LEFT : GENOS_GROUP_STAYS;
}

static const guint8 *
get_sending (Fixture *fixture, gint64 now)
{
  return genos_group_key_get_generation (
      genos_group_ring_get_sending (fixture->alice, judge, fixture, now));
}

static GenosMeshFrame *
make_frame (const char *origin, guint seq, const char *text)
{
  g_autofree char *data = g_strdup_printf ("\"%s\"", text);

  return genos_mesh_frame_new (GENOS_MESH_MSG, origin, 0, 1700000000000, seq, NULL, data);
}

static gboolean
hold (Fixture *fixture, const char *origin, guint seq, const guint8 *generation, gint64 now)
{
  g_autoptr (GenosMeshFrame) frame = make_frame (origin, seq, "hello");

  return genos_group_ring_hold (fixture->bob, generation, frame, now);
}

/* (transfer full) (nullable): what bob asks alice for, at @now */
static GBytes *
dup_ask (Fixture *fixture, gint64 now)
{
  g_autofree char *origin = NULL;
  GBytes *ask = NULL;

  if (!genos_group_ring_next_ask (fixture->bob, &origin, &ask, now))
    return NULL;
  g_assert_cmpstr (origin, ==, "alice");
  return ask;
}

/* (transfer full) (nullable) */
static GBytes *
answer (Fixture *fixture, GBytes *ask, const char *peer_id, gint64 now)
{
  guint8 generation[GENOS_GROUP_GENERATION_SIZE];
  GenosGroupPacket kind;
  GenosGroupKey *key;

  g_assert_true (genos_group_key_parse_packet (ask, &kind, generation));
  key = genos_group_ring_hand_over (fixture->alice, generation, peer_id, "key", now);
  return key != NULL ? genos_group_key_build_give (key, fixture->letter, ask, NULL) : NULL;
}

/* How many frames came free. */
static guint
take (Fixture *fixture, GBytes *give, gint64 now)
{
  g_autoptr (GPtrArray) frames =
      genos_group_ring_take (fixture->bob, "alice", fixture->letter, give, now, NULL);

  return frames != NULL ? frames->len : 0;
}

static void
test_asked_for (Fixture *fixture, gconstpointer data)
{
  const guint8 *generation = get_sending (fixture, 0);
  g_autoptr (GBytes) ask = NULL;
  g_autoptr (GBytes) again = NULL;
  g_autoptr (GBytes) third = NULL;
  g_autoptr (GBytes) give = NULL;

  g_assert_true (hold (fixture, "alice", 1, generation, 0));
  g_assert_true (hold (fixture, "alice", 2, generation, 0));
  g_assert_cmpuint (genos_group_ring_get_n_waiting (fixture->bob), ==, 2);
  ask = dup_ask (fixture, 0);
  g_assert_nonnull (ask);
  /* Once for both, and again when no answer comes. */
  g_assert_null (dup_ask (fixture, GENOS_GROUP_ASK_AGAIN - 1));
  again = dup_ask (fixture, GENOS_GROUP_ASK_AGAIN);
  g_assert_true (g_bytes_equal (again, ask));
  g_assert_null (dup_ask (fixture, 3 * GENOS_GROUP_ASK_AGAIN - 1));
  third = dup_ask (fixture, 3 * GENOS_GROUP_ASK_AGAIN);
  g_assert_true (g_bytes_equal (third, ask));

  give = answer (fixture, ask, "bob", 4 * SECOND);
  g_assert_nonnull (give);
  g_assert_null (genos_group_ring_find (fixture->bob, "alice", generation, 0));
  g_assert_cmpuint (take (fixture, give, 4 * SECOND), ==, 2);
  g_assert_cmpuint (genos_group_ring_get_n_waiting (fixture->bob), ==, 0);
  g_assert_nonnull (genos_group_ring_find (fixture->bob, "alice", generation, 0));
  g_assert_null (genos_group_ring_find (fixture->bob, "eve", generation, 0));
  /* An answer that nobody waits for any more. */
  g_assert_cmpuint (take (fixture, give, 4 * SECOND), ==, 0);
  g_assert_null (dup_ask (fixture, 20 * SECOND));
}

static void
give_to (Fixture *fixture, const char *peer_id, const guint8 *generation, gint64 now)
{
  g_assert_nonnull (genos_group_ring_hand_over (fixture->alice, generation, peer_id, "key", now));
}

static void
test_changes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GenosGroupKey) first = NULL;
  const guint8 *generation;

  generation = get_sending (fixture, 0);
  first = genos_group_key_ref (genos_group_ring_get_sending (fixture->alice, judge, fixture, 0));
  give_to (fixture, "bob", generation, 0);
  give_to (fixture, "carol", generation, 0);
  /* Nobody who has it left. */
  fixture->left = "eve";
  g_assert_true (get_sending (fixture, 60 * SECOND) == generation);
  g_assert_cmpuint (genos_group_ring_get_n_drawn (fixture->alice), ==, 1);

  fixture->left = "carol";
  generation = get_sending (fixture, 60 * SECOND);
  g_assert_cmpuint (genos_group_ring_get_n_drawn (fixture->alice), ==, 2);
  g_assert_cmpint (
      memcmp (generation, genos_group_key_get_generation (first), GENOS_GROUP_GENERATION_SIZE), !=,
      0);
  /* She may still read what bob says; but nobody reads more with one key for an hour. */
  get_sending (fixture, 61 * SECOND);
  g_assert_cmpuint (genos_group_ring_get_n_drawn (fixture->alice), ==, 2);
  get_sending (fixture, 60 * SECOND + GENOS_GROUP_MAX_AGE);
  g_assert_cmpuint (genos_group_ring_get_n_drawn (fixture->alice), ==, 3);
}

static void
test_spacing (Fixture *fixture, gconstpointer data)
{
  const guint8 *generation = get_sending (fixture, 0);

  give_to (fixture, "bob", generation, 0);
  give_to (fixture, "carol", generation, 0);
  fixture->left = "bob";
  get_sending (fixture, GENOS_GROUP_SPACING - 1);
  g_assert_cmpuint (genos_group_ring_get_n_drawn (fixture->alice), ==, 1);
  /* Whoever is kept out reads nothing more. */
  fixture->kept_out = "carol";
  get_sending (fixture, GENOS_GROUP_SPACING - 1);
  g_assert_cmpuint (genos_group_ring_get_n_drawn (fixture->alice), ==, 2);
  get_sending (fixture, GENOS_GROUP_SPACING - 1);
  g_assert_cmpuint (genos_group_ring_get_n_drawn (fixture->alice), ==, 2);
}

static void
test_hand_over (Fixture *fixture, gconstpointer data)
{
  const guint8 none[GENOS_GROUP_GENERATION_SIZE] = { 0 };
  guint8 first[GENOS_GROUP_GENERATION_SIZE];

  g_assert_null (genos_group_ring_hand_over (fixture->alice, none, "bob", "key", 0));
  memcpy (first, get_sending (fixture, 0), sizeof first);
  g_assert_null (genos_group_ring_hand_over (fixture->alice, none, "bob", "key", 0));
  give_to (fixture, "bob", first, 0);
  /* Its letter may have been lost, but not ten times a second. */
  g_assert_null (genos_group_ring_hand_over (fixture->alice, first, "bob", "key", SECOND / 2));
  give_to (fixture, "bob", first, SECOND);
  /* Somebody else by that id now. */
  g_assert_null (genos_group_ring_hand_over (fixture->alice, first, "bob", "other", 9 * SECOND));

  /* What was said before the change may still be on its way. */
  get_sending (fixture, GENOS_GROUP_MAX_AGE);
  give_to (fixture, "dave", first, GENOS_GROUP_MAX_AGE);
  g_assert_null (genos_group_ring_expire (fixture->alice, GENOS_GROUP_MAX_AGE + GENOS_GROUP_KEPT));
  g_assert_null (genos_group_ring_hand_over (
      fixture->alice, first, "dave", "key", GENOS_GROUP_MAX_AGE + GENOS_GROUP_KEPT));
}

static void
test_no_answer (Fixture *fixture, gconstpointer data)
{
  const guint8 *generation = get_sending (fixture, 0);
  g_autoptr (GPtrArray) late = NULL;

  g_assert_true (hold (fixture, "alice", 1, generation, 0));
  g_assert_null (genos_group_ring_expire (fixture->bob, GENOS_GROUP_WAIT - 1));
  late = genos_group_ring_expire (fixture->bob, GENOS_GROUP_WAIT);
  g_assert_nonnull (late);
  g_assert_cmpuint (late->len, ==, 1);
  g_assert_cmpuint (genos_group_ring_get_n_waiting (fixture->bob), ==, 0);
  g_assert_null (dup_ask (fixture, GENOS_GROUP_WAIT));
}

/* Anybody may use any name, and make up generations. */
static void
test_bounds (Fixture *fixture, gconstpointer data)
{
  guint8 generation[GENOS_GROUP_GENERATION_SIZE] = { 0 };
  g_autofree char *text = g_strnfill (1024 * 1024, 'a');
  g_autoptr (GenosMeshFrame) large = make_frame ("large", 1, text);
  guint n = 0;

  for (guint i = 0; i < 10; i++) {
    generation[0] = i;
    n += hold (fixture, "alice", i, generation, 0);
  }
  g_assert_cmpuint (n, ==, GENOS_GROUP_MAX_KEYS_ASKED);
  for (guint i = 0; i < 300; i++) {
    g_autofree char *origin = g_strdup_printf ("origin%u", i);

    n += hold (fixture, origin, 1, generation, 0);
  }
  g_assert_cmpuint (n, ==, GENOS_GROUP_MAX_KEYS_ASKED + GENOS_GROUP_MAX_ORIGINS_ASKED - 1);
  for (guint i = 0; i < 1000; i++)
    n += hold (fixture, "origin1", i, generation, 0);
  g_assert_cmpuint (n, ==, GENOS_GROUP_MAX_FRAMES);
  g_clear_pointer (&fixture->bob, genos_group_ring_free);

  fixture->bob = genos_group_ring_new (fixture->room);
  for (n = 0; genos_group_ring_hold (fixture->bob, generation, large, 0);)
    g_assert_cmpuint (++n, <=, GENOS_GROUP_MAX_BYTES / (1024 * 1024));
  g_assert_cmpuint (n, >, 0);
}

/* The keys of many senders, and many keys of one: the newest are kept. */
static void
test_many (Fixture *fixture, gconstpointer data)
{
  guint8 first[GENOS_GROUP_GENERATION_SIZE];
  const guint n = 4;

  for (guint i = 0; i < n; i++) {
    gint64 now = i * GENOS_GROUP_MAX_AGE;
    const guint8 *generation = get_sending (fixture, now);
    g_autoptr (GBytes) ask = NULL;
    g_autoptr (GBytes) give = NULL;

    if (i == 0)
      memcpy (first, generation, sizeof first);
    g_assert_true (hold (fixture, "alice", i, generation, now));
    ask = dup_ask (fixture, now);
    give = answer (fixture, ask, "bob", now);
    g_assert_cmpuint (take (fixture, give, now), ==, 1);
    g_assert_nonnull (genos_group_ring_find (fixture->bob, "alice", generation, now));
  }
  g_assert_null (
      genos_group_ring_find (fixture->bob, "alice", first, (n - 1) * GENOS_GROUP_MAX_AGE));
  /* Who says nothing any more is forgotten. */
  g_assert_null (genos_group_ring_expire (fixture->bob, 10 * GENOS_GROUP_MAX_AGE));
  g_assert_null (genos_group_ring_find (fixture->bob, "alice",
      get_sending (fixture, (n - 1) * GENOS_GROUP_MAX_AGE), 10 * GENOS_GROUP_MAX_AGE));
}

#define ADD(name, func) g_test_add ("/room/group-ring/" name, Fixture, NULL, setup, func, teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("asked-for", test_asked_for);
  ADD ("changes", test_changes);
  ADD ("spacing", test_spacing);
  ADD ("hand-over", test_hand_over);
  ADD ("no-answer", test_no_answer);
  ADD ("bounds", test_bounds);
  ADD ("many", test_many);
  return g_test_run ();
}
