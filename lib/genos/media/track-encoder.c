/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/track-encoder.h>

#include <genos/media/level-extension.h>
#include <genos/media/media-log.h>
#include <genos/media/video-encoders.h>

#include <gst/app/app.h>
#include <gst/video/video.h>

#define PICTURE_ID_MASK 0x7fff

struct _GenosTrackEncoder {
  GstElement *pipeline;
  GenosInputQueue *queue;
  GstElement *encoder; /* NULL: the input is encoded already */
  GenosTrackEncoderFuncs funcs;
  gpointer user_data;
  GenosRtpPosition position;
  gboolean pictures;

  /* of the streaming thread */
  gboolean is_delta; /* the frame that is being packed */
  gboolean at_frame_start;
};

static GstPadProbeReturn
on_frame (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GenosTrackEncoder *self = user_data;
  GstBuffer *frame = GST_PAD_PROBE_INFO_BUFFER (info);
  self->is_delta = GST_BUFFER_FLAG_IS_SET (frame, GST_BUFFER_FLAG_DELTA_UNIT);
  self->at_frame_start = TRUE;
  self->position.next_picture_id = (self->position.next_picture_id + 1) & PICTURE_ID_MASK;
  return GST_PAD_PROBE_OK;
}

/* The payloaders pack a frame before they take the next one. They do not agree on what
 * they do with the flag, so it is set from what was seen in front of them. */
static void
mark (GenosTrackEncoder *self, GstBuffer *packet)
{
  if (self->at_frame_start && !self->is_delta)
    GST_BUFFER_FLAG_UNSET (packet, GST_BUFFER_FLAG_DELTA_UNIT);
  else
    GST_BUFFER_FLAG_SET (packet, GST_BUFFER_FLAG_DELTA_UNIT);
  self->at_frame_start = FALSE;
}

/* RFC 3550, 5.1: the sequence number is in the third and fourth octet. */
static void
note_position (GenosTrackEncoder *self, GstBuffer *packet)
{
  guint8 head[4];
  if (gst_buffer_extract (packet, 0, head, sizeof head) == sizeof head)
    self->position.next_seqnum = GST_READ_UINT16_BE (head + 2) + 1;
}

/* x264enc shifts its timestamps by 1000 hours and its segment with them; only the running
 * time stays what it was. */
static void
restore_time (GstBuffer *packet, const GstSegment *segment)
{
  if (GST_BUFFER_PTS_IS_VALID (packet))
    GST_BUFFER_PTS (packet) =
        gst_segment_to_running_time (segment, GST_FORMAT_TIME, GST_BUFFER_PTS (packet));
  GST_BUFFER_DTS (packet) = GST_CLOCK_TIME_NONE;
}

static GstFlowReturn
on_sample (GstAppSink *sink, gpointer user_data)
{
  GenosTrackEncoder *self = user_data;
  g_autoptr (GstSample) sample = gst_app_sink_try_pull_sample (sink, 0);
  if (sample == NULL)
    return GST_FLOW_OK;

  GstSegment segment = *gst_sample_get_segment (sample);
  GstBuffer *packet = gst_buffer_ref (gst_sample_get_buffer (sample));
  g_clear_pointer (&sample, gst_sample_unref);
  packet = gst_buffer_make_writable (packet);
  mark (self, packet);
  note_position (self, packet);
  restore_time (packet, &segment);
  self->funcs.packet (packet, self->user_data);
  return GST_FLOW_OK;
}

static GstBusSyncReply
on_bus_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  GenosTrackEncoder *self = user_data;
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    g_autoptr (GError) error = NULL;
    gst_message_parse_error (message, &error, NULL);
    g_prefix_error (&error, "%s: ", GST_MESSAGE_SRC_NAME (message));
    self->funcs.failed (error, self->user_data);
  }
  gst_message_unref (message);
  return GST_BUS_DROP;
}

static void
set_if_known (GstElement *element, const char *property, int value)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (element), property);
  if (pspec != NULL)
    g_object_set (element, property, value, NULL);
}

static void
prepare_payloader (GenosTrackEncoder *self)
{
  g_autoptr (GstElement) pay = gst_bin_get_by_name (GST_BIN (self->pipeline), "pay");
  g_object_set (pay, "ssrc", self->position.ssrc, "timestamp-offset",
      self->position.timestamp_offset, "seqnum-offset", (int) self->position.next_seqnum, NULL);
  set_if_known (pay, "picture-id-offset", self->position.next_picture_id);
  if (!self->pictures && self->encoder != NULL)
    genos_level_extension_add (pay);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (pay, "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_frame, self, NULL);
}

static void
prepare_sink (GenosTrackEncoder *self)
{
  GstAppSinkCallbacks callbacks = { .new_sample = on_sample };
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (self->pipeline), "out");
  gst_app_sink_set_callbacks (GST_APP_SINK (sink), &callbacks, self, NULL);
}

