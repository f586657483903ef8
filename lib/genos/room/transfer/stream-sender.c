/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/transfer/stream-sender.h>

#include <string.h>

#include <genos/room/transfer/stream-error.h>
#include <genos/room/transfer/stream-ring.h>

/* Somebody may have to say yes. */
#define ACCEPT_TIMEOUT (180 * G_TIME_SPAN_SECOND)
/* After another link came: a program answers. */
#define RESUME_TIMEOUT (30 * G_TIME_SPAN_SECOND)
/* With what is put around it, sealed and padded or not, it fits into one frame of the data channel: a
 * channel's ::progress tells of messages that take more than one. */
#define DATA_SIZE 15840

struct _GenosStreamSender {
  GenosStreamSenderState state;
  GError *error;
  char *metadata;
  guint64 size;
  GenosStreamRing *ring; /* from what is confirmed to what was written; NULL before begin() */
  GenosContentHash *hash;

  guint64 offer; /* of accept */
  guint8 offer_hash32[32];
  guint64 begin;
  guint64 sent; /* the next byte to be sent */
  guint64 confirmed;
  guint64 limit;
  gint64 deadline; /* 0: none */

  gboolean must_open, must_begin, must_resume, must_abort;
  gboolean lost;     /* where the peer stands is not known yet, on this link */
  gboolean finished; /* nothing more is written */
  gboolean end_sent;
};

GenosStreamSender *
genos_stream_sender_new (const char *metadata, guint64 size, gint64 now)
{
  GenosStreamSender *self = g_new0 (GenosStreamSender, 1);

  self->metadata = g_strdup (metadata);
  self->size = size;
  self->must_open = TRUE;
  self->deadline = now + ACCEPT_TIMEOUT;
  return self;
}

void
genos_stream_sender_free (GenosStreamSender *self)
{
  g_clear_error (&self->error);
  g_clear_pointer (&self->ring, genos_stream_ring_free);
  g_clear_pointer (&self->hash, genos_content_hash_free);
  g_free (self->metadata);
  g_free (self);
}

GenosStreamSenderState
genos_stream_sender_get_state (GenosStreamSender *self)
{
  return self->state;
}

const GError *
genos_stream_sender_get_error (GenosStreamSender *self)
{
  return self->error;
}

static gboolean
is_over (GenosStreamSender *self)
{
  return self->state == GENOS_STREAM_SENDER_DONE || self->state == GENOS_STREAM_SENDER_FAILED;
}

/* What is kept is needed no more. */
static void
end (GenosStreamSender *self, GenosStreamSenderState state)
{
  self->state = state;
  self->deadline = 0;
  g_clear_pointer (&self->ring, genos_stream_ring_free);
}

void
genos_stream_sender_fail (GenosStreamSender *self, const GError *error)
{
  if (is_over (self))
    return;
  self->error = g_error_copy (error);
  self->must_abort = TRUE;
  end (self, GENOS_STREAM_SENDER_FAILED);
}

static void
fail (GenosStreamSender *self, GenosError code, const char *text)
{
  g_autoptr (GError) error = g_error_new_literal (GENOS_ERROR, code, text);

  genos_stream_sender_fail (self, error);
}

/* --- what the peer says */

/* The peer stands at @received, and wants up to @limit. */
static void
take_position (GenosStreamSender *self, guint64 received, guint64 limit)
{
  if (received > self->sent || received < self->begin) {
    fail (self, GENOS_ERROR_PROTOCOL, "the peer confirms what was never sent");
    return;
  }
  /* It never goes back: that would be a frame of an earlier time. */
  if (received > self->confirmed)
    self->confirmed = received;
  self->limit = MAX (self->limit, limit);
  genos_stream_ring_drop (self->ring, self->confirmed);
  if (self->lost) {
    self->lost = FALSE;
    self->deadline = 0;
    self->sent = self->confirmed;
    self->end_sent = FALSE;
  }
}

