/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Pads of genosroomsink while everything runs: who gets them, what is sent, and what comes and goes. */

#include "watcher.h"

#include <gst/video/video.h>

/* Two peers in one process: equal elements would share a session, so the second peer writes the
 * relay in another way. */
typedef struct {
  TestRelay *relay;
  const char *first;
  char *second;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->relay = test_relay_new ();
  fixture->first = test_relay_get_url (fixture->relay);
  fixture->second = g_strconcat (fixture->first, "?second", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  test_relay_free (fixture->relay);
  g_free (fixture->second);
}

static GstElement *
make_sender (Fixture *fixture, const char *room, const char *media)
{
  return test_launch ("genosroomsink name=s room=%s stun-server=\"\" relays=\"%s\" %s", room,
      fixture->first, media);
}

#define PICTURE                                                                                    \
  "videotestsrc pattern=white is-live=1 ! "                                                        \
  "capsfilter caps=video/x-raw,width=160,height=120,framerate=15/1 "
#define SOUND "audiotestsrc is-live=1 "

static GstElement *
ref_sink (GstElement *pipeline)
{
  return gst_bin_get_by_name (GST_BIN (pipeline), "s");
}

static gboolean
get_stat (GstElement *sink, const char *pad, const char *field, guint *value)
{
  g_autofree char *property = g_strconcat (pad, "::stats", NULL);
  GstStructure *stats = NULL;
  gboolean flag = FALSE, found;

  gst_child_proxy_get (GST_CHILD_PROXY (sink), property, &stats, NULL);
  if (stats == NULL)
    return FALSE;
  found = gst_structure_get_uint (stats, field, value);
  if (!found && gst_structure_get_boolean (stats, field, &flag)) {
    *value = flag;
    found = TRUE;
  }
  gst_structure_free (stats);
  return found;
}

static gboolean
stat_is (GstElement *sink, const char *pad, const char *field, guint wanted)
{
  guint value;

  return get_stat (sink, pad, field, &value) && value == wanted;
}

/* Neither is negotiated: the pad of the receiver stays. */
static void
test_mute_and_pause (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GstElement) sender =
      make_sender (fixture, "mute", "video_0::track-id=v " PICTURE "! s.video_0");
  g_autoptr (GstElement) sink = ref_sink (sender);
  g_autoptr (Watcher) watcher = watcher_new ("mute", fixture->second, "output=raw");
  g_autofree char *id = NULL;
  WatchedPad *video;

  test_reach (sender, GST_STATE_PLAYING);
  video = watcher_wait_pad (watcher, "v");
  watch_until (g_atomic_int_get (&video->brightness) > 200);

  gst_child_proxy_set (GST_CHILD_PROXY (sink), "video_0::mute", TRUE, NULL);
  watch_until (g_atomic_int_get (&video->brightness) < 50);
  gst_child_proxy_set (GST_CHILD_PROXY (sink), "video_0::mute", FALSE, NULL);
  watch_until (g_atomic_int_get (&video->brightness) > 200);

  g_object_get (watcher->src, "peer-id", &id, NULL);
  gst_child_proxy_set (GST_CHILD_PROXY (sink), "video_0::paused-peers", id, NULL);
  watch_until (stat_is (sink, "video_0", "viewers", 0));
  watch_until (stat_is (sink, "video_0", "encoding", FALSE));
  gst_child_proxy_set (GST_CHILD_PROXY (sink), "video_0::paused-peers", NULL, NULL);
  watch_buffers (video, 5);
  gst_child_proxy_set (GST_CHILD_PROXY (sink), "video_0::pause", TRUE, NULL);
  watch_until (stat_is (sink, "video_0", "viewers", 0));
  gst_child_proxy_set (GST_CHILD_PROXY (sink), "video_0::pause", FALSE, NULL);
  watch_buffers (video, 5);
  g_assert_cmpuint (watcher_count (watcher), ==, 1);
  g_assert_false (g_atomic_int_get (&video->eos));
  g_assert_cmpint (g_atomic_int_get (&video->n_backwards), ==, 0);
  test_stop (sender);
}

