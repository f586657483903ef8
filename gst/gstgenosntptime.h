/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Times of the wall clock as NTP writes them (RFC 5905, chapter 6): 32.32 bits since 1900, which begin
 * anew in 2036. Reports of RTP sessions have them, and messages that belong to a picture. */

/* Of a time of the system clock, as both clocks stand to each other now; never 0. */
guint64 gst_genos_ntp_time_from_system (GstClockTime system_time);

/* From and to ns since 1900, as the jitterbuffer has it; pure. */
guint64 gst_genos_ntp_time_from_ns (guint64 ns);
guint64 gst_genos_ntp_time_to_ns (guint64 ntp_time);

/* The reference of such times in a GstReferenceTimestampMeta. (transfer none) */
GstCaps *gst_genos_ntp_time_get_caps (void);

/* From @from to @to, across the year 2036 too; pure. */
GstClockTimeDiff gst_genos_ntp_time_diff (guint64 from, guint64 to);

/* Adds when that was on our wall clock, as timestamp/x-unix (ns since 1970). @capture: ns since 1900 on
 * a clock that is @ahead of ours */
void
gst_genos_ntp_time_add_unix_meta (GstBuffer *buffer, GstClockTime capture, GstClockTimeDiff ahead);

/* How the system clock stands to the wall clock, NTP's ns since 1900: it goes at the same pace until
 * somebody sets it. One thread at a time; zero is a valid one. */
typedef struct {
  GstClockTimeDiff offset;
  GstClockTime next; /* system time of the next sample; 0: there was none */
} GstGenosWallClock;

/* System time − NTP time, now. */
GstClockTimeDiff gst_genos_wall_clock_get (GstGenosWallClock *self);

G_END_DECLS
