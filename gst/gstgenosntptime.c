/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosntptime.h"

#include "gstgenosclockmap.h"

/* From 1900, where NTP begins, to 1970. */
#define NTP_TO_UNIX G_GUINT64_CONSTANT (2208988800)

#define WALL_INTERVAL (500 * GST_MSECOND)
#define WALL_READINGS 3

guint64
gst_genos_ntp_time_from_ns (guint64 ns)
{
  guint64 seconds = ns / GST_SECOND;

  return seconds << 32 | gst_util_uint64_scale (ns % GST_SECOND, 1ULL << 32, GST_SECOND);
}

guint64
gst_genos_ntp_time_to_ns (guint64 ntp_time)
{
  return (ntp_time >> 32) * GST_SECOND
      + gst_util_uint64_scale (ntp_time & G_MAXUINT32, GST_SECOND, 1ULL << 32);
}

GstCaps *
gst_genos_ntp_time_get_caps (void)
{
  static GstStaticCaps caps = GST_STATIC_CAPS ("timestamp/x-ntp");
  static GstCaps *once = NULL;

  if (g_once_init_enter (&once))
    g_once_init_leave (&once, gst_static_caps_get (&caps));
  return once;
}

guint64
gst_genos_ntp_time_from_system (GstClockTime system_time)
{
  g_autoptr (GstClock) system = gst_system_clock_obtain ();
  GstClockTime wall = (GstClockTime) g_get_real_time () * GST_USECOND;
  GstClockTimeDiff ago = GST_CLOCK_DIFF (system_time, gst_clock_get_time (system));
  guint64 ntp_time = gst_genos_ntp_time_from_ns (
      gst_genos_clock_map_shift (wall + NTP_TO_UNIX * GST_SECOND, -ago));

  return MAX (ntp_time, 1);
}

void
gst_genos_ntp_time_add_unix_meta (GstBuffer *buffer, GstClockTime capture, GstClockTimeDiff ahead)
{
  static GstStaticCaps unix_caps = GST_STATIC_CAPS ("timestamp/x-unix");
  g_autoptr (GstCaps) caps = gst_static_caps_get (&unix_caps);
  GstClockTime time =
      gst_genos_clock_map_shift (capture, -ahead - (GstClockTimeDiff) (NTP_TO_UNIX * GST_SECOND));

  gst_buffer_add_reference_timestamp_meta (buffer, caps, time, GST_CLOCK_TIME_NONE);
}

GstClockTimeDiff
gst_genos_ntp_time_diff (guint64 from, guint64 to)
{
  gint64 difference = (gint64) (to - from);
  guint64 distance = difference < 0 ? -(guint64) difference : (guint64) difference;
  GstClockTimeDiff ns = (GstClockTimeDiff) gst_genos_ntp_time_to_ns (distance);

  return difference < 0 ? -ns : ns;
}

/* Reading one clock after the other is off by what happens in between; less in between is nearer. The library reads
 * them likewise for what it passes on (capture-clock.c): elements see its public door only, and a dozen lines that
 * know nothing of rooms are no reason to widen it. */
static GstClockTimeDiff
sample_wall (GstClock *system)
{
  GstClockTimeDiff best = 0;
  GstClockTime best_width = GST_CLOCK_TIME_NONE;

  for (guint i = 0; i < WALL_READINGS; i++) {
    GstClockTime before = gst_clock_get_time (system);
    GstClockTime wall = (GstClockTime) g_get_real_time () * GST_USECOND + NTP_TO_UNIX * GST_SECOND;
    GstClockTime width = gst_clock_get_time (system) - before;

    if (width < best_width) {
      best = GST_CLOCK_DIFF (wall, before + width / 2);
      best_width = width;
    }
  }
  return best;
}

GstClockTimeDiff
gst_genos_wall_clock_get (GstGenosWallClock *self)
{
  g_autoptr (GstClock) system = gst_system_clock_obtain ();
  GstClockTime now = gst_clock_get_time (system);

  if (self->next == 0)
    self->offset = sample_wall (system);
  else if (now >= self->next)
    self->offset = gst_genos_clock_map_smooth (self->offset, sample_wall (system));
  else
    return self->offset;
  self->next = now + WALL_INTERVAL;
  return self->offset;
}
