/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A hundred peers come and go, over a real relay on loopback and real webrtcbin, while a camera is
 * sent: no thread, no file descriptor and no memory stays behind. */

#include <gst/app/app.h>
#include <malloc.h>
#include <string.h>

#include <genos/genos.h>
#include <genos/transport/webrtc/peer-link-webrtc.h>

#define DEADLINE (90 * G_TIME_SPAN_SECOND)
/* Each n-th peer stays until it sees a picture; the others leave while media is being agreed on. */
#define WATCHES_EACH 4
/* What is allocated once, on a first use, is not counted. */
#define WARM_UP 30
/* From the warm-up to the end, about 120 KiB a cycle. A webrtcbin left behind is 1 MiB and more; libsoup's
 * own leak (a socket object for each connection) and the holes of many threads' heaps stay below. */
#define MAX_GROWTH_KB (8 * 1024)

/* Memory checkers keep what was freed and take their time: fewer cycles, and no look at the memory. */
static gboolean
is_checked (void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return TRUE;
#else
  return g_getenv ("GENOS_UNDER_VALGRIND") != NULL;
#endif
}

/* --- what the process holds */

static guint
count_entries (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (path, 0, &error);
  guint n = 0;

  g_assert_no_error (error);
  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static guint
get_rss_kb (void)
{
  g_autofree char *status = NULL;
  const char *line;

  malloc_trim (0);
  g_assert_true (g_file_get_contents ("/proc/self/status", &status, NULL, NULL));
  line = strstr (status, "VmRSS:");
  g_assert_nonnull (line);
  return (guint) g_ascii_strtoull (line + strlen ("VmRSS:"), NULL, 10);
}

typedef struct {
  guint threads;
  guint fds;
} Holdings;

static Holdings
get_holdings (void)
{
  return (Holdings){ count_entries ("/proc/self/task"), count_entries ("/proc/self/fd") };
}

/* --- waiting */

typedef gboolean (*Condition) (gpointer data);

static gboolean
on_wake (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static gboolean
until (Condition condition, gpointer data)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE;
  guint wake = g_timeout_add (5, on_wake, NULL);
  gboolean met;

  while (!(met = condition (data)) && g_get_monotonic_time () < deadline)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (wake);
  return met;
}

/* Idle threads of GLib's pools are told to end each time, for new ones may have become idle. */
static gboolean
holds_no_more (gpointer data)
{
  const Holdings *before = data;
  Holdings now;

  g_thread_pool_stop_unused_threads ();
  now = get_holdings ();
  return now.threads <= before->threads && now.fds <= before->fds;
}

/* --- the camera */

typedef struct {
  GstElement *pipeline;
  GenosLocalTrack *track;
} Camera;

static GstFlowReturn
on_frame (GstAppSink *sink, gpointer data)
{
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);

  if (sample != NULL)
    genos_local_track_push (data, gst_buffer_ref (gst_sample_get_buffer (sample)));
  return GST_FLOW_OK;
}

static void
camera_start (Camera *camera)
{
  const char *caps_text = "video/x-raw,format=I420,width=160,height=120,framerate=15/1,"
                          "pixel-aspect-ratio=1/1,interlace-mode=progressive";
  g_autofree char *text = g_strdup_printf ("videotestsrc is-live=true pattern=ball ! %s ! "
                                           "appsink name=sink sync=false max-buffers=2 drop=true",
      caps_text);
  GstAppSinkCallbacks callbacks = { .new_sample = on_frame };
  g_autoptr (GstCaps) caps = gst_caps_from_string (caps_text);
  g_autoptr (GstElement) sink = NULL;
  g_autoptr (GError) error = NULL;

  camera->track = genos_local_track_new (GENOS_MEDIA_VIDEO);
  genos_local_track_set_caps (camera->track, caps, &error);
  g_assert_no_error (error);
  camera->pipeline = gst_parse_launch (text, &error);
  g_assert_no_error (error);
  sink = gst_bin_get_by_name (GST_BIN (camera->pipeline), "sink");
  gst_app_sink_set_callbacks (
      GST_APP_SINK (sink), &callbacks, g_object_ref (camera->track), g_object_unref);
  gst_element_set_state (camera->pipeline, GST_STATE_PLAYING);
}

static void
camera_stop (Camera *camera)
{
  gst_element_set_state (camera->pipeline, GST_STATE_NULL);
  g_clear_object (&camera->pipeline);
  g_assert_finalize_object (g_steal_pointer (&camera->track));
}

/* --- rooms */

typedef struct {
  GenosRoom *room;
  guint n_joined, n_left, n_messages;
  gint n_packets; /* atomic */
} Member;

static void
on_joined (GenosRoom *room, GenosPeer *peer, Member *member)
{
  member->n_joined++;
}

static void
on_left (GenosRoom *room, GenosPeer *peer, GError *error, Member *member)
{
  member->n_left++;
}

static void
on_message (GenosRoom *room, const char *channel, const char *peer_id, GenosMessage *message,
    Member *member)
{
  member->n_messages++;
}

