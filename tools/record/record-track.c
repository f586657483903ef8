/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "record-track.h"

#include <gst/app/gstappsink.h>
#include <gst/video/video.h>

#define MAX_WAITING (32 * 1024 * 1024)

struct _GenosRecordTrack {
  gatomicrefcount ref_count;
  GstBin *pipeline;
  GstPad *pad;
  GstElement *sink;
  gboolean video;
  char *peer_id;
  char *stream_id;
  char *track_id;
  char *metadata;
  GMainContext *context;

  /* of the context's thread */
  const GenosRecordTrackFuncs *funcs; /* NULL: not started, or removed */
  gpointer user_data;
  gboolean told_end;

  GMutex lock;
  /* under the lock */
  GQueue samples;
  gsize n_bytes;
  guint64 n_dropped;
  gboolean skipping; /* to the next key frame */
  gboolean ended;
  gboolean scheduled;
};

GenosRecordTrack *
genos_record_track_ref (GenosRecordTrack *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
genos_record_track_unref (GenosRecordTrack *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_queue_clear_full (&self->samples, (GDestroyNotify) gst_sample_unref);
  gst_object_unref (self->pipeline);
  gst_object_unref (self->pad);
  gst_clear_object (&self->sink);
  g_main_context_unref (self->context);
  g_free (self->peer_id);
  g_free (self->stream_id);
  g_free (self->track_id);
  g_free (self->metadata);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* towards the context */

static GstSample *
pop (GenosRecordTrack *self, gboolean *ended)
{
  GstSample *sample;

  g_mutex_lock (&self->lock);
  sample = g_queue_pop_head (&self->samples);
  if (sample != NULL)
    self->n_bytes -= gst_buffer_get_size (gst_sample_get_buffer (sample));
  else
    self->scheduled = FALSE;
  *ended = self->ended;
  g_mutex_unlock (&self->lock);
  return sample;
}

static void
hand_over (GenosRecordTrack *self, GstSample *sample)
{
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  GstClockTime time = gst_segment_to_running_time (
      gst_sample_get_segment (sample), GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));

  if (GST_CLOCK_TIME_IS_VALID (time) && gst_sample_get_caps (sample) != NULL)
    self->funcs->frame (self, buffer, gst_sample_get_caps (sample), time, self->user_data);
}

static gboolean
deliver (gpointer user_data)
{
  GenosRecordTrack *self = user_data;
  gboolean ended = FALSE;
  GstSample *sample;

  while (self->funcs != NULL && (sample = pop (self, &ended)) != NULL) {
    hand_over (self, sample);
    gst_sample_unref (sample);
  }
  if (self->funcs != NULL && ended && !self->told_end) {
    self->told_end = TRUE;
    self->funcs->ended (self, self->user_data);
  }
  return G_SOURCE_REMOVE;
}

static void
unref_self (gpointer data)
{
  genos_record_track_unref (data);
}

static void
schedule (GenosRecordTrack *self)
{
  GSource *source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, deliver, genos_record_track_ref (self), unref_self);
  g_source_attach (source, self->context);
  g_source_unref (source);
}

/* streaming thread */

static gboolean
keep (GenosRecordTrack *self, GstSample *sample)
{
  GstBuffer *buffer = gst_sample_get_buffer (sample);

  if (self->n_bytes > MAX_WAITING)
    self->skipping = TRUE;
  else if (!GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT))
    self->skipping = FALSE;
  if (self->skipping)
    self->n_dropped++;
  return !self->skipping;
}

static GstFlowReturn
on_sample (GstAppSink *sink, gpointer user_data)
{
  GenosRecordTrack *self = user_data;
  GstSample *sample = gst_app_sink_pull_sample (sink);
  gboolean wake = FALSE;

  if (sample == NULL)
    return GST_FLOW_EOS;
  g_mutex_lock (&self->lock);
  if (keep (self, sample)) {
    self->n_bytes += gst_buffer_get_size (gst_sample_get_buffer (sample));
    g_queue_push_tail (&self->samples, g_steal_pointer (&sample));
    wake = !self->scheduled;
    self->scheduled = TRUE;
  }
  g_mutex_unlock (&self->lock);
  g_clear_pointer (&sample, gst_sample_unref);
  if (wake)
    schedule (self);
  return GST_FLOW_OK;
}

