/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/media/media-codec.h>
#include <genos/transport/rtp/rtp-continuity.h>

G_BEGIN_DECLS

/* Makes packets of a track that came over one link into packets of a track of ours: the payload and the
 * time stamp stay, the rest of the header is new.
 *
 *   comes in    V P X CC | M PT | number | time | SSRC | CSRC … | extensions … | payload | padding
 *   goes out    2 0 0 0  | M pt | own    | time | ssrc |                         payload
 *
 * Extensions mean what one link has agreed on, so they stay there. Where packets are a key frame's first,
 * they are marked as links want it (no GST_BUFFER_FLAG_DELTA_UNIT). Not thread-safe; the packets are a
 * stranger's. */
typedef struct {
  const GenosMediaCodec *codec;
  guint32 ssrc;
  gboolean sealed; /* payloads are; FALSE after init */

  gboolean begun;
  gboolean cut;    /* what comes next does not follow what was before */
  gboolean in_key; /* the frame of last_time began as a key frame */
  guint32 ssrc_in;
  guint16 seqnum_in;
  guint32 time_offset;
  guint32 last_time; /* that went out */
  GstClockTime last_pts;
  GenosRtpContinuity continuity;
} GenosRtpRewriter;

void genos_rtp_rewriter_init (GenosRtpRewriter *self, const GenosMediaCodec *codec, guint32 ssrc);

/* Packets will be missing: pictures go on with a key frame. */
void genos_rtp_rewriter_cut (GenosRtpRewriter *self);

/* (transfer full) (nullable) what goes out for @buffer (transfer full). NULL: nothing, because it is no
 * packet, carries nothing, came twice, or no key frame has come since the cut. */
GstBuffer *genos_rtp_rewriter_pass (GenosRtpRewriter *self, GstBuffer *buffer);

/* A key frame is needed before anything goes out. */
gboolean genos_rtp_rewriter_waits (const GenosRtpRewriter *self);

G_END_DECLS
