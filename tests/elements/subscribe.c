/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which tracks genosroomsrc gets: what is not wanted is not sent. */

#include "watcher.h"

#include <string.h>

typedef struct {
  TestRelay *relay;
  const char *first;
  char *second;
  GstElement *sender;
  GstElement *sink;
} Fixture;

#define ROOM "subscribe"

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->relay = test_relay_new ();
  fixture->first = test_relay_get_url (fixture->relay);
  fixture->second = g_strconcat (fixture->first, "?second", NULL);
  fixture->sender = test_launch (
      "genosroomsink name=s room=" ROOM " stun-server=\"\" relays=\"%s\" "
      "video_0::track-id=v video_0::stream-id=door video_0::metadata=\"meta,name=door\" "
      "audio_0::track-id=a audio_0::stream-id=door audio_0::metadata=\"meta,name=door\" "
      "videotestsrc is-live=1 ! capsfilter caps=video/x-raw,width=160,height=120,framerate=15/1 ! "
      "s.video_0 audiotestsrc is-live=1 ! s.audio_0",
      fixture->first);
  fixture->sink = gst_bin_get_by_name (GST_BIN (fixture->sender), "s");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  test_stop (fixture->sender);
  gst_object_unref (fixture->sink);
  gst_object_unref (fixture->sender);
  test_relay_free (fixture->relay);
  g_free (fixture->second);
}

static guint
get_viewers (Fixture *fixture, const char *pad)
{
  g_autofree char *property = g_strconcat (pad, "::stats", NULL);
  GstStructure *stats = NULL;
  guint n = G_MAXUINT;

  gst_child_proxy_get (GST_CHILD_PROXY (fixture->sink), property, &stats, NULL);
  if (stats == NULL)
    return n;
  gst_structure_get_uint (stats, "viewers", &n);
  gst_structure_free (stats);
  return n;
}

static guint64
get_count (Fixture *fixture, const char *pad, const char *field)
{
  g_autofree char *property = g_strconcat (pad, "::stats", NULL);
  GstStructure *stats = NULL;
  guint64 n = 0;

  gst_child_proxy_get (GST_CHILD_PROXY (fixture->sink), property, &stats, NULL);
  if (stats == NULL)
    return 0;
  gst_structure_get_uint64 (stats, field, &n);
  gst_structure_free (stats);
  return n;
}

static guint64
get_sent (Fixture *fixture, const char *pad)
{
  return get_count (fixture, pad, "packets-out");
}

/* Of the next collection of so many streams; the stream ids are sorted. (transfer full) */
static GstStreamCollection *
wait_collection (Watcher *watcher, guint n)
{
  while (TRUE) {
    g_autoptr (GstMessage) message =
        test_wait (watcher->pipeline, GST_MESSAGE_STREAM_COLLECTION, WATCH_SECONDS * 1000);
    g_autoptr (GstStreamCollection) collection = NULL;

    gst_message_parse_stream_collection (message, &collection);
    if (gst_stream_collection_get_size (collection) == n)
      return g_steal_pointer (&collection);
  }
}

static void
test_property (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Watcher) watcher =
      watcher_new (ROOM, fixture->second, "output=rtp subscribe=\"kind=audio\"");
  g_autoptr (GstStreamCollection) collection = NULL;
  WatchedPad *audio, *video;

  test_reach (fixture->sender, GST_STATE_PLAYING);
  audio = watcher_wait_pad (watcher, "a");
  watch_buffers (audio, 20);
  /* Both are known, one is sent. */
  collection = wait_collection (watcher, 2);
  g_assert_cmpint (gst_stream_get_stream_type (gst_stream_collection_get_stream (collection, 1)),
      ==, GST_STREAM_TYPE_VIDEO);
  g_assert_null (watcher_find (watcher, "v"));
  g_assert_cmpuint (get_viewers (fixture, "video_0"), ==, 0);
  g_assert_cmpuint (get_sent (fixture, "video_0"), ==, 0);

  g_object_set (watcher->src, "subscribe", "meta.name=door", NULL);
  video = watcher_wait_pad (watcher, "v");
  watch_buffers (video, 5);
  g_object_set (watcher->src, "subscribe", "kind=video", NULL);
  watch_until (g_atomic_int_get (&audio->eos));
  watch_until (get_viewers (fixture, "audio_0") == 0);
  watch_buffers (video, 5);

  g_object_set (watcher->src, "subscribe", NULL, NULL);
  watch_until (watcher_find (watcher, "a") != audio);
  watch_buffers (watcher_find (watcher, "a"), 5);
  g_assert_cmpint (g_atomic_int_get (&video->n_lost), ==, 0);
}

