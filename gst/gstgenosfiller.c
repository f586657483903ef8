/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosfiller.h"

#include <gst/audio/audio.h>
#include <gst/video/video.h>

/* More than the gaps of a track that is well. */
#define PATIENCE G_USEC_PER_SEC
#define STEP (100 * GST_MSECOND)
#define STEP_US (STEP / GST_USECOND)
/* Of sound: more than this at once is a jump, and not filled. */
#define MAX_SILENCE (10 * GST_SECOND)
#define TINY 16
#define GREY 0x20

struct _GstGenosFiller {
  GstElement parent;

  GstPad *sinkpad;
  GstPad *srcpad;
  GstGenosFill fill;

  GMutex pushing; /* held while something is pushed; before lock */
  GMutex lock;
  GCond cond;
  /* lock */
  gboolean flushing;
  gboolean eos;
  gint64 last_arrival; /* µs, monotonic; 0: nothing has come */
  /* pushing */
  gboolean video;
  gboolean usable; /* the caps are such that a gap can be filled */
  GstVideoInfo video_info;
  GstAudioInfo audio_info;
  GstBuffer *last;
  GstBuffer *slate;
  GstClockTime end;   /* of what was pushed */
  GstClockTime floor; /* what is earlier stands for a moment that has been filled; or none */
};

G_DEFINE_TYPE (GstGenosFiller, gst_genos_filler, GST_TYPE_ELEMENT)

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE (
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS ("video/x-raw(ANY); audio/x-raw"));
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE (
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS ("video/x-raw(ANY); audio/x-raw"));

GType
gst_genos_fill_get_type (void)
{
  static const GEnumValue values[] = {
    { GST_GENOS_FILL_NOTHING, "Nothing", "nothing" },
    { GST_GENOS_FILL_LAST_FRAME, "The last picture, and silence", "last-frame" },
    { GST_GENOS_FILL_SLATE, "A grey picture, and silence", "slate" },
    { 0, NULL, NULL },
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstGenosFill", values));
  return type;
}

/* --- what is put into a gap; with the pushing lock --- */

static gboolean
convert (const GstVideoInfo *from, GstBuffer *source, const GstVideoInfo *to, GstBuffer *target)
{
  GstVideoConverter *converter = gst_video_converter_new (from, to, NULL);
  GstVideoFrame in, out;
  gboolean done = FALSE;

  if (converter == NULL)
    return FALSE;
  if (gst_video_frame_map (&in, from, source, GST_MAP_READ)) {
    done = gst_video_frame_map (&out, to, target, GST_MAP_WRITE);
    if (done) {
      gst_video_converter_frame (converter, &in, &out);
      gst_video_frame_unmap (&out);
    }
    gst_video_frame_unmap (&in);
  }
  gst_video_converter_free (converter);
  return done;
}

/* (nullable) */
static GstBuffer *
make_slate (const GstVideoInfo *info)
{
  g_autoptr (GstBuffer) tiny = NULL;
  GstBuffer *slate;
  GstVideoInfo from;

  if (GST_VIDEO_INFO_FORMAT (info) == GST_VIDEO_FORMAT_ENCODED)
    return NULL;
  gst_video_info_set_format (&from, GST_VIDEO_FORMAT_BGRx, TINY, TINY);
  from.fps_n = info->fps_n;
  from.fps_d = info->fps_d;
  from.interlace_mode = info->interlace_mode;
  tiny = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (&from), NULL);
  gst_buffer_memset (tiny, 0, GREY, GST_VIDEO_INFO_SIZE (&from));
  slate = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (info), NULL);
  if (!convert (&from, tiny, info, slate))
    gst_clear_buffer (&slate);
  return slate;
}

static GstBuffer *
make_picture (GstGenosFiller *self)
{
  GstBuffer *picture;

  if (self->fill == GST_GENOS_FILL_SLATE && self->usable && self->slate == NULL)
    self->slate = make_slate (&self->video_info);
  picture = gst_buffer_copy (
      self->fill == GST_GENOS_FILL_SLATE && self->slate != NULL ? self->slate : self->last);
  GST_BUFFER_DTS (picture) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_DURATION (picture) = STEP;
  GST_BUFFER_FLAG_UNSET (picture, GST_BUFFER_FLAG_DISCONT);
  return picture;
}

