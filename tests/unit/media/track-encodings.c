/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "media-fixture.h"

#include <genos/media/track-encodings.h>

#include <string.h>

#define VP8_DECODER "rtpvp8depay ! vp8dec"
#define VP9_DECODER "rtpvp9depay ! vp9dec"
#define VP8 (1u << GENOS_CODEC_VP8)
#define VP9 (1u << GENOS_CODEC_VP9)

static GenosLocalTrack *
new_track (const char *const *codecs, guint max)
{
  GenosLocalTrack *track = g_object_new (
      GENOS_TYPE_LOCAL_TRACK, "kind", GENOS_MEDIA_VIDEO, "codecs", codecs, "max-codecs", max, NULL);
  media_test_set_caps (track, VIDEO_SMALL);
  return track;
}

static const char *
codec_of (GenosLocalTrack *track)
{
  return genos_local_track_get_rtp_codec (track)->name;
}

static void
assert_refused (GenosLocalTrack *track, guint refused, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GenosLocalTrack) encoding = genos_local_track_dup_encoding (track, refused, &error);
  g_assert_null (encoding);
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED);
  if (strstr (error->message, words) == NULL)
    g_error ("“%s” is not in: %s", words, error->message);
}

static const char *const vp9_vp8[] = { "vp9", "vp8", NULL };

/* What the first peer refuses is not made for the second one either. */
static void
test_one_encoding (void)
{
  g_autoptr (GenosLocalTrack) track = new_track (vp9_vp8, 1);
  g_autoptr (FakeSender) sender = fake_sender_new (TRUE);
  g_autoptr (GenosLocalTrack) first = genos_local_track_dup_encoding (track, 0, NULL);
  g_autoptr (GenosLocalTrack) second = genos_local_track_dup_encoding (track, VP9, NULL);
  g_autoptr (GenosLocalTrack) third = NULL;
  g_assert_true (first == track);
  g_assert_cmpstr (codec_of (first), ==, "vp9");
  g_assert_cmpstr (codec_of (second), ==, "vp8");
  g_assert_cmpstr (
      genos_local_track_get_track_id (second), ==, genos_local_track_get_track_id (track));

  genos_local_track_add_sender (second, GENOS_LINK_SENDER (sender));
  third = genos_local_track_dup_encoding (track, 0, NULL);
  g_assert_true (third == second);
  assert_refused (track, VP8, "max-codecs");
  assert_refused (track, VP8 | VP9, "nothing else to send");
}

static void
test_two_encodings (void)
{
  g_autoptr (GenosLocalTrack) track = new_track (vp9_vp8, 2);
  g_autoptr (FakeSender) of_vp9 = fake_sender_new (TRUE);
  g_autoptr (FakeSender) of_vp8 = fake_sender_new (TRUE);
  g_autoptr (GstCaps) vp9_caps = genos_local_track_dup_rtp_caps (track);
  g_autoptr (GstCaps) vp8_caps = NULL;
  g_autoptr (GPtrArray) vp9_packets = NULL;
  g_autoptr (GPtrArray) vp8_packets = NULL;
  genos_local_track_add_sender (track, GENOS_LINK_SENDER (of_vp9));
  g_autoptr (GenosLocalTrack) other = genos_local_track_dup_encoding (track, VP9, NULL);
  g_assert_nonnull (other);
  genos_local_track_add_sender (other, GENOS_LINK_SENDER (of_vp8));
  vp8_caps = genos_local_track_dup_rtp_caps (other);

  media_test_feed (track, media_test_picture_160, of_vp9, 20);
  media_test_feed (track, media_test_picture_160, of_vp8, 20);
  vp9_packets = fake_sender_dup_packets (of_vp9, 0);
  vp8_packets = fake_sender_dup_packets (of_vp8, 0);
  g_assert_cmpuint (media_test_decode (vp9_caps, vp9_packets, VP9_DECODER), >, 5);
  g_assert_cmpuint (media_test_decode (vp8_caps, vp8_packets, VP8_DECODER), >, 5);
  g_assert_cmpuint (genos_local_track_get_n_viewers (track), ==, 2);
}

/* Settings go to all of them, and what they have to say comes from the track. */
static void
test_owner (void)
{
  g_autoptr (GenosLocalTrack) track = new_track (vp9_vp8, 1);
  g_autoptr (GenosLocalTrack) other = genos_local_track_dup_encoding (track, VP9, NULL);
  g_autoptr (GstStructure) stats = NULL;
  guint bitrate = 0;
  g_object_set (track, "bitrate", 234000, NULL);
  g_object_get (other, "bitrate", &bitrate, NULL);
  g_assert_cmpuint (bitrate, ==, 234000);
  stats = genos_local_track_get_stats (track);
  g_assert_cmpuint (
      gst_value_list_get_size (gst_structure_get_value (stats, "other-encodings")), ==, 1);
}

/* What comes in encoded can be nothing else. */
static void
test_encoded (void)
{
  g_autoptr (GenosLocalTrack) track = g_object_new (
      GENOS_TYPE_LOCAL_TRACK, "kind", GENOS_MEDIA_VIDEO, "codecs", vp9_vp8, "max-codecs", 3, NULL);
  media_test_set_caps (track, "video/x-vp8,width=16,height=16");
  g_assert_cmpstr (codec_of (track), ==, "vp8");
  assert_refused (track, VP8, "nothing else to send");
}

/* What cannot be encoded here is passed over, in the list and for a peer. */
static void
test_impossible (void)
{
  static const char *const codecs[] = { "h264", "vp9", "h265", "vp8", NULL };
  g_autoptr (GenosLocalTrack) track =
      g_object_new (GENOS_TYPE_LOCAL_TRACK, "kind", GENOS_MEDIA_VIDEO, "codecs", codecs, NULL);
  media_test_set_caps (track, "video/x-raw,format=I420,width=33,height=17,framerate=30/1");
  g_autoptr (GenosLocalTrack) other = genos_local_track_dup_encoding (track, VP9, NULL);
  g_assert_cmpstr (codec_of (track), ==, "vp9");
  g_assert_cmpstr (codec_of (other), ==, "vp8");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/media/track-encodings/one-encoding", test_one_encoding);
  g_test_add_func ("/media/track-encodings/two-encodings", test_two_encodings);
  g_test_add_func ("/media/track-encodings/owner", test_owner);
  g_test_add_func ("/media/track-encodings/encoded", test_encoded);
  g_test_add_func ("/media/track-encodings/impossible", test_impossible);
  return g_test_run ();
}
