/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A track that is passed on over a narrow link and a wide one: each branch gets what it can take. Real rooms and a
 * real relay; links that need no network, and whose rates are what the test says. */

#include <genos/room/peer-private.h>
#include <genos/transport/rtp/rtp-header.h>

#include "../common/cell-room.h"
#include "relay-fixture.h"

#include <string.h>

/* In cells of one, by their ids in this order; the first and the last are not linked. The first sends, to one of
 * those that are linked to it; from that one the others have it, or, in a row, one of them, and the last from that. */
#define N 4
static const char *const ids[N] = { "camera3", "middle2", "other2", "viewer2" };
#define SENDER ids[0]
#define LAST 3

#define WIDTH 480
#define HEIGHT 270
#define PICTURE_CAPS "video/x-raw,format=I420,width=480,height=270,framerate=10/1"
#define N_PICTURES 4
/* Much less than all of it takes, and more than the second encoding does. */
#define NARROW 90000
#define MIN_BITRATE 50000
/* On a machine that is held up somebody may change to another parent, which is not as far. */
#define MAX_BACK (5 * 90000)

typedef struct {
  GenosRoom *room;
  GenosRemoteTrack *track; /* (nullable) */
  guint n_added, n_removed;
  gint n_packets;     /* atomic, as the next three */
  gint n_breaks;      /* another SSRC, or a time stamp of long before */
  gint width;         /* of the last key frame */
  gint n_small;       /* key frames of another width than the camera's */
  guint32 ssrc, time; /* of the streaming thread */
} Member;

typedef struct {
  GenosRelayServer *server;
  char *url;
  gboolean in_row;
  Member members[N];
  GenosLocalTrack *camera;
  GstBuffer *pictures[N_PICTURES];
  guint n_pushed;
  guint timer;
  guint narrow;  /* whose links to others are narrow, … */
  guint limiter; /* … when this is not 0 */
} World;

/* --- members --- */

/* RFC 7741, 4.2: the descriptor has four bytes with a picture id of 15 bits; RFC 6386, 9.1: of a key frame the
 * lowest bit of the first byte is 0, and behind the start code is its width. */
static void
note_width (Member *member, const guint8 *payload, gsize size)
{
  static const guint8 start_code[] = { 0x9d, 0x01, 0x2a };
  gboolean begins = size >= 14 && (payload[0] & 0x17) == 0x10;
  gint width;

  if (!begins || (payload[4] & 1) != 0 || memcmp (payload + 7, start_code, 3) != 0)
    return;
  width = GST_READ_UINT16_LE (payload + 10) & 0x3fff;
  g_atomic_int_set (&member->width, width);
  if (width != WIDTH)
    g_atomic_int_inc (&member->n_small);
}

static void
on_packet (GenosRemoteTrack *track, GstBuffer *packet, gpointer data)
{
  Member *member = data;
  guint8 head[GENOS_RTP_HEAD_SIZE + 14];
  gsize n = gst_buffer_extract (packet, 0, head, sizeof head);
  GenosRtpHeader header;

  g_assert_true (genos_rtp_header_parse (&header, head, MIN (n, GENOS_RTP_HEAD_SIZE)));
  if (g_atomic_int_get (&member->n_packets) > 0
      && (header.ssrc != member->ssrc || (gint32) (header.timestamp - member->time) < -MAX_BACK))
    g_atomic_int_inc (&member->n_breaks);
  member->ssrc = header.ssrc;
  member->time = header.timestamp;
  if (header.size < n)
    note_width (member, head + header.size, n - header.size);
  g_atomic_int_inc (&member->n_packets);
  gst_buffer_unref (packet);
}

static void
on_track_added (GenosRoom *room, GenosPeer *peer, GenosRemoteTrack *track, Member *member)
{
  g_assert_cmpstr (genos_remote_track_get_peer_id (track), ==, SENDER);
  g_assert_cmpstr (genos_remote_track_get_track_id (track), ==, "picture");
  member->n_added++;
  g_set_object (&member->track, track);
  genos_remote_track_set_packet_func (track, on_packet, member, NULL);
}

static void
on_track_removed (GenosRoom *room, GenosPeer *peer, GenosRemoteTrack *track, Member *member)
{
  member->n_removed++;
}

