/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* usage: send-camera ROOM [RELAY] [--test]
 *
 * An application with a pipeline of its own: a camera and a microphone go into a room through
 * genosroomsink, and the bus tells who watches. --test sends test pictures and a tone. */

#include <gst/gst.h>
#include <locale.h>
#include <string.h>

static const char camera_text[] =
    "genosroomsink name=room "
    "autovideosrc ! videoconvert ! queue leaky=downstream max-size-buffers=2 ! room.video_0 "
    "autoaudiosrc ! audioconvert ! audioresample ! queue leaky=downstream ! room.audio_0";
static const char test_text[] =
    "genosroomsink name=room "
    "videotestsrc is-live=true pattern=ball ! video/x-raw,width=640,height=360,framerate=30/1 "
    "! timeoverlay ! room.video_0 "
    "audiotestsrc is-live=true wave=ticks ! room.audio_0";

typedef struct {
  GMainLoop *loop;
  int exit_code;
} Player;

static void
say_error (GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *details = NULL;

  gst_message_parse_error (message, &error, &details);
  g_printerr ("%s\n", error->message);
}

/* What the room has to tell comes as element messages whose names begin with “genos-”. */
static void
say_room_event (GstMessage *message)
{
  const GstStructure *structure = gst_message_get_structure (message);

  if (structure == NULL || !g_str_has_prefix (gst_structure_get_name (structure), "genos-"))
    return;
  g_autofree char *text = gst_structure_to_string (structure);
  g_print ("%s\n", text);
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  Player *self = user_data;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ERROR:
      say_error (message);
      self->exit_code = 1;
      g_main_loop_quit (self->loop);
      break;
    case GST_MESSAGE_EOS:
      g_main_loop_quit (self->loop);
      break;
    case GST_MESSAGE_ELEMENT:
      say_room_event (message);
      break;
    default:
      break;
  }
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  gboolean test = argc > 2 && strcmp (argv[argc - 1], "--test") == 0;

  /* Or g_print() takes the terminal to know ASCII only. */
  setlocale (LC_ALL, "");
  gst_init (&argc, &argv);
  if (argc - test < 2) {
    g_printerr ("usage: %s ROOM [RELAY] [--test]\n", argv[0]);
    return 2;
  }
  g_autoptr (GstElement) pipeline = gst_parse_launch (test ? test_text : camera_text, &error);
  if (error != NULL) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), "room");
  g_object_set (sink, "room", argv[1], NULL);
  if (argc - test > 2)
    g_object_set (sink, "relays", argv[2], NULL);

  Player player = { g_main_loop_new (NULL, FALSE), 0 };
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  gst_bus_add_watch (bus, on_message, &player);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_main_loop_run (player.loop);

  gst_bus_remove_watch (bus);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_main_loop_unref (player.loop);
  return player.exit_code;
}
