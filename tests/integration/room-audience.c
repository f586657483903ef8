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

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->hub = signal_hub_new ();
  fixture->sender = room_member_new_on_hub (fixture->hub, "audience", "AAAAAAAAAAAAAAAAAAAA");
  fixture->one = room_member_new_on_hub (fixture->hub, "audience", "BBBBBBBBBBBBBBBBBBBB");
  fixture->two = room_member_new_on_hub (fixture->hub, "audience", "CCCCCCCCCCCCCCCCCCCC");
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add ("/room-audience/targets", Fixture, NULL, set_up, test_targets, tear_down);
  g_test_add ("/room-audience/paused", Fixture, NULL, set_up, test_paused, tear_down);
  g_test_add ("/room-audience/paused-first", Fixture, NULL, set_up, test_paused_first, tear_down);
  return g_test_run ();
}
