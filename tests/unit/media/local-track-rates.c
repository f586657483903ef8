/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What an encoder aims at follows the slowest of its viewers. */

#include "media-fixture.h"

static void
wait_for_bitrate (GenosLocalTrack *track, guint wanted)
{
  gint64 deadline = g_get_monotonic_time () + MEDIA_TEST_DEADLINE;

  while (media_test_stat (track, "bitrate") != wanted) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (1000);
  }
}

static GenosLocalTrack *
new_track (const char *codec)
{
  GenosLocalTrack *track = g_object_new (GENOS_TYPE_LOCAL_TRACK, "kind", GENOS_MEDIA_VIDEO, "codec",
      codec, "bitrate", 200000, "min-bitrate", 50000, "max-bitrate", 400000, NULL);

  media_test_set_caps (track, VIDEO_SMALL);
  return track;
}

static void
test_slowest (gconstpointer codec)
{
  g_autoptr (GenosLocalTrack) track = new_track (codec);
  g_autoptr (FakeSender) a = fake_sender_new (TRUE);
  g_autoptr (FakeSender) b = fake_sender_new (TRUE);

  genos_local_track_add_sender (track, GENOS_LINK_SENDER (a));
  genos_local_track_add_sender (track, GENOS_LINK_SENDER (b));
  wait_for_bitrate (track, 400000);
  genos_link_sender_set_rate (GENOS_LINK_SENDER (b), 150000);
  wait_for_bitrate (track, 150000);
  genos_link_sender_set_rate (GENOS_LINK_SENDER (a), 70000);
  wait_for_bitrate (track, 70000);
  genos_link_sender_set_rate (GENOS_LINK_SENDER (a), 1000);
  wait_for_bitrate (track, 50000);
  /* It goes on at once for the one that stays. */
  genos_local_track_remove_sender (track, GENOS_LINK_SENDER (a));
  wait_for_bitrate (track, 150000);
  genos_link_sender_set_rate (GENOS_LINK_SENDER (b), GENOS_RATE_UNBOUNDED);
  wait_for_bitrate (track, 400000);
  media_test_feed (track, media_test_picture_160, b, 20);
}

/* Who takes nothing has no say. */
static void
test_inactive (void)
{
  g_autoptr (GenosLocalTrack) track = new_track ("vp8");
  g_autoptr (FakeSender) a = fake_sender_new (TRUE);
  g_autoptr (FakeSender) b = fake_sender_new (FALSE);

  genos_link_sender_set_rate (GENOS_LINK_SENDER (b), 60000);
  genos_local_track_add_sender (track, GENOS_LINK_SENDER (a));
  genos_local_track_add_sender (track, GENOS_LINK_SENDER (b));
  wait_for_bitrate (track, 400000);
  genos_link_sender_set_active (GENOS_LINK_SENDER (b), TRUE);
  wait_for_bitrate (track, 60000);
  genos_link_sender_set_active (GENOS_LINK_SENDER (b), FALSE);
  wait_for_bitrate (track, 400000);
}

static void
test_properties (void)
{
  g_autoptr (GenosLocalTrack) track = genos_local_track_new (GENOS_MEDIA_VIDEO);
  guint min, max, start;

  g_object_set (track, "min-bitrate", 1, "max-bitrate", 2, "start-bitrate", 3, NULL);
  g_object_get (track, "min-bitrate", &min, "max-bitrate", &max, "start-bitrate", &start, NULL);
  g_assert_cmpuint (min, ==, 1);
  g_assert_cmpuint (max, ==, 2);
  g_assert_cmpuint (start, ==, 3);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/media/local-track-rates/slowest/vp8", "vp8", test_slowest);
  g_test_add_data_func ("/media/local-track-rates/slowest/vp9", "vp9", test_slowest);
  g_test_add_data_func ("/media/local-track-rates/slowest/h264", "h264", test_slowest);
  g_test_add_func ("/media/local-track-rates/inactive", test_inactive);
  g_test_add_func ("/media/local-track-rates/properties", test_properties);
  return g_test_run ();
}
