/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosclockmap.h"

#define SAMPLE_INTERVAL (100 * GST_MSECOND)
/* A sample takes one part in so many of what it differs by: reading two clocks one after the other
 * is off by whatever the scheduler does in between, drift of a sound card is some ppm. */
#define SMOOTHING 16
/* A jump is a clock that was set or restarted, not drift. */
#define JUMP (200 * GST_MSECOND)

void
gst_genos_clock_map_clear (GstGenosClockMap *self)
{
  gst_clear_object (&self->clock);
  self->offset = 0;
  self->next_sample = 0;
}

GstClockTimeDiff
gst_genos_clock_map_smooth (GstClockTimeDiff offset, GstClockTimeDiff sample)
{
  GstClockTimeDiff difference = sample - offset;

  if (ABS (difference) > JUMP)
    return sample;
  return offset + difference / SMOOTHING;
}

static GstClockTimeDiff
sample_clocks (GstClock *system, GstClock *clock)
{
  GstClockTime before = gst_clock_get_time (system);
  GstClockTime there = gst_clock_get_time (clock);
  GstClockTime after = gst_clock_get_time (system);

  return GST_CLOCK_DIFF (there, before + (after - before) / 2);
}

static void
update (GstGenosClockMap *self, GstClock *system, GstClock *clock)
{
  GstClockTime now = gst_clock_get_time (system);

  if (self->clock != clock) {
    gst_genos_clock_map_clear (self);
    self->clock = gst_object_ref (clock);
  } else if (self->next_sample != 0 && now < self->next_sample) {
    return;
  }
  if (self->next_sample == 0)
    self->offset = sample_clocks (system, clock);
  else
    self->offset = gst_genos_clock_map_smooth (self->offset, sample_clocks (system, clock));
  self->next_sample = now + SAMPLE_INTERVAL;
}

GstClockTimeDiff
gst_genos_clock_map_get_offset (GstGenosClockMap *self, GstElement *element)
{
  g_autoptr (GstClock) clock = gst_element_get_clock (element);
  GstClockTimeDiff base_time = (GstClockTimeDiff) gst_element_get_base_time (element);
  g_autoptr (GstClock) system = NULL;

  if (clock == NULL)
    return base_time;
  system = gst_system_clock_obtain ();
  if (clock == system)
    return base_time;
  update (self, system, clock);
  return self->offset + base_time;
}

GstClockTime
gst_genos_clock_map_shift (GstClockTime time, GstClockTimeDiff offset)
{
  if (!GST_CLOCK_TIME_IS_VALID (time))
    return time;
  if (offset < 0 && time < (GstClockTime) -offset)
    return 0;
  return time + offset;
}
