/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "element-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#define PEER_WAIT 60000

static char *dot_dir;

/* TRUE: the first of the list has more than @least of the field. */
static gboolean
has_more (const GstStructure *peer, const char *list, const char *field, double least)
{
  const GValue *streams = gst_structure_get_value (peer, list);
  const GstStructure *stream;
  g_auto (GValue) value = G_VALUE_INIT;

  if (streams == NULL || gst_value_list_get_size (streams) == 0)
    return FALSE;
  stream = gst_value_get_structure (gst_value_list_get_value (streams, 0));
  g_value_init (&value, G_TYPE_DOUBLE);
  return gst_structure_has_field (stream, field)
      && g_value_transform (gst_structure_get_value (stream, field), &value)
      && g_value_get_double (&value) > least;
}

static const GstStructure *
get_peer (const GstStructure *stats)
{
  const GValue *peers = gst_structure_get_value (stats, "peer");

  return peers != NULL && gst_value_list_get_size (peers) > 0
      ? gst_value_get_structure (gst_value_list_get_value (peers, 0))
      : NULL;
}

/* Messages come at an interval: one of them tells all of it. */
static void
wait_until_told (GstElement *pipeline, const char *list, const char *const *fields)
{
  gint64 deadline = g_get_monotonic_time () + PEER_WAIT * G_TIME_SPAN_MILLISECOND;
  gboolean told = FALSE;

  while (!told && g_get_monotonic_time () < deadline) {
    g_autoptr (GstMessage) message =
        test_wait_element (pipeline, "genos-stats", NULL, NULL, PEER_WAIT);
    const GstStructure *stats = gst_message_get_structure (message);
    const GstStructure *peer = get_peer (stats);

    g_assert_nonnull (gst_structure_get_string (stats, "json"));
    told = peer != NULL;
    for (guint i = 0; told && fields[i] != NULL; i++)
      told = has_more (peer, list, fields[i], 0);
  }
  g_assert_true (told);
}

static void
on_stats (GstElement *element, const GstStructure *stats, gint *n)
{
  g_assert_true (gst_structure_has_name (stats, "genos-room-stats"));
  g_atomic_int_inc (n);
}

static void
test_both_directions (void)
{
  static const char *const sent[] = { "packets-sent", "bytes-sent", "frames-sent", "bitrate",
    "frames-per-second", "key-frames-encoded", "frames-encoded", "total-encode-time", NULL };
  static const char *const received[] = { "packets-received", "bytes-received", "frames-received",
    "bitrate", "frames-per-second", NULL };
  g_autoptr (TestRelay) relay = test_relay_new ();
  const char *url = test_relay_get_url (relay);
  g_autoptr (GstElement) sender = test_launch (
      "videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=15/1 ! "
      "genosroomsink name=sink room=stats relays=%s stun-server=none stats-interval=300",
      url);
  g_autoptr (GstElement) receiver = test_launch (
      "genosroomsrc name=src room=stats relays=%s?second stun-server=none ! fakesink async=false",
      url);
  g_autoptr (GstElement) src = gst_bin_get_by_name (GST_BIN (receiver), "src");
  g_autofree char *json = NULL;
  gint n_stats = 0;

  g_signal_connect (src, "stats", G_CALLBACK (on_stats), &n_stats);
  test_reach (sender, GST_STATE_PLAYING);
  gst_element_set_state (receiver, GST_STATE_PLAYING);
  wait_until_told (sender, "outbound-rtp", sent);
  /* While the room is joined. */
  g_assert_cmpint (g_atomic_int_get (&n_stats), ==, 0);
  g_object_set (src, "stats-interval", 300, NULL);
  wait_until_told (receiver, "inbound-rtp", received);
  g_assert_cmpint (g_atomic_int_get (&n_stats), >, 0);

  g_object_get (src, "stats-json", &json, NULL);
  g_assert_nonnull (strstr (json, "\"framesReceived\":"));
  g_assert_nonnull (strstr (json, "\"localCandidate\":"));
  test_stop (receiver);
  test_stop (sender);
}

static guint
count (const char *folder, const char *part)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    if (strstr (name, part) != NULL && g_str_has_suffix (name, ".dot"))
      n++;
  }
  return n;
}

/* The pipelines that no application sees: what the test before left. */
static void
test_graphs (void)
{
  g_autoptr (GDir) dir = g_dir_open (dot_dir, 0, NULL);
  const char *name;

  g_assert_cmpuint (count (dot_dir, "-genos-link-"), >, 0);
  g_assert_cmpuint (count (dot_dir, "-genos-encoder-"), >, 0);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (dot_dir, name, NULL);

    g_unlink (path);
  }
  g_rmdir (dot_dir);
}

int
main (int argc, char *argv[])
{
  int result;

  dot_dir = g_dir_make_tmp ("genos-dot-XXXXXX", NULL);
  g_assert_nonnull (dot_dir);
  g_setenv ("GST_DEBUG_DUMP_DOT_DIR", dot_dir, TRUE);
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/elements/stats/both-directions", test_both_directions);
  g_test_add_func ("/elements/stats/graphs", test_graphs);
  result = g_test_run ();
  g_free (dot_dir);
  return result;
}
