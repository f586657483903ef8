/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A track that is passed on: one room sends it, a member passes it on to another room, and there it is
 * watched. Over a relay on loopback and webrtcbin. */

#include "../common/room-fixture.h"

#include <gst/app/app.h>
#include <gst/gst.h>

#define WAIT 90
#define WIDTH 160
#define HEIGHT 90
#define PICTURE_CAPS "video/x-raw,format=I420,width=160,height=90,framerate=25/1"

typedef struct {
  GenosRelayServer *relay;
  char *url;
  RoomMember *sender;
  RoomMember *middle_up; /* the same application in both rooms */
  RoomMember *middle_down;
  RoomMember *viewer;
  GenosLocalTrack *track;
  GenosLocalTrack *passed_on; /* (nullable) */
  GenosRemoteTrack *seen;     /* by the viewer; (nullable) */
  GstElement *decoder;
  GstElement *in;
  gint n_pictures; /* atomic */
  guint timer;
} Fixture;

/* --- the sender */

static gboolean
on_tick (gpointer user_data)
{
  Fixture *self = user_data;
  GstBuffer *picture = gst_buffer_new_allocate (NULL, WIDTH * HEIGHT * 3 / 2, NULL);

  gst_buffer_memset (picture, 0, 0x80, WIDTH * HEIGHT * 3 / 2);
  genos_local_track_push (self->track, picture);
  return G_SOURCE_CONTINUE;
}

static void
start_camera (Fixture *self)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (PICTURE_CAPS);
  g_autoptr (GError) error = NULL;

  self->track = g_object_new (GENOS_TYPE_LOCAL_TRACK, "kind", GENOS_MEDIA_VIDEO, "stream-id",
      "camera", "track-id", "picture", "metadata", "{\"of\":\"the gate\"}", NULL);
  genos_local_track_set_caps (self->track, caps, &error);
  g_assert_no_error (error);
  genos_room_add_track (self->sender->room, self->track);
  self->timer = g_timeout_add (40, on_tick, self);
}

static guint64
get_count (GenosLocalTrack *track, const char *name)
{
  g_autoptr (GstStructure) stats = genos_local_track_get_stats (track);
  guint64 value = 0;

  gst_structure_get_uint64 (stats, name, &value);
  return value;
}

/* --- in the middle */

static void
on_track_in_the_middle (GenosRoom *room, GenosPeer *peer, GenosRemoteTrack *track, Fixture *self)
{
  g_autoptr (GError) error = NULL;

  self->passed_on = genos_local_track_new_forward (track, &error);
  g_assert_no_error (error);
  genos_room_add_track (self->middle_down->room, self->passed_on);
}

static void
on_track_gone_in_the_middle (
    GenosRoom *room, GenosPeer *peer, GenosRemoteTrack *track, Fixture *self)
{
  genos_room_remove_track (self->middle_down->room, self->passed_on);
}

/* --- the viewer */

static GstPadProbeReturn
on_picture (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  g_atomic_int_inc (&((Fixture *) user_data)->n_pictures);
  return GST_PAD_PROBE_OK;
}

