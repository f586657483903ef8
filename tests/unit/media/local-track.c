/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "media-fixture.h"

#include <genos/media/still-picture.h>

#define VP8_DECODER "rtpvp8depay ! vp8dec"

/* --- viewers --- */

static GenosLocalTrack *
video_track (const char *codec, const char *caps)
{
  GenosLocalTrack *track =
      g_object_new (GENOS_TYPE_LOCAL_TRACK, "kind", GENOS_MEDIA_VIDEO, "codec", codec, NULL);
  media_test_set_caps (track, caps);
  return track;
}

static void
test_nobody_watches (void)
{
  g_autoptr (GenosLocalTrack) track = video_track (NULL, VIDEO_SMALL);
  g_autoptr (FakeSender) sender = fake_sender_new (FALSE);
  genos_local_track_add_sender (track, GENOS_LINK_SENDER (sender));
  for (guint i = 0; i < 50; i++)
    genos_local_track_push (track, media_test_picture_160 (i));
  g_assert_cmpuint (media_test_stat (track, "frames-in"), ==, 50);
  g_assert_cmpuint (media_test_stat (track, "unwanted"), ==, 50);
  g_assert_cmpuint (media_test_stat (track, "packets-out"), ==, 0);
  g_assert_cmpuint (media_test_stat (track, "encoding"), ==, FALSE);
  g_assert_cmpuint (genos_local_track_get_n_viewers (track), ==, 0);

  genos_link_sender_set_active (GENOS_LINK_SENDER (sender), TRUE);
  g_assert_cmpuint (genos_local_track_get_n_viewers (track), ==, 1);
  media_test_feed (track, media_test_picture_160, sender, 3);
  g_assert_cmpuint (media_test_stat (track, "encoding"), ==, TRUE);
}

/* Every viewer gets the very same buffers, so there is one encoder and one payloader. */
static void
test_eight_viewers_one_encoder (void)
{
  g_autoptr (GenosLocalTrack) track = video_track (NULL, VIDEO_SMALL);
  FakeSender *senders[8];
  for (guint i = 0; i < 8; i++) {
    senders[i] = fake_sender_new (TRUE);
    genos_local_track_add_sender (track, GENOS_LINK_SENDER (senders[i]));
  }
  g_assert_cmpuint (genos_local_track_get_n_viewers (track), ==, 8);
  media_test_feed (track, media_test_picture_160, senders[7], 20);
  g_autoptr (GPtrArray) first = fake_sender_dup_packets (senders[0], 0);
  for (guint i = 1; i < 8; i++) {
    g_autoptr (GPtrArray) packets = fake_sender_dup_packets (senders[i], 0);
    for (guint j = 0; j < 20; j++)
      g_assert_true (g_ptr_array_index (packets, j) == g_ptr_array_index (first, j));
  }
  for (guint i = 0; i < 8; i++) {
    genos_local_track_remove_sender (track, GENOS_LINK_SENDER (senders[i]));
    g_object_unref (senders[i]);
  }
  g_assert_cmpuint (genos_local_track_get_n_viewers (track), ==, 0);
}

/* What the gate of a real sender does: it opens at the first packet without the flag. */
static void
feed_until_key (GenosLocalTrack *track, FakeSender *sender, guint from)
{
  gint64 deadline = g_get_monotonic_time () + MEDIA_TEST_DEADLINE;
  for (guint want = from + 1;; want++) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    media_test_feed (track, media_test_picture_160, sender, want);
    g_autoptr (GPtrArray) packets = fake_sender_dup_packets (sender, want - 1);
    if (!media_test_is_delta (g_ptr_array_index (packets, 0)))
      return;
  }
}

static void
test_newcomer_gets_key_frame (void)
{
  g_autoptr (GenosLocalTrack) track = video_track (NULL, VIDEO_SMALL);
  g_autoptr (FakeSender) old = fake_sender_new (TRUE);
  g_autoptr (FakeSender) newcomer = fake_sender_new (FALSE);
  genos_local_track_add_sender (track, GENOS_LINK_SENDER (old));
  genos_local_track_add_sender (track, GENOS_LINK_SENDER (newcomer));
  media_test_feed (track, media_test_picture_160, old, 20);
  g_assert_cmpuint (media_test_stat (track, "key-frames"), ==, 1);

  guint from = fake_sender_get_n_packets (newcomer);
  genos_link_sender_set_active (GENOS_LINK_SENDER (newcomer), TRUE);
  feed_until_key (track, newcomer, from);
  g_assert_cmpuint (media_test_stat (track, "key-frames"), ==, 2);
}

