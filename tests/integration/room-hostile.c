/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A room over a real relay and real links in which somebody misbehaves, while two others talk. */

#include "../common/room-fixture.h"
#include "hostile-peer.h"

#include <string.h>

#include <genos/transport/webrtc/peer-link-webrtc.h>

/* Those of a handshake that failed, and of the next. */
#define DEADLINE 45
#define ROOM "hostile"

typedef struct {
  GenosRelayServer *relay;
  char *url;
  RoomMember *alice; /* the victim */
  RoomMember *bob;
} World;

#define wait_until(condition) genos_test_wait_for (condition, DEADLINE)

static void
set_up (World *world, gconstpointer data)
{
  world->relay = test_relay_server_new (0, &world->url);
  world->alice = room_member_new (ROOM, "alice", world->url);
  world->bob = room_member_new (ROOM, "bob", world->url);
  wait_until (world->alice->n_joined == 1 && world->bob->n_joined == 1);
}

static void
tear_down (World *world, gconstpointer data)
{
  room_member_free (world->alice);
  room_member_free (world->bob);
  genos_relay_server_stop (world->relay);
  g_clear_object (&world->relay);
  g_clear_pointer (&world->url, g_free);
}

/* --- answers */

static char *
no_answer (const char *answer, const char *offer)
{
  return NULL;
}

static char *
empty_answer (const char *answer, const char *offer)
{
  return g_strdup ("");
}

static char *
junk_answer (const char *answer, const char *offer)
{
  return g_strdup ("hello");
}

static char *
offer_as_answer (const char *answer, const char *offer)
{
  return g_strdup (offer);
}

static char *
cut_answer (const char *answer, const char *offer)
{
  return g_strndup (answer, strlen (answer) / 2);
}

static char *
shrunken_answer (const char *answer, const char *offer)
{
  return g_strndup (answer, strstr (answer, "m=") - answer);
}

static char *
doubled_answer (const char *answer, const char *offer)
{
  return g_strconcat (answer, strstr (answer, "m="), NULL);
}

static char *
reordered_answer (const char *answer, const char *offer)
{
  const char *media = strstr (answer, "m=");
  g_autofree char *session = g_strndup (answer, media - answer);

  return g_strconcat (media, session, NULL);
}

static char *
oversized_answer (const char *answer, const char *offer)
{
  GString *text = g_string_new (answer);

  while (text->len < 150 * 1024)
    g_string_append (text, "a=x:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n");
  return g_string_free (text, FALSE);
}

/* Whoever answers like that is dialled again, later; who answers twice is linked once. */
static void
test_answers (World *world, gconstpointer data)
{
  static const struct {
    const char *peer_id;
    char *(*mangle) (const char *, const char *);
  } bad[] = {
    { "never", no_answer },
    { "empty", empty_answer },
    { "junk", junk_answer },
    { "offer", offer_as_answer },
    { "cut", cut_answer },
    { "shrunken", shrunken_answer },
    { "doubled", doubled_answer },
    { "reordered", reordered_answer },
  };
  HostilePeer *peers[G_N_ELEMENTS (bad)];
  g_autoptr (HostilePeer) twice = hostile_peer_new (world->url, ROOM, "twice", "alice");
  g_autoptr (HostilePeer) oversized = hostile_peer_new (world->url, ROOM, "oversized", "alice");

  twice->n_copies = 2;
  oversized->mangle = oversized_answer;
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    peers[i] = hostile_peer_new (world->url, ROOM, bad[i].peer_id, "alice");
    peers[i]->mangle = bad[i].mangle;
  }
  wait_until (world->alice->n_joined == 2 || world->alice->n_joined == 3);
  wait_until (room_member_has (world->alice, "twice"));
  room_members_talk (world->alice, world->bob, DEADLINE);
  /* It is linked anew when it does not answer a heartbeat, which comes later. */
  wait_until (world->alice->n_relinked + 1 == twice->n_opened);
  wait_until (oversized->n_offers >= 1);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    wait_until (peers[i]->n_offers >= 2);
    g_assert_false (room_member_has (world->alice, bad[i].peer_id));
  }
  /* Or is once more, when that heartbeat went unanswered in between. */
  wait_until (room_member_has (world->alice, "twice"));
  g_assert_cmpuint (world->alice->n_join_errors, >=, G_N_ELEMENTS (bad) - 1);
  room_members_talk (world->alice, world->bob, DEADLINE);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    hostile_peer_free (peers[i]);
}

