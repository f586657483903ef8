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

/* --- tiers: of 640 × 360 there are two */

static guint
get_width (GstBuffer *packet)
{
  guint8 head[32];
  gsize size = gst_buffer_extract (packet, 0, head, sizeof head);

  /* RFC 7741, 4.2: the descriptor is four bytes with a picture id of 15 bits; RFC 6386, 9.1: the start
   * code of a key frame is at the fourth byte, the width behind it. */
  if (size < sizeof head || GST_BUFFER_FLAG_IS_SET (packet, GST_BUFFER_FLAG_DELTA_UNIT))
    return 0;
  return GST_READ_UINT16_LE (head + 12 + 4 + 6) & 0x3fff;
}

/* Feeds until the sender is given a key frame of that width; how many packets it has then. */
static guint
feed_until_width (GenosLocalTrack *track, FakeSender *sender, guint from, guint width)
{
  gint64 deadline = g_get_monotonic_time () + MEDIA_TEST_DEADLINE;

  for (guint n = 0;; n++) {
    g_autoptr (GPtrArray) packets = fake_sender_dup_packets (sender, from);

    for (guint i = 0; i < packets->len; i++)
      if (get_width (g_ptr_array_index (packets, i)) == width)
        return from + i;
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    genos_local_track_push (track, media_test_picture_640 (n));
    g_usleep (10000);
  }
}

static GenosLocalTrack *
new_large_track (guint tiers)
{
  GenosLocalTrack *track = g_object_new (GENOS_TYPE_LOCAL_TRACK, "kind", GENOS_MEDIA_VIDEO, "codec",
      "vp8", "bitrate", 1000000, "tiers", tiers, NULL);

  media_test_set_caps (track, VIDEO_I420);
  return track;
}

/* One that gets slow gets smaller pictures, the other goes on as before; and back. */
static void
test_tiers (void)
{
  g_autoptr (GenosLocalTrack) track = new_large_track (0);
  g_autoptr (FakeSender) fast = fake_sender_new (TRUE);
  g_autoptr (FakeSender) slow = fake_sender_new (TRUE);
  guint at;

  genos_local_track_add_sender (track, GENOS_LINK_SENDER (fast));
  genos_local_track_add_sender (track, GENOS_LINK_SENDER (slow));
  at = feed_until_width (track, slow, 0, 640);
  genos_link_sender_set_rate (GENOS_LINK_SENDER (slow), 120000);
  at = feed_until_width (track, slow, at, 320);
  g_assert_cmpuint (media_test_stat (track, "bitrate"), ==, 1000000);
  g_assert_cmpuint (media_test_stat (track, "viewers"), ==, 2);
  g_autoptr (GPtrArray) all = fake_sender_dup_packets (slow, at);
  g_assert_true (
      GST_BUFFER_FLAG_IS_SET ((GstBuffer *) g_ptr_array_index (all, 0), GST_BUFFER_FLAG_DISCONT));
  genos_link_sender_set_rate (GENOS_LINK_SENDER (slow), GENOS_RATE_UNBOUNDED);
  feed_until_width (track, slow, at, 640);
  g_autoptr (GPtrArray) others = fake_sender_dup_packets (fast, 0);
  for (guint i = 0; i < others->len; i++)
    g_assert_true (get_width (g_ptr_array_index (others, i)) != 320);
}

