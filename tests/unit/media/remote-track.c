/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/remote-track-private.h>

#define TEST_TYPE_RECEIVER (test_receiver_get_type ())
G_DECLARE_FINAL_TYPE (TestReceiver, test_receiver, TEST, RECEIVER, GenosLinkReceiver)

struct _TestReceiver {
  GenosLinkReceiver parent_instance;
  GMutex lock;
  GCond cond;
  int n_requests;
};

G_DEFINE_FINAL_TYPE (TestReceiver, test_receiver, GENOS_TYPE_LINK_RECEIVER)

static void
test_receiver_request_key_frame (GenosLinkReceiver *receiver)
{
  TestReceiver *self = TEST_RECEIVER (receiver);
  g_mutex_lock (&self->lock);
  self->n_requests++;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
}

static void
test_receiver_class_init (TestReceiverClass *klass)
{
  GENOS_LINK_RECEIVER_CLASS (klass)->request_key_frame = test_receiver_request_key_frame;
}

static void
test_receiver_init (TestReceiver *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
}

static TestReceiver *
receiver_new (const char *caps_text)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (caps_text);
  return g_object_new (
      TEST_TYPE_RECEIVER, "mid", "0", "stream-id", "S", "track-id", NULL, "caps", caps, NULL);
}

#define VIDEO "application/x-rtp,media=video,payload=96,clock-rate=90000,encoding-name=VP8"
#define AUDIO "application/x-rtp,media=audio,payload=111,clock-rate=48000,encoding-name=OPUS"

static void
test_describes (void)
{
  g_autoptr (TestReceiver) video = receiver_new (VIDEO);
  g_autoptr (TestReceiver) audio = receiver_new (AUDIO);
  g_autoptr (GenosRemoteTrack) a =
      genos_remote_track_new ("peer", "{\"x\":1}", GENOS_LINK_RECEIVER (video));
  g_autoptr (GenosRemoteTrack) b =
      genos_remote_track_new ("peer", NULL, GENOS_LINK_RECEIVER (audio));
  g_assert_cmpint (genos_remote_track_get_kind (a), ==, GENOS_MEDIA_VIDEO);
  g_assert_cmpint (genos_remote_track_get_kind (b), ==, GENOS_MEDIA_AUDIO);
  g_assert_cmpstr (genos_remote_track_get_peer_id (a), ==, "peer");
  g_assert_cmpstr (genos_remote_track_get_metadata (a), ==, "{\"x\":1}");
  g_assert_null (genos_remote_track_get_metadata (b));
  g_assert_cmpstr (genos_remote_track_get_stream_id (a), ==, "S");
  g_assert_null (genos_remote_track_get_track_id (a));
  g_assert_true (genos_remote_track_get_caps (a)
      == genos_link_receiver_get_caps (GENOS_LINK_RECEIVER (video)));
  g_assert_true (genos_remote_track_get_receiver (a) == GENOS_LINK_RECEIVER (video));
}

static void
on_packet (GenosRemoteTrack *track, GstBuffer *buffer, gpointer user_data)
{
  g_assert_true (GENOS_IS_REMOTE_TRACK (track));
  gst_buffer_unref (buffer);
  (*(int *) user_data)++;
}

static void
on_destroy (gpointer user_data)
{
  *(int *) user_data += 100;
}

