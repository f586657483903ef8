/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "faulty-socket.h"

#include <string.h>

struct _FaultySocket {
  FaultySocketStep step;
  const char *words;
  GSocketService *service;
  GPtrArray *connections;
  guint port;
};

typedef struct {
  FaultySocket *server;
  GSocketConnection *connection;
  GSource *readable;
  GString *heard;
} Visitor;

static void
visitor_free (gpointer data)
{
  Visitor *self = data;

  if (self->readable != NULL)
    g_source_destroy (self->readable);
  g_clear_pointer (&self->readable, g_source_unref);
  g_io_stream_close (G_IO_STREAM (self->connection), NULL, NULL);
  g_object_unref (self->connection);
  g_string_free (self->heard, TRUE);
  g_free (self);
}

static void
dismiss (Visitor *self)
{
  GOutputStream *stream = g_io_stream_get_output_stream (G_IO_STREAM (self->connection));
  const char *words = self->server->words;

  g_output_stream_write (stream, words, strlen (words), NULL, NULL);
  g_ptr_array_remove (self->server->connections, self);
}

static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  Visitor *self = user_data;
  char bytes[512];
  gssize n = g_socket_receive (socket, bytes, sizeof bytes, NULL, NULL);

  if (n > 0)
    g_string_append_len (self->heard, bytes, n);
  if (n > 0 && strstr (self->heard->str, "\r\n\r\n") == NULL)
    return G_SOURCE_CONTINUE;
  dismiss (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_incoming (
    GSocketService *service, GSocketConnection *connection, GObject *source, gpointer user_data)
{
  FaultySocket *self = user_data;
  Visitor *visitor = g_new0 (Visitor, 1);

  visitor->server = self;
  visitor->connection = g_object_ref (connection);
  visitor->heard = g_string_new (NULL);
  g_ptr_array_add (self->connections, visitor);
  if (self->step == FAULTY_SOCKET_AT_ONCE) {
    dismiss (visitor);
  } else if (self->step == FAULTY_SOCKET_ASKED) {
    visitor->readable =
        g_socket_create_source (g_socket_connection_get_socket (connection), G_IO_IN, NULL);
    g_source_set_callback (visitor->readable, G_SOURCE_FUNC (on_readable), visitor, NULL);
    g_source_attach (visitor->readable, g_main_context_get_thread_default ());
  }
  return TRUE;
}

FaultySocket *
faulty_socket_new (FaultySocketStep step, const char *words)
{
  FaultySocket *self = g_new0 (FaultySocket, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;

  self->step = step;
  self->words = words;
  self->connections = g_ptr_array_new_with_free_func (visitor_free);
  self->service = g_socket_service_new ();
  g_assert_true (g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), address,
      G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &bound, NULL));
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  return self;
}

void
faulty_socket_free (FaultySocket *self)
{
  g_signal_handlers_disconnect_by_data (self->service, self);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);
  g_ptr_array_unref (self->connections);
  g_free (self);
}

guint
faulty_socket_get_port (FaultySocket *self)
{
  return self->port;
}