/* --- offers */

static void
keep_text (GenosPeerLink *link, GenosSdpKind kind, const char *sdp, char **kept)
{
  *kept = g_strdup (sdp);
}

typedef struct {
  HostilePeer *peer;
  const char *sdp;
} Nagging;

static gboolean
on_nag (gpointer data)
{
  Nagging *nagging = data;

  genos_signaller_send_offer (nagging->peer->signaller, "alice", nagging->peer->via, nagging->sdp);
  return G_SOURCE_CONTINUE;
}

/* Junk ends in nothing; a good one that comes again and again is answered a few times. */
static void
test_offers (World *world, gconstpointer data)
{
  static const char *const junk[] = { "", "hello", "v=0\r\n",
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n",
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n" };
  g_autoptr (GenosPeerLink) link = genos_peer_link_webrtc_new (TRUE, NULL, 40, NULL);
  g_autoptr (HostilePeer) mallory = NULL;
  g_autofree char *offer = NULL;
  g_autofree char *many = NULL;
  Nagging nagging;
  gint64 begun;
  guint timer;

  g_signal_connect (link, "description", G_CALLBACK (keep_text), &offer);
  genos_peer_link_start (link);
  wait_until (offer != NULL);
  many = g_strconcat (offer, strstr (offer, "m="), strstr (offer, "m="), NULL);

  mallory = hostile_peer_new (world->url, ROOM, "mallory", "alice");
  mallory->mangle = no_answer;
  wait_until (mallory->n_offers == 1);
  for (guint round = 0; round < 10; round++) {
    for (guint i = 0; i < G_N_ELEMENTS (junk); i++)
      genos_signaller_send_offer (mallory->signaller, "alice", mallory->via, junk[i]);
    genos_signaller_send_offer (mallory->signaller, "alice", mallory->via, many);
  }
  room_members_talk (world->alice, world->bob, DEADLINE);
  nagging = (Nagging){ mallory, offer };
  timer = g_timeout_add (30, on_nag, &nagging);
  begun = g_get_monotonic_time ();
  wait_until (mallory->n_answers >= 2);
  room_members_talk (world->alice, world->bob, DEADLINE);
  g_source_remove (timer);
  g_assert_cmpuint (room_member_get_count (world->alice, "handshakes"), <=, 2);
  g_assert_cmpint (
      mallory->n_answers, <=, 4 + (g_get_monotonic_time () - begun) / G_TIME_SPAN_SECOND);
  g_assert_false (room_member_has (world->alice, "mallory"));
  g_signal_handlers_disconnect_by_func (link, keep_text, &offer);
  genos_peer_link_close (link);
}

/* --- frames */

static void
say_broken_frames (HostilePeer *mallory)
{
  guint8 frame[GENOS_FRAME_HEADER + 4] = "chat";

  for (gsize size = 1; size <= sizeof frame; size++)
    hostile_peer_say_bytes (mallory, frame, size);
  memcpy (frame, "chat\0x", 6);
  hostile_peer_say_bytes (mallory, frame, sizeof frame);
  memset (frame, 0xff, sizeof frame);
  hostile_peer_say_bytes (mallory, frame, sizeof frame);
  memset (frame, 0, sizeof frame);
  hostile_peer_say_bytes (mallory, frame, sizeof frame);
}

static void
say_odd_frames (HostilePeer *mallory)
{
  static const char *const types[] = { "@_what", "@_", "nobodys", "@_pong", "@_signal", "@_stream",
    "@_track" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    for (guint tag = 0; tag < 64; tag++)
      hostile_peer_say (mallory, types[i], tag, tag, 255 - 4 * tag, "{]", 2);
  }
  /* Progress that falls, is done at the start, or never begins; nonces used again in between. */
  for (guint i = 0; i < 512; i++) {
    hostile_peer_say (mallory, "odd", 7, 0, 255 - i % 256, "a", 1);
    hostile_peer_say (mallory, "odd", i % 3, GENOS_FRAME_JSON, 0, "b", 1);
    hostile_peer_say (mallory, "odd", 7, GENOS_FRAME_LAST | GENOS_FRAME_BINARY, 0, "c", 1);
  }
}

static GBytes *
deflate (gsize size, const char *first, const char *pattern)
{
  g_autoptr (GConverter) converter =
      G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 9));
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) stream = g_converter_output_stream_new (memory, converter);
  g_autofree char *block = g_malloc (1024 * 1024);

  for (gsize i = 0; i < 1024 * 1024; i++)
    block[i] = pattern[i % strlen (pattern)];
  g_output_stream_write_all (stream, first, strlen (first), NULL, NULL, NULL);
  for (gsize done = 0; done < size; done += 1024 * 1024)
    g_output_stream_write_all (stream, block, 1024 * 1024, NULL, NULL, NULL);
  g_output_stream_close (stream, NULL, NULL);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

