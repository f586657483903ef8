/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "clap-source.h"

#include "element-fixture.h"

#define FPS 30
#define RATE 48000
#define CLAP_FRAMES 3
#define WHITE 235
#define BLACK 16
#define BRIGHT 120
#define LOUD 3000

struct _ClapSource {
  GstElement *pipeline;
};

struct _ClapMeter {
  GstPad *pad;
  gulong probe;
  GstElement *element;
  GMutex lock;
  GArray *lags;    /* GstClockTimeDiff */
  GArray *seconds; /* guint64: which clap each of them is of */
  gboolean clapping;
};

/* the source */

/* Live sources begin somewhere within the second; a camera that claps opens its shutter with it. */
static GstPadProbeReturn
paint (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstBuffer *buffer = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  guint64 frame = gst_util_uint64_scale (GST_BUFFER_PTS (buffer), FPS, GST_SECOND);
  gboolean clap = frame % FPS < CLAP_FRAMES;
  GstMapInfo map;

  GST_BUFFER_PTS (buffer) = gst_util_uint64_scale (frame, GST_SECOND, FPS);
  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_WRITE));
  memset (map.data, clap ? WHITE : BLACK, map.size * 2 / 3);
  memset (map.data + map.size * 2 / 3, 128, map.size - map.size * 2 / 3);
  gst_buffer_unmap (buffer, &map);
  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
sound (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstBuffer *buffer = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  guint64 first = gst_util_uint64_scale_round (GST_BUFFER_PTS (buffer), RATE, GST_SECOND);
  gint16 *samples;
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_WRITE));
  samples = (gint16 *) map.data;
  for (gsize i = 0; i < map.size / sizeof *samples; i++) {
    guint64 at = (first + i) % RATE;

    samples[i] = at >= RATE / 10 ? 0 : at / 24 % 2 == 0 ? 12000 : -12000;
  }
  gst_buffer_unmap (buffer, &map);
  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  return GST_PAD_PROBE_OK;
}

static void
fill (GstElement *pipeline, const char *name, GstPadProbeCallback callback)
{
  g_autoptr (GstElement) element = gst_bin_get_by_name (GST_BIN (pipeline), name);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, "src");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, callback, NULL, NULL);
}

/* Running time begins with a whole second, so that the first frame of a clap does. */
static void
begin_with_second (GstElement *pipeline)
{
  g_autoptr (GstClock) system = gst_system_clock_obtain ();
  GstClockTime now = gst_clock_get_time (system);

  gst_pipeline_use_clock (GST_PIPELINE (pipeline), system);
  gst_element_set_start_time (pipeline, GST_CLOCK_TIME_NONE);
  gst_element_set_base_time (pipeline, now - now % GST_SECOND);
}

ClapSource *
clap_source_new (const char *sink, guint delay_ms)
{
  ClapSource *self = g_new0 (ClapSource, 1);
  g_autofree char *queue =
      g_strdup_printf ("queue max-size-buffers=0 max-size-bytes=0 max-size-time=%" G_GUINT64_FORMAT
                       " min-threshold-time=%" G_GUINT64_FORMAT,
          (delay_ms + 1000) * GST_MSECOND, delay_ms * GST_MSECOND);

  self->pipeline = test_launch (
      "videotestsrc is-live=true pattern=black ! "
      "video/x-raw,format=I420,width=320,height=240,framerate=%d/1 ! identity name=v ! %s ! "
      "s.video_0 "
      "audiotestsrc is-live=true wave=silence samplesperbuffer=480 ! "
      "audio/x-raw,format=S16LE,rate=%d,channels=1,layout=interleaved ! identity name=a ! %s ! "
      "s.audio_0 %s name=s",
      FPS, queue, RATE, queue, sink);
  fill (self->pipeline, "v", paint);
  fill (self->pipeline, "a", sound);
  begin_with_second (self->pipeline);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  return self;
}

GstElement *
clap_source_get_pipeline (ClapSource *self)
{
  return self->pipeline;
}

void
clap_source_free (ClapSource *self)
{
  test_stop (self->pipeline);
  gst_object_unref (self->pipeline);
  g_free (self);
}

/* the meter */

static gssize
find_loud (const GstMapInfo *map, const GstStructure *format)
{
  gboolean is_float = g_str_has_prefix (gst_structure_get_string (format, "format"), "F32");
  int channels = 1;

  gst_structure_get_int (format, "channels", &channels);
  for (gsize i = 0; i < map->size / (is_float ? 4 : 2); i += (gsize) channels) {
    double level = is_float ? ABS (((const float *) map->data)[i]) * 32768
                            : ABS ((double) ((const gint16 *) map->data)[i]);

    if (level > LOUD)
      return (gssize) i / channels;
  }
  return -1;
}

/* Where in the buffer it begins; NONE: nowhere. */
static GstClockTime
find_clap (GstPad *pad, GstBuffer *buffer)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  const GstStructure *format = gst_caps_get_structure (caps, 0);
  GstClockTime at = GST_CLOCK_TIME_NONE;
  int rate = RATE;
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  if (gst_structure_has_name (format, "video/x-raw")) {
    at = map.data[map.size / 3] > BRIGHT ? 0 : GST_CLOCK_TIME_NONE;
  } else {
    gssize first = find_loud (&map, format);

    gst_structure_get_int (format, "rate", &rate);
    if (first >= 0)
      at = gst_util_uint64_scale_int ((guint64) first, GST_SECOND, rate);
  }
  gst_buffer_unmap (buffer, &map);
  return at;
}

