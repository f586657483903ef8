/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Rooms with relays that do everything wrong, beside a good one: nothing is lost, and nothing is
 * late. */

#include "../common/room-fixture.h"
#include "faulty-relay.h"

#define DEADLINE 60
/* An offer or answer that is lost costs a dial, and with it twelve seconds: nothing may be lost. Counted
 * are moments in which this process got to run, eight seconds of them on an idle machine: of seconds of the
 * clock a busy one leaves us few. One that is so busy that two peers with nothing in their way need a while,
 * mostly for the key of the process, has more of them. */
#define MOMENT_MS 20
#define AT_ONCE 400
#define OF_A_GOOD_ONE 10

#define ROOM "faulty"

static gboolean
on_moment (gpointer n_moments)
{
  ++*(guint *) n_moments;
  return G_SOURCE_CONTINUE;
}

/* Returns the moments it took. */
static guint
wait_for_both (RoomMember *one, RoomMember *other, guint limit)
{
  guint n_moments = 0;
  guint timer = g_timeout_add (MOMENT_MS, on_moment, &n_moments);

  while (one->n_joined == 0 || other->n_joined == 0) {
    if (n_moments > limit)
      g_error ("not linked yet after %u of %u: %s, and %s", n_moments, limit, one->said->str,
          other->said->str);
    g_main_context_iteration (NULL, TRUE);
  }
  g_source_remove (timer);
  return n_moments;
}

/* In moments, and found out before anything else is under way. */
static guint
at_once (void)
{
  static guint limit = 0;

  if (limit == 0) {
    g_autofree char *url = NULL;
    g_autoptr (GenosRelayServer) good = test_relay_server_new (0, &url);
    g_autoptr (RoomMember) alice = room_member_new (ROOM, NULL, url);
    g_autoptr (RoomMember) bob = room_member_new (ROOM, NULL, url);
    guint n_moments = wait_for_both (alice, bob, 10 * AT_ONCE);

    limit = MAX (AT_ONCE, OF_A_GOOD_ONE * n_moments);
    genos_relay_server_stop (good);
  }
  return limit;
}

static void
test_beside_a_good_one (gconstpointer data)
{
  Fault fault = GPOINTER_TO_UINT (data);
  guint limit = at_once ();
  g_autoptr (FaultyRelay) faulty = faulty_relay_new (fault);
  g_autofree char *good_url = NULL;
  g_autoptr (GenosRelayServer) good = test_relay_server_new (0, &good_url);
  g_autofree char *relays = g_strconcat (faulty_relay_get_url (faulty), ",", good_url, NULL);

  {
    g_autoptr (RoomMember) alice = room_member_new (ROOM, NULL, relays);
    g_autoptr (RoomMember) bob = room_member_new (ROOM, NULL, relays);

    wait_for_both (alice, bob, limit);
    room_members_talk (alice, bob, DEADLINE);
    /* Floods are not handed on. */
    g_assert_cmpuint (alice->n_relay_changes, <, 20);
    g_assert_cmpuint (alice->n_warnings, <, 10);
  }
  genos_relay_server_stop (good);
}

/* Everything wrong at once, and one that is right. */
static void
test_among_all (void)
{
  FaultyRelay *faulty[N_DEMANDS];
  guint limit = at_once ();
  g_autofree char *good_url = NULL;
  g_autoptr (GenosRelayServer) good = test_relay_server_new (0, &good_url);
  GString *relays = g_string_new (NULL);

  for (guint i = 0; i < N_DEMANDS; i++) {
    faulty[i] = faulty_relay_new (i);
    g_string_append_printf (relays, "%s,", faulty_relay_get_url (faulty[i]));
  }
  g_string_append (relays, good_url);
  {
    g_autoptr (RoomMember) alice = room_member_new (ROOM, NULL, relays->str);
    g_autoptr (RoomMember) bob = room_member_new (ROOM, NULL, relays->str);

    wait_for_both (alice, bob, limit);
    room_members_talk (alice, bob, DEADLINE);
  }
  for (guint i = 0; i < N_DEMANDS; i++)
    faulty_relay_free (faulty[i]);
  g_string_free (relays, TRUE);
  genos_relay_server_stop (good);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < N_DEMANDS; i++) {
    g_autofree char *path =
        g_strconcat ("/room-faulty-relay/beside-a-good-one/", fault_name (i), NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_beside_a_good_one);
  }
  g_test_add_func ("/room-faulty-relay/among-all", test_among_all);
  return g_test_run ();
}