/* The last one would pass on what it gets less of. */
static guint
get_forward_max (World *world, guint index)
{
  if (world->in_row || index == 0)
    return 1;
  return index == LAST ? 0 : 3;
}

static void
enter (World *world, guint index)
{
  Member *member = &world->members[index];

  member->room = cell_room_new ("far-tiers", world->url, ids[index]);
  g_object_set (member->room, "forward-max", get_forward_max (world, index), NULL);
  if (world->in_row)
    g_object_set (member->room, "password", "nobody else knows", "media-encryption",
        GENOS_ENCRYPTION_REQUIRED, NULL);
  g_signal_connect (member->room, "track-added", G_CALLBACK (on_track_added), member);
  g_signal_connect (member->room, "track-removed", G_CALLBACK (on_track_removed), member);
  cell_room_join (member->room);
}

static gboolean
on_tick (gpointer data)
{
  World *world = data;
  GstBuffer *picture = world->pictures[world->n_pushed++ % N_PICTURES];

  genos_local_track_push (world->camera, gst_buffer_copy (picture));
  return G_SOURCE_CONTINUE;
}

/* Noise, as nothing else takes the rate that it may have. */
static void
make_pictures (World *world)
{
  gsize size = WIDTH * HEIGHT * 3 / 2;

  for (guint i = 0; i < N_PICTURES; i++) {
    guint8 *bytes = g_malloc (size);

    for (gsize k = 0; k < size; k++)
      bytes[k] = g_test_rand_int_range (0, 256);
    world->pictures[i] = gst_buffer_new_wrapped (bytes, size);
  }
}

static void
start_camera (World *world)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (PICTURE_CAPS);
  g_autoptr (GError) error = NULL;

  make_pictures (world);
  world->camera =
      g_object_new (GENOS_TYPE_LOCAL_TRACK, "kind", GENOS_MEDIA_VIDEO, "codec", "vp8", "stream-id",
          "camera", "track-id", "picture", "bitrate", 1000000, "min-bitrate", MIN_BITRATE, NULL);
  genos_local_track_set_caps (world->camera, caps, &error);
  g_assert_no_error (error);
  genos_room_add_track (world->members[0].room, world->camera);
  world->timer = g_timeout_add (100, on_tick, world);
}

/* --- what is expected --- */

static gboolean
is_laid_out (World *world)
{
  for (guint i = 0; i < N; i++)
    if (!cell_room_is_laid_out (world->members[i].room, i, ids, N))
      return FALSE;
  return TRUE;
}

/* What the statistics of a member say of a field of the track; NULL: nothing. */
static char *
dup_said (Member *member, const char *field)
{
  g_autoptr (GstStructure) stats = genos_room_get_stats (member->room);
  const GValue *list = gst_structure_get_value (stats, "far-track");

  if (list == NULL || gst_value_list_get_size (list) == 0)
    return NULL;
  /* Its tiers are no tracks. */
  g_assert_cmpuint (gst_value_list_get_size (list), ==, 1);
  return g_strdup (gst_structure_get_string (
      gst_value_get_structure (gst_value_list_get_value (list, 0)), field));
}

static gboolean
says (Member *member, const char *field, const char *value)
{
  g_autofree char *said = dup_said (member, field);

  return g_strcmp0 (said, value) == 0;
}

static guint
get_beside (Member *member)
{
  g_autoptr (GstStructure) stats = genos_room_get_stats (member->room);
  const GValue *list = gst_structure_get_value (stats, "far-track");
  guint n = 0;

  gst_structure_get_uint (
      gst_value_get_structure (gst_value_list_get_value (list, 0)), "tiers-beside", &n);
  return n;
}

static gboolean
has_pictures (World *world)
{
  for (guint i = 1; i < N; i++)
    if (g_atomic_int_get (&world->members[i].width) != WIDTH)
      return FALSE;
  return TRUE;
}

static gboolean
has_from (World *world, guint index, guint from)
{
  return index != from && says (&world->members[index], "source", ids[from]);
}

/* One passes it on to the two others, the last of which gets a narrow link. */
static gboolean
is_fan (World *world)
{
  guint parent = has_from (world, 1, 0) ? 1 : 2;

  world->narrow = LAST;
  return has_from (world, parent, 0) && has_from (world, 3 - parent, parent)
      && has_from (world, LAST, parent);
}