static void
test_targets (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GstElement) sender = make_sender (fixture, "targets",
      "video_0::track-id=v video_0::targets=none audio_0::track-id=a " PICTURE "! s.video_0 " SOUND
      "! s.audio_0");
  g_autoptr (GstElement) sink = ref_sink (sender);
  g_autoptr (Watcher) watcher = watcher_new ("targets", fixture->second, "output=rtp");
  g_autofree char *id = NULL;
  g_autofree char *targets = NULL;
  WatchedPad *audio, *video;

  test_reach (sender, GST_STATE_PLAYING);
  audio = watcher_wait_pad (watcher, "a");
  watch_buffers (audio, 20);
  g_assert_null (watcher_find (watcher, "v"));
  g_object_get (watcher->src, "peer-id", &id, NULL);
  targets = g_strconcat ("somebody-else, ", id, NULL);
  gst_child_proxy_set (GST_CHILD_PROXY (sink), "video_0::targets", targets, NULL);
  video = watcher_wait_pad (watcher, "v");
  watch_buffers (video, 5);
  gst_child_proxy_set (GST_CHILD_PROXY (sink), "video_0::targets", "somebody-else", NULL);
  watch_until (g_atomic_int_get (&video->eos));
  watch_buffers (audio, 20);
  g_assert_cmpint (g_atomic_int_get (&audio->n_lost), ==, 0);
  test_stop (sender);
}

static void
add_camera (GstElement *pipeline, GstElement *sink, const char *track_id)
{
  g_autoptr (GError) error = NULL;
  GstElement *camera = gst_parse_bin_from_description (PICTURE, TRUE, &error);
  g_autoptr (GstPad) from = NULL;
  g_autoptr (GstPad) to = NULL;

  g_assert_no_error (error);
  gst_element_set_name (camera, track_id);
  gst_bin_add (GST_BIN (pipeline), camera);
  from = gst_element_get_static_pad (camera, "src");
  to = gst_element_request_pad_simple (sink, "video_%u");
  g_object_set (
      to, "track-id", track_id, "stream-id", track_id, "metadata", "meta,name=door", NULL);
  g_assert_cmpint (gst_pad_link (from, to), ==, GST_PAD_LINK_OK);
  gst_element_sync_state_with_parent (camera);
}

static void
remove_camera (GstElement *pipeline, GstElement *sink, const char *track_id)
{
  g_autoptr (GstElement) camera = gst_bin_get_by_name (GST_BIN (pipeline), track_id);
  g_autoptr (GstPad) from = gst_element_get_static_pad (camera, "src");
  g_autoptr (GstPad) to = gst_pad_get_peer (from);

  gst_element_set_locked_state (camera, TRUE);
  gst_element_set_state (camera, GST_STATE_NULL);
  gst_element_release_request_pad (sink, to);
  gst_bin_remove (GST_BIN (pipeline), camera);
}

/* Not a packet of the sound is lost while pictures come and go. */
static void
test_without_a_glitch (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GstElement) sender =
      make_sender (fixture, "glitch", "audio_0::track-id=a " SOUND "! s.audio_0");
  g_autoptr (GstElement) sink = ref_sink (sender);
  g_autoptr (Watcher) watcher = watcher_new ("glitch", fixture->second, "output=rtp");
  WatchedPad *audio;

  test_reach (sender, GST_STATE_PLAYING);
  audio = watcher_wait_pad (watcher, "a");
  for (guint i = 0; i < 3; i++) {
    g_autofree char *track_id = g_strdup_printf ("camera%u", i);
    WatchedPad *video;

    add_camera (sender, sink, track_id);
    video = watcher_wait_pad (watcher, track_id);
    g_assert_cmpstr (video->stream_id, ==, track_id);
    watch_buffers (video, 3);
    remove_camera (sender, sink, track_id);
    watch_until (g_atomic_int_get (&video->eos));
  }
  watch_buffers (audio, 20);
  g_assert_cmpint (g_atomic_int_get (&audio->n_lost), ==, 0);
  g_assert_cmpint (g_atomic_int_get (&audio->n_backwards), ==, 0);
  g_assert_false (g_atomic_int_get (&audio->eos));
  test_stop (sender);
}

