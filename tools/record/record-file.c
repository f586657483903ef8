/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "record-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gst/app/gstappsrc.h>

#include "record-key-frame.h"
#include "record-name.h"

#define MAX_ATTEMPTS 1000
/* What may wait for the disk, for each stream. */
#define MAX_BACKLOG (32 * 1024 * 1024)
/* A muxer waits for every stream; one that has been quiet for so long, while others went on, ends. */
#define MAX_QUIET (3 * GST_SECOND)
/* So much of another stream's silence counts at most, or a pause of all would end all but one. */
#define MAX_STEP (500 * GST_MSECOND)
#define FINISH_TIMEOUT (5 * G_USEC_PER_SEC)
#define FRAGMENT_MS 1000

typedef struct {
  GstElement *source;
  GstCaps *caps;
  GenosRecordStream *entry;
  gboolean begun; /* with a key frame */
  gboolean ended;
  GstClockTime last;
  GstClockTime quiet;
} Stream;

struct _GenosRecordFile {
  GenosRecordFileFunc closed;
  gpointer user_data;
  GenosRecordEntry *entry;
  int fd;
  GstElement *pipeline;
  GstElement *muxer;
  guint watch;
  GArray *streams;
  gint64 finishing; /* monotonic, µs; 0: not yet */
};

/* closing */

static void
stop (GenosRecordFile *self)
{
  if (self->watch != 0)
    g_source_remove (self->watch);
  self->watch = 0;
  if (self->pipeline != NULL)
    gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_clear_object (&self->pipeline);
  if (self->fd >= 0) {
    self->entry->bytes = genos_record_file_get_bytes (self);
    close (self->fd);
  }
  self->fd = -1;
}

static void
close_file (GenosRecordFile *self, GenosRecordState state, const GError *error)
{
  if (self->pipeline == NULL)
    return;
  stop (self);
  self->entry->state = state;
  self->closed (self, error, self->user_data);
}

static gboolean
on_bus (GstBus *bus, GstMessage *message, gpointer user_data)
{
  GenosRecordFile *self = user_data;
  g_autoptr (GError) error = NULL;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_EOS:
      close_file (self, GENOS_RECORD_CLOSED, NULL);
      break;
    case GST_MESSAGE_ERROR:
      gst_message_parse_error (message, &error, NULL);
      genos_record_entry_set_reason (self->entry, "error", error->message);
      close_file (self, GENOS_RECORD_BROKEN, error);
      break;
    default:
      break;
  }
  return G_SOURCE_CONTINUE;
}

void
genos_record_file_tick (GenosRecordFile *self, gint64 now)
{
  self->entry->bytes = genos_record_file_get_bytes (self);
  if (self->finishing == 0 || now - self->finishing < FINISH_TIMEOUT)
    return;
  genos_record_entry_set_reason (self->entry, "stuck", NULL);
  close_file (self, GENOS_RECORD_BROKEN, NULL);
}

/* making it */

static gboolean
create (GenosRecordFile *self, const GenosRecordFileSpec *spec, GError **error)
{
  const char *extension = genos_container_get_extension (spec->container);
  int number = EEXIST;

  for (guint i = 0; i < MAX_ATTEMPTS && self->fd < 0 && number == EEXIST; i++) {
    g_autofree char *name =
        genos_record_name (spec->peer_id, spec->stream_id, spec->segment, i, extension);
    g_autofree char *path = g_build_filename (spec->directory, name, NULL);

    self->fd = open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    number = errno;
    if (self->fd >= 0)
      self->entry->name = g_steal_pointer (&name);
  }
  if (self->fd >= 0)
    return TRUE;
  g_set_error (error, GST_RESOURCE_ERROR,
      number == ENOSPC || number == EDQUOT ? GST_RESOURCE_ERROR_NO_SPACE_LEFT
                                           : GST_RESOURCE_ERROR_OPEN_WRITE,
      "No new file can be made in %s: %s", spec->directory, g_strerror (number));
  return FALSE;
}

static GstElement *
make_element (const char *factory, GstBin *bin, GError **error)
{
  GstElement *element = gst_element_factory_make (factory, NULL);

  if (element == NULL) {
    g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN,
        "the GStreamer element “%s” is not installed (Debian: gstreamer1.0-plugins-good and "
        "gstreamer1.0-plugins-bad)",
        factory);
    return NULL;
  }
  gst_bin_add (bin, element);
  return element;
}

