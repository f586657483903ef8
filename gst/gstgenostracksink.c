/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenostracksink.h"

#include "gstgenoscodec.h"
#include "gstgenoselements.h"
#include "gstgenossinktime.h"

#include <gst/pbutils/pbutils.h>
#include <gst/video/video.h>

#define GST_CAT_DEFAULT gst_genos_debug

struct _GstGenosTrackSink {
  GstBaseSink parent;

  GenosMediaKind kind;
  gboolean takes_any;     /* the first caps decide upon the kind */
  GenosLocalTrack *track; /* object lock */
  gulong key_frame_handler;
  gulong error_handler;
  GstGenosClockMap clock_map; /* streaming thread, as the next */
  GQuark media_type;          /* 0 before there are caps */
};

G_DEFINE_TYPE (GstGenosTrackSink, gst_genos_track_sink, GST_TYPE_BASE_SINK)

enum {
  SIGNAL_TRACK_WANTED,
  SIGNAL_TRACK_ENDED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK,
    GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_GENOS_VIDEO_CAPS "; " GST_GENOS_AUDIO_CAPS));

/* the track */

static void
push_key_frame_request (GstElement *element, gpointer user_data)
{
  gst_pad_push_event (GST_BASE_SINK_PAD (element),
      gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 0));
}

static void
on_key_frame_request (GenosLocalTrack *track, GstGenosTrackSink *self)
{
  /* On a thread of the library, which nothing of the application may hold up. */
  gst_element_call_async (GST_ELEMENT (self), push_key_frame_request, NULL, NULL);
}

/* The library tries again by itself. */
static void
on_track_error (GenosLocalTrack *track, GError *error, GstGenosTrackSink *self)
{
  GST_ELEMENT_WARNING (self, STREAM, ENCODE, ("%s", error->message), (NULL));
}

static GenosLocalTrack *
ref_track (GstGenosTrackSink *self)
{
  GenosLocalTrack *track;

  GST_OBJECT_LOCK (self);
  track = self->track != NULL ? g_object_ref (self->track) : NULL;
  GST_OBJECT_UNLOCK (self);
  return track;
}

GstStructure *
gst_genos_track_sink_get_stats (GstGenosTrackSink *self)
{
  g_autoptr (GenosLocalTrack) track = ref_track (self);

  return track != NULL ? genos_local_track_get_stats (track) : NULL;
}

static void
end_track (GstGenosTrackSink *self)
{
  g_autoptr (GenosLocalTrack) track = NULL;

  GST_OBJECT_LOCK (self);
  track = g_steal_pointer (&self->track);
  GST_OBJECT_UNLOCK (self);
  if (track == NULL)
    return;
  g_clear_signal_handler (&self->key_frame_handler, track);
  g_clear_signal_handler (&self->error_handler, track);
  g_signal_emit (self, signals[SIGNAL_TRACK_ENDED], 0, track);
}

/* Emissions come on the library's threads: each holds the element while it runs. */
static gulong
connect_to (GenosLocalTrack *track, const char *signal, gpointer func, GstGenosTrackSink *self)
{
  return g_signal_connect_data (track, signal, G_CALLBACK (func), gst_object_ref (self),
      (GClosureNotify) (void (*) (void)) gst_object_unref, 0);
}

static gboolean
ensure_track (GstGenosTrackSink *self, GstCaps *caps)
{
  g_autoptr (GenosLocalTrack) track = ref_track (self);

  if (track != NULL)
    return TRUE;
  g_signal_emit (self, signals[SIGNAL_TRACK_WANTED], 0, caps, &track);
  if (track == NULL)
    return FALSE;
  self->key_frame_handler = connect_to (track, "key-frame-request", on_key_frame_request, self);
  self->error_handler = connect_to (track, "error", on_track_error, self);
  GST_OBJECT_LOCK (self);
  self->track = g_steal_pointer (&track);
  GST_OBJECT_UNLOCK (self);
  return TRUE;
}

static void
report_caps_error (GstGenosTrackSink *self, GstCaps *caps, const GError *error)
{
  if (g_error_matches (error, GENOS_ERROR, GENOS_ERROR_MISSING_PLUGIN)) {
    gst_element_post_message (
        GST_ELEMENT (self), gst_missing_encoder_message_new (GST_ELEMENT (self), caps));
    GST_ELEMENT_ERROR (self, CORE, MISSING_PLUGIN, ("%s", error->message), (NULL));
  } else {
    GST_ELEMENT_ERROR (
        self, STREAM, FORMAT, ("%s", error->message), ("caps %" GST_PTR_FORMAT, caps));
  }
}

