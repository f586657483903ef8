/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Links that break, fall silent, or are replaced, in one process and without a network: what the
 * application sees of it, and what it does not. The numbers are those of docs/design/healing.md. */

#include "../common/peer-link-local.h"
#include "../common/room-fixture.h"

#include <genos/media/local-track-private.h>
#include <genos/room/membership.h>
#include <genos/room/room-private.h>
#include <genos/signalling/dial-book.h>

#define WAIT 60

typedef struct {
  SignalHub *hub;
  RoomMember *alice, *bob;
} Pair;

static gboolean
is_linked (RoomMember *member, const char *peer_id)
{
  GenosPeer *peer = genos_room_get_peer (member->room, peer_id);

  return peer != NULL && genos_peer_is_linked (peer) && !genos_peer_is_troubled (peer);
}

static void
pair_set_up (Pair *self, gconstpointer data)
{
  self->hub = signal_hub_new ();
  self->alice = room_member_new_on_hub (self->hub, "room", "alice");
  self->bob = room_member_new_on_hub (self->hub, "room", "bob");
  genos_test_wait_for (is_linked (self->alice, "bob") && is_linked (self->bob, "alice"), WAIT);
}

static void
pair_tear_down (Pair *self, gconstpointer data)
{
  g_clear_pointer (&self->alice, room_member_free);
  g_clear_pointer (&self->bob, room_member_free);
  signal_hub_unref (self->hub);
}

/* Nobody came or went, as far as the applications know. */
static void
assert_nobody_left (Pair *self)
{
  g_assert_cmpuint (self->alice->n_joined, ==, 1);
  g_assert_cmpuint (self->bob->n_joined, ==, 1);
  g_assert_cmpuint (self->alice->n_left + self->bob->n_left, ==, 0);
}

static void
quicken_heartbeat (RoomMember *member, const char *peer_id)
{
  GenosPeer *peer = genos_room_get_peer (member->room, peer_id);

  g_object_set (
      genos_peer_get_messenger (peer), "heartbeat-interval", 30, "heartbeat-timeout", 200, NULL);
}

/* --- the peer */

static void
test_broken (Pair *self, gconstpointer data)
{
  GenosPeer *peer = genos_room_get_peer (self->alice->room, "bob");

  genos_peer_link_close (self->alice->last_link);
  genos_test_wait_for (self->alice->n_relinked == 1 && self->bob->n_relinked == 1, WAIT);
  assert_nobody_left (self);
  g_assert_true (genos_room_get_peer (self->alice->room, "bob") == peer);
  room_members_talk (self->alice, self->bob, WAIT);
}

/* A half-open link: one side hears nothing any more, the other one notices nothing. */
static void
test_half_open (Pair *self, gconstpointer data)
{
  peer_link_local_vanish (PEER_LINK_LOCAL (self->bob->last_link));
  quicken_heartbeat (self->alice, "bob");
  genos_test_wait_for (self->alice->n_relinked == 1 && self->bob->n_relinked == 1, WAIT);
  assert_nobody_left (self);
  room_members_talk (self->alice, self->bob, WAIT);
}

/* It was only slow: the link stays, and the dial that was begun is taken back. */
static void
test_passing_silence (Pair *self, gconstpointer data)
{
  PeerLinkLocal *link = PEER_LINK_LOCAL (self->bob->last_link);
  GenosPeer *peer = genos_room_get_peer (self->alice->room, "bob");
  guint n_links;

  /* Without signalling there is no other link to be had. */
  genos_signaller_stop (self->bob->signaller);
  peer_link_local_set_held (link, TRUE);
  quicken_heartbeat (self->alice, "bob");
  genos_test_wait_for (genos_peer_is_troubled (peer), WAIT);
  n_links = self->bob->n_links;
  peer_link_local_set_held (link, FALSE);
  genos_test_wait_for (!genos_peer_is_troubled (peer), WAIT);
  assert_nobody_left (self);
  g_assert_cmpuint (self->alice->n_relinked, ==, 0);
  g_assert_cmpuint (self->bob->n_links, ==, n_links);
  genos_test_wait_for (room_member_get_count (self->alice, "handshakes") == 0, WAIT);
  genos_signaller_start (self->bob->signaller);
  room_members_talk (self->alice, self->bob, WAIT);
}

