/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Rooms in one process, without network: a hub instead of relays, local links instead of webrtcbin. */

#include <string.h>

#include "../../common/peer-link-local.h"
#include "../../common/signaller-local.h"
#include "../../common/test-wait.h"

#include <genos/room/room-private.h>
#include <genos/wire/channel-frame.h>

#define wait_long(condition) genos_test_wait_for (condition, 90)

typedef struct {
  GenosRoom *room;
  GenosPeerLink *last_link; /* the last one made, not owned */
  guint n_joined, n_left, n_relinked, n_messages, n_warnings, n_seen;
} Member;

static GenosPeerLink *
make_link (gboolean offerer, gpointer user_data, GError **error)
{
  Member *member = user_data;

  member->last_link = peer_link_local_new (offerer);
  return member->last_link;
}

static GenosPeerLink *
make_no_link (gboolean offerer, gpointer user_data, GError **error)
{
  g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_MISSING_PLUGIN, "no webrtcbin");
  return NULL;
}

static void
on_joined (GenosRoom *room, GenosPeer *peer, Member *member)
{
  member->n_joined++;
}

static void
on_left (GenosRoom *room, GenosPeer *peer, GError *error, Member *member)
{
  member->n_left++;
}

static void
on_relinked (GenosRoom *room, GenosPeer *peer, Member *member)
{
  member->n_relinked++;
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
}

static Member *
member_new (SignalHub *hub, const char *peer_id)
{
  Member *member = g_new0 (Member, 1);
  g_autoptr (GenosSignaller) signaller = signaller_local_new (hub, peer_id);

  member->room = genos_room_new ("test");
  g_object_set (member->room, "peer-id", peer_id, NULL);
  genos_room_set_signaller (member->room, signaller);
  genos_room_set_link_factory (member->room, make_link, member);
  g_signal_connect (member->room, "peer-joined", G_CALLBACK (on_joined), member);
  g_signal_connect (member->room, "peer-left", G_CALLBACK (on_left), member);
  g_signal_connect (member->room, "peer-relinked", G_CALLBACK (on_relinked), member);
  g_signal_connect (member->room, "message", G_CALLBACK (on_message), member);
  g_signal_connect (member->room, "warning", G_CALLBACK (on_warning), member);
  return member;
}

static void
member_join (Member *member)
{
  g_autoptr (GError) error = NULL;

  genos_room_join (member->room, &error);
  g_assert_no_error (error);
}

static void
member_free (Member *member)
{
  genos_room_leave (member->room);
  while (genos_room_get_state (member->room) != GENOS_ROOM_IDLE)
    g_main_context_iteration (NULL, TRUE);
  g_assert_finalize_object (member->room);
  g_free (member);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Member, member_free)

static void
test_full_mesh (void)
{
  enum { N = 20 };
  g_autoptr (SignalHub) hub = signal_hub_new ();
  Member *members[N];
  g_autoptr (GenosMessage) hello = genos_message_new_string ("hello");

  for (guint i = 0; i < N; i++) {
    g_autofree char *id = g_strdup_printf ("peer%02u", i);

    members[i] = member_new (hub, id);
  }
  for (guint i = 0; i < N; i++)
    member_join (members[i]);
  for (guint i = 0; i < N; i++)
    wait_long (members[i]->n_joined >= N - 1);

  for (guint i = 0; i < N; i++) {
    g_autoptr (GenosChannel) channel = genos_room_open_channel (members[i]->room, "all", NULL);

    g_assert_cmpuint (genos_channel_send (channel, hello, NULL, NULL), ==, N - 1);
  }
  for (guint i = 0; i < N; i++)
    wait_long (members[i]->n_messages >= N - 1);

  /* Everybody joined everybody once: glare made no second link. */
  for (guint i = 0; i < N; i++) {
    g_assert_cmpuint (members[i]->n_joined, ==, N - 1);
    g_assert_cmpuint (members[i]->n_left, ==, 0);
  }
  for (guint i = 0; i < N; i++)
    member_free (members[i]);
}