static GstPadProbeReturn
on_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  ClapMeter *self = user_data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  GstClockTime at = find_clap (pad, buffer);
  gboolean clapping = GST_CLOCK_TIME_IS_VALID (at);

  g_mutex_lock (&self->lock);
  if (clapping && !self->clapping) {
    GstClockTime time = gst_element_get_base_time (self->element) + GST_BUFFER_PTS (buffer) + at;
    GstClockTimeDiff lag = (GstClockTimeDiff) (time % GST_SECOND);

    /* What comes a little too early is not nearly a second late. */
    if (lag > 800 * (GstClockTimeDiff) GST_MSECOND)
      lag -= GST_SECOND;
    g_array_append_val (self->lags, lag);
    time = (time - (GstClockTime) lag) / GST_SECOND;
    g_array_append_val (self->seconds, time);
  }
  self->clapping = clapping;
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_OK;
}

ClapMeter *
clap_meter_new (GstPad *pad, GstElement *element)
{
  ClapMeter *self = g_new0 (ClapMeter, 1);

  g_mutex_init (&self->lock);
  self->lags = g_array_new (FALSE, FALSE, sizeof (GstClockTimeDiff));
  self->seconds = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->element = gst_object_ref (element);
  self->pad = gst_object_ref (pad);
  self->probe = gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, self, NULL);
  return self;
}

void
clap_meter_free (ClapMeter *self)
{
  gst_pad_remove_probe (self->pad, self->probe);
  gst_object_unref (self->pad);
  gst_object_unref (self->element);
  g_array_unref (self->lags);
  g_array_unref (self->seconds);
  g_mutex_clear (&self->lock);
  g_free (self);
}

guint
clap_meter_get_n (ClapMeter *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->lags->len;
  g_mutex_unlock (&self->lock);
  return n;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  GstClockTimeDiff first = *(const GstClockTimeDiff *) a, second = *(const GstClockTimeDiff *) b;

  return (first > second) - (first < second);
}

/* (transfer full) (nullable) */
static GArray *
copy_last (ClapMeter *self, guint n)
{
  GArray *last = NULL;

  g_mutex_lock (&self->lock);
  if (self->lags->len >= n) {
    last = g_array_sized_new (FALSE, FALSE, sizeof (GstClockTimeDiff), n);
    g_array_append_vals (
        last, &g_array_index (self->lags, GstClockTimeDiff, self->lags->len - n), n);
  }
  g_mutex_unlock (&self->lock);
  return last;
}

gboolean
clap_meter_get_median (ClapMeter *self, guint n, GstClockTimeDiff *lag)
{
  g_autoptr (GArray) last = copy_last (self, n);

  if (last == NULL)
    return FALSE;
  g_array_sort (last, compare);
  *lag = g_array_index (last, GstClockTimeDiff, n / 2);
  return TRUE;
}

GstClockTimeDiff
clap_meter_get_worst (ClapMeter *self, guint n, GstClockTimeDiff lag)
{
  g_autoptr (GArray) last = copy_last (self, n);
  GstClockTimeDiff worst = 0;

  for (guint i = 0; last != NULL && i < n; i++)
    worst = MAX (worst, ABS (g_array_index (last, GstClockTimeDiff, i) - lag));
  return worst;
}

/* FALSE: it has not been seen. */
static gboolean
find_lag (ClapMeter *self, guint64 second, GstClockTimeDiff *lag)
{
  gboolean found = FALSE;

  g_mutex_lock (&self->lock);
  for (guint i = self->seconds->len; i > 0 && !found; i--) {
    found = g_array_index (self->seconds, guint64, i - 1) == second;
    *lag = g_array_index (self->lags, GstClockTimeDiff, i - 1);
  }
  g_mutex_unlock (&self->lock);
  return found;
}

static guint64
get_last_second (ClapMeter *self)
{
  guint64 second;

  g_mutex_lock (&self->lock);
  second =
      self->seconds->len > 0 ? g_array_index (self->seconds, guint64, self->seconds->len - 1) : 0;
  g_mutex_unlock (&self->lock);
  return second;
}

guint
clap_meter_compare (
    ClapMeter *self, ClapMeter *other, guint n, GstClockTimeDiff *median, GstClockTimeDiff *worst)
{
  g_autoptr (GArray) apart = g_array_new (FALSE, FALSE, sizeof (GstClockTimeDiff));
  guint64 last = get_last_second (self);

  *median = *worst = 0;
  for (guint64 second = last > n ? last - n : 0; second < last; second++) {
    GstClockTimeDiff one, two;

    if (!find_lag (self, second, &one) || !find_lag (other, second, &two))
      continue;
    two -= one;
    g_array_append_val (apart, two);
    if (ABS (two) > ABS (*worst))
      *worst = two;
  }
  g_array_sort (apart, compare);
  if (apart->len > 0)
    *median = g_array_index (apart, GstClockTimeDiff, apart->len / 2);
  return apart->len;
}
