/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One end of a bare webrtcbin data channel: "bench-bare offer" or "bench-bare answer". On stdin:
 *
 *   sdp TYPE BASE64    what the other end printed
 *   send SIZE COUNT    COUNT messages, as fast as 64 KiB of buffered amount allow; "begun TIME"
 *   take COUNT         "got TIME" when that many are in */

#include "bench-rtc.h"

#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <gst/webrtc/webrtc.h>

#define BUSY 65535

typedef struct {
  GstElement *webrtc;
  GstWebRTCDataChannel *channel;
  GMainLoop *loop;
  GMutex lock; /* of sending */
  GBytes *message;
  guint left;
  gint missing; /* atomic */
} Bare;

static void
say (const char *word)
{
  printf ("%s %" G_GINT64_FORMAT "\n", word, g_get_real_time ());
  fflush (stdout);
}

static gboolean
is_busy (Bare *bare)
{
  guint64 buffered;

  g_object_get (bare->channel, "buffered-amount", &buffered, NULL);
  return buffered > BUSY;
}

static void
send_more (Bare *bare)
{
  g_mutex_lock (&bare->lock);
  while (bare->left > 0 && !is_busy (bare)) {
    gst_webrtc_data_channel_send_data_full (bare->channel, bare->message, NULL);
    bare->left--;
  }
  g_mutex_unlock (&bare->lock);
}

static void
on_low (GstWebRTCDataChannel *channel, Bare *bare)
{
  send_more (bare);
}

static void
on_data (GstWebRTCDataChannel *channel, GBytes *data, Bare *bare)
{
  if (g_atomic_int_dec_and_test (&bare->missing))
    say ("got");
}

static void
on_open (GstWebRTCDataChannel *channel, Bare *bare)
{
  say ("joined");
}

static void
watch_channel (Bare *bare, GstWebRTCDataChannel *channel)
{
  bare->channel = g_object_ref (channel);
  g_object_set (channel, "buffered-amount-low-threshold", (guint64) BUSY, NULL);
  g_signal_connect (channel, "on-open", G_CALLBACK (on_open), bare);
  g_signal_connect (channel, "on-message-data", G_CALLBACK (on_data), bare);
  g_signal_connect (channel, "on-buffered-amount-low", G_CALLBACK (on_low), bare);
}

static void
on_data_channel (GstElement *webrtc, GstWebRTCDataChannel *channel, Bare *bare)
{
  watch_channel (bare, channel);
  say ("joined");
}

static void
obey (Bare *bare, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 3);
  guint n = g_strv_length (words);

  if (n == 3 && g_str_equal (words[0], "sdp")) {
    bench_rtc_take (bare->webrtc, words[1], words[2]);
  } else if (n == 3 && g_str_equal (words[0], "send")) {
    gsize size = (gsize) g_ascii_strtoull (words[1], NULL, 10);

    g_clear_pointer (&bare->message, g_bytes_unref);
    bare->message = g_bytes_new_take (g_malloc0 (size), size);
    bare->left = (guint) g_ascii_strtoull (words[2], NULL, 10);
    say ("begun");
    send_more (bare);
  } else if (n == 2 && g_str_equal (words[0], "take")) {
    g_atomic_int_set (&bare->missing, (gint) g_ascii_strtoull (words[1], NULL, 10));
    say ("taking");
  } else {
    g_main_loop_quit (bare->loop);
  }
}

static void
on_line (GObject *source, GAsyncResult *result, gpointer data)
{
  GDataInputStream *input = G_DATA_INPUT_STREAM (source);
  Bare *bare = data;
  g_autofree char *line = g_data_input_stream_read_line_finish (input, result, NULL, NULL);

  if (line == NULL) {
    g_main_loop_quit (bare->loop);
    return;
  }
  obey (bare, line);
  g_data_input_stream_read_line_async (input, G_PRIORITY_DEFAULT, NULL, on_line, bare);
}

int
main (int argc, char **argv)
{
  g_autoptr (GInputStream) stdin_stream = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (GDataInputStream) input = g_data_input_stream_new (stdin_stream);
  Bare bare = { .loop = g_main_loop_new (NULL, FALSE) };
  GstElement *pipeline;

  gst_init (&argc, &argv);
  if (argc != 2)
    return 1;
  pipeline = gst_pipeline_new (NULL);
  bare.webrtc = gst_element_factory_make ("webrtcbin", NULL);
  gst_util_set_object_arg (G_OBJECT (bare.webrtc), "bundle-policy", "max-bundle");
  gst_bin_add (GST_BIN (pipeline), bare.webrtc);
  bench_rtc_prepare (bare.webrtc, NULL);
  g_signal_connect (bare.webrtc, "on-data-channel", G_CALLBACK (on_data_channel), &bare);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  if (g_str_equal (argv[1], "offer")) {
    g_autoptr (GstWebRTCDataChannel) channel = NULL;

    g_signal_emit_by_name (bare.webrtc, "create-data-channel", "data", NULL, &channel);
    watch_channel (&bare, channel);
    bench_rtc_offer (bare.webrtc);
  }
  g_data_input_stream_read_line_async (input, G_PRIORITY_DEFAULT, NULL, on_line, &bare);
  say ("ready");
  g_main_loop_run (bare.loop);
  _exit (0);
}
