/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* usage: receive-all ROOM [RELAY] [--quiet]
 *
 * Pads that come and go: shows every picture and plays every sound of a room, for as long as each
 * of them lasts. --quiet counts buffers instead, for a machine without screen and loudspeaker. */

#include <gst/gst.h>
#include <locale.h>
#include <string.h>

typedef struct {
  GstElement *pipeline;
  GMainLoop *loop;
  gboolean quiet;
  int exit_code;
} Viewer;

static const char *
sink_text (Viewer *self, gboolean video)
{
  if (self->quiet)
    return "fakesink sync=true";
  return video ? "queue ! videoconvert ! autovideosink"
               : "queue ! audioconvert ! audioresample ! autoaudiosink";
}

/* One bin per pad, kept as data of the pad so that it can be taken out again with it. */
static void
on_pad_added (GstElement *source, GstPad *pad, Viewer *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *peer_id = NULL;
  g_autofree char *stream_id = NULL;
  gboolean video = g_str_has_prefix (GST_PAD_NAME (pad), "video");

  g_object_get (pad, "peer-id", &peer_id, "stream-id", &stream_id, NULL);
  g_print ("%s: peer %s, stream %s\n", GST_PAD_NAME (pad), peer_id, stream_id);

  GstElement *bin = gst_parse_bin_from_description (sink_text (self, video), TRUE, &error);
  if (error != NULL) {
    g_printerr ("%s\n", error->message);
    return;
  }
  gst_bin_add (GST_BIN (self->pipeline), bin);
  g_autoptr (GstPad) sink_pad = gst_element_get_static_pad (bin, "sink");
  gst_pad_link (pad, sink_pad);
  gst_element_sync_state_with_parent (bin);
  g_object_set_data (G_OBJECT (pad), "example-bin", bin);
}

static void
on_pad_removed (GstElement *source, GstPad *pad, Viewer *self)
{
  GstElement *bin = g_object_get_data (G_OBJECT (pad), "example-bin");

  g_print ("%s: gone\n", GST_PAD_NAME (pad));
  if (bin == NULL)
    return;
  /* NULL before removal: a bin that leaves its pipeline while it plays leaks its threads. */
  gst_element_set_state (bin, GST_STATE_NULL);
  gst_bin_remove (GST_BIN (self->pipeline), bin);
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  Viewer *self = user_data;
  g_autoptr (GError) error = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    gst_message_parse_error (message, &error, NULL);
    g_printerr ("%s\n", error->message);
    self->exit_code = 1;
    g_main_loop_quit (self->loop);
  } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_LATENCY) {
    /* A new pad may need more latency than the pipeline has granted so far. */
    gst_bin_recalculate_latency (GST_BIN (self->pipeline));
  }
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  Viewer viewer = { .quiet = argc > 2 && strcmp (argv[argc - 1], "--quiet") == 0 };

  /* Or g_print() takes the terminal to know ASCII only. */
  setlocale (LC_ALL, "");
  gst_init (&argc, &argv);
  if (argc - viewer.quiet < 2) {
    g_printerr ("usage: %s ROOM [RELAY] [--quiet]\n", argv[0]);
    return 2;
  }
  GstElement *source = gst_element_factory_make ("genosroomsrc", NULL);
  if (source == NULL) {
    g_printerr ("genosroomsrc is not found: is its folder in GST_PLUGIN_PATH?\n");
    return 1;
  }
  g_object_set (source, "room", argv[1], NULL);
  if (argc - viewer.quiet > 2)
    g_object_set (source, "relays", argv[2], NULL);

  viewer.pipeline = gst_pipeline_new (NULL);
  viewer.loop = g_main_loop_new (NULL, FALSE);
  gst_bin_add (GST_BIN (viewer.pipeline), source);
  g_signal_connect (source, "pad-added", G_CALLBACK (on_pad_added), &viewer);
  g_signal_connect (source, "pad-removed", G_CALLBACK (on_pad_removed), &viewer);

  g_autoptr (GstBus) bus = gst_element_get_bus (viewer.pipeline);
  gst_bus_add_watch (bus, on_message, &viewer);
  gst_element_set_state (viewer.pipeline, GST_STATE_PLAYING);
  g_main_loop_run (viewer.loop);

  gst_bus_remove_watch (bus);
  gst_element_set_state (viewer.pipeline, GST_STATE_NULL);
  gst_object_unref (viewer.pipeline);
  g_main_loop_unref (viewer.loop);
  return viewer.exit_code;
}
