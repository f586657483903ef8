/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Between the system clock, in whose time the library stamps media, and the running time of the
 * application's pipeline, which may follow another clock (that of a sound card, say).
 *
 * One thread at a time. */
typedef struct {
  GstClock *clock;           /* of the pipeline; NULL until first used */
  GstClockTimeDiff offset;   /* system time − pipeline clock time */
  GstClockTime next_sample;  /* system time; 0: the offset is not known */
} GstGenosClockMap;

#define GST_GENOS_CLOCK_MAP_INIT { NULL, 0, 0 }

void gst_genos_clock_map_clear (GstGenosClockMap *self);

/* How system time stands to running time of @element now: system − running. */
GstClockTimeDiff gst_genos_clock_map_get_offset (GstGenosClockMap *self, GstElement *element);

/* The next offset after one more sample, smoothed; pure. */
GstClockTimeDiff gst_genos_clock_map_smooth (GstClockTimeDiff offset, GstClockTimeDiff sample);

/* @time + @offset; 0 when that lies before 0, GST_CLOCK_TIME_NONE stays. */
GstClockTime gst_genos_clock_map_shift (GstClockTime time, GstClockTimeDiff offset);

G_END_DECLS
