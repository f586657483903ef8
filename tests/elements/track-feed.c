/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenostrackfeed.h"

#include <genos/media/remote-track-private.h>

#define TEST_TYPE_RECEIVER (test_receiver_get_type ())
G_DECLARE_FINAL_TYPE (TestReceiver, test_receiver, TEST, RECEIVER, GenosLinkReceiver)

struct _TestReceiver {
  GenosLinkReceiver parent_instance;
};

G_DEFINE_FINAL_TYPE (TestReceiver, test_receiver, GENOS_TYPE_LINK_RECEIVER)

static void
test_receiver_class_init (TestReceiverClass *klass)
{
}

static void
test_receiver_init (TestReceiver *self)
{
}

/* What the feed keeps at most. */
#define MAX_EARLY 512

typedef struct {
  GenosLinkReceiver *link;
  GenosRemoteTrack *track;
  GstGenosTrackFeed *feed;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (
      "application/x-rtp,media=video,payload=96,clock-rate=90000,encoding-name=VP8");

  self->link = g_object_new (
      TEST_TYPE_RECEIVER, "mid", "0", "stream-id", "S", "track-id", NULL, "caps", caps, NULL);
  self->track = genos_remote_track_new ("peer", NULL, self->link);
  self->feed = gst_genos_track_feed_new (self->track);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  gst_genos_track_feed_close (self->feed);
  g_assert_finalize_object (self->feed);
  g_object_unref (self->track);
  g_object_unref (self->link);
}

static void
deliver (Fixture *self, guint from, guint n)
{
  for (guint i = from; i < from + n; i++) {
    GstBuffer *buffer = gst_buffer_new ();

    GST_BUFFER_OFFSET (buffer) = i;
    genos_link_receiver_deliver (self->link, buffer);
  }
}

static void
take (GstBuffer *packet, const GstGenosPeerClock *clock, gpointer user_data)
{
  guint64 offset = GST_BUFFER_OFFSET (packet);

  g_array_append_val ((GArray *) user_data, offset);
}

static void
expect (GArray *taken, guint from, guint n)
{
  g_assert_cmpuint (taken->len, ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (g_array_index (taken, guint64, i), ==, from + i);
}

/* The key frame that was asked for comes before the decoder is ready: it is not lost, and it is the
 * first one's alone. */
static void
test_early (Fixture *self, gconstpointer data)
{
  g_autoptr (GArray) first = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GArray) second = g_array_new (FALSE, FALSE, sizeof (guint64));

  deliver (self, 0, MAX_EARLY);
  gst_genos_track_feed_add (self->feed, take, first);
  expect (first, 0, MAX_EARLY);
  gst_genos_track_feed_add (self->feed, take, second);
  expect (second, 0, 0);
  deliver (self, MAX_EARLY, 3);
  expect (first, 0, MAX_EARLY + 3);
  expect (second, MAX_EARLY, 3);
  gst_genos_track_feed_remove (self->feed, first);
  deliver (self, MAX_EARLY + 3, 2);
  expect (first, 0, MAX_EARLY + 3);
  expect (second, MAX_EARLY, 5);
}

/* Nobody comes: nothing is kept for ever, and what is kept has no hole at its beginning. */
static void
test_too_early (Fixture *self, gconstpointer data)
{
  g_autoptr (GArray) first = g_array_new (FALSE, FALSE, sizeof (guint64));

  deliver (self, 0, MAX_EARLY + 1);
  gst_genos_track_feed_add (self->feed, take, first);
  expect (first, 0, 0);
  deliver (self, 1000, 2);
  expect (first, 1000, 2);
}

static void
test_never (Fixture *self, gconstpointer data)
{
  deliver (self, 0, 10);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func)                                                                           \
  g_test_add ("/elements/track-feed/" path, Fixture, NULL, set_up, func, tear_down)
  TEST ("early", test_early);
  TEST ("too-early", test_too_early);
  TEST ("never", test_never);
  return g_test_run ();
}