static void
take_accept (GenosStreamSender *self, const GenosStreamFrame *frame)
{
  if (self->state == GENOS_STREAM_SENDER_OPENING) {
    self->state = GENOS_STREAM_SENDER_ACCEPTED;
    self->deadline = 0;
    self->lost = FALSE;
    self->must_open = FALSE;
    self->offer = frame->offset;
    self->limit = frame->limit;
    memcpy (self->offer_hash32, frame->hash32, sizeof self->offer_hash32);
    return;
  }
  /* It accepts again, because our beginning was lost with the link. */
  if (self->state == GENOS_STREAM_SENDER_SENDING && self->lost) {
    self->must_begin = TRUE;
    take_position (self, self->begin, 0);
  } else if (self->state == GENOS_STREAM_SENDER_ACCEPTED) {
    self->lost = FALSE;
    self->deadline = 0;
  }
}

static void
take_done (GenosStreamSender *self)
{
  if (self->state != GENOS_STREAM_SENDER_SENDING || !self->finished
      || self->sent != genos_stream_ring_get_end (self->ring)) {
    fail (self, GENOS_ERROR_PROTOCOL, "the peer says it has all before it has");
    return;
  }
  self->confirmed = self->sent;
  end (self, GENOS_STREAM_SENDER_DONE);
}

static void
take_stop (GenosStreamSender *self, const GenosStreamFrame *frame)
{
  self->error = genos_stream_error_from_frame (frame);
  end (self, GENOS_STREAM_SENDER_FAILED);
}

void
genos_stream_sender_take (GenosStreamSender *self, const GenosStreamFrame *frame, gint64 now)
{
  if (is_over (self))
    return;
  switch (frame->kind) {
    case GENOS_STREAM_ACCEPT:
      take_accept (self, frame);
      break;
    case GENOS_STREAM_CREDIT:
      if (self->state == GENOS_STREAM_SENDER_SENDING)
        take_position (self, frame->offset, frame->limit);
      else
        fail (self, GENOS_ERROR_PROTOCOL, "the peer confirms what was never sent");
      break;
    case GENOS_STREAM_DONE:
      take_done (self);
      break;
    case GENOS_STREAM_STOP:
      take_stop (self, frame);
      break;
    default:
      fail (self, GENOS_ERROR_PROTOCOL, "the peer says what only a sender says");
  }
}

void
genos_stream_sender_relink (GenosStreamSender *self, gint64 now)
{
  if (is_over (self))
    return;
  if (self->state == GENOS_STREAM_SENDER_OPENING) {
    self->must_open = TRUE;
    return;
  }
  self->lost = TRUE;
  self->must_resume = TRUE;
  self->deadline = now + RESUME_TIMEOUT;
}

void
genos_stream_sender_tick (GenosStreamSender *self, gint64 now)
{
  if (self->deadline == 0 || now < self->deadline)
    return;
  if (self->state == GENOS_STREAM_SENDER_OPENING)
    fail (self, GENOS_ERROR_TIMED_OUT, "nobody there decided in time whether to take the stream");
  else
    fail (self, GENOS_ERROR_TIMED_OUT, "the peer did not say in time how far the stream came");
}

/* --- what is said */

static GBytes *
build (GenosStreamFrameKind kind)
{
  const GenosStreamFrame frame = { .kind = kind };

  return genos_stream_frame_build (&frame);
}

static GBytes *
build_open (GenosStreamSender *self)
{
  const GenosStreamFrame frame = {
    .kind = GENOS_STREAM_OPEN, .size = self->size, .text = self->metadata
  };

  return genos_stream_frame_build (&frame);
}

static GBytes *
build_begin (GenosStreamSender *self)
{
  const GenosStreamFrame frame = { .kind = GENOS_STREAM_BEGIN, .offset = self->begin };

  return genos_stream_frame_build (&frame);
}