static gboolean
make_pipeline (GenosRecordFile *self, GenosContainer container, GError **error)
{
  gboolean mp4 = container == GENOS_CONTAINER_MP4;
  g_autoptr (GstBus) bus = NULL;
  GstElement *sink;

  self->pipeline = gst_pipeline_new (NULL);
  gst_object_ref_sink (self->pipeline);
  self->muxer = make_element (mp4 ? "mp4mux" : "matroskamux", GST_BIN (self->pipeline), error);
  if (self->muxer == NULL)
    return FALSE;
  sink = make_element ("fdsink", GST_BIN (self->pipeline), error);
  if (sink == NULL)
    return FALSE;
  if (mp4)
    g_object_set (self->muxer, "fragment-duration", FRAGMENT_MS, NULL);
  else
    g_object_set (self->muxer, "writing-app", "genosrooms", NULL);
  g_object_set (sink, "fd", self->fd, "sync", FALSE, "async", FALSE, NULL);
  bus = gst_element_get_bus (self->pipeline);
  self->watch = gst_bus_add_watch (bus, on_bus, self);
  return gst_element_link (self->muxer, sink);
}

static void
stream_clear (gpointer data)
{
  gst_clear_caps (&((Stream *) data)->caps);
}

GenosRecordFile *
genos_record_file_new (
    const GenosRecordFileSpec *spec, GenosRecordFileFunc closed, gpointer user_data, GError **error)
{
  GenosRecordFile *self = g_new0 (GenosRecordFile, 1);

  self->closed = closed;
  self->user_data = user_data;
  self->fd = -1;
  self->streams = g_array_new (FALSE, TRUE, sizeof (Stream));
  g_array_set_clear_func (self->streams, stream_clear);
  self->entry = genos_record_entry_new (spec->container, spec->start);
  self->entry->peer_id = g_strdup (spec->peer_id);
  self->entry->kind = g_strdup (spec->kind);
  self->entry->key = g_strdup (spec->key);
  self->entry->stream_id = g_strdup (spec->stream_id);
  self->entry->group = spec->group;
  self->entry->segment = spec->segment;
  if (create (self, spec, error) && make_pipeline (self, spec->container, error))
    return self;
  genos_record_file_free (self);
  return NULL;
}

void
genos_record_file_free (GenosRecordFile *self)
{
  stop (self);
  g_array_unref (self->streams);
  g_free (self);
}

/* streams */

static GstElement *
make_source (GenosRecordFile *self, GstCaps *caps, GError **error)
{
  GstElement *source = make_element ("appsrc", GST_BIN (self->pipeline), error);

  if (source == NULL)
    return NULL;
  g_object_set (source, "caps", caps, "format", GST_FORMAT_TIME, "max-bytes", (guint64) 0,
      "is-live", FALSE, NULL);
  return source;
}

static gboolean
link_source (
    GenosRecordFile *self, GstElement *source, const GenosRecordFormat *format, GError **error)
{
  gboolean mp4 = self->entry->container == GENOS_CONTAINER_MP4;
  const char *factory = mp4 ? format->mp4_parser : format->parser;
  const char *pad = genos_record_format_is_video (format) ? "video_%u" : "audio_%u";
  g_autoptr (GstCaps) caps = NULL;
  GstElement *parser;

  if (factory == NULL)
    return gst_element_link_pads (source, "src", self->muxer, pad);
  parser = make_element (factory, GST_BIN (self->pipeline), error);
  if (parser == NULL)
    return FALSE;
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (parser), "config-interval") != NULL)
    g_object_set (parser, "config-interval", -1, NULL);
  caps = format->caps != NULL ? gst_caps_from_string (format->caps) : NULL;
  return gst_element_link (source, parser)
      && gst_element_link_pads_filtered (parser, "src", self->muxer, pad, caps);
}

int
genos_record_file_add_stream (GenosRecordFile *self, const char *track_id, const char *metadata,
    GstCaps *caps, GError **error)
{
  const GenosRecordFormat *format = genos_record_format_find (caps);
  Stream stream = { .last = GST_CLOCK_TIME_NONE };

  stream.source = make_source (self, caps, error);
  if (stream.source == NULL)
    return -1;
  if (!link_source (self, stream.source, format, error)) {
    if (error != NULL && *error == NULL)
      g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT, "the muxer does not take %s",
          format->name);
    return -1;
  }
  stream.caps = gst_caps_ref (caps);
  stream.entry = genos_record_entry_add_stream (self->entry, format, track_id, metadata, caps);
  g_array_append_val (self->streams, stream);
  return (int) self->streams->len - 1;
}

