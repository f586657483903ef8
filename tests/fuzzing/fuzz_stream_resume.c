/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/transfer/stream-receiver.h>
#include <genos/room/transfer/stream-sender.h>

#include "fuzz.h"

/* Both ends of a stream, over links that break at any time. The first bytes say how long the content is,
 * and how much of it is there from an earlier try; each further byte is a step. In the end all of it has
 * to be there, as it was. */
typedef struct {
  GenosStreamSender *sender;
  GenosStreamReceiver *receiver;
  GQueue to_receiver, to_sender; /* GBytes under way */
  gsize size;
  gsize kept;
  gboolean from_zero; /* the sender does not trust what is there */
  gboolean accepted;
  gsize written, read;
  gint64 now;
} World;

static guint8
content_at (gsize offset)
{
  return (guint8) (offset * 31 + (offset >> 8) * 7);
}

static GenosContentHash *
hash_of (gsize size)
{
  GenosContentHash *hash = genos_content_hash_new ();

  for (gsize i = 0; i < size; i++) {
    guint8 byte = content_at (i);

    genos_content_hash_update (hash, &byte, 1);
  }
  return hash;
}

static void
say (World *self, guint n)
{
  GBytes *bytes;

  for (guint i = 0; i < n && (bytes = genos_stream_sender_next (self->sender)) != NULL; i++)
    g_queue_push_tail (&self->to_receiver, bytes);
}

static void
answer (World *self, guint n)
{
  GBytes *bytes;

  for (guint i = 0; i < n && (bytes = genos_stream_receiver_next (self->receiver)) != NULL; i++)
    g_queue_push_tail (&self->to_sender, bytes);
}

/* Whoever gives the stream to the application accepts it. */
static void
accept_stream (World *self)
{
  if (self->accepted)
    return;
  self->accepted = TRUE;
  genos_stream_receiver_accept (self->receiver, self->kept, hash_of (self->kept));
}

static void
hear (World *self, GQueue *queue, guint n)
{
  GBytes *bytes;

  for (guint i = 0; i < n && (bytes = g_queue_pop_head (queue)) != NULL; i++) {
    g_auto (GenosStreamFrame) frame = { 0 };

    g_assert_true (genos_stream_frame_parse (bytes, &frame, NULL));
    if (queue == &self->to_sender)
      genos_stream_sender_take (self->sender, &frame, self->now);
    else if (frame.kind == GENOS_STREAM_OPEN && !self->accepted)
      accept_stream (self);
    else
      genos_stream_receiver_take (self->receiver, &frame);
    g_bytes_unref (bytes);
  }
}

static void
begin (World *self)
{
  guint8 hash32[GENOS_STREAM_HASH_SIZE];
  guint64 offer;

  if (genos_stream_sender_get_state (self->sender) != GENOS_STREAM_SENDER_ACCEPTED)
    return;
  offer = genos_stream_sender_get_offer (self->sender, hash32);
  g_assert_cmpuint (offer, ==, self->kept);
  self->written = self->from_zero ? 0 : offer;
  genos_stream_sender_begin (
      self->sender, self->written, self->from_zero ? NULL : hash_of (self->kept));
}

static void
write_content (World *self, gsize most)
{
  guint8 data[4096];
  gsize n = MIN (MIN (most, sizeof data), self->size - self->written);

  begin (self);
  if (genos_stream_sender_get_state (self->sender) != GENOS_STREAM_SENDER_SENDING)
    return;
  n = MIN (n, self->size - self->written);
  for (gsize i = 0; i < n; i++)
    data[i] = content_at (self->written + i);
  self->written += genos_stream_sender_write (self->sender, data, n);
  if (self->written == self->size)
    genos_stream_sender_finish (self->sender);
}

static void
read_content (World *self, gsize most)
{
  guint8 data[4096];
  gsize n = genos_stream_receiver_read (self->receiver, data, MIN (most, sizeof data));
  gsize begun = genos_stream_receiver_get_begin (self->receiver);

  g_assert_cmpuint (genos_stream_receiver_get_available (self->receiver), <=, GENOS_STREAM_WINDOW);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpuint (data[i], ==, content_at (begun + self->read + i));
  self->read += n;
  if (genos_stream_receiver_get_state (self->receiver) == GENOS_STREAM_RECEIVER_ENDED
      && genos_stream_receiver_get_available (self->receiver) == 0)
    genos_stream_receiver_confirm (self->receiver);
}

static void
clear_queue (GQueue *queue)
{
  GBytes *bytes;

  while ((bytes = g_queue_pop_head (queue)) != NULL)
    g_bytes_unref (bytes);
}

/* What was under way is lost. */
static void
break_link (World *self)
{
  clear_queue (&self->to_receiver);
  clear_queue (&self->to_sender);
  genos_stream_sender_relink (self->sender, self->now);
  genos_stream_receiver_relink (self->receiver);
}

static void
step (World *self, guint8 what)
{
  guint n = 1 + (what >> 3);

  switch (what & 7) {
    case 0:
      say (self, n);
      break;
    case 1:
      hear (self, &self->to_receiver, n);
      break;
    case 2:
      answer (self, n);
      break;
    case 3:
      hear (self, &self->to_sender, n);
      break;
    case 4:
      write_content (self, n * 128);
      break;
    case 5:
      read_content (self, n * 128);
      break;
    case 6:
      break_link (self);
      break;
    default:
      self->now += n * G_TIME_SPAN_MILLISECOND;
      genos_stream_sender_tick (self->sender, self->now);
  }
}

static gboolean
is_done (World *self)
{
  return genos_stream_sender_get_state (self->sender) == GENOS_STREAM_SENDER_DONE
      && genos_stream_receiver_get_state (self->receiver) == GENOS_STREAM_RECEIVER_DONE;
}

/* Nothing breaks any more. */
static void
settle (World *self)
{
  for (guint i = 0; i < 1000 && !is_done (self); i++) {
    write_content (self, 4096);
    say (self, 100);
    hear (self, &self->to_receiver, 100);
    read_content (self, 4096);
    answer (self, 100);
    hear (self, &self->to_sender, 100);
  }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  World world = { .size = 0 };

  if (size < 4)
    return 0;
  world.size = (gsize) data[0] << 8 | data[1];
  world.kept = MIN ((gsize) data[2] << 8, world.size);
  world.from_zero = data[3] & 1;
  world.sender = genos_stream_sender_new (
      "{}", data[3] & 2 ? world.size : GENOS_STREAM_SIZE_UNKNOWN, world.now);
  world.receiver = genos_stream_receiver_new (data[3] & 2 ? world.size : GENOS_STREAM_SIZE_UNKNOWN);
  for (gsize i = 4; i < size; i++)
    step (&world, data[i]);
  settle (&world);
  g_assert_no_error (genos_stream_sender_get_error (world.sender));
  g_assert_no_error (genos_stream_receiver_get_error (world.receiver));
  g_assert_true (is_done (&world));
  g_assert_cmpuint (genos_stream_receiver_get_begin (world.receiver) + world.read, ==, world.size);
  clear_queue (&world.to_receiver);
  clear_queue (&world.to_sender);
  genos_stream_sender_free (world.sender);
  genos_stream_receiver_free (world.receiver);
  return 0;
}
