/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A track in a room of cells: who has it from whom, and what becomes of it when somebody goes. Real rooms and a
 * real relay; links that need no network. Seals come sooner than they would. */

#include <genos/media/track-audience-private.h>
#include <genos/room/room-private.h>

#include "../common/cell-room.h"
#include "relay-fixture.h"

#include <string.h>

#define N 8
#define FORWARD_MAX 2
/* One for each of eight cells, in their order; linked are those that are 1, 2 or 4 cells apart. The first one
 * sends. */
static const char *const ids[N] = { "member19", "member4", "member9", "member1", "member3",
  "member5", "member13", "member0" };
#define SENDER "member19"

typedef struct {
  GenosRoom *room;
  GenosRemoteTrack *track; /* (nullable): the camera's */
  char *shown_with;        /* the peer it came with */
  guint n_added, n_removed, n_offered, n_withdrawn;
  gint n_packets; /* atomic */
  gint n_breaks;  /* atomic: another SSRC, or a number that does not follow */
  guint32 ssrc;   /* of the streaming thread, as what follows */
  guint16 seqnum;
} Member;

typedef struct {
  GenosRelayServer *server;
  char *url;
  Member members[N];
  CellCamera camera; /* of the first of them */
} World;

/* --- members --- */

/* Behind a change a few numbers may be missing, never go back. */
static void
on_packet (GenosRemoteTrack *track, GstBuffer *packet, gpointer data)
{
  Member *member = data;
  guint8 head[12];
  guint16 step;

  g_assert_cmpuint (gst_buffer_extract (packet, 0, head, sizeof head), ==, sizeof head);
  step = GST_READ_UINT16_BE (head + 2) - member->seqnum;
  if (g_atomic_int_get (&member->n_packets) > 0
      && (GST_READ_UINT32_BE (head + 8) != member->ssrc || step == 0 || step > 1000))
    g_atomic_int_inc (&member->n_breaks);
  member->ssrc = GST_READ_UINT32_BE (head + 8);
  member->seqnum = GST_READ_UINT16_BE (head + 2);
  g_atomic_int_inc (&member->n_packets);
  gst_buffer_unref (packet);
}

static void
on_track_added (GenosRoom *room, GenosPeer *peer, GenosRemoteTrack *track, Member *member)
{
  g_assert_cmpstr (genos_remote_track_get_peer_id (track), ==, SENDER);
  g_assert_cmpstr (genos_remote_track_get_stream_id (track), ==, "camera");
  g_assert_cmpstr (genos_remote_track_get_track_id (track), ==, "picture");
  /* A local link brings a track before what is said of it. */
  if (genos_room_get_peer (room, SENDER) == NULL)
    g_assert_cmpstr (genos_remote_track_get_metadata (track), ==, "{\"of\":\"the gate\"}");
  member->n_added++;
  g_free (member->shown_with);
  member->shown_with = g_strdup (genos_peer_get_id (peer));
  g_set_object (&member->track, track);
  genos_remote_track_set_packet_func (track, on_packet, member, NULL);
}

static void
on_track_removed (GenosRoom *room, GenosPeer *peer, GenosRemoteTrack *track, Member *member)
{
  g_assert_true (track == member->track);
  member->n_removed++;
}

static void
on_offered (GenosRoom *room, GenosTrackOffer *offer, Member *member)
{
  g_assert_cmpstr (genos_track_offer_get_peer_id (offer), ==, SENDER);
  g_assert_cmpstr (genos_track_offer_get_track_id (offer), ==, "picture");
  member->n_offered++;
}

static void
on_withdrawn (GenosRoom *room, GenosTrackOffer *offer, Member *member)
{
  member->n_withdrawn++;
}

static void
enter (World *world, guint index)
{
  Member *member = &world->members[index];

  member->room = cell_room_new ("far-media", world->url, ids[index]);
  g_object_set (member->room, "forward-max", FORWARD_MAX, NULL);
  g_signal_connect (member->room, "track-added", G_CALLBACK (on_track_added), member);
  g_signal_connect (member->room, "track-removed", G_CALLBACK (on_track_removed), member);
  g_signal_connect (member->room, "track-offered", G_CALLBACK (on_offered), member);
  g_signal_connect (member->room, "track-withdrawn", G_CALLBACK (on_withdrawn), member);
  cell_room_join (member->room);
}

