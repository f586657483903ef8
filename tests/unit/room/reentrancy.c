/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Applications leave a room, and give it up, from inside its signals. What is wrong here shows as a
 * crash, and surely under AddressSanitizer. */

#include "../../common/peer-link-local.h"
#include "../../common/signaller-local.h"

#include "../../common/test-wait.h"

#include <genos/room/joining/dialler.h>
#include <genos/room/media/outgoing-tracks.h>
#include <genos/room/room-private.h>

static GenosPeerLink *
make_link (gboolean offerer, gpointer data, GError **error)
{
  return peer_link_local_new (offerer);
}

static GenosRoom *
room_new (SignalHub *hub, const char *peer_id)
{
  GenosRoom *room = genos_room_new ("test");
  g_autoptr (GenosSignaller) signaller = GENOS_SIGNALLER (signaller_local_new (hub, peer_id));

  g_object_set (room, "peer-id", peer_id, NULL);
  genos_room_set_signaller (room, signaller);
  genos_room_set_link_factory (room, make_link, NULL);
  return room;
}

static void
room_join (GenosRoom *room)
{
  g_autoptr (GError) error = NULL;

  genos_room_join (room, &error);
  g_assert_no_error (error);
}

static void
room_free (GenosRoom *room)
{
  genos_room_leave (room);
  genos_test_wait_until (genos_room_get_state (room) == GENOS_ROOM_IDLE);
  g_assert_finalize_object (room);
}

/* --- the state */

static void
on_state (GenosRoom *room, GParamSpec *pspec, guint *n_joining)
{
  if (genos_room_get_state (room) != GENOS_ROOM_JOINING)
    return;
  (*n_joining)++;
  genos_room_leave (room);
}

static void
test_leave_while_joining (void)
{
  g_autoptr (SignalHub) hub = signal_hub_new ();
  GenosRoom *room = room_new (hub, "alice");
  guint n_joining = 0;

  g_signal_connect (room, "notify::state", G_CALLBACK (on_state), &n_joining);
  room_join (room);
  g_assert_cmpuint (n_joining, ==, 1);
  room_free (room);
}

/* --- messages */

static void
on_message_drop (
    GenosChannel *channel, const char *peer_id, GenosMessage *message, GenosRoom **room)
{
  g_clear_object (room);
}

static void
test_drop_in_message (void)
{
  g_autoptr (SignalHub) hub = signal_hub_new ();
  GenosRoom *alice = room_new (hub, "alice");
  GenosRoom *bob = room_new (hub, "bob");
  g_autoptr (GenosChannel) from = genos_room_open_channel (alice, "chat", NULL);
  g_autoptr (GenosChannel) to = genos_room_open_channel (bob, "chat", NULL);
  g_autoptr (GenosMessage) hello = genos_message_new_string ("hello");

  room_join (alice);
  room_join (bob);
  genos_test_wait_until (
      genos_room_get_peer (alice, "bob") != NULL && genos_room_get_peer (bob, "alice") != NULL);
  g_signal_connect (to, "message", G_CALLBACK (on_message_drop), &bob);
  genos_channel_send (from, hello, NULL, NULL);
  genos_test_wait_until (bob == NULL);
  genos_test_wait_until (genos_room_get_peer (alice, "bob") == NULL);
  room_free (alice);
}

/* --- handshakes */

typedef struct {
  GenosDialler *dialler;
  guint n_failed;
} Owner;

static void
on_failed_drop (GenosDialler *dialler, const char *peer_id, GError *error, Owner *owner)
{
  owner->n_failed++;
  genos_dialler_stop (dialler);
  g_clear_object (&owner->dialler);
}

typedef struct {
  GenosSignaller *signaller;
  const char *from;
} Offer;

static void
on_description (GenosPeerLink *link, int kind, const char *sdp, Offer *offer)
{
  genos_signaller_emit_offer (offer->signaller, offer->from, "hub", sdp, NULL);
}

/* Whoever offers has heard our answer and never opens: both handshakes are overdue at once. */
static void
test_drop_dialler_in_tick (void)
{
  g_autoptr (SignalHub) hub = signal_hub_new ();
  g_autoptr (GenosSignaller) signaller = GENOS_SIGNALLER (signaller_local_new (hub, "zoe"));
  g_autoptr (GenosPeerLink) first = peer_link_local_new (TRUE);
  g_autoptr (GenosPeerLink) second = peer_link_local_new (TRUE);
  GenosPeerLink *links[] = { first, second };
  static const char *const ids[] = { "alice", "bob" };
  Owner owner = { genos_dialler_new ("zoe", signaller, make_link, NULL), 0 };
  gint64 late = g_get_monotonic_time () + 3600 * G_TIME_SPAN_SECOND;

  g_signal_connect (owner.dialler, "failed", G_CALLBACK (on_failed_drop), &owner);
  for (guint i = 0; i < G_N_ELEMENTS (links); i++) {
    Offer offer = { signaller, ids[i] };

    g_signal_connect (links[i], "description", G_CALLBACK (on_description), &offer);
    genos_peer_link_start (links[i]);
  }
  g_assert_cmpuint (genos_dialler_get_n_handshakes (owner.dialler), ==, 2);
  genos_dialler_tick (owner.dialler, late);
  g_assert_cmpuint (owner.n_failed, ==, 1);
  g_assert_null (owner.dialler);
}

/* --- tracks */

static void
on_ready (GenosOutgoingTracks *tracks, GenosLocalTrack *track, guint *n_ready)
{
  (*n_ready)++;
}

static void
set_caps (GenosLocalTrack *track)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string ("video/x-raw,format=I420,width=16,height=16,"
                                                   "framerate=15/1");
  g_autoptr (GError) error = NULL;

  genos_local_track_set_caps (track, caps, &error);
  g_assert_no_error (error);
}

/* A track that leaves one room goes on in the other, whose caps come later. */
static void
test_track_in_two_rooms (void)
{
  g_autoptr (GenosLocalTrack) track = genos_local_track_new (GENOS_MEDIA_VIDEO);
  GenosOutgoingTracks *one = genos_outgoing_tracks_new ();
  GenosOutgoingTracks *two = genos_outgoing_tracks_new ();
  GenosOutgoingTracks *dropped = genos_outgoing_tracks_new ();
  guint n_one = 0, n_two = 0;

  g_signal_connect (one, "ready", G_CALLBACK (on_ready), &n_one);
  g_signal_connect (two, "ready", G_CALLBACK (on_ready), &n_two);
  genos_outgoing_tracks_add (one, track);
  genos_outgoing_tracks_add (two, track);
  genos_outgoing_tracks_add (dropped, track);
  g_assert_true (genos_outgoing_tracks_remove (one, track));
  g_assert_false (genos_outgoing_tracks_remove (one, track));
  g_assert_finalize_object (dropped);

  set_caps (track);
  genos_test_wait_until (n_two == 1);
  g_assert_cmpuint (n_one, ==, 0);
  g_assert_finalize_object (one);
  g_assert_finalize_object (two);
  g_assert_false (g_signal_has_handler_pending (
      track, g_signal_lookup ("notify", G_TYPE_OBJECT), g_quark_from_string ("rtp-caps"), TRUE));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/room/reentrancy/leave-while-joining", test_leave_while_joining);
  g_test_add_func ("/room/reentrancy/drop-in-message", test_drop_in_message);
  g_test_add_func ("/room/reentrancy/drop-dialler-in-tick", test_drop_dialler_in_tick);
  g_test_add_func ("/room/reentrancy/track-in-two-rooms", test_track_in_two_rooms);
  return g_test_run ();
}
