/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A sealed track in a room of cells: who passes it on cannot watch it, and who watches it two links away has
 * pictures. Real rooms and a real relay; links that need no network. Seals of the layout come sooner than they would.
 *
 *   sender ── near ─┬─ viewer
 *      └───── other ┘
 */

#include <genos/crypto/sframe.h>
#include <genos/media/rtp-key-frame.h>
#include <genos/room/far/far-private.h>
#include <genos/room/room-private.h>
#include <genos/room/room-struct.h>

#include "../common/cell-room.h"
#include "relay-fixture.h"

#include <string.h>

#define RTP_HEADER 12
#define MAX_KEPT 4096

enum { SENDER, NEAR, OTHER, VIEWER, N };

/* One for each of four cells, in their order; linked are those that are 1 or 2 cells apart. */
static const char *const ids[N] = { "member6", "member3", "member0", "member1" };

typedef struct {
  GenosRoom *room;
  gboolean wants;
  GenosRemoteTrack *track; /* (nullable): as the application has it */
  GstElement *player;      /* (nullable) */
  GstElement *entry;
  gint n_packets;  /* atomic, like the others: that came out, … */
  gint n_pictures; /* … and were decoded */
} Member;

typedef struct {
  GenosRelayServer *server;
  char *url;
  Member members[N];
  CellCamera camera;

  GenosRemoteTrack *tapped; /* (nullable): what a member passes on */
  GMutex lock;              /* guards what follows */
  GHashTable *passed;       /* time stamp → GBytes, a payload as it was passed on */
  guint n_compared;
  guint64 kid; /* of the last packet that came to the viewer */
} World;

/* --- who watches --- */

static guint32
read_time (GstBuffer *packet)
{
  guint8 time[4];

  g_assert_cmpuint (gst_buffer_extract (packet, 4, time, sizeof time), ==, sizeof time);
  return GST_READ_UINT32_BE (time);
}

static GBytes *
dup_payload (GstBuffer *packet)
{
  gsize size = gst_buffer_get_size (packet) - RTP_HEADER;
  guint8 *payload = g_malloc (size);

  gst_buffer_extract (packet, RTP_HEADER, payload, size);
  return g_bytes_new_take (payload, size);
}

static void
compare (World *world, GstBuffer *packet)
{
  g_autoptr (GBytes) opened = dup_payload (packet);
  g_autoptr (GBytes) passed = NULL;
  gsize opened_size, passed_size;
  const guint8 *inside = g_bytes_get_data (opened, &opened_size), *outside;

  g_mutex_lock (&world->lock);
  passed = g_hash_table_lookup (world->passed, GUINT_TO_POINTER (read_time (packet)));
  if (passed != NULL) {
    g_bytes_ref (passed);
    world->n_compared++;
  }
  g_mutex_unlock (&world->lock);
  if (passed == NULL)
    return;
  outside = g_bytes_get_data (passed, &passed_size);
  g_assert_cmpuint (passed_size, >, opened_size + GENOS_SFRAME_TAG_SIZE);
  /* A few bytes may be the same by chance; so many are not. */
  for (gsize at = 0; opened_size >= 8 && at + 8 <= opened_size; at++)
    g_assert_null (memmem (outside, passed_size, inside + at, 8));
}

static void
on_opened (GenosRemoteTrack *track, GstBuffer *packet, gpointer data)
{
  World *world = data;
  Member *viewer = &world->members[VIEWER];
  GstFlowReturn flow;

  g_atomic_int_inc (&viewer->n_packets);
  compare (world, packet);
  packet = gst_buffer_make_writable (packet);
  GST_BUFFER_PTS (packet) = GST_CLOCK_TIME_NONE;
  g_signal_emit_by_name (viewer->entry, "push-buffer", packet, &flow);
  gst_buffer_unref (packet);
}

static void
on_picture (GstElement *sink, GstBuffer *picture, GstPad *pad, Member *viewer)
{
  g_assert_cmpuint (
      gst_buffer_get_size (picture), ==, CELL_CAMERA_WIDTH * CELL_CAMERA_HEIGHT * 3 / 2);
  g_atomic_int_inc (&viewer->n_pictures);
}