static void
say_whole (HostilePeer *mallory, const char *type, guint8 nonce, guint8 tag, GBytes *payload)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (payload, &size);

  for (gsize at = 0; at < size; at += GENOS_FRAME_PAYLOAD) {
    gsize n = MIN (GENOS_FRAME_PAYLOAD, size - at);

    hostile_peer_say (
        mallory, type, nonce, at + n == size ? tag | GENOS_FRAME_LAST : tag, 1, data + at, n);
  }
}

static void
say_bombs (HostilePeer *mallory)
{
  g_autoptr (GBytes) zeros = deflate (64 * 1024 * 1024, "", "a");
  g_autoptr (GBytes) arrays = deflate (8 * 1024 * 1024, "[", "[],");

  for (guint8 i = 0; i < 5; i++) {
    say_whole (mallory, "bomb", i, GENOS_FRAME_DEFLATED, zeros);
    say_whole (mallory, "bomb", i, GENOS_FRAME_DEFLATED | GENOS_FRAME_JSON, arrays);
    say_whole (mallory, "@_signal", i, GENOS_FRAME_DEFLATED | GENOS_FRAME_JSON, zeros);
  }
}

static void
say_without_end (HostilePeer *mallory)
{
  g_autofree char *chunk = g_strnfill (GENOS_FRAME_PAYLOAD, 'x');

  for (guint i = 0; i < 1000; i++) {
    g_autofree char *type = g_strdup_printf ("t%u", i);

    hostile_peer_say (mallory, type, 0, 0, 1, chunk, GENOS_FRAME_PAYLOAD);
  }
  for (guint i = 0; i < 1200; i++)
    hostile_peer_say (mallory, "endless", 0, 0, 1, chunk, GENOS_FRAME_PAYLOAD);
}

static void
say_metadata (HostilePeer *mallory)
{
  g_autofree char *filler = g_strnfill (200 * 1024, 'm');
  g_autofree char *text = g_strdup_printf ("\"%s\"", filler);
  g_autoptr (GBytes) large = g_bytes_new (text, strlen (text));

  for (guint i = 0; i < 3000; i++) {
    g_autofree char *small = g_strdup_printf ("{\"n\":%u}", i);

    hostile_peer_say (mallory, i % 2 ? "@_stream" : "@_track", i % 256,
        GENOS_FRAME_LAST | GENOS_FRAME_JSON, 255, small, strlen (small));
    hostile_peer_say (
        mallory, "file", i % 256, GENOS_FRAME_META | GENOS_FRAME_BINARY, 1, small, strlen (small));
  }
  for (guint i = 0; i < 20; i++)
    say_whole (mallory, "@_stream", i, GENOS_FRAME_JSON, large);
}

static void
say_signals (HostilePeer *mallory)
{
  static const char *const texts[] = { "{\"type\":\"offer\",\"sdp\":\"\"}",
    "{\"type\":\"offer\",\"sdp\":\"hello\"}", "{\"type\":\"answer\",\"sdp\":\"hello\"}",
    "{\"type\":\"offer\",\"sdp\":\"v=0\\r\\no=- 1 1 IN IP4 127.0.0.1\\r\\ns=-\\r\\nt=0 0\\r\\n\"}",
    "{\"type\":\"rollback\",\"sdp\":\"\"}", "{\"type\":\"pranswer\"}", "{\"sdp\":7}", "[]" };

  for (guint i = 0; i < 10000; i++) {
    const char *text = texts[i % G_N_ELEMENTS (texts)];

    hostile_peer_say (mallory, "@_signal", i % 256, GENOS_FRAME_LAST | GENOS_FRAME_JSON, 255, text,
        strlen (text));
  }
}

