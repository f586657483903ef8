/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/encoder-choice.h>

#include <genos/media/input-format.h>

#include "media-fixture.h"

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

typedef struct {
  GenosMediaKind kind;
  const char *codec;
  const char *caps;
  const char *encoder; /* in the chain */
  const char *payloader;
} CodecRow;

#define PCM "audio/x-raw,format=S16LE,rate=44100,channels=2,layout=interleaved"

static const CodecRow codec_rows[] = {
  { GENOS_MEDIA_VIDEO, "vp8", SIZED (640, 360), "vp8enc name=enc target-bitrate=800000 ",
      "rtpvp8pay name=pay mtu=1168 pt=96 " },
  { GENOS_MEDIA_VIDEO, "vp9", SIZED (641, 361), "vp9enc name=enc target-bitrate=1100000 ",
      "rtpvp9pay name=pay mtu=1168 pt=98 " },
  { GENOS_MEDIA_VIDEO, "h264", SIZED (640, 360), "x264enc name=enc bitrate=800 ",
      "rtph264pay name=pay mtu=1168 pt=102 " },
  { GENOS_MEDIA_VIDEO, "h265", SIZED (640, 360), "x265enc name=enc bitrate=800 ",
      "rtph265pay name=pay mtu=1168 pt=121 " },
  { GENOS_MEDIA_AUDIO, "pcmu", PCM, "rate=8000,channels=1 ! mulawenc name=enc",
      "rtppcmupay name=pay mtu=1168 pt=0 " },
  { GENOS_MEDIA_AUDIO, "pcma", PCM, "rate=8000,channels=1 ! alawenc name=enc",
      "rtppcmapay name=pay mtu=1168 pt=8 " },
  { GENOS_MEDIA_VIDEO, NULL, "video/x-vp9", "", "rtpvp9pay" },
  { GENOS_MEDIA_VIDEO, NULL, "video/x-h265,stream-format=hev1", "h265parse config-interval=-1",
      "rtph265pay" },
  { GENOS_MEDIA_AUDIO, NULL, "audio/x-mulaw,rate=8000,channels=1", "", "rtppcmupay" },
};

/* The chain can also be built. */
static void
test_codec (gconstpointer data)
{
  const CodecRow *row = data;
  GenosEncoderWish wish = { .codec = row->codec, .n_threads = 2 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GenosEncoderChoice) choice = choose (row->kind, &wish, row->caps, &error);
  g_assert_no_error (error);
  assert_chain_has (choice, row->encoder);
  assert_chain_has (choice, row->payloader);
  g_autoptr (GstElement) chain = gst_parse_launch (choice->chain, &error);
  g_assert_no_error (error);
  gst_object_ref_sink (chain);
}

typedef struct {
  const char *codec;
  int channels;
  guint64 mask;
} ChannelRow;

static const ChannelRow channel_rows[] = {
  { "opus", 1, 0 },
  { "opus", 2, 0 },
  { "opus", 2, 0x30 },
  { "opus", 4, 0 },
  { "opus", 6, 0x3f },
  { "opus", 12, 0 },
  { "pcmu", 2, 0 },
  { "pcmu", 3, 0 },
  { "pcma", 2, 3 },
};

/* Sound of any channels goes through, wherever they are or are not. */
static void
test_channels (gconstpointer data)
{
  const ChannelRow *row = data;
  GenosEncoderWish wish = { .codec = row->codec, .n_threads = 2 };
  g_autoptr (GError) error = NULL;
  g_autofree char *caps =
      g_strdup_printf ("audio/x-raw,format=S16LE,rate=48000,channels=%d,"
                       "channel-mask=(bitmask)0x%" G_GINT64_MODIFIER "x,layout=interleaved",
          row->channels, row->mask);
  g_autoptr (GenosEncoderChoice) choice = choose (GENOS_MEDIA_AUDIO, &wish, caps, &error);
  g_assert_no_error (error);
  g_autofree char *launch =
      g_strdup_printf ("audiotestsrc num-buffers=5 ! %s ! %s ! fakesink", caps, choice->chain);
  g_autoptr (GstElement) pipeline = gst_parse_launch (launch, &error);
  g_assert_no_error (error);
  gst_object_ref_sink (pipeline);
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_autoptr (GstMessage) message =
      gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_EOS);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

/* No payloader for AV1 is in Debian: the message says where there is one. */
static void
test_av1 (void)
{
  GenosEncoderWish wish = { .codec = "av1", .n_threads = 2 };
  g_autoptr (GstElementFactory) payloader = gst_element_factory_find ("rtpav1pay");
  g_autoptr (GError) error = NULL;
  g_autoptr (GenosEncoderChoice) choice = choose (GENOS_MEDIA_VIDEO, &wish, SIZED (64, 64), &error);
  if (payloader != NULL) {
    g_assert_no_error (error);
    return;
  }
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_MISSING_PLUGIN);
  g_assert_nonnull (strstr (error->message, "rtpav1pay"));
  g_assert_nonnull (strstr (error->message, "gst-plugins-rs"));
}