static void
test_passes_packets (void)
{
  int n = 0;
  g_autoptr (TestReceiver) receiver = receiver_new (VIDEO);
  GenosLinkReceiver *link = GENOS_LINK_RECEIVER (receiver);
  GenosRemoteTrack *track = genos_remote_track_new ("peer", NULL, link);
  genos_link_receiver_deliver (link, gst_buffer_new ());
  genos_remote_track_set_packet_func (track, on_packet, &n, on_destroy);
  genos_link_receiver_deliver (link, gst_buffer_new ());
  genos_link_receiver_deliver (link, gst_buffer_new ());
  g_assert_cmpint (n, ==, 2);
  genos_remote_track_set_packet_func (track, NULL, NULL, NULL);
  g_assert_cmpint (n, ==, 102);
  genos_link_receiver_deliver (link, gst_buffer_new ());
  g_assert_cmpint (n, ==, 102);

  /* The receiver may outlive the track. */
  genos_remote_track_set_packet_func (track, on_packet, &n, on_destroy);
  g_object_unref (track);
  genos_link_receiver_deliver (link, gst_buffer_new ());
  g_assert_cmpint (n % 100, ==, 2);
}

static void
test_limits_key_frame_requests (void)
{
  g_autoptr (TestReceiver) receiver = receiver_new (VIDEO);
  g_autoptr (GenosRemoteTrack) track =
      genos_remote_track_new ("peer", NULL, GENOS_LINK_RECEIVER (receiver));
  gint64 start = g_get_monotonic_time ();
  for (int i = 0; i < 100; i++)
    genos_remote_track_request_key_frame (track);

  /* One now, one for the other 99 when the interval is over. */
  g_mutex_lock (&receiver->lock);
  g_assert_cmpint (receiver->n_requests, ==, 1);
  gint64 deadline = start + 60 * G_TIME_SPAN_SECOND;
  while (receiver->n_requests < 2)
    g_assert_true (g_cond_wait_until (&receiver->cond, &receiver->lock, deadline));
  g_mutex_unlock (&receiver->lock);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 300 * G_TIME_SPAN_MILLISECOND);
}

/* A request that is kept does not keep the track. */
static void
test_ends_while_a_request_waits (void)
{
  g_autoptr (TestReceiver) receiver = receiver_new (VIDEO);
  GenosRemoteTrack *track = genos_remote_track_new ("peer", NULL, GENOS_LINK_RECEIVER (receiver));
  genos_remote_track_request_key_frame (track);
  genos_remote_track_request_key_frame (track);
  g_object_add_weak_pointer (G_OBJECT (track), (gpointer *) &track);
  g_object_unref (track);
  g_assert_null (track);
}

static void
note_discont (GenosRemoteTrack *track, GstBuffer *buffer, gpointer user_data)
{
  g_string_append_c (user_data, GST_BUFFER_IS_DISCONT (buffer) ? 'D' : '.');
  gst_buffer_unref (buffer);
}

static GstBuffer *
make_empty (gsize size)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);

  gst_buffer_memset (buffer, 0, 0, size);
  return buffer;
}

static GstBuffer *
open_all_but_small (GstBuffer *packet, gpointer user_data)
{
  gsize size = gst_buffer_get_size (packet);

  (*(guint *) user_data)++;
  gst_buffer_unref (packet);
  return size > 20 ? make_empty (size - 8) : NULL;
}

static void
note_size (GenosRemoteTrack *track, GstBuffer *buffer, gpointer user_data)
{
  g_string_append_printf (user_data, "%" G_GSIZE_FORMAT " ", gst_buffer_get_size (buffer));
  gst_buffer_unref (buffer);
}

