/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Sequence numbers of one link that go on where they stopped, whatever was left out between. Pure.
 *
 *   comes in   10 11 12 | 13 … 40000 not sent | 40001 40002
 *   goes out   10 11 12 |                     | 13    14
 *
 * A receiver takes a jump for loss and asks for what it takes to be lost; SRTP does worse: it counts the
 * turns of the 16 bits by itself, and after 2^15 numbers that it has not seen nothing can be decrypted
 * any more (RFC 3711, 3.3.1). */
typedef struct {
  gboolean begun;
  gboolean whole; /* the last packet that went out ended its frame */
  guint16 offset;
  guint16 last; /* that went out */
} GenosRtpContinuity;

#define GENOS_RTP_CONTINUITY_INIT                                                                  \
  {                                                                                                \
    FALSE, TRUE, 0, 0                                                                              \
  }

/* The number that the packet @seqnum goes out with. @after_gap: what was before it has not been sent.
 * @ends_frame: a frame is whole with it. When it was not, one number is left out, so that the receiver
 * knows the last frame for broken. */
guint16 genos_rtp_continuity_map (
    GenosRtpContinuity *self, guint16 seqnum, gboolean after_gap, gboolean ends_frame);

/* The packet that has come now, after the last one that was mapped, does not go out, and nothing is missed
 * without it. */
void genos_rtp_continuity_leave_out (GenosRtpContinuity *self);

G_END_DECLS