static GstPadProbeReturn
on_blocked (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  return GST_PAD_PROBE_OK;
}

/* Another source of another size on the same pad: the same track for everybody else. */
static void
test_replaced_source (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GstElement) sender = make_sender (fixture, "replace",
      "video_0::track-id=v videotestsrc name=old is-live=1 ! capsfilter name=of "
      "caps=video/x-raw,width=160,height=120,framerate=15/1 ! s.video_0 "
      "videotestsrc name=new is-live=1 ! capsfilter name=nf "
      "caps=video/x-raw,width=320,height=240,framerate=15/1 ! fakesink name=idle async=0");
  g_autoptr (GstElement) sink = ref_sink (sender);
  g_autoptr (GstElement) old = gst_bin_get_by_name (GST_BIN (sender), "old");
  g_autoptr (GstElement) old_filter = gst_bin_get_by_name (GST_BIN (sender), "of");
  g_autoptr (GstElement) new_filter = gst_bin_get_by_name (GST_BIN (sender), "nf");
  g_autoptr (GstElement) idle = gst_bin_get_by_name (GST_BIN (sender), "idle");
  g_autoptr (GstPad) from = gst_element_get_static_pad (new_filter, "src");
  g_autoptr (Watcher) watcher = watcher_new ("replace", fixture->second, "output=raw");
  WatchedPad *video;
  gulong block;

  test_reach (sender, GST_STATE_PLAYING);
  video = watcher_wait_pad (watcher, "v");
  watch_until (g_atomic_int_get (&video->width) == 160);
  watch_buffers (video, 5);

  gst_element_set_locked_state (old, TRUE);
  gst_element_set_state (old, GST_STATE_NULL);
  gst_element_unlink (old_filter, sink);
  block = gst_pad_add_probe (from, GST_PAD_PROBE_TYPE_BLOCK_DOWNSTREAM, on_blocked, NULL, NULL);
  gst_element_unlink (new_filter, idle);
  g_assert_true (gst_element_link_pads (new_filter, "src", sink, "video_0"));
  gst_pad_remove_probe (from, block);

  watch_until (g_atomic_int_get (&video->width) == 320);
  watch_buffers (video, 5);
  g_assert_false (g_atomic_int_get (&video->eos));
  g_assert_cmpuint (watcher_count (watcher), ==, 1);
  g_assert_cmpint (g_atomic_int_get (&video->n_backwards), ==, 0);
  test_stop (sender);
}

static GstPadProbeReturn
on_upstream (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);

  if (GST_EVENT_TYPE (event) == GST_EVENT_NAVIGATION
      || gst_event_has_name (event, "application/x-pan"))
    g_async_queue_push (user_data, gst_event_ref (event));
  return GST_PAD_PROBE_OK;
}

/* (transfer full) */
static GstEvent *
wait_event (GAsyncQueue *queue)
{
  GstEvent *event = g_async_queue_timeout_pop (queue, WATCH_SECONDS * G_USEC_PER_SEC);

  g_assert_nonnull (event);
  return event;
}