static GstBuffer *
make_silence (GstGenosFiller *self, GstClockTime duration)
{
  guint64 n = gst_util_uint64_scale (duration, GST_AUDIO_INFO_RATE (&self->audio_info), GST_SECOND);
  GstBuffer *buffer =
      gst_buffer_new_allocate (NULL, n * GST_AUDIO_INFO_BPF (&self->audio_info), NULL);
  GstMapInfo map;

  if (gst_buffer_map (buffer, &map, GST_MAP_WRITE)) {
    gst_audio_format_info_fill_silence (self->audio_info.finfo, map.data, map.size);
    gst_buffer_unmap (buffer, &map);
  }
  GST_BUFFER_DURATION (buffer) = duration;
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_GAP);
  return buffer;
}

static GstFlowReturn
push_at (GstGenosFiller *self, GstBuffer *buffer, GstClockTime pts)
{
  GST_BUFFER_PTS (buffer) = pts;
  self->end = pts + GST_BUFFER_DURATION (buffer);
  self->floor = self->video ? pts : self->end;
  return gst_pad_push (self->srcpad, buffer);
}

static GstClockTime
get_running_time (GstGenosFiller *self)
{
  g_autoptr (GstClock) clock = gst_element_get_clock (GST_ELEMENT (self));
  GstClockTime now, base = gst_element_get_base_time (GST_ELEMENT (self));

  if (clock == NULL)
    return GST_CLOCK_TIME_NONE;
  now = gst_clock_get_time (clock);
  return now > base ? now - base : GST_CLOCK_TIME_NONE;
}

static void
fill_sound (GstGenosFiller *self, GstClockTime now)
{
  if (!self->usable)
    return;
  if (!GST_CLOCK_TIME_IS_VALID (self->end) || self->end + MAX_SILENCE < now)
    self->end = now - STEP;
  while (self->end + STEP <= now) {
    if (push_at (self, make_silence (self, STEP), self->end) != GST_FLOW_OK)
      return;
  }
}

static void
fill (GstGenosFiller *self)
{
  GstClockTime now = get_running_time (self);

  if (!GST_CLOCK_TIME_IS_VALID (now) || now < STEP || self->last == NULL)
    return;
  if (!self->video)
    fill_sound (self, now);
  else if (!GST_CLOCK_TIME_IS_VALID (self->end) || now >= self->end)
    push_at (self, make_picture (self), now);
}

/* --- the thread --- */

/* With the lock held. */
static gboolean
is_gap (GstGenosFiller *self)
{
  return !self->flushing && !self->eos && self->last_arrival != 0
      && g_get_monotonic_time () - self->last_arrival >= PATIENCE;
}

static void
loop (gpointer user_data)
{
  GstGenosFiller *self = user_data;
  gint64 until = g_get_monotonic_time () + STEP_US;
  gboolean gap, flushing;

  g_mutex_lock (&self->lock);
  while (!self->flushing && g_cond_wait_until (&self->cond, &self->lock, until))
    ;
  flushing = self->flushing;
  g_mutex_unlock (&self->lock);
  if (flushing) {
    gst_pad_pause_task (self->srcpad);
    return;
  }
  g_mutex_lock (&self->pushing);
  g_mutex_lock (&self->lock);
  gap = is_gap (self);
  g_mutex_unlock (&self->lock);
  if (gap && GST_STATE (self) == GST_STATE_PLAYING)
    fill (self);
  g_mutex_unlock (&self->pushing);
}

/* --- pads --- */

/* Until one that is not. */
static gboolean
is_late (GstGenosFiller *self, GstBuffer *buffer)
{
  GstClockTime floor = self->floor;

  if (GST_CLOCK_TIME_IS_VALID (floor) && GST_BUFFER_PTS_IS_VALID (buffer)
      && GST_BUFFER_PTS (buffer) < floor && floor - GST_BUFFER_PTS (buffer) < GST_SECOND)
    return TRUE;
  self->floor = GST_CLOCK_TIME_NONE;
  return FALSE;
}

