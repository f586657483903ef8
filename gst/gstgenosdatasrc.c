/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosdatasrc.h"

#include "gstgenosclockmap.h"
#include "gstgenoselements.h"

#define GST_CAT_DEFAULT gst_genos_debug

#define QUEUE_LENGTH 1024
#define QUEUE_BYTES (16 * 1024 * 1024)
/* As the tracks beside it. */
#define QUEUE_TIME (2 * GST_SECOND)
/* How often those who wait for this stream to go on with others are told that there is nothing. */
#define GAP_INTERVAL (100 * G_TIME_SPAN_MILLISECOND)

struct _GstGenosDataSrc {
  GstElement parent;

  GstPad *srcpad;
  char *peer_id;
  char *channel;
  GstGenosDataFormat format;
  guint group_id;
  guint latency_ms; /* atomic */

  GMutex lock;
  GCond cond;
  /* under the lock */
  GQueue buffers;
  gsize n_bytes;
  gboolean flushing;
  gboolean playing;
  gboolean unlinked;
  gboolean ending;
  gboolean discont;
  guint64 dropped;

  /* streaming thread */
  gboolean begun;
  GstClockTime position; /* up to which downstream knows what there is; running time */
  GstGenosClockMap clock_map;
};

G_DEFINE_TYPE (GstGenosDataSrc, gst_genos_data_src, GST_TYPE_ELEMENT)

static guint ended_signal;

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE (
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_GENOS_DATA_SRC_CAPS));

/* the queue */

static void
clear_queue (GstGenosDataSrc *self)
{
  g_queue_clear_full (&self->buffers, (GDestroyNotify) gst_buffer_unref);
  self->n_bytes = 0;
  self->discont = TRUE;
}

/* Under the lock. */
static void
drop_oldest (GstGenosDataSrc *self, gsize size)
{
  while (!g_queue_is_empty (&self->buffers)
      && (g_queue_get_length (&self->buffers) >= QUEUE_LENGTH
          || self->n_bytes + size > QUEUE_BYTES)) {
    g_autoptr (GstBuffer) oldest = g_queue_pop_head (&self->buffers);

    self->n_bytes -= gst_buffer_get_size (oldest);
    self->dropped++;
    self->discont = TRUE;
  }
}

void
gst_genos_data_src_push (GstGenosDataSrc *self, GstBuffer *buffer)
{
  gsize size = gst_buffer_get_size (buffer);

  g_mutex_lock (&self->lock);
  if (!self->playing || self->flushing || self->unlinked || self->ending) {
    self->discont = TRUE;
    gst_buffer_unref (buffer);
  } else {
    drop_oldest (self, size);
    g_queue_push_tail (&self->buffers, buffer);
    self->n_bytes += size;
    g_cond_signal (&self->cond);
  }
  g_mutex_unlock (&self->lock);
}

typedef enum {
  NEXT_BUFFER,
  NEXT_GAP,
  NEXT_END,
  NEXT_STOP,
} Next;

/* Under the lock; writable. */
static GstBuffer *
take_buffer (GstGenosDataSrc *self)
{
  GstBuffer *buffer = g_queue_pop_head (&self->buffers);

  self->n_bytes -= gst_buffer_get_size (buffer);
  buffer = gst_buffer_make_writable (buffer);
  if (self->discont)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  self->discont = FALSE;
  return buffer;
}

static Next
wait_for_next (GstGenosDataSrc *self, GstBuffer **buffer)
{
  gint64 deadline = g_get_monotonic_time () + GAP_INTERVAL;
  gboolean in_time = TRUE;
  Next next;

  g_mutex_lock (&self->lock);
  while (in_time && !self->flushing && !self->ending && g_queue_is_empty (&self->buffers)) {
    /* Before the first message there is no pad, and in PAUSED no time. */
    if (self->begun && self->playing)
      in_time = g_cond_wait_until (&self->cond, &self->lock, deadline);
    else
      g_cond_wait (&self->cond, &self->lock);
  }
  if (self->flushing) {
    next = NEXT_STOP;
  } else if (!g_queue_is_empty (&self->buffers)) {
    *buffer = take_buffer (self);
    next = NEXT_BUFFER;
  } else {
    next = self->ending ? NEXT_END : NEXT_GAP;
  }
  g_mutex_unlock (&self->lock);
  return next;
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
  g_autofree char *stream_id =
      g_strdup_printf ("%s/data-%d/%s", self->peer_id, self->format, self->channel);
  g_autoptr (GstCaps) caps = gst_genos_data_format_make_caps (self->format);
  GstEvent *start = gst_event_new_stream_start (stream_id);
  GstSegment segment;

  self->begun = TRUE;
  gst_event_set_group_id (start, self->group_id);
  gst_event_set_stream_flags (start, GST_STREAM_FLAG_SPARSE);
  gst_pad_push_event (self->srcpad, start);
  gst_pad_push_event (self->srcpad, gst_event_new_caps (caps));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (self->srcpad, gst_event_new_segment (&segment));
  gst_pad_push_event (self->srcpad, gst_event_new_tag (make_tags (self)));
}