/* The mouse of a viewer, and whatever its application sends, come out at the source. */
static void
test_navigation (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncQueue) arrived = g_async_queue_new_full ((GDestroyNotify) gst_event_unref);
  g_autoptr (GstElement) sender = make_sender (fixture, "navigation",
      "enable-data-channel-navigation=1 video_0::track-id=v " PICTURE
      "! identity name=camera ! s.video_0");
  g_autoptr (GstElement) camera = gst_bin_get_by_name (GST_BIN (sender), "camera");
  g_autoptr (GstPad) out = gst_element_get_static_pad (camera, "src");
  g_autoptr (Watcher) watcher =
      watcher_new ("navigation", fixture->second, "enable-data-channel-navigation=1");
  g_autoptr (GstEvent) moved = NULL;
  g_autoptr (GstEvent) panned = NULL;
  WatchedPad *video;
  double x = 0;
  int angle = 0;

  gst_pad_add_probe (out, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_upstream, arrived, NULL);
  test_reach (sender, GST_STATE_PLAYING);
  video = watcher_wait_pad (watcher, "v");
  watch_buffers (video, 1);
  gst_pad_send_event (video->pad,
      gst_event_new_navigation (
          gst_structure_new ("application/x-gst-navigation", "event", G_TYPE_STRING, "mouse-move",
              "pointer_x", G_TYPE_DOUBLE, 12.5, "pointer_y", G_TYPE_DOUBLE, 7.0, NULL)));
  gst_pad_send_event (video->pad,
      gst_event_new_custom (GST_EVENT_CUSTOM_UPSTREAM,
          gst_structure_new ("application/x-pan", "angle", G_TYPE_INT, -30, NULL)));

  moved = wait_event (arrived);
  g_assert_cmpint (GST_EVENT_TYPE (moved), ==, GST_EVENT_NAVIGATION);
  g_assert_true (gst_structure_get_double (gst_event_get_structure (moved), "pointer_x", &x));
  g_assert_cmpfloat (x, ==, 12.5);
  panned = wait_event (arrived);
  g_assert_true (gst_structure_get_int (gst_event_get_structure (panned), "angle", &angle));
  g_assert_cmpint (angle, ==, -30);
  test_stop (sender);
}

static GstPadProbeReturn
on_key_frame_wanted (GstPad *pad, GstPadProbeInfo *info, gpointer arrived)
{
  if (gst_video_event_is_force_key_unit (GST_PAD_PROBE_INFO_EVENT (info)))
    g_async_queue_push (arrived, g_memdup2 (&(gint64){ g_get_monotonic_time () }, sizeof (gint64)));
  return GST_PAD_PROBE_OK;
}

/* Muxers that cut files say when they will: a key frame of now is of no use to them. */
static void
test_key_frame_later (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncQueue) arrived = g_async_queue_new_full (g_free);
  g_autoptr (GstElement) sender = make_sender (fixture, "later",
      "video_0::track-id=v " PICTURE "! vp8enc deadline=1 ! identity name=camera ! s.video_0");
  g_autoptr (GstElement) camera = gst_bin_get_by_name (GST_BIN (sender), "camera");
  g_autoptr (GstPad) out = gst_element_get_static_pad (camera, "src");
  g_autoptr (Watcher) watcher = watcher_new ("later", fixture->second, "output=encoded");
  GstClockTime wanted, deadline;
  gint64 time = 0;
  WatchedPad *video;

  gst_pad_add_probe (out, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_key_frame_wanted, arrived, NULL);
  test_reach (sender, GST_STATE_PLAYING);
  video = watcher_wait_pad (watcher, "v");
  watch_buffers (video, 5);
  wanted = gst_element_get_current_running_time (watcher->pipeline) + 1500 * GST_MSECOND;
  deadline = gst_element_get_base_time (watcher->pipeline) + wanted;
  gst_pad_send_event (video->pad, gst_video_event_new_upstream_force_key_unit (wanted, TRUE, 1));
  do {
    g_autofree gint64 *next = g_async_queue_timeout_pop (arrived, WATCH_SECONDS * G_USEC_PER_SEC);

    g_assert_nonnull (next);
    time = *next;
  } while (time < (gint64) (deadline / GST_USECOND));
  test_stop (sender);
}