static void
test_relink_after_loss (void)
{
  g_autoptr (SignalHub) hub = signal_hub_new ();
  g_autoptr (Member) alice = member_new (hub, "alice");
  g_autoptr (Member) bob = member_new (hub, "bob");

  member_join (alice);
  member_join (bob);
  wait_long (alice->n_joined >= 1);
  wait_long (bob->n_joined >= 1);

  /* The link breaks, nobody leaves. */
  genos_peer_link_close (alice->last_link);
  wait_long (alice->n_relinked >= 1);
  wait_long (bob->n_relinked >= 1);
  g_assert_cmpuint (alice->n_left + bob->n_left, ==, 0);
  g_assert_cmpuint (alice->n_joined + bob->n_joined, ==, 2);
}

static void
send_raw (Member *from, const char *type, guint8 tag, const void *payload, gsize size)
{
  g_autoptr (GBytes) frame = genos_channel_frame_build (type, 0, tag, 255, payload, size);
  g_autoptr (GError) error = NULL;

  genos_peer_link_send (from->last_link, frame, &error);
  g_assert_no_error (error);
}

/* Nonsense of one peer is counted and told; the room, and even that peer's chat, goes on. */
static void
test_hostile_frames (void)
{
  static const char *const internal[] = { "@_signal", "@_stream", "@_track", "@_what" };
  g_autoptr (SignalHub) hub = signal_hub_new ();
  g_autoptr (Member) alice = member_new (hub, "alice");
  g_autoptr (Member) mallory = member_new (hub, "mallory");
  g_autoptr (GBytes) torso = g_bytes_new_static ("short", 5);

  member_join (alice);
  member_join (mallory);
  wait_long (alice->n_joined >= 1);
  wait_long (mallory->n_joined >= 1);

  for (guint i = 0; i < G_N_ELEMENTS (internal); i++) {
    send_raw (mallory, internal[i], GENOS_FRAME_LAST | GENOS_FRAME_JSON, "{", 1);
    send_raw (mallory, internal[i], GENOS_FRAME_LAST | GENOS_FRAME_JSON, "[]", 2);
    send_raw (mallory, internal[i], GENOS_FRAME_LAST, "", 0);
    send_raw (mallory, internal[i], GENOS_FRAME_LAST | GENOS_FRAME_BINARY, "\0\xff", 2);
    send_raw (mallory, internal[i], GENOS_FRAME_LAST | GENOS_FRAME_DEFLATED, "junk", 4);
  }
  genos_peer_link_send (mallory->last_link, torso, NULL);
  for (guint i = 0; i < 1000; i++) {
    g_autofree char *text = g_strdup_printf ("{\"n\":%u}", i);

    send_raw (mallory, "@_stream", GENOS_FRAME_LAST | GENOS_FRAME_JSON, text, strlen (text));
  }
  send_raw (mallory, "chat", GENOS_FRAME_LAST, "still here", 10);

  wait_long (alice->n_messages >= 1);
  g_assert_cmpuint (alice->n_left, ==, 0);
  g_assert_cmpuint (alice->n_warnings, >, 0);
}

static void
on_failed (GenosRoom *room, const char *peer_id, GError *error, Member *member)
{
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_MISSING_PLUGIN);
  member->n_seen++;
}

static void
test_no_links_to_be_had (void)
{
  g_autoptr (SignalHub) hub = signal_hub_new ();
  g_autoptr (Member) alice = member_new (hub, "alice");
  g_autoptr (Member) bob = member_new (hub, "bob");

  genos_room_set_link_factory (alice->room, make_no_link, NULL);
  g_signal_connect (alice->room, "join-error", G_CALLBACK (on_failed), alice);
  member_join (alice);
  member_join (bob);
  wait_long (alice->n_seen >= 1);
}

static void
on_joined_leave (GenosRoom *room, GenosPeer *peer, gpointer unused)
{
  genos_room_leave (room);
}

static void
on_left_for (GenosRoom *room, GenosPeer *peer, GError *error, GenosReason *reason)
{
  *reason = genos_reason_from_error (error);
}

