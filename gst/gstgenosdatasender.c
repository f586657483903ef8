/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosdatasender.h"

#include "gstgenoselements.h"

#define GST_CAT_DEFAULT gst_genos_debug

/* Messages that wait for the session's thread, and such that peers have yet to take: small ones cost
 * more than their bytes. */
#define MAX_QUEUED 1024
#define MAX_BYTES GST_GENOS_DATA_ROUTE_MOST_QUEUED
#define MAX_PENDING 16384
/* With GENOS_OVERFLOW_WAIT: an outbox lets no more wait outside than twice that. */
#define MAX_PENDING_WAITING 512

typedef struct {
  GstGenosDataRoute *route;
  GenosMessage *message;
  gsize size;
} Item;

typedef struct {
  guint64 in;
  guint64 bytes_in;
  guint64 out;     /* counted for each peer */
  guint64 dropped; /* likewise; those that never came so far once */
  guint64 invalid;
} Counters;

struct _GstGenosDataSender {
  GObject parent;

  GstGenosRoomSession *session;
  GMutex lock;
  GCond cond;
  /* under the lock */
  GQueue queue; /* Item */
  gsize queued_bytes;
  guint n_pending; /* with the channels, and not all peers have it */
  gsize pending_bytes;
  gboolean called; /* the session's thread is about to come */
  gboolean interrupted;
  GCancellable *cancellable;
  Counters counters;
};

G_DEFINE_TYPE (GstGenosDataSender, gst_genos_data_sender, G_TYPE_OBJECT)

static guint refused_signal;

static void
item_free (gpointer data)
{
  Item *item = data;

  gst_genos_data_route_unref (item->route);
  genos_message_unref (item->message);
  g_free (item);
}

/* on the session's thread */

static void send_queued (GstGenosRoomSession *session, GenosRoom *room, gpointer user_data);

/* Under the lock. */
static void
call_session (GstGenosDataSender *self)
{
  if (self->called || g_queue_is_empty (&self->queue) || self->n_pending >= MAX_PENDING)
    return;
  self->called = TRUE;
  gst_genos_room_session_post (self->session, send_queued, g_object_ref (self), g_object_unref);
}

typedef struct {
  GstGenosDataSender *sender;
  gsize size;
  GenosOverflow overflow;
} Pending;

static gboolean
is_worth_telling (const Pending *pending, const GError *error)
{
  /* Nobody there is not wrong, and dropping is what was asked for. */
  if (error == NULL || g_error_matches (error, GENOS_ERROR, GENOS_ERROR_CLOSED)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return FALSE;
  return pending->overflow != GENOS_OVERFLOW_DROP_OLDEST
      || !g_error_matches (error, GENOS_ERROR, GENOS_ERROR_LIMIT);
}

static void
finish_pending (Pending *pending, guint n_sent, guint n_failed, const GError *error)
{
  GstGenosDataSender *self = pending->sender;

  g_mutex_lock (&self->lock);
  self->n_pending--;
  self->pending_bytes -= pending->size;
  self->counters.out += n_sent;
  self->counters.dropped += n_failed;
  call_session (self);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  if (is_worth_telling (pending, error))
    g_signal_emit (self, refused_signal, 0, error);
  g_object_unref (self);
  g_free (pending);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) sent = NULL;
  g_auto (GStrv) failed = NULL;

  genos_channel_send_finish (GENOS_CHANNEL (source), result, &sent, &failed, &error);
  finish_pending (user_data, g_strv_length (sent), g_strv_length (failed), error);
}

static void
send_item (GstGenosDataSender *self, GenosRoom *room, Item *item, GCancellable *cancellable)
{
  const GstGenosDataRoute *route = item->route;
  g_autoptr (GError) error = NULL;
  g_autoptr (GenosChannel) channel = genos_room_open_channel (room, route->channel, &error);
  Pending *pending = g_new (Pending, 1);

  *pending = (Pending){ g_object_ref (self), item->size, route->overflow };
  if (channel == NULL) {
    finish_pending (pending, 0, 1, error);
    return;
  }
  g_object_set (channel, "priority", route->priority, "overflow", route->overflow, "max-queued",
      route->max_queued, NULL);
  genos_channel_send_async (
      channel, item->message, (const char *const *) route->targets, cancellable, on_sent, pending);
}

