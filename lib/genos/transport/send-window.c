/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/send-window.h>

/* A round is long enough to have a fast message among slow ones. */
#define ROUND 20000 /* µs */
#define ROUND_MESSAGES 4
/* Of user data in a packet of webrtcbin, whose MTU is 1200. */
#define CHUNK 1136
#define UNKNOWN G_MAXINT64

/* A message that is under way. */
typedef struct {
  guint64 end; /* in the data, from the beginning */
  guint chunks;
  gint64 sent;
} Message;

struct _GenosSendWindow {
  gsize size;
  guint64 added;
  guint64 acked;
  guint chunks; /* of the messages under way */
  GQueue messages;

  gint64 path;          /* the least time of all */
  gboolean searching;   /* it was never too large */
  guint64 round_offset; /* messages after it count */
  gint64 round_begun;   /* 0: when the first of them is acknowledged */
  guint round_messages;
  gint64 fastest;
  gboolean limited; /* somebody was told to wait in this round */
};

static void
begin_round (GenosSendWindow *self)
{
  self->round_offset = self->added;
  self->round_begun = 0;
  self->round_messages = 0;
  self->fastest = UNKNOWN;
  self->limited = FALSE;
}

GenosSendWindow *
genos_send_window_new (void)
{
  GenosSendWindow *self = g_new0 (GenosSendWindow, 1);

  self->size = GENOS_SEND_WINDOW_START;
  self->path = UNKNOWN;
  self->searching = TRUE;
  begin_round (self);
  return self;
}

void
genos_send_window_free (GenosSendWindow *self)
{
  g_queue_clear_full (&self->messages, g_free);
  g_free (self);
}

/* @size at which the fastest would take as long as it may. */
static gsize
scale (GenosSendWindow *self)
{
  gint64 aim = self->path + GENOS_SEND_WINDOW_DELAY;

  return (gsize) ((gint64) self->size * aim / MAX (self->fastest, 1));
}

static void
end_round (GenosSendWindow *self)
{
  gsize most = self->size + self->size / 4;

  /* With next to nothing under way it is the path that takes so long. */
  if (self->size == GENOS_SEND_WINDOW_MIN)
    self->path = self->fastest;
  if (self->fastest > self->path + GENOS_SEND_WINDOW_DELAY) {
    self->size = MAX (scale (self), self->size / 2);
    self->searching = FALSE;
  } else if (self->limited) {
    self->size = self->searching ? most : MIN (scale (self), most);
  }
  self->size = CLAMP (self->size, GENOS_SEND_WINDOW_MIN, GENOS_SEND_WINDOW_MAX);
  begin_round (self);
}

/* Those of before the round say nothing of its window. */
static void
take (GenosSendWindow *self, const Message *message, gint64 now)
{
  gint64 took = now - message->sent;

  self->path = MIN (self->path, took);
  if (message->end <= self->round_offset)
    return;
  self->fastest = MIN (self->fastest, took);
  self->round_messages++;
  if (self->round_begun == 0)
    self->round_begun = now;
}

void
genos_send_window_add (GenosSendWindow *self, gsize size, gint64 now)
{
  Message *message;

  self->added += size;
  /* It may have arrived before we hear that it was handed over. */
  if (self->added <= self->acked)
    return;
  message = g_new (Message, 1);
  *message = (Message){ self->added, (guint) (size / CHUNK) + 1, now };
  self->chunks += message->chunks;
  g_queue_push_tail (&self->messages, message);
}

void
genos_send_window_ack (GenosSendWindow *self, guint64 acked, gint64 now)
{
  Message *message;

  self->acked = MAX (self->acked, acked);
  while ((message = g_queue_peek_head (&self->messages)) != NULL && message->end <= self->acked) {
    g_queue_pop_head (&self->messages);
    self->chunks -= message->chunks;
    take (self, message, now);
    g_free (message);
  }
  if (self->round_messages >= ROUND_MESSAGES && now - self->round_begun >= ROUND)
    end_round (self);
}

gboolean
genos_send_window_has_room (GenosSendWindow *self)
{
  if (genos_send_window_get_under_way (self) < self->size
      && self->chunks < GENOS_SEND_WINDOW_MAX_CHUNKS)
    return TRUE;
  self->limited = TRUE;
  return FALSE;
}

gboolean
genos_send_window_has_much_room (GenosSendWindow *self)
{
  return genos_send_window_get_under_way (self) <= self->size / 4 * 3
      && self->chunks <= GENOS_SEND_WINDOW_MAX_CHUNKS / 4 * 3;
}

gsize
genos_send_window_get_under_way (GenosSendWindow *self)
{
  return self->added > self->acked ? (gsize) (self->added - self->acked) : 0;
}

gsize
genos_send_window_get_size (GenosSendWindow *self)
{
  return self->size;
}
