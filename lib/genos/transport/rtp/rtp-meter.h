/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/transport/rtp/rtp-header.h>

G_BEGIN_DECLS

/* Counts what passes of one RTP stream. Pure: the time (µs, monotonic) is passed in; one thread at a
 * time. The names and rules are those of W3C's webrtc-stats; a frame counts when its last packet
 * passes, where a browser's counts when it is shown. */

#define GENOS_RTP_METER_FRAMES 30

typedef struct {
  guint64 packets;
  guint64 bytes;        /* of payload */
  guint64 header_bytes; /* with extensions */
  guint64 frames;       /* complete ones */
  guint64 partial;      /* frames of which packets are missing */
  guint64 freezes;
  guint64 pauses;
  gint64 frozen; /* µs, in sum */
  gint64 paused;
  guint32 ssrc; /* the last one seen */

  /* how far it is */
  gboolean started;
  gboolean in_frame;
  gboolean broken; /* the frame that is passing */
  guint16 next_seqnum;
  guint32 timestamp;
  gint64 last_frame; /* 0: none yet */
  gint64 durations[GENOS_RTP_METER_FRAMES];
  guint n_durations;
} GenosRtpMeter;

/* @size: of the whole packet. @has_frames: FALSE for sound. */
void genos_rtp_meter_take (
    GenosRtpMeter *self, const GenosRtpHeader *header, gsize size, gboolean has_frames, gint64 now);

G_END_DECLS
