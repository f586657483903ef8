/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/media-codec.h>

#include <genos/base/error.h>

static void
check (GenosMediaKind kind, const char *text, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = NULL;
  g_autofree char *joined = NULL;

  g_assert_true (genos_media_codec_parse_list (kind, text, &names, &error));
  g_assert_no_error (error);
  joined = names != NULL ? g_strjoinv (" ", names) : NULL;
  g_assert_cmpstr (joined, ==, expected);
}

static void
check_refused (GenosMediaKind kind, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (genos_media_codec_parse_list (kind, text, NULL, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
}

static void
test_list (void)
{
  check (GENOS_MEDIA_VIDEO, NULL, NULL);
  check (GENOS_MEDIA_VIDEO, "", NULL);
  check (GENOS_MEDIA_VIDEO, " , ", NULL);
  check (GENOS_MEDIA_VIDEO, "h264, vp8", "H264 VP8");
  check (GENOS_MEDIA_VIDEO, "*,vp9", "* VP9");
  check (GENOS_MEDIA_VIDEO, "*,vp9,vp8,*,h265", "* VP9 VP8 * H265");
  check (GENOS_MEDIA_VIDEO, "*", NULL);
  check (GENOS_MEDIA_AUDIO, "pcma,opus,", "PCMA OPUS");
}

static void
test_bad_list (void)
{
  check_refused (GENOS_MEDIA_VIDEO, "opus");
  check_refused (GENOS_MEDIA_AUDIO, "vp8");
  check_refused (GENOS_MEDIA_VIDEO, "VP8");
  check_refused (GENOS_MEDIA_VIDEO, "vp8 h264");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/media-codec/list", test_list);
  g_test_add_func ("/media/media-codec/bad-list", test_bad_list);
  return g_test_run ();
}
