/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include <genos/transport/rtp/rtp-continuity.h>

G_BEGIN_DECLS

/* The packets of a track that comes from one peer, and then from another that passes it on, as one run:
 * with the SSRC and payload type they had at first, numbers that go on, and time stamps that do unless those
 * of the other run are of another clock. Packets are left alone until then. Not thread-safe; the packets
 * are a stranger's. */
typedef struct {
  gboolean begun;
  gboolean spliced; /* there has been another run: headers are rewritten */
  gboolean cut;     /* the next packet is of another run */
  guint32 ssrc;
  guint8 payload;
  int clock_rate;
  GenosRtpContinuity continuity;
  guint32 time_offset;
  guint32 last_time; /* that went out */
  GstClockTime last_pts;
} GenosRtpSplice;

void genos_rtp_splice_init (GenosRtpSplice *self, int clock_rate);

/* What comes next comes from somebody else. */
void genos_rtp_splice_cut (GenosRtpSplice *self);

/* (transfer full) @buffer: one packet; what is none goes through as it is. (transfer full) */
GstBuffer *genos_rtp_splice_pass (GenosRtpSplice *self, GstBuffer *buffer);

G_END_DECLS
