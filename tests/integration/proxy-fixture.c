/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "proxy-fixture.h"

#include <string.h>

#define MAX_HEAD 8192

struct _ProxyFixture {
  GSocketService *service;
  GCancellable *cancellable;
  ProxyKind kind;
  guint16 port;
  int n_tunnels; /* atomic */
  int refuses;   /* atomic */
  int n_served;  /* atomic; connections that a thread has, or will have */
};

typedef struct {
  GIOStream *from;
  GIOStream *to;
  GCancellable *cancellable;
} Direction;

/* One half of a tunnel; its end ends the other half too. */
static gpointer
copy (gpointer data)
{
  Direction *direction = data;

  g_output_stream_splice (g_io_stream_get_output_stream (direction->to),
      g_io_stream_get_input_stream (direction->from), G_OUTPUT_STREAM_SPLICE_NONE,
      direction->cancellable, NULL);
  g_socket_shutdown (
      g_socket_connection_get_socket (G_SOCKET_CONNECTION (direction->from)), TRUE, TRUE, NULL);
  g_socket_shutdown (
      g_socket_connection_get_socket (G_SOCKET_CONNECTION (direction->to)), TRUE, TRUE, NULL);
  return NULL;
}

static void
run_tunnel (ProxyFixture *self, GIOStream *near, GIOStream *far)
{
  Direction there = { near, far, self->cancellable };
  Direction back = { far, near, self->cancellable };
  GThread *thread = g_thread_new ("proxy", copy, &there);

  copy (&back);
  g_thread_join (thread);
}

static GIOStream *
dial (ProxyFixture *self, const char *host, guint16 port)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();

  g_socket_client_set_enable_proxy (client, FALSE);
  if (g_atomic_int_get (&self->refuses))
    return NULL;
  g_atomic_int_inc (&self->n_tunnels);
  return G_IO_STREAM (
      g_socket_client_connect_to_host (client, host, port, self->cancellable, NULL));
}

static void
say (ProxyFixture *self, GIOStream *stream, gconstpointer data, gsize size)
{
  g_output_stream_write_all (
      g_io_stream_get_output_stream (stream), data, size, NULL, self->cancellable, NULL);
}

static gboolean
hear (ProxyFixture *self, GIOStream *stream, guint8 *data, gsize size)
{
  gsize n = 0;

  return g_input_stream_read_all (
             g_io_stream_get_input_stream (stream), data, size, &n, self->cancellable, NULL)
      && n == size;
}

/* RFC 1928, without authentication, host names only: whoever resolves them itself could as well have
 * gone there itself. */
static void
serve_socks (ProxyFixture *self, GIOStream *near)
{
  static const guint8 no_auth[] = { 5, 0 };
  static const guint8 granted[] = { 5, 0, 0, 1, 0, 0, 0, 0, 0, 0 };
  static const guint8 refused[] = { 5, 2, 0, 1, 0, 0, 0, 0, 0, 0 };
  guint8 buffer[512];
  g_autofree char *host = NULL;
  g_autoptr (GIOStream) far = NULL;
  guint8 length;

  if (!hear (self, near, buffer, 2) || buffer[0] != 5 || !hear (self, near, buffer, buffer[1]))
    return;
  say (self, near, no_auth, sizeof no_auth);
  if (!hear (self, near, buffer, 5) || buffer[1] != 1 || buffer[3] != 3)
    return;
  length = buffer[4];
  if (!hear (self, near, buffer, length + 2))
    return;
  host = g_strndup ((char *) buffer, length);
  far = dial (self, host, buffer[length] << 8 | buffer[length + 1]);
  say (self, near, far != NULL ? granted : refused, sizeof granted);
  if (far != NULL)
    run_tunnel (self, near, far);
}

static char *
hear_head (ProxyFixture *self, GIOStream *near)
{
  g_autoptr (GString) head = g_string_new (NULL);

  while (!g_str_has_suffix (head->str, "\r\n\r\n")) {
    guint8 byte;

    if (head->len > MAX_HEAD || !hear (self, near, &byte, 1))
      return NULL;
    g_string_append_c (head, (char) byte);
  }
  return g_string_free (g_steal_pointer (&head), FALSE);
}

/* RFC 9110, 9.3.6; and 9112, 3.2.2 for the absolute form. */
static void
serve_http (ProxyFixture *self, GIOStream *near)
{
  static const char granted[] = "HTTP/1.1 200 Connection established\r\n\r\n";
  static const char refused[] = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
  g_autofree char *head = hear_head (self, near);
  g_auto (GStrv) words = g_strsplit (head != NULL ? head : "", " ", 3);
  gboolean tunnel = g_strcmp0 (words[0], "CONNECT") == 0;
  g_autofree char *uri = NULL;
  g_autofree char *host = NULL;
  g_autoptr (GIOStream) far = NULL;
  int port;

  if (g_strv_length (words) < 3)
    return;
  uri = tunnel ? g_strconcat ("http://", words[1], NULL) : g_strdup (words[1]);
  if (!g_uri_split_network (uri, G_URI_FLAGS_NONE, NULL, &host, &port, NULL))
    return;
  far = dial (self, host, port);
  if (far == NULL) {
    say (self, near, refused, strlen (refused));
    return;
  }
  if (tunnel)
    say (self, near, granted, strlen (granted));
  else
    say (self, far, head, strlen (head));
  run_tunnel (self, near, far);
}

static gboolean
on_run (
    GThreadedSocketService *service, GSocketConnection *near, GObject *source, ProxyFixture *self)
{
  if (self->kind == PROXY_SOCKS5)
    serve_socks (self, G_IO_STREAM (near));
  else
    serve_http (self, G_IO_STREAM (near));
  g_atomic_int_add (&self->n_served, -1);
  return TRUE;
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *near, GObject *source, ProxyFixture *self)
{
  g_atomic_int_inc (&self->n_served);
  return FALSE;
}

ProxyFixture *
proxy_fixture_new (ProxyKind kind)
{
  ProxyFixture *self = g_new0 (ProxyFixture, 1);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) effective = NULL;
  g_autoptr (GError) error = NULL;

  self->kind = kind;
  self->cancellable = g_cancellable_new ();
  self->service = g_threaded_socket_service_new (16);
  g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), address, G_SOCKET_TYPE_STREAM,
      G_SOCKET_PROTOCOL_TCP, NULL, &effective, &error);
  g_assert_no_error (error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (effective));
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  g_signal_connect (self->service, "run", G_CALLBACK (on_run), self);
  g_socket_service_start (self->service);
  return self;
}

/* The service does not wait for its threads. */
void
proxy_fixture_free (ProxyFixture *self)
{
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_cancellable_cancel (self->cancellable);
  while (g_atomic_int_get (&self->n_served) > 0)
    g_usleep (1000);
  g_object_unref (self->service);
  g_object_unref (self->cancellable);
  g_free (self);
}

void
proxy_fixture_refuse (ProxyFixture *self)
{
  g_atomic_int_set (&self->refuses, TRUE);
}

guint16
proxy_fixture_get_port (ProxyFixture *self)
{
  return self->port;
}

int
proxy_fixture_get_n_tunnels (ProxyFixture *self)
{
  return g_atomic_int_get (&self->n_tunnels);
}