/* Who passes it on has it as it comes, all others what is in it, if it opens. */
static void
test_sealed (void)
{
  g_autoptr (TestReceiver) first = receiver_new (VIDEO);
  g_autoptr (TestReceiver) second = receiver_new (VIDEO);
  g_autoptr (GenosRemoteTrack) track =
      genos_remote_track_new ("peer", NULL, GENOS_LINK_RECEIVER (first));
  g_autoptr (GString) raw = g_string_new (NULL), tapped = g_string_new (NULL),
                      watched = g_string_new (NULL), disconts = g_string_new (NULL);
  guint n_opened = 0;
  static const gsize sizes[] = { 30, 18, 40 };

  genos_remote_track_add_raw_tap (track, note_size, raw, NULL);
  genos_remote_track_set_open_func (track, open_all_but_small, &n_opened, NULL);
  genos_link_receiver_deliver (GENOS_LINK_RECEIVER (first), make_empty (30));
  g_assert_cmpuint (n_opened, ==, 0);
  genos_remote_track_add_tap (track, note_size, tapped, NULL);
  genos_remote_track_add_tap (track, note_discont, disconts, NULL);
  genos_remote_track_set_packet_func (track, note_size, watched, NULL);
  g_assert_true (genos_remote_track_move (track, GENOS_LINK_RECEIVER (second)));
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    genos_link_receiver_deliver (GENOS_LINK_RECEIVER (second), make_empty (sizes[i]));
  g_assert_cmpstr (raw->str, ==, "30 30 18 40 ");
  g_assert_cmpstr (tapped->str, ==, "22 32 ");
  g_assert_cmpstr (watched->str, ==, "22 32 ");
  g_assert_cmpuint (disconts->len, ==, 2);
  g_assert_cmpuint (n_opened, ==, 3);
  genos_remote_track_remove_tap (track, raw);
  genos_remote_track_remove_tap (track, tapped);
  genos_remote_track_remove_tap (track, disconts);
  genos_remote_track_set_packet_func (track, NULL, NULL, NULL);
}

/* Over another link the same track goes on for whoever takes its packets. */
static void
test_moves (void)
{
  g_autoptr (TestReceiver) first = receiver_new (VIDEO);
  g_autoptr (TestReceiver) second = receiver_new (VIDEO);
  g_autoptr (TestReceiver) other = receiver_new (AUDIO);
  g_autoptr (GenosRemoteTrack) track =
      genos_remote_track_new ("peer", NULL, GENOS_LINK_RECEIVER (first));
  g_autoptr (GString) seen = g_string_new (NULL);

  genos_remote_track_set_packet_func (track, note_discont, seen, NULL);
  genos_link_receiver_deliver (GENOS_LINK_RECEIVER (first), gst_buffer_new ());
  g_assert_false (genos_remote_track_move (track, GENOS_LINK_RECEIVER (other)));
  genos_link_receiver_deliver (GENOS_LINK_RECEIVER (first), gst_buffer_new ());
  g_assert_true (genos_remote_track_move (track, GENOS_LINK_RECEIVER (second)));
  g_assert_true (genos_remote_track_get_receiver (track) == GENOS_LINK_RECEIVER (second));
  genos_link_receiver_deliver (GENOS_LINK_RECEIVER (first), gst_buffer_new ());
  genos_link_receiver_deliver (GENOS_LINK_RECEIVER (second), gst_buffer_new ());
  genos_link_receiver_deliver (GENOS_LINK_RECEIVER (second), gst_buffer_new ());
  g_assert_cmpstr (seen->str, ==, "..D.");
  genos_remote_track_request_key_frame (track);
  g_assert_cmpint (first->n_requests, ==, 0);
  g_assert_cmpint (second->n_requests, ==, 1);

  /* Nobody need listen for a track to move. */
  genos_remote_track_set_packet_func (track, NULL, NULL, NULL);
  g_assert_true (genos_remote_track_move (track, GENOS_LINK_RECEIVER (first)));
  genos_link_receiver_deliver (GENOS_LINK_RECEIVER (first), gst_buffer_new ());
  g_assert_cmpstr (seen->str, ==, "..D.");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/media/remote-track/describes", test_describes);
  g_test_add_func ("/media/remote-track/passes-packets", test_passes_packets);
  g_test_add_func ("/media/remote-track/moves", test_moves);
  g_test_add_func ("/media/remote-track/sealed", test_sealed);
  g_test_add_func ("/media/remote-track/limits-key-frame-requests", test_limits_key_frame_requests);
  g_test_add_func (
      "/media/remote-track/ends-while-a-request-waits", test_ends_while_a_request_waits);
  return g_test_run ();
}
