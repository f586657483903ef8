/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/transfer/stream-writer.h>

#include <genos/room/transfer/stream-waiters.h>

struct _GenosStreamWriter {
  GOutputStream parent_instance;

  GenosStreamSender *sender;
  GenosStreamPort *port;
  GenosStreamWaiters waiters;
  GTask *waiting; /* (nullable): for the peer to accept, or to have it all */
  GSource *cancelled;
};

static void pollable_init (GPollableOutputStreamInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GenosStreamWriter, genos_stream_writer, G_TYPE_OUTPUT_STREAM,
    G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM, pollable_init))

static guint changed_signal;

static gboolean
is_over (GenosStreamWriter *self)
{
  GenosStreamSenderState state = genos_stream_sender_get_state (self->sender);

  return state == GENOS_STREAM_SENDER_DONE || state == GENOS_STREAM_SENDER_FAILED;
}

static gboolean
is_writable (GenosStreamWriter *self)
{
  return is_over (self) || genos_stream_sender_get_room (self->sender) > 0;
}

static void
clear_cancelled (GenosStreamWriter *self)
{
  if (self->cancelled != NULL)
    g_source_destroy (self->cancelled);
  g_clear_pointer (&self->cancelled, g_source_unref);
}

/* Whether what somebody waits for is there: that it is accepted, or over. */
static gboolean
is_awaited (GenosStreamWriter *self)
{
  return is_over (self)
      || (self->waiting != NULL
          && g_task_get_source_tag (self->waiting) == genos_stream_writer_open_async
          && genos_stream_sender_get_state (self->sender) != GENOS_STREAM_SENDER_OPENING);
}

static void
finish_waiting (GenosStreamWriter *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->waiting);
  const GError *error = genos_stream_sender_get_error (self->sender);

  if (task == NULL)
    return;
  clear_cancelled (self);
  if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else
    g_task_return_boolean (task, TRUE);
}

void
genos_stream_writer_update (GenosStreamWriter *self)
{
  g_autoptr (GenosStreamWriter) alive = g_object_ref (self);

  if (self->port == NULL)
    return;
  genos_stream_port_pump (self->port);
  if (is_over (self))
    genos_stream_port_close (
        self->port, genos_stream_sender_get_state (self->sender) == GENOS_STREAM_SENDER_DONE);
  genos_stream_waiters_set_ready (&self->waiters, is_writable (self));
  g_signal_emit (self, changed_signal, 0);
  if (is_awaited (self))
    finish_waiting (self);
}

void
genos_stream_writer_fail (GenosStreamWriter *self, const GError *error)
{
  genos_stream_sender_fail (self->sender, error);
  genos_stream_writer_update (self);
}

GenosStreamSender *
genos_stream_writer_get_sender (GenosStreamWriter *self)
{
  return self->sender;
}

/* --- the port */

static GBytes *
port_next (gpointer owner)
{
  return genos_stream_sender_next (GENOS_STREAM_WRITER (owner)->sender);
}

static void
port_frame (gpointer owner, const GenosStreamFrame *frame)
{
  GenosStreamWriter *self = owner;

  genos_stream_sender_take (self->sender, frame, g_get_monotonic_time ());
  genos_stream_writer_update (self);
}

static void
port_relinked (gpointer owner)
{
  genos_stream_sender_relink (GENOS_STREAM_WRITER (owner)->sender, g_get_monotonic_time ());
}

static void
port_tick (gpointer owner, gint64 now)
{
  GenosStreamWriter *self = owner;

  genos_stream_sender_tick (self->sender, now);
  if (is_over (self))
    genos_stream_writer_update (self);
}

static void
port_gone (gpointer owner, const GError *error)
{
  genos_stream_writer_fail (owner, error);
}

static const GenosStreamPortEvents port_events = { port_next, port_frame, port_relinked, port_tick,
  port_gone };

/* --- GOutputStream */

static gssize
take_error (GenosStreamWriter *self, GError **error)
{
  const GError *reason = genos_stream_sender_get_error (self->sender);

  if (reason != NULL)
    g_propagate_error (error, g_error_copy (reason));
  else
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "the stream is closed");
  return -1;
}

static gssize
write_nonblocking (GPollableOutputStream *stream, const void *data, gsize size, GError **error)
{
  GenosStreamWriter *self = GENOS_STREAM_WRITER (stream);
  gsize n;

  if (is_over (self))
    return take_error (self, error);
  n = genos_stream_sender_write (self->sender, data, size);
  if (n == 0 && size > 0) {
    g_set_error_literal (
        error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "the peer does not take more at the moment");
    return -1;
  }
  genos_stream_port_pump (self->port);
  genos_stream_waiters_set_ready (&self->waiters, is_writable (self));
  return (gssize) n;
}