static gboolean
on_subscribe (GstElement *src, const char *peer_id, GstStructure *track, gint *n_asked)
{
  g_assert_nonnull (peer_id);
  g_assert_cmpstr (gst_structure_get_string (track, "metadata"), ==, "{\"name\":\"door\"}");
  g_assert_cmpstr (gst_structure_get_string (track, "stream-id"), ==, "door");
  g_atomic_int_inc (n_asked);
  return g_strcmp0 (gst_structure_get_string (track, "kind"), "video") == 0;
}

static void
test_signal (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Watcher) watcher = watcher_new (ROOM, fixture->second, "output=rtp subscribe=none");
  gint n_asked = 0;

  g_signal_connect (watcher->src, "subscribe", G_CALLBACK (on_subscribe), &n_asked);
  test_reach (fixture->sender, GST_STATE_PLAYING);
  watch_buffers (watcher_wait_pad (watcher, "v"), 5);
  g_assert_cmpint (g_atomic_int_get (&n_asked), >=, 2);
  g_assert_null (watcher_find (watcher, "a"));
  g_assert_cmpuint (get_sent (fixture, "audio_0"), ==, 0);
}

/* As players do it: by the ids in the collection. */
static void
test_select_streams (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Watcher) watcher = watcher_new (ROOM, fixture->second, "output=raw");
  g_autoptr (GstStreamCollection) collection = NULL;
  g_autoptr (GstMessage) selected = NULL;
  GList *ids = NULL;
  WatchedPad *audio, *video;

  test_reach (fixture->sender, GST_STATE_PLAYING);
  collection = wait_collection (watcher, 2);
  audio = watcher_wait_pad (watcher, "a");
  video = watcher_wait_pad (watcher, "v");
  watch_buffers (audio, 5);

  ids = g_list_append (
      NULL, (gpointer) gst_stream_get_stream_id (gst_stream_collection_get_stream (collection, 0)));
  g_assert_true (g_str_has_suffix (ids->data, "/door/a"));
  /* By way of the sinks, one of which is not linked. */
  gst_element_send_event (watcher->pipeline, gst_event_new_select_streams (ids));
  selected = test_wait (watcher->pipeline, GST_MESSAGE_STREAMS_SELECTED, WATCH_SECONDS * 1000);
  g_assert_cmpuint (gst_message_streams_selected_get_size (selected), ==, 1);
  watch_until (g_atomic_int_get (&video->eos));
  watch_until (get_viewers (fixture, "video_0") == 0);
  watch_buffers (audio, 5);
  g_list_free (ids);

  ids = g_list_append (
      NULL, (gpointer) gst_stream_get_stream_id (gst_stream_collection_get_stream (collection, 1)));
  g_assert_true (gst_element_send_event (watcher->src, gst_event_new_select_streams (ids)));
  watch_until (g_atomic_int_get (&audio->eos));
  watch_until (watcher_find (watcher, "v") != video);
  watch_buffers (watcher_find (watcher, "v"), 5);
  g_list_free (ids);
}

/* An encoder of ours makes none of itself for minutes. */
static void
test_key_frames (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Watcher) watcher = watcher_new (
      ROOM, fixture->second, "output=encoded subscribe=kind=video key-frame-interval=600");

  test_reach (fixture->sender, GST_STATE_PLAYING);
  watcher_wait_pad (watcher, "v");
  watch_until (get_count (fixture, "video_0", "key-frames") >= 6);
}

