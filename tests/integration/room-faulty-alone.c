/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Rooms with nothing but a relay that does everything wrong: the room says what is wrong, goes on, and
 * works as soon as the relay does. One with bad habits serves all the same. */

#include "../common/room-fixture.h"
#include "faulty-relay.h"

#include <string.h>

/* The longest pause between two attempts. */
#define DEADLINE 60

#define ROOM "faulty"

/* What a user reads; NULL when the fault shows in the counters only. */
static const char *const words[N_FAULTS] = {
  [FAULT_SILENT] = "says nothing",
  [FAULT_REFUSES] = "no relay is reachable",
  [FAULT_NO_HTTP] = "no relay is reachable",
  [FAULT_HALF_OPEN] = "no relay is reachable",
  [FAULT_CLOSES_TCP] = "no relay is reachable",
  [FAULT_CLOSES_REQUEST] = "no relay is reachable",
  [FAULT_CLOSES_ANSWER] = "no relay is reachable",
  [FAULT_CLOSES] = "no relay is reachable",
  [FAULT_CLOSES_ON_REQ] = "no relay is reachable",
  [FAULT_CLOSES_ON_EVENT] = "no relay is reachable",
  [FAULT_CLOSES_MID_FRAME] = "no relay is reachable",
  [FAULT_STALLS_MID_FRAME] = "says nothing",
  [FAULT_CLOSES_SUBSCRIPTIONS] = "error: not today",
  [FAULT_HUGE_FRAME] = "no relay is reachable",
  [FAULT_POW] = "pow: 30 bits needed",
  [FAULT_RATE_LIMITED] = "rate-limited: slow down",
  [FAULT_AUTH_REQUIRED] = "auth-required: who are you",
  [FAULT_BLOCKED] = "blocked: not you",
  [FAULT_NOTICES] = "notice 0",
};

/* And what a program reads. */
static const char *const reasons[N_FAULTS] = {
  [FAULT_REFUSES] = "[no-relay]",
  [FAULT_NO_HTTP] = "[no-relay]",
  [FAULT_HALF_OPEN] = "[no-relay]",
  [FAULT_CLOSES_TCP] = "[no-relay]",
  [FAULT_CLOSES_REQUEST] = "[no-relay]",
  [FAULT_CLOSES_ANSWER] = "[no-relay]",
  [FAULT_CLOSES] = "[no-relay]",
  [FAULT_CLOSES_ON_REQ] = "[no-relay]",
  [FAULT_CLOSES_ON_EVENT] = "[no-relay]",
  [FAULT_CLOSES_MID_FRAME] = "[no-relay]",
  [FAULT_CLOSES_SUBSCRIPTIONS] = "[relay-refused]",
  [FAULT_HUGE_FRAME] = "[no-relay]",
  [FAULT_POW] = "[relay-wants-work]",
  [FAULT_RATE_LIMITED] = "[relay-busy]",
  [FAULT_AUTH_REQUIRED] = "[relay-wants-auth]",
  [FAULT_BLOCKED] = "[relay-refused]",
};

static gboolean
has_said (RoomMember *member, Fault fault)
{
  if (reasons[fault] != NULL && strstr (member->said->str, reasons[fault]) == NULL)
    return FALSE;
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

static void
wait_until_linked (RoomMember *member, Fault fault)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE * G_TIME_SPAN_SECOND;

  while (member->n_joined == 0) {
    if (g_get_monotonic_time () > deadline)
      g_error ("%s was mended in vain: %s", fault_name (fault), member->said->str);
    g_main_context_iteration (NULL, TRUE);
  }
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
    wait_until_linked (first[i], i);
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

/* All of them side by side here, too. */
static void
test_habits (void)
{
  static const Fault habits[] = { HABIT_SLOW, HABIT_REPEATS, HABIT_REORDERS };
  FaultyRelay *relay[G_N_ELEMENTS (habits)];
  RoomMember *first[G_N_ELEMENTS (habits)], *second[G_N_ELEMENTS (habits)];

  for (guint i = 0; i < G_N_ELEMENTS (habits); i++) {
    relay[i] = faulty_relay_new (habits[i]);
    first[i] = room_member_new (ROOM, NULL, faulty_relay_get_url (relay[i]));
    second[i] = room_member_new (ROOM, NULL, faulty_relay_get_url (relay[i]));
  }
  for (guint i = 0; i < G_N_ELEMENTS (habits); i++) {
    g_test_message ("%s", fault_name (habits[i]));
    genos_test_wait_for (first[i]->n_joined >= 1, DEADLINE);
    genos_test_wait_for (second[i]->n_joined >= 1, DEADLINE);
    room_members_talk (first[i], second[i], DEADLINE);
    /* Repeated offers and answers make no second link. */
    g_assert_cmpuint (first[i]->n_joined, ==, 1);
    g_assert_cmpuint (second[i]->n_joined, ==, 1);
    if (habits[i] == HABIT_REPEATS)
      g_assert_cmpuint (room_member_get_total (first[i], "dropped"), >, 0);
  }
  for (guint i = 0; i < G_N_ELEMENTS (habits); i++) {
    room_member_free (first[i]);
    room_member_free (second[i]);
    faulty_relay_free (relay[i]);
  }
}

/* Sixteen bits are within the budget that rooms have: a tenth of a second for each event, here. */
static void
test_work (void)
{
  g_autoptr (FaultyRelay) relay = faulty_relay_new (DEMAND_MORE_POW);

  {
    g_autoptr (RoomMember) first = room_member_new (ROOM, NULL, faulty_relay_get_url (relay));
    g_autoptr (RoomMember) second = room_member_new (ROOM, NULL, faulty_relay_get_url (relay));

    genos_test_wait_for (first->n_joined >= 1 && second->n_joined >= 1, DEADLINE);
    room_members_talk (first, second, DEADLINE);
    g_assert_nonnull (strstr (first->said->str, "16 bits of proof of work"));
    g_assert_cmpuint (faulty_relay_get_n_passed (relay), >, 0);
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/room-faulty-alone/faults", test_alone);
  g_test_add_func ("/room-faulty-alone/habits", test_habits);
  g_test_add_func ("/room-faulty-alone/work", test_work);
  return g_test_run ();
}
