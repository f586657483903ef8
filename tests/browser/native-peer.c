/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A pipeline under the control of a test: its description comes as argument, commands on stdin,
 * and what happens goes to stdout, one line each. gst-launch-1.0 can neither send a message nor
 * take a stream away. Commands:
 *
 *   send ELEMENT CHANNEL TEXT    text to everybody
 *   unlink ELEMENT PAD           takes the pad away, as an application does that ends a stream
 *   relink ELEMENT TEMPLATE      gives what fed it a new pad
 *   quit                         EOS, then the end
 */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <gio/gunixinputstream.h>
#include <gst/gst.h>

typedef struct {
  GstElement *pipeline;
  GMainLoop *loop;
  GstPad *parked; /* what fed the pad that was taken away, blocked */
  gulong block;
  gboolean failed;
} Native;

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

/* what arrives */

/* More than what comes at once in the beginning. */
#define FLOWING 60

static GstPadProbeReturn
on_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  guint *n = user_data;

  if (++*n == 1)
    tell ("first-buffer %s", GST_PAD_NAME (pad));
  if (*n < FLOWING)
    return GST_PAD_PROBE_OK;
  tell ("flowing %s", GST_PAD_NAME (pad));
  return GST_PAD_PROBE_REMOVE;
}

static void
on_pad_added (GstElement *source, GstPad *pad, Native *self)
{
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  g_autofree char *peer = NULL;
  g_autofree char *metadata = NULL, *stream_id = NULL, *track_id = NULL;
  g_autoptr (GstPad) target = gst_element_get_static_pad (sink, "sink");

  g_object_set (sink, "sync", FALSE, "async", FALSE, NULL);
  g_object_get (pad, "peer-id", &peer, "metadata", &metadata, "stream-id", &stream_id, "track-id",
      &track_id, NULL);
  tell ("pad-added %s %s %s", GST_PAD_NAME (pad), peer, metadata != NULL ? metadata : "");
  tell ("track %s %s", stream_id, track_id);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, g_new0 (guint, 1), g_free);
  gst_bin_add (GST_BIN (self->pipeline), sink);
  gst_element_sync_state_with_parent (sink);
  gst_pad_link (pad, target);
  g_object_set_data (G_OBJECT (pad), "test-sink", sink);
}

static void
on_pad_removed (GstElement *source, GstPad *pad, Native *self)
{
  GstElement *sink = g_object_get_data (G_OBJECT (pad), "test-sink");

  tell ("pad-removed %s", GST_PAD_NAME (pad));
  if (sink == NULL)
    return;
  gst_element_set_locked_state (sink, TRUE);
  gst_element_set_state (sink, GST_STATE_NULL);
  gst_bin_remove (GST_BIN (self->pipeline), sink);
}

static void
watch_sources (const GValue *item, gpointer user_data)
{
  GstElement *element = g_value_get_object (item);
  GstElementFactory *factory = gst_element_get_factory (element);

  if (g_strcmp0 (GST_OBJECT_NAME (factory), "genosroomsrc") != 0)
    return;
  g_signal_connect (element, "pad-added", G_CALLBACK (on_pad_added), user_data);
  g_signal_connect (element, "pad-removed", G_CALLBACK (on_pad_removed), user_data);
}

/* the bus */

static gboolean
on_bus_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  Native *self = user_data;
  const GstStructure *structure = gst_message_get_structure (message);

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    g_autoptr (GError) error = NULL;
    g_autofree char *debug = NULL;

    gst_message_parse_error (message, &error, &debug);
    tell ("ERROR %s (%s)", error->message, debug);
    self->failed = TRUE;
    g_main_loop_quit (self->loop);
  } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS) {
    g_main_loop_quit (self->loop);
  } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_LATENCY) {
    gst_bin_recalculate_latency (GST_BIN (self->pipeline));
  } else if (structure != NULL && g_str_has_prefix (gst_structure_get_name (structure), "genos-")) {
    g_autofree char *text = gst_structure_to_string (structure);

    tell ("%s", text);
  }
  return G_SOURCE_CONTINUE;
}

/* commands */