static void
say_pings (HostilePeer *mallory)
{
  for (guint i = 0; i < 5000; i++)
    hostile_peer_say (mallory, i % 2 ? "@_ping" : "@_pong", i % 256, GENOS_FRAME_LAST, 255, "", 0);
}

/* --- bob's camera */

static gboolean
on_frame_due (gpointer user_data)
{
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();
  g_autofree guint8 *noise = g_malloc (160 * 90 * 3 / 2 + 4096);
  GstBuffer *buffer;

  for (guint i = 0; i < 160 * 90 * 3 / 2 + 4096; i++)
    noise[i] = i % 160 / 16 * 16 + g_random_int_range (0, 16);
  buffer = gst_buffer_new_memdup (noise, 160 * 90 * 3 / 2 + 4096);
  GST_BUFFER_PTS (buffer) = gst_clock_get_time (clock);
  genos_local_track_push (user_data, buffer);
  return G_SOURCE_CONTINUE;
}

static GenosLocalTrack *
camera_new (void)
{
  GenosLocalTrack *track = genos_local_track_new (GENOS_MEDIA_VIDEO);
  g_autoptr (GstCaps) caps =
      gst_caps_from_string ("video/x-raw,format=I420,width=160,height=90,framerate=30/1");
  g_autoptr (GError) error = NULL;

  genos_local_track_set_caps (track, caps, &error);
  g_assert_no_error (error);
  return track;
}

typedef struct {
  const char *name;
  void (*say) (HostilePeer *);
  guint min_dropped;
} Nuisance;

static const Nuisance nuisances[] = {
  { "broken-frames", say_broken_frames, 10 },
  { "odd-frames", say_odd_frames, 100 },
  { "bombs", say_bombs, 10 },
  { "without-end", say_without_end, 900 },
  { "metadata", say_metadata, 20 },
  { "signals", say_signals, 5000 },
  { "pings", say_pings, 0 },
};

/* Bob's pictures and words go on arriving, the nonsense is counted, and even the one who talks it
 * is still heard afterwards. */
static void
test_frames (World *world, gconstpointer data)
{
  g_autoptr (GenosLocalTrack) camera = camera_new ();
  guint timer = g_timeout_add (33, on_frame_due, camera);
  g_autoptr (HostilePeer) mallory = hostile_peer_new (world->url, ROOM, "mallory", "alice");

  genos_room_add_track (world->bob->room, camera);
  wait_until (mallory->n_opened == 1 && room_member_has (world->alice, "mallory"));
  wait_until (g_atomic_int_get (&world->alice->n_packets) > 10);

  for (guint i = 0; i < G_N_ELEMENTS (nuisances); i++) {
    guint64 dropped = room_member_get_dropped_of (world->alice, "mallory");
    guint farewells = room_member_count_heard (world->alice, "still here");
    gint packets;

    nuisances[i].say (mallory);
    hostile_peer_say (mallory, "farewell", i, GENOS_FRAME_LAST, 255, "still here", 10);
    wait_until (room_member_count_heard (world->alice, "still here") > farewells);
    g_test_message ("%s: %u dropped, %u warnings", nuisances[i].name,
        (guint) (room_member_get_dropped_of (world->alice, "mallory") - dropped),
        world->alice->n_warnings);
    g_assert_cmpuint (room_member_get_dropped_of (world->alice, "mallory") - dropped, >=,
        nuisances[i].min_dropped);
    room_members_talk (world->alice, world->bob, DEADLINE);
    packets = g_atomic_int_get (&world->alice->n_packets);
    wait_until (g_atomic_int_get (&world->alice->n_packets) > packets + 5);
  }
  g_assert_cmpuint (world->alice->n_warnings, <, 50);
  g_assert_cmpuint (mallory->n_closed, ==, 0);
  g_source_remove (timer);
  genos_room_remove_track (world->bob->room, camera);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func) g_test_add ("/room-hostile/" path, World, NULL, set_up, func, tear_down)
  TEST ("answers", test_answers);
  TEST ("offers", test_offers);
  TEST ("frames", test_frames);
  return g_test_run ();
}