static void
count (guint *counter)
{
  (*counter)++;
}

/* Both sides of a farewell know which of them left; the detail of the signal says the same. */
static void
test_reasons (void)
{
  g_autoptr (SignalHub) hub = signal_hub_new ();
  g_autoptr (Member) alice = member_new (hub, "alice");
  g_autoptr (Member) bob = member_new (hub, "bob");
  GenosReason here = GENOS_REASON_UNKNOWN, there = GENOS_REASON_UNKNOWN;
  guint n_left = 0, n_lost = 0;

  g_signal_connect (alice->room, "peer-left", G_CALLBACK (on_left_for), &here);
  g_signal_connect (bob->room, "peer-left", G_CALLBACK (on_left_for), &there);
  g_signal_connect_swapped (bob->room, "peer-left::left", G_CALLBACK (count), &n_left);
  g_signal_connect_swapped (bob->room, "peer-left::lost", G_CALLBACK (count), &n_lost);
  member_join (alice);
  member_join (bob);
  wait_long (bob->n_joined >= 1);
  wait_long (alice->n_joined >= 1);
  genos_room_leave (alice->room);
  wait_long (bob->n_left >= 1);
  g_assert_cmpint (here, ==, GENOS_REASON_LEFT_HERE);
  g_assert_cmpint (there, ==, GENOS_REASON_LEFT);
  g_assert_cmpuint (n_left, ==, 1);
  g_assert_cmpuint (n_lost, ==, 0);
}

/* Leaving from inside a signal is what applications do. */
static void
test_leave_inside_signal (void)
{
  g_autoptr (SignalHub) hub = signal_hub_new ();
  g_autoptr (Member) alice = member_new (hub, "alice");
  g_autoptr (Member) bob = member_new (hub, "bob");

  g_signal_connect (alice->room, "peer-joined", G_CALLBACK (on_joined_leave), NULL);
  member_join (alice);
  member_join (bob);
  wait_long (alice->n_left >= 1);
  wait_long (bob->n_left >= 1);
}

static void
test_drop_while_joined (void)
{
  g_autoptr (SignalHub) hub = signal_hub_new ();
  g_autoptr (Member) bob = member_new (hub, "bob");
  Member *alice = member_new (hub, "alice");

  member_join (alice);
  member_join (bob);
  wait_long (alice->n_joined >= 1);
  wait_long (bob->n_joined >= 1);
  g_object_unref (alice->room);
  g_free (alice);
  wait_long (bob->n_left >= 1);
}

static void
test_channels (void)
{
  g_autoptr (GenosRoom) room = genos_room_new ("test");
  g_autoptr (GError) error = NULL;
  g_autoptr (GenosChannel) chat = genos_room_open_channel (room, "chat", &error);
  g_autoptr (GenosChannel) same = genos_room_open_channel (room, "chat", &error);
  g_autoptr (GenosMessage) message = genos_message_new_string ("nobody hears");

  g_assert_no_error (error);
  g_assert_true (chat == same);
  g_assert_cmpuint (genos_channel_send (chat, message, NULL, &error), ==, 0);
  g_assert_no_error (error);

  g_assert_null (genos_room_open_channel (room, "thirteen bytes", &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_null (genos_room_open_channel (room, "@_ping", &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_null (genos_room_open_channel (room, "", &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/room/room/full-mesh", test_full_mesh);
  g_test_add_func ("/room/room/relink-after-loss", test_relink_after_loss);
  g_test_add_func ("/room/room/hostile-frames", test_hostile_frames);
  g_test_add_func ("/room/room/no-links", test_no_links_to_be_had);
  g_test_add_func ("/room/room/reasons", test_reasons);
  g_test_add_func ("/room/room/leave-inside-signal", test_leave_inside_signal);
  g_test_add_func ("/room/room/drop-while-joined", test_drop_while_joined);
  g_test_add_func ("/room/room/channels", test_channels);
  return g_test_run ();
}
