/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Who gets a track, and whether it is sent: over local links. */

#include "../common/room-fixture.h"

#include <gst/gst.h>

#define WAIT 60

typedef struct {
  SignalHub *hub;
  RoomMember *sender;
  RoomMember *one;
  RoomMember *two;
  GenosLocalTrack *track;
  GenosTrackAudience *audience; /* not owned */
} Fixture;

static GenosLocalTrack *
make_track (const char *stream_id, const char *track_id)
{
  g_autoptr (GstCaps) caps =
      gst_caps_from_string ("audio/x-opus, channel-mapping-family=0, channels=2, rate=48000");
  g_autoptr (GError) error = NULL;
  GenosLocalTrack *track = g_object_new (GENOS_TYPE_LOCAL_TRACK, "kind", GENOS_MEDIA_AUDIO,
      "stream-id", stream_id, "track-id", track_id, NULL);

  genos_local_track_set_caps (track, caps, &error);
  g_assert_no_error (error);
  return track;
}

/* Somebody who proves who it is, and so is told what browsers are not. */
static RoomMember *
join (SignalHub *hub, const char *peer_id)
{
  RoomMember *member = room_member_new_on_hub (hub, "audience", peer_id);

  signaller_local_set_key (
      TEST_SIGNALLER_LOCAL (member->signaller), genos_room_get_key (member->room));
  return member;
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->hub = signal_hub_new ();
  fixture->sender = join (fixture->hub, "AAAAAAAAAAAAAAAAAAAA");
  fixture->one = join (fixture->hub, "BBBBBBBBBBBBBBBBBBBB");
  fixture->two = join (fixture->hub, "CCCCCCCCCCCCCCCCCCCC");
  genos_test_wait_for (fixture->sender->n_joined == 2 && fixture->one->n_joined == 2, WAIT);
  fixture->track = make_track ("s", "t");
  fixture->audience = genos_local_track_get_audience (fixture->track);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  room_member_free (fixture->sender);
  room_member_free (fixture->one);
  room_member_free (fixture->two);
  g_assert_finalize_object (fixture->track);
  signal_hub_unref (fixture->hub);
}

static guint
count (RoomMember *member)
{
  return g_atomic_int_get (&member->n_packets);
}

static void
push (GenosLocalTrack *track)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 40, NULL);

  gst_buffer_memset (buffer, 0, 0xfc, 40);
  genos_local_track_push (track, buffer);
}

/* Feeds until that many more packets have come to @member. */
#define feed(fixture, member, n)                                                                   \
  G_STMT_START                                                                                     \
  {                                                                                                \
    guint wanted = count (member) + (n);                                                           \
    genos_test_wait_for ((push ((fixture)->track), count (member) >= wanted), WAIT);               \
  }                                                                                                \
  G_STMT_END

static void
test_targets (Fixture *fixture, gconstpointer unused)
{
  const char *one[] = { "BBBBBBBBBBBBBBBBBBBB", NULL };
  const char *two[] = { "CCCCCCCCCCCCCCCCCCCC", NULL };

  g_object_set (fixture->audience, "targets", one, NULL);
  genos_room_add_track (fixture->sender->room, fixture->track);
  feed (fixture, fixture->one, 3);
  g_assert_cmpuint (genos_local_track_get_n_viewers (fixture->track), ==, 1);
  g_assert_cmpuint (fixture->two->n_tracks_added, ==, 0);

  g_object_set (fixture->audience, "targets", two, NULL);
  feed (fixture, fixture->two, 3);
  genos_test_wait_for (fixture->one->n_tracks_removed == 1, WAIT);
  g_assert_cmpuint (genos_local_track_get_n_viewers (fixture->track), ==, 1);

  g_object_set (fixture->audience, "targets", NULL, NULL);
  feed (fixture, fixture->one, 3);
  g_assert_cmpuint (fixture->one->n_tracks_added, ==, 2);
  g_assert_cmpuint (fixture->two->n_tracks_removed, ==, 0);
  g_assert_cmpuint (genos_local_track_get_n_viewers (fixture->track), ==, 2);
}

