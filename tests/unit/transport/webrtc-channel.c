/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "../../common/test-wait.h"

#include <genos/base/error.h>
#include <genos/transport/webrtc/webrtc-channel.h>

typedef struct {
  GstElement *webrtc;
  GstWebRTCDataChannel *object;
  GObject *owner;
  GenosHome *home;
  GenosWebrtcChannel *channel;
} Fixture;

static guint n_opened, n_closed, n_frames, n_refused;

static void
on_opened (gpointer object)
{
  n_opened++;
}

static void
on_closed (gpointer object, const GError *error)
{
  n_closed++;
}

static void
on_frame (gpointer object, GBytes *frame)
{
  g_assert_cmpuint (g_bytes_get_size (frame), >, 0);
  n_frames++;
}

static void
on_drained (gpointer object)
{
}

static void
on_refused (gpointer object, const GError *error)
{
  n_refused++;
}

static const GenosWebrtcChannelEvents events = { on_opened, on_closed, on_frame, on_drained,
  on_refused };

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->webrtc = gst_object_ref_sink (gst_element_factory_make ("webrtcbin", NULL));
  gst_element_set_state (fixture->webrtc, GST_STATE_READY);
  g_signal_emit_by_name (fixture->webrtc, "create-data-channel", "data", NULL, &fixture->object);
  g_assert_nonnull (fixture->object);
  fixture->owner = g_object_new (G_TYPE_OBJECT, NULL);
  fixture->home = genos_home_new (fixture->owner);
  fixture->channel = genos_webrtc_channel_new (fixture->object, fixture->home, &events);
  n_opened = n_closed = n_frames = n_refused = 0;
}

/* Whatever a test did, nothing keeps webrtcbin's channel in the end. */
static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gpointer object = fixture->object;

  g_object_add_weak_pointer (object, &object);
  genos_home_leave (fixture->home);
  genos_home_unref (fixture->home);
  g_object_unref (fixture->owner);
  genos_webrtc_channel_unref (fixture->channel);
  gst_element_set_state (fixture->webrtc, GST_STATE_NULL);
  g_object_unref (fixture->object);
  gst_object_unref (fixture->webrtc);
  g_assert_null (object);
}

static void
test_closed (Fixture *fixture, gconstpointer data)
{
  genos_webrtc_channel_start (fixture->channel);
  genos_webrtc_channel_close (fixture->channel);
  g_signal_emit_by_name (fixture->object, "on-open");
  g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (n_opened, ==, 0);
}

/* A link that is given up while the peer's channel is on its way home. */
static void
test_closed_before_start (Fixture *fixture, gconstpointer data)
{
  genos_webrtc_channel_close (fixture->channel);
  genos_webrtc_channel_start (fixture->channel);
  g_signal_emit_by_name (fixture->object, "on-open");
  g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (n_opened, ==, 0);
}

static gpointer
start (gpointer channel)
{
  genos_webrtc_channel_start (channel);
  genos_webrtc_channel_unref (channel);
  return NULL;
}

static void
test_closed_while_starting (Fixture *fixture, gconstpointer data)
{
  GThread *thread = g_thread_new ("start", start, genos_webrtc_channel_ref (fixture->channel));

  genos_webrtc_channel_close (fixture->channel);
  g_thread_join (thread);
}

static void
on_frame_freed (gpointer freed)
{
  *(gboolean *) freed = TRUE;
}

static void
test_send_before_open (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean freed = FALSE;
  GBytes *frame = g_bytes_new_with_free_func ("frame", 5, on_frame_freed, &freed);

  g_assert_false (genos_webrtc_channel_send (fixture->channel, frame, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_CLOSED);
  g_bytes_unref (frame);
  g_assert_true (freed);
}

/* webrtcbin shows what is empty as NULL, be it data or text. */
static void
test_messages (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);
  g_autoptr (GBytes) one = g_bytes_new_static ("1", 1);
  g_autoptr (GBytes) large = g_bytes_new_take (
      g_malloc0 (GENOS_WEBRTC_CHANNEL_MESSAGE + 1), GENOS_WEBRTC_CHANNEL_MESSAGE + 1);

  genos_webrtc_channel_start (fixture->channel);
  g_signal_emit_by_name (fixture->object, "on-message-data", NULL);
  g_signal_emit_by_name (fixture->object, "on-message-data", empty);
  g_signal_emit_by_name (fixture->object, "on-message-string", NULL);
  g_signal_emit_by_name (fixture->object, "on-message-string", "");
  g_signal_emit_by_name (fixture->object, "on-message-data", one);
  genos_test_wait_until (n_frames == 1);
  g_assert_cmpuint (n_refused, ==, 0);

  g_signal_emit_by_name (fixture->object, "on-message-string", "text");
  g_signal_emit_by_name (fixture->object, "on-message-data", large);
  genos_test_wait_until (n_refused == 2);
  g_assert_cmpuint (n_frames, ==, 1);
  genos_webrtc_channel_close (fixture->channel);
}

/* Small messages have a price too, and what was read is no longer counted. */
static void
test_flood (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) one = g_bytes_new_static ("1", 1);
  const guint limit = GENOS_WEBRTC_CHANNEL_INBOX / 512;

  genos_webrtc_channel_start (fixture->channel);
  for (guint i = 0; i < limit / 2; i++)
    g_signal_emit_by_name (fixture->object, "on-message-data", one);
  genos_test_wait_until (n_frames == limit / 2);
  for (guint i = 0; i < limit * 2; i++)
    g_signal_emit_by_name (fixture->object, "on-message-data", one);
  genos_test_wait_until (n_closed == 1);
  g_assert_cmpuint (n_frames, <, limit * 2);
  genos_webrtc_channel_close (fixture->channel);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func)                                                                           \
  g_test_add ("/transport/webrtc-channel/" path, Fixture, NULL, set_up, func, tear_down)
  TEST ("closed", test_closed);
  TEST ("closed-before-start", test_closed_before_start);
  TEST ("closed-while-starting", test_closed_while_starting);
  TEST ("send-before-open", test_send_before_open);
  TEST ("messages", test_messages);
  TEST ("flood", test_flood);
  return g_test_run ();
}
