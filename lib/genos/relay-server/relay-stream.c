/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/relay-stream.h>

#include <genos/relay-server/relay-input.h>
#include <genos/relay-server/relay-output.h>

struct _GenosRelayStream {
  GIOStream parent_instance;

  GIOStream *base;
  GInputStream *input;
  GOutputStream *output;
};

G_DEFINE_FINAL_TYPE (GenosRelayStream, genos_relay_stream, G_TYPE_IO_STREAM)

static GInputStream *
genos_relay_stream_get_input (GIOStream *stream)
{
  return GENOS_RELAY_STREAM (stream)->input;
}

static GOutputStream *
genos_relay_stream_get_output (GIOStream *stream)
{
  return GENOS_RELAY_STREAM (stream)->output;
}

static gboolean
genos_relay_stream_close (GIOStream *stream, GCancellable *cancellable, GError **error)
{
  GenosRelayStream *self = GENOS_RELAY_STREAM (stream);

  genos_relay_output_finish (GENOS_RELAY_OUTPUT (self->output));
  return g_io_stream_close (self->base, cancellable, error);
}

/* GIOStream's own would close from another thread. Closing a socket does not block. */
static void
genos_relay_stream_close_async (GIOStream *stream, int io_priority, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);
  GError *error = NULL;

  g_task_set_source_tag (task, genos_relay_stream_close_async);
  if (genos_relay_stream_close (stream, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static gboolean
genos_relay_stream_close_finish (GIOStream *stream, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
genos_relay_stream_finalize (GObject *object)
{
  GenosRelayStream *self = GENOS_RELAY_STREAM (object);

  g_clear_object (&self->input);
  g_clear_object (&self->output);
  g_clear_object (&self->base);

  G_OBJECT_CLASS (genos_relay_stream_parent_class)->finalize (object);
}

static void
genos_relay_stream_class_init (GenosRelayStreamClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  object_class->finalize = genos_relay_stream_finalize;
  stream_class->get_input_stream = genos_relay_stream_get_input;
  stream_class->get_output_stream = genos_relay_stream_get_output;
  stream_class->close_fn = genos_relay_stream_close;
  stream_class->close_async = genos_relay_stream_close_async;
  stream_class->close_finish = genos_relay_stream_close_finish;
}

static void
genos_relay_stream_init (GenosRelayStream *self)
{
}

GenosRelayStream *
genos_relay_stream_new (GIOStream *base, guint64 max_message, gsize *account)
{
  GenosRelayStream *self = g_object_new (GENOS_TYPE_RELAY_STREAM, NULL);

  self->base = g_object_ref (base);
  self->input = genos_relay_input_new (g_io_stream_get_input_stream (base), max_message);
  self->output = genos_relay_output_new (g_io_stream_get_output_stream (base), account);
  return self;
}

gsize
genos_relay_stream_get_pending (GenosRelayStream *self)
{
  return genos_relay_output_get_pending (GENOS_RELAY_OUTPUT (self->output));
}

void
genos_relay_stream_forget_account (GenosRelayStream *self)
{
  genos_relay_output_forget_account (GENOS_RELAY_OUTPUT (self->output));
}
