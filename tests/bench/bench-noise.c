/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bench-noise.h"

#define FRAME_MS 40

struct _BenchNoise {
  GenosLocalTrack *track;
  gsize size; /* of a picture */
  guint32 noise;
};

static gboolean
on_frame (gpointer data)
{
  BenchNoise *self = data;
  GstBuffer *picture = gst_buffer_new_allocate (NULL, self->size, NULL);
  GstMapInfo map;

  gst_buffer_map (picture, &map, GST_MAP_WRITE);
  for (gsize i = 0; i < map.size; i++) {
    self->noise = self->noise * 1664525u + 1013904223u;
    map.data[i] = (guint8) (112 + (self->noise >> 27));
  }
  gst_buffer_unmap (picture, &map);
  genos_local_track_push (self->track, picture);
  return G_SOURCE_CONTINUE;
}

BenchNoise *
bench_noise_new (guint width, guint height, guint bitrate)
{
  g_autoptr (GstCaps) caps = gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING, "I420",
      "width", G_TYPE_INT, width, "height", G_TYPE_INT, height, "framerate", GST_TYPE_FRACTION,
      1000 / FRAME_MS, 1, NULL);
  BenchNoise *self = g_new0 (BenchNoise, 1);

  self->noise = 1;
  self->size = (gsize) width * height * 3 / 2;
  self->track = genos_local_track_new (GENOS_MEDIA_VIDEO);
  g_object_set (self->track, "bitrate", bitrate, NULL);
  genos_local_track_set_caps (self->track, caps, NULL);
  return self;
}

GenosLocalTrack *
bench_noise_get_track (BenchNoise *self)
{
  return self->track;
}

void
bench_noise_start (BenchNoise *self)
{
  g_timeout_add (FRAME_MS, on_frame, self);
}