static void
test_key_frame_requests_are_merged (void)
{
  g_autoptr (GenosLocalTrack) track = video_track (NULL, VIDEO_SMALL);
  g_autoptr (FakeSender) sender = fake_sender_new (TRUE);
  genos_local_track_add_sender (track, GENOS_LINK_SENDER (sender));
  media_test_feed (track, media_test_picture_160, sender, 5);

  gint64 start = g_get_monotonic_time ();
  gint64 passed;
  for (guint n = 0; (passed = g_get_monotonic_time () - start) < G_TIME_SPAN_SECOND; n++) {
    genos_link_sender_emit_key_frame_request (GENOS_LINK_SENDER (sender));
    media_test_feed (track, media_test_picture_160, sender, fake_sender_get_n_packets (sender) + 1);
  }
  guint64 key_frames = media_test_stat (track, "key-frames");
  g_assert_cmpuint (key_frames, >=, 2);
  g_assert_cmpuint (key_frames, <=, 2 + passed / (300 * G_TIME_SPAN_MILLISECOND));
}

/* After the last viewer has gone and another has come, the packets go on where they
 * were. */
static void
test_restart_continues_the_sequence (void)
{
  g_autoptr (GenosLocalTrack) track = video_track (NULL, VIDEO_SMALL);
  g_autoptr (FakeSender) sender = fake_sender_new (TRUE);
  genos_local_track_add_sender (track, GENOS_LINK_SENDER (sender));
  media_test_feed (track, media_test_picture_160, sender, 10);
  genos_link_sender_set_active (GENOS_LINK_SENDER (sender), FALSE);
  media_test_wait_encoding (track, FALSE);
  guint n = fake_sender_get_n_packets (sender);

  genos_link_sender_set_active (GENOS_LINK_SENDER (sender), TRUE);
  media_test_feed (track, media_test_picture_160, sender, n + 10);
  g_autoptr (GPtrArray) packets = fake_sender_dup_packets (sender, 0);
  media_test_assert_one_sequence (packets);
  g_assert_false (media_test_is_delta (g_ptr_array_index (packets, n)));

  guint32 before, after;
  gst_buffer_extract (g_ptr_array_index (packets, n - 1), 4, &before, 4);
  gst_buffer_extract (g_ptr_array_index (packets, n), 4, &after, 4);
  GstClockTime gap = GST_BUFFER_PTS (g_ptr_array_index (packets, n))
      - GST_BUFFER_PTS (g_ptr_array_index (packets, n - 1));
  gint64 rtp_gap = (guint32) (GUINT32_FROM_BE (after) - GUINT32_FROM_BE (before));
  gint64 ticks = gst_util_uint64_scale (gap, 90000, GST_SECOND);
  g_assert_cmpint (ABS (rtp_gap - ticks), <=, 2);
}

/* --- changes and errors --- */

static void
test_caps_change (void)
{
  g_autoptr (GenosLocalTrack) track = video_track (NULL, VIDEO_SMALL);
  g_autoptr (FakeSender) sender = fake_sender_new (TRUE);
  genos_local_track_add_sender (track, GENOS_LINK_SENDER (sender));
  media_test_feed (track, media_test_picture_160, sender, 10);
  media_test_set_caps (track, VIDEO_I420);
  media_test_feed (track, media_test_picture_640, sender, fake_sender_get_n_packets (sender) + 30);
  media_test_set_caps (track, VIDEO_NV12);
  media_test_feed (track, media_test_picture_640, sender, fake_sender_get_n_packets (sender) + 30);
  g_autoptr (GPtrArray) packets = fake_sender_dup_packets (sender, 0);
  media_test_assert_one_sequence (packets);
  g_assert_cmpuint (media_test_stat (track, "errors"), ==, 0);
  g_autoptr (GstCaps) rtp_caps = genos_local_track_dup_rtp_caps (track);
  g_assert_cmpuint (media_test_decode (rtp_caps, packets, VP8_DECODER), >, 15);
}