static gboolean
is_row (World *world)
{
  for (guint first = 1; first < N; first++)
    for (guint second = 1; second < N; second++) {
      world->narrow = 1 + 2 + 3 - first - second;
      if (first != second && has_from (world, first, 0) && has_from (world, second, first)
          && has_from (world, world->narrow, second))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_grown (World *world)
{
  return has_pictures (world) && (world->in_row ? is_row (world) : is_fan (world));
}

static void
set_rate (GenosLocalTrack *track, GenosLinkSender *sender, gpointer rate)
{
  genos_link_sender_set_rate (sender, GPOINTER_TO_UINT (rate));
}

static void
limit (World *world, guint rate)
{
  for (guint i = 0; i < N; i++) {
    GenosPeer *peer = genos_room_get_peer (world->members[i].room, ids[world->narrow]);

    if (peer != NULL)
      genos_peer_media_foreach_sender (
          genos_peer_get_media (peer), set_rate, GUINT_TO_POINTER (rate));
  }
}

/* Of those, too, that are new. */
static gboolean
on_limit (gpointer world)
{
  limit (world, NARROW);
  return G_SOURCE_CONTINUE;
}

/* --- */

static void
set_up (World *world, gconstpointer in_row)
{
  world->server = relay_new ();
  world->url = genos_relay_server_dup_url (world->server);
  world->in_row = in_row != NULL;
  for (guint i = 0; i < N; i++)
    enter (world, i);
  cell_room_wait (is_laid_out (world));
}

static void
tear_down (World *world, gconstpointer unused)
{
  g_clear_handle_id (&world->timer, g_source_remove);
  g_clear_handle_id (&world->limiter, g_source_remove);
  for (guint i = 0; i < N; i++)
    genos_room_leave (world->members[i].room);
  for (guint i = 0; i < N; i++) {
    Member *member = &world->members[i];

    cell_room_wait_until_left (member->room);
    if (member->track != NULL)
      genos_remote_track_set_packet_func (member->track, NULL, NULL, NULL);
    g_clear_object (&member->track);
    g_signal_handlers_disconnect_by_data (member->room, member);
    g_clear_object (&member->room);
  }
  g_clear_object (&world->camera);
  for (guint i = 0; i < N_PICTURES; i++)
    gst_clear_buffer (&world->pictures[i]);
  genos_relay_server_stop (world->server);
  g_object_unref (world->server);
  g_free (world->url);
}

/* One that passes it on has another encoding beside it. */
static gboolean
has_beside (World *world)
{
  guint n = 0;

  for (guint i = 1; i < N; i++)
    n += get_beside (&world->members[i]);
  return n > 0;
}

/* Who is behind a narrow link gets the second encoding from the very one who passes the first on to another, or has it
 * itself, on the same pad; and the first again when it can take it. In a row it comes by way of two, sealed. */
static void
test_narrow (World *world, gconstpointer unused)
{
  Member *viewer;

  start_camera (world);
  cell_room_wait_slowly (is_grown (world));
  viewer = &world->members[world->narrow];
  g_assert_false (has_beside (world));

  world->limiter = g_timeout_add (100, on_limit, world);
  cell_room_wait (g_atomic_int_get (&viewer->width) == WIDTH / 2);
  cell_room_wait_slowly (says (viewer, "tier", "second") && has_beside (world));
  guint before = g_atomic_int_get (&viewer->n_packets);
  cell_room_wait ((guint) g_atomic_int_get (&viewer->n_packets) >= before + 10);

  g_clear_handle_id (&world->limiter, g_source_remove);
  limit (world, GENOS_RATE_UNBOUNDED);
  cell_room_wait (g_atomic_int_get (&viewer->width) == WIDTH);
  cell_room_wait_slowly (says (viewer, "tier", "full"));

  for (guint i = 1; i < N; i++) {
    Member *member = &world->members[i];

    if (member != viewer)
      g_assert_true (says (member, "tier", "full") && g_atomic_int_get (&member->n_small) == 0);
    g_assert_cmpint (g_atomic_int_get (&member->n_breaks), ==, 0);
    g_assert_cmpuint (member->n_added, ==, 1);
    g_assert_cmpuint (member->n_removed, ==, 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add ("/room-far-tiers/narrow-branch", World, NULL, set_up, test_narrow, tear_down);
  g_test_add ("/room-far-tiers/narrow-end", World, ids, set_up, test_narrow, tear_down);
  return g_test_run ();
}
