/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "media-fixture.h"

#define VP8_DECODER "rtpvp8depay ! vp8dec"
#define H264_DECODER "rtph264depay ! h264parse ! avdec_h264"
#define OPUS_DECODER "rtpopusdepay ! opusdec"

static gboolean
is_delta (GstBuffer *packet)
{
  return GST_BUFFER_FLAG_IS_SET (packet, GST_BUFFER_FLAG_DELTA_UNIT);
}

static guint16
get_seqnum (GstBuffer *packet)
{
  guint8 head[4];
  g_assert_cmpuint (gst_buffer_extract (packet, 0, head, 4), ==, 4);
  return GST_READ_UINT16_BE (head + 2);
}

static void
assert_one_sequence (GPtrArray *packets)
{
  for (guint i = 1; i < packets->len; i++)
    g_assert_cmpuint (get_seqnum (g_ptr_array_index (packets, i)), ==,
        (guint16) (get_seqnum (g_ptr_array_index (packets, i - 1)) + 1));
}

static void
assert_time_is_now (GstBuffer *packet)
{
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();
  GstClockTimeDiff age = gst_clock_get_time (clock) - GST_BUFFER_PTS (packet);
  g_assert_cmpint (ABS (age), <, (GstClockTimeDiff) (30 * GST_SECOND));
}

typedef struct {
  const char *codec;
  GenosMediaKind kind;
  const char *caps;
  MediaTestSource source;
  const char *decoder;
} RawCase;

static const RawCase vp8_i420 = { NULL, GENOS_MEDIA_VIDEO, VIDEO_I420, media_test_picture_640,
  VP8_DECODER };
static const RawCase vp8_nv12 = { "vp8", GENOS_MEDIA_VIDEO, VIDEO_NV12, media_test_picture_640,
  VP8_DECODER };
static const RawCase h264 = { "h264", GENOS_MEDIA_VIDEO, VIDEO_I420, media_test_picture_640,
  H264_DECODER };
static const RawCase opus = { NULL, GENOS_MEDIA_AUDIO, AUDIO_S16, media_test_sound,
  OPUS_DECODER };

static void
test_raw (gconstpointer data)
{
  const RawCase *c = data;
  g_autoptr (GenosLocalTrack) track = g_object_new (GENOS_TYPE_LOCAL_TRACK, "kind", c->kind,
      "codec", c->codec, NULL);
  g_autoptr (FakeSender) sender = fake_sender_new (TRUE);
  media_test_set_caps (track, c->caps);
  g_autoptr (GstCaps) rtp_caps = genos_local_track_dup_rtp_caps (track);
  g_assert_true (gst_caps_is_fixed (rtp_caps));

  genos_local_track_add_sender (track, GENOS_LINK_SENDER (sender));
  media_test_feed (track, c->source, sender, 60);
  g_autoptr (GPtrArray) packets = fake_sender_dup_packets (sender, 0);

  g_assert_false (is_delta (g_ptr_array_index (packets, 0)));
  assert_one_sequence (packets);
  assert_time_is_now (g_ptr_array_index (packets, 0));
  assert_time_is_now (g_ptr_array_index (packets, packets->len - 1));
  g_assert_cmpuint (media_test_decode (rtp_caps, packets, c->decoder), >, 5);
  g_assert_cmpuint (media_test_stat (track, "errors"), ==, 0);
  if (c->kind == GENOS_MEDIA_VIDEO)
    g_assert_true (is_delta (g_ptr_array_index (packets, 59)));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_data_func ("/media/local-track/raw-i420-to-vp8", &vp8_i420, test_raw);
  g_test_add_data_func ("/media/local-track/raw-nv12-to-vp8", &vp8_nv12, test_raw);
  g_test_add_data_func ("/media/local-track/raw-to-h264", &h264, test_raw);
  g_test_add_data_func ("/media/local-track/raw-to-opus", &opus, test_raw);
  return g_test_run ();
}