static GstFlowReturn
on_buffer (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  GstGenosFiller *self = GST_GENOS_FILLER (parent);
  GstFlowReturn flow = GST_FLOW_OK;

  g_mutex_lock (&self->pushing);
  g_mutex_lock (&self->lock);
  self->last_arrival = g_get_monotonic_time ();
  g_mutex_unlock (&self->lock);
  gst_buffer_replace (&self->last, buffer);
  if (is_late (self, buffer)) {
    gst_buffer_unref (buffer);
  } else {
    if (GST_BUFFER_PTS_IS_VALID (buffer))
      self->end = GST_BUFFER_PTS (buffer)
          + (GST_BUFFER_DURATION_IS_VALID (buffer) ? GST_BUFFER_DURATION (buffer) : 0);
    flow = gst_pad_push (self->srcpad, buffer);
  }
  g_mutex_unlock (&self->pushing);
  return flow;
}

/* A picture of our own is in this machine's memory, which is not what others mean. */
static gboolean
is_plain (GstCaps *caps)
{
  GstCapsFeatures *features = gst_caps_get_features (caps, 0);

  return features == NULL
      || gst_caps_features_is_equal (features, GST_CAPS_FEATURES_MEMORY_SYSTEM_MEMORY);
}

static void
take_caps (GstGenosFiller *self, GstEvent *event)
{
  GstCaps *caps;

  gst_event_parse_caps (event, &caps);
  self->video = gst_structure_has_name (gst_caps_get_structure (caps, 0), "video/x-raw");
  self->usable = self->video ? is_plain (caps) && gst_video_info_from_caps (&self->video_info, caps)
                             : gst_audio_info_from_caps (&self->audio_info, caps)
          && self->audio_info.layout == GST_AUDIO_LAYOUT_INTERLEAVED;
  gst_clear_buffer (&self->last);
  gst_clear_buffer (&self->slate);
}

static gboolean
on_sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  GstGenosFiller *self = GST_GENOS_FILLER (parent);
  gboolean taken;

  if (!GST_EVENT_IS_SERIALIZED (event))
    return gst_pad_event_default (pad, parent, event);
  g_mutex_lock (&self->pushing);
  if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS)
    take_caps (self, event);
  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS) {
    g_mutex_lock (&self->lock);
    self->eos = TRUE;
    g_mutex_unlock (&self->lock);
  }
  taken = gst_pad_event_default (pad, parent, event);
  g_mutex_unlock (&self->pushing);
  return taken;
}

static gboolean
on_activate (GstPad *pad, GstObject *parent, GstPadMode mode, gboolean active)
{
  GstGenosFiller *self = GST_GENOS_FILLER (parent);

  if (mode != GST_PAD_MODE_PUSH)
    return FALSE;
  g_mutex_lock (&self->lock);
  self->flushing = !active;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
  return active ? gst_pad_start_task (pad, loop, self, NULL) : gst_pad_stop_task (pad);
}

/* --- element --- */

static void
gst_genos_filler_finalize (GObject *object)
{
  GstGenosFiller *self = GST_GENOS_FILLER (object);

  gst_clear_buffer (&self->last);
  gst_clear_buffer (&self->slate);
  g_mutex_clear (&self->pushing);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  G_OBJECT_CLASS (gst_genos_filler_parent_class)->finalize (object);
}

static void
gst_genos_filler_class_init (GstGenosFillerClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gst_genos_filler_finalize;
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Filler of a room", "Filter",
      "Puts pictures and silence into gaps", "genosrooms contributors");
}

static void
gst_genos_filler_init (GstGenosFiller *self)
{
  g_mutex_init (&self->pushing);
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->flushing = TRUE;
  self->end = self->floor = GST_CLOCK_TIME_NONE;
  self->sinkpad = gst_pad_new_from_static_template (&sink_template, "sink");
  gst_pad_set_chain_function (self->sinkpad, on_buffer);
  gst_pad_set_event_function (self->sinkpad, on_sink_event);
  GST_PAD_SET_PROXY_CAPS (self->sinkpad);
  GST_PAD_SET_PROXY_ALLOCATION (self->sinkpad);
  gst_element_add_pad (GST_ELEMENT (self), self->sinkpad);
  self->srcpad = gst_pad_new_from_static_template (&src_template, "src");
  gst_pad_set_activatemode_function (self->srcpad, on_activate);
  GST_PAD_SET_PROXY_CAPS (self->srcpad);
  gst_element_add_pad (GST_ELEMENT (self), self->srcpad);
}

GstElement *
gst_genos_filler_new (GstGenosFill fill)
{
  GstGenosFiller *self = g_object_new (GST_TYPE_GENOS_FILLER, NULL);

  self->fill = fill;
  return GST_ELEMENT (self);
}
