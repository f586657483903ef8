/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Rooms with relays that do everything wrong: beside a good one nothing is lost and nothing is late;
 * alone, the room says what is wrong, goes on, and works as soon as the relay does. */

#include "faulty-relay.h"

#include <string.h>

#include <genos/genos.h>

/* Alone takes the longest pause between two attempts. */
#define DEADLINE (60 * G_TIME_SPAN_SECOND)
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define AT_ONCE (20 * G_TIME_SPAN_SECOND)
#else
#define AT_ONCE (5 * G_TIME_SPAN_SECOND)
#endif

typedef struct {
  GenosRoom *room;
  guint n_joined;
  guint n_messages;
  guint n_warnings;
  guint n_relay_changes;
  GString *said; /* reasons and warnings */
} Member;

static void
on_joined (GenosRoom *room, GenosPeer *peer, Member *member)
{
  member->n_joined++;
}

static void
on_message (GenosRoom *room, const char *channel, const char *peer_id, GenosMessage *message,
    Member *member)
{
  member->n_messages++;
}

static void
on_warning (GenosRoom *room, GError *error, Member *member)
{
  member->n_warnings++;
  g_string_append_printf (member->said, "%s\n", error->message);
}

static void
on_relay_changed (
    GenosRoom *room, const char *url, gboolean open, const char *reason, Member *member)
{
  member->n_relay_changes++;
  if (reason != NULL)
    g_string_append_printf (member->said, "%s\n", reason);
}

static Member *
member_new (const char *relays)
{
  Member *member = g_new0 (Member, 1);
  g_autoptr (GError) error = NULL;

  member->room = genos_room_new ("faulty");
  member->said = g_string_new (NULL);
  g_object_set (member->room, "relays", relays, "stun-server", "", NULL);
  g_signal_connect (member->room, "peer-joined", G_CALLBACK (on_joined), member);
  g_signal_connect (member->room, "message", G_CALLBACK (on_message), member);
  g_signal_connect (member->room, "warning", G_CALLBACK (on_warning), member);
  g_signal_connect (member->room, "relay-changed", G_CALLBACK (on_relay_changed), member);
  genos_room_join (member->room, &error);
  g_assert_no_error (error);
  return member;
}

/* The rooms' own ticks wake the loop. */
static void
member_free (Member *member)
{
  genos_room_leave (member->room);
  while (genos_room_get_state (member->room) != GENOS_ROOM_IDLE)
    g_main_context_iteration (NULL, TRUE);
  g_assert_finalize_object (member->room);
  g_string_free (member->said, TRUE);
  g_free (member);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Member, member_free)

static guint64
get_dropped (Member *member)
{
  g_autoptr (GstStructure) stats = genos_room_get_stats (member->room);
  guint64 dropped = 0;

  g_assert_true (gst_structure_get_uint64 (stats, "dropped", &dropped));
  return dropped;
}

static GenosRelayServer *
relay_new (guint port, char **url)
{
  GenosRelayServer *relay = genos_relay_server_new ();
  g_autoptr (GError) error = NULL;

  genos_relay_server_listen (relay, "127.0.0.1", port, &error);
  g_assert_no_error (error);
  if (url != NULL)
    *url = genos_relay_server_dup_url (relay);
  return relay;
}

static gboolean
on_wake (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
wait_for (const guint *counter, guint value, gint64 timeout, const char *whose)
{
  gint64 deadline = g_get_monotonic_time () + timeout;
  guint tick = g_timeout_add (100, on_wake, NULL);

  while (*counter < value) {
    if (g_get_monotonic_time () > deadline)
      g_error ("%s: %u of %u in time", whose, *counter, value);
    g_main_context_iteration (NULL, TRUE);
  }
  g_source_remove (tick);
}

static void
talk (Member *from, Member *to, const char *whose)
{
  g_autoptr (GenosChannel) channel = genos_room_open_channel (from->room, "chat", NULL);
  g_autoptr (GenosMessage) message = genos_message_new_string ("hello");

  g_assert_cmpuint (genos_channel_send (channel, message, NULL, NULL), ==, 1);
  wait_for (&to->n_messages, 1, DEADLINE, whose);
}

static void
test_beside_a_good_one (gconstpointer data)
{
  Fault fault = GPOINTER_TO_UINT (data);
  const char *name = fault_name (fault);
  g_autoptr (FaultyRelay) faulty = faulty_relay_new (fault);
  g_autofree char *good_url = NULL;
  g_autoptr (GenosRelayServer) good = relay_new (0, &good_url);
  g_autofree char *relays = g_strconcat (faulty_relay_get_url (faulty), ",", good_url, NULL);

  {
    g_autoptr (Member) alice = member_new (relays);
    g_autoptr (Member) bob = member_new (relays);

    wait_for (&alice->n_joined, 1, AT_ONCE, name);
    wait_for (&bob->n_joined, 1, AT_ONCE, name);
    talk (alice, bob, name);
    talk (bob, alice, name);
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
has_said (Member *member, Fault fault)
{
  if (words[fault] != NULL)
    return strstr (member->said->str, words[fault]) != NULL;
  return get_dropped (member) > 0;
}

static void
wait_until_told (Member *member, Fault fault)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE;

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
  Member *first[N_FAULTS], *second[N_FAULTS];

  for (guint i = 0; i < N_FAULTS; i++) {
    faulty[i] = faulty_relay_new (i);
    first[i] = member_new (faulty_relay_get_url (faulty[i]));
  }
  for (guint i = 0; i < N_FAULTS; i++)
    wait_until_told (first[i], i);
  for (guint i = 0; i < N_FAULTS; i++) {
    g_assert_cmpuint (first[i]->n_joined, ==, 0);
    g_assert_cmpint (genos_room_get_state (first[i]->room), !=, GENOS_ROOM_IDLE);
    g_assert_cmpuint (first[i]->n_warnings, <, 10);
    mended[i] = relay_new (faulty_relay_stop (faulty[i]), NULL);
    second[i] = member_new (faulty_relay_get_url (faulty[i]));
  }
  for (guint i = 0; i < N_FAULTS; i++) {
    /* Such a relay gets nothing more from us, good or not. */
    if (i == FAULT_POW)
      continue;
    wait_for (&first[i]->n_joined, 1, DEADLINE, fault_name (i));
    wait_for (&second[i]->n_joined, 1, DEADLINE, fault_name (i));
    talk (first[i], second[i], fault_name (i));
  }
  for (guint i = 0; i < N_FAULTS; i++) {
    member_free (first[i]);
    member_free (second[i]);
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
