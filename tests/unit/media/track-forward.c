/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "media-fixture.h"

#include <genos/media/remote-track-private.h>

/* A receiver that counts what is asked of it. */
#define TEST_TYPE_SOURCE (test_source_get_type ())
G_DECLARE_FINAL_TYPE (TestSource, test_source, TEST, SOURCE, GenosLinkReceiver)

struct _TestSource {
  GenosLinkReceiver parent_instance;
  int n_requests; /* atomic */
};

G_DEFINE_FINAL_TYPE (TestSource, test_source, GENOS_TYPE_LINK_RECEIVER)

static void
test_source_request_key_frame (GenosLinkReceiver *receiver)
{
  g_atomic_int_inc (&TEST_SOURCE (receiver)->n_requests);
}

static void
test_source_class_init (TestSourceClass *klass)
{
  GENOS_LINK_RECEIVER_CLASS (klass)->request_key_frame = test_source_request_key_frame;
}

static void
test_source_init (TestSource *self)
{
}

#define VIDEO "application/x-rtp,media=video,payload=100,clock-rate=90000,encoding-name=VP8"

static GenosLinkReceiver *
source_new (const char *text)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);
  return g_object_new (
      TEST_TYPE_SOURCE, "mid", "0", "stream-id", "S", "track-id", "T", "caps", caps, NULL);
}

typedef struct {
  GenosLinkReceiver *link;
  GenosRemoteTrack *source;
  GenosLocalTrack *track;
  FakeSender *one;
  FakeSender *two;
} Fixture;

static void
set_up (Fixture *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  self->link = source_new (VIDEO);
  self->source = genos_remote_track_new ("peer", "{\"name\":\"x\"}", self->link);
  self->track = genos_local_track_new_forward (self->source, &error);
  g_assert_no_error (error);
  self->one = fake_sender_new (FALSE);
  self->two = fake_sender_new (FALSE);
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  g_assert_finalize_object (self->track);
  /* A request that waits may be holding these for a moment. */
  g_object_unref (self->source);
  g_object_unref (self->link);
  g_object_unref (self->one);
  g_object_unref (self->two);
}

static void
deliver (Fixture *self, guint16 seqnum, gboolean key)
{
  guint8 *p = g_malloc0 (20);
  p[0] = 0x80;
  p[1] = 0xe4;
  GST_WRITE_UINT16_BE (p + 2, seqnum);
  GST_WRITE_UINT32_BE (p + 4, seqnum * 3000);
  p[11] = 7;
  p[12] = 0x10;
  p[13] = key ? 0x00 : 0x01;
  genos_link_receiver_deliver (self->link, gst_buffer_new_wrapped (p, 20));
}

static int
n_requests (Fixture *self)
{
  return g_atomic_int_get (&TEST_SOURCE (self->link)->n_requests);
}

