/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/transfer/stream-receiver.h>

#include <string.h>

#include <genos/room/transfer/stream-error.h>
#include <genos/room/transfer/stream-ring.h>
#include <genos/room/transfer/stream-sender.h>

/* The sender is told of room when there is that much more of it. */
#define CREDIT_STEP (GENOS_STREAM_WINDOW / 4)

struct _GenosStreamReceiver {
  GenosStreamReceiverState state;
  GError *error;
  guint64 size;
  GenosStreamRing *ring; /* from what was read to what was received; NULL before accept() */
  GenosContentHash *hash;
  guint64 offset; /* of accept */
  guint8 offset_hash32[GENOS_CONTENT_HASH_SIZE];
  guint64 begin;
  guint64 granted; /* up to where the sender may send */

  gboolean must_accept, must_credit, must_confirm, must_stop;
};

GenosStreamReceiver *
genos_stream_receiver_new (guint64 size)
{
  GenosStreamReceiver *self = g_new0 (GenosStreamReceiver, 1);

  self->size = size;
  return self;
}

void
genos_stream_receiver_free (GenosStreamReceiver *self)
{
  g_clear_error (&self->error);
  g_clear_pointer (&self->ring, genos_stream_ring_free);
  g_clear_pointer (&self->hash, genos_content_hash_free);
  g_free (self);
}

GenosStreamReceiverState
genos_stream_receiver_get_state (GenosStreamReceiver *self)
{
  return self->state;
}

const GError *
genos_stream_receiver_get_error (GenosStreamReceiver *self)
{
  return self->error;
}

static gboolean
is_over (GenosStreamReceiver *self)
{
  return self->state == GENOS_STREAM_RECEIVER_DONE || self->state == GENOS_STREAM_RECEIVER_FAILED;
}

static void
set_failed (GenosStreamReceiver *self, GError *error)
{
  self->error = error;
  self->state = GENOS_STREAM_RECEIVER_FAILED;
}

void
genos_stream_receiver_fail (GenosStreamReceiver *self, const GError *error)
{
  if (is_over (self))
    return;
  set_failed (self, g_error_copy (error));
  self->must_stop = TRUE;
}

static void
fail (GenosStreamReceiver *self, GenosError code, const char *text)
{
  g_autoptr (GError) error = g_error_new_literal (GENOS_ERROR, code, text);

  genos_stream_receiver_fail (self, error);
}

/* --- what the peer says */

static void
take_begin (GenosStreamReceiver *self, const GenosStreamFrame *frame)
{
  if (self->state != GENOS_STREAM_RECEIVER_ACCEPTED
      || (frame->offset != self->offset && frame->offset != 0)) {
    fail (self, GENOS_ERROR_PROTOCOL, "a stream begins where it must not");
    return;
  }
  self->state = GENOS_STREAM_RECEIVER_RECEIVING;
  /* One that waits would come late, over the next link, and take the sender back to its beginning. */
  self->must_accept = FALSE;
  self->begin = frame->offset;
  if (frame->offset == self->offset)
    return;
  g_clear_pointer (&self->hash, genos_content_hash_free);
  self->hash = genos_content_hash_new ();
  genos_stream_ring_reset (self->ring, 0);
  self->granted = GENOS_STREAM_WINDOW;
}

static gboolean
check_data (GenosStreamReceiver *self, const GenosStreamFrame *frame)
{
  guint64 received = genos_stream_ring_get_end (self->ring);
  guint64 end = frame->offset + frame->data_size;

  if (frame->offset != received)
    fail (self, GENOS_ERROR_PROTOCOL, "a part of the stream is missing, or comes twice");
  else if (end > self->granted)
    fail (self, GENOS_ERROR_LIMIT, "the stream brings more than was granted");
  else if (self->size != GENOS_STREAM_SIZE_UNKNOWN && end > self->size)
    fail (self, GENOS_ERROR_PROTOCOL, "the stream is longer than was said");
  return self->state == GENOS_STREAM_RECEIVER_RECEIVING;
}

