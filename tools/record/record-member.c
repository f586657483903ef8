/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "record-member.h"

#include "record-key-frame.h"

#define MAX_WAITING (16 * 1024 * 1024)
#define MAX_WAITING_TIME (6 * GST_SECOND)

static void
frame_free (gpointer data)
{
  GenosRecordFrame *frame = data;

  gst_buffer_unref (frame->buffer);
  gst_caps_unref (frame->caps);
  g_free (frame);
}

GenosRecordMember *
genos_record_member_new (GenosRecordTrack *track)
{
  GenosRecordMember *self = g_new0 (GenosRecordMember, 1);

  self->track = genos_record_track_ref (track);
  self->current = self->ending = -1;
  self->last = GST_CLOCK_TIME_NONE;
  g_queue_init (&self->waiting);
  return self;
}

static void
clear_waiting (GenosRecordMember *self)
{
  g_queue_clear_full (&self->waiting, frame_free);
  self->n_bytes = 0;
}

void
genos_record_member_free (GenosRecordMember *self)
{
  clear_waiting (self);
  gst_clear_caps (&self->caps);
  genos_record_track_remove (self->track);
  genos_record_track_unref (self->track);
  g_free (self);
}

static gboolean
is_too_much (GenosRecordMember *self, GstClockTime time)
{
  const GenosRecordFrame *first = g_queue_peek_head (&self->waiting);

  return self->n_bytes > MAX_WAITING || (first != NULL && time > first->time + MAX_WAITING_TIME);
}

/* Sound may begin anywhere, so its oldest goes; pictures begin anew at the next key frame. */
static void
make_room (GenosRecordMember *self, GstClockTime time)
{
  while (is_too_much (self, time)) {
    GenosRecordFrame *frame;

    if (genos_record_track_is_video (self->track)) {
      clear_waiting (self);
      return;
    }
    frame = g_queue_pop_head (&self->waiting);
    self->n_bytes -= gst_buffer_get_size (frame->buffer);
    frame_free (frame);
  }
}

static gboolean
is_another_format (GenosRecordMember *self, GstCaps *caps)
{
  const GenosRecordFrame *first = g_queue_peek_head (&self->waiting);

  return first != NULL && !gst_caps_is_equal (first->caps, caps);
}

void
genos_record_member_wait (
    GenosRecordMember *self, GstBuffer *buffer, GstCaps *caps, GstClockTime time)
{
  GenosRecordFrame *frame;

  make_room (self, time);
  if (is_another_format (self, caps))
    clear_waiting (self);
  if (g_queue_is_empty (&self->waiting) && genos_record_track_is_video (self->track)
      && !genos_record_key_frame_check (caps, buffer))
    return;
  frame = g_new (GenosRecordFrame, 1);
  frame->buffer = gst_buffer_ref (buffer);
  frame->caps = gst_caps_ref (caps);
  frame->time = time;
  self->n_bytes += gst_buffer_get_size (buffer);
  g_queue_push_tail (&self->waiting, frame);
}

const GenosRecordFrame *
genos_record_member_peek (GenosRecordMember *self)
{
  return g_queue_peek_head (&self->waiting);
}

void
genos_record_member_flush (GenosRecordMember *self, GenosRecordFile *file)
{
  GenosRecordFrame *frame;

  while ((frame = g_queue_pop_head (&self->waiting)) != NULL) {
    genos_record_file_push (file, self->current, frame->buffer, frame->caps, frame->time);
    frame_free (frame);
  }
  self->n_bytes = 0;
}