/* Killed: no bye, no link, no signalling. */
static void
vanish (Pair *self)
{
  genos_signaller_stop (self->bob->signaller);
  peer_link_local_vanish (PEER_LINK_LOCAL (self->bob->last_link));
  peer_link_local_vanish (PEER_LINK_LOCAL (self->alice->last_link));
}

static void
test_dead (Pair *self, gconstpointer data)
{
  GenosPeer *peer = genos_room_get_peer (self->alice->room, "bob");
  gint64 grace = GENOS_PEER_SILENT_GRACE;

  vanish (self);
  quicken_heartbeat (self->alice, "bob");
  genos_test_wait_for (genos_peer_is_troubled (peer), WAIT);
  genos_roster_tick (genos_room_get_roster (self->alice->room), g_get_monotonic_time ());
  g_assert_cmpuint (self->alice->n_left, ==, 0);
  genos_roster_tick (
      genos_room_get_roster (self->alice->room), g_get_monotonic_time () + grace + 1);
  g_assert_cmpuint (self->alice->n_left, ==, 1);
  g_assert_false (room_member_has (self->alice, "bob"));
}

/* Whoever says bye is gone at once, when no link contradicts. */
static void
test_bye_of_a_broken_one (Pair *self, gconstpointer data)
{
  genos_signaller_stop (self->bob->signaller);
  genos_peer_link_close (self->alice->last_link);
  genos_test_wait_for (!is_linked (self->alice, "bob"), WAIT);
  g_assert_cmpuint (self->alice->n_left, ==, 0);
  genos_signaller_emit_bye (self->alice->signaller, "bob", "local:hub");
  g_assert_cmpuint (self->alice->n_left, ==, 1);
}

/* Its last word over the link may be lost: who said bye and does not answer has left, it was not lost. */
static void
test_bye_without_answer (Pair *self, gconstpointer data)
{
  vanish (self);
  genos_signaller_emit_bye (self->alice->signaller, "bob", "local:hub");
  genos_test_wait_for (self->alice->n_left == 1, WAIT);
  g_assert_cmpint (self->alice->left_for, ==, GENOS_REASON_LEFT);
}

static void
test_bye_and_end (Pair *self, gconstpointer data)
{
  genos_signaller_stop (self->bob->signaller);
  genos_signaller_emit_bye (self->alice->signaller, "bob", "local:hub");
  g_assert_cmpuint (self->alice->n_left, ==, 0);
  genos_peer_link_close (self->bob->last_link);
  genos_test_wait_for (!is_linked (self->alice, "bob"), WAIT);
  g_assert_cmpuint (self->alice->n_left, ==, 1);
  g_assert_cmpint (self->alice->left_for, ==, GENOS_REASON_LEFT);
}

/* Lesson 1: an offer of somebody who is linked means that it restarted. */
static void
test_restart (Pair *self, gconstpointer data)
{
  GenosPeer *peer = genos_room_get_peer (self->alice->room, "bob");
  g_autoptr (RoomMember) again = NULL;

  vanish (self);
  again = room_member_new_on_hub (self->hub, "room", "bob");
  genos_test_wait_for (self->alice->n_relinked == 1, WAIT);
  g_assert_cmpuint (self->alice->n_joined, ==, 1);
  g_assert_cmpuint (self->alice->n_left, ==, 0);
  g_assert_true (genos_room_get_peer (self->alice->room, "bob") == peer);
  genos_test_wait_for (room_member_has (again, "alice"), WAIT);
  room_members_talk (self->alice, again, WAIT);
}

/* Lesson 8: an offer alone kills nothing. */
static void
test_stray_offer (Pair *self, gconstpointer data)
{
  guint n_links = self->alice->n_links;

  genos_signaller_emit_offer (self->alice->signaller, "bob", "local:hub", "v=0\r\n", NULL);
  genos_test_wait_for (self->alice->n_links == n_links + 1, WAIT);
  room_members_talk (self->alice, self->bob, WAIT);
  g_assert_cmpuint (self->alice->n_relinked, ==, 0);
  assert_nobody_left (self);
}

