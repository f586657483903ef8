/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/relay-visit.h>

struct _GenosRelayVisit {
  GIOStream parent_instance;

  GSocketConnection *connection;
  GIOStream *stream; /* the same, or TLS on it */
  GSocketAddress *local;
  GSocketAddress *remote;
  GSource *deadline;
};

enum { SIGNAL_OVERDUE, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GenosRelayVisit, genos_relay_visit, G_TYPE_IO_STREAM)

static GInputStream *
genos_relay_visit_get_input (GIOStream *stream)
{
  return g_io_stream_get_input_stream (GENOS_RELAY_VISIT (stream)->stream);
}

static GOutputStream *
genos_relay_visit_get_output (GIOStream *stream)
{
  return g_io_stream_get_output_stream (GENOS_RELAY_VISIT (stream)->stream);
}

static void
clear_deadline (GenosRelayVisit *self)
{
  if (self->deadline != NULL)
    g_source_destroy (self->deadline);
  g_clear_pointer (&self->deadline, g_source_unref);
}

static gboolean
genos_relay_visit_close (GIOStream *stream, GCancellable *cancellable, GError **error)
{
  GenosRelayVisit *self = GENOS_RELAY_VISIT (stream);

  clear_deadline (self);
  return g_io_stream_close (G_IO_STREAM (self->connection), cancellable, error);
}

/* GIOStream's own would close from another thread. Closing a socket does not block. */
static void
genos_relay_visit_close_async (GIOStream *stream, int io_priority, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);
  GError *error = NULL;

  g_task_set_source_tag (task, genos_relay_visit_close_async);
  if (genos_relay_visit_close (stream, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static gboolean
genos_relay_visit_close_finish (GIOStream *stream, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
genos_relay_visit_finalize (GObject *object)
{
  GenosRelayVisit *self = GENOS_RELAY_VISIT (object);

  clear_deadline (self);
  /* In that order: with its socket gone, TLS has nobody to say goodbye to. */
  if (self->connection != NULL)
    g_io_stream_close (G_IO_STREAM (self->connection), NULL, NULL);
  g_clear_object (&self->stream);
  g_clear_object (&self->connection);
  g_clear_object (&self->local);
  g_clear_object (&self->remote);

  G_OBJECT_CLASS (genos_relay_visit_parent_class)->finalize (object);
}

static void
genos_relay_visit_class_init (GenosRelayVisitClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  object_class->finalize = genos_relay_visit_finalize;
  stream_class->get_input_stream = genos_relay_visit_get_input;
  stream_class->get_output_stream = genos_relay_visit_get_output;
  stream_class->close_fn = genos_relay_visit_close;
  stream_class->close_async = genos_relay_visit_close_async;
  stream_class->close_finish = genos_relay_visit_close_finish;

  signals[SIGNAL_OVERDUE] = g_signal_new (
      "overdue", GENOS_TYPE_RELAY_VISIT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
genos_relay_visit_init (GenosRelayVisit *self)
{
}

GenosRelayVisit *
genos_relay_visit_new (GSocketConnection *connection, GTlsCertificate *certificate, GError **error)
{
  g_autoptr (GenosRelayVisit) self = g_object_new (GENOS_TYPE_RELAY_VISIT, NULL);

  self->connection = g_object_ref (connection);
  self->local = g_socket_connection_get_local_address (connection, error);
  if (self->local == NULL)
    return NULL;
  self->remote = g_socket_connection_get_remote_address (connection, error);
  if (self->remote == NULL)
    return NULL;
  if (certificate == NULL) {
    self->stream = g_object_ref (G_IO_STREAM (connection));
  } else {
    self->stream = g_tls_server_connection_new (G_IO_STREAM (connection), certificate, error);
    if (self->stream == NULL)
      return NULL;
    /* Browsers that close a tab do not say goodbye. */
    g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (self->stream), FALSE);
  }
  return g_steal_pointer (&self);
}

GSocketAddress *
genos_relay_visit_get_local (GenosRelayVisit *self)
{
  return self->local;
}

GSocketAddress *
genos_relay_visit_get_remote (GenosRelayVisit *self)
{
  return self->remote;
}

GInetAddress *
genos_relay_visit_get_remote_inet (GenosRelayVisit *self)
{
  if (!G_IS_INET_SOCKET_ADDRESS (self->remote))
    return NULL;
  return g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (self->remote));
}

static gboolean
on_deadline (gpointer user_data)
{
  g_autoptr (GenosRelayVisit) self = g_object_ref (user_data);

  g_signal_emit (self, signals[SIGNAL_OVERDUE], 0);
  genos_relay_visit_cut (self);
  return G_SOURCE_REMOVE;
}

void
genos_relay_visit_set_deadline (GenosRelayVisit *self, guint seconds)
{
  clear_deadline (self);
  if (seconds == 0)
    return;
  self->deadline = g_timeout_source_new (seconds * 1000);
  g_source_set_callback (self->deadline, on_deadline, self, NULL);
  g_source_attach (self->deadline, g_main_context_get_thread_default ());
}

void
genos_relay_visit_cut (GenosRelayVisit *self)
{
  clear_deadline (self);
  g_socket_shutdown (g_socket_connection_get_socket (self->connection), TRUE, TRUE, NULL);
}
