/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/still-picture.h>

#define MS G_TIME_SPAN_MILLISECOND

static GstBuffer *
new_picture (GstClockTime pts)
{
  GstBuffer *picture = gst_buffer_new_allocate (NULL, 4, NULL);

  GST_BUFFER_PTS (picture) = pts;
  return picture;
}

static void
take (GenosStillPicture *still, GstClockTime pts, gint64 now)
{
  g_autoptr (GstBuffer) picture = new_picture (pts);

  genos_still_picture_take (still, picture, now);
}

/* Once for each wish, after as long as a moving source would not have needed. */
static void
test_repeat (void)
{
  GenosStillPicture still;
  g_autoptr (GstBuffer) first = NULL, second = NULL;

  genos_still_picture_init (&still);
  genos_still_picture_want (&still, 0);
  g_assert_null (genos_still_picture_repeat (&still, 10 * GENOS_STILL_AGE));

  take (&still, 7 * GST_SECOND, 1000 * MS);
  g_assert_null (genos_still_picture_repeat (&still, 9000 * MS));
  genos_still_picture_want (&still, 1200 * MS);
  g_assert_cmpint (still.repeat_at, ==, 1000 * MS + GENOS_STILL_AGE);
  g_assert_null (genos_still_picture_repeat (&still, still.repeat_at - 1));
  first = genos_still_picture_repeat (&still, 1600 * MS);
  g_assert_nonnull (first);
  g_assert_cmpuint (GST_BUFFER_PTS (first), ==, 7 * GST_SECOND + 600 * GST_MSECOND);
  g_assert_cmpuint (GST_BUFFER_PTS (still.picture), ==, 7 * GST_SECOND);
  g_assert_null (genos_still_picture_repeat (&still, 9000 * MS));

  genos_still_picture_want (&still, 5000 * MS);
  second = genos_still_picture_repeat (&still, 5000 * MS);
  g_assert_cmpuint (GST_BUFFER_PTS (second), ==, 11 * GST_SECOND);
  genos_still_picture_clear (&still);
  g_assert_cmpint (still.repeat_at, ==, GENOS_STILL_NEVER);
}

static void
test_moving (void)
{
  GenosStillPicture still;

  genos_still_picture_init (&still);
  take (&still, 0, 0);
  genos_still_picture_want (&still, 10 * MS);
  take (&still, GST_MSECOND, 33 * MS);
  g_assert_cmpint (still.repeat_at, ==, GENOS_STILL_NEVER);
  g_assert_null (genos_still_picture_repeat (&still, 9000 * MS));
  genos_still_picture_clear (&still);
}

static void
test_without_time (void)
{
  GenosStillPicture still;
  g_autoptr (GstBuffer) again = NULL;

  genos_still_picture_init (&still);
  take (&still, GST_CLOCK_TIME_NONE, 0);
  genos_still_picture_want (&still, GENOS_STILL_AGE);
  again = genos_still_picture_repeat (&still, GENOS_STILL_AGE);
  g_assert_nonnull (again);
  g_assert_false (GST_BUFFER_PTS_IS_VALID (again));
  genos_still_picture_clear (&still);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/media/still-picture/repeat", test_repeat);
  g_test_add_func ("/media/still-picture/moving", test_moving);
  g_test_add_func ("/media/still-picture/without-time", test_without_time);
  return g_test_run ();
}
