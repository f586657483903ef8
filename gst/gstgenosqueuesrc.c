/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosqueuesrc.h"

#include "gstgenoselements.h"

#define GST_CAT_DEFAULT gst_genos_debug

G_DEFINE_ABSTRACT_TYPE (GstGenosQueueSrc, gst_genos_queue_src, GST_TYPE_ELEMENT)

static guint ended_signal;

/* the queue */

void
gst_genos_queue_src_clear (GstGenosQueueSrc *self)
{
  g_queue_clear_full (&self->buffers, (GDestroyNotify) gst_buffer_unref);
  self->n_bytes = 0;
  self->discont = TRUE;
}

gboolean
gst_genos_queue_src_is_open (GstGenosQueueSrc *self)
{
  return self->playing && !self->flushing && !self->unlinked && !self->ending;
}

void
gst_genos_queue_src_append (GstGenosQueueSrc *self, GstBuffer *buffer)
{
  g_queue_push_tail (&self->buffers, buffer);
  self->n_bytes += gst_buffer_get_size (buffer);
  g_cond_signal (&self->cond);
}

GstBuffer *
gst_genos_queue_src_pop (GstGenosQueueSrc *self)
{
  GstBuffer *buffer = g_queue_pop_head (&self->buffers);

  if (buffer != NULL)
    self->n_bytes -= gst_buffer_get_size (buffer);
  return buffer;
}

/* Under the lock; writable. */
static GstBuffer *
take_buffer (GstGenosQueueSrc *self)
{
  GstBuffer *buffer = gst_buffer_make_writable (gst_genos_queue_src_pop (self));

  if (self->discont)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  self->discont = FALSE;
  return buffer;
}

typedef enum {
  NEXT_BUFFER,
  NEXT_WAKE,
  NEXT_END,
  NEXT_STOP,
} Next;

/* With the lock held; FALSE: it is time to wake. */
static gboolean
wait_a_while (GstGenosQueueSrc *self, gint64 since)
{
  GstGenosQueueSrcClass *klass = GST_GENOS_QUEUE_SRC_GET_CLASS (self);
  gint64 wake_time = klass->get_wake_time != NULL ? klass->get_wake_time (self, since) : 0;

  if (wake_time != 0)
    return g_cond_wait_until (&self->cond, &self->lock, wake_time);
  g_cond_wait (&self->cond, &self->lock);
  return TRUE;
}

static Next
wait_for_next (GstGenosQueueSrc *self, GstBuffer **buffer)
{
  gint64 since = g_get_monotonic_time ();
  gboolean in_time = TRUE;
  Next next;

  g_mutex_lock (&self->lock);
  while (in_time && !self->flushing && !self->ending && g_queue_is_empty (&self->buffers))
    in_time = wait_a_while (self, since);
  if (self->flushing) {
    next = NEXT_STOP;
  } else if (!g_queue_is_empty (&self->buffers)) {
    *buffer = take_buffer (self);
    next = NEXT_BUFFER;
  } else {
    next = self->ending ? NEXT_END : NEXT_WAKE;
  }
  g_mutex_unlock (&self->lock);
  return next;
}

/* the task */

static void
end (GstGenosQueueSrc *self)
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
take_flow (GstGenosQueueSrc *self, GstFlowReturn flow)
{
  self->flow = flow;
  switch (flow) {
    case GST_FLOW_OK:
      break;
    case GST_FLOW_NOT_LINKED:
    case GST_FLOW_FLUSHING:
      /* Nobody wants it now: decode nothing until somebody does. When this element itself is
       * flushing, the next turn of the loop stops. */
      g_mutex_lock (&self->lock);
      self->unlinked = TRUE;
      gst_genos_queue_src_clear (self);
      g_mutex_unlock (&self->lock);
      break;
    default:
      GST_INFO_OBJECT (self, "ends: %s", gst_flow_get_name (flow));
      end (self);
  }
}

static void
loop (gpointer user_data)
{
  GstGenosQueueSrc *self = user_data;
  GstGenosQueueSrcClass *klass = GST_GENOS_QUEUE_SRC_GET_CLASS (self);
  GstBuffer *buffer = NULL;

  switch (wait_for_next (self, &buffer)) {
    case NEXT_STOP:
      gst_pad_pause_task (self->srcpad);
      return;
    case NEXT_END:
      end (self);
      return;
    case NEXT_WAKE:
      klass->wake (self);
      return;
    case NEXT_BUFFER:
      klass->prepare (self, buffer);
      take_flow (self, gst_pad_push (self->srcpad, buffer));
  }
}

GstClockTime
gst_genos_queue_src_to_running_time (GstGenosQueueSrc *self, GstClockTime system_time)
{
  return gst_genos_clock_map_shift (
      system_time, -gst_genos_clock_map_get_offset (&self->clock_map, GST_ELEMENT (self)));
}

/* from outside */

void
gst_genos_queue_src_end (GstGenosQueueSrc *self)
{
  GstGenosQueueSrcClass *klass = GST_GENOS_QUEUE_SRC_GET_CLASS (self);

  g_mutex_lock (&self->lock);
  if (klass->finish != NULL)
    klass->finish (self);
  self->ending = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
}

void
gst_genos_queue_src_resume (GstGenosQueueSrc *self)
{
  GstGenosQueueSrcClass *klass = GST_GENOS_QUEUE_SRC_GET_CLASS (self);
  gboolean resumed;

  g_mutex_lock (&self->lock);
  resumed = self->unlinked;
  self->unlinked = FALSE;
  g_mutex_unlock (&self->lock);
  if (resumed && klass->resumed != NULL)
    klass->resumed (self);
}