gboolean
genos_record_file_start (GenosRecordFile *self, GError **error)
{
  if (gst_element_set_state (self->pipeline, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE)
    return TRUE;
  g_set_error_literal (
      error, GST_CORE_ERROR, GST_CORE_ERROR_STATE_CHANGE, "the muxer does not start");
  return FALSE;
}

static Stream *
get_stream (GenosRecordFile *self, int index)
{
  return &g_array_index (self->streams, Stream, index);
}

/* writing */

static void
end (GenosRecordFile *self, Stream *stream)
{
  gboolean all = TRUE;

  if (stream->ended || self->pipeline == NULL)
    return;
  stream->ended = TRUE;
  gst_app_src_end_of_stream (GST_APP_SRC (stream->source));
  for (guint i = 0; i < self->streams->len; i++)
    all &= get_stream (self, (int) i)->ended;
  if (all && self->finishing == 0)
    self->finishing = g_get_monotonic_time ();
}

/* The muxer has waited long enough for the others. */
static void
end_quiet (GenosRecordFile *self, const Stream *speaker, GstClockTime step)
{
  for (guint i = 0; i < self->streams->len; i++) {
    Stream *stream = get_stream (self, (int) i);

    if (stream == speaker || stream->ended)
      continue;
    stream->quiet += MIN (step, MAX_STEP);
    if (stream->quiet > MAX_QUIET)
      end (self, stream);
  }
}

/* What the muxer can use: from a key frame on, and again from one on after the disk was late. */
static gboolean
take (Stream *stream, gboolean key_frame)
{
  gboolean late = gst_app_src_get_current_level_bytes (GST_APP_SRC (stream->source)) > MAX_BACKLOG;

  if (late)
    stream->begun = FALSE;
  else if (!stream->begun)
    stream->begun = !genos_record_format_is_video (stream->entry->format) || key_frame;
  stream->entry->n_dropped += !stream->begun;
  return stream->begun;
}

static GstBuffer *
stamp (GenosRecordFile *self, GstBuffer *buffer, GstClockTime time)
{
  GstBuffer *stamped = gst_buffer_copy (buffer);

  GST_BUFFER_PTS (stamped) = time > self->entry->start ? time - self->entry->start : 0;
  GST_BUFFER_DTS (stamped) = GST_CLOCK_TIME_NONE;
  return stamped;
}

void
genos_record_file_push (
    GenosRecordFile *self, int index, GstBuffer *buffer, GstCaps *caps, GstClockTime time)
{
  Stream *stream = get_stream (self, index);
  gboolean key_frame;

  if (stream->ended || self->pipeline == NULL)
    return;
  if (GST_CLOCK_TIME_IS_VALID (stream->last) && time > stream->last)
    end_quiet (self, stream, time - stream->last);
  stream->last = time;
  key_frame = genos_record_format_is_video (stream->entry->format)
      && genos_record_key_frame_check (caps, buffer);
  if (!take (stream, key_frame))
    return;
  stream->quiet = 0;
  if (!gst_caps_is_equal (stream->caps, caps)) {
    gst_caps_replace (&stream->caps, caps);
    gst_app_src_set_caps (GST_APP_SRC (stream->source), caps);
  }
  genos_record_stream_count (stream->entry, time, GST_BUFFER_DURATION (buffer), key_frame);
  self->entry->end = MAX (self->entry->end, stream->entry->end);
  gst_app_src_push_buffer (GST_APP_SRC (stream->source), stamp (self, buffer, time));
}

void
genos_record_file_end_stream (GenosRecordFile *self, int index, const char *reason)
{
  end (self, get_stream (self, index));
  if (self->finishing != 0)
    genos_record_entry_set_reason (self->entry, reason, NULL);
}

void
genos_record_file_finish (GenosRecordFile *self, const char *reason)
{
  genos_record_entry_set_reason (self->entry, reason, NULL);
  for (guint i = 0; i < self->streams->len; i++)
    end (self, get_stream (self, (int) i));
}

gboolean
genos_record_file_stream_is_open (GenosRecordFile *self, int index)
{
  return !get_stream (self, index)->ended;
}

gboolean
genos_record_file_is_ending (GenosRecordFile *self)
{
  return self->finishing != 0;
}

GenosRecordEntry *
genos_record_file_get_entry (GenosRecordFile *self)
{
  return self->entry;
}

guint64
genos_record_file_get_bytes (GenosRecordFile *self)
{
  struct stat status;

  if (self->fd < 0 || fstat (self->fd, &status) != 0)
    return self->entry->bytes;
  return status.st_size;
}