static gboolean
is_encoding (GenosLocalTrack *track)
{
  g_autoptr (GstStructure) stats = genos_local_track_get_stats (track);
  gboolean encoding = FALSE;

  gst_structure_get_boolean (stats, "encoding", &encoding);
  return encoding;
}

static void
test_paused (Fixture *fixture, gconstpointer unused)
{
  const char *one[] = { "BBBBBBBBBBBBBBBBBBBB", NULL };
  guint before;

  genos_room_add_track (fixture->sender->room, fixture->track);
  feed (fixture, fixture->one, 3);
  feed (fixture, fixture->two, 3);

  /* One peer gets nothing; the other does not notice. */
  g_object_set (fixture->audience, "paused-peers", one, NULL);
  genos_test_wait_for (genos_local_track_get_n_viewers (fixture->track) == 1, WAIT);
  feed (fixture, fixture->two, 1);
  before = count (fixture->one);
  feed (fixture, fixture->two, 20);
  g_assert_cmpuint (count (fixture->one), ==, before);

  /* Nobody gets anything: nothing runs. */
  g_object_set (fixture->audience, "paused", TRUE, NULL);
  genos_test_wait_for (!is_encoding (fixture->track), WAIT);
  g_assert_cmpuint (genos_local_track_get_n_viewers (fixture->track), ==, 0);

  g_object_set (fixture->audience, "paused", FALSE, "paused-peers", NULL, NULL);
  feed (fixture, fixture->one, 3);
  feed (fixture, fixture->two, 3);
  /* All that without a word of signalling. */
  g_assert_cmpuint (fixture->one->n_tracks_added, ==, 1);
  g_assert_cmpuint (fixture->two->n_tracks_added, ==, 1);
  g_assert_cmpuint (fixture->one->n_tracks_removed, ==, 0);
}

/* A track that is paused from the beginning does not hold up those behind it. */
static void
test_paused_first (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GenosLocalTrack) silent = make_track ("other", "u");

  g_object_set (genos_local_track_get_audience (silent), "paused", TRUE, NULL);
  genos_room_add_track (fixture->sender->room, silent);
  genos_room_add_track (fixture->sender->room, fixture->track);
  feed (fixture, fixture->one, 3);
  genos_room_remove_track (fixture->sender->room, silent);
}

/* --- what the receiver wants */

typedef struct {
  const char *refused; /* a track id */
  guint n_offered;
  guint n_withdrawn;
  guint n_asked;
} Wishes;

static gboolean
is_wanted (GenosRoom *room, GenosTrackOffer *offer, gpointer user_data)
{
  Wishes *wishes = user_data;

  wishes->n_asked++;
  return g_strcmp0 (genos_track_offer_get_track_id (offer), wishes->refused) != 0;
}

static void
on_offered (GenosRoom *room, GenosTrackOffer *offer, Wishes *wishes)
{
  wishes->n_offered++;
}

static void
on_withdrawn (GenosRoom *room, GenosTrackOffer *offer, Wishes *wishes)
{
  wishes->n_withdrawn++;
}

static void
express (GenosRoom *room, Wishes *wishes)
{
  genos_room_set_track_filter (room, is_wanted, wishes, NULL);
  g_signal_connect (room, "track-offered", G_CALLBACK (on_offered), wishes);
  g_signal_connect (room, "track-withdrawn", G_CALLBACK (on_withdrawn), wishes);
}

/* (transfer full) (nullable) */
static GenosTrackOffer *
find_offer (GenosRoom *room, const char *track_id)
{
  g_autoptr (GPtrArray) offers = genos_room_get_track_offers (room);

  for (guint i = 0; i < offers->len; i++) {
    GenosTrackOffer *offer = g_ptr_array_index (offers, i);

    if (g_strcmp0 (genos_track_offer_get_track_id (offer), track_id) == 0)
      return g_object_ref (offer);
  }
  return NULL;
}

