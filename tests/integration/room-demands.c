/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Rooms on relays that make demands: what is cheap and harmless is met, and peers meet there; what is
 * not is said, and the relay is left as soon as another one serves. */

#include "../common/room-fixture.h"
#include "faulty-relay.h"

#include <string.h>

#define DEADLINE 60
#define ROOM "demands"

/* (transfer full): what a room tells of one relay */
static GstStructure *
get_relay (RoomMember *member, const char *url)
{
  g_autoptr (GstStructure) stats = genos_room_get_stats (member->room);
  const GValue *list = gst_structure_get_value (stats, "relay");

  g_assert_nonnull (list);
  for (guint i = 0; i < gst_value_list_get_size (list); i++) {
    const GstStructure *relay = gst_value_get_structure (gst_value_list_get_value (list, i));

    if (g_strcmp0 (gst_structure_get_string (relay, "url"), url) == 0)
      return gst_structure_copy (relay);
  }
  g_assert_not_reached ();
}

static guint
get_uint (RoomMember *member, const char *url, const char *name)
{
  g_autoptr (GstStructure) relay = get_relay (member, url);
  guint value;

  g_assert_true (gst_structure_get_uint (relay, name, &value));
  return value;
}

static gboolean
relay_is (RoomMember *member, const char *url, const char *name, const char *value)
{
  g_autoptr (GstStructure) relay = get_relay (member, url);

  return g_strcmp0 (gst_structure_get_string (relay, name), value) == 0;
}

static gboolean
has_said (RoomMember *member, const char *words)
{
  return strstr (member->said->str, words) != NULL;
}

/* Two who have nothing but @url meet there. */
static void
meet (const char *url, void (*check) (RoomMember *, const char *))
{
  g_autoptr (RoomMember) alice = room_member_new (ROOM, NULL, url);
  g_autoptr (RoomMember) bob = room_member_new (ROOM, NULL, url);

  genos_test_wait_for (alice->n_joined >= 1 && bob->n_joined >= 1, DEADLINE);
  room_members_talk (alice, bob, DEADLINE);
  if (check != NULL)
    check (alice, url);
  g_test_message ("%s", alice->said->str);
}

static void
check_work (RoomMember *member, const char *url)
{
  genos_test_wait_for (relay_is (member, url, "health", "fine"), DEADLINE);
  g_assert_cmpuint (get_uint (member, url, "pow-bits"), ==, FAULTY_RELAY_POW_BITS);
  g_assert_cmpuint (get_uint (member, url, "accepted"), >, 0);
  g_assert_true (has_said (member, "10 bits of proof of work"));
  g_assert_cmpuint (member->n_warnings, ==, 0);
}

static void
test_work (void)
{
  g_autoptr (FaultyRelay) relay = faulty_relay_new (DEMAND_POW);

  meet (faulty_relay_get_url (relay), check_work);
}

/* Over the budget it is left, and with it nobody. */
static void
test_too_much_work (void)
{
  g_autoptr (FaultyRelay) relay = faulty_relay_new (DEMAND_MORE_POW);
  const char *url = faulty_relay_get_url (relay);
  g_autofree char *good_url = NULL;
  g_autoptr (GenosRelayServer) good = test_relay_server_new (0, &good_url);
  g_autofree char *relays = g_strconcat (url, ",", good_url, NULL);

  {
    g_autoptr (RoomMember) alice = room_member_new_with (ROOM, relays, "pow-budget", 8, NULL);

    genos_test_wait_for (relay_is (alice, url, "state", "left"), DEADLINE);
    g_assert_true (has_said (alice, "16 bits of proof of work, and pow-budget allows 8"));
    g_assert_true (relay_is (alice, good_url, "state", "open"));
    g_assert_cmpuint (get_uint (alice, url, "score"), ==, 0);
    g_assert_cmpuint (get_uint (alice, good_url, "score"), >, 50);
    g_assert_cmpuint (faulty_relay_get_n_passed (relay), ==, 0);
  }
  genos_relay_server_stop (good);
}

static void
check_known (RoomMember *member, const char *url)
{
  g_assert_true (relay_is (member, url, "auth", "accepted"));
  g_assert_cmpuint (member->n_warnings, ==, 0);
}

static void
test_auth (void)
{
  g_autoptr (FaultyRelay) relay = faulty_relay_new (DEMAND_AUTH);

  meet (faulty_relay_get_url (relay), check_known);
  g_assert_cmpuint (faulty_relay_get_n_auths (relay), ==, 2);
}

