/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/raw-check.h>

static guint64
plane_height (const GstVideoInfo *info, guint plane)
{
  int components[GST_VIDEO_MAX_COMPONENTS];
  gst_video_format_info_component (info->finfo, plane, components);
  if (components[0] < 0)
    return 1; /* a palette */
  return GST_VIDEO_FORMAT_INFO_SCALE_HEIGHT (
      info->finfo, components[0], GST_VIDEO_INFO_HEIGHT (info));
}

static gboolean
check_meta (const GstVideoInfo *info, GstVideoMeta *meta, gsize size)
{
  if (meta->format != GST_VIDEO_INFO_FORMAT (info)
      || meta->width < (guint) GST_VIDEO_INFO_WIDTH (info)
      || meta->height < (guint) GST_VIDEO_INFO_HEIGHT (info)
      || meta->n_planes != GST_VIDEO_INFO_N_PLANES (info))
    return FALSE;
  for (guint i = 0; i < meta->n_planes; i++) {
    /* Tiled formats put two numbers into the stride. */
    if (GST_VIDEO_FORMAT_INFO_IS_TILED (info->finfo))
      return size >= GST_VIDEO_INFO_SIZE (info);
    gint64 stride = meta->stride[i];
    if (stride <= 0 || meta->offset[i] > size
        || (guint64) stride * (plane_height (info, i) - 1) >= size - meta->offset[i])
      return FALSE;
  }
  return TRUE;
}

gboolean
genos_raw_check_picture (const GstVideoInfo *info, GstBuffer *buffer)
{
  GstVideoMeta *meta = gst_buffer_get_video_meta (buffer);
  gsize size = gst_buffer_get_size (buffer);
  return meta != NULL ? check_meta (info, meta, size) : size >= GST_VIDEO_INFO_SIZE (info);
}

gboolean
genos_raw_check_sound (const GstAudioInfo *info, GstBuffer *buffer)
{
  return gst_buffer_get_size (buffer) % GST_AUDIO_INFO_BPF (info) == 0;
}