/* Once: what a track is does not change. */
static void
decide_kind (GstGenosTrackSink *self, GstCaps *caps)
{
  const char *name = gst_structure_get_name (gst_caps_get_structure (caps, 0));

  if (!self->takes_any)
    return;
  self->takes_any = FALSE;
  self->kind = g_str_has_prefix (name, "audio/") ? GENOS_MEDIA_AUDIO : GENOS_MEDIA_VIDEO;
}

static gboolean
is_encoded (GQuark media_type)
{
  return media_type != 0 && !g_str_has_suffix (g_quark_to_string (media_type), "/x-raw");
}

/* What is raw may become whatever the peers know the track as, what is encoded is that and nothing else. */
static gboolean
takes_another_codec (GstGenosTrackSink *self, GstCaps *caps)
{
  GQuark before = self->media_type;

  self->media_type = gst_structure_get_name_id (gst_caps_get_structure (caps, 0));
  return before != self->media_type && is_encoded (before) && is_encoded (self->media_type);
}

static gboolean
give_caps (GstGenosTrackSink *self, GstCaps *caps, GError **error)
{
  g_autoptr (GenosLocalTrack) track = ref_track (self);

  return track == NULL || genos_local_track_set_caps (track, caps, error);
}

/* A track stays what it was offered to the peers as: what comes in another codec is another track. */
static gboolean
begin_anew (GstGenosTrackSink *self, GstCaps *caps, GError **error)
{
  end_track (self);
  if (!ensure_track (self, caps))
    return FALSE;
  g_clear_error (error);
  return give_caps (self, caps, error);
}

static gboolean
gst_genos_track_sink_set_caps (GstBaseSink *sink, GstCaps *caps)
{
  GstGenosTrackSink *self = GST_GENOS_TRACK_SINK (sink);
  g_autoptr (GenosLocalTrack) former = ref_track (self);
  g_autoptr (GError) error = NULL;

  decide_kind (self, caps);
  if (takes_another_codec (self, caps))
    end_track (self);
  if (!ensure_track (self, caps))
    return FALSE;
  if (give_caps (self, caps, &error))
    return TRUE;
  if (former != NULL && g_error_matches (error, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED)
      && begin_anew (self, caps, &error))
    return TRUE;
  report_caps_error (self, caps, error);
  return FALSE;
}

static GstCaps *
gst_genos_track_sink_get_caps (GstBaseSink *sink, GstCaps *filter)
{
  GstGenosTrackSink *self = GST_GENOS_TRACK_SINK (sink);
  g_autoptr (GstCaps) caps =
      genos_local_track_list_caps (self->takes_any ? GENOS_MEDIA_VIDEO : self->kind);

  if (self->takes_any)
    caps =
        gst_caps_merge (g_steal_pointer (&caps), genos_local_track_list_caps (GENOS_MEDIA_AUDIO));
  if (filter == NULL)
    return g_steal_pointer (&caps);
  return gst_caps_intersect_full (filter, caps, GST_CAPS_INTERSECT_FIRST);
}

/* media */

/* There is a track from the caps on, and none after the end. */
static GstFlowReturn
check_format (GstGenosTrackSink *self)
{
  if (gst_pad_has_current_caps (GST_BASE_SINK_PAD (self)))
    return GST_FLOW_OK;
  GST_ELEMENT_ERROR (self, STREAM, FORMAT,
      ("What comes in has no format: put decodebin, or a demuxer and a parser, in front of "
       "genosroomsink, or send bytes through its pad data_0"),
      (NULL));
  return GST_FLOW_NOT_NEGOTIATED;
}

/* Nobody could hear sound that is played faster, slower or backwards, and what is encoded can be decoded
 * forwards only. */
static gboolean
is_of_use (GstGenosTrackSink *self)
{
  double rate = GST_BASE_SINK (self)->segment.rate;

  return rate == 1.0
      || (self->kind == GENOS_MEDIA_VIDEO && (rate > 0.0 || !is_encoded (self->media_type)));
}

