/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "element-fixture.h"

static void
check_refused (const char *factory, const char *room, const char *relays, const char *mention)
{
  g_autoptr (GstElement) pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  g_autoptr (GstElement) element = test_make (factory, room, relays);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  gst_bin_add (GST_BIN (pipeline), element);
  g_assert_cmpint (
      gst_element_set_state (pipeline, GST_STATE_PLAYING), ==, GST_STATE_CHANGE_FAILURE);
  message = test_wait (pipeline, GST_MESSAGE_ERROR, 60000);
  gst_message_parse_error (message, &error, NULL);
  g_assert_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS);
  if (strstr (error->message, mention) == NULL)
    g_error ("%s: no %s in \"%s\"", relays, mention, error->message);
  test_stop (pipeline);
}

static void
test_no_room (void)
{
  check_refused ("genosroomsrc", NULL, NO_RELAY, "\"room\"");
  check_refused ("genosroomsrc", "", NO_RELAY, "\"room\"");
  check_refused ("genosroomsink", NULL, NO_RELAY, "\"room\"");
}

static void
test_bad_relays (void)
{
  static const char *const bad[] = { "relay.example.org", "http://127.0.0.1:1", "ws://", "ws:/x",
    NO_RELAY ",wss://[", "ws://a b" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    check_refused ("genosroomsrc", "x", bad[i], "\"relays\"");
    check_refused ("genosroomsink", "x", bad[i], "\"relays\"");
  }
}

static void
test_lan (void)
{
  g_autoptr (GstElement) pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  g_autoptr (GstElement) src = test_make ("genosroomsrc", "x", "lan");
  g_autoptr (GstElement) sink = test_make ("genosroomsink", "x", NO_RELAY ", lan");
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  gst_bin_add (GST_BIN (pipeline), src);
  test_reach (pipeline, GST_STATE_PLAYING);
  /* What was wrong when the room was joined, before the element listened. */
  message = test_wait (pipeline, GST_MESSAGE_WARNING, 60000);
  gst_message_parse_warning (message, &error, NULL);
  g_assert_nonnull (strstr (error->message, "local network"));
  test_reach (sink, GST_STATE_PLAYING);
  test_stop (pipeline);
  test_stop (sink);
}

/* What is wrong in a launch line is set before anybody listens. */
static void
test_bad_subscribe (void)
{
  g_autoptr (GstElement) pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  g_autoptr (GstElement) src = test_make ("genosroomsrc", "x", NO_RELAY);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  g_object_set (src, "subscribe", "video", NULL);
  gst_bin_add (GST_BIN (pipeline), src);
  g_assert_cmpint (
      gst_element_set_state (pipeline, GST_STATE_PLAYING), ==, GST_STATE_CHANGE_FAILURE);
  message = test_wait (pipeline, GST_MESSAGE_ERROR, 60000);
  gst_message_parse_error (message, &error, NULL);
  g_assert_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS);
  g_assert_nonnull (strstr (error->message, "subscribe"));
  g_object_set (src, "subscribe", "kind=video", NULL);
  test_reach (pipeline, GST_STATE_PLAYING);
  test_stop (pipeline);
}

/* @settings: as in a launch line; the first of them is what is complained of. */
static void
check_settings_refused (const char *factory, const char *settings)
{
  g_autoptr (GstElement) pipeline = test_launch (
      "%s room=x relays=" NO_RELAY " stun-server=\"\" %s audiotestsrc num-buffers=1 ! fakesink",
      factory, settings);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = g_strsplit (settings, "=", 2);

  g_assert_cmpint (
      gst_element_set_state (pipeline, GST_STATE_PLAYING), ==, GST_STATE_CHANGE_FAILURE);
  message = test_wait (pipeline, GST_MESSAGE_ERROR, 60000);
  gst_message_parse_error (message, &error, NULL);
  g_assert_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS);
  g_assert_nonnull (strstr (error->message, words[0]));
  test_stop (pipeline);
}

