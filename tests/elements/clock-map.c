/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosclockmap.h"

/* A clock that is ahead of the system's by what it is told. */
typedef struct {
  GstSystemClock parent;
  GstClockTime ahead;
} TestClock;
typedef GstSystemClockClass TestClockClass;

GType test_clock_get_type (void);
G_DEFINE_TYPE (TestClock, test_clock, GST_TYPE_SYSTEM_CLOCK)

static GstClockTime
get_internal_time (GstClock *clock)
{
  return GST_CLOCK_CLASS (test_clock_parent_class)->get_internal_time (clock)
      + ((TestClock *) clock)->ahead;
}

static void
test_clock_class_init (TestClockClass *klass)
{
  GST_CLOCK_CLASS (klass)->get_internal_time = get_internal_time;
}

static void
test_clock_init (TestClock *self)
{
}

static void
test_smooth (void)
{
  GstClockTimeDiff offset = 1000 * GST_MSECOND;

  g_assert_cmpint (gst_genos_clock_map_smooth (offset, offset), ==, offset);
  g_assert_cmpint (
      gst_genos_clock_map_smooth (offset, offset + 16 * GST_MSECOND), ==, offset + GST_MSECOND);
  g_assert_cmpint (gst_genos_clock_map_smooth (offset, offset - 16 * GST_MSECOND), ==,
      offset - (GstClockTimeDiff) GST_MSECOND);
  /* A clock that was set. */
  g_assert_cmpint (gst_genos_clock_map_smooth (offset, offset + GST_SECOND), ==,
      offset + (GstClockTimeDiff) GST_SECOND);
}

static void
test_shift (void)
{
  g_assert_cmpuint (gst_genos_clock_map_shift (5, 3), ==, 8);
  g_assert_cmpuint (gst_genos_clock_map_shift (5, -3), ==, 2);
  g_assert_cmpuint (gst_genos_clock_map_shift (5, -5), ==, 0);
  g_assert_cmpuint (gst_genos_clock_map_shift (5, -6), ==, 0);
  g_assert_cmpuint (gst_genos_clock_map_shift (GST_CLOCK_TIME_NONE, 3), ==, GST_CLOCK_TIME_NONE);
}

static GstElement *
make_element (GstClock *clock, GstClockTime base_time)
{
  GstElement *element = gst_object_ref_sink (gst_pipeline_new (NULL));

  gst_element_set_clock (element, clock);
  gst_element_set_base_time (element, base_time);
  return element;
}

static void
test_system_clock (void)
{
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();
  g_autoptr (GstElement) element = make_element (clock, 42);
  GstGenosClockMap map = GST_GENOS_CLOCK_MAP_INIT;

  g_assert_cmpint (gst_genos_clock_map_get_offset (&map, element), ==, 42);
  g_assert_null (map.clock);
  gst_element_set_clock (element, NULL);
  g_assert_cmpint (gst_genos_clock_map_get_offset (&map, element), ==, 42);
}

static void
test_other_clock (void)
{
  g_autoptr (GstClock) clock = g_object_new (test_clock_get_type (), NULL);
  g_autoptr (GstElement) element = NULL;
  GstGenosClockMap map = GST_GENOS_CLOCK_MAP_INIT;
  GstClockTimeDiff offset;

  gst_object_ref_sink (clock);
  ((TestClock *) clock)->ahead = 3600 * GST_SECOND;
  element = make_element (clock, 3600 * GST_SECOND);
  offset = gst_genos_clock_map_get_offset (&map, element);
  /* An hour ahead, and running from that hour on: system time is running time. */
  g_assert_cmpint (ABS (offset), <, 50 * (GstClockTimeDiff) GST_MSECOND);
  g_assert_true (map.clock == clock);
  gst_genos_clock_map_clear (&map);
  g_assert_null (map.clock);
}

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/elements/clock-map/smooth", test_smooth);
  g_test_add_func ("/elements/clock-map/shift", test_shift);
  g_test_add_func ("/elements/clock-map/system-clock", test_system_clock);
  g_test_add_func ("/elements/clock-map/other-clock", test_other_clock);
  return g_test_run ();
}