static gboolean
is_paused (GenosRoom *room, const char *track_id)
{
  g_autoptr (GenosTrackOffer) offer = find_offer (room, track_id);

  return offer != NULL && genos_track_offer_get_paused (offer);
}

/* What is not wanted is not sent, from the first packet on, and can be had later. */
static void
test_refused (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GenosTrackOffer) offer = NULL;
  Wishes wishes = { .refused = "t" };

  g_object_set (fixture->track, "metadata", "{\"name\":\"door\"}", NULL);
  express (fixture->one->room, &wishes);
  genos_room_add_track (fixture->sender->room, fixture->track);
  feed (fixture, fixture->two, 10);
  genos_test_wait_for (wishes.n_offered == 1, WAIT);
  offer = find_offer (fixture->one->room, "t");
  g_assert_nonnull (offer);
  g_assert_false (genos_track_offer_get_wanted (offer));
  g_assert_cmpstr (genos_track_offer_get_peer_id (offer), ==, "AAAAAAAAAAAAAAAAAAAA");
  g_assert_cmpstr (genos_track_offer_get_stream_id (offer), ==, "s");
  g_assert_cmpstr (genos_track_offer_get_metadata (offer), ==, "{\"name\":\"door\"}");
  g_assert_cmpint (genos_track_offer_get_kind (offer), ==, GENOS_MEDIA_AUDIO);
  g_assert_cmpuint (genos_local_track_get_n_viewers (fixture->track), ==, 1);
  g_assert_cmpuint (count (fixture->one), ==, 0);

  wishes.refused = NULL;
  genos_room_refilter_tracks (fixture->one->room);
  g_assert_true (genos_track_offer_get_wanted (offer));
  feed (fixture, fixture->one, 10);
  g_assert_cmpuint (genos_local_track_get_n_viewers (fixture->track), ==, 2);

  wishes.refused = "t";
  genos_room_refilter_tracks (fixture->one->room);
  genos_test_wait_for (genos_local_track_get_n_viewers (fixture->track) == 1, WAIT);
  g_assert_cmpuint (wishes.n_offered, ==, 1);
  g_assert_cmpuint (wishes.n_withdrawn, ==, 0);

  genos_room_remove_track (fixture->sender->room, fixture->track);
  genos_test_wait_for (wishes.n_withdrawn == 1, WAIT);
  g_assert_null (find_offer (fixture->one->room, "t"));
  genos_room_set_track_filter (fixture->one->room, NULL, NULL, NULL);
}

/* The receiver hears what the sender does with the track, and that it is over with its peer. */
static void
test_told (Fixture *fixture, gconstpointer unused)
{
  Wishes wishes = { NULL };

  express (fixture->one->room, &wishes);
  genos_room_add_track (fixture->sender->room, fixture->track);
  feed (fixture, fixture->one, 1);
  g_assert_false (is_paused (fixture->one->room, "t"));
  g_object_set (fixture->audience, "paused", TRUE, NULL);
  genos_test_wait_for (is_paused (fixture->one->room, "t"), WAIT);
  g_object_set (fixture->audience, "paused", FALSE, NULL);
  genos_test_wait_for (!is_paused (fixture->one->room, "t"), WAIT);
  genos_room_leave (fixture->sender->room);
  genos_test_wait_for (wishes.n_withdrawn == 1, WAIT);
  genos_room_set_track_filter (fixture->one->room, NULL, NULL, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add ("/room-audience/targets", Fixture, NULL, set_up, test_targets, tear_down);
  g_test_add ("/room-audience/paused", Fixture, NULL, set_up, test_paused, tear_down);
  g_test_add ("/room-audience/paused-first", Fixture, NULL, set_up, test_paused_first, tear_down);
  g_test_add ("/room-audience/refused", Fixture, NULL, set_up, test_refused, tear_down);
  g_test_add ("/room-audience/told", Fixture, NULL, set_up, test_told, tear_down);
  return g_test_run ();
}