static void
test_bad_settings (void)
{
  check_settings_refused ("genosroomsrc", "video-codecs=vp8,mpeg2");
  check_settings_refused ("genosroomsrc", "video-codecs=opus");
  check_settings_refused ("genosroomsrc", "audio-codecs=vp8");
  check_settings_refused ("genosroomsink", "video-codecs=vp8,mpeg2");
  check_settings_refused ("genosroomsink", "audio-codecs=opus,vp8");
  check_settings_refused ("genosroomsink", "min-bitrate=2 max-bitrate=1");
  check_settings_refused ("genosroomsink", "min-bitrate=800001 video-bitrate=800000");
}

/* A limit that is 0 is none, and the upper one counts before the usual rate. */
static void
test_sound_settings (void)
{
  g_autoptr (GstElement) sink = test_make ("genosroomsink", "x", NO_RELAY);

  g_object_set (sink, "video-codecs", "VP9, h264", "min-bitrate", 900000, NULL);
  test_reach (sink, GST_STATE_PLAYING);
  test_stop (sink);
  g_object_set (sink, "video-bitrate", 800000, "max-bitrate", 900000, NULL);
  test_reach (sink, GST_STATE_PLAYING);
  test_stop (sink);
}

/* What is not installed is left out, with a word; when that is all, with an error. */
static void
test_missing_codec (void)
{
  g_autoptr (GstElementFactory) depayloader = gst_element_factory_find ("rtpav1depay");
  g_autoptr (GstElement) pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  g_autoptr (GstElement) src = test_make ("genosroomsrc", "missing", NO_RELAY);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) warning = NULL;

  if (depayloader != NULL) {
    g_test_skip ("AV1 can be received here");
    return;
  }
  check_settings_refused ("genosroomsrc", "video-codecs=av1");
  g_object_set (src, "video-codecs", "av1,vp8", NULL);
  gst_bin_add (GST_BIN (pipeline), src);
  test_reach (pipeline, GST_STATE_PLAYING);
  message = test_wait (pipeline, GST_MESSAGE_WARNING, 60000);
  gst_message_parse_warning (message, &warning, NULL);
  g_assert_error (warning, GST_STREAM_ERROR, GST_STREAM_ERROR_CODEC_NOT_FOUND);
  g_assert_nonnull (strstr (warning->message, "av1"));
  test_stop (pipeline);
}

/* After the error is mended the same element works. */
static void
test_mended (void)
{
  g_autoptr (GstElement) src = test_make ("genosroomsrc", NULL, NO_RELAY);

  g_assert_cmpint (gst_element_set_state (src, GST_STATE_PLAYING), ==, GST_STATE_CHANGE_FAILURE);
  g_object_set (src, "room", "x", NULL);
  test_reach (src, GST_STATE_PLAYING);
  test_stop (src);
}