static void
on_packet (GenosRemoteTrack *track, GstBuffer *buffer, gpointer data)
{
  Member *member = data;

  g_atomic_int_inc (&member->n_packets);
  gst_buffer_unref (buffer);
}

static void
on_track_added (GenosRoom *room, GenosPeer *peer, GenosRemoteTrack *track, Member *member)
{
  genos_remote_track_set_packet_func (track, on_packet, member, NULL);
}

static void
member_enter (Member *member, const char *url, Camera *camera)
{
  g_autoptr (GError) error = NULL;

  *member = (Member){ .room = genos_room_new ("churn") };
  g_object_set (member->room, "relays", url, "stun-server", "", NULL);
  g_signal_connect (member->room, "peer-joined", G_CALLBACK (on_joined), member);
  g_signal_connect (member->room, "peer-left", G_CALLBACK (on_left), member);
  g_signal_connect (member->room, "message", G_CALLBACK (on_message), member);
  g_signal_connect (member->room, "track-added", G_CALLBACK (on_track_added), member);
  if (camera != NULL)
    genos_room_add_track (member->room, camera->track);
  genos_room_join (member->room, &error);
  g_assert_no_error (error);
}

static gboolean
is_idle (gpointer member)
{
  return genos_room_get_state (((Member *) member)->room) == GENOS_ROOM_IDLE;
}

static void
member_leave (Member *member)
{
  genos_room_leave (member->room);
  g_assert_true (until (is_idle, member));
  g_assert_finalize_object (g_steal_pointer (&member->room));
}

static gboolean
has_joined (gpointer member)
{
  return ((Member *) member)->n_joined > 0;
}

static gboolean
has_heard (gpointer member)
{
  return ((Member *) member)->n_messages > 0;
}

static gboolean
has_seen (gpointer member)
{
  return g_atomic_int_get (&((Member *) member)->n_packets) > 0;
}

typedef struct {
  Member *host;
  guint n;
} Visits;

static gboolean
arrived (gpointer data)
{
  Visits *visits = data;

  return visits->host->n_joined == visits->n;
}

static gboolean
departed (gpointer data)
{
  Visits *visits = data;

  return visits->host->n_left == visits->n;
}

static void
cycle (Member *host, const char *url, guint n)
{
  g_autoptr (GenosMessage) hello = genos_message_new_string ("hello");
  g_autoptr (GenosChannel) channel = genos_room_open_channel (host->room, "chat", NULL);
  Visits visits = { host, n };
  Member guest;

  member_enter (&guest, url, NULL);
  g_assert_true (until (has_joined, &guest));
  g_assert_true (until (arrived, &visits));
  genos_channel_send (channel, hello, NULL, NULL);
  if (n % WATCHES_EACH == 0) {
    g_assert_true (until (has_heard, &guest));
    g_assert_true (until (has_seen, &guest));
  }
  member_leave (&guest);
  g_assert_true (until (departed, &visits));
}

static void
settle (Holdings *before)
{
  Holdings now;

  g_assert_true (genos_peer_link_webrtc_flush (DEADLINE));
  if (until (holds_no_more, before))
    return;
  now = get_holdings ();
  g_error ("threads: %u, were %u; file descriptors: %u, were %u", now.threads, before->threads,
      now.fds, before->fds);
}

static void
test_churn (void)
{
  g_autoptr (GenosRelayServer) relay = genos_relay_server_new ();
  g_autofree char *url = NULL;
  g_autoptr (GError) error = NULL;
  guint n_cycles = is_checked () ? 10 : 100;
  guint warm_up = is_checked () ? 3 : WARM_UP;
  guint rss_before = 0, rss_after;
  Camera camera;
  Member host;
  Holdings before = { 0 };

  genos_relay_server_listen (relay, "127.0.0.1", 0, &error);
  g_assert_no_error (error);
  url = genos_relay_server_dup_url (relay);
  camera_start (&camera);
  member_enter (&host, url, &camera);

  for (guint n = 1; n <= n_cycles; n++) {
    cycle (&host, url, n);
    if (n != warm_up)
      continue;
    /* Alone in the room, as after the last one. */
    g_assert_true (genos_peer_link_webrtc_flush (DEADLINE));
    g_thread_pool_stop_unused_threads ();
    before = get_holdings ();
    rss_before = get_rss_kb ();
  }

  settle (&before);
  rss_after = get_rss_kb ();
  g_test_message ("%u threads, %u file descriptors, %u KiB after %u cycles, %u KiB after %u",
      before.threads, before.fds, rss_before, warm_up, rss_after, n_cycles);
  if (!is_checked ())
    g_assert_cmpuint (rss_after, <, rss_before + MAX_GROWTH_KB);
  member_leave (&host);
  genos_relay_server_stop (relay);
  camera_stop (&camera);
  g_assert_true (genos_peer_link_webrtc_flush (DEADLINE));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/integration/room-churn/hundred", test_churn);
  return g_test_run ();
}