static void
test_auth_refused (void)
{
  g_autoptr (FaultyRelay) relay = faulty_relay_new (DEMAND_AUTH_REFUSED);
  const char *url = faulty_relay_get_url (relay);
  g_autofree char *good_url = NULL;
  g_autoptr (GenosRelayServer) good = test_relay_server_new (0, &good_url);
  g_autofree char *relays = g_strconcat (url, ",", good_url, NULL);

  {
    g_autoptr (RoomMember) alice = room_member_new (ROOM, NULL, relays);

    genos_test_wait_for (relay_is (alice, url, "state", "left"), DEADLINE);
    g_assert_true (has_said (alice, "restricted: not on the list"));
    g_assert_true (has_said (alice, "left, other relays serve us"));
    g_assert_cmpuint (faulty_relay_get_n_auths (relay), ==, 1);
  }
  genos_relay_server_stop (good);
}

static void
test_pace (void)
{
  g_autoptr (FaultyRelay) relay = faulty_relay_new (DEMAND_PACE);

  meet (faulty_relay_get_url (relay), NULL);
}

/* The relay tells its time with its document, so that we can say how far ours is off. */
static void
assert_clock (Fault fault, const char *words, const char *number, const char *side)
{
  g_autoptr (FaultyRelay) relay = faulty_relay_new (fault);

  {
    g_autoptr (RoomMember) alice = room_member_new (ROOM, NULL, faulty_relay_get_url (relay));

    genos_test_wait_for (has_said (alice, words) && has_said (alice, number), DEADLINE);
    g_test_message ("%s", alice->said->str);
    g_assert_true (has_said (alice, side));
    g_assert_cmpuint (alice->n_warnings, >, 0);
  }
}

static void
test_clocks (void)
{
  assert_clock (DEMAND_CLOCK_AHEAD, "ephemeral event expired", "your clock is about ", " s behind");
  assert_clock (DEMAND_CLOCK_BEHIND, "created_at too late", "your clock is about ", " s ahead");
}

static void
test_payment (void)
{
  g_autoptr (FaultyRelay) relay = faulty_relay_new (DEMAND_PAYMENT);
  const char *url = faulty_relay_get_url (relay);
  g_autofree char *good_url = NULL;
  g_autoptr (GenosRelayServer) good = test_relay_server_new (0, &good_url);
  g_autofree char *relays = g_strconcat (url, ",", good_url, NULL);

  {
    g_autoptr (RoomMember) alice = room_member_new (ROOM, NULL, relays);

    genos_test_wait_for (relay_is (alice, url, "state", "left"), DEADLINE);
    g_assert_true (relay_is (alice, url, "trouble", "it wants to be paid"));
    /* The good one goes: with none left, the other is tried again. */
    genos_relay_server_stop (good);
    genos_test_wait_for (!relay_is (alice, url, "state", "left"), DEADLINE);
  }
}

static void
test_short_messages (void)
{
  g_autoptr (FaultyRelay) relay = faulty_relay_new (DEMAND_SHORT);

  {
    const char *url = faulty_relay_get_url (relay);
    g_autoptr (RoomMember) alice = room_member_new (ROOM, NULL, url);
    g_autoptr (RoomMember) bob = NULL;

    /* What was sent before that might get through. */
    genos_test_wait_for (relay_is (alice, url, "software", "faulty-relay"), DEADLINE);
    bob = room_member_new (ROOM, NULL, url);
    genos_test_wait_for (alice->n_seen >= 1 && bob->n_seen >= 1, DEADLINE);
    genos_test_wait_for (has_said (alice, "takes no more than 600 bytes in a message")
            || has_said (bob, "takes no more than 600 bytes in a message"),
        DEADLINE);
    g_assert_cmpuint (alice->n_joined, ==, 0);
  }
}

/* What our own relay can be told to demand, our own rooms meet. */
static void
test_own_relay (void)
{
  g_autoptr (GenosRelayServer) relay = genos_relay_server_new ();
  g_autofree char *url = NULL;
  g_autoptr (GError) error = NULL;

  g_object_set (relay, "min-pow", 12, "require-auth", TRUE, NULL);
  genos_relay_server_listen (relay, "127.0.0.1", 0, &error);
  g_assert_no_error (error);
  url = genos_relay_server_dup_url (relay);
  meet (url, check_known);
  genos_relay_server_stop (relay);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/room-demands/work", test_work);
  g_test_add_func ("/room-demands/too-much-work", test_too_much_work);
  g_test_add_func ("/room-demands/auth", test_auth);
  g_test_add_func ("/room-demands/auth-refused", test_auth_refused);
  g_test_add_func ("/room-demands/pace", test_pace);
  g_test_add_func ("/room-demands/clocks", test_clocks);
  g_test_add_func ("/room-demands/payment", test_payment);
  g_test_add_func ("/room-demands/short-messages", test_short_messages);
  g_test_add_func ("/room-demands/own-relay", test_own_relay);
  return g_test_run ();
}