/* Whoever waited here would keep the context from doing what is waited for. */
static gssize
writer_write (
    GOutputStream *stream, const void *data, gsize size, GCancellable *cancellable, GError **error)
{
  gssize n = write_nonblocking (G_POLLABLE_OUTPUT_STREAM (stream), data, size, NULL);

  if (n >= 0)
    return n;
  if (is_over (GENOS_STREAM_WRITER (stream)))
    return take_error (GENOS_STREAM_WRITER (stream), error);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
      "a stream to a peer cannot be written to with blocking calls: use the asynchronous ones");
  return -1;
}

static gboolean
writer_close (GOutputStream *stream, GCancellable *cancellable, GError **error)
{
  GenosStreamWriter *self = GENOS_STREAM_WRITER (stream);
  g_autoptr (GError) closed = NULL;

  if (genos_stream_sender_get_state (self->sender) == GENOS_STREAM_SENDER_DONE)
    return TRUE;
  g_set_error_literal (&closed, G_IO_ERROR, G_IO_ERROR_CANCELLED,
      "the stream was closed without waiting for the peer to have it");
  if (!is_over (self))
    genos_stream_writer_fail (self, closed);
  take_error (self, error);
  return FALSE;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "sending was cancelled");
  genos_stream_writer_fail (data, error);
  return G_SOURCE_REMOVE;
}

/* (transfer full) @task */
static void
wait_for_peer (GenosStreamWriter *self, GTask *task)
{
  GCancellable *cancellable = g_task_get_cancellable (task);

  g_task_set_check_cancellable (task, FALSE);
  self->waiting = task;
  if (cancellable != NULL && !is_over (self)) {
    self->cancelled = g_cancellable_source_new (cancellable);
    g_source_set_callback (self->cancelled, G_SOURCE_FUNC (on_cancelled), self, NULL);
    g_source_attach (self->cancelled, g_task_get_context (task));
  }
  genos_stream_writer_update (self);
}

void
genos_stream_writer_open_async (GenosStreamWriter *self, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, genos_stream_writer_open_async);
  wait_for_peer (self, task);
}

gboolean
genos_stream_writer_open_finish (GenosStreamWriter *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
writer_close_async (GOutputStream *stream, int priority, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  GenosStreamWriter *self = GENOS_STREAM_WRITER (stream);
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, writer_close_async);
  g_task_set_priority (task, priority);
  genos_stream_sender_finish (self->sender);
  wait_for_peer (self, task);
}

static gboolean
writer_close_finish (GOutputStream *stream, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
pollable_is_writable (GPollableOutputStream *stream)
{
  return is_writable (GENOS_STREAM_WRITER (stream));
}

static GSource *
pollable_create_source (GPollableOutputStream *stream, GCancellable *cancellable)
{
  GenosStreamWriter *self = GENOS_STREAM_WRITER (stream);

  return genos_stream_waiters_add (&self->waiters, self, cancellable, is_writable (self));
}

static void
pollable_init (GPollableOutputStreamInterface *interface)
{
  interface->is_writable = pollable_is_writable;
  interface->create_source = pollable_create_source;
  interface->write_nonblocking = write_nonblocking;
}

static void
genos_stream_writer_dispose (GObject *object)
{
  GenosStreamWriter *self = GENOS_STREAM_WRITER (object);
  g_autoptr (GError) error = NULL;

  clear_cancelled (self);
  g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "the stream was dropped");
  if (self->port != NULL) {
    genos_stream_sender_fail (self->sender, error);
    genos_stream_port_close (self->port, FALSE);
  }
  g_clear_pointer (&self->port, genos_stream_port_unref);

  /* It closes what is open, which is not any more. */
  G_OBJECT_CLASS (genos_stream_writer_parent_class)->dispose (object);
}

static void
genos_stream_writer_finalize (GObject *object)
{
  GenosStreamWriter *self = GENOS_STREAM_WRITER (object);

  genos_stream_waiters_clear (&self->waiters);
  genos_stream_sender_free (self->sender);

  G_OBJECT_CLASS (genos_stream_writer_parent_class)->finalize (object);
}

static void
genos_stream_writer_class_init (GenosStreamWriterClass *klass)
{
  GOutputStreamClass *stream_class = G_OUTPUT_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = genos_stream_writer_dispose;
  G_OBJECT_CLASS (klass)->finalize = genos_stream_writer_finalize;
  stream_class->write_fn = writer_write;
  stream_class->close_fn = writer_close;
  stream_class->close_async = writer_close_async;
  stream_class->close_finish = writer_close_finish;

  changed_signal = g_signal_new (
      "changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
genos_stream_writer_init (GenosStreamWriter *self)
{
}

GenosStreamWriter *
genos_stream_writer_new (GenosStreamPort *port, const char *metadata, guint64 size)
{
  GenosStreamWriter *self = g_object_new (GENOS_TYPE_STREAM_WRITER, NULL);

  self->sender = genos_stream_sender_new (metadata, size, g_get_monotonic_time ());
  self->port = genos_stream_port_ref (port);
  genos_stream_port_set_owner (port, &port_events, self);
  genos_stream_port_pump (port);
  return self;
}
