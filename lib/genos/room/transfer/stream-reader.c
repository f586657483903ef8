/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/transfer/stream-reader.h>

#include <genos/base/error.h>
#include <genos/room/transfer/stream-waiters.h>

struct _GenosStreamReader {
  GInputStream parent_instance;

  GenosStreamReceiver *receiver;
  GenosStreamPort *port;
  GenosStreamWaiters waiters;
  gboolean manual;
};

static void pollable_init (GPollableInputStreamInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GenosStreamReader, genos_stream_reader, G_TYPE_INPUT_STREAM,
    G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM, pollable_init))

static guint changed_signal;

static gboolean
is_at_end (GenosStreamReader *self)
{
  GenosStreamReceiverState state = genos_stream_receiver_get_state (self->receiver);

  return state == GENOS_STREAM_RECEIVER_ENDED || state == GENOS_STREAM_RECEIVER_DONE;
}

static gboolean
is_over (GenosStreamReader *self)
{
  GenosStreamReceiverState state = genos_stream_receiver_get_state (self->receiver);

  return state == GENOS_STREAM_RECEIVER_DONE || state == GENOS_STREAM_RECEIVER_FAILED;
}

static gboolean
is_readable (GenosStreamReader *self)
{
  return genos_stream_receiver_get_available (self->receiver) > 0 || is_at_end (self)
      || is_over (self);
}

void
genos_stream_reader_update (GenosStreamReader *self)
{
  g_autoptr (GenosStreamReader) alive = g_object_ref (self);

  if (self->port == NULL)
    return;
  genos_stream_port_pump (self->port);
  if (is_over (self))
    genos_stream_port_close (
        self->port, genos_stream_receiver_get_state (self->receiver) == GENOS_STREAM_RECEIVER_DONE);
  genos_stream_waiters_set_ready (&self->waiters, is_readable (self));
  g_signal_emit (self, changed_signal, 0);
}

void
genos_stream_reader_fail (GenosStreamReader *self, const GError *error)
{
  genos_stream_receiver_fail (self->receiver, error);
  genos_stream_reader_update (self);
}

GenosStreamReceiver *
genos_stream_reader_get_receiver (GenosStreamReader *self)
{
  return self->receiver;
}

void
genos_stream_reader_set_manual (GenosStreamReader *self)
{
  self->manual = TRUE;
}

/* --- the port */

static GBytes *
port_next (gpointer owner)
{
  return genos_stream_receiver_next (GENOS_STREAM_READER (owner)->receiver);
}

static void
port_frame (gpointer owner, const GenosStreamFrame *frame)
{
  GenosStreamReader *self = owner;

  genos_stream_receiver_take (self->receiver, frame);
  genos_stream_reader_update (self);
}

static void
port_relinked (gpointer owner)
{
  genos_stream_receiver_relink (GENOS_STREAM_READER (owner)->receiver);
}

static void
port_gone (gpointer owner, const GError *error)
{
  genos_stream_reader_fail (owner, error);
}

static const GenosStreamPortEvents port_events = { port_next, port_frame, port_relinked, NULL,
  port_gone };

/* --- GInputStream */

static void
confirm (GenosStreamReader *self)
{
  genos_stream_receiver_confirm (self->receiver);
  genos_stream_reader_update (self);
}

static gssize
read_nonblocking (GPollableInputStream *stream, void *data, gsize size, GError **error)
{
  GenosStreamReader *self = GENOS_STREAM_READER (stream);
  const GError *reason = genos_stream_receiver_get_error (self->receiver);
  gsize n;

  if (reason != NULL) {
    g_propagate_error (error, g_error_copy (reason));
    return -1;
  }
  n = genos_stream_receiver_read (self->receiver, data, size);
  if (n == 0 && size > 0 && !is_at_end (self)) {
    g_set_error_literal (
        error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "nothing more has arrived at the moment");
    return -1;
  }
  if (n == 0 && size > 0 && !self->manual && !is_over (self))
    confirm (self);
  genos_stream_port_pump (self->port);
  genos_stream_waiters_set_ready (&self->waiters, is_readable (self));
  return (gssize) n;
}