static void
start_player (Member *viewer)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) sink = NULL;

  viewer->player = gst_parse_launch ("appsrc name=entry ! rtpvp8depay ! vp8dec ! "
                                     "fakesink name=sink sync=false signal-handoffs=true",
      &error);
  g_assert_no_error (error);
  viewer->entry = gst_bin_get_by_name (GST_BIN (viewer->player), "entry");
  g_object_set (viewer->entry, "caps", genos_remote_track_get_caps (viewer->track), "format",
      GST_FORMAT_TIME, NULL);
  sink = gst_bin_get_by_name (GST_BIN (viewer->player), "sink");
  g_signal_connect (sink, "handoff", G_CALLBACK (on_picture), viewer);
  gst_element_set_state (viewer->player, GST_STATE_PLAYING);
}

static void
on_counted (GenosRemoteTrack *track, GstBuffer *packet, gpointer data)
{
  g_atomic_int_inc (&((Member *) data)->n_packets);
  gst_buffer_unref (packet);
}

/* Whichever way it comes to the viewer. */
static void
on_arrived (GenosRemoteTrack *track, GstBuffer *packet, gpointer data)
{
  World *world = data;
  GenosSframeHeader header;
  guint8 bytes[1 + GENOS_SFRAME_MAX_HEADER];
  gsize size = gst_buffer_extract (packet, RTP_HEADER, bytes, sizeof bytes);

  g_assert_cmpuint (genos_sframe_header_parse (&header, bytes + 1, size - 1), >, 0);
  g_mutex_lock (&world->lock);
  world->kid = header.kid;
  g_mutex_unlock (&world->lock);
  gst_buffer_unref (packet);
}

static void
on_track_added (GenosRoom *room, GenosPeer *peer, GenosRemoteTrack *track, World *world)
{
  for (guint i = 0; i < N; i++) {
    Member *member = &world->members[i];

    if (member->room != room || member->track != NULL)
      continue;
    member->track = g_object_ref (track);
    if (i == VIEWER) {
      start_player (member);
      genos_remote_track_add_raw_tap (track, on_arrived, world, NULL);
      genos_remote_track_set_packet_func (track, on_opened, world, NULL);
    } else {
      genos_remote_track_set_packet_func (track, on_counted, member, NULL);
    }
  }
}

static gboolean
is_wanted (GenosRoom *room, GenosTrackOffer *offer, gpointer data)
{
  return ((Member *) data)->wants;
}

/* --- the room --- */

static void
enter (World *world, guint index)
{
  Member *member = &world->members[index];

  member->wants = index == VIEWER;
  member->room = cell_room_new ("sealed-media", world->url, ids[index]);
  g_object_set (member->room, "password", "nobody else knows", "media-encryption",
      index == SENDER ? GENOS_ENCRYPTION_REQUIRED : GENOS_ENCRYPTION_OFF, NULL);
  g_signal_connect (member->room, "track-added", G_CALLBACK (on_track_added), world);
  genos_room_set_track_filter (member->room, is_wanted, member, NULL);
  cell_room_join (member->room);
}

static gboolean
is_laid_out (World *world)
{
  for (guint i = 0; i < N; i++)
    if (!cell_room_is_laid_out (world->members[i].room, i, ids, N))
      return FALSE;
  return TRUE;
}

static void
set_up (World *world, gconstpointer unused)
{
  g_mutex_init (&world->lock);
  world->passed = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_bytes_unref);
  world->server = relay_new ();
  world->url = genos_relay_server_dup_url (world->server);
  for (guint i = 0; i < N; i++)
    enter (world, i);
  cell_room_wait (is_laid_out (world));
}

static void
leave (World *world, Member *member)
{
  if (member->track != NULL) {
    genos_remote_track_set_packet_func (member->track, NULL, NULL, NULL);
    genos_remote_track_remove_tap (member->track, world);
  }
  genos_room_leave (member->room);
  cell_room_wait_until_left (member->room);
  g_clear_object (&member->track);
  g_clear_object (&member->room);
}

static void
untap (World *world)
{
  if (world->tapped != NULL)
    genos_remote_track_remove_tap (world->tapped, world);
  g_clear_object (&world->tapped);
}

static void
tear_down (World *world, gconstpointer unused)
{
  Member *viewer = &world->members[VIEWER];

  cell_camera_stop (&world->camera);
  untap (world);
  for (guint i = 0; i < N; i++)
    if (world->members[i].room != NULL)
      leave (world, &world->members[i]);
  gst_element_set_state (viewer->player, GST_STATE_NULL);
  g_clear_object (&viewer->entry);
  g_clear_object (&viewer->player);
  genos_relay_server_stop (world->server);
  g_object_unref (world->server);
  g_hash_table_unref (world->passed);
  g_mutex_clear (&world->lock);
  g_free (world->url);
}