static void
test_bitrate_change (void)
{
  g_autoptr (GenosLocalTrack) track = video_track (NULL, VIDEO_SMALL);
  g_autoptr (FakeSender) sender = fake_sender_new (TRUE);
  genos_local_track_add_sender (track, GENOS_LINK_SENDER (sender));
  media_test_feed (track, media_test_picture_160, sender, 5);
  g_object_set (track, "bitrate", 500000, NULL);
  feed_until_key (track, sender, fake_sender_get_n_packets (sender));
  g_autoptr (GPtrArray) packets = fake_sender_dup_packets (sender, 0);
  media_test_assert_one_sequence (packets);
  g_assert_cmpuint (media_test_stat (track, "errors"), ==, 0);
}

static void
test_impossible_caps (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstCaps) caps = gst_caps_from_string ("video/x-theora");
  g_autoptr (GenosLocalTrack) track = video_track (NULL, VIDEO_SMALL);
  g_autoptr (FakeSender) sender = fake_sender_new (TRUE);
  genos_local_track_add_sender (track, GENOS_LINK_SENDER (sender));
  media_test_feed (track, media_test_picture_160, sender, 5);
  g_assert_false (genos_local_track_set_caps (track, caps, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED);
  media_test_wait_encoding (track, FALSE);
  genos_local_track_push (track, media_test_picture_160 (0));

  media_test_set_caps (track, VIDEO_SMALL);
  media_test_feed (track, media_test_picture_160, sender, fake_sender_get_n_packets (sender) + 5);
}

static void
test_codec_stays_once_announced (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstCaps) caps = gst_caps_from_string ("video/x-h264,stream-format=byte-stream");
  g_autoptr (GenosLocalTrack) track = genos_local_track_new (GENOS_MEDIA_VIDEO);
  g_assert_null (genos_local_track_dup_rtp_caps (track));
  media_test_set_caps (track, VIDEO_SMALL);
  g_assert_true (genos_local_track_set_caps (track, caps, &error));
  g_assert_no_error (error);
  g_autoptr (GstCaps) rtp_caps = genos_local_track_dup_rtp_caps (track);
  g_assert_cmpstr (
      gst_structure_get_string (gst_caps_get_structure (rtp_caps, 0), "encoding-name"), ==, "H264");
  g_autoptr (GstCaps) raw = gst_caps_from_string (VIDEO_SMALL);
  g_assert_false (genos_local_track_set_caps (track, raw, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED);
}

static void
on_count (GObject *object, gpointer arg, gpointer user_data)
{
  g_atomic_int_inc ((int *) user_data);
}

static void
test_rtp_caps_without_encoder (void)
{
  int n = 0;
  g_autoptr (GenosLocalTrack) track = genos_local_track_new (GENOS_MEDIA_VIDEO);
  g_signal_connect (track, "notify::rtp-caps", G_CALLBACK (on_count), &n);
  g_object_set (track, "codec", "vp8", NULL);
  g_assert_cmpint (n, ==, 1);
  media_test_set_caps (track, VIDEO_SMALL);
  g_assert_cmpint (n, ==, 1);
  g_autoptr (GstCaps) caps = genos_local_track_dup_rtp_caps (track);
  g_assert_nonnull (caps);
  g_assert_cmpuint (media_test_stat (track, "encoding"), ==, FALSE);
}

/* A decoder configuration that is nonsense: the pipeline fails, is stopped and told of,
 * and good input brings it back. */
static void
on_error (GenosLocalTrack *track, GError *error, gpointer user_data)
{
  g_assert_nonnull (error->message);
  g_atomic_int_inc ((int *) user_data);
}

static GstBuffer *
junk (guint n)
{
  GstBuffer *buffer = media_test_picture_160 (n);
  gst_buffer_memset (buffer, 0, 0xff, 1000);
  return buffer;
}

static void
test_encoder_error (void)
{
  int n = 0;
  g_autoptr (GenosLocalTrack) track = video_track ("h264",
      "video/x-h264,stream-format=avc,"
      "alignment=au,codec_data=(buffer)0000,width=160,height=90");
  g_autoptr (FakeSender) sender = fake_sender_new (TRUE);
  g_signal_connect (track, "error", G_CALLBACK (on_error), &n);
  genos_local_track_add_sender (track, GENOS_LINK_SENDER (sender));
  gint64 deadline = g_get_monotonic_time () + MEDIA_TEST_DEADLINE;
  for (guint i = 0; g_atomic_int_get (&n) == 0; i++) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    genos_local_track_push (track, junk (i));
    g_usleep (2000);
  }
  g_assert_cmpuint (media_test_stat (track, "errors"), >=, 1);

  media_test_set_caps (track, VIDEO_SMALL);
  media_test_feed (track, media_test_picture_160, sender, 5);
}

