/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* When the packets of a track were taken: their reference timestamps (timestamp/x-ntp, ns since 1900) are of the
 * wall clock of whoever sends them, which is another one on each link that a track is passed on over. Packets
 * are given those of its origin's clock, and whoever passes them on is told the time of ours.
 *
 * Pure but for buffers: zero is a valid one, which knows no clock. One thread at a time. */
typedef struct {
  gboolean known;
  gint64 ahead; /* ns: the origin's clock, of our wall clock */
  gint64 shift; /* ns: the origin's clock, of the clock that packets come with */
} GenosCaptureClock;

/* The packet says it on the origin's clock; nothing, when clocks are not known. @packet: (transfer full) */
GstBuffer *genos_capture_clock_shift (const GenosCaptureClock *self, GstBuffer *packet);

/* When a packet that says it on the origin's clock was taken, in the time of the system clock. @wall: what is to
 * be added to our wall clock, ns since 1900, for that. GST_CLOCK_TIME_NONE: nobody knows. */
GstClockTime
genos_capture_clock_get (const GenosCaptureClock *self, GstBuffer *packet, GstClockTimeDiff wall);

/* How the system clock stands to the wall clock: it goes at the same pace until somebody sets one. Zero is a valid
 * one. */
typedef struct {
  GstClockTimeDiff offset;
  GstClockTime next; /* system time of the next sample; 0: there was none */
} GenosWallOffset;

/* System time − NTP time, ns, now. */
GstClockTimeDiff genos_wall_offset_get (GenosWallOffset *self);

/* The next offset after one more sample, smoothed; pure. */
GstClockTimeDiff genos_wall_offset_smooth (GstClockTimeDiff offset, GstClockTimeDiff sample);

G_END_DECLS