static GstFlowReturn
gst_genos_track_sink_render (GstBaseSink *sink, GstBuffer *buffer)
{
  GstGenosTrackSink *self = GST_GENOS_TRACK_SINK (sink);
  g_autoptr (GenosLocalTrack) track = ref_track (self);
  GstBuffer *stamped;

  if (track == NULL)
    return check_format (self);
  if (!is_of_use (self))
    return GST_FLOW_OK;
  stamped = gst_buffer_copy (buffer);
  GST_BUFFER_PTS (stamped) = gst_genos_sink_time_get (sink, &self->clock_map, buffer);
  GST_BUFFER_DTS (stamped) = GST_CLOCK_TIME_NONE;
  genos_local_track_push (track, stamped);
  return GST_FLOW_OK;
}

/* events and states */

/* After EOS and a flush (a file played again) there is no new caps event to begin from. */
static void
resume_track (GstGenosTrackSink *self)
{
  g_autoptr (GenosLocalTrack) track = ref_track (self);
  g_autoptr (GstCaps) caps = NULL;

  if (track != NULL)
    return;
  caps = gst_pad_get_current_caps (GST_BASE_SINK_PAD (self));
  if (caps != NULL)
    gst_genos_track_sink_set_caps (GST_BASE_SINK (self), caps);
}

static gboolean
gst_genos_track_sink_event (GstBaseSink *sink, GstEvent *event)
{
  GstGenosTrackSink *self = GST_GENOS_TRACK_SINK (sink);
  gboolean eos = GST_EVENT_TYPE (event) == GST_EVENT_EOS;
  gboolean handled;

  if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT) {
    gst_genos_sink_time_follow (sink);
    resume_track (self);
  }
  handled = GST_BASE_SINK_CLASS (gst_genos_track_sink_parent_class)->event (sink, event);
  if (eos && handled)
    end_track (self);
  return handled;
}

static gboolean
gst_genos_track_sink_stop (GstBaseSink *sink)
{
  GstGenosTrackSink *self = GST_GENOS_TRACK_SINK (sink);

  end_track (self);
  gst_genos_clock_map_clear (&self->clock_map);
  gst_base_sink_set_sync (sink, TRUE);
  return TRUE;
}

/* A base sink stops on its way to NULL, when the element has left the room already, and others of this
 * process may stay in it. */
static GstStateChangeReturn
gst_genos_track_sink_change_state (GstElement *element, GstStateChange transition)
{
  GstStateChangeReturn result =
      GST_ELEMENT_CLASS (gst_genos_track_sink_parent_class)->change_state (element, transition);

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY
      || transition == GST_STATE_CHANGE_READY_TO_READY)
    end_track (GST_GENOS_TRACK_SINK (element));
  return result;
}

static void
gst_genos_track_sink_class_init (GstGenosTrackSinkClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSinkClass *sink_class = GST_BASE_SINK_CLASS (klass);

  element_class->change_state = gst_genos_track_sink_change_state;
  sink_class->set_caps = gst_genos_track_sink_set_caps;
  sink_class->get_caps = gst_genos_track_sink_get_caps;
  sink_class->render = gst_genos_track_sink_render;
  sink_class->event = gst_genos_track_sink_event;
  sink_class->stop = gst_genos_track_sink_stop;
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_set_static_metadata (
      element_class, "Track of a room", "Sink/Network", "Sends one track to a room", "genosrooms");
  signals[SIGNAL_TRACK_WANTED] = g_signal_new ("track-wanted", G_TYPE_FROM_CLASS (klass),
      G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, GENOS_TYPE_LOCAL_TRACK, 1, GST_TYPE_CAPS);
  signals[SIGNAL_TRACK_ENDED] = g_signal_new ("track-ended", G_TYPE_FROM_CLASS (klass),
      G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, GENOS_TYPE_LOCAL_TRACK);
}

static void
gst_genos_track_sink_init (GstGenosTrackSink *self)
{
  gst_base_sink_set_max_lateness (GST_BASE_SINK (self), -1);
}

GstGenosTrackSink *
gst_genos_track_sink_new (GenosMediaKind kind)
{
  GstGenosTrackSink *self = g_object_new (GST_TYPE_GENOS_TRACK_SINK, NULL);

  self->kind = kind;
  return self;
}

void
gst_genos_track_sink_take_any (GstGenosTrackSink *self)
{
  self->takes_any = TRUE;
}

GenosMediaKind
gst_genos_track_sink_get_kind (GstGenosTrackSink *self)
{
  return self->kind;
}