static GBytes *
build_end (GenosStreamSender *self)
{
  GenosStreamFrame frame = { .kind = GENOS_STREAM_END, .size = self->sent };

  genos_content_hash_peek (self->hash, frame.hash32);
  return genos_stream_frame_build (&frame);
}

/* (nullable) */
static GBytes *
build_data (GenosStreamSender *self)
{
  g_autofree guint8 *bytes = NULL;
  gsize size = DATA_SIZE;
  GenosStreamFrame frame = { .kind = GENOS_STREAM_DATA, .offset = self->sent };

  if (self->limit <= self->sent)
    return NULL;
  size = (gsize) MIN ((guint64) size, self->limit - self->sent);
  bytes = g_malloc (size);
  frame.data_size = genos_stream_ring_peek (self->ring, self->sent, bytes, size);
  if (frame.data_size == 0)
    return NULL;
  frame.data = bytes;
  self->sent += frame.data_size;
  return genos_stream_frame_build (&frame);
}

static gboolean
take_flag (gboolean *flag)
{
  gboolean was = *flag;

  *flag = FALSE;
  return was;
}

static GBytes *
next_of_content (GenosStreamSender *self)
{
  GBytes *frame = build_data (self);

  if (frame != NULL || !self->finished || self->end_sent
      || self->sent != genos_stream_ring_get_end (self->ring))
    return frame;
  self->end_sent = TRUE;
  return build_end (self);
}

GBytes *
genos_stream_sender_next (GenosStreamSender *self)
{
  if (take_flag (&self->must_abort))
    return genos_stream_error_build_frame (GENOS_STREAM_ABORT, self->error);
  if (is_over (self))
    return NULL;
  if (take_flag (&self->must_open))
    return build_open (self);
  if (take_flag (&self->must_resume))
    return build (GENOS_STREAM_RESUME);
  if (self->lost || self->state != GENOS_STREAM_SENDER_SENDING)
    return NULL;
  if (take_flag (&self->must_begin))
    return build_begin (self);
  return next_of_content (self);
}

/* --- the content */

guint64
genos_stream_sender_get_offer (GenosStreamSender *self, guint8 hash32[32])
{
  memcpy (hash32, self->offer_hash32, sizeof self->offer_hash32);
  return self->offer;
}

void
genos_stream_sender_begin (GenosStreamSender *self, guint64 offset, GenosContentHash *prefix)
{
  g_autoptr (GenosContentHash) hash = prefix != NULL ? prefix : genos_content_hash_new ();

  if (self->state != GENOS_STREAM_SENDER_ACCEPTED)
    return;
  self->state = GENOS_STREAM_SENDER_SENDING;
  self->must_begin = TRUE;
  self->hash = g_steal_pointer (&hash);
  self->ring = genos_stream_ring_new (GENOS_STREAM_WINDOW);
  genos_stream_ring_reset (self->ring, offset);
  self->begin = self->sent = self->confirmed = offset;
  /* What was granted, was for what was offered. */
  if (offset < self->offer)
    self->limit = self->limit > self->offer ? self->limit - self->offer : 0;
}

gsize
genos_stream_sender_get_room (GenosStreamSender *self)
{
  if (self->state != GENOS_STREAM_SENDER_SENDING || self->finished)
    return 0;
  return genos_stream_ring_get_room (self->ring);
}

gsize
genos_stream_sender_write (GenosStreamSender *self, const guint8 *data, gsize size)
{
  gsize n;

  if (genos_stream_sender_get_room (self) == 0)
    return 0;
  n = genos_stream_ring_add (self->ring, data, size);
  genos_content_hash_update (self->hash, data, n);
  return n;
}

void
genos_stream_sender_finish (GenosStreamSender *self)
{
  self->finished = TRUE;
}

guint64
genos_stream_sender_get_confirmed (GenosStreamSender *self)
{
  return self->confirmed;
}
