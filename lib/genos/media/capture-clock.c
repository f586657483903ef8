/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/capture-clock.h>

/* From 1900, where NTP begins, to 1970, seconds. */
#define NTP_TO_UNIX G_GUINT64_CONSTANT (2208988800)

#define WALL_INTERVAL (500 * GST_MSECOND)
#define WALL_READINGS 3
/* Of a difference, one part in so many is taken; all of one that is no noise. */
#define WALL_SMOOTHING 8
#define WALL_STEP (100 * (GstClockTimeDiff) GST_MSECOND)

static GstCaps *
get_reference (void)
{
  static GstStaticCaps caps = GST_STATIC_CAPS ("timestamp/x-ntp");
  static GstCaps *once = NULL;

  if (g_once_init_enter (&once))
    g_once_init_leave (&once, gst_static_caps_get (&caps));
  return once;
}

/* GST_CLOCK_TIME_NONE: there is no such time. */
static GstClockTime
add (GstClockTime time, gint64 difference)
{
  GstClockTime sum = time + (guint64) difference;

  if (!GST_CLOCK_TIME_IS_VALID (time) || (difference < 0 ? sum > time : sum < time))
    return GST_CLOCK_TIME_NONE;
  return sum;
}

static gboolean
shift_meta (GstBuffer *packet, GstMeta **meta, gpointer data)
{
  const GenosCaptureClock *self = data;
  GstReferenceTimestampMeta *time = (GstReferenceTimestampMeta *) *meta;

  if ((*meta)->info->api != GST_REFERENCE_TIMESTAMP_META_API_TYPE)
    return TRUE;
  time->timestamp = add (time->timestamp, self->shift);
  if (!self->known || !GST_CLOCK_TIME_IS_VALID (time->timestamp)
      || !gst_caps_is_subset (time->reference, get_reference ()))
    *meta = NULL;
  return TRUE;
}

GstBuffer *
genos_capture_clock_shift (const GenosCaptureClock *self, GstBuffer *packet)
{
  packet = gst_buffer_make_writable (packet);
  gst_buffer_foreach_meta (packet, shift_meta, (gpointer) self);
  return packet;
}

GstClockTime
genos_capture_clock_get (const GenosCaptureClock *self, GstBuffer *packet, GstClockTimeDiff wall)
{
  GstReferenceTimestampMeta *meta;

  if (!self->known)
    return GST_CLOCK_TIME_NONE;
  meta = gst_buffer_get_reference_timestamp_meta (packet, get_reference ());
  return meta != NULL ? add (add (meta->timestamp, -self->ahead), wall) : GST_CLOCK_TIME_NONE;
}

/* --- the wall clock --- */

/* Reading one clock after the other is off by what happens in between; less in between is nearer. */
static GstClockTimeDiff
sample (GstClock *system)
{
  GstClockTime best_width = GST_CLOCK_TIME_NONE;
  GstClockTimeDiff best = 0;

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
genos_wall_offset_smooth (GstClockTimeDiff offset, GstClockTimeDiff sampled)
{
  GstClockTimeDiff difference = sampled - offset;

  return ABS (difference) > WALL_STEP ? sampled : offset + difference / WALL_SMOOTHING;
}

GstClockTimeDiff
genos_wall_offset_get (GenosWallOffset *self)
{
  g_autoptr (GstClock) system = gst_system_clock_obtain ();
  GstClockTime now = gst_clock_get_time (system);

  if (self->next != 0 && now < self->next)
    return self->offset;
  self->offset =
      self->next == 0 ? sample (system) : genos_wall_offset_smooth (self->offset, sample (system));
  self->next = now + WALL_INTERVAL;
  return self->offset;
}
