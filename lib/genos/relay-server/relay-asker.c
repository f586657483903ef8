/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/relay-asker.h>

#include <libsoup/soup.h>

#include <genos/wire/nip01-message.h>

/* A question that every relay answers: with EOSE, or with the reason why not. */
static const char question[] = "[\"REQ\",\"anybody\",{\"kinds\":[20000],\"limit\":0}]";

#define MAX_ANSWER (64 * 1024)

typedef struct {
  GMainLoop *loop;
  GCancellable *cancellable;
  SoupWebsocketConnection *socket;
  gboolean answered;
  guint pending; /* callbacks that will come */
} Asker;

static void
on_message (SoupWebsocketConnection *socket, gint type, GBytes *bytes, Asker *self)
{
  gsize len;
  const char *text = g_bytes_get_data (bytes, &len);
  g_autoptr (GenosNip01Message) message = NULL;

  if (type != SOUP_WEBSOCKET_DATA_TEXT)
    return;
  message = genos_nip01_message_parse (text, len, NULL);
  if (message == NULL)
    return;
  self->answered = TRUE;
  g_main_loop_quit (self->loop);
}

static void
on_closed (SoupWebsocketConnection *socket, Asker *self)
{
  g_main_loop_quit (self->loop);
}

static void
on_connected (GObject *session, GAsyncResult *result, gpointer user_data)
{
  Asker *self = user_data;

  self->pending--;
  self->socket = soup_session_websocket_connect_finish (SOUP_SESSION (session), result, NULL);
  if (self->socket == NULL) {
    g_main_loop_quit (self->loop);
    return;
  }
  soup_websocket_connection_set_max_incoming_payload_size (self->socket, MAX_ANSWER);
  g_signal_connect (self->socket, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->socket, "closed", G_CALLBACK (on_closed), self);
  soup_websocket_connection_send_text (self->socket, question);
}

static gboolean
on_timeout (gpointer user_data)
{
  Asker *self = user_data;

  g_cancellable_cancel (self->cancellable);
  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

gboolean
genos_relay_asker_is_relay (const char *url, guint timeout_ms)
{
  GMainContext *context = g_main_context_get_thread_default ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (context, FALSE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (SoupSession) session = soup_session_new_with_options ("proxy-resolver", NULL, NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", url);
  g_autoptr (GSource) timeout = g_timeout_source_new (timeout_ms);
  Asker self = { .loop = loop, .cancellable = cancellable, .pending = 1 };

  if (message == NULL)
    return FALSE;
  g_source_set_callback (timeout, on_timeout, &self, NULL);
  g_source_attach (timeout, context);
  soup_session_websocket_connect_async (
      session, message, NULL, NULL, 0, cancellable, on_connected, &self);
  g_main_loop_run (loop);
  while (self.pending > 0)
    g_main_context_iteration (context, TRUE);
  g_source_destroy (timeout);
  if (self.socket != NULL)
    g_signal_handlers_disconnect_by_data (self.socket, &self);
  g_clear_object (&self.socket);
  return self.answered;
}
