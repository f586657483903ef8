/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "media-fixture.h"

#include <string.h>

#define VP8_DECODER "rtpvp8depay ! vp8dec"

/* What the handlers, on the track's thread, have seen. */
typedef struct {
  gint n_encoders;
  gint n_payloaders;
  gint n_requests;
  gint n_filtered;
  GError *error;
  GMutex lock;
  GCond cond;
} Seen;

static void
on_encoder_setup (GenosLocalTrack *track, GstElement *encoder, Seen *seen)
{
  g_assert_cmpstr (G_OBJECT_TYPE_NAME (encoder), ==, "GstVP8Enc");
  g_assert_cmpint (GST_STATE (encoder), ==, GST_STATE_NULL);
  g_object_set (encoder, "target-bitrate", 123456, NULL);
  g_atomic_int_inc (&seen->n_encoders);
}

static void
on_payloader_setup (GenosLocalTrack *track, GstElement *payloader, Seen *seen)
{
  g_assert_cmpstr (G_OBJECT_TYPE_NAME (payloader), ==, "GstRtpVP8Pay");
  g_atomic_int_inc (&seen->n_payloaders);
}

static void
on_filtered (GstElement *identity, GstBuffer *buffer, Seen *seen)
{
  g_atomic_int_inc (&seen->n_filtered);
}

static GstElement *
on_request_filter (GenosLocalTrack *track, GstCaps *caps, Seen *seen)
{
  GstElement *identity = gst_element_factory_make ("identity", NULL);
  g_assert_cmpstr (gst_structure_get_name (gst_caps_get_structure (caps, 0)), ==, "video/x-vp8");
  g_signal_connect (identity, "handoff", G_CALLBACK (on_filtered), seen);
  g_atomic_int_inc (&seen->n_requests);
  return identity;
}

static GstElement *
on_request_nothing (GenosLocalTrack *track, GstCaps *caps, Seen *seen)
{
  g_atomic_int_inc (&seen->n_requests);
  return NULL;
}

static GenosLocalTrack *
new_track (void)
{
  GenosLocalTrack *track = genos_local_track_new (GENOS_MEDIA_VIDEO);
  media_test_set_caps (track, VIDEO_SMALL);
  return track;
}

/* Once an encoder, and the packets still play. */
static void
test_all (void)
{
  Seen seen = { 0 };
  g_autoptr (GenosLocalTrack) track = new_track ();
  g_autoptr (FakeSender) sender = fake_sender_new (TRUE);
  g_autoptr (GstCaps) rtp_caps = genos_local_track_dup_rtp_caps (track);
  g_signal_connect (track, "encoder-setup", G_CALLBACK (on_encoder_setup), &seen);
  g_signal_connect (track, "payloader-setup", G_CALLBACK (on_payloader_setup), &seen);
  g_signal_connect (track, "request-encoded-filter", G_CALLBACK (on_request_nothing), &seen);
  g_signal_connect (track, "request-encoded-filter", G_CALLBACK (on_request_filter), &seen);
  g_signal_connect (track, "request-encoded-filter", G_CALLBACK (on_request_nothing), &seen);
  genos_local_track_add_sender (track, GENOS_LINK_SENDER (sender));
  media_test_feed (track, media_test_picture_160, sender, 20);

  g_assert_cmpint (g_atomic_int_get (&seen.n_encoders), ==, 1);
  g_assert_cmpint (g_atomic_int_get (&seen.n_payloaders), ==, 1);
  g_assert_cmpint (g_atomic_int_get (&seen.n_requests), ==, 2);
  g_assert_cmpint (g_atomic_int_get (&seen.n_filtered), >, 10);
  g_autoptr (GPtrArray) packets = fake_sender_dup_packets (sender, 0);
  g_assert_cmpuint (media_test_decode (rtp_caps, packets, VP8_DECODER), >, 5);
  g_assert_cmpuint (media_test_stat (track, "errors"), ==, 0);
}

static GstElement *
on_request_sink (GenosLocalTrack *track, GstCaps *caps, Seen *seen)
{
  return gst_element_factory_make ("fakesink", NULL);
}

static void
on_error (GenosLocalTrack *track, GError *error, Seen *seen)
{
  g_mutex_lock (&seen->lock);
  if (seen->error == NULL)
    seen->error = g_error_copy (error);
  g_cond_signal (&seen->cond);
  g_mutex_unlock (&seen->lock);
}

/* What is no filter is an error of the track that says so. */
static void
test_impossible_filter (void)
{
  Seen seen = { 0 };
  gint64 deadline = g_get_monotonic_time () + MEDIA_TEST_DEADLINE;
  g_autoptr (GenosLocalTrack) track = new_track ();
  g_autoptr (FakeSender) sender = fake_sender_new (TRUE);
  g_mutex_init (&seen.lock);
  g_cond_init (&seen.cond);
  g_signal_connect (track, "request-encoded-filter", G_CALLBACK (on_request_sink), &seen);
  g_signal_connect (track, "error", G_CALLBACK (on_error), &seen);
  genos_local_track_add_sender (track, GENOS_LINK_SENDER (sender));

  g_mutex_lock (&seen.lock);
  while (seen.error == NULL)
    g_assert_true (g_cond_wait_until (&seen.cond, &seen.lock, deadline));
  g_mutex_unlock (&seen.lock);
  g_assert_error (seen.error, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (seen.error->message, "request-encoded-filter"));
  genos_local_track_remove_sender (track, GENOS_LINK_SENDER (sender));
  g_clear_object (&track);
  g_clear_error (&seen.error);
  g_mutex_clear (&seen.lock);
  g_cond_clear (&seen.cond);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/media/track-hooks/all", test_all);
  g_test_add_func ("/media/track-hooks/impossible-filter", test_impossible_filter);
  return g_test_run ();
}
