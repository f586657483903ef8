/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/track-mute.h>

#include <gst/video/video.h>

typedef struct {
  GenosTrackAudience *audience;
  GenosTrackMute *mute;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer text)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);

  fixture->audience = genos_track_audience_new ();
  fixture->mute = genos_track_mute_new (fixture->audience);
  genos_track_mute_set_caps (fixture->mute, caps);
}

static void
tear_down (Fixture *fixture, gconstpointer text)
{
  genos_track_mute_free (fixture->mute);
  g_assert_finalize_object (fixture->audience);
}

/* What comes out for a buffer full of @filling. (transfer full) (nullable) */
static GstBuffer *
filter (Fixture *fixture, gsize size, guint8 filling, GstClockTime pts, gboolean delta)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);

  gst_buffer_memset (buffer, 0, filling, size);
  GST_BUFFER_PTS (buffer) = pts;
  if (delta)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  return genos_track_mute_filter (fixture->mute, buffer);
}

static gboolean
passes (Fixture *fixture, gsize size, GstClockTime pts, gboolean delta)
{
  g_autoptr (GstBuffer) out = filter (fixture, size, 7, pts, delta);

  return out != NULL;
}

static guint8
get_byte (GstBuffer *buffer, gsize offset)
{
  guint8 byte = 0xaa;

  g_assert_cmpuint (gst_buffer_extract (buffer, offset, &byte, 1), ==, 1);
  return byte;
}

#define I420 "video/x-raw,format=I420,width=32,height=32,framerate=30/1"
#define I420_SIZE (32 * 32 * 3 / 2)

static void
test_black (Fixture *fixture, gconstpointer text)
{
  g_autoptr (GstBuffer) open = filter (fixture, I420_SIZE, 200, 0, FALSE);
  g_autoptr (GstBuffer) black = NULL;

  g_assert_cmpuint (get_byte (open, 0), ==, 200);
  g_object_set (fixture->audience, "muted", TRUE, NULL);
  g_assert_false (genos_track_audience_is_paused_for (fixture->audience, "a"));
  black = filter (fixture, I420_SIZE, 200, GST_SECOND, FALSE);
  g_assert_cmpuint (gst_buffer_get_size (black), ==, I420_SIZE);
  g_assert_cmpuint (GST_BUFFER_PTS (black), ==, GST_SECOND);
  g_assert_cmpuint (get_byte (black, 0), <=, 16);
  g_assert_cmpuint (get_byte (black, I420_SIZE - 1), ==, 128);

  g_assert_false (passes (fixture, I420_SIZE, GST_SECOND + 33 * GST_MSECOND, FALSE));
  g_assert_true (passes (fixture, I420_SIZE, GST_SECOND + 500 * GST_MSECOND, FALSE));
  g_object_set (fixture->audience, "muted", FALSE, NULL);
  g_assert_true (passes (fixture, I420_SIZE, GST_SECOND + 533 * GST_MSECOND, FALSE));
}

static void
test_silence (Fixture *fixture, gconstpointer text)
{
  g_autoptr (GstBuffer) silent = NULL;

  g_object_set (fixture->audience, "muted", TRUE, NULL);
  silent = filter (fixture, 960, 99, 5 * GST_SECOND, FALSE);
  g_assert_cmpuint (gst_buffer_get_size (silent), ==, 960);
  g_assert_cmpuint (get_byte (silent, 0), ==, 0);
  g_assert_cmpuint (get_byte (silent, 959), ==, 0);
  g_assert_cmpuint (GST_BUFFER_PTS (silent), ==, 5 * GST_SECOND);
  g_assert_true (passes (fixture, 960, 0, FALSE));
}

static void
test_paused (Fixture *fixture, gconstpointer text)
{
  g_object_set (fixture->audience, "paused", TRUE, "muted", TRUE, NULL);
  g_assert_false (passes (fixture, I420_SIZE, 0, FALSE));
  g_object_set (fixture->audience, "paused", FALSE, "muted", FALSE, NULL);
  g_assert_true (passes (fixture, I420_SIZE, 0, FALSE));
}

/* It cannot be made black, and goes on with a key frame. */
static void
test_encoded (Fixture *fixture, gconstpointer text)
{
  g_assert_true (passes (fixture, 10, 0, TRUE));
  g_object_set (fixture->audience, "muted", TRUE, NULL);
  g_assert_true (genos_track_audience_is_paused_for (fixture->audience, "a"));
  g_assert_false (passes (fixture, 10, 0, FALSE));
  g_object_set (fixture->audience, "muted", FALSE, NULL);
  g_assert_false (passes (fixture, 10, 0, TRUE));
  g_assert_true (passes (fixture, 10, 0, FALSE));
  g_assert_true (passes (fixture, 10, 0, TRUE));
}

static void
test_encoded_audio (Fixture *fixture, gconstpointer text)
{
  g_object_set (fixture->audience, "muted", TRUE, NULL);
  g_assert_false (passes (fixture, 10, 0, FALSE));
  g_object_set (fixture->audience, "muted", FALSE, NULL);
  g_assert_true (passes (fixture, 10, 0, TRUE));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add ("/media/track-mute/black", Fixture, I420, set_up, test_black, tear_down);
  g_test_add ("/media/track-mute/silence", Fixture,
      "audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved", set_up, test_silence,
      tear_down);
  g_test_add ("/media/track-mute/paused", Fixture, I420, set_up, test_paused, tear_down);
  g_test_add ("/media/track-mute/encoded", Fixture, "video/x-vp8,width=32,height=32", set_up,
      test_encoded, tear_down);
  g_test_add ("/media/track-mute/encoded-audio", Fixture, "audio/x-opus,channels=2", set_up,
      test_encoded_audio, tear_down);
  return g_test_run ();
}
