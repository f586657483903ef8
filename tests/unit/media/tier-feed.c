/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/tier-feed.h>

#define NOTHING G_MAXUINT32

static GstBuffer *
new_packet (guint32 timestamp, gboolean key)
{
  GstBuffer *packet = gst_buffer_new_allocate (NULL, 16, NULL);

  gst_buffer_memset (packet, 0, 0, 16);
  timestamp = GUINT32_TO_BE (timestamp);
  gst_buffer_fill (packet, 4, &timestamp, sizeof timestamp);
  if (!key)
    GST_BUFFER_FLAG_SET (packet, GST_BUFFER_FLAG_DELTA_UNIT);
  return packet;
}

/* The time stamp that it goes out with. */
static guint32
take (GenosTierFeed *feed, guint tier, guint32 timestamp, gboolean key, gboolean discont)
{
  g_autoptr (GstBuffer) shared = new_packet (timestamp, key);
  g_autoptr (GstBuffer) out = genos_tier_feed_take (feed, tier, gst_buffer_ref (shared));
  guint32 stamp;

  gst_buffer_extract (shared, 4, &stamp, sizeof stamp);
  g_assert_cmpuint (GUINT32_FROM_BE (stamp), ==, timestamp);
  if (out == NULL)
    return NOTHING;
  g_assert_cmpint (GST_BUFFER_FLAG_IS_SET (out, GST_BUFFER_FLAG_DISCONT), ==, discont);
  gst_buffer_extract (out, 4, &stamp, sizeof stamp);
  return GUINT32_FROM_BE (stamp);
}

static void
test_one_tier (void)
{
  GenosTierFeed feed;

  genos_tier_feed_init (&feed);
  g_assert_cmpuint (take (&feed, 0, 1000, TRUE, FALSE), ==, 1000);
  g_assert_cmpuint (take (&feed, 0, 1000, FALSE, FALSE), ==, 1000);
  /* Whatever the source does with its clock. */
  g_assert_cmpuint (take (&feed, 0, 500, FALSE, FALSE), ==, 500);
  g_assert_cmpuint (take (&feed, 1, 600, TRUE, FALSE), ==, NOTHING);
}

static void
test_change (void)
{
  GenosTierFeed feed;

  genos_tier_feed_init (&feed);
  g_assert_cmpuint (take (&feed, 0, 3000, TRUE, FALSE), ==, 3000);
  feed.next = 1;
  g_assert_cmpuint (take (&feed, 0, 6000, FALSE, FALSE), ==, 6000);
  g_assert_cmpuint (take (&feed, 1, 6000, FALSE, FALSE), ==, NOTHING);
  g_assert_cmpuint (take (&feed, 0, 9000, FALSE, FALSE), ==, 9000);
  g_assert_cmpuint (take (&feed, 1, 12000, TRUE, TRUE), ==, 12000);
  g_assert_cmpuint (take (&feed, 1, 12000, FALSE, FALSE), ==, 12000);
  g_assert_cmpuint (take (&feed, 0, 12000, FALSE, FALSE), ==, NOTHING);
  g_assert_cmpuint (take (&feed, 0, 15000, TRUE, FALSE), ==, NOTHING);
  g_assert_cmpuint (feed.tier, ==, 1);
}

/* The encoder that is changed to is two pictures behind. */
static void
test_change_to_late (void)
{
  GenosTierFeed feed;

  genos_tier_feed_init (&feed);
  take (&feed, 0, 0xffffff00, TRUE, FALSE);
  take (&feed, 0, 0x00000800, FALSE, FALSE);
  feed.next = 2;
  g_assert_cmpuint (take (&feed, 2, 0xffffff00, TRUE, TRUE), ==, 0x800 + 90);
  g_assert_cmpuint (take (&feed, 2, 0xffffff00, FALSE, FALSE), ==, 0x800 + 90);
  g_assert_cmpuint (take (&feed, 2, 0x00000800, FALSE, FALSE), ==, 0x800 + 180);
  g_assert_cmpuint (take (&feed, 2, 0x00001000, FALSE, FALSE), ==, 0x1000);
}

/* Nobody waits for a change of mind. */
static void
test_change_back (void)
{
  GenosTierFeed feed;

  genos_tier_feed_init (&feed);
  take (&feed, 0, 3000, TRUE, FALSE);
  feed.next = 1;
  feed.next = 0;
  g_assert_cmpuint (take (&feed, 1, 6000, TRUE, FALSE), ==, NOTHING);
  g_assert_cmpuint (take (&feed, 0, 6000, FALSE, FALSE), ==, 6000);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/tier-feed/one-tier", test_one_tier);
  g_test_add_func ("/media/tier-feed/change", test_change);
  g_test_add_func ("/media/tier-feed/change-to-late", test_change_to_late);
  g_test_add_func ("/media/tier-feed/change-back", test_change_back);
  return g_test_run ();
}
