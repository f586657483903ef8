/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "mix-file.h"

#include <signal.h>
#include <stdio.h>

#include <glib-unix.h>

#include "command.h"
#include "printable.h"

/* An encoder that is behind gets fewer pictures; the mix itself never waits. */
#define VIDEO                                                                                      \
  "queue name=video leaky=downstream max-size-buffers=0 max-size-bytes=0 "                         \
  "max-size-time=1000000000 ! videoconvert ! "
#define AUDIO                                                                                      \
  "queue name=audio max-size-buffers=0 max-size-bytes=0 max-size-time=5000000000 ! "               \
  "audioconvert ! opusenc bitrate=96000 ! queue ! mux. "
#define VP8                                                                                        \
  VIDEO "vp8enc deadline=1 cpu-used=8 threads=4 target-bitrate=2500000 "                           \
        "keyframe-max-dist=60 ! queue ! mux. "
#define H264                                                                                       \
  VIDEO "x264enc tune=zerolatency speed-preset=veryfast bitrate=2500 key-int-max=60 ! "            \
        "h264parse ! queue ! mux. "
#define FILE_SINK "filesink name=file buffer-mode=unbuffered"

const char *
genos_mix_file_get_chain (const char *path)
{
  static const struct {
    const char *end, *chain;
  } rows[] = {
    { ".webm", VP8 AUDIO "webmmux name=mux ! " FILE_SINK },
    { ".mkv", VP8 AUDIO "matroskamux name=mux ! " FILE_SINK },
    { ".mp4", H264 AUDIO "mp4mux name=mux fragment-duration=1000 ! " FILE_SINK },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (g_str_has_suffix (path, rows[i].end))
      return rows[i].chain;
  }
  return NULL;
}

/* recording */

typedef struct {
  GstElement *pipeline;
  GMainLoop *loop;
  gboolean ending;
  gboolean failed;
} Run;

static void
tell (GstMessage *message, gboolean is_error)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (is_error)
    gst_message_parse_error (message, &error, NULL);
  else
    gst_message_parse_warning (message, &error, NULL);
  text = genos_make_printable (error->message);
  g_printerr ("genos record: %s\n", text);
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  Run *run = user_data;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ERROR:
      tell (message, TRUE);
      run->failed = TRUE;
      g_main_loop_quit (run->loop);
      break;
    case GST_MESSAGE_WARNING:
      tell (message, FALSE);
      break;
    case GST_MESSAGE_LATENCY:
      gst_bin_recalculate_latency (GST_BIN (run->pipeline));
      break;
    case GST_MESSAGE_EOS:
      g_main_loop_quit (run->loop);
      break;
    default:
      break;
  }
  return G_SOURCE_CONTINUE;
}

/* Who asks twice does not want to wait for the end of the file. */
static gboolean
on_end (gpointer user_data)
{
  Run *run = user_data;

  if (run->ending)
    g_main_loop_quit (run->loop);
  else
    gst_element_send_event (run->pipeline, gst_event_new_eos ());
  run->ending = TRUE;
  return G_SOURCE_CONTINUE;
}

static gboolean
on_duration_over (gpointer user_data)
{
  Run *run = user_data;

  if (!run->ending)
    on_end (run);
  return G_SOURCE_REMOVE;
}

/* (transfer full) (nullable) after saying why */
static GstElement *
make_pipeline (GstElement *mix, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch_full (
      genos_mix_file_get_chain (path), NULL, GST_PARSE_FLAG_FATAL_ERRORS, &error);
  g_autoptr (GstElement) file = NULL;

  if (pipeline == NULL) {
    g_printerr ("genos record: %s\n", error->message);
    return NULL;
  }
  gst_object_ref_sink (pipeline);
  file = gst_bin_get_by_name (GST_BIN (pipeline), "file");
  g_object_set (file, "location", path, NULL);
  gst_bin_add (GST_BIN (pipeline), mix);
  for (guint i = 0; i < 2; i++) {
    const char *name = i == 0 ? "video" : "audio";
    g_autoptr (GstElement) queue = gst_bin_get_by_name (GST_BIN (pipeline), name);

    if (!gst_element_link_pads (mix, name, queue, "sink")) {
      g_printerr ("genos record: the mix has no %s\n", name);
      return NULL;
    }
  }
  return g_steal_pointer (&pipeline);
}

int
genos_mix_file_record (GstElement *mix, const char *path, double duration)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GstElement) pipeline = NULL;
  g_autoptr (GstBus) bus = NULL;
  Run run = { NULL, loop, FALSE, FALSE };

  if (g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_printerr ("genos record: %s is there already; nothing is overwritten\n", path);
    return GENOS_EXIT_FAILED;
  }
  run.pipeline = pipeline = make_pipeline (mix, path);
  if (pipeline == NULL)
    return GENOS_EXIT_FAILED;
  bus = gst_element_get_bus (pipeline);
  gst_bus_add_watch (bus, on_message, &run);
  g_unix_signal_add (SIGINT, on_end, &run);
  g_unix_signal_add (SIGTERM, on_end, &run);
  genos_command_add_hangup (on_end, &run);
  if (duration > 0)
    g_timeout_add ((guint) (duration * 1000), on_duration_over, &run);
  g_print ("recording the mix into %s\n", path);
  fflush (stdout);
  if (gst_element_set_state (pipeline, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE)
    g_main_loop_run (loop);
  else
    run.failed = TRUE;
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_bus_remove_watch (bus);
  return run.failed ? GENOS_EXIT_FAILED : GENOS_EXIT_OK;
}
