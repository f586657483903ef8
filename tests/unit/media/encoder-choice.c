/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/encoder-choice.h>

#include <string.h>

static const GenosEncoderWish no_wish = { .n_threads = 2 };

static GenosEncoderChoice *
choose (GenosMediaKind kind, const GenosEncoderWish *wish, const char *text, GError **error)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);
  g_assert_nonnull (caps);
  return genos_encoder_choice_new (kind, wish, caps, error);
}

static void
assert_chain_has (GenosEncoderChoice *choice, const char *piece)
{
  if (strstr (choice->chain, piece) == NULL)
    g_error ("“%s” is not in: %s", piece, choice->chain);
}

#define SIZED(w, h) "video/x-raw,format=I420,width=" #w ",height=" #h ",framerate=30/1"

static void
test_defaults (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GenosEncoderChoice) small =
      choose (GENOS_MEDIA_VIDEO, &no_wish, SIZED (160, 90), &error);
  g_assert_no_error (error);
  g_autoptr (GenosEncoderChoice) large =
      choose (GENOS_MEDIA_VIDEO, &no_wish, SIZED (1280, 720), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (small->codec->name, ==, "vp8");
  g_assert_false (small->encoded);
  assert_chain_has (small, "target-bitrate=350000 ");
  assert_chain_has (small, "threads=1 ");
  assert_chain_has (large, "target-bitrate=2500000 ");
  assert_chain_has (large, "threads=2 ");
}

static void
test_wishes (void)
{
  GenosEncoderWish wish = { .codec = "h264", .bitrate = 1234000, .n_threads = 2 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GenosEncoderChoice) video =
      choose (GENOS_MEDIA_VIDEO, &wish, SIZED (640, 360), &error);
  g_assert_no_error (error);
  assert_chain_has (video, "bitrate=1234 ");
  assert_chain_has (video, "profile=constrained-baseline");

  wish = (GenosEncoderWish){ .bitrate = 1, .inband_fec = TRUE, .packet_loss = 20, .dtx = TRUE };
  g_autoptr (GenosEncoderChoice) audio = choose (GENOS_MEDIA_AUDIO, &wish,
      "audio/x-raw,format=S16LE,rate=8000,channels=1,layout=interleaved", &error);
  g_assert_no_error (error);
  assert_chain_has (audio, "bitrate=6000 ");
  assert_chain_has (audio, "inband-fec=true packet-loss-percentage=20 dtx=true");
}

static void
test_odd_pictures (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GenosEncoderChoice) interlaced = choose (GENOS_MEDIA_VIDEO, &no_wish,
      SIZED (720, 576) ",interlace-mode=interleaved,pixel-aspect-ratio=16/15", &error);
  g_assert_no_error (error);
  assert_chain_has (interlaced, "deinterlace ");
  assert_chain_has (interlaced, "pixel-aspect-ratio=1/1");
}

typedef struct {
  GenosMediaKind kind;
  const char *codec;
  const char *caps;
  const char *message; /* a piece of it */
} BadRow;

static const BadRow bad_rows[] = {
  { GENOS_MEDIA_VIDEO, NULL, "video/x-raw", "format, width and height" },
  { GENOS_MEDIA_VIDEO, NULL, "video/x-raw,format=NOPE,width=64,height=64,framerate=30/1",
      "format, width and height" },
  { GENOS_MEDIA_VIDEO, NULL, SIZED (20000, 64), "1 to 16383" },
  { GENOS_MEDIA_VIDEO, "h264", SIZED (641, 361), "must be even" },
  { GENOS_MEDIA_VIDEO, NULL, "video/x-raw,format=I420,width=[1,9],height=64,framerate=30/1",
      "must be fixed" },
  { GENOS_MEDIA_VIDEO, NULL,
      "video/x-raw(memory:GLMemory),format=RGBA,width=64,height=64,"
      "framerate=30/1",
      "system memory" },
  { GENOS_MEDIA_VIDEO, NULL, "video/x-vp9", "it takes video/x-raw" },
  { GENOS_MEDIA_VIDEO, NULL, "audio/x-raw,format=S16LE,rate=8000,channels=1,layout=interleaved",
      "it takes video/x-raw" },
  { GENOS_MEDIA_VIDEO, NULL, "audio/x-opus", "it takes video/x-raw" },
  { GENOS_MEDIA_VIDEO, "h264", "video/x-vp8", "passed through" },
  { GENOS_MEDIA_VIDEO, "av1", SIZED (64, 64), "there is vp8 and h264" },
  { GENOS_MEDIA_VIDEO, "opus", SIZED (64, 64), "there is vp8 and h264" },
  { GENOS_MEDIA_VIDEO, NULL, "video/x-h264", "h264parse" },
  { GENOS_MEDIA_VIDEO, NULL, "video/x-h264,stream-format=avc", "codec_data" },
  { GENOS_MEDIA_AUDIO, NULL, "audio/x-raw,format=S16LE", "rate, channels" },
  { GENOS_MEDIA_AUDIO, NULL, "audio/x-opus,channels=6,channel-mapping-family=1", "one or two" },
  { GENOS_MEDIA_AUDIO, NULL, "video/x-vp8", "it takes audio/x-raw" },
};

