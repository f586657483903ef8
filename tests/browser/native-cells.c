/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Several peers of a room in cells, in one process: "native-cells RELAY ROOM CELLS ID…"; the room's password is in the
 * environment variable GENOS_TEST_PASSWORD. Commands on stdin:
 *
 *   say ID TEXT           to everybody, on the channel chat
 *   tell ID TARGET TEXT   to one
 *   layout ID             who is in which cell, as that peer has it
 *   peers ID              to whom that peer has a link
 *   leave ID
 *
 * and on stdout, one line each:
 *
 *   message ID FROM TEXT
 *   layout ID EPOCH JSON  a list of lists of ids, the bridge of each cell first
 *   peers ID JSON         a list of ids
 *   error ID TEXT */

#include <genos/genos.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <gio/gunixinputstream.h>
#include <json-glib/json-glib.h>

#define CHANNEL "chat"

typedef struct {
  GMainLoop *loop;
  GHashTable *rooms; /* id → GenosRoom */
} Cells;

static void tell (const char *format, ...) G_GNUC_PRINTF (1, 2);

static void
tell (const char *format, ...)
{
  va_list args;

  va_start (args, format);
  vprintf (format, args);
  va_end (args);
  putchar ('\n');
  fflush (stdout);
}

static void
on_message (GenosRoom *room, const char *channel, const char *peer_id, GenosMessage *message)
{
  tell ("message %s %s %s", genos_room_get_peer_id (room), peer_id,
      genos_message_get_text (message) != NULL ? genos_message_get_text (message) : "(bytes)");
}

static void
on_warning (GenosRoom *room, GError *error)
{
  tell ("warning %s %s", genos_room_get_peer_id (room), error->message);
}

static void
add (Cells *self, const char *relay, const char *name, const char *cells, const char *id)
{
  GenosRoom *room = genos_room_new (name);
  g_autoptr (GError) error = NULL;

  g_object_set (room, "relays", relay, "stun-server", "none", "proxy", "none", "peer-id", id,
      "cells", cells, "password", g_getenv ("GENOS_TEST_PASSWORD"), NULL);
  g_hash_table_insert (self->rooms, g_strdup (id), room);
  g_signal_connect (room, "message", G_CALLBACK (on_message), NULL);
  g_signal_connect (room, "warning", G_CALLBACK (on_warning), NULL);
  if (genos_room_open_channel (room, CHANNEL, &error) == NULL || !genos_room_join (room, &error))
    g_error ("%s: %s", id, error->message);
}

static void
send_text (GenosRoom *room, const char *target, const char *text)
{
  GenosChannel *channel = genos_room_open_channel (room, CHANNEL, NULL);
  const char *const targets[] = { target, NULL };
  g_autoptr (GenosMessage) message = genos_message_new_string (text);
  g_autoptr (GError) error = NULL;

  genos_channel_send (channel, message, target != NULL ? targets : NULL, &error);
  if (error != NULL)
    tell ("error %s %s", genos_room_get_peer_id (room), error->message);
}

static void
tell_layout (GenosRoom *room)
{
  GenosMesh *mesh = genos_room_get_mesh (room);
  g_autoptr (GVariant) cells = g_variant_ref_sink (genos_mesh_get_cells (mesh));
  g_autoptr (JsonNode) node = json_gvariant_serialize (cells);
  g_autofree char *text = json_to_string (node, FALSE);

  tell ("layout %s %" G_GUINT64_FORMAT " %s", genos_room_get_peer_id (room),
      genos_mesh_get_epoch (mesh), text);
}

static void
tell_peers (GenosRoom *room)
{
  g_autoptr (GPtrArray) peers = genos_room_get_peers (room);
  g_autoptr (JsonArray) ids = json_array_new ();
  g_autoptr (JsonNode) node = json_node_init_array (json_node_alloc (), ids);
  g_autofree char *text = NULL;

  for (guint i = 0; i < peers->len; i++)
    json_array_add_string_element (ids, genos_peer_get_id (g_ptr_array_index (peers, i)));
  text = json_to_string (node, FALSE);
  tell ("peers %s %s", genos_room_get_peer_id (room), text);
}

static void
obey (Cells *self, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 4);
  guint n = g_strv_length (words);
  GenosRoom *room = n > 1 ? g_hash_table_lookup (self->rooms, words[1]) : NULL;

  if (room == NULL)
    tell ("error - cannot obey “%s”", line);
  else if (strcmp (words[0], "say") == 0 && n >= 3)
    send_text (room, NULL, line + strlen (words[0]) + strlen (words[1]) + 2);
  else if (strcmp (words[0], "tell") == 0 && n == 4)
    send_text (room, words[2], words[3]);
  else if (strcmp (words[0], "layout") == 0)
    tell_layout (room);
  else if (strcmp (words[0], "peers") == 0)
    tell_peers (room);
  else if (strcmp (words[0], "leave") == 0)
    genos_room_leave (room);
  else
    tell ("error - cannot obey “%s”", line);
}

static void
on_line (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Cells *self = user_data;
  GDataInputStream *input = G_DATA_INPUT_STREAM (source);
  g_autofree char *line = g_data_input_stream_read_line_finish_utf8 (input, result, NULL, NULL);

  if (line == NULL) {
    g_main_loop_quit (self->loop);
    return;
  }
  obey (self, line);
  g_data_input_stream_read_line_async (input, G_PRIORITY_DEFAULT, NULL, on_line, self);
}

int
main (int argc, char **argv)
{
  g_autoptr (GInputStream) input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (GDataInputStream) lines = g_data_input_stream_new (input);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Cells self = { .loop = loop };

  gst_init (&argc, &argv);
  if (argc < 5) {
    g_printerr ("usage: native-cells RELAY ROOM CELLS ID…\n");
    return 2;
  }
  self.rooms = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  for (int i = 4; i < argc; i++)
    add (&self, argv[1], argv[2], argv[3], argv[i]);
  g_data_input_stream_read_line_async (lines, G_PRIORITY_DEFAULT, NULL, on_line, &self);
  g_main_loop_run (loop);
  g_hash_table_unref (self.rooms);
  return 0;
}