static GstBuffer *
broken_picture (guint n)
{
  g_autoptr (GstBuffer) whole = media_test_picture_160 (n);
  return gst_buffer_copy_region (whole, GST_BUFFER_COPY_ALL, 0, gst_buffer_get_size (whole) - 1);
}

/* Pictures that are too short are not shown to the encoder. */
static void
test_short_pictures (void)
{
  g_autoptr (GenosLocalTrack) track = video_track (NULL, VIDEO_SMALL);
  g_autoptr (FakeSender) sender = fake_sender_new (TRUE);
  genos_local_track_add_sender (track, GENOS_LINK_SENDER (sender));
  media_test_feed (track, media_test_picture_160, sender, 3);
  guint64 dropped = media_test_stat (track, "dropped");
  for (guint i = 0; i < 10; i++)
    genos_local_track_push (track, broken_picture (i));
  g_assert_cmpuint (media_test_stat (track, "dropped"), >=, dropped + 10);
  media_test_feed (track, media_test_picture_160, sender, fake_sender_get_n_packets (sender) + 5);
  g_assert_cmpuint (media_test_stat (track, "errors"), ==, 0);
}

/* A viewer that does not return from push() for a while holds up the encoder, never the
 * source. */
typedef struct {
  GenosLocalTrack *track;
  int done;
} Flood;

static gpointer
flood (gpointer data)
{
  Flood *f = data;
  for (guint i = 0; i < 200; i++)
    genos_local_track_push (f->track, media_test_picture_160 (i));
  g_atomic_int_set (&f->done, TRUE);
  return NULL;
}

static void
test_full_queue_never_blocks (void)
{
  g_autoptr (GenosLocalTrack) track = video_track (NULL, VIDEO_SMALL);
  g_autoptr (FakeSender) sender = fake_sender_new (TRUE);
  genos_local_track_add_sender (track, GENOS_LINK_SENDER (sender));
  media_test_feed (track, media_test_picture_160, sender, 3);

  g_mutex_lock (&sender->lock);
  Flood f = { track, FALSE };
  GThread *thread = g_thread_new ("flood", flood, &f);
  gint64 deadline = g_get_monotonic_time () + MEDIA_TEST_DEADLINE;
  while (!g_atomic_int_get (&f.done)) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (1000);
  }
  /* One is held in push(), three wait, a few may be inside the chain. */
  g_assert_cmpuint (media_test_stat (track, "dropped"), >=, 190);
  g_mutex_unlock (&sender->lock);
  g_thread_join (thread);
}

static void
test_time_goes_back (void)
{
  g_autoptr (GenosLocalTrack) track = video_track (NULL, VIDEO_SMALL);
  g_autoptr (FakeSender) sender = fake_sender_new (TRUE);
  genos_local_track_add_sender (track, GENOS_LINK_SENDER (sender));
  media_test_feed (track, media_test_picture_160, sender, 3);
  guint64 dropped = media_test_stat (track, "dropped");
  GstBuffer *late = media_test_picture_160 (0);
  GST_BUFFER_PTS (late) -= 900 * GST_MSECOND;
  genos_local_track_push (track, late);
  g_assert_cmpuint (media_test_stat (track, "dropped"), >, dropped);

  GstBuffer *ahead = media_test_picture_160 (0);
  GST_BUFFER_PTS (ahead) += 3600 * GST_SECOND;
  genos_local_track_push (track, ahead);
  media_test_feed (track, media_test_picture_160, sender, fake_sender_get_n_packets (sender) + 5);
  g_assert_cmpuint (media_test_stat (track, "errors"), ==, 0);
}

/* --- nothing is left behind --- */