static GstElement *
make_camera (Fixture *fixture)
{
  GstElement *camera = test_launch ("videotestsrc is-live=1 ! capsfilter "
                                    "caps=video/x-raw,width=160,height=120,framerate=15/1 ! "
                                    "genosroomsink room=linger stun-server=\"\" relays=\"%s\" "
                                    "peer-id=CCCCCCCCCCCCCCCCCCCC",
      fixture->first);

  test_reach (camera, GST_STATE_PLAYING);
  return camera;
}

/* A camera that is started again, and draws other ids, goes on where it was. */
static void
test_linger (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Watcher) watcher =
      watcher_new ("linger", fixture->second, "output=raw pad-linger=600 fill=slate");
  g_autofree char *old_id = NULL;
  g_autofree char *new_id = NULL;
  GstElement *camera = make_camera (fixture);
  GstMessage *message;
  WatchedPad *video;

  watch_until (watcher_count (watcher) == 1);
  video = g_ptr_array_index (watcher->pads, 0);
  watch_buffers (video, 5);
  g_object_get (video->pad, "track-id", &old_id, NULL);
  test_stop (camera);
  gst_object_unref (camera);
  message = test_wait_element (watcher->pipeline, "genos-peer-left", "peer-id",
      "CCCCCCCCCCCCCCCCCCCC", WATCH_SECONDS * 1000);
  gst_message_unref (message);
  /* Nobody is there: a dark grey picture, instead of the light one of the camera. */
  watch_until (g_atomic_int_get (&video->brightness) < 80);
  watch_buffers (video, 3);

  camera = make_camera (fixture);
  watch_until (g_atomic_int_get (&video->brightness) > 100);
  watch_buffers (video, 5);
  g_object_get (video->pad, "track-id", &new_id, NULL);
  g_assert_cmpstr (new_id, !=, old_id);
  g_assert_cmpuint (watcher_count (watcher), ==, 1);
  g_assert_cmpint (g_atomic_int_get (&video->n_starts), ==, 1);
  g_assert_cmpint (g_atomic_int_get (&video->n_backwards), ==, 0);

  /* And is over when it does not come again in time. */
  g_object_set (watcher->src, "pad-linger", 1, NULL);
  test_stop (camera);
  gst_object_unref (camera);
  watch_until (g_atomic_int_get (&video->eos));
  watch_until (g_atomic_int_get (&video->gone));
}

/* What an element sends goes with it, also where others of this process stay in the room. */
static void
test_one_of_two_elements (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GstElement) stays =
      make_sender (fixture, "two", "video_0::track-id=a " PICTURE "! s.video_0");
  g_autoptr (GstElement) goes =
      make_sender (fixture, "two", "video_0::track-id=b " PICTURE "! s.video_0");
  g_autoptr (Watcher) watcher = watcher_new ("two", fixture->second, "output=rtp");
  WatchedPad *stayed, *gone, *back;

  test_reach (stays, GST_STATE_PLAYING);
  test_reach (goes, GST_STATE_PLAYING);
  stayed = watcher_wait_pad (watcher, "a");
  gone = watcher_wait_pad (watcher, "b");
  test_reach (goes, GST_STATE_READY);
  watch_until (g_atomic_int_get (&gone->gone));

  test_reach (goes, GST_STATE_PLAYING);
  watch_until (watcher_find (watcher, "b") != gone);
  back = watcher_find (watcher, "b");
  watch_buffers (back, 5);
  watch_buffers (stayed, 5);
  g_assert_false (g_atomic_int_get (&stayed->gone));
  test_stop (goes);
  watch_until (g_atomic_int_get (&back->gone));
  test_stop (stays);
}

#define ADD(name, func)                                                                            \
  g_test_add ("/elements/demand/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ADD ("mute-and-pause", test_mute_and_pause);
  ADD ("targets", test_targets);
  ADD ("without-a-glitch", test_without_a_glitch);
  ADD ("one-of-two-elements", test_one_of_two_elements);
  ADD ("replaced-source", test_replaced_source);
  ADD ("navigation", test_navigation);
  ADD ("key-frame-later", test_key_frame_later);
  ADD ("linger", test_linger);
  return g_test_run ();
}
