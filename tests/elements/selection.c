/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosselection.h"

static const GstGenosTrackName door = {
  .peer_id = "cam-1",
  .stream_id = "s",
  .track_id = "t",
  .metadata = "{\"name\":\"door\",\"floor\":2,\"live\":true}",
  .kind = GENOS_MEDIA_VIDEO,
};
static const GstGenosTrackName voice = {
  .peer_id = "ann",
  .stream_id = "s",
  .track_id = "u",
  .kind = GENOS_MEDIA_AUDIO,
};

static gboolean
matches (const char *text, const GstGenosTrackName *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstGenosSelection) selection = gst_genos_selection_parse (text, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (gst_genos_selection_get_text (selection), ==, text);
  return gst_genos_selection_matches (selection, name);
}

static void
test_everything (void)
{
  g_assert_true (matches (NULL, &door));
  g_assert_true (matches ("", &door));
  g_assert_true (matches (" ; ,", &voice));
  g_assert_false (matches ("none", &voice));
  g_assert_false (matches (" none ", &door));
}

static void
test_rules (void)
{
  g_assert_true (matches ("kind=video", &door));
  g_assert_false (matches ("kind=video", &voice));
  g_assert_true (matches ("peer=cam-*", &door));
  g_assert_false (matches ("peer=cam-*, kind=audio", &door));
  g_assert_true (matches ("peer=cam-*,kind=audio ; track = u", &voice));
  g_assert_true (matches ("peer=x;stream=s", &voice));
}

static void
test_metadata (void)
{
  g_assert_true (matches ("meta.name=do?r", &door));
  g_assert_false (matches ("meta.name=window", &door));
  g_assert_true (matches ("meta.floor=2,meta.live=true", &door));
  g_assert_false (matches ("meta.name=*", &voice));
  g_assert_false (matches ("meta.nothing=*", &door));
}

static void
assert_refused (const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (gst_genos_selection_parse (text, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
}

static void
test_nonsense (void)
{
  assert_refused ("door");
  assert_refused ("colour=red");
  assert_refused ("meta.=x");
  assert_refused ("kind=video;none");
}

static void
test_id (void)
{
  g_autofree char *id = gst_genos_track_name_dup_id (&door);

  g_assert_cmpstr (id, ==, "cam-1/s/t");
}

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/elements/selection/everything", test_everything);
  g_test_add_func ("/elements/selection/rules", test_rules);
  g_test_add_func ("/elements/selection/metadata", test_metadata);
  g_test_add_func ("/elements/selection/nonsense", test_nonsense);
  g_test_add_func ("/elements/selection/id", test_id);
  return g_test_run ();
}
