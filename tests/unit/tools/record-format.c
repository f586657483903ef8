/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "record-format.h"

static const GenosRecordFormat *
find (const char *text)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);

  return genos_record_format_find (caps);
}

static gboolean
can_become (GenosContainer container, const char *old_text, const char *new_text)
{
  g_autoptr (GstCaps) old = gst_caps_from_string (old_text);
  g_autoptr (GstCaps) new = gst_caps_from_string (new_text);

  return genos_record_format_can_become (genos_record_format_find (old), container, old, new);
}

static void
test_containers (void)
{
  g_assert_true (find ("video/x-h264")->in_mp4);
  g_assert_true (find ("audio/x-opus")->in_mp4);
  g_assert_false (find ("video/x-vp8")->in_mp4);
  /* mp4mux of 1.22 dereferences a chroma site that need not be there. */
  g_assert_false (find ("video/x-vp9")->in_mp4);
  g_assert_null (find ("video/x-unheard-of"));
  g_assert_cmpstr (genos_container_get_extension (GENOS_CONTAINER_MP4), ==, "mp4");
}

static void
test_complete (void)
{
  g_autoptr (GstCaps) none = gst_caps_from_string ("video/x-vp8");
  g_autoptr (GstCaps) sized = gst_caps_from_string ("video/x-vp8, width=16, height=16");
  g_autoptr (GstCaps) sound = gst_caps_from_string ("audio/x-opus");

  g_assert_false (genos_record_format_is_complete (find ("video/x-vp8"), none));
  g_assert_true (genos_record_format_is_complete (find ("video/x-vp8"), sized));
  g_assert_true (genos_record_format_is_complete (find ("audio/x-opus"), sound));
}

static void
test_changes (void)
{
  const char *small = "video/x-vp8, width=160, height=120";
  const char *large = "video/x-vp8, width=320, height=240";

  g_assert_true (can_become (GENOS_CONTAINER_MATROSKA, small, large));
  g_assert_true (can_become (GENOS_CONTAINER_MP4, small, small));
  g_assert_false (can_become (GENOS_CONTAINER_MP4, small, large));
  g_assert_false (
      can_become (GENOS_CONTAINER_MATROSKA, small, "video/x-h264, width=160, height=120"));
  g_assert_false (can_become (GENOS_CONTAINER_MATROSKA, "video/x-av1, width=160, height=120",
      "video/x-av1, width=320, height=240"));
  g_assert_false (can_become (
      GENOS_CONTAINER_MATROSKA, "audio/x-opus, channels=1", "audio/x-opus, channels=2"));
}

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tools/record-format/containers", test_containers);
  g_test_add_func ("/tools/record-format/complete", test_complete);
  g_test_add_func ("/tools/record-format/changes", test_changes);
  return g_test_run ();
}
