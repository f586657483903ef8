/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libsoup/soup.h>
#include <string.h>

#include <genos/nostr/nostr-event.h>
#include <genos/relay-server/relay-server.h>
#include <genos/wire/nip01-message.h>

#include "../common/test-wait.h"

/* A relay on loopback, and a client that says whatever the test wants. */

typedef struct {
  SoupSession *session;
  SoupWebsocketConnection *socket;
  GPtrArray *heard;             /* texts, oldest first */
  guint next;                   /* the first that no test has looked at */
  gboolean failed;              /* to connect */
  gboolean closed;
} Client;

static void
on_client_message (SoupWebsocketConnection *socket, gint type, GBytes *message, Client *client)
{
  gsize len;
  const char *text = g_bytes_get_data (message, &len);

  g_ptr_array_add (client->heard, g_strndup (text, len));
}

static void
on_client_closed (SoupWebsocketConnection *socket, Client *client)
{
  client->closed = TRUE;
}

static void
on_client_connected (GObject *session, GAsyncResult *result, gpointer user_data)
{
  Client *client = user_data;

  client->socket = soup_session_websocket_connect_finish (SOUP_SESSION (session), result, NULL);
  client->failed = client->socket == NULL;
}

static G_GNUC_UNUSED Client *
client_new_at (const char *url)
{
  g_autoptr (SoupMessage) message = soup_message_new ("GET", url);
  Client *client = g_new0 (Client, 1);

  client->session = soup_session_new ();
  client->heard = g_ptr_array_new_with_free_func (g_free);
  soup_session_websocket_connect_async (client->session, message, NULL, NULL, 0, NULL,
      on_client_connected, client);
  genos_test_wait_until (client->socket != NULL || client->failed);
  if (client->socket != NULL) {
    g_object_set (client->socket, "max-incoming-payload-size", (guint64) 0, NULL);
    g_signal_connect (client->socket, "message", G_CALLBACK (on_client_message), client);
    g_signal_connect (client->socket, "closed", G_CALLBACK (on_client_closed), client);
  }
  return client;
}

static G_GNUC_UNUSED Client *
client_new (GenosRelayServer *server)
{
  g_autofree char *url = genos_relay_server_dup_url (server);

  return client_new_at (url);
}

static G_GNUC_UNUSED void
client_free (Client *client)
{
  if (client->socket != NULL)
    g_signal_handlers_disconnect_by_data (client->socket, client);
  g_clear_object (&client->socket);
  g_object_unref (client->session);
  g_ptr_array_unref (client->heard);
  g_free (client);
}

static G_GNUC_UNUSED void
client_say (Client *client, const char *text)
{
  soup_websocket_connection_send_text (client->socket, text);
}

/* (transfer none): the next text from the relay */
static G_GNUC_UNUSED const char *
client_hear (Client *client)
{
  genos_test_wait_until (client->heard->len > client->next);
  return g_ptr_array_index (client->heard, client->next++);
}

/* (transfer full): the same, read */
static G_GNUC_UNUSED GenosNip01Message *
client_read (Client *client)
{
  g_autoptr (GError) error = NULL;
  GenosNip01Message *message = genos_nip01_message_parse (client_hear (client), -1, &error);

  g_assert_no_error (error);
  return message;
}

static G_GNUC_UNUSED void
client_assert_ok (Client *client, gboolean accepted, const char *prefix)
{
  g_autoptr (GenosNip01Message) message = client_read (client);

  g_assert_cmpint (message->type, ==, GENOS_NIP01_OK);
  g_test_message ("%s", message->text);
  g_assert_true (message->accepted == accepted);
  g_assert_true (g_str_has_prefix (message->text, prefix));
}

static G_GNUC_UNUSED void
client_assert_closed (Client *client, const char *prefix)
{
  g_autoptr (GenosNip01Message) message = client_read (client);

  g_assert_cmpint (message->type, ==, GENOS_NIP01_CLOSED);
  g_assert_true (g_str_has_prefix (message->text, prefix));
}

static G_GNUC_UNUSED void
client_subscribe (Client *client, const char *id, guint kind)
{
  g_autofree char *req = g_strdup_printf ("[\"REQ\",\"%s\",{\"kinds\":[%u]}]", id, kind);
  g_autofree char *eose = genos_nip01_message_eose (id);

  client_say (client, req);
  g_assert_cmpstr (client_hear (client), ==, eose);
}

static G_GNUC_UNUSED GenosNip01Event *
signed_event (guint kind, const char *topic, const char *content)
{
  static GenosSchnorrKey *key;
  static guint serial;
  GenosNip01Event *event =
      genos_nip01_event_new (kind, g_get_real_time () / G_USEC_PER_SEC, content);
  g_autofree char *different = g_strdup_printf ("%u", serial++);

  if (key == NULL)
    key = genos_schnorr_key_new ();
  genos_nip01_event_add_tag (event, "x", topic, NULL);
  genos_nip01_event_add_tag (event, "serial", different, NULL);
  genos_nostr_event_sign (event, key);
  return event;
}

static G_GNUC_UNUSED void
client_publish (Client *client, const GenosNip01Event *event)
{
  g_autofree char *text = genos_nip01_message_event (event);

  client_say (client, text);
}

static G_GNUC_UNUSED GenosRelayServer *
relay_new (void)
{
  GenosRelayServer *server = genos_relay_server_new ();
  g_autoptr (GError) error = NULL;

  genos_relay_server_listen (server, NULL, 0, &error);
  g_assert_no_error (error);
  return server;
}

static G_GNUC_UNUSED guint
relay_count (GenosRelayServer *server)
{
  guint n = 0;

  g_object_get (server, "connections", &n, NULL);
  return n;
}

static G_GNUC_UNUSED guint64
relay_dropped (GenosRelayServer *server)
{
  guint64 n = 0;

  g_object_get (server, "dropped", &n, NULL);
  return n;
}