void
genos_record_track_end (GenosRecordTrack *self)
{
  g_mutex_lock (&self->lock);
  self->ended = TRUE;
  g_mutex_unlock (&self->lock);
  schedule (self);
}

static void
on_eos (GstAppSink *sink, gpointer user_data)
{
  genos_record_track_end (user_data);
}

static char *
dup_property (GstPad *pad, const char *name)
{
  char *text = NULL;

  g_object_get (pad, name, &text, NULL);
  return text;
}

static GstElement *
make_sink (GenosRecordTrack *self)
{
  GstAppSinkCallbacks callbacks = { .new_sample = on_sample, .eos = on_eos };
  GstElement *sink = gst_element_factory_make ("appsink", NULL);

  if (sink == NULL)
    return NULL;
  g_object_set (
      sink, "sync", FALSE, "async", FALSE, "enable-last-sample", FALSE, "wait-on-eos", FALSE, NULL);
  gst_app_sink_set_callbacks (
      GST_APP_SINK (sink), &callbacks, genos_record_track_ref (self), unref_self);
  return sink;
}

static void
link_sink (GenosRecordTrack *self)
{
  g_autoptr (GstPad) sinkpad = gst_element_get_static_pad (self->sink, "sink");

  gst_bin_add (self->pipeline, self->sink);
  gst_element_sync_state_with_parent (self->sink);
  gst_pad_link (self->pad, sinkpad);
}

GenosRecordTrack *
genos_record_track_new (GstBin *pipeline, GstPad *pad, GMainContext *context)
{
  GenosRecordTrack *self = g_new0 (GenosRecordTrack, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lock);
  g_queue_init (&self->samples);
  self->context = g_main_context_ref (context);
  self->pipeline = gst_object_ref (pipeline);
  self->pad = gst_object_ref (pad);
  self->video = g_str_has_prefix (GST_PAD_NAME (pad), "video");
  self->peer_id = dup_property (pad, "peer-id");
  self->stream_id = dup_property (pad, "stream-id");
  self->track_id = dup_property (pad, "track-id");
  self->metadata = dup_property (pad, "metadata");
  self->sink = make_sink (self);
  if (self->sink == NULL) {
    genos_record_track_unref (self);
    return NULL;
  }
  gst_object_ref_sink (self->sink);
  link_sink (self);
  return self;
}

/* the context's thread */

void
genos_record_track_start (
    GenosRecordTrack *self, const GenosRecordTrackFuncs *funcs, gpointer user_data)
{
  self->funcs = funcs;
  self->user_data = user_data;
  schedule (self);
}

void
genos_record_track_remove (GenosRecordTrack *self)
{
  GstElement *sink = g_steal_pointer (&self->sink);

  self->funcs = NULL;
  if (sink == NULL)
    return;
  gst_element_set_locked_state (sink, TRUE);
  gst_element_set_state (sink, GST_STATE_NULL);
  gst_bin_remove (self->pipeline, sink);
  gst_object_unref (sink);
}

void
genos_record_track_request_key_frame (GenosRecordTrack *self)
{
  if (self->video)
    gst_pad_send_event (
        self->pad, gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 0));
}

GstPad *
genos_record_track_get_pad (GenosRecordTrack *self)
{
  return self->pad;
}

const char *
genos_record_track_get_peer_id (GenosRecordTrack *self)
{
  return self->peer_id;
}

const char *
genos_record_track_get_stream_id (GenosRecordTrack *self)
{
  return self->stream_id;
}

const char *
genos_record_track_get_track_id (GenosRecordTrack *self)
{
  return self->track_id;
}

const char *
genos_record_track_get_metadata (GenosRecordTrack *self)
{
  return self->metadata;
}

gboolean
genos_record_track_is_video (GenosRecordTrack *self)
{
  return self->video;
}

guint64
genos_record_track_get_dropped (GenosRecordTrack *self)
{
  guint64 n;

  g_mutex_lock (&self->lock);
  n = self->n_dropped;
  g_mutex_unlock (&self->lock);
  return n;
}
