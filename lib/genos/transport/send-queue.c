/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/send-queue.h>

typedef struct {
  guint64 serial;
  GPtrArray *frames;
  guint next; /* the frame that leaves next */
  GenosSendDoneFunc progress;
  gpointer user_data;
  GDestroyNotify destroy;
} Message;

typedef struct {
  char *type;
  GQueue messages; /* Message */
} Lane;

struct _GenosSendQueue {
  Lane urgent;
  GQueue lanes; /* Lane, none empty; the head's turn is next */
  gsize bytes;
  guint64 serial;
};

static void
free_message (Message *message)
{
  g_ptr_array_unref (message->frames);
  if (message->destroy != NULL)
    message->destroy (message->user_data);
  g_free (message);
}

static void
free_lane (Lane *lane)
{
  g_queue_clear_full (&lane->messages, (GDestroyNotify) free_message);
  g_free (lane->type);
  g_free (lane);
}

GenosSendQueue *
genos_send_queue_new (void)
{
  GenosSendQueue *self = g_new0 (GenosSendQueue, 1);

  g_queue_init (&self->urgent.messages);
  g_queue_init (&self->lanes);
  return self;
}

void
genos_send_queue_free (GenosSendQueue *self)
{
  g_queue_clear_full (&self->urgent.messages, (GDestroyNotify) free_message);
  g_queue_clear_full (&self->lanes, (GDestroyNotify) free_lane);
  g_free (self);
}

static Lane *
find_lane (GenosSendQueue *self, const char *type)
{
  Lane *lane;

  if (g_str_has_prefix (type, "@_"))
    return &self->urgent;
  for (GList *l = self->lanes.head; l != NULL; l = l->next) {
    lane = l->data;
    if (g_str_equal (lane->type, type))
      return lane;
  }
  lane = g_new0 (Lane, 1);
  lane->type = g_strdup (type);
  g_queue_init (&lane->messages);
  g_queue_push_tail (&self->lanes, lane);
  return lane;
}

static gsize
waiting_bytes (const Message *message)
{
  gsize bytes = 0;

  for (guint i = message->next; i < message->frames->len; i++)
    bytes += g_bytes_get_size (g_ptr_array_index (message->frames, i));
  return bytes;
}

guint64
genos_send_queue_add (GenosSendQueue *self, const char *type, GPtrArray *frames,
    GenosSendDoneFunc progress, gpointer user_data, GDestroyNotify destroy)
{
  Lane *lane = find_lane (self, type);
  Message *message = g_new (Message, 1);

  *message = (Message){ ++self->serial, frames, 0, progress, user_data, destroy };
  g_queue_push_tail (&lane->messages, message);
  if (lane != &self->urgent)
    self->bytes += waiting_bytes (message);
  return message->serial;
}

/* FALSE when the lane does not have it, or has begun to send it. */
static gboolean
cancel_in (GenosSendQueue *self, Lane *lane, guint64 serial)
{
  for (GList *l = lane->messages.head; l != NULL; l = l->next) {
    Message *message = l->data;

    if (message->serial != serial || message->next > 0)
      continue;
    g_queue_delete_link (&lane->messages, l);
    if (lane != &self->urgent)
      self->bytes -= waiting_bytes (message);
    if (lane != &self->urgent && g_queue_is_empty (&lane->messages)) {
      g_queue_remove (&self->lanes, lane);
      free_lane (lane);
    }
    free_message (message);
    return TRUE;
  }
  return FALSE;
}

gboolean
genos_send_queue_cancel (GenosSendQueue *self, guint64 serial)
{
  if (cancel_in (self, &self->urgent, serial))
    return TRUE;
  for (GList *l = self->lanes.head; l != NULL; l = l->next) {
    if (cancel_in (self, l->data, serial))
      return TRUE;
  }
  return FALSE;
}

static Lane *
next_lane (GenosSendQueue *self)
{
  return g_queue_is_empty (&self->urgent.messages) ? g_queue_peek_head (&self->lanes)
                                                   : &self->urgent;
}

GBytes *
genos_send_queue_peek (GenosSendQueue *self)
{
  Lane *lane = next_lane (self);
  Message *message;

  if (lane == NULL)
    return NULL;
  message = g_queue_peek_head (&lane->messages);
  return g_ptr_array_index (message->frames, message->next);
}

/* The next turn is another lane's; a lane without messages is gone. */
static void
rotate (GenosSendQueue *self, Lane *lane)
{
  g_queue_pop_head (&self->lanes);
  if (g_queue_is_empty (&lane->messages))
    free_lane (lane);
  else
    g_queue_push_tail (&self->lanes, lane);
}

void
genos_send_queue_pop (GenosSendQueue *self)
{
  Lane *lane = next_lane (self);
  Message *message = g_queue_peek_head (&lane->messages);
  GBytes *frame = g_ptr_array_index (message->frames, message->next++);
  gboolean done = message->next == message->frames->len;
  gdouble fraction = (gdouble) message->next / message->frames->len;
  GenosSendDoneFunc progress = message->progress;
  gpointer user_data = message->user_data;

  if (done)
    g_queue_pop_head (&lane->messages);
  if (lane != &self->urgent) {
    self->bytes -= g_bytes_get_size (frame);
    rotate (self, lane);
  }
  /* Last, for the function may come back here: a message that has begun to leave is not
   * cancelled, and so is still there. */
  if (progress != NULL)
    progress (fraction, done, NULL, user_data);
  if (done)
    free_message (message);
}

static void
fail_lane (Lane *lane, const GError *error)
{
  Message *message;

  while ((message = g_queue_pop_head (&lane->messages)) != NULL) {
    if (message->progress != NULL)
      message->progress (
          (gdouble) message->next / message->frames->len, TRUE, error, message->user_data);
    free_message (message);
  }
}

void
genos_send_queue_fail (GenosSendQueue *self, const GError *error)
{
  Lane *lane;

  self->bytes = 0;
  fail_lane (&self->urgent, error);
  while ((lane = g_queue_pop_head (&self->lanes)) != NULL) {
    fail_lane (lane, error);
    free_lane (lane);
  }
}

gsize
genos_send_queue_get_bytes (GenosSendQueue *self)
{
  return self->bytes;
}

guint
genos_send_queue_get_n_urgent (GenosSendQueue *self)
{
  return g_queue_get_length (&self->urgent.messages);
}
