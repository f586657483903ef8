/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/raw-check.h>

static void
test_without_meta (void)
{
  GstVideoInfo info;
  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_I420, 160, 90);
  gsize whole = GST_VIDEO_INFO_SIZE (&info);
  for (gsize size = 0; size < whole; size += 97) {
    g_autoptr (GstBuffer) buffer = gst_buffer_new_allocate (NULL, size, NULL);
    g_assert_false (genos_raw_check_picture (&info, buffer));
  }
  g_autoptr (GstBuffer) buffer = gst_buffer_new_allocate (NULL, whole, NULL);
  g_assert_true (genos_raw_check_picture (&info, buffer));
}

static gboolean
check_nv12 (gsize size, guint width, guint height, gsize second_plane, int stride)
{
  GstVideoInfo info;
  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_NV12, 64, 64);
  g_autoptr (GstBuffer) buffer = gst_buffer_new_allocate (NULL, size, NULL);
  gsize offset[GST_VIDEO_MAX_PLANES] = { 0, second_plane };
  int strides[GST_VIDEO_MAX_PLANES] = { stride, stride };
  gst_buffer_add_video_meta_full (
      buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_NV12, width, height, 2, offset, strides);
  return genos_raw_check_picture (&info, buffer);
}

static void
test_with_meta (void)
{
  g_assert_true (check_nv12 (128 * 96, 64, 64, 128 * 64, 128));
  g_assert_false (check_nv12 (128 * 94, 64, 64, 128 * 64, 128));
  g_assert_false (check_nv12 (128 * 96, 64, 64, 128 * 96 + 1, 128));
  g_assert_false (check_nv12 (128 * 96, 64, 64, G_MAXSIZE, 128));
  g_assert_false (check_nv12 (128 * 96, 32, 64, 128 * 64, 128));
  g_assert_false (check_nv12 (128 * 96, 64, 64, 128 * 64, 0));
  g_assert_false (check_nv12 (128 * 96, 64, 64, 128 * 64, G_MAXINT));
}

static void
test_sound (void)
{
  GstAudioInfo info;
  gst_audio_info_set_format (&info, GST_AUDIO_FORMAT_S16LE, 48000, 2, NULL);
  for (gsize size = 0; size < 17; size++) {
    g_autoptr (GstBuffer) buffer = gst_buffer_new_allocate (NULL, size, NULL);
    g_assert_cmpint (genos_raw_check_sound (&info, buffer), ==, size % 4 == 0);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/media/raw-check/without-meta", test_without_meta);
  g_test_add_func ("/media/raw-check/with-meta", test_with_meta);
  g_test_add_func ("/media/raw-check/sound", test_sound);
  return g_test_run ();
}
