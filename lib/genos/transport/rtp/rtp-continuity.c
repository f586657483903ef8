/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/rtp/rtp-continuity.h>

guint16
genos_rtp_continuity_map (
    GenosRtpContinuity *self, guint16 seqnum, gboolean after_gap, gboolean ends_frame)
{
  if (after_gap && self->begun)
    self->offset = self->last + (self->whole ? 1 : 2) - seqnum;
  self->begun = TRUE;
  self->whole = ends_frame;
  self->last = seqnum + self->offset;
  return self->last;
}

void
genos_rtp_continuity_leave_out (GenosRtpContinuity *self)
{
  self->offset--;
}
