/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/rtp-rewriter.h>

#include <genos/media/rtp-key-frame.h>
#include <genos/transport/rtp/rtp-header.h>

#define HEADER_SIZE 12
#define PADDING_BIT 0x20
/* Further apart, packets are not of one run. */
#define MAX_STEP 1024
#define MAX_BACK 512
/* Of a payload, to see whether a key frame begins in it: more than any descriptor, and the units of one
 * packet that come before a picture. */
#define LOOK_AT 128
/* The clock of the track and that of this machine may differ by so much after a cut, seconds: waiting in
 * another's queues. */
#define MAX_SHIFT 5

/* Where the payload of a packet is. */
typedef struct {
  GenosRtpHeader header;
  gsize offset;
  gsize size;
} Parts;

void
genos_rtp_rewriter_init (GenosRtpRewriter *self, const GenosMediaCodec *codec, guint32 ssrc)
{
  *self = (GenosRtpRewriter){
    .codec = codec,
    .ssrc = ssrc,
    .cut = TRUE,
    .last_pts = GST_CLOCK_TIME_NONE,
    .continuity = GENOS_RTP_CONTINUITY_INIT,
  };
}

void
genos_rtp_rewriter_cut (GenosRtpRewriter *self)
{
  self->cut = TRUE;
}

gboolean
genos_rtp_rewriter_waits (const GenosRtpRewriter *self)
{
  return self->cut && self->codec->kind == GENOS_MEDIA_VIDEO;
}

static gboolean
find_parts (GstBuffer *buffer, Parts *parts)
{
  guint8 head[GENOS_RTP_HEAD_SIZE];
  gsize size = gst_buffer_get_size (buffer);
  gsize n = gst_buffer_extract (buffer, 0, head, sizeof head);
  guint8 padding = 0;

  if (!genos_rtp_header_parse (&parts->header, head, n) || parts->header.size > size)
    return FALSE;
  if ((head[0] & PADDING_BIT) != 0
      && (gst_buffer_extract (buffer, size - 1, &padding, 1) != 1
          || padding > size - parts->header.size))
    return FALSE;
  parts->offset = parts->header.size;
  parts->size = size - parts->offset - padding;
  return TRUE;
}

typedef enum {
  STEP_ON,
  STEP_JUMP,
  STEP_OLD,
} Step;

static Step
judge_step (GenosRtpRewriter *self, const GenosRtpHeader *header)
{
  gint16 step = (gint16) (header->seqnum - self->seqnum_in);

  if (!self->begun || header->ssrc != self->ssrc_in)
    return STEP_JUMP;
  if (step <= 0 && step > -MAX_BACK)
    return STEP_OLD;
  return step < 0 || step > MAX_STEP ? STEP_JUMP : STEP_ON;
}

/* The time stamp of a track that goes on is left alone; that of another run would be a jump. */
static void
join_time (GenosRtpRewriter *self, guint32 time, GstClockTime pts)
{
  gint64 limit = (gint64) MAX_SHIFT * self->codec->clock_rate, passed;
  guint32 expected;

  if (!self->continuity.begun || !GST_CLOCK_TIME_IS_VALID (pts)
      || !GST_CLOCK_TIME_IS_VALID (self->last_pts))
    return;
  passed = GST_CLOCK_DIFF (self->last_pts, pts);
  expected =
      self->last_time + (guint32) (passed / GST_USECOND * self->codec->clock_rate / G_USEC_PER_SEC);
  if (ABS ((gint64) (gint32) (time + self->time_offset - expected)) > limit)
    self->time_offset = expected - time;
}

static GstBuffer *
build (GenosRtpRewriter *self, GstBuffer *buffer, const Parts *parts, guint16 seqnum, guint32 time)
{
  GstBuffer *packet =
      gst_buffer_copy_region (buffer, GST_BUFFER_COPY_MEMORY, parts->offset, parts->size);
  guint8 *header = g_malloc (HEADER_SIZE);

  header[0] = 2 << 6;
  header[1] = (guint8) ((parts->header.marker ? 0x80 : 0) | self->codec->payload);
  GST_WRITE_UINT16_BE (header + 2, seqnum);
  GST_WRITE_UINT32_BE (header + 4, time);
  GST_WRITE_UINT32_BE (header + 8, self->ssrc);
  /* A memory of its own: links write into it. */
  gst_buffer_prepend_memory (
      packet, gst_memory_new_wrapped (0, header, HEADER_SIZE, 0, HEADER_SIZE, header, g_free));
  GST_BUFFER_PTS (packet) = GST_BUFFER_PTS (buffer);
  return packet;
}

static gboolean
begins_key_frame (GenosRtpRewriter *self, GstBuffer *buffer, const Parts *parts)
{
  guint8 payload[LOOK_AT];
  gsize n = gst_buffer_extract (buffer, parts->offset, payload, MIN (parts->size, sizeof payload));

  return self->sealed ? genos_rtp_sealed_begins_key_frame (payload, n)
                      : genos_rtp_begins_key_frame (self->codec->id, payload, n);
}

/* Of the packets of one frame, the first that tells of a key frame is marked. */
static gboolean
is_first_of_key (GenosRtpRewriter *self, gboolean begins, guint32 time)
{
  gboolean same_frame = self->continuity.begun && time == self->last_time && !self->cut;

  if (self->codec->kind == GENOS_MEDIA_AUDIO)
    return TRUE;
  if (!same_frame)
    self->in_key = FALSE;
  if (!begins || self->in_key)
    return FALSE;
  self->in_key = TRUE;
  return TRUE;
}

static GstBuffer *
pass_on (GenosRtpRewriter *self, GstBuffer *buffer, const Parts *parts)
{
  gboolean begins = begins_key_frame (self, buffer, parts);
  gboolean key, ends;
  guint32 time;
  guint16 seqnum;
  GstBuffer *packet;

  if (self->cut && self->codec->kind == GENOS_MEDIA_VIDEO && !begins)
    return NULL;
  if (self->cut)
    join_time (self, parts->header.timestamp, GST_BUFFER_PTS (buffer));
  time = parts->header.timestamp + self->time_offset;
  key = is_first_of_key (self, begins, time);
  ends = self->codec->kind == GENOS_MEDIA_AUDIO || parts->header.marker;
  seqnum = genos_rtp_continuity_map (&self->continuity, parts->header.seqnum, self->cut, ends);
  packet = build (self, buffer, parts, seqnum, time);
  if (!key)
    GST_BUFFER_FLAG_SET (packet, GST_BUFFER_FLAG_DELTA_UNIT);
  self->cut = FALSE;
  self->last_time = time;
  self->last_pts = GST_BUFFER_PTS (buffer);
  return packet;
}

GstBuffer *
genos_rtp_rewriter_pass (GenosRtpRewriter *self, GstBuffer *buffer)
{
  GstBuffer *packet = NULL;
  Parts parts;
  Step step;

  if (!find_parts (buffer, &parts)) {
    gst_buffer_unref (buffer);
    return NULL;
  }
  step = judge_step (self, &parts.header);
  if (step == STEP_JUMP)
    self->cut = TRUE;
  if (step != STEP_OLD || self->cut) {
    self->begun = TRUE;
    self->ssrc_in = parts.header.ssrc;
    self->seqnum_in = parts.header.seqnum;
    if (parts.size > 0)
      packet = pass_on (self, buffer, &parts);
    else
      genos_rtp_continuity_leave_out (&self->continuity);
  }
  gst_buffer_unref (buffer);
  return packet;
}