static void
make_decoder (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  self->decoder =
      gst_parse_launch ("appsrc name=in is-live=true format=time ! rtpvp8depay ! vp8dec ! "
                        "video/x-raw,width=160,height=90 ! "
                        "fakesink name=out sync=false async=false",
          &error);
  g_assert_no_error (error);
  self->in = gst_bin_get_by_name (GST_BIN (self->decoder), "in");
  g_autoptr (GstElement) out = gst_bin_get_by_name (GST_BIN (self->decoder), "out");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (out, "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_picture, self, NULL);
  gst_element_set_state (self->decoder, GST_STATE_PLAYING);
}

static void
on_packet (GenosRemoteTrack *track, GstBuffer *packet, gpointer user_data)
{
  gst_app_src_push_buffer (user_data, packet);
}

static void
on_track_at_the_viewer (GenosRoom *room, GenosPeer *peer, GenosRemoteTrack *track, Fixture *self)
{
  g_autoptr (GstCaps) caps = gst_caps_copy (genos_remote_track_get_caps (track));

  gst_app_src_set_caps (GST_APP_SRC (self->in), caps);
  g_set_object (&self->seen, track);
  genos_remote_track_set_packet_func (track, on_packet, self->in, NULL);
}

/* --- */

static void
set_up (Fixture *self, gconstpointer unused)
{
  self->relay = test_relay_server_new (0, &self->url);
  self->sender = room_member_new ("up", NULL, self->url);
  self->middle_up = room_member_new ("up", NULL, self->url);
  self->middle_down = room_member_new ("down", NULL, self->url);
  self->viewer = room_member_new ("down", NULL, self->url);
  g_signal_connect (
      self->middle_up->room, "track-added", G_CALLBACK (on_track_in_the_middle), self);
  g_signal_connect (
      self->middle_up->room, "track-removed", G_CALLBACK (on_track_gone_in_the_middle), self);
  g_signal_connect (self->viewer->room, "track-added", G_CALLBACK (on_track_at_the_viewer), self);
  make_decoder (self);
  start_camera (self);
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  g_source_remove (self->timer);
  g_clear_object (&self->seen);
  g_clear_pointer (&self->sender, room_member_free);
  room_member_free (self->viewer);
  room_member_free (self->middle_up);
  room_member_free (self->middle_down);
  gst_element_set_state (self->decoder, GST_STATE_NULL);
  gst_clear_object (&self->in);
  gst_clear_object (&self->decoder);
  g_clear_object (&self->passed_on);
  g_clear_object (&self->track);
  g_object_unref (self->relay);
  g_free (self->url);
}

#define wait_for_pictures(self, n)                                                                 \
  G_STMT_START                                                                                     \
  {                                                                                                \
    int wanted = g_atomic_int_get (&(self)->n_pictures) + (n);                                     \
    genos_test_wait_for (g_atomic_int_get (&(self)->n_pictures) >= wanted, WAIT);                  \
  }                                                                                                \
  G_STMT_END

static void
test_to_another_room (Fixture *self, gconstpointer unused)
{
  wait_for_pictures (self, 5);
  g_assert_cmpstr (genos_remote_track_get_stream_id (self->seen), ==, "camera");
  g_assert_cmpstr (genos_remote_track_get_track_id (self->seen), ==, "picture");
  g_assert_cmpstr (genos_remote_track_get_metadata (self->seen), ==, "{\"of\":\"the gate\"}");
  g_assert_cmpuint (genos_local_track_get_n_viewers (self->passed_on), ==, 1);

  /* The sender's encoder makes a key frame each minute by itself, and sooner for whoever asks. */
  for (guint i = 0; i < 3; i++) {
    guint64 before = get_count (self->track, "key-frames");

    genos_remote_track_request_key_frame (self->seen);
    genos_test_wait_for (get_count (self->track, "key-frames") > before, WAIT);
  }
  wait_for_pictures (self, 5);

  /* What the middle sees itself does not depend on that. */
  g_assert_cmpint (g_atomic_int_get (&self->middle_up->n_packets), >, 0);

  /* The sender goes, and with it what was passed on. */
  g_clear_pointer (&self->sender, room_member_free);
  genos_test_wait_for (self->viewer->n_tracks_removed == 1, WAIT);
  g_assert_true (room_member_has (self->viewer, genos_room_get_peer_id (self->middle_down->room)));
}

static void
test_middle_leaves (Fixture *self, gconstpointer unused)
{
  wait_for_pictures (self, 5);
  genos_room_leave (self->middle_down->room);
  genos_test_wait_for (self->viewer->n_tracks_removed == 1, WAIT);
  genos_test_wait_for (genos_local_track_get_n_viewers (self->passed_on) == 0, WAIT);
  /* Packets come in, and go nowhere. */
  guint64 before = get_count (self->passed_on, "unwanted");
  genos_test_wait_for (get_count (self->passed_on, "unwanted") > before, WAIT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add (
      "/room-forward/to-another-room", Fixture, NULL, set_up, test_to_another_room, tear_down);
  g_test_add ("/room-forward/middle-leaves", Fixture, NULL, set_up, test_middle_leaves, tear_down);
  return g_test_run ();
}
