/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenoscapturetime.h"

#include "gstgenosclockmap.h"

#define RTP_TIME_OFFSET 4

void
gst_genos_capture_time_init (GstGenosCaptureTime *self, int clock_rate)
{
  *self = (GstGenosCaptureTime){ .clock_rate = clock_rate, .given_up = clock_rate <= 0 };
  g_queue_init (&self->held);
}

void
gst_genos_capture_time_clear (GstGenosCaptureTime *self)
{
  g_queue_clear_full (&self->held, (GDestroyNotify) gst_buffer_unref);
  self->n_bytes = 0;
}

void
gst_genos_capture_time_restart (GstGenosCaptureTime *self)
{
  self->known = FALSE;
  self->given_up = self->clock_rate <= 0;
}

static guint32
get_rtp_time (GstBuffer *packet)
{
  guint32 time = 0;

  gst_buffer_extract (packet, RTP_TIME_OFFSET, &time, sizeof time);
  return GUINT32_FROM_BE (time);
}

/* By the sender's clock, not by how the packets came, which is uneven in the beginning. */
static GstClockTime
get_time (const GstGenosCaptureTime *self, guint32 rtp_time)
{
  gint32 ticks = (gint32) (rtp_time - self->rtp_time);
  GstClockTime distance =
      gst_util_uint64_scale (ABS ((gint64) ticks), GST_SECOND, (guint64) self->clock_rate);

  return gst_genos_clock_map_shift (
      self->time, ticks < 0 ? -(GstClockTimeDiff) distance : (GstClockTimeDiff) distance);
}

static void
release (GstGenosCaptureTime *self, GQueue *ready)
{
  GstBuffer *packet;

  while ((packet = g_queue_pop_head (&self->held)) != NULL) {
    if (self->known)
      GST_BUFFER_PTS (packet) = get_time (self, get_rtp_time (packet));
    g_queue_push_tail (ready, packet);
  }
  self->n_bytes = 0;
}

static void
hold (GstGenosCaptureTime *self, GstBuffer *packet, GstClockTime came)
{
  if (g_queue_is_empty (&self->held))
    self->since = came;
  g_queue_push_tail (&self->held, packet);
  self->n_bytes += gst_buffer_get_size (packet);
}

static gboolean
has_waited_enough (const GstGenosCaptureTime *self, GstClockTime came)
{
  return self->n_bytes > GST_GENOS_CAPTURE_WAIT_BYTES
      || (!g_queue_is_empty ((GQueue *) &self->held)
          && came > self->since + GST_GENOS_CAPTURE_WAIT);
}

void
gst_genos_capture_time_take (GstGenosCaptureTime *self, GstBuffer *packet, GstClockTime came,
    GstClockTime capture, const GstClockTimeDiff *to_local, GQueue *ready)
{
  if (!self->given_up && GST_CLOCK_TIME_IS_VALID (capture) && to_local != NULL) {
    self->known = TRUE;
    self->rtp_time = get_rtp_time (packet);
    self->time = gst_genos_clock_map_shift (capture, *to_local);
  }
  hold (self, packet, came);
  if (!self->known && has_waited_enough (self, came))
    self->given_up = TRUE;
  if (self->known || self->given_up)
    release (self, ready);
}

void
gst_genos_capture_time_end (GstGenosCaptureTime *self, GQueue *ready)
{
  release (self, ready);
}