/* Nobody breaks links so often that we do nothing but dial. */
static void
test_broken_for_fun (Pair *self, gconstpointer data)
{
  guint before = self->alice->n_links;
  gint64 begun = g_get_monotonic_time ();

  while (g_get_monotonic_time () - begun < G_TIME_SPAN_SECOND) {
    if (is_linked (self->alice, "bob"))
      genos_peer_link_close (self->bob->last_link);
    g_main_context_iteration (NULL, FALSE);
  }
  /* Our dials, and as many answers to a peer that dials. */
  g_assert_cmpuint (
      self->alice->n_links - before, <=, GENOS_DIAL_REDIAL_BURST + GENOS_DIAL_PEER_BURST + 2);
}

/* --- messages */

static void
on_sent (GObject *channel, GAsyncResult *result, gpointer error)
{
  g_assert_false (
      genos_channel_send_finish (GENOS_CHANNEL (channel), result, NULL, NULL, (GError **) error));
}

/* What had not left when the link broke fails; what is sent afterwards arrives. */
static void
test_messages (Pair *self, gconstpointer data)
{
  g_autoptr (GenosChannel) channel = genos_room_open_channel (self->alice->room, "chat", NULL);
  g_autoptr (GBytes) large = g_bytes_new_take (g_malloc0 (1 << 20), 1 << 20);
  g_autoptr (GenosMessage) message = genos_message_new_bytes (large, NULL);
  GenosPeerLink *link = self->alice->last_link;
  g_autoptr (GError) error = NULL;

  peer_link_local_set_held (PEER_LINK_LOCAL (link), TRUE);
  genos_channel_send_async (channel, message, NULL, NULL, on_sent, &error);
  while (genos_peer_link_get_buffered (link) == 0)
    g_main_context_iteration (NULL, TRUE);
  genos_peer_link_close (link);
  genos_test_wait_for (error != NULL, WAIT);
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_CLOSED);
  genos_test_wait_for (self->alice->n_relinked == 1 && self->bob->n_relinked == 1, WAIT);
  room_members_talk (self->alice, self->bob, WAIT);
  g_assert_cmpuint (self->bob->n_messages, ==, 1);
}

/* --- media */

static GenosLocalTrack *
add_sound (GenosRoom *room)
{
  g_autoptr (GenosLocalTrack) track = genos_local_track_new (GENOS_MEDIA_AUDIO);
  g_autoptr (GstCaps) caps =
      gst_caps_from_string ("audio/x-raw,format=S16LE,layout=interleaved,rate=48000,channels=2");
  g_autoptr (GError) error = NULL;

  genos_local_track_set_caps (track, caps, &error);
  g_assert_no_error (error);
  genos_room_add_track (room, track);
  return g_steal_pointer (&track);
}

static void
push_sound (GenosLocalTrack *track, guint *n)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 960 * 4, NULL);

  gst_buffer_memset (buffer, 0, 0, 960 * 4);
  GST_BUFFER_PTS (buffer) = (*n)++ * 20 * GST_MSECOND;
  GST_BUFFER_DURATION (buffer) = 20 * GST_MSECOND;
  genos_local_track_push (track, buffer);
}

static void
push_until (GenosLocalTrack *track, guint *n, RoomMember *hearer, gint n_packets)
{
  gint64 deadline = g_get_monotonic_time () + WAIT * G_TIME_SPAN_SECOND;

  while (g_atomic_int_get (&hearer->n_packets) < n_packets) {
    push_sound (track, n);
    for (guint i = 0; i < 20; i++)
      g_main_context_iteration (NULL, FALSE);
    g_usleep (2000);
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
  }
}

/* A track goes on under the same object, for those who listen as for those who speak. */
static void
test_track (Pair *self, gconstpointer data)
{
  g_autoptr (GenosLocalTrack) track = add_sound (self->alice->room);
  guint n = 0;

  push_until (track, &n, self->bob, 10);
  g_assert_cmpuint (self->bob->n_tracks_added, ==, 1);
  for (guint i = 1; i <= 2; i++) {
    genos_peer_link_close (self->alice->last_link);
    genos_test_wait_for (self->bob->n_relinked == i && self->alice->n_relinked == i, WAIT);
    push_until (track, &n, self->bob, g_atomic_int_get (&self->bob->n_packets) + 10);
  }
  g_assert_cmpuint (self->bob->n_tracks_added, ==, 1);
  g_assert_cmpuint (self->bob->n_tracks_removed, ==, 0);

  /* Taken away for good, it is. */
  genos_room_remove_track (self->alice->room, track);
  genos_test_wait_for (self->bob->n_tracks_removed == 1, WAIT);
}