static void
test_unsupported (gconstpointer data)
{
  const BadRow *row = data;
  g_autoptr (GError) error = NULL;
  GenosEncoderWish wish = { .codec = row->codec };
  g_assert_null (choose (row->kind, &wish, row->caps, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED);
  if (strstr (error->message, row->message) == NULL)
    g_error ("“%s” is not in: %s", row->message, error->message);
}

static void
test_empty_caps (void)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (choose (GENOS_MEDIA_VIDEO, &no_wish, "EMPTY", &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_null (choose (GENOS_MEDIA_VIDEO, &no_wish, "ANY", &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED);
}

/* Takes an element away while a test runs. */
static GstPluginFeature *
hide (const char *name)
{
  GstPluginFeature *feature = gst_registry_lookup_feature (gst_registry_get (), name);
  g_assert_nonnull (feature);
  gst_registry_remove_feature (gst_registry_get (), feature);
  return feature;
}

static void
unhide (GstPluginFeature *feature)
{
  gst_registry_add_feature (gst_registry_get (), feature);
  gst_object_unref (feature);
}

static void
test_missing_plugin (void)
{
  GstPluginFeature *feature = hide ("vp8enc");
  g_autoptr (GError) error = NULL;
  g_assert_null (choose (GENOS_MEDIA_VIDEO, &no_wish, SIZED (64, 64), &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_MISSING_PLUGIN);
  g_assert_nonnull (strstr (error->message, "vp8enc"));
  g_assert_nonnull (strstr (error->message, "gstreamer1.0-plugins-good"));
  unhide (feature);
}

static void
test_second_choice (void)
{
  GstPluginFeature *feature = hide ("x264enc");
  GenosEncoderWish wish = { .codec = "h264" };
  g_autoptr (GError) error = NULL;
  g_autoptr (GenosEncoderChoice) choice = choose (GENOS_MEDIA_VIDEO, &wish, SIZED (64, 64), &error);
  g_assert_no_error (error);
  assert_chain_has (choice, "openh264enc");

  GstPluginFeature *other = hide ("openh264enc");
  g_assert_null (choose (GENOS_MEDIA_VIDEO, &wish, SIZED (64, 64), &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_MISSING_PLUGIN);
  g_assert_nonnull (strstr (error->message, "gstreamer1.0-plugins-ugly"));
  unhide (feature);
  unhide (other);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/media/encoder-choice/defaults", test_defaults);
  g_test_add_func ("/media/encoder-choice/wishes", test_wishes);
  g_test_add_func ("/media/encoder-choice/odd-pictures", test_odd_pictures);
  g_test_add_func ("/media/encoder-choice/empty-caps", test_empty_caps);
  g_test_add_func ("/media/encoder-choice/missing-plugin", test_missing_plugin);
  g_test_add_func ("/media/encoder-choice/second-choice", test_second_choice);
  for (guint i = 0; i < G_N_ELEMENTS (bad_rows); i++) {
    g_autofree char *path = g_strdup_printf ("/media/encoder-choice/unsupported/%u", i);
    g_test_add_data_func (path, &bad_rows[i], test_unsupported);
  }
  return g_test_run ();
}
