/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "record-entry.h"

/* A pause as short is nothing to tell: pictures of a still screen come once a second. */
#define MIN_GAP (1500 * GST_MSECOND)
#define MAX_GAPS 1000

static void
stream_free (gpointer data)
{
  GenosRecordStream *self = data;

  g_free (self->track_id);
  g_free (self->metadata);
  g_free (self->caps);
  g_array_unref (self->gaps);
  g_free (self);
}

GenosRecordEntry *
genos_record_entry_new (GenosContainer container, GstClockTime start)
{
  GenosRecordEntry *self = g_new0 (GenosRecordEntry, 1);

  self->container = container;
  self->start = self->end = start;
  self->streams = g_ptr_array_new_with_free_func (stream_free);
  return self;
}

void
genos_record_entry_free (GenosRecordEntry *self)
{
  g_free (self->name);
  g_free (self->peer_id);
  g_free (self->kind);
  g_free (self->key);
  g_free (self->stream_id);
  g_free (self->reason);
  g_free (self->detail);
  g_ptr_array_unref (self->streams);
  g_free (self);
}

GenosRecordStream *
genos_record_entry_add_stream (GenosRecordEntry *self, const GenosRecordFormat *format,
    const char *track_id, const char *metadata, GstCaps *caps)
{
  GenosRecordStream *stream = g_new0 (GenosRecordStream, 1);

  stream->format = format;
  stream->track_id = g_strdup (track_id);
  stream->metadata = g_strdup (metadata);
  stream->caps = gst_caps_to_string (caps);
  stream->start = stream->end = GST_CLOCK_TIME_NONE;
  stream->gaps = g_array_new (FALSE, FALSE, sizeof (GenosRecordGap));
  g_ptr_array_add (self->streams, stream);
  return stream;
}

void
genos_record_stream_count (
    GenosRecordStream *self, GstClockTime time, GstClockTime duration, gboolean key_frame)
{
  GenosRecordGap gap = { self->end, time };

  if (self->n_frames == 0)
    self->start = self->end = time;
  else if (time > self->end + MIN_GAP && self->gaps->len < MAX_GAPS)
    g_array_append_val (self->gaps, gap);
  if (GST_CLOCK_TIME_IS_VALID (duration))
    time += duration;
  self->end = MAX (self->end, time);
  self->n_frames++;
  self->n_key_frames += key_frame;
}

void
genos_record_entry_set_reason (GenosRecordEntry *self, const char *reason, const char *detail)
{
  if (self->reason != NULL)
    return;
  self->reason = g_strdup (reason);
  self->detail = g_strdup (detail);
}

/* JSON */

char *
genos_record_format_utc (gint64 utc)
{
  g_autoptr (GDateTime) second = g_date_time_new_from_unix_utc (utc / G_USEC_PER_SEC);
  g_autofree char *text = g_date_time_format (second, "%Y-%m-%dT%H:%M:%S");

  return g_strdup_printf ("%s.%03dZ", text, (int) (utc % G_USEC_PER_SEC / 1000));
}

static void
add_string (JsonBuilder *builder, const char *member, const char *text)
{
  g_autofree char *valid = text != NULL ? g_utf8_make_valid (text, -1) : NULL;

  if (valid == NULL)
    return;
  json_builder_set_member_name (builder, member);
  json_builder_add_string_value (builder, valid);
}

static void
add_number (JsonBuilder *builder, const char *member, guint64 number)
{
  json_builder_set_member_name (builder, member);
  json_builder_add_int_value (builder, (gint64) number);
}

static void
add_time (JsonBuilder *builder, const char *member, GstClockTime time)
{
  if (GST_CLOCK_TIME_IS_VALID (time))
    add_number (builder, member, time);
}

/* As what it is when it is JSON: a peer may have said anything. */
static void
add_metadata (JsonBuilder *builder, const char *metadata)
{
  g_autoptr (JsonNode) node = metadata != NULL ? json_from_string (metadata, NULL) : NULL;

  if (node == NULL) {
    add_string (builder, "metadata", metadata);
    return;
  }
  json_builder_set_member_name (builder, "metadata");
  json_builder_add_value (builder, g_steal_pointer (&node));
}

static void
add_gaps (JsonBuilder *builder, GArray *gaps)
{
  json_builder_set_member_name (builder, "gaps");
  json_builder_begin_array (builder);
  for (guint i = 0; i < gaps->len; i++) {
    const GenosRecordGap *gap = &g_array_index (gaps, GenosRecordGap, i);

    json_builder_begin_object (builder);
    add_number (builder, "from", gap->from);
    add_number (builder, "to", gap->to);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

static void
add_stream (JsonBuilder *builder, const GenosRecordStream *stream)
{
  json_builder_begin_object (builder);
  add_string (builder, "media", genos_record_format_is_video (stream->format) ? "video" : "audio");
  add_string (builder, "track-id", stream->track_id);
  add_metadata (builder, stream->metadata);
  add_string (builder, "codec", stream->format->name);
  add_string (builder, "caps", stream->caps);
  add_time (builder, "start", stream->start);
  add_time (builder, "end", stream->end);
  add_number (builder, "frames", stream->n_frames);
  if (genos_record_format_is_video (stream->format))
    add_number (builder, "key-frames", stream->n_key_frames);
  add_number (builder, "dropped", stream->n_dropped);
  add_gaps (builder, stream->gaps);
  json_builder_end_object (builder);
}

static const char *
get_state_name (GenosRecordState state)
{
  static const char *const names[] = { "open", "closed", "broken" };

  return names[state];
}

void
genos_record_entry_to_json (const GenosRecordEntry *self, gint64 utc_start, JsonBuilder *builder)
{
  g_autofree char *utc =
      genos_record_format_utc (utc_start + (gint64) GST_TIME_AS_USECONDS (self->start));

  json_builder_begin_object (builder);
  add_string (builder, "file", self->name);
  add_string (builder, "container", self->container == GENOS_CONTAINER_MP4 ? "mp4" : "matroska");
  add_number (builder, "group", self->group);
  add_number (builder, "segment", self->segment);
  add_string (builder, "peer-id", self->peer_id);
  add_string (builder, "kind", self->kind);
  json_builder_set_member_name (builder, "verified");
  json_builder_add_boolean_value (builder, self->key != NULL);
  add_string (builder, "key", self->key);
  add_string (builder, "stream-id", self->stream_id);
  add_string (builder, "utc", utc);
  add_number (builder, "start", self->start);
  add_number (builder, "end", self->end);
  add_string (builder, "state", get_state_name (self->state));
  add_string (builder, "reason", self->reason);
  add_string (builder, "detail", self->detail);
  add_number (builder, "bytes", self->bytes);
  json_builder_set_member_name (builder, "tracks");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->streams->len; i++)
    add_stream (builder, self->streams->pdata[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}
