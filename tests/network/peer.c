/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A peer of a test: sends a small test picture, counts what comes, and tells everything as JSON, one
 * object a line. Arguments: --no-media, or --camera and what to send as in a launch line; --keep and a file for
 * the VP8 pictures that come, as they come (IVF, whose times are of the monotonic clock, µs); then the properties
 * of the elements, `sink:…` is for the sink alone, `source:…` for the source.
 *
 * On stdin: `say TEXT` sends to everybody, `quit` leaves. Told beside the bus messages, which keep
 * their names and fields: `media` (from, kind, buffers: all so far, gap-ms: the longest wait for one of
 * those since it was last told, bytes: all so far) and `path`, `rate` (peer-id and the fields of its
 * statistics) whenever they changed, `said` (peers), `error` (text). */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <gio/gunixinputstream.h>
#include <gst/gst.h>
#include <json-glib/json-glib.h>

#define TELL_MS 200
#define CAMERA                                                                                     \
  "videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=10/1 ! videoconvert ! "

typedef struct {
  char *from;
  const char *kind;
  guint buffers;
  guint64 bytes;
  guint told;
  gint64 last; /* monotonic, µs; 0: none yet */
  gint64 gap;  /* µs */
} Stream;

typedef struct {
  GstElement *pipeline;
  GMainLoop *loop;
  GMutex lock;
  GHashTable *streams; /* kind and peer id → Stream */
  FILE *film;          /* (nullable) */
  GHashTable *parts;   /* part of the statistics and peer id → text of the last one */
  gboolean failed;
} Peer;

/* --- telling */

static void
add_value (JsonBuilder *builder, const GValue *value)
{
  g_autofree char *text = NULL;

  if (G_VALUE_HOLDS_STRING (value)) {
    json_builder_add_string_value (builder, g_value_get_string (value));
  } else if (G_VALUE_HOLDS_BOOLEAN (value)) {
    json_builder_add_boolean_value (builder, g_value_get_boolean (value));
  } else if (G_VALUE_HOLDS_UINT (value)) {
    json_builder_add_int_value (builder, g_value_get_uint (value));
  } else if (G_VALUE_HOLDS_UINT64 (value)) {
    json_builder_add_int_value (builder, g_value_get_uint64 (value));
  } else if (G_VALUE_HOLDS_DOUBLE (value)) {
    json_builder_add_double_value (builder, g_value_get_double (value));
  } else if (G_VALUE_HOLDS (value, G_TYPE_ERROR) && g_value_get_boxed (value) != NULL) {
    json_builder_add_string_value (builder, ((GError *) g_value_get_boxed (value))->message);
  } else {
    text = gst_value_serialize (value);
    json_builder_add_string_value (builder, text);
  }
}

static gboolean
add_field (GQuark id, const GValue *value, gpointer builder)
{
  json_builder_set_member_name (builder, g_quark_to_string (id));
  add_value (builder, value);
  return TRUE;
}

static void
tell (const char *event, const GstStructure *fields)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *line = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "event");
  json_builder_add_string_value (builder, event);
  if (fields != NULL)
    gst_structure_foreach (fields, add_field, builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  line = json_to_string (root, FALSE);
  puts (line);
  fflush (stdout);
}

static void
tell_field (const char *event, const char *name, const char *value)
{
  g_autoptr (GstStructure) fields = gst_structure_new (event, name, G_TYPE_STRING, value, NULL);

  tell (event, fields);
}

/* --- what arrives */

static void
free_stream (gpointer data)
{
  g_free (((Stream *) data)->from);
  g_free (data);
}

static Stream *
find_stream (Peer *self, const char *from, const char *kind)
{
  g_autofree char *key = g_strconcat (kind, " ", from, NULL);
  Stream *stream = g_hash_table_lookup (self->streams, key);

  if (stream != NULL)
    return stream;
  stream = g_new0 (Stream, 1);
  stream->from = g_strdup (from);
  stream->kind = kind;
  g_hash_table_insert (self->streams, g_steal_pointer (&key), stream);
  return stream;
}

static void
count (Peer *self, const char *from, const char *kind, gsize size)
{
  gint64 now = g_get_monotonic_time ();
  Stream *stream;

  g_mutex_lock (&self->lock);
  stream = find_stream (self, from, kind);
  stream->buffers++;
  stream->bytes += size;
  if (stream->last != 0)
    stream->gap = MAX (stream->gap, now - stream->last);
  stream->last = now;
  g_mutex_unlock (&self->lock);
}

/* A header of 32 bytes, of each picture one of 12: its size, its time. */
static void
begin_film (Peer *self, const char *name)
{
  guint8 header[32] = "DKIF\0\0\x20\0VP80";

  self->film = fopen (name, "wb");
  if (self->film == NULL)
    g_error ("%s cannot be written", name);
  GST_WRITE_UINT32_LE (header + 16, G_USEC_PER_SEC);
  GST_WRITE_UINT32_LE (header + 20, 1);
  fwrite (header, sizeof header, 1, self->film);
}