/* (nullable): also when enough is with the channels. */
static Item *
take_item (GstGenosDataSender *self, GCancellable **cancellable)
{
  Item *item = NULL;

  g_mutex_lock (&self->lock);
  if (self->n_pending < MAX_PENDING)
    item = g_queue_pop_head (&self->queue);
  if (item != NULL) {
    self->queued_bytes -= item->size;
    self->pending_bytes += item->size;
    self->n_pending++;
    *cancellable = g_object_ref (self->cancellable);
  } else {
    self->called = FALSE;
  }
  g_mutex_unlock (&self->lock);
  return item;
}

/* Not all at once: other things go on in the room. */
#define TURN 64

static void
send_queued (GstGenosRoomSession *session, GenosRoom *room, gpointer user_data)
{
  GstGenosDataSender *self = user_data;

  for (guint i = 0; i < TURN; i++) {
    g_autoptr (GCancellable) cancellable = NULL;
    Item *item = take_item (self, &cancellable);

    if (item == NULL)
      return;
    send_item (self, room, item, cancellable);
    item_free (item);
  }
  g_mutex_lock (&self->lock);
  self->called = FALSE;
  call_session (self);
  g_mutex_unlock (&self->lock);
}

/* on the streaming thread */

/* Under the lock. One message has room, whatever its size. */
static gboolean
has_room (GstGenosDataSender *self, const GstGenosDataRoute *route, gsize size)
{
  gsize bytes = self->queued_bytes;
  gsize limit = route->max_queued > 0 ? route->max_queued : MAX_BYTES;
  guint n = g_queue_get_length (&self->queue);
  guint max = MAX_QUEUED;

  if (route->overflow == GENOS_OVERFLOW_WAIT) {
    bytes += self->pending_bytes;
    n += self->n_pending;
    max = MAX_PENDING_WAITING;
  }
  if (n == 0)
    return TRUE;
  return n < max && bytes + size <= limit;
}

/* Under the lock; FALSE: interrupted. */
static gboolean
wait_for_room (GstGenosDataSender *self, const GstGenosDataRoute *route, gsize size)
{
  while (!self->interrupted && !has_room (self, route, size))
    g_cond_wait (&self->cond, &self->lock);
  return !self->interrupted;
}

/* Under the lock. */
static void
drop_oldest (GstGenosDataSender *self, const GstGenosDataRoute *route, gsize size)
{
  while (!has_room (self, route, size)) {
    Item *item = g_queue_pop_head (&self->queue);

    self->queued_bytes -= item->size;
    self->counters.dropped++;
    item_free (item);
  }
}

/* Under the lock. */
static void
enqueue (GstGenosDataSender *self, GstGenosDataRoute *route, GenosMessage *message, gsize size)
{
  Item *item = g_new (Item, 1);

  *item = (Item){ gst_genos_data_route_ref (route), genos_message_ref (message), size };
  g_queue_push_tail (&self->queue, item);
  self->queued_bytes += size;
  self->counters.in++;
  self->counters.bytes_in += size;
  call_session (self);
}

static gsize
get_size (GenosMessage *message)
{
  GBytes *bytes = genos_message_get_bytes (message);

  return bytes != NULL ? g_bytes_get_size (bytes) : strlen (genos_message_get_text (message));
}

static void
tell_no_room (GstGenosDataSender *self)
{
  g_autoptr (GError) error = g_error_new_literal (
      GENOS_ERROR, GENOS_ERROR_LIMIT, "the room does not keep up with the pipeline");

  g_signal_emit (self, refused_signal, 0, error);
}