/* Whoever waited here would keep the context from doing what is waited for. */
static gssize
reader_read (
    GInputStream *stream, void *data, gsize size, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) reason = NULL;
  gssize n = read_nonblocking (G_POLLABLE_INPUT_STREAM (stream), data, size, &reason);

  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
        "a peer's stream cannot be read with blocking calls: use the asynchronous ones");
  else if (reason != NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  return n;
}

static gboolean
reader_close (GInputStream *stream, GCancellable *cancellable, GError **error)
{
  GenosStreamReader *self = GENOS_STREAM_READER (stream);
  g_autoptr (GError) closed = NULL;

  if (is_over (self))
    return TRUE;
  g_set_error_literal (
      &closed, G_IO_ERROR, G_IO_ERROR_CANCELLED, "the stream was closed before its end");
  genos_stream_reader_fail (self, closed);
  return TRUE;
}

static void
reader_close_async (GInputStream *stream, int priority, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);

  g_task_set_source_tag (task, reader_close_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_return_boolean (task, reader_close (stream, cancellable, NULL));
}

static gboolean
reader_close_finish (GInputStream *stream, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
pollable_is_readable (GPollableInputStream *stream)
{
  return is_readable (GENOS_STREAM_READER (stream));
}

static GSource *
pollable_create_source (GPollableInputStream *stream, GCancellable *cancellable)
{
  GenosStreamReader *self = GENOS_STREAM_READER (stream);

  return genos_stream_waiters_add (&self->waiters, self, cancellable, is_readable (self));
}

static void
pollable_init (GPollableInputStreamInterface *interface)
{
  interface->is_readable = pollable_is_readable;
  interface->create_source = pollable_create_source;
  interface->read_nonblocking = read_nonblocking;
}

/* Nobody has looked at it, or nobody wants it any more. */
static GError *
new_drop_error (GenosStreamReader *self)
{
  if (genos_stream_receiver_get_state (self->receiver) == GENOS_STREAM_RECEIVER_OFFERED)
    return g_error_new_literal (GENOS_ERROR, GENOS_ERROR_UNSUPPORTED, "");
  return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "the stream was dropped");
}

static void
genos_stream_reader_dispose (GObject *object)
{
  GenosStreamReader *self = GENOS_STREAM_READER (object);
  g_autoptr (GError) error = new_drop_error (self);

  if (self->port != NULL) {
    genos_stream_receiver_fail (self->receiver, error);
    genos_stream_port_close (self->port, FALSE);
  }
  g_clear_pointer (&self->port, genos_stream_port_unref);

  G_OBJECT_CLASS (genos_stream_reader_parent_class)->dispose (object);
}

static void
genos_stream_reader_finalize (GObject *object)
{
  GenosStreamReader *self = GENOS_STREAM_READER (object);

  genos_stream_waiters_clear (&self->waiters);
  genos_stream_receiver_free (self->receiver);

  G_OBJECT_CLASS (genos_stream_reader_parent_class)->finalize (object);
}

static void
genos_stream_reader_class_init (GenosStreamReaderClass *klass)
{
  GInputStreamClass *stream_class = G_INPUT_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = genos_stream_reader_dispose;
  G_OBJECT_CLASS (klass)->finalize = genos_stream_reader_finalize;
  stream_class->read_fn = reader_read;
  stream_class->close_fn = reader_close;
  stream_class->close_async = reader_close_async;
  stream_class->close_finish = reader_close_finish;

  changed_signal = g_signal_new (
      "changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
genos_stream_reader_init (GenosStreamReader *self)
{
}

GenosStreamReader *
genos_stream_reader_new (GenosStreamPort *port, guint64 size)
{
  GenosStreamReader *self = g_object_new (GENOS_TYPE_STREAM_READER, NULL);

  self->receiver = genos_stream_receiver_new (size);
  self->port = genos_stream_port_ref (port);
  genos_stream_port_set_owner (port, &port_events, self);
  return self;
}