static void
film (Peer *self, GstBuffer *picture)
{
  guint8 header[12];
  GstMapInfo map;

  if (!gst_buffer_map (picture, &map, GST_MAP_READ))
    return;
  GST_WRITE_UINT32_LE (header, map.size);
  GST_WRITE_UINT64_LE (header + 4, g_get_monotonic_time ());
  fwrite (header, sizeof header, 1, self->film);
  fwrite (map.data, map.size, 1, self->film);
  gst_buffer_unmap (picture, &map);
}

static GstPadProbeReturn
on_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Peer *self = user_data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  gboolean video = g_str_has_prefix (GST_PAD_NAME (pad), "video");

  count (self, g_object_get_data (G_OBJECT (pad), "test-from"), video ? "video" : "audio",
      gst_buffer_get_size (buffer));
  if (video && self->film != NULL)
    film (self, buffer);
  return GST_PAD_PROBE_OK;
}

static void
on_pad_added (GstElement *source, GstPad *pad, Peer *self)
{
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  g_autoptr (GstPad) target = gst_element_get_static_pad (sink, "sink");
  char *from = NULL;

  g_object_set (sink, "sync", FALSE, "async", FALSE, NULL);
  g_object_get (pad, "peer-id", &from, NULL);
  tell_field ("pad-added", "peer-id", from);
  g_object_set_data_full (G_OBJECT (pad), "test-from", from, g_free);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, self, NULL);
  gst_bin_add (GST_BIN (self->pipeline), sink);
  gst_element_sync_state_with_parent (sink);
  gst_pad_link (pad, target);
  g_object_set_data (G_OBJECT (pad), "test-sink", sink);
}

static void
on_pad_removed (GstElement *source, GstPad *pad, Peer *self)
{
  GstElement *sink = g_object_get_data (G_OBJECT (pad), "test-sink");

  tell_field ("pad-removed", "peer-id", g_object_get_data (G_OBJECT (pad), "test-from"));
  if (sink == NULL)
    return;
  gst_element_set_locked_state (sink, TRUE);
  gst_element_set_state (sink, GST_STATE_NULL);
  gst_bin_remove (GST_BIN (self->pipeline), sink);
}

/* --- what is looked at now and then */

static void
tell_media (Peer *self)
{
  GHashTableIter iter;
  Stream *stream;

  g_mutex_lock (&self->lock);
  g_hash_table_iter_init (&iter, self->streams);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &stream)) {
    if (stream->buffers != stream->told) {
      g_autoptr (GstStructure) fields =
          gst_structure_new ("media", "from", G_TYPE_STRING, stream->from, "kind", G_TYPE_STRING,
              stream->kind, "buffers", G_TYPE_UINT, stream->buffers, "gap-ms", G_TYPE_UINT,
              (guint) (stream->gap / 1000), "bytes", G_TYPE_UINT64, stream->bytes, NULL);

      stream->told = stream->buffers;
      stream->gap = 0;
      tell ("media", fields);
    }
  }
  g_mutex_unlock (&self->lock);
}

static void
tell_part (Peer *self, const GstStructure *peer, const char *part)
{
  const GValue *value = gst_structure_get_value (peer, part);
  const char *id = gst_structure_get_string (peer, "peer-id");
  g_autofree char *key = g_strconcat (part, id, NULL);
  g_autoptr (GstStructure) fields = NULL;
  g_autofree char *text = NULL;

  if (value == NULL)
    return;
  fields = gst_structure_copy (gst_value_get_structure (value));
  text = gst_structure_to_string (fields);
  if (g_strcmp0 (g_hash_table_lookup (self->parts, key), text) == 0)
    return;
  g_hash_table_insert (self->parts, g_steal_pointer (&key), g_steal_pointer (&text));
  gst_structure_set (fields, "peer-id", G_TYPE_STRING, id, NULL);
  tell (part, fields);
}

static gboolean
on_look (gpointer user_data)
{
  Peer *self = user_data;
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (self->pipeline), "sink");
  g_autoptr (GstStructure) stats = NULL;
  const GValue *peers;

  tell_media (self);
  g_object_get (sink, "stats", &stats, NULL);
  peers = stats != NULL ? gst_structure_get_value (stats, "peer") : NULL;
  for (guint i = 0; peers != NULL && i < gst_value_list_get_size (peers); i++) {
    const GstStructure *peer = gst_value_get_structure (gst_value_list_get_value (peers, i));

    tell_part (self, peer, "path");
    tell_part (self, peer, "rate");
  }
  return G_SOURCE_CONTINUE;
}

