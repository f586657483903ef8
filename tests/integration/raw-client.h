/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <string.h>

#include <genos/relay-server/relay-server.h>

#include "../common/test-wait.h"

/* A bare TCP connection, and what came out of it. */
typedef struct {
  GSocketConnection *connection;
  GString *text;
  char buffer[4096];
  gboolean ended;
} Raw;

static void
on_raw_read (GObject *stream, GAsyncResult *result, gpointer user_data)
{
  Raw *raw = user_data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (stream), result, NULL);

  if (n <= 0) {
    raw->ended = TRUE;
    return;
  }
  g_string_append_len (raw->text, raw->buffer, n);
  g_input_stream_read_async (
      G_INPUT_STREAM (stream), raw->buffer, sizeof raw->buffer, 0, NULL, on_raw_read, raw);
}

static G_GNUC_UNUSED Raw *
raw_new (GenosRelayServer *server)
{
  g_autofree char *url = genos_relay_server_dup_url (server);
  g_autoptr (GUri) uri = g_uri_parse (url, 0, NULL);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  Raw *raw = g_new0 (Raw, 1);

  raw->text = g_string_new (NULL);
  raw->connection =
      g_socket_client_connect_to_host (client, "127.0.0.1", g_uri_get_port (uri), NULL, NULL);
  g_assert_nonnull (raw->connection);
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (raw->connection)),
      raw->buffer, sizeof raw->buffer, 0, NULL, on_raw_read, raw);
  return raw;
}

static G_GNUC_UNUSED void
raw_say (Raw *raw, const char *text)
{
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (raw->connection)), text,
      strlen (text), NULL, NULL, NULL);
}

static G_GNUC_UNUSED void
raw_free (Raw *raw)
{
  g_socket_shutdown (g_socket_connection_get_socket (raw->connection), TRUE, TRUE, NULL);
  genos_test_wait_for (raw->ended, 60);
  g_object_unref (raw->connection);
  g_string_free (raw->text, TRUE);
  g_free (raw);
}