static void
send_text (GstElement *element, const char *arguments)
{
  g_auto (GStrv) words = g_strsplit (arguments, " ", 2);
  guint n_peers = 0;

  g_signal_emit_by_name (element, "send-text", words[0], words[1], NULL, &n_peers);
  tell ("sent %u", n_peers);
}

static GstPadProbeReturn
on_blocked (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  return GST_PAD_PROBE_OK;
}

static void
unlink_pad (Native *self, GstElement *element, const char *name)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, name);

  if (pad == NULL || self->parked != NULL) {
    tell ("ERROR no pad %s to unlink", name);
    return;
  }
  self->parked = gst_pad_get_peer (pad);
  self->block =
      gst_pad_add_probe (self->parked, GST_PAD_PROBE_TYPE_BLOCK_DOWNSTREAM, on_blocked, NULL, NULL);
  gst_pad_unlink (self->parked, pad);
  gst_element_release_request_pad (element, pad);
  tell ("unlinked %s", name);
}

static void
relink_pad (Native *self, GstElement *element, const char *template)
{
  g_autoptr (GstPad) pad = gst_element_request_pad_simple (element, template);

  if (pad == NULL || self->parked == NULL || gst_pad_link (self->parked, pad) != GST_PAD_LINK_OK) {
    tell ("ERROR no pad of %s to link", template);
    return;
  }
  gst_pad_remove_probe (self->parked, self->block);
  gst_clear_object (&self->parked);
  tell ("relinked %s", GST_PAD_NAME (pad));
}

static void
obey (Native *self, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 3);
  g_autoptr (GstElement) element = NULL;

  if (strcmp (line, "quit") == 0) {
    gst_element_send_event (self->pipeline, gst_event_new_eos ());
    return;
  }
  if (g_strv_length (words) == 3)
    element = gst_bin_get_by_name (GST_BIN (self->pipeline), words[1]);
  if (element == NULL)
    tell ("ERROR cannot obey “%s”", line);
  else if (strcmp (words[0], "send") == 0)
    send_text (element, words[2]);
  else if (strcmp (words[0], "unlink") == 0)
    unlink_pad (self, element, words[2]);
  else if (strcmp (words[0], "relink") == 0)
    relink_pad (self, element, words[2]);
}

static void
on_line (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Native *self = user_data;
  GDataInputStream *input = G_DATA_INPUT_STREAM (source);
  g_autofree char *line = g_data_input_stream_read_line_finish_utf8 (input, result, NULL, NULL);

  if (line == NULL) {
    g_main_loop_quit (self->loop);
    return;
  }
  obey (self, line);
  g_data_input_stream_read_line_async (input, G_PRIORITY_DEFAULT, NULL, on_line, self);
}

/* A pipeline that does not react to EOS ends all the same: the test has its own limits. */
static void
run (Native *self)
{
  g_autoptr (GInputStream) input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (GDataInputStream) lines = g_data_input_stream_new (input);
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);

  gst_bus_add_watch (bus, on_bus_message, self);
  g_data_input_stream_read_line_async (lines, G_PRIORITY_DEFAULT, NULL, on_line, self);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  g_main_loop_run (self->loop);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_bus_remove_watch (bus);
  gst_clear_object (&self->parked);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstIterator) elements = NULL;
  Native self = { 0 };

  gst_init (&argc, &argv);
  if (argc != 2) {
    g_printerr ("usage: native-peer PIPELINE\n");
    return 2;
  }
  self.pipeline = gst_parse_launch_full (argv[1], NULL, GST_PARSE_FLAG_FATAL_ERRORS, &error);
  if (self.pipeline == NULL) {
    g_printerr ("native-peer: %s\n", error->message);
    return 2;
  }
  if (!GST_IS_PIPELINE (self.pipeline)) {
    GstElement *only = self.pipeline;

    self.pipeline = gst_pipeline_new (NULL);
    gst_bin_add (GST_BIN (self.pipeline), only);
  }
  self.loop = g_main_loop_new (NULL, FALSE);
  elements = gst_bin_iterate_elements (GST_BIN (self.pipeline));
  gst_iterator_foreach (elements, watch_sources, &self);
  run (&self);
  tell ("ended");
  gst_object_unref (self.pipeline);
  g_main_loop_unref (self.loop);
  return self.failed ? 1 : 0;
}