/* Without a base time, and on the system clock, running time is the time of that clock:
 * the buffers of every pipeline of the process can be compared. */
static void
prepare_clock (GenosTrackEncoder *self)
{
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();
  gst_pipeline_use_clock (GST_PIPELINE (self->pipeline), clock);
  gst_element_set_start_time (self->pipeline, GST_CLOCK_TIME_NONE);
  gst_element_set_base_time (self->pipeline, 0);
}

static GstElement *
parse_pipeline (const char *chain, GError **error)
{
  g_autofree char *text =
      g_strdup_printf ("appsrc name=in ! %s ! "
                       "appsink name=out sync=false async=false qos=false enable-last-sample=false",
          chain);
  GError *problem = NULL;
  GstElement *pipeline = gst_parse_launch_full (text, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &problem);
  if (problem == NULL && GST_IS_PIPELINE (pipeline))
    return pipeline;
  gst_clear_object (&pipeline);
  g_set_error (error, GENOS_ERROR, GENOS_ERROR_FAILED, "the encoder could not be built: %s",
      problem != NULL ? problem->message : "no pipeline");
  g_clear_error (&problem);
  return NULL;
}

static gboolean
start (GenosTrackEncoder *self, GError **error)
{
  if (self->funcs.built != NULL
      && !self->funcs.built (GST_BIN (self->pipeline), error, self->user_data))
    return FALSE;
  if (gst_element_set_state (self->pipeline, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE)
    return TRUE;
  g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_FAILED, "the encoder did not start");
  return FALSE;
}

GenosTrackEncoder *
genos_track_encoder_new (GenosEncoderChoice *choice, const GenosRtpPosition *position,
    const GenosTrackEncoderFuncs *funcs, gpointer user_data, GError **error)
{
  GstElement *pipeline = parse_pipeline (choice->chain, error);
  if (pipeline == NULL)
    return NULL;

  GenosTrackEncoder *self = g_new0 (GenosTrackEncoder, 1);
  self->pipeline = gst_object_ref_sink (pipeline);
  self->funcs = *funcs;
  self->user_data = user_data;
  self->position = *position;
  self->pictures = choice->codec->kind == GENOS_MEDIA_VIDEO;
  self->encoder = gst_bin_get_by_name (GST_BIN (pipeline), "enc");

  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (pipeline), "in");
  self->queue = genos_input_queue_new (
      GST_APP_SRC (source), choice->encoded, choice->codec->kind == GENOS_MEDIA_VIDEO);
  genos_input_queue_set_caps (self->queue, choice->caps);
  prepare_payloader (self);
  prepare_sink (self);
  prepare_clock (self);
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  gst_bus_set_sync_handler (bus, on_bus_message, self, NULL);

  if (start (self, error)) {
    genos_media_log_encoder (pipeline, choice->chain, "started");
    return self;
  }
  GenosRtpPosition unused;
  genos_track_encoder_free (self, &unused);
  return NULL;
}

void
genos_track_encoder_free (GenosTrackEncoder *self, GenosRtpPosition *position)
{
  /* With all that was negotiated since. */
  genos_media_log_encoder (self->pipeline, "", "ends");
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  *position = self->position;
  gst_clear_object (&self->encoder);
  g_clear_pointer (&self->queue, genos_input_queue_unref);
  gst_clear_object (&self->pipeline);
  g_free (self);
}

GenosInputQueue *
genos_track_encoder_get_queue (GenosTrackEncoder *self)
{
  return self->queue;
}

void
genos_track_encoder_measure (GenosTrackEncoder *self, GenosEncodeMeter *meter)
{
  if (self->encoder != NULL && self->pictures)
    genos_encode_meter_watch (meter, self->encoder);
}

void
genos_track_encoder_force_key_frame (GenosTrackEncoder *self)
{
  if (self->encoder == NULL)
    return;
  g_autoptr (GstPad) pad = gst_element_get_static_pad (self->encoder, "src");
  gst_pad_send_event (
      pad, gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 0));
}

guint
genos_track_encoder_get_rate (GenosTrackEncoder *self)
{
  return self->encoder != NULL ? genos_video_encoders_get_bitrate (self->encoder) : 0;
}

void
genos_track_encoder_set_rate (GenosTrackEncoder *self, guint rate)
{
  if (self->encoder != NULL)
    genos_video_encoders_set_bitrate (self->encoder, rate);
}
