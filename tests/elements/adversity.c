/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the elements do when this machine lacks something: a plugin, a codec, room on the disk. */

#include "element-fixture.h"

/* What GStreamer does not know for a while. */
static GstPluginFeature *
hide (const char *name)
{
  GstRegistry *registry = gst_registry_get ();
  GstPluginFeature *feature = gst_registry_lookup_feature (registry, name);

  g_assert_nonnull (feature);
  gst_registry_remove_feature (registry, feature);
  return feature;
}

static void
unhide (GstPluginFeature *feature)
{
  gst_registry_add_feature (gst_registry_get (), feature);
  gst_object_unref (feature);
}

/* (transfer full): the error that playing ends in */
static GError *
get_error (GstElement *pipeline)
{
  g_autoptr (GstMessage) message = NULL;
  GError *error = NULL;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = test_wait (pipeline, GST_MESSAGE_ERROR, 60000);
  gst_message_parse_error (message, &error, NULL);
  return error;
}

static void
check_missing (const char *factory, const char *feature, const char *package)
{
  g_autoptr (GstElement) pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  GstElement *element = test_make (factory, "x", "ws://127.0.0.1:9");
  GstPluginFeature *hidden = hide (feature);
  g_autoptr (GError) error = NULL;

  gst_bin_add (GST_BIN (pipeline), element);
  gst_object_unref (element);
  error = get_error (pipeline);
  g_assert_error (error, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN);
  g_assert_nonnull (strstr (error->message, feature));
  g_assert_nonnull (strstr (error->message, package));
  test_stop (pipeline);

  /* Installed in between: the same element works. */
  unhide (hidden);
  test_reach (pipeline, GST_STATE_PAUSED);
  test_stop (pipeline);
}

static void
test_missing_plugins (void)
{
  static const struct {
    const char *feature, *package;
  } cases[] = {
    { "webrtcbin", "gstreamer1.0-plugins-bad" },
    { "nicesink", "gstreamer1.0-nice" },
    { "nicesrc", "gstreamer1.0-nice" },
    { "dtlsenc", "gstreamer1.0-plugins-bad" },
    { "srtpenc", "gstreamer1.0-plugins-bad" },
    { "sctpenc", "gstreamer1.0-plugins-bad" },
    { "rtpbin", "gstreamer1.0-plugins-good" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    check_missing ("genosroomsrc", cases[i].feature, cases[i].package);
    check_missing ("genosroomsink", cases[i].feature, cases[i].package);
  }
}

static void
test_missing_encoder (void)
{
  g_autoptr (GstElement) pipeline =
      test_launch ("genosroomsink name=s room=x stun-server=\"\" "
                   "relays=ws://127.0.0.1:9 videotestsrc is-live=1 ! s.video_0");
  GstPluginFeature *hidden = hide ("vp8enc");
  g_autoptr (GError) error = get_error (pipeline);

  g_assert_error (error, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN);
  g_assert_nonnull (strstr (error->message, "vp8enc"));
  g_assert_nonnull (strstr (error->message, "gstreamer1.0-plugins-good"));
  test_stop (pipeline);
  unhide (hidden);
}

/* The rank it had. */
static guint
set_rank (const char *name, guint rank)
{
  g_autoptr (GstPluginFeature) feature = gst_registry_lookup_feature (gst_registry_get (), name);
  guint before;

  if (feature == NULL)
    return GST_RANK_NONE;
  before = gst_plugin_feature_get_rank (feature);
  gst_plugin_feature_set_rank (feature, rank);
  return before;
}

#define SENDER                                                                                     \
  "genosroomsink name=s room=%s stun-server=\"\" relays=\"%s\" "                                   \
  "videotestsrc is-live=1 ! video/x-raw,width=320,height=240,framerate=30/1 ! s.video_0 "

/* A picture that cannot be decoded is a warning; the sound of the same peer comes through. */
static void
test_missing_decoder (void)
{
  static const char *const decoders[] = { "vp8dec", "avdec_vp8", "vavp8dec", "v4l2slvp8dec" };
  g_autoptr (TestRelay) relay = test_relay_new ();
  g_autoptr (GstElement) sender = test_launch (
      SENDER "audiotestsrc is-live=1 ! s.audio_0", "decoder", test_relay_get_url (relay));
  g_autoptr (GstElement) receiver = test_launch (
      "genosroomsrc name=r room=decoder output=raw "
      "stun-server=\"\" relays=\"%s?second\" r. ! audio/x-raw ! fakesink name=a sync=0 async=0",
      test_relay_get_url (relay));
  g_autoptr (GstElement) audio = gst_bin_get_by_name (GST_BIN (receiver), "a");
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) warning = NULL;
  guint ranks[G_N_ELEMENTS (decoders)];
  gint64 deadline = g_get_monotonic_time () + 60 * G_TIME_SPAN_SECOND;
  g_autoptr (GstSample) sample = NULL;

  /* The registry's lists of decoders are made once: they are hidden by their rank. */
  for (guint i = 0; i < G_N_ELEMENTS (decoders); i++)
    ranks[i] = set_rank (decoders[i], GST_RANK_NONE);
  g_object_set (audio, "enable-last-sample", TRUE, NULL);
  test_reach (sender, GST_STATE_PLAYING);
  test_reach (receiver, GST_STATE_PLAYING);
  message = test_wait (receiver, GST_MESSAGE_WARNING, 60000);
  gst_message_parse_warning (message, &warning, NULL);
  g_assert_error (warning, GST_STREAM_ERROR, GST_STREAM_ERROR_CODEC_NOT_FOUND);
  g_assert_nonnull (strstr (warning->message, "decoder"));
  while (sample == NULL) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (10000);
    g_object_get (audio, "last-sample", &sample, NULL);
  }
  test_stop (sender);
  test_stop (receiver);
  for (guint i = 0; i < G_N_ELEMENTS (decoders); i++)
    set_rank (decoders[i], ranks[i]);
}