static guint
count_entries (const char *path)
{
  guint n = 0;
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
one_life (void)
{
  g_autoptr (GenosLocalTrack) track = video_track (NULL, VIDEO_SMALL);
  g_autoptr (FakeSender) sender = fake_sender_new (TRUE);
  genos_local_track_add_sender (track, GENOS_LINK_SENDER (sender));
  media_test_feed (track, media_test_picture_160, sender, 3);
}

static void
test_fifty_lives (void)
{
  one_life ();
  guint fds = count_entries ("/proc/self/fd");
  for (guint i = 0; i < 50; i++)
    one_life ();
  g_assert_cmpuint (count_entries ("/proc/self/fd"), ==, fds);
  /* Streaming threads go back to a pool that keeps a few. */
  g_assert_cmpuint (count_entries ("/proc/self/task"), <, 12);
}

/* (nullable): the type of one object that is alive, and nothing more: its last reference may go this
 * moment, on a streaming thread. */
/* --- a source that has nothing new --- */

static GenosLocalTrack *
new_still_track (void)
{
  GenosLocalTrack *track = genos_local_track_new (GENOS_MEDIA_VIDEO);

  media_test_set_caps (track, VIDEO_I420);
  genos_local_track_push (track, media_test_picture_640 (0));
  return track;
}

static void
wait_for_key_frames (GenosLocalTrack *track, guint n)
{
  gint64 deadline = g_get_monotonic_time () + MEDIA_TEST_DEADLINE;

  while (media_test_stat (track, "key-frames") < n) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (5000);
  }
}

/* Who comes later sees it all the same, each by a key frame. */
static void
test_still_picture (void)
{
  g_autoptr (GenosLocalTrack) track = new_still_track ();
  g_autoptr (FakeSender) first = fake_sender_new (TRUE);
  g_autoptr (FakeSender) second = fake_sender_new (TRUE);

  genos_local_track_add_sender (track, GENOS_LINK_SENDER (first));
  wait_for_key_frames (track, 1);
  genos_local_track_add_sender (track, GENOS_LINK_SENDER (second));
  wait_for_key_frames (track, 2);
  fake_sender_wait (second, 1);
  g_autoptr (GPtrArray) packets = fake_sender_dup_packets (first, 0);
  g_assert_false (media_test_is_delta (g_ptr_array_index (packets, 0)));
  media_test_assert_one_sequence (packets);
  media_test_assert_time_is_now (g_ptr_array_index (packets, packets->len - 1));
  g_assert_cmpuint (media_test_stat (track, "frames-in"), ==, 1);
}

/* What was there before is not for those who come while the track is muted. */
static void
test_still_picture_muted (void)
{
  g_autoptr (GenosLocalTrack) track = new_still_track ();
  g_autoptr (FakeSender) sender = fake_sender_new (TRUE);

  g_object_set (genos_local_track_get_audience (track), "muted", TRUE, NULL);
  genos_local_track_add_sender (track, GENOS_LINK_SENDER (sender));
  media_test_wait_encoding (track, TRUE);
  g_usleep (3 * GENOS_STILL_AGE);
  g_assert_cmpuint (fake_sender_get_n_packets (sender), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_setenv ("GST_TRACERS", "leaks", TRUE);
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/media/local-track/nobody-watches", test_nobody_watches);
  g_test_add_func ("/media/local-track/eight-viewers-one-encoder", test_eight_viewers_one_encoder);
  g_test_add_func ("/media/local-track/newcomer-gets-key-frame", test_newcomer_gets_key_frame);
  g_test_add_func (
      "/media/local-track/key-frame-requests-are-merged", test_key_frame_requests_are_merged);
  g_test_add_func (
      "/media/local-track/restart-continues-the-sequence", test_restart_continues_the_sequence);
  g_test_add_func ("/media/local-track/caps-change", test_caps_change);
  g_test_add_func ("/media/local-track/bitrate-change", test_bitrate_change);
  g_test_add_func ("/media/local-track/impossible-caps", test_impossible_caps);
  g_test_add_func (
      "/media/local-track/codec-stays-once-announced", test_codec_stays_once_announced);
  g_test_add_func ("/media/local-track/rtp-caps-without-encoder", test_rtp_caps_without_encoder);
  g_test_add_func ("/media/local-track/encoder-error", test_encoder_error);
  g_test_add_func ("/media/local-track/short-pictures", test_short_pictures);
  g_test_add_func ("/media/local-track/full-queue-never-blocks", test_full_queue_never_blocks);
  g_test_add_func ("/media/local-track/time-goes-back", test_time_goes_back);
  g_test_add_func ("/media/local-track/still-picture", test_still_picture);
  g_test_add_func ("/media/local-track/still-picture-muted", test_still_picture_muted);
  g_test_add_func ("/media/local-track/fifty-lives", test_fifty_lives);
  g_test_add_func ("/media/local-track/no-object-is-left", media_test_no_object_is_left);
  return g_test_run ();
}
