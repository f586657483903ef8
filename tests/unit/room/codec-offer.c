/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a peer is offered of a track, when it refuses one codec after another. */

#include "../../common/peer-link-local.h"
#include "../../common/signaller-local.h"

#include "../../common/test-wait.h"

#include <genos/media/local-track-private.h>
#include <genos/room/room-private.h>

#include <string.h>

/* One that sends and one that gets; every link refuses what @refused says. */
typedef struct {
  SignalHub *hub;
  GenosRoom *alice;
  GenosRoom *bob;
  GenosLocalTrack *track;
  const char *const *refused;
  GPtrArray *came; /* encoding names, of what bob has got; profiles for H.264 */
  GPtrArray *warnings;
} Fixture;

static GenosPeerLink *
make_link (gboolean offerer, gpointer data, GError **error)
{
  Fixture *fixture = data;
  GenosPeerLink *link = peer_link_local_new (offerer);

  peer_link_local_set_refused (PEER_LINK_LOCAL (link), fixture->refused);
  return link;
}

static GenosRoom *
make_room (Fixture *fixture, const char *peer_id)
{
  GenosRoom *room = genos_room_new ("test");
  g_autoptr (GenosSignaller) signaller =
      GENOS_SIGNALLER (signaller_local_new (fixture->hub, peer_id));

  g_object_set (room, "peer-id", peer_id, NULL);
  genos_room_set_signaller (room, signaller);
  genos_room_set_link_factory (room, make_link, fixture);
  return room;
}

static void
on_track_added (GenosRoom *room, GenosPeer *peer, GenosRemoteTrack *track, Fixture *fixture)
{
  const GstStructure *s = gst_caps_get_structure (genos_remote_track_get_caps (track), 0);
  const char *profile = gst_structure_get_string (s, "profile-level-id");

  g_ptr_array_add (fixture->came,
      g_strdup (profile != NULL ? profile : gst_structure_get_string (s, "encoding-name")));
}

static void
on_warning (GenosRoom *room, GError *error, Fixture *fixture)
{
  g_ptr_array_add (fixture->warnings, g_strdup (error->message));
}

static void
set_up (Fixture *fixture, gconstpointer refused)
{
  fixture->refused = refused;
  fixture->hub = signal_hub_new ();
  fixture->came = g_ptr_array_new_with_free_func (g_free);
  fixture->warnings = g_ptr_array_new_with_free_func (g_free);
  fixture->alice = make_room (fixture, "alice");
  fixture->bob = make_room (fixture, "bob");
  g_signal_connect (fixture->bob, "track-added", G_CALLBACK (on_track_added), fixture);
  g_signal_connect (fixture->alice, "warning", G_CALLBACK (on_warning), fixture);
}

static void
room_free (GenosRoom *room)
{
  genos_room_leave (room);
  genos_test_wait_until (genos_room_get_state (room) == GENOS_ROOM_IDLE);
  g_object_unref (room);
}

static void
tear_down (Fixture *fixture, gconstpointer refused)
{
  room_free (fixture->bob);
  room_free (fixture->alice);
  g_clear_object (&fixture->track);
  signal_hub_unref (fixture->hub);
  g_ptr_array_unref (fixture->came);
  g_ptr_array_unref (fixture->warnings);
}

static void
begin (Fixture *fixture, const char *caps_text, const char *const *codecs)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (caps_text);
  g_autoptr (GError) error = NULL;

  fixture->track = g_object_new (GENOS_TYPE_LOCAL_TRACK, "kind", GENOS_MEDIA_VIDEO, "track-id",
      "camera", "codecs", codecs, NULL);
  genos_local_track_set_caps (fixture->track, caps, &error);
  g_assert_no_error (error);
  genos_room_add_track (fixture->alice, fixture->track);
  genos_room_join (fixture->alice, &error);
  g_assert_no_error (error);
  genos_room_join (fixture->bob, &error);
  g_assert_no_error (error);
}

#define RAW "video/x-raw,format=I420,width=64,height=64,framerate=30/1"

static const char *const codecs[] = { "vp9", "h264", "vp8", NULL };

static void
test_next_codec (Fixture *fixture, gconstpointer refused)
{
  begin (fixture, RAW, codecs);
  genos_test_wait_until (fixture->came->len == 1);
  g_assert_cmpstr (g_ptr_array_index (fixture->came, 0), ==, "VP8");
  g_assert_cmpuint (fixture->warnings->len, ==, 0);
}

static void
test_nothing_left (Fixture *fixture, gconstpointer refused)
{
  begin (fixture, RAW, codecs);
  genos_test_wait_until (fixture->warnings->len == 1);
  g_assert_nonnull (strstr (g_ptr_array_index (fixture->warnings, 0), "camera"));
  g_assert_nonnull (strstr (g_ptr_array_index (fixture->warnings, 0), "bob"));
  g_assert_nonnull (strstr (g_ptr_array_index (fixture->warnings, 0), "VP8, VP9, H.264"));
  g_assert_cmpuint (fixture->came->len, ==, 0);
}

/* The statistics say it too, of the peer. */
static void
test_stats (Fixture *fixture, gconstpointer refused)
{
  g_autoptr (GstStructure) stats = NULL;
  g_autofree char *text = NULL;

  begin (fixture, RAW, codecs);
  genos_test_wait_until (fixture->came->len == 1);
  stats = genos_room_get_stats (fixture->alice);
  text = gst_structure_to_string (stats);
  g_assert_nonnull (strstr (text, "refused-tracks"));
  g_assert_nonnull (strstr (text, "camera"));
  g_assert_nonnull (strstr (text, "VP9"));
}

/* Refused as high, taken as constrained baseline of the same level. */
static void
test_plain_h264 (Fixture *fixture, gconstpointer refused)
{
  begin (fixture,
      "video/x-h264,stream-format=byte-stream,alignment=au,profile=(string)high,level=(string)4",
      NULL);
  genos_test_wait_until (fixture->came->len == 1);
  g_assert_cmpstr (g_ptr_array_index (fixture->came, 0), ==, "42e028");
  g_assert_cmpuint (fixture->warnings->len, ==, 0);
}

int
main (int argc, char *argv[])
{
  static const char *const some[] = { "VP9", "H264", NULL };
  static const char *const all[] = { "VP9", "H264", "VP8", NULL };
  static const char *const high[] = { "640028", NULL };

  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add ("/room/codec-offer/next-codec", Fixture, some, set_up, test_next_codec, tear_down);
  g_test_add ("/room/codec-offer/nothing-left", Fixture, all, set_up, test_nothing_left, tear_down);
  g_test_add ("/room/codec-offer/stats", Fixture, some, set_up, test_stats, tear_down);
  g_test_add ("/room/codec-offer/plain-h264", Fixture, high, set_up, test_plain_h264, tear_down);
  return g_test_run ();
}