static void
test_is_described (Fixture *self, gconstpointer unused)
{
  g_autofree char *metadata = genos_local_track_dup_metadata (self->track);
  g_autoptr (GstCaps) caps = genos_local_track_dup_rtp_caps (self->track);
  g_autoptr (GstCaps) raw = gst_caps_from_string (VIDEO_SMALL);
  g_autoptr (GstStructure) stats = genos_local_track_get_stats (self->track);
  g_autoptr (GenosRemoteTrack) source = NULL;
  g_autoptr (GError) error = NULL;
  int payload = 0;

  g_assert_cmpint (genos_local_track_get_kind (self->track), ==, GENOS_MEDIA_VIDEO);
  g_assert_cmpstr (genos_local_track_get_stream_id (self->track), ==, "S");
  g_assert_cmpstr (genos_local_track_get_track_id (self->track), ==, "T");
  g_assert_cmpstr (metadata, ==, "{\"name\":\"x\"}");
  g_assert_cmpstr (gst_structure_get_string (stats, "codec"), ==, "vp8");
  g_object_get (self->track, "source", &source, NULL);
  g_assert_true (source == self->source);
  g_assert_true (gst_structure_get_int (gst_caps_get_structure (caps, 0), "payload", &payload));
  g_assert_cmpint (payload, ==, 96);

  /* It is fed by nobody else. */
  g_assert_false (genos_local_track_set_caps (self->track, raw, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED);
  genos_local_track_push (self->track, gst_buffer_new ());
}

static void
test_passes_on_while_wanted (Fixture *self, gconstpointer unused)
{
  genos_local_track_add_sender (self->track, GENOS_LINK_SENDER (self->one));
  genos_local_track_add_sender (self->track, GENOS_LINK_SENDER (self->two));
  deliver (self, 1, TRUE);
  g_assert_cmpuint (fake_sender_get_n_packets (self->one), ==, 0);
  g_assert_cmpint (n_requests (self), ==, 0);

  genos_link_sender_set_active (GENOS_LINK_SENDER (self->one), TRUE);
  g_assert_cmpint (n_requests (self), ==, 1);
  deliver (self, 2, FALSE);
  g_assert_cmpuint (fake_sender_get_n_packets (self->one), ==, 0);
  deliver (self, 3, TRUE);
  deliver (self, 4, FALSE);
  g_assert_cmpuint (fake_sender_get_n_packets (self->one), ==, 2);
  g_assert_cmpuint (genos_local_track_get_n_viewers (self->track), ==, 1);
  g_assert_cmpuint (media_test_stat (self->track, "frames-in"), ==, 4);
  g_assert_cmpuint (media_test_stat (self->track, "unwanted"), ==, 1);
  g_assert_cmpuint (media_test_stat (self->track, "dropped"), ==, 1);
  g_assert_cmpuint (media_test_stat (self->track, "packets-out"), ==, 2);
  g_assert_cmpuint (media_test_stat (self->track, "key-frames"), ==, 1);

  genos_local_track_remove_sender (self->track, GENOS_LINK_SENDER (self->one));
  genos_local_track_remove_sender (self->track, GENOS_LINK_SENDER (self->two));
  deliver (self, 5, TRUE);
  g_assert_cmpuint (media_test_stat (self->track, "packets-out"), ==, 2);
}

/* However many ask, one question goes upstream within 300 ms, and one for all the others after it. */
static void
test_merges_requests (Fixture *self, gconstpointer unused)
{
  gint64 deadline = g_get_monotonic_time () + MEDIA_TEST_DEADLINE;

  genos_local_track_add_sender (self->track, GENOS_LINK_SENDER (self->one));
  genos_local_track_add_sender (self->track, GENOS_LINK_SENDER (self->two));
  genos_link_sender_set_active (GENOS_LINK_SENDER (self->one), TRUE);
  genos_link_sender_set_active (GENOS_LINK_SENDER (self->two), TRUE);
  for (guint i = 0; i < 1000; i++) {
    genos_link_sender_emit_key_frame_request (GENOS_LINK_SENDER (self->one));
    genos_link_sender_emit_key_frame_request (GENOS_LINK_SENDER (self->two));
  }
  while (n_requests (self) < 2 && g_get_monotonic_time () < deadline)
    g_usleep (1000);
  /* 2000 of them may have taken longer than one interval, on a slow machine. */
  g_assert_cmpint (n_requests (self), >=, 2);
  g_assert_cmpint (n_requests (self), <, 1000);
}

static void
count (GenosRemoteTrack *track, GstBuffer *buffer, gpointer user_data)
{
  gst_buffer_unref (buffer);
  (*(int *) user_data)++;
}

/* Who watches here sees nothing of it, and the other way round. */
static void
test_beside_a_viewer (Fixture *self, gconstpointer unused)
{
  int n = 0;

  genos_local_track_add_sender (self->track, GENOS_LINK_SENDER (self->one));
  genos_link_sender_set_active (GENOS_LINK_SENDER (self->one), TRUE);
  genos_remote_track_set_packet_func (self->source, count, &n, NULL);
  deliver (self, 1, TRUE);
  g_assert_cmpint (n, ==, 1);
  genos_remote_track_set_packet_func (self->source, NULL, NULL, NULL);
  deliver (self, 2, FALSE);
  g_assert_cmpint (n, ==, 1);
  g_assert_cmpuint (fake_sender_get_n_packets (self->one), ==, 2);

  g_autoptr (GenosLocalTrack) second = genos_local_track_new_forward (self->source, NULL);
  genos_remote_track_set_packet_func (self->source, count, &n, NULL);
  g_clear_object (&second);
  deliver (self, 3, FALSE);
  g_assert_cmpint (n, ==, 2);
  g_assert_cmpuint (fake_sender_get_n_packets (self->one), ==, 3);
}

/* The source goes on over another link: so do those who get it from here, with a key frame. */
static void
test_source_moves (Fixture *self, gconstpointer unused)
{
  GenosLinkReceiver *old = self->link;
  guint8 first[4], last[4];

  genos_local_track_add_sender (self->track, GENOS_LINK_SENDER (self->one));
  genos_link_sender_set_active (GENOS_LINK_SENDER (self->one), TRUE);
  deliver (self, 100, TRUE);
  self->link = source_new (VIDEO);
  g_assert_true (genos_remote_track_move (self->source, self->link));
  g_object_unref (old);
  deliver (self, 101, FALSE);
  g_assert_cmpuint (fake_sender_get_n_packets (self->one), ==, 1);
  g_assert_cmpint (n_requests (self), <=, 1);
  deliver (self, 102, TRUE);
  g_assert_cmpuint (fake_sender_get_n_packets (self->one), ==, 2);

  g_autoptr (GPtrArray) packets = fake_sender_dup_packets (self->one, 0);
  gst_buffer_extract (g_ptr_array_index (packets, 0), 0, first, 4);
  gst_buffer_extract (g_ptr_array_index (packets, 1), 0, last, 4);
  g_assert_cmpuint (GST_READ_UINT16_BE (last + 2), ==, GST_READ_UINT16_BE (first + 2) + 1);
}

/* Another tier comes beside it: who is to get that has it under the same SSRC, from a key frame on, and the others
 * nothing of it. */
static void
test_tier_beside (Fixture *self, gconstpointer unused)
{
  GenosLinkReceiver *link = self->link, *beside = source_new (VIDEO);
  g_autoptr (GenosRemoteTrack) tier = genos_remote_track_new ("peer", NULL, beside);
  GenosTierLadder lower = { 2, { 0, 1 } };
  guint8 first[12], last[12];
  guint16 seqnum = 0;
  guint before;

  genos_local_track_set_lower (self->track, &lower);
  genos_local_track_add_sender (self->track, GENOS_LINK_SENDER (self->one));
  genos_local_track_add_sender (self->track, GENOS_LINK_SENDER (self->two));
  genos_link_sender_set_active (GENOS_LINK_SENDER (self->one), TRUE);
  genos_link_sender_set_active (GENOS_LINK_SENDER (self->two), TRUE);
  deliver (self, seqnum++, TRUE);
  g_assert_cmpuint (genos_local_track_get_demand (self->track), ==, 0);

  /* The rate is measured by the clock. */
  genos_link_sender_set_rate (GENOS_LINK_SENDER (self->two), 2);
  gint64 deadline = g_get_monotonic_time () + MEDIA_TEST_DEADLINE;
  while (genos_local_track_get_demand (self->track) == 0) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    deliver (self, seqnum++, FALSE);
    g_usleep (10000);
  }
  g_assert_cmpuint (genos_local_track_get_demand (self->track), ==, 1 << 1);
  g_assert_cmpint (
      genos_link_sender_get_tier (GENOS_LINK_SENDER (self->two)), ==, GENOS_SENT_SECOND);

  genos_local_track_set_tier_source (self->track, 1, tier);
  g_assert_cmpint (g_atomic_int_get (&TEST_SOURCE (beside)->n_requests), ==, 1);
  self->link = beside;
  before = fake_sender_get_n_packets (self->one);
  g_autoptr (GPtrArray) all = fake_sender_dup_packets (self->two, 0);
  deliver (self, 500, FALSE);
  g_assert_cmpuint (fake_sender_get_n_packets (self->two), ==, all->len);
  deliver (self, 501, TRUE);
  deliver (self, 502, FALSE);
  self->link = link;
  g_assert_cmpuint (fake_sender_get_n_packets (self->one), ==, before);
  g_autoptr (GPtrArray) packets = fake_sender_dup_packets (self->two, 0);
  g_assert_cmpuint (packets->len, ==, all->len + 2);
  gst_buffer_extract (g_ptr_array_index (packets, 0), 0, first, sizeof first);
  gst_buffer_extract (g_ptr_array_index (packets, all->len), 0, last, sizeof last);
  g_assert_cmpmem (first + 8, 4, last + 8, 4);
  g_assert_true (
      GST_BUFFER_FLAG_IS_SET (g_ptr_array_index (packets, all->len), GST_BUFFER_FLAG_DISCONT));

  /* It ends: nobody is called any more. */
  genos_local_track_set_tier_source (self->track, 1, NULL);
  genos_link_receiver_deliver (beside, gst_buffer_new_memdup (last, sizeof last));
  g_object_unref (beside);
}

static void
test_unknown_codec (void)
{
  g_autoptr (GenosLinkReceiver) link = source_new (
      "application/x-rtp,media=video,payload=100,clock-rate=90000,encoding-name=THEORA");
  g_autoptr (GenosRemoteTrack) source = genos_remote_track_new ("peer", NULL, link);
  g_autoptr (GError) error = NULL;

  g_assert_null (genos_local_track_new_forward (source, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED);

  /* Made otherwise, it is never offered. */
  g_autoptr (GenosLocalTrack) track = g_object_new (
      GENOS_TYPE_LOCAL_TRACK, "kind", GENOS_MEDIA_VIDEO, "codec", "vp8", "source", source, NULL);
  g_assert_null (genos_local_track_dup_rtp_caps (track));
}

#define add(name, func)                                                                            \
  g_test_add ("/media/track-forward/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  add ("is-described", test_is_described);
  add ("passes-on-while-wanted", test_passes_on_while_wanted);
  add ("merges-requests", test_merges_requests);
  add ("beside-a-viewer", test_beside_a_viewer);
  add ("source-moves", test_source_moves);
  add ("tier-beside", test_tier_beside);
  g_test_add_func ("/media/track-forward/unknown-codec", test_unknown_codec);
  return g_test_run ();
}
