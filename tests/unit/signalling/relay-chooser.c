/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/signalling/relay-chooser.h>

#include <string.h>

#define N 200

static GStrv
make_list (guint n, guint skip)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < n; i++) {
    g_autofree char *url = g_strdup_printf ("wss://relay%u.example%u.org", i, i);

    if (skip == 0 || i % skip != 0)
      g_strv_builder_add (builder, url);
  }
  return g_strv_builder_end (builder);
}

static GStrv
pick (const char *topic, GStrv list, guint n)
{
  return genos_relay_chooser_pick (topic, (const char *const *) list, NULL, n, NULL, NULL);
}

static guint
count_common (GStrv a, GStrv b)
{
  guint n = 0;

  for (guint i = 0; a[i] != NULL; i++)
    n += g_strv_contains ((const char *const *) b, a[i]);
  return n;
}

/* Two peers of one room have lists of different days, in another order. */
static void
test_peers_agree (void)
{
  g_auto (GStrv) list = make_list (N, 0);
  g_auto (GStrv) older = make_list (N, 10);
  guint common = 0;

  for (guint i = 0, j = g_strv_length (older) - 1; i < j; i++, j--) {
    char *moved = older[i];

    older[i] = older[j];
    older[j] = moved;
  }
  for (guint room = 0; room < 50; room++) {
    g_autofree char *topic = g_strdup_printf ("topic%u", room);
    g_auto (GStrv) mine = pick (topic, list, 4);
    g_auto (GStrv) theirs = pick (topic, older, 4);
    g_auto (GStrv) again = pick (topic, list, 4);
    guint n = count_common (mine, theirs);

    g_assert_true (g_strv_equal ((const char *const *) mine, (const char *const *) again));
    g_assert_cmpuint (g_strv_length (mine), ==, 4);
    g_assert_cmpuint (n, >=, 1);
    common += n;
  }
  /* A tenth of the lists differs, so about a tenth of the choices does. */
  g_assert_cmpuint (common, >=, 50 * 4 * 8 / 10);
}

/* Rooms do not all meet on the same few relays. */
static void
test_rooms_spread (void)
{
  g_auto (GStrv) list = make_list (N, 0);
  g_autoptr (GHashTable) used = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint room = 0; room < 200; room++) {
    g_autofree char *topic = g_strdup_printf ("topic%u", room);
    g_auto (GStrv) picked = pick (topic, list, 1);

    g_hash_table_add (used, g_strdup (picked[0]));
  }
  g_assert_cmpuint (g_hash_table_size (used), >, 80);
}

static void
test_one_of_each_operator (void)
{
  static const char *const list[] = { "wss://a.big.org", "wss://b.big.org", "wss://c.big.org",
    "wss://a.small.org", "wss://a.tiny.org", NULL };
  static const char *const in_use[] = { "wss://x.tiny.org", NULL };
  g_auto (GStrv) two = genos_relay_chooser_pick ("t", list, in_use, 2, NULL, NULL);
  g_auto (GStrv) all = genos_relay_chooser_pick ("t", list, in_use, 9, NULL, NULL);

  g_assert_cmpuint (g_strv_length (two), ==, 2);
  g_assert_true (g_strv_contains ((const char *const *) two, "wss://a.small.org"));
  g_assert_true (strstr (two[0], ".big.org") != NULL || strstr (two[1], ".big.org") != NULL);
  /* Better two of one than too few. */
  g_assert_cmpuint (g_strv_length (all), ==, 5);
}

static void
test_in_use_is_not_picked (void)
{
  static const char *const list[] = { "wss://a.org", "wss://b.org", NULL };
  g_auto (GStrv) picked = genos_relay_chooser_pick ("t", list, list, 2, NULL, NULL);

  g_assert_cmpuint (g_strv_length (picked), ==, 0);
}

static gboolean
is_not (const char *url, gpointer dead)
{
  return strcmp (url, dead) != 0;
}

/* Whoever finds the first one dead comes to the second, like everybody else. */
static void
test_dead_is_skipped (void)
{
  g_auto (GStrv) list = make_list (N, 0);
  g_auto (GStrv) before = pick ("t", list, 3);
  g_auto (GStrv) after =
      genos_relay_chooser_pick ("t", (const char *const *) list, NULL, 2, is_not, before[0]);

  g_assert_cmpstr (after[0], ==, before[1]);
  g_assert_cmpstr (after[1], ==, before[2]);
}

typedef struct {
  const char *topic;
  guint peer;
  guint percent;
} View;

/* What a peer can reach is its own matter, such as its country's or its provider's. */
static gboolean
can_reach (const char *url, gpointer data)
{
  const View *view = data;
  g_autofree char *text = g_strdup_printf ("%s %u %s", view->topic, view->peer, url);
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);

  return g_ascii_strtoull (digest + 56, NULL, 16) % 100 < view->percent;
}

static guint
count_meetings (guint percent)
{
  g_auto (GStrv) list = make_list (N, 0);
  guint n = 0;

  for (guint room = 0; room < 200; room++) {
    g_autofree char *topic = g_strdup_printf ("topic%u", room);
    View mine = { topic, 1, percent };
    View theirs = { topic, 2, percent };
    g_auto (GStrv) a =
        genos_relay_chooser_pick (topic, (const char *const *) list, NULL, 4, can_reach, &mine);
    g_auto (GStrv) b =
        genos_relay_chooser_pick (topic, (const char *const *) list, NULL, 4, can_reach, &theirs);

    n += count_common (a, b) > 0;
  }
  return n;
}

/* Each takes the first four that it can reach. The figures are those of docs/design/relays.md. */
static void
test_blind_spots (void)
{
  g_assert_cmpuint (count_meetings (90), ==, 200);
  g_assert_cmpuint (count_meetings (70), ==, 198);
  g_assert_cmpuint (count_meetings (50), ==, 181);
}

static void
test_empty (void)
{
  static const char *const none[] = { NULL };
  g_auto (GStrv) picked = genos_relay_chooser_pick ("t", none, NULL, 3, NULL, NULL);

  g_assert_nonnull (picked);
  g_assert_null (picked[0]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signalling/relay-chooser/peers-agree", test_peers_agree);
  g_test_add_func ("/signalling/relay-chooser/rooms-spread", test_rooms_spread);
  g_test_add_func ("/signalling/relay-chooser/one-of-each-operator", test_one_of_each_operator);
  g_test_add_func ("/signalling/relay-chooser/in-use", test_in_use_is_not_picked);
  g_test_add_func ("/signalling/relay-chooser/dead", test_dead_is_skipped);
  g_test_add_func ("/signalling/relay-chooser/blind-spots", test_blind_spots);
  g_test_add_func ("/signalling/relay-chooser/empty", test_empty);
  return g_test_run ();
}
