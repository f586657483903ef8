/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosdatasrc.h"

#include "gstgenoselements.h"

#define QUEUE_LENGTH 1024
/* How often those who wait for this stream to go on with others are told that there is nothing. */
#define GAP_INTERVAL (100 * G_TIME_SPAN_MILLISECOND)

struct _GstGenosDataSrc {
  GstGenosQueueSrc base;

  char *peer_id;
  char *channel;
  GstGenosDataFormat format;
  GstClockTime position; /* up to which downstream knows what there is; running time */
};

G_DEFINE_TYPE (GstGenosDataSrc, gst_genos_data_src, GST_TYPE_GENOS_QUEUE_SRC)

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE (
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_GENOS_DATA_SRC_CAPS));

/* Under the lock. */
static void
drop_oldest (GstGenosQueueSrc *base, gsize size)
{
  while (!g_queue_is_empty (&base->buffers)
      && (g_queue_get_length (&base->buffers) >= QUEUE_LENGTH
          || base->n_bytes + size > GST_GENOS_QUEUE_SRC_BYTES)) {
    gst_buffer_unref (gst_genos_queue_src_pop (base));
    base->dropped++;
    base->discont = TRUE;
  }
}

void
gst_genos_data_src_push (GstGenosDataSrc *self, GstBuffer *buffer)
{
  GstGenosQueueSrc *base = &self->base;

  g_mutex_lock (&base->lock);
  if (gst_genos_queue_src_is_open (base)) {
    drop_oldest (base, gst_buffer_get_size (buffer));
    gst_genos_queue_src_append (base, buffer);
  } else {
    base->discont = TRUE;
    gst_buffer_unref (buffer);
  }
  g_mutex_unlock (&base->lock);
}

/* what goes before the first buffer */

static GstTagList *
make_tags (GstGenosDataSrc *self)
{
  g_autofree char *comment = g_strconcat (GST_GENOS_TAG_PEER_ID "=", self->peer_id, NULL);

  return gst_tag_list_new (GST_TAG_EXTENDED_COMMENT, comment, GST_GENOS_TAG_PEER_ID, self->peer_id,
      GST_GENOS_TAG_CHANNEL, self->channel, NULL);
}

static void
begin (GstGenosDataSrc *self)
{
  GstPad *srcpad = self->base.srcpad;
  g_autofree char *stream_id =
      g_strdup_printf ("%s/data-%d/%s", self->peer_id, self->format, self->channel);
  g_autoptr (GstCaps) caps = gst_genos_data_format_make_caps (self->format);
  GstEvent *start = gst_event_new_stream_start (stream_id);
  GstSegment segment;

  self->base.begun = TRUE;
  gst_event_set_group_id (start, self->base.group_id);
  gst_event_set_stream_flags (start, GST_STREAM_FLAG_SPARSE);
  gst_pad_push_event (srcpad, start);
  gst_pad_push_event (srcpad, gst_event_new_caps (caps));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (srcpad, gst_event_new_segment (&segment));
  gst_pad_push_event (srcpad, gst_event_new_tag (make_tags (self)));
}

/* Before the first message there is no pad, and in PAUSED no time. */
static gint64
gst_genos_data_src_get_wake_time (GstGenosQueueSrc *base, gint64 since)
{
  return base->begun && base->playing ? since + GAP_INTERVAL : 0;
}

/* Up to then nothing will come any more: a message that belongs to a picture may be here as long after
 * it as the picture waits in the jitterbuffer. */
static void
gst_genos_data_src_wake (GstGenosQueueSrc *base)
{
  GstGenosDataSrc *self = GST_GENOS_DATA_SRC (base);
  g_autoptr (GstClock) system = gst_system_clock_obtain ();
  GstClockTime now = gst_genos_queue_src_to_running_time (base, gst_clock_get_time (system));
  GstClockTime latency = gst_genos_queue_src_get_latency (base);
  GstClockTime end = now > latency ? now - latency : 0;

  if (end <= self->position)
    return;
  gst_pad_push_event (base->srcpad, gst_event_new_gap (self->position, end - self->position));
  self->position = end;
}

/* What comes behind its time stands at the end of what went out: muxers take a step back badly. */
static void
gst_genos_data_src_prepare (GstGenosQueueSrc *base, GstBuffer *buffer)
{
  GstGenosDataSrc *self = GST_GENOS_DATA_SRC (base);
  GstClockTime pts = gst_genos_queue_src_to_running_time (base, GST_BUFFER_PTS (buffer));

  if (!base->begun) {
    begin (self);
    self->position = pts;
  }
  self->position = MAX (self->position, pts);
  GST_BUFFER_PTS (buffer) = self->position;
}

const char *
gst_genos_data_src_get_peer_id (GstGenosDataSrc *self)
{
  return self->peer_id;
}

const char *
gst_genos_data_src_get_channel (GstGenosDataSrc *self)
{
  return self->channel;
}

GstGenosDataFormat
gst_genos_data_src_get_format (GstGenosDataSrc *self)
{
  return self->format;
}

static void
gst_genos_data_src_finalize (GObject *object)
{
  GstGenosDataSrc *self = GST_GENOS_DATA_SRC (object);

  g_free (self->peer_id);
  g_free (self->channel);
  G_OBJECT_CLASS (gst_genos_data_src_parent_class)->finalize (object);
}

static void
gst_genos_data_src_class_init (GstGenosDataSrcClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstGenosQueueSrcClass *queue_class = GST_GENOS_QUEUE_SRC_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gst_genos_data_src_finalize;
  queue_class->prepare = gst_genos_data_src_prepare;
  queue_class->get_wake_time = gst_genos_data_src_get_wake_time;
  queue_class->wake = gst_genos_data_src_wake;
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Data of a room", "Source/Network",
      "Gives the messages that one peer sends on one channel", "genosrooms contributors");
}

static void
gst_genos_data_src_init (GstGenosDataSrc *self)
{
}

GstGenosDataSrc *
gst_genos_data_src_new (const char *peer_id, const char *channel, GstGenosDataFormat format,
    guint group_id, GstClockTime latency)
{
  GstGenosDataSrc *self = g_object_new (GST_TYPE_GENOS_DATA_SRC, NULL);

  self->peer_id = g_strdup (peer_id);
  self->channel = g_strdup (channel);
  self->format = format;
  self->base.group_id = group_id;
  gst_genos_queue_src_set_latency (&self->base, latency);
  return self;
}