/* --- what is passed on --- */

static void
on_passed (GenosRemoteTrack *track, GstBuffer *packet, gpointer data)
{
  World *world = data;
  GBytes *payload = dup_payload (packet);
  gsize size;
  const guint8 *bytes = g_bytes_get_data (payload, &size);
  GenosSframeHeader header;

  g_assert_cmpuint (size, >, 1);
  g_assert_cmpuint (bytes[0] & ~GENOS_RTP_SEALED_KEY_FRAME, ==, 0);
  g_assert_cmpuint (genos_sframe_header_parse (&header, bytes + 1, size - 1), >, 0);
  g_mutex_lock (&world->lock);
  if (g_hash_table_size (world->passed) < MAX_KEPT)
    g_hash_table_replace (world->passed, GUINT_TO_POINTER (read_time (packet)), payload);
  else
    g_bytes_unref (payload);
  g_mutex_unlock (&world->lock);
  gst_buffer_unref (packet);
}

static GenosFarTrack *
find_far (Member *member)
{
  return genos_far_tracks_find (member->room->far, ids[SENDER], "camera", "picture");
}

/* Whoever passes it on to the viewer. (nullable) */
static Member *
find_parent (World *world)
{
  GenosFarTrack *seen = find_far (&world->members[VIEWER]);

  for (guint i = NEAR; i <= OTHER; i++) {
    Member *member = &world->members[i];
    GenosFarTrack *track = member->room != NULL ? find_far (member) : NULL;

    if (seen != NULL && g_strcmp0 (seen->source, ids[i]) == 0 && track != NULL
        && track->track != NULL)
      return member;
  }
  return NULL;
}

static void
tap (World *world, Member *member)
{
  world->tapped = g_object_ref (find_far (member)->track);
  genos_remote_track_add_raw_tap (world->tapped, on_passed, world, NULL);
}

static guint
count_keys (World *world)
{
  return genos_sealed_tracks_count_viewers (
      world->members[SENDER].room->far->sealed, "camera", "picture");
}

static void
wait_for_pictures (World *world)
{
  Member *viewer = &world->members[VIEWER];
  gint before = g_atomic_int_get (&viewer->n_pictures);

  cell_room_wait (g_atomic_int_get (&viewer->n_pictures) >= before + 5);
}

static guint
get_n_compared (World *world)
{
  guint n;

  g_mutex_lock (&world->lock);
  n = world->n_compared;
  g_mutex_unlock (&world->lock);
  return n;
}

static guint64
get_kid (World *world)
{
  guint64 kid;

  g_mutex_lock (&world->lock);
  kid = world->kid;
  g_mutex_unlock (&world->lock);
  return kid;
}

/* --- tests --- */

static void
check_forwarder (Member *parent)
{
  GenosFarTrack *track = find_far (parent);
  GenosTrackOpenerStats stats;

  g_assert_true (track->sealed);
  g_assert_false (track->wanted);
  genos_track_opener_get_stats (
      genos_sealed_tracks_get_opener (parent->room->far->sealed, &track->name), &stats);
  g_assert_cmpuint (stats.opened, ==, 0);
  g_assert_cmpint (g_atomic_int_get (&parent->n_packets), ==, 0);
}

static void
test_passed_on_sealed (World *world, gconstpointer unused)
{
  Member *parent, *second;

  cell_camera_start (&world->camera, world->members[SENDER].room, NULL);
  wait_for_pictures (world);
  parent = find_parent (world);
  g_assert_nonnull (parent);
  tap (world, parent);
  cell_room_wait (get_n_compared (world) >= 5);
  wait_for_pictures (world);
  check_forwarder (parent);
  g_assert_cmpuint (count_keys (world), ==, 1);
  g_assert_cmpuint (get_kid (world), ==, 0);

  /* Another one watches for a while, and leaves: what is sealed afterwards it could not open. */
  second = parent == &world->members[NEAR] ? &world->members[OTHER] : &world->members[NEAR];
  second->wants = TRUE;
  genos_room_refilter_tracks (second->room);
  cell_room_wait (count_keys (world) == 2);
  cell_room_wait (g_atomic_int_get (&second->n_packets) >= 5);
  leave (world, second);
  cell_room_wait (get_kid (world) == 1);
  g_assert_cmpuint (count_keys (world), ==, 1);
  wait_for_pictures (world);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add ("/integration/room-sealed-media/passed-on-sealed", World, NULL, set_up,
      test_passed_on_sealed, tear_down);
  return g_test_run ();
}