/* With its peer, a track that waits for another link goes. */
static void
test_track_of_the_dead (Pair *self, gconstpointer data)
{
  g_autoptr (GenosLocalTrack) track = add_sound (self->bob->room);
  guint n = 0;

  push_until (track, &n, self->alice, 1);
  genos_signaller_stop (self->bob->signaller);
  genos_peer_link_close (self->alice->last_link);
  genos_test_wait_for (!is_linked (self->alice, "bob"), WAIT);
  g_assert_cmpuint (self->alice->n_tracks_removed, ==, 0);
  genos_roster_tick (genos_room_get_roster (self->alice->room),
      g_get_monotonic_time () + GENOS_PEER_BROKEN_GRACE + 1);
  g_assert_cmpuint (self->alice->n_tracks_removed, ==, 1);
  g_assert_cmpuint (self->alice->n_left, ==, 1);
}

/* --- many */

static void
note_peak (RoomMember *members[], guint n, guint *peak)
{
  for (guint i = 0; i < n; i++)
    *peak = MAX (
        *peak, genos_membership_get_n_handshakes (genos_room_get_membership (members[i]->room)));
}

static guint
count_links (RoomMember *members[], guint n)
{
  guint links = 0;

  for (guint i = 0; i < n; i++)
    links += genos_roster_get_n (genos_room_get_roster (members[i]->room));
  return links;
}

/* Everybody at once: everybody gets linked, and nobody holds more handshakes than it may. */
static void
test_fifty (void)
{
  enum { N = 50 };
  SignalHub *hub = signal_hub_new ();
  RoomMember *members[N];
  gint64 begun = g_get_monotonic_time ();
  guint peak = 0;

  for (guint i = 0; i < N; i++) {
    g_autofree char *id = g_strdup_printf ("peer%02u", i);

    members[i] = room_member_new_on_hub (hub, "crowd", id);
  }
  while (count_links (members, N) < N * (N - 1)) {
    g_main_context_iteration (NULL, TRUE);
    note_peak (members, N, &peak);
    g_assert_cmpint (g_get_monotonic_time () - begun, <, 60 * G_TIME_SPAN_SECOND);
  }
  g_test_message ("%u links after %.1f s, at most %u handshakes of one peer at a time", N * (N - 1),
      (g_get_monotonic_time () - begun) / 1e6, peak);
  g_assert_cmpuint (peak, <=, 2 * GENOS_DIAL_MAX_UNDER_WAY);
  for (guint i = 0; i < N; i++)
    g_assert_cmpuint (members[i]->n_left + members[i]->n_relinked, ==, 0);
  for (guint i = 0; i < N; i++)
    genos_room_leave (members[i]->room);
  for (guint i = 0; i < N; i++)
    room_member_free (members[i]);
  signal_hub_unref (hub);
}

#define ADD(path, func)                                                                            \
  g_test_add ("/integration/room-healing/" path, Pair, NULL, pair_set_up, func, pair_tear_down)

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ADD ("broken", test_broken);
  ADD ("half-open", test_half_open);
  ADD ("passing-silence", test_passing_silence);
  ADD ("dead", test_dead);
  ADD ("bye-of-a-broken-one", test_bye_of_a_broken_one);
  ADD ("bye-without-answer", test_bye_without_answer);
  ADD ("bye-and-end", test_bye_and_end);
  ADD ("restart", test_restart);
  ADD ("stray-offer", test_stray_offer);
  ADD ("broken-for-fun", test_broken_for_fun);
  ADD ("messages", test_messages);
  ADD ("track", test_track);
  ADD ("track-of-the-dead", test_track_of_the_dead);
  g_test_add_func ("/integration/room-healing/fifty", test_fifty);
  return g_test_run ();
}
