/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/nip13.h>

#include <string.h>

#include <genos/wire/hex.h>
#include <genos/wire/json-text.h>

#define PUBKEY "a48380f4cfcc1ad5378294fcac36439770f9c878dd880ffa94bb74ea54a6f243"

static guint
count (const char *hex)
{
  guint8 id32[32];

  g_assert_true (genos_hex_decode (hex, id32, sizeof id32));
  return genos_nip13_count_bits (id32);
}

/* The ids that NIP-13 gives, and the edges. */
static void
test_count (void)
{
  g_assert_cmpuint (
      count ("000000000e9d97a1ab09fc381030b346cdd7a142ad57e6df0b46dc9bef6c7e2d"), ==, 36);
  g_assert_cmpuint (
      count ("000006d8c378af1779d2feebc7603a125d99eca0ccf1085959b307f64e5dd358"), ==, 21);
  g_assert_cmpuint (
      count ("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"), ==, 0);
  g_assert_cmpuint (
      count ("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"), ==, 1);
  g_assert_cmpuint (
      count ("0000000000000000000000000000000000000000000000000000000000000001"), ==, 255);
  g_assert_cmpuint (
      count ("0000000000000000000000000000000000000000000000000000000000000000"), ==, 256);
}

static GenosNip01Event *
make_event (const char *content)
{
  GenosNip01Event *event = genos_nip01_event_new (1, 1651794653, content);

  g_strlcpy (event->pubkey, PUBKEY, sizeof event->pubkey);
  return event;
}

/* NIP-13, "Example mined note": 21 bits by luck, 20 committed. */
static void
test_example (void)
{
  g_autoptr (GenosNip01Event) event = make_event ("It's just me mining my own business");
  g_autofree char *id = g_malloc0 (65);
  guint8 id32[32];

  genos_nip01_event_add_tag (event, "nonce", "776797", "20", NULL);
  genos_nip01_event_hash (event, id32);
  genos_hex_encode (id32, sizeof id32, id);
  g_assert_cmpstr (id, ==, "000006d8c378af1779d2feebc7603a125d99eca0ccf1085959b307f64e5dd358");
  g_strlcpy (event->id, id, sizeof event->id);
  g_assert_cmpuint (genos_nip13_get_difficulty (event), ==, 20);
}

static void
test_hostile_commitment (void)
{
  static const char *const targets[] = { "", "-1", "257", "twenty", "99999999999999999999", NULL };

  for (guint i = 0; targets[i] != NULL; i++) {
    g_autoptr (GenosNip01Event) event = make_event ("");

    g_strlcpy (event->id, "000006d8c378af1779d2feebc7603a125d99eca0ccf1085959b307f64e5dd358", 65);
    genos_nip01_event_add_tag (event, "nonce", "1", targets[i], NULL);
    g_assert_cmpuint (genos_nip13_get_difficulty (event), ==, 21);
  }
}

static GenosNip01Event *
mine (const GenosNip01Event *event, guint target)
{
  g_autoptr (GenosNip13Search) search = genos_nip13_search_new (event, target);

  while (!genos_nip13_search_run (search, 100))
    g_assert_cmpuint (genos_nip13_search_get_n_tries (search), <, 1000 << target);
  return genos_nip13_search_finish (search);
}

static void
assert_mined (const GenosNip01Event *mined, guint target)
{
  guint8 id32[32], claimed32[32];

  genos_nip01_event_hash (mined, id32);
  g_assert_true (genos_hex_decode (mined->id, claimed32, sizeof claimed32));
  g_assert_cmpmem (id32, 32, claimed32, 32);
  g_assert_cmpuint (genos_nip13_count_bits (id32), >=, target);
  /* What was committed to, however lucky. */
  g_assert_cmpuint (genos_nip13_get_difficulty (mined), ==, target);
}

static void
test_mine_short (void)
{
  g_autoptr (GenosNip01Event) event = make_event ("{\"peerId\":\"a\"}");

  genos_nip01_event_add_tag (event, "x", "topic", NULL);
  for (guint target = 1; target <= 8; target++) {
    g_autoptr (GenosNip01Event) mined = mine (event, target);

    assert_mined (mined, target);
    g_assert_cmpstr (mined->content, ==, event->content);
    g_assert_cmpstr (genos_nip01_event_get_tag (mined, "x"), ==, "topic");
    g_assert_cmpuint (mined->tags->len, ==, 2);
  }
}

/* Mined again for more, an event has one nonce. */
static void
test_mine_again (void)
{
  g_autoptr (GenosNip01Event) event = make_event ("{}");
  g_autoptr (GenosNip01Event) once = mine (event, 3);
  g_autoptr (GenosNip01Event) twice = mine (once, 7);

  assert_mined (twice, 7);
  g_assert_cmpuint (twice->tags->len, ==, 1);
}

static void
test_mine_long (void)
{
  g_autofree char *filler = g_strnfill (12000, 'a');
  g_autofree char *content = g_strdup_printf ("{\"sdp\":\"%s \\n\"}", filler);
  g_autoptr (GenosNip01Event) event = make_event (content);
  g_autoptr (GenosNip01Event) mined = mine (event, 8);
  g_autoptr (JsonNode) before = genos_json_parse (event->content, -1, NULL);
  g_autoptr (JsonNode) after = genos_json_parse (mined->content, -1, NULL);

  assert_mined (mined, 8);
  g_assert_nonnull (after);
  g_assert_true (json_node_equal (before, after));
}

/* The place of the counter is found by its tag, not by what looks like it. */
static void
test_confusing_tags (void)
{
  g_autoptr (GenosNip01Event) event =
      make_event ("[\\\"nonce\\\",\\\"1000000000000000\\\",\\\"4\\\"]");

  genos_nip01_event_add_tag (event, "x", "[\"nonce\",\"1000000000000000\",\"4\"]", NULL);
  genos_nip01_event_add_tag (event, "nonce", "1000000000000000", "4", NULL);
  genos_nip01_event_add_tag (event, "nonce", NULL);
  {
    g_autoptr (GenosNip01Event) mined = mine (event, 4);

    assert_mined (mined, 4);
    g_assert_cmpuint (mined->tags->len, ==, 2);
  }
}

static void
test_created_at (void)
{
  g_autoptr (GenosNip01Event) event = make_event ("{}");
  g_autoptr (GenosNip13Search) search = genos_nip13_search_new (event, 6);
  g_autoptr (GenosNip01Event) mined = NULL;

  while (!genos_nip13_search_run (search, 10))
    genos_nip13_search_set_created_at (search, 1700000000);
  genos_nip13_search_set_created_at (search, 1700000001);
  while (!genos_nip13_search_run (search, 10))
    continue;
  mined = genos_nip13_search_finish (search);
  g_assert_cmpint (mined->created_at, ==, 1700000001);
  assert_mined (mined, 6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/nip13/count", test_count);
  g_test_add_func ("/wire/nip13/example", test_example);
  g_test_add_func ("/wire/nip13/hostile-commitment", test_hostile_commitment);
  g_test_add_func ("/wire/nip13/mine-short", test_mine_short);
  g_test_add_func ("/wire/nip13/mine-again", test_mine_again);
  g_test_add_func ("/wire/nip13/mine-long", test_mine_long);
  g_test_add_func ("/wire/nip13/confusing-tags", test_confusing_tags);
  g_test_add_func ("/wire/nip13/created-at", test_created_at);
  return g_test_run ();
}
