/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* usage: chat ROOM [RELAY [PASSWORD]]
 *
 * A chat on the terminal: each line typed goes to everybody in the room, on the channel that the
 * page of `genos relay` uses too. */

#include <genos/genos.h>
#include <locale.h>

/* Text from the network: a terminal would obey the control characters in it. */
static void
print_text (const char *peer_id, const char *text)
{
  g_autofree char *safe = g_strdup (text);

  for (char *byte = safe; *byte != '\0'; byte++)
    if (g_ascii_iscntrl (*byte))
      *byte = ' ';
  g_print ("%.6s: %s\n", peer_id, safe);
}

static void
on_message (GenosChannel *channel, const char *peer_id, GenosMessage *message, gpointer user_data)
{
  switch (genos_message_get_kind (message)) {
    case GENOS_MESSAGE_STRING:
    case GENOS_MESSAGE_JSON:
      print_text (peer_id, genos_message_get_text (message));
      break;
    case GENOS_MESSAGE_BYTES:
      g_print ("%.6s sent %" G_GSIZE_FORMAT " bytes\n", peer_id,
          g_bytes_get_size (genos_message_get_bytes (message)));
      break;
  }
}

static void
on_peer_joined (GenosRoom *room, GenosPeer *peer, gpointer user_data)
{
  g_print ("(%.6s is here)\n", genos_peer_get_id (peer));
}

static void
on_peer_left (GenosRoom *room, GenosPeer *peer, const GError *reason, gpointer user_data)
{
  g_print ("(%.6s is gone)\n", genos_peer_get_id (peer));
}

typedef struct {
  GenosChannel *channel;
  GMainLoop *loop;
} Chat;

static gboolean
on_line (GIOChannel *input, GIOCondition condition, gpointer user_data)
{
  Chat *self = user_data;
  g_autofree char *line = NULL;
  g_autoptr (GError) error = NULL;

  if (g_io_channel_read_line (input, &line, NULL, NULL, NULL) != G_IO_STATUS_NORMAL) {
    g_main_loop_quit (self->loop);
    return G_SOURCE_REMOVE;
  }
  g_strchomp (line);
  if (*line != '\0') {
    g_autoptr (GenosMessage) message = genos_message_new_string (line);
    /* Queues the message for everybody who is there now, and says to how many that was. */
    guint count = genos_channel_send (self->channel, message, NULL, &error);
    if (error != NULL)
      g_print ("(%s)\n", error->message);
    else if (count == 0)
      g_print ("(nobody is here)\n");
  }
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  /* Or g_print() takes the terminal to know ASCII only. */
  setlocale (LC_ALL, "");
  gst_init (&argc, &argv);
  if (argc < 2) {
    g_printerr ("usage: %s ROOM [RELAY [PASSWORD]]\n", argv[0]);
    return 2;
  }
  g_autoptr (GenosRoom) room = genos_room_new (argv[1]);
  if (argc > 2)
    g_object_set (room, "relays", argv[2], NULL);
  if (argc > 3)
    g_object_set (room, "password", argv[3], NULL);
  g_signal_connect (room, "peer-joined", G_CALLBACK (on_peer_joined), NULL);
  g_signal_connect (room, "peer-left", G_CALLBACK (on_peer_left), NULL);

  g_autoptr (GenosChannel) channel = genos_room_open_channel (room, "chat", &error);
  if (channel == NULL || !genos_room_join (room, &error)) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  g_signal_connect (channel, "message", G_CALLBACK (on_message), NULL);

  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GIOChannel) input = g_io_channel_unix_new (0);
  Chat chat = { channel, loop };
  g_io_add_watch (input, G_IO_IN | G_IO_HUP, on_line, &chat);
  g_main_loop_run (loop);

  genos_room_leave (room);
  return 0;
}
