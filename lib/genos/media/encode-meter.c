/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/encode-meter.h>

/* More frames than an encoder holds on to; those that it drops are overwritten. */
#define MAX_INSIDE 64

struct _GenosEncodeMeter {
  gatomicrefcount ref_count;
  GMutex lock;
  guint64 frames;
  gint64 time;
};

/* Of one encoder. */
typedef struct {
  GenosEncodeMeter *meter;
  GMutex lock;
  struct {
    GstClockTime id;
    gint64 entered;
  } inside[MAX_INSIDE];
  guint next;
} Watch;

GenosEncodeMeter *
genos_encode_meter_new (void)
{
  GenosEncodeMeter *self = g_new0 (GenosEncodeMeter, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lock);
  return self;
}

static GenosEncodeMeter *
meter_ref (GenosEncodeMeter *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
genos_encode_meter_unref (GenosEncodeMeter *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_mutex_clear (&self->lock);
  g_free (self);
}

static void
watch_clear (gpointer data)
{
  Watch *watch = data;

  genos_encode_meter_unref (watch->meter);
  g_mutex_clear (&watch->lock);
}

static void
watch_unref (gpointer watch)
{
  g_atomic_rc_box_release_full (watch, watch_clear);
}

/* Encoders may shift time stamps, and their segment with them. */
static GstClockTime
get_running_time (GstPad *pad, GstBuffer *buffer)
{
  g_autoptr (GstEvent) event = gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0);
  const GstSegment *segment;

  if (event == NULL || !GST_BUFFER_PTS_IS_VALID (buffer))
    return GST_CLOCK_TIME_NONE;
  gst_event_parse_segment (event, &segment);
  return gst_segment_to_running_time (segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
}

static GstPadProbeReturn
on_enter (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Watch *watch = user_data;
  GstClockTime id = get_running_time (pad, GST_PAD_PROBE_INFO_BUFFER (info));

  g_mutex_lock (&watch->lock);
  watch->inside[watch->next].id = id;
  watch->inside[watch->next].entered = g_get_monotonic_time ();
  watch->next = (watch->next + 1) % MAX_INSIDE;
  g_mutex_unlock (&watch->lock);
  return GST_PAD_PROBE_OK;
}

static gint64
take_out (Watch *watch, GstClockTime id)
{
  gint64 entered = 0;

  g_mutex_lock (&watch->lock);
  for (guint i = 0; i < MAX_INSIDE && entered == 0; i++) {
    if (watch->inside[i].id == id) {
      entered = watch->inside[i].entered;
      watch->inside[i].id = GST_CLOCK_TIME_NONE;
    }
  }
  g_mutex_unlock (&watch->lock);
  return entered;
}

static GstPadProbeReturn
on_leave (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Watch *watch = user_data;
  GstClockTime id = get_running_time (pad, GST_PAD_PROBE_INFO_BUFFER (info));
  gint64 entered = GST_CLOCK_TIME_IS_VALID (id) ? take_out (watch, id) : 0;

  g_mutex_lock (&watch->meter->lock);
  watch->meter->frames++;
  if (entered != 0)
    watch->meter->time += g_get_monotonic_time () - entered;
  g_mutex_unlock (&watch->meter->lock);
  return GST_PAD_PROBE_OK;
}

static void
add_probe (GstElement *encoder, const char *name, GstPadProbeCallback callback, Watch *watch)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (encoder, name);

  if (pad != NULL)
    gst_pad_add_probe (
        pad, GST_PAD_PROBE_TYPE_BUFFER, callback, g_atomic_rc_box_acquire (watch), watch_unref);
}

void
genos_encode_meter_watch (GenosEncodeMeter *self, GstElement *encoder)
{
  Watch *watch = g_atomic_rc_box_new0 (Watch);

  watch->meter = meter_ref (self);
  g_mutex_init (&watch->lock);
  for (guint i = 0; i < MAX_INSIDE; i++)
    watch->inside[i].id = GST_CLOCK_TIME_NONE;
  add_probe (encoder, "sink", on_enter, watch);
  add_probe (encoder, "src", on_leave, watch);
  watch_unref (watch);
}

void
genos_encode_meter_get (GenosEncodeMeter *self, guint64 *frames, gint64 *time)
{
  g_mutex_lock (&self->lock);
  *frames = self->frames;
  *time = self->time;
  g_mutex_unlock (&self->lock);
}
