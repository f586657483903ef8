/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/input-queue.h>

#include <genos/media/input-format.h>
#include <genos/media/raw-check.h>

/* Three pictures are 100 ms at 30 a second: an encoder that is further behind will not
 * catch up. Sound comes in pieces of 1 to 100 ms, encoded pictures in bursts. */
#define MAX_RAW_PICTURES 3
#define MAX_PIECES 128
#define MAX_QUEUED_TIME (500 * GST_MSECOND)
#define MAX_BACKWARDS GST_SECOND

/* A box of its own, because the pad probe must not keep the queue, which keeps the
 * pad. */
typedef struct {
  GMutex lock;     /* a leaf */
  guint64 refused; /* by push() itself */
  guint64 pushed;  /* into the appsrc … */
  guint64 passed;  /* … and out of it */
} Counters;

struct _GenosInputQueue {
  GstAppSrc *source;
  gboolean encoded;
  gboolean video;
  gboolean in_system_memory; /* others check themselves what they are given */
  GstVideoInfo video_info;   /* raw only */
  GstAudioInfo audio_info;
  gboolean needs_key;
  GstClockTime last_pts;
  Counters *counters;
};

static void
count (Counters *counters, guint64 *counter, int n)
{
  g_mutex_lock (&counters->lock);
  *counter += n;
  g_mutex_unlock (&counters->lock);
}

static void
counters_clear (Counters *counters)
{
  g_mutex_clear (&counters->lock);
}

static void
counters_unref (Counters *counters)
{
  g_atomic_rc_box_release_full (counters, (GDestroyNotify) counters_clear);
}

static GstPadProbeReturn
on_passed (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Counters *counters = user_data;
  count (counters, &counters->passed, 1);
  return GST_PAD_PROBE_OK;
}

GenosInputQueue *
genos_input_queue_new (GstAppSrc *source, gboolean encoded, gboolean video)
{
  GenosInputQueue *self = g_atomic_rc_box_new0 (GenosInputQueue);
  self->source = gst_object_ref (source);
  self->encoded = encoded;
  self->video = video;
  self->needs_key = encoded && video;
  self->last_pts = GST_CLOCK_TIME_NONE;
  self->counters = g_atomic_rc_box_new0 (Counters);
  g_mutex_init (&self->counters->lock);

  gboolean pictures = video && !encoded;
  g_object_set (source, "is-live", TRUE, "format", GST_FORMAT_TIME, "block", FALSE, "max-bytes",
      (guint64) 0, "max-buffers", (guint64) (pictures ? MAX_RAW_PICTURES : MAX_PIECES), "max-time",
      (guint64) (pictures ? 0 : MAX_QUEUED_TIME), "leaky-type",
      encoded && video ? GST_APP_LEAKY_TYPE_NONE : GST_APP_LEAKY_TYPE_DOWNSTREAM, "emit-signals",
      FALSE, NULL);

  g_autoptr (GstPad) pad = gst_element_get_static_pad (GST_ELEMENT (source), "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_passed,
      g_atomic_rc_box_acquire (self->counters), (GDestroyNotify) counters_unref);
  return self;
}

GenosInputQueue *
genos_input_queue_ref (GenosInputQueue *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
queue_clear (GenosInputQueue *self)
{
  gst_clear_object (&self->source);
  counters_unref (self->counters);
}

void
genos_input_queue_unref (GenosInputQueue *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) queue_clear);
}

void
genos_input_queue_set_caps (GenosInputQueue *self, GstCaps *caps)
{
  if (!self->encoded && self->video)
    gst_video_info_from_caps (&self->video_info, caps);
  else if (!self->encoded)
    gst_audio_info_from_caps (&self->audio_info, caps);
  self->in_system_memory = genos_input_format_is_in_system_memory (caps);
  gst_app_src_set_caps (self->source, caps);
}

static GenosInputResult
refuse (GenosInputQueue *self, GstBuffer *buffer, GenosInputResult result)
{
  gst_buffer_unref (buffer);
  count (self->counters, &self->counters->refused, 1);
  return result;
}

static gboolean
is_full (GenosInputQueue *self)
{
  return gst_app_src_get_current_level_buffers (self->source) >= MAX_PIECES
      || gst_app_src_get_current_level_time (self->source) >= MAX_QUEUED_TIME;
}

/* Dropping one encoded picture spoils those that build on it. */
static gboolean
must_wait_for_key (GenosInputQueue *self, GstBuffer *buffer)
{
  if (!self->encoded || !self->video)
    return FALSE;
  if (is_full (self))
    self->needs_key = TRUE;
  else if (!GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT))
    self->needs_key = FALSE;
  return self->needs_key;
}

static gboolean
is_whole (GenosInputQueue *self, GstBuffer *buffer)
{
  if (self->encoded || !self->in_system_memory)
    return gst_buffer_get_size (buffer) > 0;
  return self->video ? genos_raw_check_picture (&self->video_info, buffer)
                     : genos_raw_check_sound (&self->audio_info, buffer);
}

/* Encoders refuse a picture that is not later than the one before. A long way back is
 * another time line (the application's pipeline was restarted with another base time),
 * not a late picture. */
static GenosInputResult
judge_time (GenosInputQueue *self, GstBuffer *buffer)
{
  if (!self->video || self->encoded || !GST_CLOCK_TIME_IS_VALID (self->last_pts)
      || GST_BUFFER_PTS (buffer) > self->last_pts)
    return GENOS_INPUT_TAKEN;
  return self->last_pts - GST_BUFFER_PTS (buffer) > MAX_BACKWARDS ? GENOS_INPUT_NEEDS_RESTART
                                                                  : GENOS_INPUT_DROPPED;
}

static GstBuffer *
stamp (GstBuffer *buffer)
{
  if (GST_BUFFER_PTS_IS_VALID (buffer))
    return buffer;
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();
  buffer = gst_buffer_make_writable (buffer);
  GST_BUFFER_PTS (buffer) = gst_clock_get_time (clock);
  return buffer;
}

GenosInputResult
genos_input_queue_push (GenosInputQueue *self, GstBuffer *buffer)
{
  if (!is_whole (self, buffer))
    return refuse (self, buffer, GENOS_INPUT_DROPPED);
  if (must_wait_for_key (self, buffer))
    return refuse (self, buffer, GENOS_INPUT_NEEDS_KEY);
  buffer = stamp (buffer);
  GenosInputResult judgement = judge_time (self, buffer);
  if (judgement != GENOS_INPUT_TAKEN)
    return refuse (self, buffer, judgement);
  self->last_pts = GST_BUFFER_PTS (buffer);

  count (self->counters, &self->counters->pushed, 1);
  if (gst_app_src_push_buffer (self->source, buffer) == GST_FLOW_OK)
    return GENOS_INPUT_TAKEN;

  count (self->counters, &self->counters->pushed, -1);
  count (self->counters, &self->counters->refused, 1);
  return GENOS_INPUT_DROPPED;
}

/* appsrc does not say how many buffers leaked; what went in, minus what came out, minus
 * what is still inside, does. */
guint64
genos_input_queue_get_dropped (GenosInputQueue *self)
{
  guint64 inside = gst_app_src_get_current_level_buffers (self->source);
  Counters *counters = self->counters;
  g_mutex_lock (&counters->lock);
  guint64 gone = counters->passed + inside;
  guint64 dropped = counters->refused + (counters->pushed > gone ? counters->pushed - gone : 0);
  g_mutex_unlock (&counters->lock);
  return dropped;
}