static void
start_camera (World *world)
{
  cell_camera_start (&world->camera, world->members[0].room, "{\"of\":\"the gate\"}");
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
  world->server = relay_new ();
  world->url = genos_relay_server_dup_url (world->server);
  for (guint i = 0; i < N; i++)
    enter (world, i);
  cell_room_wait (is_laid_out (world));
}

static void
drop_member (Member *member)
{
  if (member->track != NULL)
    genos_remote_track_set_packet_func (member->track, NULL, NULL, NULL);
  g_clear_object (&member->track);
  if (member->room != NULL)
    g_signal_handlers_disconnect_by_data (member->room, member);
  g_clear_object (&member->room);
  g_clear_pointer (&member->shown_with, g_free);
}

static void
tear_down (World *world, gconstpointer unused)
{
  cell_camera_stop (&world->camera);
  for (guint i = 0; i < N; i++) {
    Member *member = &world->members[i];

    if (member->room != NULL)
      genos_room_leave (member->room);
  }
  for (guint i = 0; i < N; i++) {
    Member *member = &world->members[i];

    if (member->room != NULL)
      cell_room_wait_until_left (member->room);
    if (member->room != NULL)
      g_assert_cmpuint (member->n_offered, ==, member->n_withdrawn);
    drop_member (member);
  }
  genos_relay_server_stop (world->server);
  g_object_unref (world->server);
  g_free (world->url);
}

/* --- what is expected --- */

static guint
count_packets (Member *member)
{
  return (guint) g_atomic_int_get (&member->n_packets);
}

/* Everybody but the sender gets more. */
static void
wait_for_packets (World *world)
{
  for (guint i = 1; i < N; i++) {
    Member *member = &world->members[i];
    guint before = count_packets (member);

    if (member->room != NULL)
      cell_room_wait (count_packets (member) >= before + 5);
  }
}

/* What the statistics of a member say of the camera: FALSE when nothing. */
static gboolean
look_up (Member *member, char **parent, guint *hops, guint *children)
{
  g_autoptr (GstStructure) stats = genos_room_get_stats (member->room);
  const GValue *list = gst_structure_get_value (stats, "far-track");

  for (guint i = 0; list != NULL && i < gst_value_list_get_size (list); i++) {
    const GstStructure *one = gst_value_get_structure (gst_value_list_get_value (list, i));

    if (g_strcmp0 (gst_structure_get_string (one, "track-id"), "picture") != 0)
      continue;
    g_free (*parent);
    *parent = g_strdup (gst_structure_get_string (one, "source"));
    return gst_structure_get_uint (one, "hops", hops)
        && gst_structure_get_uint (one, "children", children);
  }
  return FALSE;
}

static void
check_bounds (World *world)
{
  guint n_far = 0;

  g_assert_cmpuint (genos_local_track_get_n_viewers (world->camera.track), <=, FORWARD_MAX);
  for (guint i = 1; i < N; i++) {
    Member *member = &world->members[i];
    g_autofree char *parent = NULL;
    guint hops = 0, children = 0;

    if (member->room == NULL)
      continue;
    g_assert_true (look_up (member, &parent, &hops, &children));
    g_assert_cmpuint (children, <=, FORWARD_MAX);
    g_test_message ("%s has it from %s, %u hops, %u children", ids[i], parent, hops, children);
    n_far += hops > 0;
    g_assert_cmpuint (member->n_added, ==, 1);
    g_assert_cmpuint (member->n_removed, ==, 0);
    g_assert_cmpuint (member->n_offered, >=, 1);
    g_assert_cmpstr (member->shown_with, ==, SENDER);
    g_assert_cmpint (g_atomic_int_get (&member->n_breaks), ==, 0);
  }
  g_assert_cmpuint (n_far, >=, 1);
}

/* --- tests --- */

static void
mark_linked (World *world, guint from, guint but, gboolean *reached)
{
  reached[from] = TRUE;
  for (guint i = 0; i < N; i++) {
    if (i != but && !reached[i] && world->members[i].room != NULL
        && genos_room_get_peer (world->members[from].room, ids[i]) != NULL)
      mark_linked (world, i, but, reached);
  }
}

/* Whether there are links among all others without it: who is gone without a word stays in the layout of those
 * who had no link to it for as long as it could just be silent. */
static gboolean
can_be_spared (World *world, guint index)
{
  gboolean reached[N] = { FALSE };

  mark_linked (world, 0, index, reached);
  for (guint i = 0; i < N; i++)
    if (i != index && world->members[i].room != NULL && !reached[i])
      return FALSE;
  return TRUE;
}

