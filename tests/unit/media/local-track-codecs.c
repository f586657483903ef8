/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What each codec makes of raw media, and that what is encoded already goes through as it is. */

#include "media-fixture.h"

#define VP8_DECODER "rtpvp8depay ! vp8dec"
#define H264_DECODER "rtph264depay ! h264parse ! avdec_h264"
#define OPUS_DECODER "rtpopusdepay ! opusdec"
#define VP9_DECODER "rtpvp9depay ! vp9dec"
#define H265_DECODER "rtph265depay ! h265parse ! avdec_h265"
#define PCMU_DECODER "rtppcmudepay ! mulawdec"
#define PCMA_DECODER "rtppcmadepay ! alawdec"

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
static const RawCase opus = { NULL, GENOS_MEDIA_AUDIO, AUDIO_S16, media_test_sound, OPUS_DECODER };

static const RawCase vp9 = { "vp9", GENOS_MEDIA_VIDEO, VIDEO_I420, media_test_picture_640,
  VP9_DECODER };
static const RawCase h265 = { "h265", GENOS_MEDIA_VIDEO, VIDEO_I420, media_test_picture_640,
  H265_DECODER };
static const RawCase pcmu = { "pcmu", GENOS_MEDIA_AUDIO, AUDIO_S16, media_test_sound,
  PCMU_DECODER };
static const RawCase pcma = { "pcma", GENOS_MEDIA_AUDIO, AUDIO_S16, media_test_sound,
  PCMA_DECODER };

static void
test_raw (gconstpointer data)
{
  const RawCase *c = data;
  g_autoptr (GenosLocalTrack) track =
      g_object_new (GENOS_TYPE_LOCAL_TRACK, "kind", c->kind, "codec", c->codec, NULL);
  g_autoptr (FakeSender) sender = fake_sender_new (TRUE);
  media_test_set_caps (track, c->caps);
  g_autoptr (GstCaps) rtp_caps = genos_local_track_dup_rtp_caps (track);
  g_assert_true (gst_caps_is_fixed (rtp_caps));

  genos_local_track_add_sender (track, GENOS_LINK_SENDER (sender));
  media_test_feed (track, c->source, sender, 60);
  g_autoptr (GPtrArray) packets = fake_sender_dup_packets (sender, 0);

  g_assert_false (media_test_is_delta (g_ptr_array_index (packets, 0)));
  media_test_assert_one_sequence (packets);
  media_test_assert_time_is_now (g_ptr_array_index (packets, 0));
  media_test_assert_time_is_now (g_ptr_array_index (packets, packets->len - 1));
  g_assert_cmpuint (media_test_decode (rtp_caps, packets, c->decoder), >, 5);
  g_assert_cmpuint (media_test_stat (track, "errors"), ==, 0);
  if (c->kind == GENOS_MEDIA_VIDEO)
    g_assert_true (media_test_is_delta (g_ptr_array_index (packets, 59)));
}

/* --- input that is encoded already --- */

typedef struct {
  GenosMediaKind kind;
  const char *encoder;
  const char *decoder;
} EncodedCase;

#define PICTURES "videotestsrc num-buffers=40 pattern=ball ! video/x-raw,width=160,height=90 ! "

static const EncodedCase encoded_vp8 = { GENOS_MEDIA_VIDEO,
  PICTURES "vp8enc deadline=1 keyframe-max-dist=10", VP8_DECODER };
static const EncodedCase encoded_h264 = { GENOS_MEDIA_VIDEO,
  PICTURES "x264enc tune=zerolatency key-int-max=10 ! video/x-h264,stream-format=byte-stream,"
           "alignment=au,profile=baseline",
  H264_DECODER };
static const EncodedCase encoded_avc = { GENOS_MEDIA_VIDEO,
  PICTURES "x264enc tune=zerolatency key-int-max=10 ! video/x-h264,stream-format=avc,"
           "alignment=au,profile=main",
  H264_DECODER };
static const EncodedCase encoded_opus = { GENOS_MEDIA_AUDIO,
  "audiotestsrc num-buffers=40 samplesperbuffer=960 ! audio/x-raw,rate=48000,channels=2 ! opusenc",
  OPUS_DECODER };

static const EncodedCase encoded_vp9 = { GENOS_MEDIA_VIDEO,
  PICTURES "vp9enc deadline=1 cpu-used=8 keyframe-max-dist=10 lag-in-frames=0", VP9_DECODER };
static const EncodedCase encoded_h265 = { GENOS_MEDIA_VIDEO,
  PICTURES "x265enc tune=zerolatency speed-preset=ultrafast key-int-max=10 log-level=error ! "
           "h265parse ! video/x-h265,stream-format=hvc1,alignment=au",
  H265_DECODER };
