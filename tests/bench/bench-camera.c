/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bench-camera.h"

#include "bench-picture.h"

#include <gst/app/app.h>

#define CAPS                                                                                       \
  "video/x-raw,format=I420,width=1280,height=720,framerate=30/1,pixel-aspect-ratio=1/1,"           \
  "interlace-mode=progressive"

struct _BenchCamera {
  GPtrArray *sources; /* GstAppSrc */
  BenchPicture *picture;
  GThread *thread;
  gint stopped; /* atomic */
};

static void
take_source (const GValue *item, gpointer data)
{
  GstElement *element = g_value_get_object (item);
  g_autoptr (GstCaps) caps = gst_caps_from_string (CAPS);

  if (!g_str_has_prefix (GST_OBJECT_NAME (element), "camera"))
    return;
  g_object_set (element, "caps", caps, "is-live", TRUE, "do-timestamp", TRUE, "format",
      GST_FORMAT_TIME, "min-latency", (gint64) 0, "max-buffers", (guint64) 3, "leaky-type",
      GST_APP_LEAKY_TYPE_DOWNSTREAM, NULL);
  g_ptr_array_add (data, gst_object_ref (element));
}

static GstBuffer *
make_buffer (BenchPicture *picture, guint number)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, BENCH_PICTURE_SIZE, NULL);
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  bench_picture_draw (picture, map.data, number);
  bench_picture_stamp (map.data, BENCH_WIDTH, (guint32) g_get_monotonic_time ());
  gst_buffer_unmap (buffer, &map);
  GST_BUFFER_DURATION (buffer) = GST_SECOND / BENCH_RATE;
  return buffer;
}

static gpointer
run (gpointer data)
{
  BenchCamera *self = data;
  gint64 start = g_get_monotonic_time ();

  for (guint number = 0; !g_atomic_int_get (&self->stopped); number++) {
    gint64 wait = start + (gint64) number * G_USEC_PER_SEC / BENCH_RATE - g_get_monotonic_time ();
    g_autoptr (GstBuffer) buffer = NULL;

    if (wait > 0)
      g_usleep (wait);
    buffer = make_buffer (self->picture, number);
    for (guint i = 0; i < self->sources->len; i++)
      gst_app_src_push_buffer (g_ptr_array_index (self->sources, i), gst_buffer_copy (buffer));
  }
  return NULL;
}

BenchCamera *
bench_camera_new (GstBin *pipeline)
{
  g_autoptr (GstIterator) elements = gst_bin_iterate_elements (pipeline);
  BenchCamera *self = g_new0 (BenchCamera, 1);

  self->sources = g_ptr_array_new_with_free_func (gst_object_unref);
  while (gst_iterator_foreach (elements, take_source, self->sources) == GST_ITERATOR_RESYNC) {
    g_ptr_array_set_size (self->sources, 0);
    gst_iterator_resync (elements);
  }
  self->picture = bench_picture_new ();
  return self;
}

void
bench_camera_start (BenchCamera *self)
{
  if (self->sources->len > 0 && self->thread == NULL)
    self->thread = g_thread_new ("camera", run, self);
}

void
bench_camera_free (BenchCamera *self)
{
  g_atomic_int_set (&self->stopped, TRUE);
  if (self->thread != NULL)
    g_thread_join (self->thread);
  g_ptr_array_unref (self->sources);
  bench_picture_free (self->picture);
  g_free (self);
}