static void
test_live (void)
{
  g_autoptr (GstElement) src = test_make ("genosroomsrc", "x", NO_RELAY);

  g_assert_cmpint (gst_element_set_state (src, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_NO_PREROLL);
  g_assert_cmpint (gst_element_set_state (src, GST_STATE_PLAYING), ==, GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpint (gst_element_set_state (src, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_NO_PREROLL);
  test_stop (src);
}

static void
test_eos_without_tracks (void)
{
  g_autoptr (GstElement) pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  g_autoptr (GstElement) src = test_make ("genosroomsrc", "x", NO_RELAY);

  gst_bin_add (GST_BIN (pipeline), src);
  test_reach (pipeline, GST_STATE_PLAYING);
  g_assert_true (gst_element_send_event (pipeline, gst_event_new_eos ()));
  gst_message_unref (test_wait (pipeline, GST_MESSAGE_INFO, 60000));
  test_stop (pipeline);
}

static void
test_no_relay_is_a_warning (void)
{
  g_autoptr (GstElement) pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  g_autoptr (GstElement) src = test_make ("genosroomsrc", "x", NO_RELAY);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) warning = NULL;

  gst_bin_add (GST_BIN (pipeline), src);
  test_reach (pipeline, GST_STATE_PLAYING);
  message = test_wait (pipeline, GST_MESSAGE_WARNING, 60000);
  gst_message_parse_warning (message, &warning, NULL);
  g_assert_cmpint (warning->domain, ==, GST_RESOURCE_ERROR);
  g_assert_nonnull (strstr (warning->message, "relay"));
  test_stop (pipeline);
}

/* Each stay is told of from the beginning, also when it begins as the last one did. */
static void
test_collection_again (void)
{
  g_autoptr (GstElement) pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  g_autoptr (GstElement) src = test_make ("genosroomsrc", "x", NO_RELAY);

  gst_bin_add (GST_BIN (pipeline), src);
  for (guint i = 0; i < 2; i++) {
    test_reach (pipeline, GST_STATE_PLAYING);
    gst_message_unref (test_wait (pipeline, GST_MESSAGE_STREAM_COLLECTION, 60000));
    test_reach (pipeline, GST_STATE_READY);
  }
  test_stop (pipeline);
}

static void
test_shared_session (void)
{
  g_autoptr (GstElement) sink =
      test_make ("genosroomsink", "shared", NO_RELAY ", ws://127.0.0.1:7");
  g_autoptr (GstElement) src = test_make ("genosroomsrc", "shared", "ws://127.0.0.1:7," NO_RELAY);
  g_autoptr (GstElement) other = test_make ("genosroomsrc", "shared", NO_RELAY);
  g_autofree char *a = NULL, *b = NULL, *c = NULL, *down = NULL;

  g_object_set (other, "password", "x", NULL);
  test_reach (sink, GST_STATE_PAUSED);
  test_reach (src, GST_STATE_PAUSED);
  test_reach (other, GST_STATE_PAUSED);
  g_object_get (sink, "peer-id", &a, NULL);
  g_object_get (src, "peer-id", &b, NULL);
  g_object_get (other, "peer-id", &c, NULL);
  g_assert_cmpuint (strlen (a), ==, 20);
  g_assert_cmpstr (a, ==, b);
  g_assert_cmpstr (a, !=, c);
  test_stop (sink);
  g_object_get (sink, "peer-id", &down, NULL);
  g_assert_null (down);
  test_stop (src);
  test_stop (other);
}

static void
test_conflict (void)
{
  g_autoptr (GstElement) pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  g_autoptr (GstElement) first = test_make ("genosroomsink", "conflict", NO_RELAY);
  g_autoptr (GstElement) second = test_make ("genosroomsrc", "conflict", NO_RELAY);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) warning = NULL;

  g_object_set (second, "peer-id", "anotherpeerid0000001", NULL);
  test_reach (first, GST_STATE_PAUSED);
  gst_bin_add (GST_BIN (pipeline), second);
  test_reach (pipeline, GST_STATE_PAUSED);
  message = test_wait (pipeline, GST_MESSAGE_WARNING, 60000);
  gst_message_parse_warning (message, &warning, NULL);
  g_assert_error (warning, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS);
  g_assert_nonnull (strstr (warning->message, "peer-id"));
  test_stop (pipeline);
  test_stop (first);
}

int
main (int argc, char *argv[])
{
  /* Nobody is asked what there is around this machine. */
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/elements/src/no-room", test_no_room);
  g_test_add_func ("/elements/src/bad-relays", test_bad_relays);
  g_test_add_func ("/elements/src/lan", test_lan);
  g_test_add_func ("/elements/src/bad-subscribe", test_bad_subscribe);
  g_test_add_func ("/elements/src/mended", test_mended);
  g_test_add_func ("/elements/src/bad-settings", test_bad_settings);
  g_test_add_func ("/elements/src/sound-settings", test_sound_settings);
  g_test_add_func ("/elements/src/missing-codec", test_missing_codec);
  g_test_add_func ("/elements/src/live", test_live);
  g_test_add_func ("/elements/src/eos-without-tracks", test_eos_without_tracks);
  g_test_add_func ("/elements/src/no-relay-is-a-warning", test_no_relay_is_a_warning);
  g_test_add_func ("/elements/src/collection-again", test_collection_again);
  g_test_add_func ("/elements/src/shared-session", test_shared_session);
  g_test_add_func ("/elements/src/conflict", test_conflict);
  return g_test_run ();
}
