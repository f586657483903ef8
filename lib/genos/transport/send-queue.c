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
  GenosPriority priority;
  gsize bytes;
  GQueue messages; /* Message */
} Lane;

#define N_PRIORITIES (GENOS_PRIORITY_HIGH + 1)

struct _GenosSendQueue {
  Lane urgent;
  GQueue lanes[N_PRIORITIES]; /* Lane, none empty; the head's turn is next */
  guint ahead[N_PRIORITIES];  /* frames that left while a lower priority waited */
  gsize bytes;
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
  return g_new0 (GenosSendQueue, 1);
}

void
genos_send_queue_free (GenosSendQueue *self)
{
  g_queue_clear_full (&self->urgent.messages, (GDestroyNotify) free_message);
  for (guint i = 0; i < N_PRIORITIES; i++)
    g_queue_clear_full (&self->lanes[i], (GDestroyNotify) free_lane);
  g_free (self);
}

/* (nullable) */
static Lane *
find_lane (GenosSendQueue *self, const char *type)
{
  for (guint i = 0; i < N_PRIORITIES; i++) {
    for (GList *l = self->lanes[i].head; l != NULL; l = l->next) {
      Lane *lane = l->data;

      if (g_str_equal (lane->type, type))
        return lane;
    }
  }
  return NULL;
}

static Lane *
get_lane (GenosSendQueue *self, const char *type, GenosPriority priority)
{
  Lane *lane = g_str_has_prefix (type, "@_") ? &self->urgent : find_lane (self, type);

  if (lane != NULL)
    return lane;
  lane = g_new0 (Lane, 1);
  lane->type = g_strdup (type);
  lane->priority = priority;
  g_queue_push_tail (&self->lanes[priority], lane);
  return lane;
}

static void
drop_lane_if_empty (GenosSendQueue *self, Lane *lane)
{
  if (lane == &self->urgent || !g_queue_is_empty (&lane->messages))
    return;
  g_queue_remove (&self->lanes[lane->priority], lane);
  free_lane (lane);
}

static void
count_bytes (GenosSendQueue *self, Lane *lane, gsize added, gsize removed)
{
  if (lane == &self->urgent)
    return;
  lane->bytes = lane->bytes + added - removed;
  self->bytes = self->bytes + added - removed;
}

static gsize
waiting_bytes (const Message *message)
{
  gsize bytes = 0;

  for (guint i = message->next; i < message->frames->len; i++)
    bytes += g_bytes_get_size (g_ptr_array_index (message->frames, i));
  return bytes;
}

void
genos_send_queue_add (GenosSendQueue *self, guint64 serial, const char *type,
    GenosPriority priority, GPtrArray *frames, GenosSendDoneFunc progress, gpointer user_data,
    GDestroyNotify destroy)
{
  Lane *lane = get_lane (self, type, priority);
  Message *message = g_new (Message, 1);

  *message = (Message){ serial, frames, 0, progress, user_data, destroy };
  g_queue_push_tail (&lane->messages, message);
  count_bytes (self, lane, waiting_bytes (message), 0);
}

/* (transfer full) (nullable): one that has not begun to leave; @serial 0: the oldest of these. */
static Message *
take_out (GenosSendQueue *self, Lane *lane, guint64 serial)
{
  for (GList *l = lane->messages.head; l != NULL; l = l->next) {
    Message *message = l->data;

    if (message->next > 0 || (serial != 0 && message->serial != serial))
      continue;
    g_queue_delete_link (&lane->messages, l);
    count_bytes (self, lane, 0, waiting_bytes (message));
    drop_lane_if_empty (self, lane);
    return message;
  }
  return NULL;
}

gboolean
genos_send_queue_cancel (GenosSendQueue *self, guint64 serial)
{
  Message *message = take_out (self, &self->urgent, serial);

  for (guint i = 0; message == NULL && i < N_PRIORITIES; i++) {
    for (GList *l = self->lanes[i].head; message == NULL && l != NULL;) {
      Lane *lane = l->data;

      l = l->next;
      message = take_out (self, lane, serial);
    }
  }
  if (message == NULL)
    return FALSE;
  free_message (message);
  return TRUE;
}

static void
fail_message (Message *message, const GError *error)
{
  if (message->progress != NULL)
    message->progress (
        (gdouble) message->next / message->frames->len, TRUE, error, message->user_data);
  free_message (message);
}

gboolean
genos_send_queue_drop_oldest (GenosSendQueue *self, const char *type, const GError *error)
{
  Lane *lane = find_lane (self, type);
  Message *message = lane != NULL ? take_out (self, lane, 0) : NULL;

  if (message == NULL)
    return FALSE;
  fail_message (message, error);
  return TRUE;
}

static gboolean
has_lower (GenosSendQueue *self, guint priority)
{
  for (guint i = 0; i < priority; i++) {
    if (!g_queue_is_empty (&self->lanes[i]))
      return TRUE;
  }
  return FALSE;
}

/* (nullable): whose turn it is. */
static Lane *
next_lane (GenosSendQueue *self)
{
  if (!g_queue_is_empty (&self->urgent.messages))
    return &self->urgent;
  for (guint i = N_PRIORITIES; i-- > 0;) {
    if (!g_queue_is_empty (&self->lanes[i])
        && (self->ahead[i] < GENOS_SEND_AHEAD || !has_lower (self, i)))
      return g_queue_peek_head (&self->lanes[i]);
  }
  return NULL;
}

/* Whoever had to wait for this lane has waited for one frame more, and those before it begin anew. */
static void
count_turn (GenosSendQueue *self, const Lane *lane)
{
  if (lane == &self->urgent)
    return;
  self->ahead[lane->priority] =
      has_lower (self, lane->priority) ? self->ahead[lane->priority] + 1 : 0;
  for (guint i = lane->priority + 1; i < N_PRIORITIES; i++)
    self->ahead[i] = 0;
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
  if (lane == &self->urgent)
    return;
  g_queue_push_tail (&self->lanes[lane->priority], g_queue_pop_head (&self->lanes[lane->priority]));
  drop_lane_if_empty (self, lane);
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

  count_turn (self, lane);
  if (done)
    g_queue_pop_head (&lane->messages);
  count_bytes (self, lane, 0, g_bytes_get_size (frame));
  rotate (self, lane);
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

  lane->bytes = 0;
  while ((message = g_queue_pop_head (&lane->messages)) != NULL)
    fail_message (message, error);
}

void
genos_send_queue_fail (GenosSendQueue *self, const GError *error)
{
  Lane *lane;

  self->bytes = 0;
  fail_lane (&self->urgent, error);
  for (guint i = 0; i < N_PRIORITIES; i++) {
    while ((lane = g_queue_pop_head (&self->lanes[i])) != NULL) {
      fail_lane (lane, error);
      free_lane (lane);
    }
  }
}

gsize
genos_send_queue_get_bytes (GenosSendQueue *self)
{
  return self->bytes;
}

gsize
genos_send_queue_get_type_bytes (GenosSendQueue *self, const char *type)
{
  Lane *lane = find_lane (self, type);

  return lane != NULL ? lane->bytes : 0;
}

guint
genos_send_queue_get_n_urgent (GenosSendQueue *self)
{
  return g_queue_get_length (&self->urgent.messages);
}