/* the task */

static void
end (GstGenosDataSrc *self)
{
  gst_pad_pause_task (self->srcpad);
  if (self->begun)
    gst_pad_push_event (self->srcpad, gst_event_new_eos ());
  g_mutex_lock (&self->lock);
  self->ending = TRUE;
  g_mutex_unlock (&self->lock);
  g_signal_emit (self, ended_signal, 0);
}

static void
take_flow (GstGenosDataSrc *self, GstFlowReturn flow)
{
  switch (flow) {
    case GST_FLOW_OK:
      break;
    case GST_FLOW_NOT_LINKED:
    case GST_FLOW_FLUSHING:
      /* Nobody wants it now. When this element itself is flushing, the next turn of the loop
       * stops. */
      g_mutex_lock (&self->lock);
      self->unlinked = TRUE;
      clear_queue (self);
      g_mutex_unlock (&self->lock);
      break;
    default:
      GST_INFO_OBJECT (self, "ends: %s", gst_flow_get_name (flow));
      end (self);
  }
}

static GstClockTime
to_running_time (GstGenosDataSrc *self, GstClockTime system_time)
{
  return gst_genos_clock_map_shift (
      system_time, -gst_genos_clock_map_get_offset (&self->clock_map, GST_ELEMENT (self)));
}

static GstClockTime
get_latency (GstGenosDataSrc *self)
{
  return g_atomic_int_get (&self->latency_ms) * GST_MSECOND;
}

/* Up to then nothing will come any more: a message that belongs to a picture may be here as long after
 * it as the picture waits in the jitterbuffer. */
static void
push_gap (GstGenosDataSrc *self)
{
  g_autoptr (GstClock) system = gst_system_clock_obtain ();
  GstClockTime now = to_running_time (self, gst_clock_get_time (system));
  GstClockTime latency = get_latency (self);
  GstClockTime end = now > latency ? now - latency : 0;

  if (end <= self->position)
    return;
  gst_pad_push_event (self->srcpad, gst_event_new_gap (self->position, end - self->position));
  self->position = end;
}

/* What comes behind its time stands at the end of what went out: muxers take a step back badly. */
static void
push_buffer (GstGenosDataSrc *self, GstBuffer *buffer)
{
  GstClockTime pts = to_running_time (self, GST_BUFFER_PTS (buffer));

  if (!self->begun) {
    begin (self);
    self->position = pts;
  }
  self->position = MAX (self->position, pts);
  GST_BUFFER_PTS (buffer) = self->position;
  take_flow (self, gst_pad_push (self->srcpad, buffer));
}

static void
loop (gpointer user_data)
{
  GstGenosDataSrc *self = user_data;
  GstBuffer *buffer = NULL;

  switch (wait_for_next (self, &buffer)) {
    case NEXT_STOP:
      gst_pad_pause_task (self->srcpad);
      return;
    case NEXT_END:
      end (self);
      return;
    case NEXT_GAP:
      push_gap (self);
      return;
    case NEXT_BUFFER:
      push_buffer (self, buffer);
  }
}

void
gst_genos_data_src_end (GstGenosDataSrc *self)
{
  g_mutex_lock (&self->lock);
  self->ending = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
}

void
gst_genos_data_src_resume (GstGenosDataSrc *self)
{
  g_mutex_lock (&self->lock);
  self->unlinked = FALSE;
  g_mutex_unlock (&self->lock);
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

guint64
gst_genos_data_src_get_dropped (GstGenosDataSrc *self)
{
  guint64 dropped;

  g_mutex_lock (&self->lock);
  dropped = self->dropped;
  g_mutex_unlock (&self->lock);
  return dropped;
}

/* pad */

static gboolean
on_src_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  if (GST_EVENT_TYPE (event) != GST_EVENT_RECONFIGURE)
    return gst_pad_event_default (pad, parent, event);
  gst_genos_data_src_resume (GST_GENOS_DATA_SRC (parent));
  gst_event_unref (event);
  return TRUE;
}

