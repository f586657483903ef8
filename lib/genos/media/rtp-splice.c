/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/rtp-splice.h>

#include <genos/transport/rtp/rtp-header.h>

#define HEADER_SIZE 12
#define PAYLOAD_MASK 0x7f
/* Seconds that the time stamps of two runs may be apart from what the clock says: one waited longer in
 * queues, no more. */
#define MAX_SHIFT 5

void
genos_rtp_splice_init (GenosRtpSplice *self, int clock_rate)
{
  *self = (GenosRtpSplice){
    .clock_rate = clock_rate,
    .continuity = GENOS_RTP_CONTINUITY_INIT,
    .last_pts = GST_CLOCK_TIME_NONE,
  };
}

void
genos_rtp_splice_cut (GenosRtpSplice *self)
{
  self->cut = self->begun;
  self->spliced = self->begun;
}

static void
begin (GenosRtpSplice *self, const GenosRtpHeader *header)
{
  self->begun = TRUE;
  self->ssrc = header->ssrc;
  self->payload = header->payload_type;
}

static void
join_time (GenosRtpSplice *self, guint32 time, GstClockTime pts)
{
  gint64 limit = (gint64) MAX_SHIFT * self->clock_rate, passed = 0;
  guint32 expected;

  if (GST_CLOCK_TIME_IS_VALID (pts) && GST_CLOCK_TIME_IS_VALID (self->last_pts))
    passed = GST_CLOCK_DIFF (self->last_pts, pts);
  expected = self->last_time + (guint32) (passed / GST_USECOND * self->clock_rate / G_USEC_PER_SEC);
  if (ABS ((gint64) (gint32) (time + self->time_offset - expected)) > limit)
    self->time_offset = expected - time;
}

/* Of the head of a packet that is only ours. */
static GstBuffer *
write_header (GenosRtpSplice *self, GstBuffer *buffer, guint8 *head, guint16 seqnum, guint32 time)
{
  head[1] = (guint8) ((head[1] & ~PAYLOAD_MASK) | self->payload);
  GST_WRITE_UINT16_BE (head + 2, seqnum);
  GST_WRITE_UINT32_BE (head + 4, time);
  GST_WRITE_UINT32_BE (head + 8, self->ssrc);
  buffer = gst_buffer_make_writable (buffer);
  gst_buffer_fill (buffer, 0, head, HEADER_SIZE);
  return buffer;
}

GstBuffer *
genos_rtp_splice_pass (GenosRtpSplice *self, GstBuffer *buffer)
{
  guint8 head[GENOS_RTP_HEAD_SIZE];
  gsize n = gst_buffer_extract (buffer, 0, head, sizeof head);
  GenosRtpHeader header;
  guint16 seqnum;

  if (!genos_rtp_header_parse (&header, head, n))
    return buffer;
  if (!self->begun)
    begin (self, &header);
  if (self->cut)
    join_time (self, header.timestamp, GST_BUFFER_PTS (buffer));
  /* A number is left out where another run begins: what was not whole is known for broken by that. */
  seqnum = genos_rtp_continuity_map (&self->continuity, header.seqnum, self->cut, FALSE);
  self->cut = FALSE;
  self->last_time = header.timestamp + self->time_offset;
  self->last_pts = GST_BUFFER_PTS (buffer);
  return self->spliced ? write_header (self, buffer, head, seqnum, self->last_time) : buffer;
}