/* Somebody others have it from, who is not its sender; NULL: nobody yet. */
static Member *
find_parent (World *world)
{
  for (guint i = 1; i < N; i++) {
    g_autofree char *parent = NULL;
    guint hops = 0, children = 0;

    if (world->members[i].room != NULL && look_up (&world->members[i], &parent, &hops, &children)
        && children > 0 && can_be_spared (world, i))
      return &world->members[i];
  }
  return NULL;
}

static gboolean
nobody_has_it_from (World *world, const char *id)
{
  for (guint i = 1; i < N; i++) {
    g_autofree char *parent = NULL;
    guint hops = 0, children = 0;

    if (world->members[i].room != NULL
        && (!look_up (&world->members[i], &parent, &hops, &children) || *parent == '\0'
            || strcmp (parent, id) == 0))
      return FALSE;
  }
  return TRUE;
}

static void
test_watched_by_all (World *world, gconstpointer unused)
{
  start_camera (world);
  wait_for_packets (world);
  check_bounds (world);

  /* One that others have it from leaves. */
  cell_room_wait_slowly (find_parent (world) != NULL);
  Member *parent = find_parent (world);
  const char *id = ids[parent - world->members];
  genos_room_leave (parent->room);
  cell_room_wait_until_left (parent->room);
  drop_member (parent);
  cell_room_wait_slowly (nobody_has_it_from (world, id));
  wait_for_packets (world);
  check_bounds (world);

  /* It is taken away, and over for everybody. */
  genos_room_remove_track (world->members[0].room, world->camera.track);
  for (guint i = 1; i < N; i++)
    if (world->members[i].room != NULL)
      cell_room_wait (world->members[i].n_removed == 1);
}

static gboolean
refuse_all (GenosRoom *room, GenosTrackOffer *offer, gpointer unused)
{
  return FALSE;
}

/* Somebody without a link to the sender. */
static guint
find_far (World *world)
{
  for (guint i = 1; i < N; i++)
    if (genos_room_get_peer (world->members[i].room, SENDER) == NULL)
      return i;
  g_assert_not_reached ();
}

/* Only where somebody wants it. Then by everybody, and who is gone without a word is replaced before the others know that
 * it is gone. */
static void
test_wanted (World *world, gconstpointer unused)
{
  guint viewer;

  for (guint i = 1; i < N; i++)
    genos_room_set_track_filter (world->members[i].room, refuse_all, NULL, NULL);
  viewer = find_far (world);
  start_camera (world);
  cell_room_wait (world->members[viewer].n_offered == 1);
  g_assert_cmpuint (genos_local_track_get_n_viewers (world->camera.track), ==, 0);
  g_assert_cmpuint (world->members[viewer].n_added, ==, 0);

  genos_room_set_track_filter (world->members[viewer].room, NULL, NULL, NULL);
  cell_room_wait (count_packets (&world->members[viewer]) >= 10);
  g_assert_cmpuint (genos_local_track_get_n_viewers (world->camera.track), ==, 1);
  for (guint i = 1; i < N; i++)
    if (i != viewer && genos_room_get_peer (world->members[i].room, SENDER) == NULL)
      g_assert_cmpuint (world->members[i].n_added, ==, 0);

  genos_room_set_track_filter (world->members[viewer].room, refuse_all, NULL, NULL);
  cell_room_wait (genos_local_track_get_n_viewers (world->camera.track) == 0);
  g_assert_cmpuint (world->members[viewer].n_removed, ==, 0);
  genos_room_set_track_filter (world->members[viewer].room, NULL, NULL, NULL);
  guint before = count_packets (&world->members[viewer]);
  cell_room_wait (count_packets (&world->members[viewer]) >= before + 10);
  g_assert_cmpuint (world->members[viewer].n_added, ==, 1);

  for (guint i = 1; i < N; i++)
    genos_room_set_track_filter (world->members[i].room, NULL, NULL, NULL);
  wait_for_packets (world);
  cell_room_wait_slowly (find_parent (world) != NULL);
  Member *parent = find_parent (world);
  const char *id = ids[parent - world->members];
  drop_member (parent);
  cell_room_wait_slowly (nobody_has_it_from (world, id));
  wait_for_packets (world);
  check_bounds (world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add (
      "/room-far-media/watched-by-all", World, NULL, set_up, test_watched_by_all, tear_down);
  g_test_add ("/room-far-media/wanted", World, NULL, set_up, test_wanted, tear_down);
  return g_test_run ();
}
