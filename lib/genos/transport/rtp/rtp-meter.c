/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/rtp/rtp-meter.h>

/* webrtc-stats, freezeCount: "It is a freeze if frame duration […] is equal or exceeds
 * Max(3 * avg_frame_duration_ms, avg_frame_duration_ms + 150)", over "last 30 rendered frames". */
#define FREEZE_MARGIN (150 * 1000)
/* pauseCount: "at least 5 seconds passed since last rendered frame". */
#define PAUSE (5 * G_USEC_PER_SEC)

static gint64
mean_duration (const GenosRtpMeter *self)
{
  guint n = MIN (self->n_durations, GENOS_RTP_METER_FRAMES);
  gint64 sum = 0;

  for (guint i = 0; i < n; i++)
    sum += self->durations[i];
  return n > 0 ? sum / n : 0;
}

static gboolean
is_freeze (const GenosRtpMeter *self, gint64 duration)
{
  gint64 mean = mean_duration (self);

  return self->n_durations > 0 && duration >= MAX (3 * mean, mean + FREEZE_MARGIN);
}

static void
take_duration (GenosRtpMeter *self, gint64 duration)
{
  if (duration >= PAUSE) {
    self->pauses++;
    self->paused += duration;
    return;
  }
  if (is_freeze (self, duration)) {
    self->freezes++;
    self->frozen += duration;
  }
  self->durations[self->n_durations % GENOS_RTP_METER_FRAMES] = duration;
  self->n_durations++;
}

static void
end_frame (GenosRtpMeter *self, gboolean whole, gint64 now)
{
  self->in_frame = FALSE;
  if (!whole) {
    self->partial++;
    return;
  }
  self->frames++;
  if (self->last_frame != 0 && now > self->last_frame)
    take_duration (self, now - self->last_frame);
  self->last_frame = now;
}

static void
take_frame_packet (GenosRtpMeter *self, const GenosRtpHeader *header, gint64 now)
{
  gboolean gap = self->started && header->seqnum != self->next_seqnum;

  if (self->in_frame && header->timestamp != self->timestamp) {
    /* Its last packet never came, or it has no marker at all. */
    end_frame (self, !self->broken && !gap, now);
  }
  if (!self->in_frame) {
    self->in_frame = TRUE;
    self->broken = FALSE;
  }
  /* Whether the lost packets were of this frame or of one that is missing as a whole: if they were
   * not, decoding suffers as well. */
  self->broken = self->broken || gap;
  self->timestamp = header->timestamp;
  if (header->marker)
    end_frame (self, !self->broken, now);
}

void
genos_rtp_meter_take (
    GenosRtpMeter *self, const GenosRtpHeader *header, gsize size, gboolean has_frames, gint64 now)
{
  /* Another source starts counting at another number. */
  if (self->started && header->ssrc != self->ssrc) {
    self->started = FALSE;
    self->in_frame = FALSE;
  }
  self->packets++;
  self->header_bytes += MIN (header->size, size);
  self->bytes += size - MIN (header->size, size);
  if (has_frames)
    take_frame_packet (self, header, now);
  self->started = TRUE;
  self->ssrc = header->ssrc;
  self->next_seqnum = (guint16) (header->seqnum + 1);
}