/* One tier as a track of its own: its encoder runs while somebody takes it, beside the first and for it alone. */
static void
test_tier_of_its_own (void)
{
  g_autoptr (GenosLocalTrack) track = new_large_track (0);
  g_autoptr (FakeSender) viewer = fake_sender_new (TRUE);
  g_autoptr (FakeSender) parent = fake_sender_new (FALSE);
  g_autoptr (GenosLocalTrack) tier = genos_local_track_new_tier (track, 1, "S", "T");
  g_autoptr (GstCaps) caps = genos_local_track_dup_rtp_caps (tier);
  GenosTierLadder ladder;
  guint8 ssrc[4];
  guint own = 0;

  genos_local_track_get_ladder (track, &ladder);
  g_assert_cmpuint (ladder.n, >=, 2);
  g_assert_true (genos_local_track_is_secondary (tier));
  g_assert_true (gst_structure_get_uint (gst_caps_get_structure (caps, 0), "ssrc", &own));
  genos_local_track_add_sender (track, GENOS_LINK_SENDER (viewer));
  genos_local_track_add_sender (tier, GENOS_LINK_SENDER (parent));
  feed_until_width (track, viewer, 0, 640);
  g_assert_cmpuint (fake_sender_get_n_packets (parent), ==, 0);
  g_assert_cmpuint (media_test_stat (track, "viewers"), ==, 1);

  genos_link_sender_set_active (GENOS_LINK_SENDER (parent), TRUE);
  feed_until_width (track, parent, 0, 320);
  g_autoptr (GPtrArray) packets = fake_sender_dup_packets (parent, 0);
  gst_buffer_extract (g_ptr_array_index (packets, 0), 8, ssrc, sizeof ssrc);
  g_assert_cmpuint (GST_READ_UINT32_BE (ssrc), ==, own);
  g_assert_cmpuint (media_test_stat (track, "viewers"), ==, 1);
  g_assert_cmpuint (media_test_stat (track, "bitrate"), ==, 1000000);
  g_autoptr (GPtrArray) others = fake_sender_dup_packets (viewer, 0);
  for (guint i = 0; i < others->len; i++)
    g_assert_true (get_width (g_ptr_array_index (others, i)) != 320);
  g_clear_object (&tier);
}

/* A few pictures a second, also of a camera that does not say how many come: a hundred do. */
static void
test_thin_of_any_rate (void)
{
  g_autoptr (GenosLocalTrack) track = g_object_new (
      GENOS_TYPE_LOCAL_TRACK, "kind", GENOS_MEDIA_VIDEO, "codec", "vp8", "bitrate", 1000000, NULL);
  g_autoptr (FakeSender) slow = fake_sender_new (TRUE);
  GstClockTime last = GST_CLOCK_TIME_NONE;
  guint at;

  media_test_set_caps (track, "video/x-raw,format=I420,width=640,height=360,framerate=0/1");
  genos_local_track_add_sender (track, GENOS_LINK_SENDER (slow));
  at = feed_until_width (track, slow, 0, 640);
  genos_link_sender_set_rate (GENOS_LINK_SENDER (slow), 30000);
  at = feed_until_width (track, slow, at, 160);
  media_test_feed (track, media_test_picture_640, slow, at + 5);
  g_autoptr (GPtrArray) packets = fake_sender_dup_packets (slow, at);
  for (guint i = 0; i < packets->len; i++) {
    GstClockTime pts = GST_BUFFER_PTS (g_ptr_array_index (packets, i));

    g_assert_true (last == GST_CLOCK_TIME_NONE || pts == last || pts >= last + 100 * GST_MSECOND);
    last = pts;
  }
}

/* With one encoding the slow one decides for all. */
static void
test_one_tier (void)
{
  g_autoptr (GenosLocalTrack) track = new_large_track (1);
  g_autoptr (FakeSender) fast = fake_sender_new (TRUE);
  g_autoptr (FakeSender) slow = fake_sender_new (TRUE);

  genos_local_track_add_sender (track, GENOS_LINK_SENDER (fast));
  genos_local_track_add_sender (track, GENOS_LINK_SENDER (slow));
  wait_for_bitrate (track, 1000000);
  genos_link_sender_set_rate (GENOS_LINK_SENDER (slow), 120000);
  wait_for_bitrate (track, 120000);
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
  g_test_add_func ("/media/local-track-rates/tiers", test_tiers);
  g_test_add_func ("/media/local-track-rates/tier-of-its-own", test_tier_of_its_own);
  g_test_add_func ("/media/local-track-rates/thin-of-any-rate", test_thin_of_any_rate);
  g_test_add_func ("/media/local-track-rates/one-tier", test_one_tier);
  g_test_add_func ("/media/local-track-rates/properties", test_properties);
  return g_test_run ();
}
