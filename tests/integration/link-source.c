/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "link-source.h"

#include <gst/app/gstappsink.h>
#include <gst/video/video.h>

#define VIDEO                                                                                      \
  "videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,"                     \
  "framerate=30/1 ! vp8enc deadline=1 cpu-used=8 keyframe-max-dist=3000 ! "                        \
  "rtpvp8pay pt=96 ssrc=%u mtu=1200 picture-id-mode=15-bit ! appsink name=out sync=false"
#define AUDIO                                                                                      \
  "audiotestsrc is-live=true samplesperbuffer=960 ! audio/x-raw,rate=48000,channels=2 "            \
  "! opusenc ! rtpopuspay pt=111 ssrc=%u ! appsink name=out sync=false"

struct _LinkSource {
  GstElement *pipeline;
  GstElement *out;
  GstCaps *caps;
  gboolean video;
  GMutex lock;
  GPtrArray *senders;
};

/* VP8: no picture until the inverse key-frame flag of a first partition is 0. */
gboolean
link_packet_starts_key_frame (GstRTPBuffer *rtp)
{
  const guint8 *data = gst_rtp_buffer_get_payload (rtp);
  guint size = gst_rtp_buffer_get_payload_len (rtp);
  guint at = 1;

  if (size < 8 || (data[0] & 0x17) != 0x10)
    return FALSE;
  if (data[0] & 0x80) {
    guint8 extension = data[at++];

    if (extension & 0x80)
      at += (data[at] & 0x80) ? 2 : 1;
    if (extension & 0x40)
      at++;
    if (extension & 0x30)
      at++;
  }
  return at < size && (data[at] & 1) == 0;
}

/* As the senders' contract has it: only the first packet of a key frame is no delta. */
static GstBuffer *
marked (GstSample *sample)
{
  GstBuffer *buffer = gst_buffer_copy (gst_sample_get_buffer (sample));
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  gboolean starts;

  g_assert_true (gst_rtp_buffer_map (buffer, GST_MAP_READ, &rtp));
  starts = link_packet_starts_key_frame (&rtp);
  gst_rtp_buffer_unmap (&rtp);
  if (!starts)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  return buffer;
}

static GstFlowReturn
on_sample (GstAppSink *sink, gpointer data)
{
  LinkSource *self = data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  g_autoptr (GstBuffer) buffer =
      self->video ? marked (sample) : gst_buffer_ref (gst_sample_get_buffer (sample));
  g_autoptr (GPtrArray) senders = NULL;

  g_mutex_lock (&self->lock);
  senders = g_ptr_array_copy (self->senders, (GCopyFunc) g_object_ref, NULL);
  g_mutex_unlock (&self->lock);
  g_ptr_array_set_free_func (senders, g_object_unref);
  for (guint i = 0; i < senders->len; i++)
    genos_link_sender_push (g_ptr_array_index (senders, i), gst_buffer_ref (buffer));
  return GST_FLOW_OK;
}

static GstCaps *
sending_caps (LinkSource *self, gboolean video)
{
  g_autoptr (GstSample) sample = gst_app_sink_pull_preroll (GST_APP_SINK (self->out));
  GstCaps *caps;

  g_assert_nonnull (sample);
  caps = gst_caps_copy (gst_sample_get_caps (sample));
  gst_structure_remove_fields (gst_caps_get_structure (caps, 0), "timestamp-offset",
      "seqnum-offset", "sprop-stereo", "sprop-maxcapturerate", NULL);
  if (!video)
    gst_caps_set_simple (caps, "encoding-params", G_TYPE_STRING, "2", NULL);
  return caps;
}

LinkSource *
link_source_new (gboolean video, guint32 ssrc)
{
  LinkSource *self = g_new0 (LinkSource, 1);
  GstAppSinkCallbacks callbacks = { .new_sample = on_sample };
  g_autofree char *launch = g_strdup_printf (video ? VIDEO : AUDIO, ssrc);
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();

  self->video = video;
  g_mutex_init (&self->lock);
  self->senders = g_ptr_array_new_with_free_func (g_object_unref);
  self->pipeline = gst_object_ref_sink (gst_parse_launch (launch, NULL));
  self->out = gst_bin_get_by_name (GST_BIN (self->pipeline), "out");
  gst_pipeline_use_clock (GST_PIPELINE (self->pipeline), clock);
  gst_element_set_start_time (self->pipeline, GST_CLOCK_TIME_NONE);
  gst_element_set_base_time (self->pipeline, 0);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  self->caps = sending_caps (self, video);
  gst_app_sink_set_callbacks (GST_APP_SINK (self->out), &callbacks, self, NULL);
  return self;
}

void
link_source_free (LinkSource *self)
{
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  g_object_unref (self->out);
  g_object_unref (self->pipeline);
  for (guint i = 0; i < self->senders->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->senders, i), self);
  g_ptr_array_unref (self->senders);
  gst_caps_unref (self->caps);
  g_mutex_clear (&self->lock);
  g_free (self);
}

GstCaps *
link_source_get_caps (LinkSource *self)
{
  return self->caps;
}

static void
on_key_frame_request (GenosLinkSender *sender, LinkSource *self)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (self->out, "sink");

  gst_pad_push_event (
      pad, gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 0));
}

void
link_source_add (LinkSource *self, GenosLinkSender *sender)
{
  g_signal_connect (sender, "key-frame-request", G_CALLBACK (on_key_frame_request), self);
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->senders, g_object_ref (sender));
  g_mutex_unlock (&self->lock);
}

void
link_source_remove (LinkSource *self, GenosLinkSender *sender)
{
  g_signal_handlers_disconnect_by_data (sender, self);
  g_mutex_lock (&self->lock);
  g_ptr_array_remove (self->senders, sender);
  g_mutex_unlock (&self->lock);
}
