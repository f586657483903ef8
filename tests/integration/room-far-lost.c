/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The only bridge of a cell is killed, and nothing tells but the media that stays away, or that whoever is next in the
 * succession asks: that one does its work, and a viewer's track goes on. Real rooms and real relays; links that need no
 * network. */

#include "../common/cell-room.h"
#include "mesh-fixture.h"

#include <genos/room/peer-struct.h>

#define N 4
/* By the layout of rooms of these four: the other bridge, and a member of its cell, who sends. */
#define BRIDGE 0
#define SENDER 1
#define VIEWER 3

typedef struct {
  World world;
  GenosRelayServer *second; /* relay, and all that the bridge has */
  CellCamera camera;
  GenosRemoteTrack *track; /* the viewer's */
  guint n_added, n_removed;
  gint n_packets; /* atomic */
} Fixture;

static void
on_packet (GenosRemoteTrack *track, GstBuffer *packet, gpointer data)
{
  g_atomic_int_inc (&((Fixture *) data)->n_packets);
  gst_buffer_unref (packet);
}

static void
on_track_added (GenosRoom *room, GenosPeer *peer, GenosRemoteTrack *track, Fixture *self)
{
  self->n_added++;
  g_set_object (&self->track, track);
  genos_remote_track_set_packet_func (track, on_packet, self, NULL);
}

static void
on_track_removed (GenosRoom *room, GenosPeer *peer, GenosRemoteTrack *track, Fixture *self)
{
  self->n_removed++;
}

static void
fixture_set_up (Fixture *self, gconstpointer data)
{
  g_autofree char *first = NULL, *second = NULL;

  set_up (&self->world, data);
  self->second = relay_new ();
  first = self->world.url;
  second = genos_relay_server_dup_url (self->second);
  self->world.url = g_strdup (second);
  enter (&self->world, "2");
  g_free (self->world.url);
  self->world.url = g_strconcat (first, ",", second, NULL);
  for (guint i = 1; i < N; i++)
    enter (&self->world, "2");
  wait_long (is_settled (&self->world));
  if (data != NULL)
    return;
  g_signal_connect (
      get (&self->world, VIEWER)->room, "track-added", G_CALLBACK (on_track_added), self);
  g_signal_connect (
      get (&self->world, VIEWER)->room, "track-removed", G_CALLBACK (on_track_removed), self);
  cell_camera_start (&self->camera, get (&self->world, SENDER)->room, NULL);
}

static void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  cell_camera_stop (&self->camera);
  if (self->track != NULL)
    genos_remote_track_set_packet_func (self->track, NULL, NULL, NULL);
  for (guint i = 0; i < self->world.members->len; i++)
    g_signal_handlers_disconnect_by_data (get (&self->world, i)->room, self);
  g_clear_object (&self->track);
  tear_down (&self->world, data);
  genos_relay_server_stop (self->second);
  g_clear_object (&self->second);
}

/* Quiet channels are not asked for a sign of life, so that they tell nothing. */
static void
be_patient (Member *member)
{
  g_autoptr (GPtrArray) peers = genos_room_get_peers (member->room);

  for (guint i = 0; i < peers->len; i++)
    g_object_set (genos_peer_get_messenger (g_ptr_array_index (peers, i)), "heartbeat-interval",
        G_MAXINT, "heartbeat-timeout", G_MAXINT, NULL);
}

/* No link says that it is gone, and no relay. */
static void
kill_bridge (Fixture *self)
{
  g_autoptr (GPtrArray) peers = genos_room_get_peers (get (&self->world, BRIDGE)->room);

  genos_relay_server_stop (self->second);
  for (guint i = 0; i < peers->len; i++)
    peer_link_local_vanish (PEER_LINK_LOCAL (((GenosPeer *) g_ptr_array_index (peers, i))->link));
  g_ptr_array_remove_index (self->world.members, BRIDGE);
}

#define wait_for_packets(self)                                                                     \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint wanted = g_atomic_int_get (&(self)->n_packets) + 10;                                      \
    wait_long (g_atomic_int_get (&(self)->n_packets) >= wanted);                                   \
  }                                                                                                \
  G_STMT_END

static void
test_bridge (Fixture *self, gconstpointer data)
{
  Member *viewer = get (&self->world, VIEWER);
  gint64 killed;

  g_assert_true (genos_mesh_get_is_bridge (get (&self->world, BRIDGE)->mesh));
  g_assert_false (genos_mesh_get_is_bridge (viewer->mesh));
  wait_for_packets (self);
  for (guint i = 0; i < N; i++)
    be_patient (get (&self->world, i));
  kill_bridge (self);
  killed = g_get_monotonic_time ();
  wait_long (genos_mesh_is_acting (viewer->mesh));
  wait_for_packets (self);
  g_test_message ("it goes on after %d ms",
      (int) ((g_get_monotonic_time () - killed) / G_TIME_SPAN_MILLISECOND));
  g_assert_cmpuint (self->n_added, ==, 1);
  g_assert_cmpuint (self->n_removed, ==, 0);
}

/* Nobody sends anything. */
static void
test_quiet (Fixture *self, gconstpointer data)
{
  Member *next = get (&self->world, VIEWER);
  gint64 killed;

  g_assert_true (genos_mesh_get_is_bridge (get (&self->world, BRIDGE)->mesh));
  for (guint i = 0; i < N; i++)
    be_patient (get (&self->world, i));
  kill_bridge (self);
  killed = g_get_monotonic_time ();
  wait_long (genos_mesh_is_acting (next->mesh));
  g_test_message ("its place is taken after %d ms",
      (int) ((g_get_monotonic_time () - killed) / G_TIME_SPAN_MILLISECOND));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add (
      "/room-far-lost/bridge", Fixture, NULL, fixture_set_up, test_bridge, fixture_tear_down);
  g_test_add (
      "/room-far-lost/quiet", Fixture, "quiet", fixture_set_up, test_quiet, fixture_tear_down);
  return g_test_run ();
}