static void
take_data (GenosStreamReceiver *self, const GenosStreamFrame *frame)
{
  if (self->state != GENOS_STREAM_RECEIVER_RECEIVING) {
    fail (self, GENOS_ERROR_PROTOCOL, "a stream goes on when it must not");
    return;
  }
  if (!check_data (self, frame))
    return;
  genos_content_hash_update (self->hash, frame->data, frame->data_size);
  genos_stream_ring_add (self->ring, frame->data, frame->data_size);
}

static void
take_end (GenosStreamReceiver *self, const GenosStreamFrame *frame)
{
  guint8 hash32[GENOS_CONTENT_HASH_SIZE];

  /* Again, after another link came. */
  if (self->state == GENOS_STREAM_RECEIVER_ENDED)
    return;
  if (self->state != GENOS_STREAM_RECEIVER_RECEIVING) {
    fail (self, GENOS_ERROR_PROTOCOL, "a stream ends when it must not");
    return;
  }
  if (frame->size != genos_stream_ring_get_end (self->ring)
      || (self->size != GENOS_STREAM_SIZE_UNKNOWN && self->size != frame->size)) {
    fail (self, GENOS_ERROR_PROTOCOL, "the stream is shorter than was said");
    return;
  }
  genos_content_hash_peek (self->hash, hash32);
  if (memcmp (hash32, frame->hash32, sizeof hash32) != 0) {
    fail (self, GENOS_ERROR_AUTHENTICATION, "what arrived is not what was sent: the hashes differ");
    return;
  }
  self->state = GENOS_STREAM_RECEIVER_ENDED;
}

/* The sender lost what was under way, and wants to know where we are. */
static void
take_resume (GenosStreamReceiver *self)
{
  if (self->state == GENOS_STREAM_RECEIVER_OFFERED)
    fail (self, GENOS_ERROR_PROTOCOL, "a stream goes on that was not accepted");
  else
    genos_stream_receiver_relink (self);
}

void
genos_stream_receiver_take (GenosStreamReceiver *self, const GenosStreamFrame *frame)
{
  if (self->state == GENOS_STREAM_RECEIVER_DONE)
    self->must_confirm = TRUE; /* our last word was lost with the link */
  if (is_over (self))
    return;
  switch (frame->kind) {
    case GENOS_STREAM_OPEN:
      /* Again, because the link was replaced before we answered; or our answer went with it. */
      self->must_accept = self->state == GENOS_STREAM_RECEIVER_ACCEPTED;
      break;
    case GENOS_STREAM_BEGIN:
      take_begin (self, frame);
      break;
    case GENOS_STREAM_DATA:
      take_data (self, frame);
      break;
    case GENOS_STREAM_END:
      take_end (self, frame);
      break;
    case GENOS_STREAM_RESUME:
      take_resume (self);
      break;
    case GENOS_STREAM_ABORT:
      set_failed (self, genos_stream_error_from_frame (frame));
      break;
    default:
      fail (self, GENOS_ERROR_PROTOCOL, "a sender says what only a receiver says");
  }
}

void
genos_stream_receiver_relink (GenosStreamReceiver *self)
{
  switch (self->state) {
    case GENOS_STREAM_RECEIVER_ACCEPTED:
      self->must_accept = TRUE;
      break;
    case GENOS_STREAM_RECEIVER_RECEIVING:
    case GENOS_STREAM_RECEIVER_ENDED:
      self->must_credit = TRUE;
      break;
    case GENOS_STREAM_RECEIVER_DONE:
      self->must_confirm = TRUE;
      break;
    case GENOS_STREAM_RECEIVER_OFFERED:
    case GENOS_STREAM_RECEIVER_FAILED:
      break;
  }
}

/* --- what is said */

static gboolean
take_flag (gboolean *flag)
{
  gboolean was = *flag;

  *flag = FALSE;
  return was;
}