/* The disk under a recorder is full: that pipeline ends with a reason, and those who send and watch
 * notice nothing. Unbuffered, because filesink 1.22 fails to stop when bytes are left to be written. */
static void
test_full_disk (void)
{
  g_autoptr (TestRelay) relay = test_relay_new ();
  const char *url = test_relay_get_url (relay);
  g_autoptr (GstElement) sender = test_launch (SENDER, "disk", url);
  g_autoptr (GstElement) recorder =
      test_launch ("genosroomsrc name=r room=disk output=encoded "
                   "stun-server=\"\" relays=\"%s?recorder\" matroskamux name=m "
                   "! filesink location=/dev/full buffer-mode=unbuffered r.video_0 ! queue ! m.",
          url);
  g_autoptr (GstElement) viewer =
      test_launch ("genosroomsrc name=r room=disk stun-server=\"\" "
                   "relays=\"%s?viewer\" r. ! video/x-raw ! fakesink name=v sync=0 async=0",
          url);
  g_autoptr (GstElement) video = gst_bin_get_by_name (GST_BIN (viewer), "v");
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GstMessage) joined = NULL;
  g_autoptr (GError) error = NULL;
  gint64 deadline;

  test_reach (sender, GST_STATE_PLAYING);
  gst_element_set_state (recorder, GST_STATE_PLAYING);
  message = test_wait (recorder, GST_MESSAGE_ERROR, 60000);
  gst_message_parse_error (message, &error, NULL);
  g_assert_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NO_SPACE_LEFT);
  test_stop (recorder);

  test_reach (viewer, GST_STATE_PLAYING);
  deadline = g_get_monotonic_time () + 60 * G_TIME_SPAN_SECOND;
  while (TRUE) {
    g_autoptr (GstSample) sample = NULL;

    g_object_get (video, "last-sample", &sample, NULL);
    if (sample != NULL)
      break;
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (10000);
  }
  test_stop (viewer);
  test_stop (sender);
}

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/elements/adversity/missing-plugins", test_missing_plugins);
  g_test_add_func ("/elements/adversity/missing-encoder", test_missing_encoder);
  g_test_add_func ("/elements/adversity/missing-decoder", test_missing_decoder);
  g_test_add_func ("/elements/adversity/full-disk", test_full_disk);
  return g_test_run ();
}