/* The user's own order of encoders. */
static void
test_rank (void)
{
  GstPluginFeature *feature = gst_registry_lookup_feature (gst_registry_get (), "openh264enc");
  g_assert_nonnull (feature);
  guint rank = gst_plugin_feature_get_rank (feature);
  GenosEncoderWish wish = { .codec = "h264", .n_threads = 2 };
  gst_plugin_feature_set_rank (feature, GST_RANK_PRIMARY + 1);
  g_autoptr (GenosEncoderChoice) first = choose (GENOS_MEDIA_VIDEO, &wish, SIZED (64, 64), NULL);
  gst_plugin_feature_set_rank (feature, GST_RANK_NONE);
  g_autoptr (GenosEncoderChoice) second = choose (GENOS_MEDIA_VIDEO, &wish, SIZED (64, 64), NULL);
  gst_plugin_feature_set_rank (feature, rank);
  assert_chain_has (first, "openh264enc ");
  assert_chain_has (second, "x264enc ");
  gst_object_unref (feature);
}

/* An encoder of hardware that is there, by the name of one that is known: no machine of
 * the tests has one. */
typedef GstBin FakeEncoder;
typedef GstBinClass FakeEncoderClass;
static GType fake_encoder_get_type (void);
G_DEFINE_TYPE (FakeEncoder, fake_encoder, GST_TYPE_BIN)

static gboolean fake_opens = TRUE;

static GstStateChangeReturn
fake_encoder_change_state (GstElement *element, GstStateChange transition)
{
  if (transition == GST_STATE_CHANGE_NULL_TO_READY && !fake_opens)
    return GST_STATE_CHANGE_FAILURE;
  return GST_ELEMENT_CLASS (fake_encoder_parent_class)->change_state (element, transition);
}

static void
fake_encoder_class_init (FakeEncoderClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  g_autoptr (GstCaps) in =
      gst_caps_from_string ("video/x-raw(memory:VAMemory), format=NV12; video/x-raw, format=NV12");
  g_autoptr (GstCaps) out = gst_caps_from_string ("video/x-h264");
  element_class->change_state = fake_encoder_change_state;
  gst_element_class_add_pad_template (
      element_class, gst_pad_template_new ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, in));
  gst_element_class_add_pad_template (
      element_class, gst_pad_template_new ("src", GST_PAD_SRC, GST_PAD_ALWAYS, out));
  gst_element_class_set_static_metadata (
      element_class, "Fake", "Codec/Encoder/Video/Hardware", "Fake", "Nobody");
}

static void
fake_encoder_init (FakeEncoder *self)
{
}

