/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib-unix.h>

#include <genos/genos.h>

#include "command.h"
#include "printable.h"
#include "room-options.h"
#include "room-stay.h"

/* `genos chat`: who comes and goes in a room, and what is said on its channel `chat`. */

#define CHANNEL "chat"

/* A line that is typed without an end is sent in parts of that size. */
#define MAX_LINE (64 * 1024)

typedef struct {
  GenosRoomStay *stay;
  GenosRoom *room;
  GenosChannel *channel;
  GString *typed;
} Chat;

static void
say (const char *who, const char *what)
{
  g_autofree char *name = genos_make_printable (who);
  g_autofree char *text = genos_make_printable (what);

  g_print ("%s %s\n", name, text);
  fflush (stdout);
}

static void
on_joined (GenosRoom *room, GenosPeer *peer, gpointer user_data)
{
  say (genos_peer_get_id (peer), "joined");
}

static void
on_left (GenosRoom *room, GenosPeer *peer, GError *error, gpointer user_data)
{
  say (genos_peer_get_id (peer), "left");
}

static void
on_message (GenosChannel *channel, const char *peer_id, GenosMessage *message, gpointer user_data)
{
  g_autofree char *who = g_strconcat (peer_id, ":", NULL);

  if (genos_message_get_kind (message) == GENOS_MESSAGE_BYTES)
    say (who, "(bytes)");
  else
    say (who, genos_message_get_text (message));
}

static void
send_line (Chat *chat, const char *line, gsize len)
{
  g_autofree char *text = g_utf8_make_valid (line, len);
  g_autoptr (GenosMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  if (*text == '\0')
    return;
  message = genos_message_new_string (text);
  if (genos_channel_send (chat->channel, message, NULL, &error) == 0)
    g_printerr ("genos chat: %s\n", error != NULL ? error->message : "nobody is here to hear that");
}

static void
send_lines (Chat *chat)
{
  char *end;

  while ((end = memchr (chat->typed->str, '\n', chat->typed->len)) != NULL) {
    send_line (chat, chat->typed->str, end - chat->typed->str);
    g_string_erase (chat->typed, 0, end - chat->typed->str + 1);
  }
  if (chat->typed->len >= MAX_LINE) {
    send_line (chat, chat->typed->str, chat->typed->len);
    g_string_truncate (chat->typed, 0);
  }
}

static gboolean
on_typed (gint fd, GIOCondition condition, gpointer user_data)
{
  Chat *chat = user_data;
  char buffer[4096];
  ssize_t n = read (fd, buffer, sizeof buffer);

  if (n <= 0) {
    genos_room_stay_end (chat->stay);
    return G_SOURCE_REMOVE;
  }
  g_string_append_len (chat->typed, buffer, n);
  send_lines (chat);
  return G_SOURCE_CONTINUE;
}

static gboolean
start (Chat *chat)
{
  g_autoptr (GError) error = NULL;

  g_signal_connect (chat->room, "peer-joined", G_CALLBACK (on_joined), chat);
  g_signal_connect (chat->room, "peer-left", G_CALLBACK (on_left), chat);
  chat->channel = genos_room_open_channel (chat->room, CHANNEL, &error);
  if (chat->channel == NULL) {
    genos_room_stay_tell (chat->stay, error);
    return FALSE;
  }
  g_signal_connect (chat->channel, "message", G_CALLBACK (on_message), chat);
  if (!genos_room_stay_join (chat->stay))
    return FALSE;
  say (genos_room_get_peer_id (chat->room), "is you");
  return TRUE;
}

static void
run (Chat *chat)
{
  GSource *input = g_unix_fd_source_new (STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR);

  g_source_set_callback (input, G_SOURCE_FUNC (on_typed), chat, NULL);
  g_source_attach (input, NULL);
  genos_room_stay_run (chat->stay);
  g_source_destroy (input);
  g_source_unref (input);
}

static int
chat_in (GenosRoom *room)
{
  Chat chat = { .room = room, .typed = g_string_new (NULL) };
  gboolean started;

  chat.stay = genos_room_stay_new (room, "chat");
  started = start (&chat);
  if (started)
    run (&chat);
  g_signal_handlers_disconnect_by_data (room, &chat);
  if (chat.channel != NULL)
    g_signal_handlers_disconnect_by_data (chat.channel, &chat);
  g_clear_object (&chat.channel);
  genos_room_stay_free (chat.stay);
  g_string_free (chat.typed, TRUE);
  return started ? GENOS_EXIT_OK : GENOS_EXIT_FAILED;
}

int
genos_cmd_chat (int argc, char **argv)
{
  g_auto (GenosRoomOptions) options = { NULL };
  g_auto (GStrv) words = NULL;
  const GOptionEntry entries[] = { GENOS_ROOM_OPTIONS (&options),
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &words, NULL, "[ROOM]" }, { NULL } };
  g_autoptr (GenosRoom) room = NULL;
  int exit_code;

  if (!genos_command_parse ("chat",
          "Sends what is typed to everybody in a room, and shows who comes, "
          "goes and says what.",
          entries, argc, argv, &exit_code))
    return exit_code;
  if (!genos_room_options_take_word (&options, (const char *const *) words, "chat"))
    return GENOS_EXIT_USAGE;
  room = genos_room_options_make_room (&options, "chat");
  if (room == NULL)
    return GENOS_EXIT_USAGE;
  return chat_in (room);
}