gboolean
gst_genos_data_sender_push (
    GstGenosDataSender *self, GstGenosDataRoute *route, GenosMessage *message)
{
  gsize size = get_size (message);
  gboolean refused = FALSE, waited = TRUE;

  g_mutex_lock (&self->lock);
  if (route->overflow == GENOS_OVERFLOW_WAIT)
    waited = wait_for_room (self, route, size);
  else if (route->overflow == GENOS_OVERFLOW_DROP_OLDEST)
    drop_oldest (self, route, size);
  else
    refused = !has_room (self, route, size);
  if (refused)
    self->counters.dropped++;
  else if (waited)
    enqueue (self, route, message, size);
  g_mutex_unlock (&self->lock);
  if (refused)
    tell_no_room (self);
  return waited;
}

void
gst_genos_data_sender_drain (GstGenosDataSender *self, gint64 timeout)
{
  gint64 deadline = g_get_monotonic_time () + timeout;

  g_mutex_lock (&self->lock);
  while (!self->interrupted && (self->n_pending > 0 || !g_queue_is_empty (&self->queue))) {
    if (!g_cond_wait_until (&self->cond, &self->lock, deadline))
      break;
  }
  g_mutex_unlock (&self->lock);
}

/* any thread */

void
gst_genos_data_sender_set_interrupted (GstGenosDataSender *self, gboolean interrupted)
{
  g_mutex_lock (&self->lock);
  self->interrupted = interrupted;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

void
gst_genos_data_sender_clear (GstGenosDataSender *self)
{
  g_autoptr (GCancellable) cancellable = NULL;
  GQueue given_up;

  g_mutex_lock (&self->lock);
  given_up = self->queue;
  g_queue_init (&self->queue);
  self->queued_bytes = 0;
  self->counters.dropped += given_up.length;
  cancellable = g_steal_pointer (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  g_cancellable_cancel (cancellable);
  g_queue_clear_full (&given_up, item_free);
}

void
gst_genos_data_sender_count_invalid (GstGenosDataSender *self)
{
  g_mutex_lock (&self->lock);
  self->counters.invalid++;
  g_mutex_unlock (&self->lock);
}

GstStructure *
gst_genos_data_sender_get_stats (GstGenosDataSender *self)
{
  Counters counters;
  guint n_waiting;

  g_mutex_lock (&self->lock);
  counters = self->counters;
  n_waiting = g_queue_get_length (&self->queue) + self->n_pending;
  g_mutex_unlock (&self->lock);
  return gst_structure_new ("genos-data", "messages-in", G_TYPE_UINT64, counters.in, "bytes-in",
      G_TYPE_UINT64, counters.bytes_in, "messages-out", G_TYPE_UINT64, counters.out, "dropped",
      G_TYPE_UINT64, counters.dropped, "invalid", G_TYPE_UINT64, counters.invalid, "waiting",
      G_TYPE_UINT, n_waiting, NULL);
}

static void
gst_genos_data_sender_finalize (GObject *object)
{
  GstGenosDataSender *self = GST_GENOS_DATA_SENDER (object);

  g_queue_clear_full (&self->queue, item_free);
  g_object_unref (self->session);
  g_object_unref (self->cancellable);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  G_OBJECT_CLASS (gst_genos_data_sender_parent_class)->finalize (object);
}

static void
gst_genos_data_sender_class_init (GstGenosDataSenderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gst_genos_data_sender_finalize;
  refused_signal = g_signal_new ("refused", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
      NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
gst_genos_data_sender_init (GstGenosDataSender *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  g_queue_init (&self->queue);
  self->cancellable = g_cancellable_new ();
}

GstGenosDataSender *
gst_genos_data_sender_new (GstGenosRoomSession *session)
{
  GstGenosDataSender *self = g_object_new (GST_TYPE_GENOS_DATA_SENDER, NULL);

  self->session = g_object_ref (session);
  return self;
}