static gboolean
on_bus_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  Peer *self = user_data;
  const GstStructure *structure = gst_message_get_structure (message);

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    g_autoptr (GError) error = NULL;

    gst_message_parse_error (message, &error, NULL);
    tell_field ("error", "text", error->message);
    self->failed = TRUE;
    g_main_loop_quit (self->loop);
  } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING) {
    g_autoptr (GError) error = NULL;

    gst_message_parse_warning (message, &error, NULL);
    tell_field ("warning", "text", error->message);
  } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS) {
    g_main_loop_quit (self->loop);
  } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_LATENCY) {
    gst_bin_recalculate_latency (GST_BIN (self->pipeline));
  } else if (structure != NULL && g_str_has_prefix (gst_structure_get_name (structure), "genos-")
      && strcmp (GST_OBJECT_NAME (GST_MESSAGE_SRC (message)), "sink") == 0) {
    tell (gst_structure_get_name (structure) + strlen ("genos-"), structure);
  }
  return G_SOURCE_CONTINUE;
}

/* --- commands */

static void
say (Peer *self, const char *text)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (self->pipeline), "sink");
  g_autoptr (GstStructure) fields = NULL;
  guint n_peers = 0;

  g_signal_emit_by_name (sink, "send-text", "test", text, NULL, &n_peers);
  fields =
      gst_structure_new ("said", "text", G_TYPE_STRING, text, "peers", G_TYPE_UINT, n_peers, NULL);
  tell ("said", fields);
}

static void
on_line (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Peer *self = user_data;
  GDataInputStream *input = G_DATA_INPUT_STREAM (source);
  g_autofree char *line = g_data_input_stream_read_line_finish_utf8 (input, result, NULL, NULL);

  if (line == NULL || strcmp (line, "quit") == 0) {
    g_main_loop_quit (self->loop);
    return;
  }
  if (g_str_has_prefix (line, "say "))
    say (self, line + 4);
  g_data_input_stream_read_line_async (input, G_PRIORITY_DEFAULT, NULL, on_line, self);
}

static void
run (Peer *self)
{
  g_autoptr (GInputStream) input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (GDataInputStream) lines = g_data_input_stream_new (input);
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (self->pipeline), "source");
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);

  g_signal_connect (source, "pad-added", G_CALLBACK (on_pad_added), self);
  g_signal_connect (source, "pad-removed", G_CALLBACK (on_pad_removed), self);
  gst_bus_add_watch (bus, on_bus_message, self);
  g_data_input_stream_read_line_async (lines, G_PRIORITY_DEFAULT, NULL, on_line, self);
  g_timeout_add (TELL_MS, on_look, self);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  g_main_loop_run (self->loop);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_bus_remove_watch (bus);
}

/* Those that begin with `sink:` or `source:` are for one of them, all others for both. */
static char *
join_properties (char **words, gboolean for_sink)
{
  GString *text = g_string_new (NULL);

  const char *own = for_sink ? "sink:" : "source:";
  const char *other = for_sink ? "source:" : "sink:";

  for (; *words != NULL; words++) {
    if (g_str_has_prefix (*words, own))
      g_string_append_printf (text, " %s", *words + strlen (own));
    else if (!g_str_has_prefix (*words, other))
      g_string_append_printf (text, " %s", *words);
  }
  return g_string_free (text, FALSE);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *sink_properties = NULL;
  g_autofree char *source_properties = NULL;
  g_autofree char *text = NULL;
  Peer self = { 0 };
  const char *camera = CAMERA;

  gst_init (&argc, &argv);
  if (argc > 1 && strcmp (argv[1], "--no-media") == 0) {
    camera = "";
    argv++;
  } else if (argc > 2 && strcmp (argv[1], "--camera") == 0) {
    camera = argv[2];
    argv += 2;
  }
  if (argc > 2 && argv[1] != NULL && strcmp (argv[1], "--keep") == 0) {
    begin_film (&self, argv[2]);
    argv += 2;
  }
  sink_properties = join_properties (argv + 1, TRUE);
  source_properties = join_properties (argv + 1, FALSE);
  text =
      g_strdup_printf ("%s genosroomsink name=sink %s genosroomsrc name=source output=encoded %s",
          camera, sink_properties, source_properties);
  self.pipeline = gst_parse_launch_full (text, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &error);
  if (self.pipeline == NULL) {
    tell_field ("error", "text", error->message);
    return 2;
  }
  self.loop = g_main_loop_new (NULL, FALSE);
  self.streams = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_stream);
  self.parts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  run (&self);
  if (self.film != NULL)
    fclose (self.film);
  tell ("ended", NULL);
  gst_object_unref (self.pipeline);
  g_main_loop_unref (self.loop);
  g_hash_table_unref (self.streams);
  g_hash_table_unref (self.parts);
  return self.failed ? 1 : 0;
}
