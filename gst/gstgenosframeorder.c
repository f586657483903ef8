/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosframeorder.h"

/* RFC 3550, 5.1 */
#define TIME_OFFSET 4
#define HEADER 12
/* What Matroska, the coarsest of containers, can tell apart. */
#define STEP GST_MSECOND
/* A longer way back is another time line. */
#define MAX_SET_BACK GST_SECOND

static GstClockTime
begin (GstGenosFrameOrder *self, guint32 ssrc, guint32 rtp_time, GstClockTime pts)
{
  *self = (GstGenosFrameOrder){ TRUE, ssrc, rtp_time, pts };
  return pts;
}

GstClockTime
gst_genos_frame_order_take (GstGenosFrameOrder *self, GstBuffer *packet, GstClockTime pts)
{
  guint8 header[HEADER];
  guint32 ssrc, rtp_time;

  if (!GST_CLOCK_TIME_IS_VALID (pts)
      || gst_buffer_extract (packet, 0, header, sizeof header) < sizeof header)
    return pts;
  rtp_time = GST_READ_UINT32_BE (header + TIME_OFFSET);
  ssrc = GST_READ_UINT32_BE (header + TIME_OFFSET + sizeof rtp_time);
  if (!self->begun || (pts < self->pts && self->pts - pts >= MAX_SET_BACK))
    return begin (self, ssrc, rtp_time, pts);
  if (ssrc == self->ssrc && rtp_time == self->rtp_time)
    return self->pts;
  if (ssrc == self->ssrc && pts < self->pts && (gint32) (rtp_time - self->rtp_time) < 0)
    return pts;
  return begin (self, ssrc, rtp_time, MAX (pts, self->pts + STEP));
}