static guint64
count_rendered (GstElement *sink)
{
  g_autoptr (GstStructure) stats = NULL;
  guint64 n = 0;

  g_object_get (sink, "stats", &stats, NULL);
  gst_structure_get_uint64 (stats, "rendered", &n);
  return n;
}

static void
wait_refused (GstElement *pipeline, const char *pad)
{
  gboolean found = FALSE;

  while (!found) {
    g_autoptr (GstMessage) message =
        test_wait (pipeline, GST_MESSAGE_WARNING, WATCH_SECONDS * 1000);
    g_autoptr (GError) warning = NULL;

    gst_message_parse_warning (message, &warning, NULL);
    found = g_error_matches (warning, GST_CORE_ERROR, GST_CORE_ERROR_NEGOTIATION)
        && strstr (warning->message, pad) != NULL;
  }
}

static gboolean
refuse_caps (GstPad *pad, GstObject *parent, GstEvent *event)
{
  gboolean taken = GST_EVENT_TYPE (event) != GST_EVENT_CAPS;

  gst_event_unref (event);
  return taken;
}

static GstFlowReturn
never_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  g_assert_not_reached ();
}

static void
link_refusing (GstElement *src, GstPad *pad, GstPad *refusing)
{
  if (g_str_equal (GST_PAD_NAME (pad), "video_0"))
    g_assert_cmpint (gst_pad_link (pad, refusing), ==, GST_PAD_LINK_OK);
}

/* As a muxer refuses caps that change. The pad ends with a word about it, and the others go on. */
static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GstElement) viewer =
      test_launch ("genosroomsrc name=r room=" ROOM " stun-server=\"\" relays=\"%s\" output=rtp "
                   "r.audio_0 ! fakesink async=0 name=a",
          fixture->second);
  g_autoptr (GstElement) src = gst_bin_get_by_name (GST_BIN (viewer), "r");
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (viewer), "a");
  g_autoptr (GstPad) refusing = gst_object_ref_sink (gst_pad_new ("sink", GST_PAD_SINK));
  guint64 n;

  gst_pad_set_event_function (refusing, refuse_caps);
  gst_pad_set_chain_function (refusing, never_chain);
  gst_pad_set_active (refusing, TRUE);
  g_signal_connect (src, "pad-added", G_CALLBACK (link_refusing), refusing);
  test_reach (fixture->sender, GST_STATE_PLAYING);
  gst_element_set_state (viewer, GST_STATE_PLAYING);
  wait_refused (viewer, "video_0");
  n = count_rendered (sink);
  watch_until (count_rendered (sink) > n + 5);
  test_stop (viewer);
}

/* Who only sends is sent nothing. */
static void
test_sink_alone (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GstElement) other = test_launch (
      "audiotestsrc is-live=1 ! genosroomsink name=o room=" ROOM " stun-server=\"\" relays=\"%s\"",
      fixture->second);
  g_autofree char *id = NULL;
  g_autoptr (GstMessage) joined = NULL;

  test_reach (other, GST_STATE_PLAYING);
  test_reach (fixture->sender, GST_STATE_PLAYING);
  g_object_get (fixture->sink, "peer-id", &id, NULL);
  joined = test_wait_element (other, "genos-peer-joined", "peer-id", id, WATCH_SECONDS * 1000);
  {
    /* Until both tracks have been agreed on by a third peer, who comes later. */
    g_autofree char *third = g_strconcat (fixture->first, "?third", NULL);
    g_autoptr (Watcher) watcher = watcher_new (ROOM, third, "output=rtp");

    watch_buffers (watcher_wait_pad (watcher, "v"), 5);
    watch_buffers (watcher_wait_pad (watcher, "a"), 5);
    g_assert_cmpuint (get_viewers (fixture, "video_0"), ==, 1);
  }
  test_stop (other);
}

#define ADD(name, func)                                                                            \
  g_test_add ("/elements/subscribe/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ADD ("property", test_property);
  ADD ("signal", test_signal);
  ADD ("select-streams", test_select_streams);
  ADD ("key-frames", test_key_frames);
  ADD ("refused", test_refused);
  ADD ("sink-alone", test_sink_alone);
  return g_test_run ();
}
