/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bench-watch.h"

#include "bench-picture.h"

#include <gst/video/video.h>
#include <stdio.h>

struct _BenchWatch {
  GMutex lock;
  gboolean seen;
  guint n_pictures;
  guint n_unreadable;
  GArray *delays; /* guint32, microseconds */
};

void
bench_say (const char *word)
{
  printf ("%s %" G_GINT64_FORMAT "\n", word, g_get_monotonic_time ());
  fflush (stdout);
}

static gboolean
read_time (GstPad *pad, GstBuffer *buffer, guint32 *time)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  GstVideoInfo info;
  GstVideoFrame frame;
  gboolean readable;

  if (caps == NULL || !gst_video_info_from_caps (&info, caps)
      || !gst_video_frame_map (&frame, &info, buffer, GST_MAP_READ))
    return FALSE;
  readable = bench_picture_read (GST_VIDEO_FRAME_PLANE_DATA (&frame, 0),
      GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0), GST_VIDEO_FRAME_WIDTH (&frame), time);
  gst_video_frame_unmap (&frame);
  return readable;
}

static GstPadProbeReturn
on_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  BenchWatch *self = data;
  guint32 now = (guint32) g_get_monotonic_time (), then;
  gboolean readable = read_time (pad, GST_PAD_PROBE_INFO_BUFFER (info), &then);

  g_mutex_lock (&self->lock);
  if (!self->seen)
    bench_say ("picture");
  self->seen = TRUE;
  self->n_pictures++;
  if (readable) {
    guint32 delay = now - then;

    g_array_append_val (self->delays, delay);
  } else {
    self->n_unreadable++;
  }
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_OK;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  guint32 x = *(const guint32 *) a, y = *(const guint32 *) b;

  return x < y ? -1 : x > y;
}

static void
print_array (GArray *delays)
{
  printf ("[");
  for (guint i = 0; i < delays->len; i++)
    printf ("%s%u", i > 0 ? "," : "", g_array_index (delays, guint32, i));
  printf ("]");
}

void
bench_watch_report (BenchWatch *self)
{
  g_mutex_lock (&self->lock);
  g_array_sort (self->delays, compare);
  printf ("report {\"pictures\":%u,\"unreadable\":%u,\"delays\":", self->n_pictures,
      self->n_unreadable);
  print_array (self->delays);
  printf ("}\n");
  fflush (stdout);
  self->n_pictures = self->n_unreadable = 0;
  g_array_set_size (self->delays, 0);
  g_mutex_unlock (&self->lock);
}

BenchWatch *
bench_watch_new (GstElement *sink)
{
  BenchWatch *self = g_new0 (BenchWatch, 1);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (sink, "sink");

  g_mutex_init (&self->lock);
  self->delays = g_array_new (FALSE, FALSE, sizeof (guint32));
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, self, NULL);
  return self;
}

void
bench_watch_free (BenchWatch *self)
{
  g_array_unref (self->delays);
  g_mutex_clear (&self->lock);
  g_free (self);
}