static void
test_hardware (void)
{
  GenosEncoderWish wish = { .codec = "h264", .n_threads = 2 };
  g_autoptr (GError) error = NULL;
  g_assert_true (
      gst_element_register (NULL, "vah264enc", GST_RANK_PRIMARY, fake_encoder_get_type ()));
  g_autoptr (GenosEncoderChoice) system = choose (GENOS_MEDIA_VIDEO, &wish, SIZED (64, 64), &error);
  g_assert_no_error (error);
  assert_chain_has (system, "format=NV12 ! vah264enc name=enc ");

  g_autoptr (GenosEncoderChoice) own = choose (GENOS_MEDIA_VIDEO, &wish,
      "video/x-raw(memory:VAMemory),format=NV12,width=64,height=64,framerate=30/1", &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (own->chain, "vah264enc "));
  g_autoptr (GstCaps) listed = genos_input_format_list_caps (GENOS_MEDIA_VIDEO);
  g_assert_true (gst_caps_is_subset (own->caps, listed));

  GstPluginFeature *feature = hide ("vah264enc");
  gst_object_unref (feature);
  fake_opens = FALSE;
  g_assert_true (
      gst_element_register (NULL, "vah264lpenc", GST_RANK_PRIMARY, fake_encoder_get_type ()));
  g_autoptr (GenosEncoderChoice) other = choose (GENOS_MEDIA_VIDEO, &wish, SIZED (64, 64), &error);
  g_assert_no_error (error);
  assert_chain_has (other, "x264enc ");
  gst_object_unref (hide ("vah264lpenc"));
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
  { GENOS_MEDIA_AUDIO, NULL, "audio/x-mulaw,rate=16000,channels=1", "8000 Hz and one" },
  { GENOS_MEDIA_AUDIO, NULL, "audio/x-alaw,rate=8000,channels=2", "8000 Hz and one" },
  { GENOS_MEDIA_VIDEO, "h265", SIZED (640, 361), "must be even" },
  { GENOS_MEDIA_VIDEO, "h265", SIZED (8, 8), "does not take them" },
  { GENOS_MEDIA_VIDEO, NULL, "video/x-h265", "h265parse" },
  { GENOS_MEDIA_VIDEO, NULL, "video/x-h265,stream-format=hvc1", "codec_data" },
  { GENOS_MEDIA_AUDIO, "vp9", "audio/x-raw,format=S16LE,rate=8000,channels=1,layout=interleaved",
      "there is opus, pcmu, pcma" },
  { GENOS_MEDIA_VIDEO, NULL, "video/x-theora", "it takes video/x-raw, video/x-vp8" },
  { GENOS_MEDIA_VIDEO, NULL, "audio/x-raw,format=S16LE,rate=8000,channels=1,layout=interleaved",
      "it takes video/x-raw" },
  { GENOS_MEDIA_VIDEO, NULL, "audio/x-opus", "it takes video/x-raw" },
  { GENOS_MEDIA_VIDEO, "h264", "video/x-vp8", "passed through" },
  { GENOS_MEDIA_VIDEO, "theora", SIZED (64, 64), "there is vp8, vp9, h264, h265, av1" },
  { GENOS_MEDIA_VIDEO, "opus", SIZED (64, 64), "there is vp8, vp9" },
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

/* Fewer pictures, also of a camera that has been running since the machine was started. */
static void
test_fewer_pictures (void)
{
  GenosEncoderWish wish = { .n_threads = 1, .divide_size = 4, .divide_rate = 6 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GenosEncoderChoice) choice =
      choose (GENOS_MEDIA_VIDEO, &wish, SIZED (640, 360), &error);
  g_assert_no_error (error);
  g_autofree char *launch = g_strconcat (
      "videotestsrc num-buffers=60 timestamp-offset=36000000000000 ! " SIZED (640, 360), " ! ",
      choice->chain, NULL);
  g_autoptr (GstCaps) caps = NULL;
  g_autoptr (GPtrArray) packets = media_test_encode (launch, &caps);
  GstClockTime last = GST_CLOCK_TIME_NONE;
  guint n = 0;

  for (guint i = 0; i < packets->len; i++) {
    GstClockTime pts = GST_BUFFER_PTS (g_ptr_array_index (packets, i));

    n += pts != last ? 1 : 0;
    last = pts;
  }
  g_assert_cmpuint (n, ==, 10);
}

/* Cameras of which nobody knows how many come: time stamps tell. */
static void
test_fewer_pictures_of_any_rate (void)
{
  const char *rates[] = { "framerate=0/1", "framerate=0/1,max-framerate=60/1" };
  const guint expected[] = { 30, 60 };

  for (guint i = 0; i < G_N_ELEMENTS (rates); i++) {
    GenosEncoderWish wish = { .n_threads = 1, .divide_rate = 6 };
    g_autofree char *text =
        g_strconcat ("video/x-raw,format=I420,width=160,height=90,", rates[i], NULL);
    g_autoptr (GenosEncoderChoice) choice = choose (GENOS_MEDIA_VIDEO, &wish, text, NULL);
    int n = 0, d = 0;

    g_assert_nonnull (choice);
    g_assert_true (
        gst_structure_get_fraction (gst_caps_get_structure (choice->caps, 0), "framerate", &n, &d));
    g_assert_cmpint (n, ==, expected[i]);
    g_autofree char *piece = g_strdup_printf ("max-rate=%u", expected[i] / 6);
    assert_chain_has (choice, piece);
  }
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
  g_test_add_func ("/media/encoder-choice/av1", test_av1);
  g_test_add_func ("/media/encoder-choice/rank", test_rank);
  g_test_add_func ("/media/encoder-choice/hardware", test_hardware);
  g_test_add_func (
      "/media/encoder-choice/fewer-pictures-of-any-rate", test_fewer_pictures_of_any_rate);
  for (guint i = 0; i < G_N_ELEMENTS (codec_rows); i++) {
    g_autofree char *path = g_strdup_printf ("/media/encoder-choice/codec/%u", i);
    g_test_add_data_func (path, &codec_rows[i], test_codec);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad_rows); i++) {
    g_autofree char *path = g_strdup_printf ("/media/encoder-choice/unsupported/%u", i);
    g_test_add_data_func (path, &bad_rows[i], test_unsupported);
  }
  for (guint i = 0; i < G_N_ELEMENTS (channel_rows); i++) {
    g_autofree char *path = g_strdup_printf ("/media/encoder-choice/channels/%s-%d-%x",
        channel_rows[i].codec, channel_rows[i].channels, (guint) channel_rows[i].mask);
    g_test_add_data_func (path, &channel_rows[i], test_channels);
  }
  g_test_add_func ("/media/encoder-choice/fewer-pictures", test_fewer_pictures);
  return g_test_run ();
}