static const EncodedCase encoded_pcma = { GENOS_MEDIA_AUDIO,
  "audiotestsrc num-buffers=40 samplesperbuffer=160 ! audio/x-raw,rate=8000,channels=1 ! alawenc",
  PCMA_DECODER };

static void
on_key_frame_request (GenosLocalTrack *track, gpointer user_data)
{
  g_atomic_int_inc ((int *) user_data);
}

static GstBuffer *
stamped_copy (GstBuffer *buffer)
{
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();
  GstBuffer *copy = gst_buffer_copy (buffer);
  GST_BUFFER_PTS (copy) = gst_clock_get_time (clock);
  GST_BUFFER_DTS (copy) = GST_CLOCK_TIME_NONE;
  return copy;
}

/* Starts with the second frame, so that video has to wait for a key frame. */
static void
test_encoded (gconstpointer data)
{
  const EncodedCase *c = data;
  int n_requests = 0;
  g_autoptr (GstCaps) caps = NULL;
  g_autoptr (GPtrArray) frames = media_test_encode (c->encoder, &caps);
  g_assert_cmpuint (frames->len, >=, 40);
  g_autofree char *text = gst_caps_to_string (caps);
  g_autoptr (GenosLocalTrack) track = genos_local_track_new (c->kind);
  g_autoptr (FakeSender) sender = fake_sender_new (TRUE);
  g_signal_connect (track, "key-frame-request", G_CALLBACK (on_key_frame_request), &n_requests);
  media_test_set_caps (track, text);
  g_autoptr (GstCaps) rtp_caps = genos_local_track_dup_rtp_caps (track);
  genos_local_track_add_sender (track, GENOS_LINK_SENDER (sender));
  media_test_wait_encoding (track, TRUE);
  for (guint i = 1; i < frames->len; i++)
    genos_local_track_push (track, stamped_copy (g_ptr_array_index (frames, i)));

  guint expected = c->kind == GENOS_MEDIA_VIDEO ? 30 : 39;
  fake_sender_wait (sender, expected);
  g_autoptr (GPtrArray) packets = fake_sender_dup_packets (sender, 0);
  g_assert_false (media_test_is_delta (g_ptr_array_index (packets, 0)));
  media_test_assert_one_sequence (packets);
  g_assert_cmpuint (media_test_decode (rtp_caps, packets, c->decoder), >=, expected - 12);
  if (c->kind == GENOS_MEDIA_VIDEO) {
    g_assert_cmpint (g_atomic_int_get (&n_requests), >=, 1);
    g_assert_cmpuint (media_test_stat (track, "dropped"), ==, 9);
  }
}

int
main (int argc, char *argv[])
{
  g_setenv ("GST_TRACERS", "leaks", TRUE);
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_data_func ("/media/local-track-codecs/raw-i420-to-vp8", &vp8_i420, test_raw);
  g_test_add_data_func ("/media/local-track-codecs/raw-nv12-to-vp8", &vp8_nv12, test_raw);
  g_test_add_data_func ("/media/local-track-codecs/raw-to-h264", &h264, test_raw);
  g_test_add_data_func ("/media/local-track-codecs/raw-to-opus", &opus, test_raw);
  g_test_add_data_func ("/media/local-track-codecs/raw-to-vp9", &vp9, test_raw);
  g_test_add_data_func ("/media/local-track-codecs/raw-to-h265", &h265, test_raw);
  g_test_add_data_func ("/media/local-track-codecs/raw-to-pcmu", &pcmu, test_raw);
  g_test_add_data_func ("/media/local-track-codecs/raw-to-pcma", &pcma, test_raw);
  g_test_add_data_func ("/media/local-track-codecs/encoded-vp9", &encoded_vp9, test_encoded);
  g_test_add_data_func ("/media/local-track-codecs/encoded-h265", &encoded_h265, test_encoded);
  g_test_add_data_func ("/media/local-track-codecs/encoded-pcma", &encoded_pcma, test_encoded);
  g_test_add_data_func ("/media/local-track-codecs/encoded-vp8", &encoded_vp8, test_encoded);
  g_test_add_data_func ("/media/local-track-codecs/encoded-h264", &encoded_h264, test_encoded);
  g_test_add_data_func ("/media/local-track-codecs/encoded-avc", &encoded_avc, test_encoded);
  g_test_add_data_func ("/media/local-track-codecs/encoded-opus", &encoded_opus, test_encoded);
  g_test_add_func ("/media/local-track-codecs/no-object-is-left", media_test_no_object_is_left);
  return g_test_run ();
}
