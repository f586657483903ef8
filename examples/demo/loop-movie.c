/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* usage: loop-movie MOVIE
 *
 * Writes an MP4 movie over and over to standard output, in real time, as one Matroska stream whose
 * time never jumps. What a camera would be to a gst-launch-1.0 line:
 *
 *   loop-movie MOVIE | gst-launch-1.0 fdsrc ! matroskademux ! …
 *
 * Nothing is decoded. The loop is made of segment seeks: at the end of a segment the demuxer says
 * so instead of ending the stream, and the next segment goes on where the running time stands. */

#include <gst/gst.h>
#include <stdlib.h>

static const char pipeline_text[] = "filesrc name=movie ! qtdemux name=demux "
                                    "matroskamux name=mux streamable=true ! fdsink fd=1 sync=true "
                                    "demux.video_0 ! queue ! h264parse ! mux.video_0 "
                                    "demux.audio_0 ! queue ! aacparse ! mux.audio_0";

typedef struct {
  GstElement *pipeline;
  GstElement *demuxer;
  GMainLoop *loop;
  gboolean started;
  int exit_code;
} Player;

/* The demuxer is asked itself: a muxer passes no seek on. */
static gboolean
seek_to_start (Player *self)
{
  return gst_element_seek (self->demuxer, 1.0, GST_FORMAT_TIME, GST_SEEK_FLAG_SEGMENT,
      GST_SEEK_TYPE_SET, 0, GST_SEEK_TYPE_NONE, -1);
}

static void
fail (Player *self, const char *text)
{
  g_printerr ("loop-movie: %s\n", text);
  self->exit_code = EXIT_FAILURE;
  g_main_loop_quit (self->loop);
}

/* The first segment begins without a flush, which would take the stream's header with it; the few
 * frames that were on their way come twice. */
static void
on_playing (Player *self)
{
  if (self->started)
    return;
  self->started = TRUE;
  if (!seek_to_start (self))
    fail (self, "this movie cannot be looped: its container allows no seeking");
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  Player *self = user_data;
  g_autoptr (GError) error = NULL;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ASYNC_DONE:
      on_playing (self);
      break;
    case GST_MESSAGE_SEGMENT_DONE:
      if (!seek_to_start (self))
        fail (self, "the movie could not be started again");
      break;
    case GST_MESSAGE_ERROR:
      gst_message_parse_error (message, &error, NULL);
      fail (self, error->message);
      break;
    case GST_MESSAGE_EOS:
      g_main_loop_quit (self->loop);
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
  Player self = { .exit_code = EXIT_SUCCESS };

  gst_init (&argc, &argv);
  if (argc != 2) {
    g_printerr ("usage: %s MOVIE\n", argv[0]);
    return 2;
  }
  self.pipeline = gst_parse_launch (pipeline_text, &error);
  if (error != NULL) {
    g_printerr ("loop-movie: %s\n", error->message);
    return EXIT_FAILURE;
  }
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (self.pipeline), "movie");
  g_object_set (source, "location", argv[1], NULL);
  self.demuxer = gst_bin_get_by_name (GST_BIN (self.pipeline), "demux");

  g_autoptr (GstBus) bus = gst_element_get_bus (self.pipeline);
  self.loop = g_main_loop_new (NULL, FALSE);
  gst_bus_add_watch (bus, on_message, &self);
  gst_element_set_state (self.pipeline, GST_STATE_PLAYING);
  g_main_loop_run (self.loop);

  gst_bus_remove_watch (bus);
  gst_element_set_state (self.pipeline, GST_STATE_NULL);
  g_clear_object (&self.demuxer);
  g_clear_object (&self.pipeline);
  g_main_loop_unref (self.loop);
  return self.exit_code;
}
