/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Rooms with relays that do everything wrong: beside a good one nothing is lost and nothing is late;
 * alone, the room says what is wrong, goes on, and works as soon as the relay does. */

#include "../common/room-fixture.h"
#include "faulty-relay.h"

#include <string.h>

/* Alone takes the longest pause between two attempts. */
#define DEADLINE 60
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define AT_ONCE 20
#else
#define AT_ONCE 5
#endif

#define ROOM "faulty"

static void
test_beside_a_good_one (gconstpointer data)
{
  Fault fault = GPOINTER_TO_UINT (data);
  g_autoptr (FaultyRelay) faulty = faulty_relay_new (fault);
  g_autofree char *good_url = NULL;
  g_autoptr (GenosRelayServer) good = test_relay_server_new (0, &good_url);
  g_autofree char *relays = g_strconcat (faulty_relay_get_url (faulty), ",", good_url, NULL);

  {
    g_autoptr (RoomMember) alice = room_member_new (ROOM, NULL, relays);
    g_autoptr (RoomMember) bob = room_member_new (ROOM, NULL, relays);

    genos_test_wait_for (alice->n_joined >= 1, AT_ONCE);
    genos_test_wait_for (bob->n_joined >= 1, AT_ONCE);
    room_members_talk (alice, bob, DEADLINE);
    /* Floods are not handed on. */
    g_assert_cmpuint (alice->n_relay_changes, <, 20);
    g_assert_cmpuint (alice->n_warnings, <, 10);
  }
  genos_relay_server_stop (good);
}

/* What a user reads; NULL when the fault shows in the counters only. */
static const char *const words[N_FAULTS] = {
  [FAULT_SILENT] = "says nothing",
  [FAULT_REFUSES] = "no relay is reachable",
  [FAULT_NO_HTTP] = "no relay is reachable",
  [FAULT_CLOSES] = "no relay is reachable",
  [FAULT_CLOSES_ON_REQ] = "no relay is reachable",
  [FAULT_CLOSES_SUBSCRIPTIONS] = "error: not today",
  [FAULT_HUGE_FRAME] = "no relay is reachable",
  [FAULT_POW] = "pow: 30 bits needed",
  [FAULT_RATE_LIMITED] = "rate-limited: slow down",
  [FAULT_AUTH_REQUIRED] = "auth-required: who are you",
  [FAULT_BLOCKED] = "blocked: not you",
  [FAULT_NOTICES] = "notice 0",
};

static gboolean
has_said (RoomMember *member, Fault fault)
{
  if (words[fault] != NULL)
    return strstr (member->said->str, words[fault]) != NULL;
  return room_member_get_total (member, "dropped") > 0;
}

static void
wait_until_told (RoomMember *member, Fault fault)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE * G_TIME_SPAN_SECOND;

  /* The rooms' own ticks wake the loop. */
  while (!has_said (member, fault)) {
    if (g_get_monotonic_time () > deadline)
      g_error ("%s: it said only: %s", fault_name (fault), member->said->str);
    g_main_context_iteration (NULL, TRUE);
  }
  g_test_message ("%s: %s", fault_name (fault), member->said->str);
}

/* All of them side by side: each has its pauses to wait for. */
static void
test_alone (void)
{
  FaultyRelay *faulty[N_FAULTS];
  GenosRelayServer *mended[N_FAULTS];
  RoomMember *first[N_FAULTS], *second[N_FAULTS];

  for (guint i = 0; i < N_FAULTS; i++) {
    faulty[i] = faulty_relay_new (i);
    first[i] = room_member_new (ROOM, NULL, faulty_relay_get_url (faulty[i]));
  }
  for (guint i = 0; i < N_FAULTS; i++)
    wait_until_told (first[i], i);
  for (guint i = 0; i < N_FAULTS; i++) {
    g_assert_cmpuint (first[i]->n_joined, ==, 0);
    g_assert_cmpint (genos_room_get_state (first[i]->room), !=, GENOS_ROOM_IDLE);
    g_assert_cmpuint (first[i]->n_warnings, <, 10);
    mended[i] = test_relay_server_new (faulty_relay_stop (faulty[i]), NULL);
    second[i] = room_member_new (ROOM, NULL, faulty_relay_get_url (faulty[i]));
  }
  for (guint i = 0; i < N_FAULTS; i++) {
    /* Such a relay gets nothing more from us, good or not. */
    if (i == FAULT_POW)
      continue;
    genos_test_wait_for (first[i]->n_joined >= 1, DEADLINE);
    genos_test_wait_for (second[i]->n_joined >= 1, DEADLINE);
    room_members_talk (first[i], second[i], DEADLINE);
  }
  for (guint i = 0; i < N_FAULTS; i++) {
    room_member_free (first[i]);
    room_member_free (second[i]);
    genos_relay_server_stop (mended[i]);
    g_object_unref (mended[i]);
    faulty_relay_free (faulty[i]);
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < N_FAULTS; i++) {
    g_autofree char *path =
        g_strconcat ("/room-faulty-relay/beside-a-good-one/", fault_name (i), NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_beside_a_good_one);
  }
  g_test_add_func ("/room-faulty-relay/alone", test_alone);
  return g_test_run ();
}