static gboolean
on_src_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  GstGenosDataSrc *self = GST_GENOS_DATA_SRC (parent);

  if (GST_QUERY_TYPE (query) != GST_QUERY_LATENCY)
    return gst_pad_query_default (pad, parent, query);
  /* That of the pictures, which a message is to stand beside. */
  gst_query_set_latency (query, TRUE, get_latency (self), get_latency (self) + QUEUE_TIME);
  return TRUE;
}

static gboolean
on_activate (GstPad *pad, GstObject *parent, GstPadMode mode, gboolean active)
{
  GstGenosDataSrc *self = GST_GENOS_DATA_SRC (parent);

  if (mode != GST_PAD_MODE_PUSH)
    return FALSE;
  g_mutex_lock (&self->lock);
  self->flushing = !active;
  if (!active)
    clear_queue (self);
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
  if (active)
    return gst_pad_start_task (pad, loop, self, NULL);
  return gst_pad_stop_task (pad);
}

/* element */

static void
set_playing (GstGenosDataSrc *self, gboolean playing)
{
  g_mutex_lock (&self->lock);
  self->playing = playing;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
}

static GstStateChangeReturn
gst_genos_data_src_change_state (GstElement *element, GstStateChange transition)
{
  GstGenosDataSrc *self = GST_GENOS_DATA_SRC (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING)
    set_playing (self, TRUE);
  if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED)
    set_playing (self, FALSE);
  result = GST_ELEMENT_CLASS (gst_genos_data_src_parent_class)->change_state (element, transition);
  if (result == GST_STATE_CHANGE_SUCCESS
      && (transition == GST_STATE_CHANGE_READY_TO_PAUSED
          || transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED))
    return GST_STATE_CHANGE_NO_PREROLL;
  return result;
}

static gboolean
gst_genos_data_src_send_event (GstElement *element, GstEvent *event)
{
  if (GST_EVENT_TYPE (event) != GST_EVENT_EOS)
    return GST_ELEMENT_CLASS (gst_genos_data_src_parent_class)->send_event (element, event);
  gst_event_unref (event);
  gst_genos_data_src_end (GST_GENOS_DATA_SRC (element));
  return TRUE;
}

static void
gst_genos_data_src_finalize (GObject *object)
{
  GstGenosDataSrc *self = GST_GENOS_DATA_SRC (object);

  clear_queue (self);
  gst_genos_clock_map_clear (&self->clock_map);
  g_free (self->peer_id);
  g_free (self->channel);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  G_OBJECT_CLASS (gst_genos_data_src_parent_class)->finalize (object);
}

static void
gst_genos_data_src_class_init (GstGenosDataSrcClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gst_genos_data_src_finalize;
  element_class->change_state = gst_genos_data_src_change_state;
  element_class->send_event = gst_genos_data_src_send_event;
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Data of a room", "Source/Network",
      "Gives the messages that one peer sends on one channel", "genosrooms contributors");
  ended_signal = g_signal_new (
      "ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
gst_genos_data_src_init (GstGenosDataSrc *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  g_queue_init (&self->buffers);
  self->flushing = TRUE;
  self->srcpad = gst_pad_new_from_static_template (&src_template, "src");
  gst_pad_set_event_function (self->srcpad, on_src_event);
  gst_pad_set_query_function (self->srcpad, on_src_query);
  gst_pad_set_activatemode_function (self->srcpad, on_activate);
  gst_pad_use_fixed_caps (self->srcpad);
  gst_element_add_pad (GST_ELEMENT (self), self->srcpad);
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SOURCE);
}

GstGenosDataSrc *
gst_genos_data_src_new (const char *peer_id, const char *channel, GstGenosDataFormat format,
    guint group_id, GstClockTime latency)
{
  GstGenosDataSrc *self = g_object_new (GST_TYPE_GENOS_DATA_SRC, NULL);

  self->peer_id = g_strdup (peer_id);
  self->channel = g_strdup (channel);
  self->format = format;
  self->group_id = group_id;
  gst_genos_data_src_set_latency (self, latency);
  return self;
}

void
gst_genos_data_src_set_latency (GstGenosDataSrc *self, GstClockTime latency)
{
  g_atomic_int_set (&self->latency_ms, (guint) (latency / GST_MSECOND));
}
