/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Runs one pipeline for whoever drives the benchmark: "bench-pipe DESCRIPTION", commands on stdin,
 * what happened on stdout, with the time of the monotonic clock, which all processes share.
 *
 * Names in the description that mean something: camera… (an appsrc that is fed), watch (a sink that
 * is looked at), rtc (a bare webrtcbin) and depay (what it is linked to). */

#include "bench-camera.h"
#include "bench-rtc.h"
#include "bench-watch.h"

#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  GstElement *pipeline;
  GstElement *webrtc; /* (nullable) */
  BenchCamera *camera;
  BenchWatch *watch; /* (nullable) */
  GMainLoop *loop;
} Bench;

static gboolean
make_offer (gpointer data)
{
  bench_rtc_offer (data);
  return G_SOURCE_REMOVE;
}

/* The camera is what makes caps reach the sink pad. */
static GstPadProbeReturn
on_caps (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) != GST_EVENT_CAPS)
    return GST_PAD_PROBE_OK;
  g_timeout_add (100, make_offer, data);
  return GST_PAD_PROBE_REMOVE;
}

static void
prepare_webrtc (Bench *bench)
{
  g_autoptr (GstElement) depay = gst_bin_get_by_name (GST_BIN (bench->pipeline), "depay");
  g_autoptr (GstPad) sink = NULL;

  bench->webrtc = gst_bin_get_by_name (GST_BIN (bench->pipeline), "rtc");
  if (bench->webrtc == NULL)
    return;
  bench_rtc_prepare (bench->webrtc, depay);
  sink = gst_element_get_static_pad (bench->webrtc, "sink_0");
  if (sink != NULL)
    gst_pad_add_probe (sink, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_caps, bench->webrtc, NULL);
}

/* In the thread that posts, so that the time is that of the event. */
static GstBusSyncReply
on_sync_message (GstBus *bus, GstMessage *message, gpointer data)
{
  if (gst_message_has_name (message, "genos-peer-joined"))
    bench_say ("joined");
  return GST_BUS_PASS;
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer data)
{
  Bench *bench = data;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_LATENCY)
    gst_bin_recalculate_latency (GST_BIN (bench->pipeline));
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    g_autoptr (GError) error = NULL;

    gst_message_parse_error (message, &error, NULL);
    fprintf (stderr, "bench-pipe: %s\n", error->message);
    g_main_loop_quit (bench->loop);
  }
  return G_SOURCE_CONTINUE;
}

static void
play (Bench *bench)
{
  bench_say ("playing");
  gst_element_set_state (bench->pipeline, GST_STATE_PLAYING);
  bench_camera_start (bench->camera);
}

static void
obey (Bench *bench, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 3);

  if (g_strcmp0 (words[0], "play") == 0)
    play (bench);
  else if (g_strcmp0 (words[0], "report") == 0 && bench->watch != NULL)
    bench_watch_report (bench->watch);
  else if (g_strcmp0 (words[0], "sdp") == 0 && bench->webrtc != NULL && g_strv_length (words) == 3)
    bench_rtc_take (bench->webrtc, words[1], words[2]);
  else
    g_main_loop_quit (bench->loop);
}

static void
on_line (GObject *source, GAsyncResult *result, gpointer data)
{
  GDataInputStream *input = G_DATA_INPUT_STREAM (source);
  Bench *bench = data;
  g_autofree char *line = g_data_input_stream_read_line_finish (input, result, NULL, NULL);

  if (line == NULL) {
    g_main_loop_quit (bench->loop);
    return;
  }
  obey (bench, line);
  g_data_input_stream_read_line_async (input, G_PRIORITY_DEFAULT, NULL, on_line, bench);
}

static gboolean
build (Bench *bench, const char *description)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) sink = NULL;
  g_autoptr (GstBus) bus = NULL;

  bench->pipeline = gst_parse_launch (description, &error);
  if (error != NULL) {
    fprintf (stderr, "bench-pipe: %s\n", error->message);
    return FALSE;
  }
  sink = gst_bin_get_by_name (GST_BIN (bench->pipeline), "watch");
  if (sink != NULL)
    bench->watch = bench_watch_new (sink);
  bench->camera = bench_camera_new (GST_BIN (bench->pipeline));
  prepare_webrtc (bench);
  bus = gst_element_get_bus (bench->pipeline);
  gst_bus_set_sync_handler (bus, on_sync_message, NULL, NULL);
  gst_bus_add_watch (bus, on_message, bench);
  return gst_element_set_state (bench->pipeline, GST_STATE_READY) != GST_STATE_CHANGE_FAILURE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GInputStream) stdin_stream = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (GDataInputStream) input = g_data_input_stream_new (stdin_stream);
  Bench bench = { .loop = g_main_loop_new (NULL, FALSE) };

  gst_init (&argc, &argv);
  if (argc != 2 || !build (&bench, argv[1]))
    return 1;
  g_data_input_stream_read_line_async (input, G_PRIORITY_DEFAULT, NULL, on_line, &bench);
  bench_say ("ready");
  g_main_loop_run (bench.loop);

  g_clear_pointer (&bench.camera, bench_camera_free);
  gst_element_set_state (bench.pipeline, GST_STATE_NULL);
  g_clear_pointer (&bench.watch, bench_watch_free);
  gst_clear_object (&bench.webrtc);
  gst_clear_object (&bench.pipeline);
  g_main_loop_unref (bench.loop);
  return 0;
}