void
gst_genos_queue_src_set_latency (GstGenosQueueSrc *self, GstClockTime latency)
{
  g_atomic_int_set (&self->latency_ms, (guint) (latency / GST_MSECOND));
}

GstClockTime
gst_genos_queue_src_get_latency (GstGenosQueueSrc *self)
{
  return g_atomic_int_get (&self->latency_ms) * GST_MSECOND;
}

guint64
gst_genos_queue_src_get_dropped (GstGenosQueueSrc *self)
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
  GstGenosQueueSrc *self = GST_GENOS_QUEUE_SRC (parent);
  GstGenosQueueSrcClass *klass = GST_GENOS_QUEUE_SRC_GET_CLASS (self);

  if (GST_EVENT_TYPE (event) == GST_EVENT_RECONFIGURE)
    gst_genos_queue_src_resume (self);
  else if (klass->take_event == NULL || !klass->take_event (self, event))
    return gst_pad_event_default (pad, parent, event);
  gst_event_unref (event);
  return TRUE;
}

static gboolean
on_src_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  GstClockTime latency = gst_genos_queue_src_get_latency (GST_GENOS_QUEUE_SRC (parent));

  if (GST_QUERY_TYPE (query) != GST_QUERY_LATENCY)
    return gst_pad_query_default (pad, parent, query);
  /* A packet is here up to the jitterbuffer's latency after its timestamp, a message is to stand beside
   * the picture that it belongs to, and either may wait here. */
  gst_query_set_latency (query, TRUE, latency, latency + GST_GENOS_QUEUE_SRC_TIME);
  return TRUE;
}

static gboolean
on_activate (GstPad *pad, GstObject *parent, GstPadMode mode, gboolean active)
{
  GstGenosQueueSrc *self = GST_GENOS_QUEUE_SRC (parent);

  if (mode != GST_PAD_MODE_PUSH)
    return FALSE;
  g_mutex_lock (&self->lock);
  self->flushing = !active;
  if (!active)
    gst_genos_queue_src_clear (self);
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
  if (active)
    return gst_pad_start_task (pad, loop, self, NULL);
  return gst_pad_stop_task (pad);
}

/* element */

static void
set_playing (GstGenosQueueSrc *self, gboolean playing)
{
  GstGenosQueueSrcClass *klass = GST_GENOS_QUEUE_SRC_GET_CLASS (self);

  g_mutex_lock (&self->lock);
  self->playing = playing;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
  if (klass->playing_changed != NULL)
    klass->playing_changed (self, playing);
}

static GstStateChangeReturn
gst_genos_queue_src_change_state (GstElement *element, GstStateChange transition)
{
  GstGenosQueueSrc *self = GST_GENOS_QUEUE_SRC (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING)
    set_playing (self, TRUE);
  if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED)
    set_playing (self, FALSE);
  result = GST_ELEMENT_CLASS (gst_genos_queue_src_parent_class)->change_state (element, transition);
  if (result == GST_STATE_CHANGE_SUCCESS
      && (transition == GST_STATE_CHANGE_READY_TO_PAUSED
          || transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED))
    return GST_STATE_CHANGE_NO_PREROLL;
  return result;
}

static gboolean
gst_genos_queue_src_send_event (GstElement *element, GstEvent *event)
{
  if (GST_EVENT_TYPE (event) != GST_EVENT_EOS)
    return GST_ELEMENT_CLASS (gst_genos_queue_src_parent_class)->send_event (element, event);
  gst_event_unref (event);
  gst_genos_queue_src_end (GST_GENOS_QUEUE_SRC (element));
  return TRUE;
}

/* The template is the subclass's. */
static void
gst_genos_queue_src_constructed (GObject *object)
{
  GstGenosQueueSrc *self = GST_GENOS_QUEUE_SRC (object);
  GstElementClass *klass = GST_ELEMENT_GET_CLASS (self);

  G_OBJECT_CLASS (gst_genos_queue_src_parent_class)->constructed (object);
  self->srcpad =
      gst_pad_new_from_template (gst_element_class_get_pad_template (klass, "src"), "src");
  gst_pad_set_event_function (self->srcpad, on_src_event);
  gst_pad_set_query_function (self->srcpad, on_src_query);
  gst_pad_set_activatemode_function (self->srcpad, on_activate);
  gst_pad_use_fixed_caps (self->srcpad);
  gst_element_add_pad (GST_ELEMENT (self), self->srcpad);
}

static void
gst_genos_queue_src_finalize (GObject *object)
{
  GstGenosQueueSrc *self = GST_GENOS_QUEUE_SRC (object);

  gst_genos_queue_src_clear (self);
  gst_genos_clock_map_clear (&self->clock_map);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  G_OBJECT_CLASS (gst_genos_queue_src_parent_class)->finalize (object);
}

static void
gst_genos_queue_src_class_init (GstGenosQueueSrcClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->constructed = gst_genos_queue_src_constructed;
  object_class->finalize = gst_genos_queue_src_finalize;
  element_class->change_state = gst_genos_queue_src_change_state;
  element_class->send_event = gst_genos_queue_src_send_event;
  ended_signal = g_signal_new (
      "ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
gst_genos_queue_src_init (GstGenosQueueSrc *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  g_queue_init (&self->buffers);
  self->flushing = TRUE;
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SOURCE);
}