static GBytes *
build_accept (GenosStreamReceiver *self)
{
  GenosStreamFrame frame = {
    .kind = GENOS_STREAM_ACCEPT, .offset = self->offset, .limit = self->granted
  };

  memcpy (frame.hash32, self->offset_hash32, sizeof frame.hash32);
  return genos_stream_frame_build (&frame);
}

static GBytes *
build_credit (GenosStreamReceiver *self)
{
  GenosStreamFrame frame = { .kind = GENOS_STREAM_CREDIT,
    .offset = genos_stream_ring_get_end (self->ring) };

  self->granted = frame.offset + genos_stream_ring_get_room (self->ring);
  frame.limit = self->granted;
  return genos_stream_frame_build (&frame);
}

static gboolean
is_credit_due (GenosStreamReceiver *self)
{
  guint64 possible;

  if (self->state != GENOS_STREAM_RECEIVER_RECEIVING && !self->must_credit)
    return FALSE;
  possible = genos_stream_ring_get_end (self->ring) + genos_stream_ring_get_room (self->ring);
  return take_flag (&self->must_credit) || possible - self->granted >= CREDIT_STEP;
}

GBytes *
genos_stream_receiver_next (GenosStreamReceiver *self)
{
  static const GenosStreamFrame done = { .kind = GENOS_STREAM_DONE };

  if (take_flag (&self->must_stop))
    return genos_stream_error_build_frame (GENOS_STREAM_STOP, self->error);
  if (take_flag (&self->must_confirm))
    return genos_stream_frame_build (&done);
  if (is_over (self))
    return NULL;
  if (take_flag (&self->must_accept))
    return build_accept (self);
  return is_credit_due (self) ? build_credit (self) : NULL;
}

/* --- the content */

void
genos_stream_receiver_accept (GenosStreamReceiver *self, guint64 offset, GenosContentHash *prefix)
{
  g_autoptr (GenosContentHash) hash = prefix != NULL ? prefix : genos_content_hash_new ();

  if (self->state != GENOS_STREAM_RECEIVER_OFFERED)
    return;
  self->state = GENOS_STREAM_RECEIVER_ACCEPTED;
  self->must_accept = TRUE;
  self->offset = offset;
  genos_content_hash_peek (hash, self->offset_hash32);
  self->hash = g_steal_pointer (&hash);
  self->ring = genos_stream_ring_new (GENOS_STREAM_WINDOW);
  genos_stream_ring_reset (self->ring, offset);
  self->granted = offset + GENOS_STREAM_WINDOW;
}

guint64
genos_stream_receiver_get_begin (GenosStreamReceiver *self)
{
  return self->begin;
}

gsize
genos_stream_receiver_get_available (GenosStreamReceiver *self)
{
  if (self->ring == NULL || self->state == GENOS_STREAM_RECEIVER_FAILED)
    return 0;
  return (
      gsize) (genos_stream_ring_get_end (self->ring) - genos_stream_ring_get_start (self->ring));
}

gsize
genos_stream_receiver_read (GenosStreamReceiver *self, guint8 *data, gsize size)
{
  guint64 start;
  gsize n;

  if (genos_stream_receiver_get_available (self) == 0)
    return 0;
  start = genos_stream_ring_get_start (self->ring);
  n = genos_stream_ring_peek (self->ring, start, data, size);
  genos_stream_ring_drop (self->ring, start + n);
  return n;
}

void
genos_stream_receiver_confirm (GenosStreamReceiver *self)
{
  if (self->state != GENOS_STREAM_RECEIVER_ENDED)
    return;
  self->state = GENOS_STREAM_RECEIVER_DONE;
  self->must_confirm = TRUE;
}

guint64
genos_stream_receiver_get_received (GenosStreamReceiver *self)
{
  return self->ring != NULL ? genos_stream_ring_get_end (self->ring) : 0;
}
