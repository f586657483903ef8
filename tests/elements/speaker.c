/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "element-fixture.h"

#define PEER_WAIT 60000

static void
on_speaker (GstElement *element, const char *peer_id, char **last)
{
  g_free (*last);
  *last = g_strdup (peer_id);
}

/* What is told is told in three ways. @source: up to the sink; @output: of the receiver. */
static void
check_speaker (const char *source, const char *output)
{
  g_autoptr (TestRelay) relay = test_relay_new ();
  const char *url = test_relay_get_url (relay);
  g_autoptr (GstElement) sender =
      test_launch ("audiotestsrc is-live=true %s ! "
                   "genosroomsink name=sink room=speak relays=%s stun-server=none",
          source, url);
  g_autoptr (GstElement) receiver =
      test_launch ("genosroomsrc name=src room=speak relays=%s?second stun-server=none output=%s ! "
                   "fakesink async=false",
          url, output);
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (sender), "sink");
  g_autoptr (GstElement) src = gst_bin_get_by_name (GST_BIN (receiver), "src");
  g_autofree char *sender_id = NULL;
  g_autofree char *active = NULL;
  g_autofree char *signalled = NULL;

  g_signal_connect (src, "active-speaker", G_CALLBACK (on_speaker), &signalled);
  test_reach (sender, GST_STATE_PLAYING);
  g_object_get (sink, "peer-id", &sender_id, NULL);
  gst_element_set_state (receiver, GST_STATE_PLAYING);
  gst_message_unref (
      test_wait_element (receiver, "genos-active-speaker", "peer-id", sender_id, PEER_WAIT));
  g_object_get (src, "active-speaker", &active, NULL);
  g_assert_cmpstr (active, ==, sender_id);

  test_stop (sender);
  gst_message_unref (test_wait_element (receiver, "genos-active-speaker", NULL, NULL, PEER_WAIT));
  test_stop (receiver);
  g_assert_cmpstr (signalled, ==, NULL);
  g_clear_pointer (&active, g_free);
  g_object_get (src, "active-speaker", &active, NULL);
  g_assert_cmpstr (active, ==, NULL);
}

/* Packets that nobody decodes tell how loud they are. */
static void
test_told (void)
{
  check_speaker ("", "rtp");
}

/* These do not: what was encoded elsewhere is not listened to. */
static void
test_measured (void)
{
  check_speaker ("! audio/x-raw,rate=48000,channels=1 ! opusenc ! opusparse", "raw");
}

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/elements/speaker/told", test_told);
  g_test_add_func ("/elements/speaker/measured", test_measured);
  return g_test_run ();
}
