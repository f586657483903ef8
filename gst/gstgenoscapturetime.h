/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Gives the RTP packets of one track the time at which they were taken, for who writes them down and shows
 * them to nobody meanwhile. That is not known before the sender's first report, and before its clock has been compared
 * with ours: what comes earlier waits for it, since a recording that begins with guesses and is put
 * right later is wrong for players that count samples. Who does not tell for too long goes on with the
 * times that its packets came with.
 *
 * Pure but for the buffers; one thread at a time. */
typedef struct {
  int clock_rate;     /* Hz, of RTP timestamps */
  GQueue held;        /* GstBuffer */
  gsize n_bytes;      /* of them */
  GstClockTime since; /* when the first of them came */
  gboolean known;
  gboolean given_up;
  guint32 rtp_time; /* known: a moment in both times */
  GstClockTime time;
} GstGenosCaptureTime;

/* How long, and how much, waits at most. */
#define GST_GENOS_CAPTURE_WAIT (2 * GST_SECOND)
#define GST_GENOS_CAPTURE_WAIT_BYTES (8 * 1024 * 1024)

void gst_genos_capture_time_init (GstGenosCaptureTime *self, int clock_rate);
/* Whatever waits is dropped. */
void gst_genos_capture_time_clear (GstGenosCaptureTime *self);
/* From now on packets come from another source. */
void gst_genos_capture_time_restart (GstGenosCaptureTime *self);

/* @packet: (transfer full), its PTS the time that it has if nothing better is known. @came: when it came.
 * @capture: ns since 1900 on the sender's clock, or GST_CLOCK_TIME_NONE; @to_local: (nullable): what takes
 * that to our time. Appends to @ready what can go on, in order. */
void gst_genos_capture_time_take (GstGenosCaptureTime *self, GstBuffer *packet, GstClockTime came,
    GstClockTime capture, const GstClockTimeDiff *to_local, GQueue *ready);
/* There will be nothing more: appends what still waits. */
void gst_genos_capture_time_end (GstGenosCaptureTime *self, GQueue *ready);

G_END_DECLS
