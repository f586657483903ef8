/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Keys of sealed tracks, asked for and handed over, and what is sealed with them. No network, no clock. */

#include <genos/room/far/sealed-tracks.h>

#include <string.h>

#include <genos/crypto/sframe-key-message.h>
#include <genos/media/rtp-key-frame.h>

#define SECOND G_TIME_SPAN_SECOND
#define PAYLOAD "a picture of the gate, which is of nobody else's business"

typedef struct World World;

typedef struct {
  World *world;
  const char *id;
  GenosSealedTracks *tracks;
  guint n_opened, n_warnings;
} Member;

struct World {
  Member alice, bob, eve;
  GHashTable *denied; /* char * */
  gboolean track_is_there;
  gboolean letters_are_lost;
  gboolean no_way;
  guint n_letters;
  GPtrArray *letters; /* char * from, char * to, GBytes *, … */
  gint64 now;
};

static const GenosMeshTrackName name = { "alice", "camera", "gate" };

static GenosSealedVerdict
judge (const char *peer_id, const char *stream, const char *track, gpointer data)
{
  World *world = ((Member *) data)->world;

  if (!world->track_is_there || strcmp (stream, "camera") != 0 || strcmp (track, "gate") != 0)
    return GENOS_SEALED_UNKNOWN;
  return peer_id != NULL && g_hash_table_contains (world->denied, peer_id) ? GENOS_SEALED_DENIED
                                                                           : GENOS_SEALED_ALLOWED;
}

static gboolean
say (const char *peer_id, GBytes *inside, gpointer data)
{
  Member *member = data;

  if (member->world->no_way)
    return FALSE;
  member->world->n_letters++;
  if (member->world->letters_are_lost)
    return TRUE;
  g_ptr_array_add (member->world->letters, g_strdup (member->id));
  g_ptr_array_add (member->world->letters, g_strdup (peer_id));
  g_ptr_array_add (member->world->letters, g_bytes_ref (inside));
  return TRUE;
}

static void
on_opened (const GenosMeshTrackName *opened, gpointer data)
{
  g_assert_cmpstr (opened->origin, ==, name.origin);
  g_assert_cmpstr (opened->track, ==, name.track);
  ((Member *) data)->n_opened++;
}

static void
on_warning (const GError *error, gpointer data)
{
  g_test_message ("%s", error->message);
  ((Member *) data)->n_warnings++;
}

static const GenosSealedTracksHost host = { judge, say, on_opened, on_warning };

static void
init (Member *member, World *world, const char *id)
{
  member->world = world;
  member->id = id;
  member->tracks = genos_sealed_tracks_new (&host, member);
}

static void
set_up (World *world, gconstpointer unused)
{
  init (&world->alice, world, "alice");
  init (&world->bob, world, "bob");
  init (&world->eve, world, "eve");
  world->denied = g_hash_table_new (g_str_hash, g_str_equal);
  world->letters = g_ptr_array_new ();
  world->track_is_there = TRUE;
  world->now = 1000 * SECOND;
}

static Member *
find (World *world, const char *id)
{
  Member *all[] = { &world->alice, &world->bob, &world->eve };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    if (strcmp (all[i]->id, id) == 0)
      return all[i];
  return NULL;
}

static void
deliver (World *world)
{
  while (world->letters->len > 0) {
    g_autofree char *from = g_ptr_array_steal_index (world->letters, 0);
    g_autofree char *to = g_ptr_array_steal_index (world->letters, 0);
    g_autoptr (GBytes) inside = g_ptr_array_steal_index (world->letters, 0);

    g_assert_true (genos_sealed_tracks_take (find (world, to)->tracks, from, inside, world->now));
  }
}

static void
tear_down (World *world, gconstpointer unused)
{
  deliver (world);
  g_ptr_array_unref (world->letters);
  genos_sealed_tracks_free (world->alice.tracks);
  genos_sealed_tracks_free (world->bob.tracks);
  genos_sealed_tracks_free (world->eve.tracks);
  g_hash_table_unref (world->denied);
}

static void
pass (World *world, gint64 time)
{
  world->now += time;
  genos_sealed_tracks_tick (world->alice.tracks, world->now);
  deliver (world);
}

static void
watch (Member *member)
{
  genos_sealed_tracks_get_opener (member->tracks, &name);
  genos_sealed_tracks_watch (member->tracks, &name, member->world->now);
  deliver (member->world);
}

/* --- packets --- */

/* With a source, an extension and padding, which are nobody's business either. */
static GstBuffer *
packet_new (gboolean is_key)
{
  static const guint8 header[] = { 0xB1, 0xE0, 0, 7, 0, 0, 0, 9, 1, 2, 3, 4, 5, 5, 5, 5, 0xBE, 0xDE,
    0, 1, 0x10, 0x7F, 0, 0 };
  static const guint8 padding[] = { 0, 0, 0, 4 };
  GByteArray *bytes = g_byte_array_new ();
  GstBuffer *packet;
  gsize size;

  g_byte_array_append (bytes, header, sizeof header);
  g_byte_array_append (bytes, (const guint8 *) PAYLOAD, strlen (PAYLOAD));
  g_byte_array_append (bytes, padding, sizeof padding);
  packet = gst_buffer_new_wrapped (
      g_byte_array_steal (bytes, &size), sizeof header + strlen (PAYLOAD) + sizeof padding);
  g_byte_array_unref (bytes);
  GST_BUFFER_PTS (packet) = 77;
  if (!is_key)
    GST_BUFFER_FLAG_SET (packet, GST_BUFFER_FLAG_DELTA_UNIT);
  return packet;
}

static GstBuffer *
seal (World *world, gboolean is_key)
{
  return genos_track_sealer_seal (
      packet_new (is_key), genos_sealed_tracks_get_sealer (world->alice.tracks, "camera", "gate"));
}

/* (transfer full) packet */
static gboolean
opens (Member *member, GstBuffer *packet)
{
  GenosTrackOpener *opener = genos_sealed_tracks_get_opener (member->tracks, &name);
  g_autoptr (GstBuffer) opened = genos_track_opener_open (packet, opener);

  if (opened == NULL)
    return FALSE;
  g_assert_cmpuint (gst_buffer_get_size (opened), ==, 12 + strlen (PAYLOAD));
  g_assert_cmpint (gst_buffer_memcmp (opened, 12, PAYLOAD, strlen (PAYLOAD)), ==, 0);
  g_assert_cmpuint (GST_BUFFER_PTS (opened), ==, 77);
  return TRUE;
}

static GenosTrackOpenerStats
get_stats (Member *member)
{
  GenosTrackOpenerStats stats;

  genos_track_opener_get_stats (genos_sealed_tracks_get_opener (member->tracks, &name), &stats);
  return stats;
}

static void
test_packet (World *world, gconstpointer unused)
{
  g_autoptr (GstBuffer) key = seal (world, TRUE);
  g_autoptr (GstBuffer) delta = seal (world, FALSE);
  guint8 head[13];

  g_assert_cmpuint (gst_buffer_extract (key, 0, head, 13), ==, 13);
  g_assert_cmpmem (head, 12, ((const guint8[]){ 0x80, 0xE0, 0, 7, 0, 0, 0, 9, 1, 2, 3, 4 }), 12);
  g_assert_cmpuint (head[12], ==, GENOS_RTP_SEALED_KEY_FRAME);
  gst_buffer_extract (delta, 12, head, 1);
  g_assert_cmpuint (head[0], ==, 0);
  g_assert_true (GST_BUFFER_FLAG_IS_SET (delta, GST_BUFFER_FLAG_DELTA_UNIT));
  g_assert_cmpuint (gst_buffer_get_size (key), ==, 12 + 1 + 1 + strlen (PAYLOAD) + 16);
  g_assert_null (genos_track_sealer_seal (gst_buffer_new_memdup ("no packet", 9),
      genos_sealed_tracks_get_sealer (world->alice.tracks, "camera", "gate")));

  watch (&world->bob);
  g_assert_true (opens (&world->bob, gst_buffer_ref (key)));
  g_assert_true (opens (&world->bob, gst_buffer_ref (delta)));
}

/* Whatever those who pass it on make of it. */
static void
test_hostile_packets (World *world, gconstpointer unused)
{
  g_autoptr (GstBuffer) sealed = seal (world, TRUE);
  gsize size = gst_buffer_get_size (sealed);

  watch (&world->bob);
  g_assert_true (opens (&world->bob, gst_buffer_ref (sealed)));
  for (gsize n = 0; n < size; n++)
    g_assert_false (
        opens (&world->bob, gst_buffer_copy_region (sealed, GST_BUFFER_COPY_MEMORY, 0, n)));
  for (gsize bit = 12 * 8; bit < size * 8; bit++) {
    GstBuffer *copy = gst_buffer_copy_deep (sealed);
    guint8 byte;

    gst_buffer_extract (copy, bit / 8, &byte, 1);
    byte ^= (guint8) (1 << bit % 8);
    gst_buffer_fill (copy, bit / 8, &byte, 1);
    g_assert_false (opens (&world->bob, copy));
  }
  g_assert_cmpuint (get_stats (&world->bob).opened, ==, 1);
  g_assert_cmpuint (
      get_stats (&world->bob).no_key + get_stats (&world->bob).failed, ==, size + (size - 12) * 8);
}

/* What is repeated much later is not shown once more. */
static void
test_late_packets (World *world, gconstpointer unused)
{
  g_autoptr (GstBuffer) first = seal (world, TRUE);
  GstBuffer *last = NULL;

  watch (&world->bob);
  for (guint i = 0; i < GENOS_TRACK_OPENER_WINDOW + 1; i++) {
    gst_clear_buffer (&last);
    last = seal (world, FALSE);
  }
  g_assert_true (opens (&world->bob, gst_buffer_ref (first)));
  g_assert_true (opens (&world->bob, last));
  g_assert_false (opens (&world->bob, gst_buffer_ref (first)));
}

/* --- keys --- */

static void
test_asked_for (World *world, gconstpointer unused)
{
  g_assert_false (opens (&world->bob, seal (world, TRUE)));
  g_assert_cmpuint (get_stats (&world->bob).no_key, ==, 1);
  watch (&world->bob);
  g_assert_cmpuint (world->bob.n_opened, ==, 1);
  g_assert_cmpuint (
      genos_sealed_tracks_count_viewers (world->alice.tracks, "camera", "gate"), ==, 1);
  g_assert_true (opens (&world->bob, seal (world, FALSE)));

  /* Nobody asks for what it has, and nobody else has it. */
  world->n_letters = 0;
  world->now += 100 * SECOND;
  watch (&world->bob);
  g_assert_cmpuint (world->n_letters, ==, 0);
  g_assert_false (opens (&world->eve, seal (world, FALSE)));
}

static void
test_asks_again (World *world, gconstpointer unused)
{
  gst_buffer_unref (seal (world, TRUE));
  world->letters_are_lost = TRUE;
  for (guint i = 0; i < 600; i++) {
    watch (&world->bob);
    world->now += SECOND / 10;
  }
  /* After 0, 1, 3, 7, 15, 31 and 47 seconds. */
  g_assert_cmpuint (world->n_letters, ==, 7);
  g_assert_cmpuint (world->bob.n_warnings, ==, 1);
  world->letters_are_lost = FALSE;
  world->now += 20 * SECOND;
  watch (&world->bob);
  g_assert_cmpuint (world->bob.n_opened, ==, 1);
}

static void
test_no_way (World *world, gconstpointer unused)
{
  gst_buffer_unref (seal (world, TRUE));
  world->no_way = TRUE;
  for (guint i = 0; i < 100; i++) {
    watch (&world->bob);
    world->now += SECOND / 10;
  }
  g_assert_cmpuint (world->bob.n_warnings, ==, 1);
  world->no_way = FALSE;
  watch (&world->bob);
  g_assert_cmpuint (world->bob.n_opened, ==, 1);
}

static void
test_refused (World *world, gconstpointer unused)
{
  gst_buffer_unref (seal (world, TRUE));
  g_hash_table_add (world->denied, (gpointer) "eve");
  watch (&world->eve);
  g_assert_cmpuint (world->eve.n_warnings, ==, 1);
  g_assert_cmpuint (world->eve.n_opened, ==, 0);
  g_assert_false (opens (&world->eve, seal (world, TRUE)));
  world->n_letters = 0;
  world->now += GENOS_SEALED_REFUSED - 1;
  watch (&world->eve);
  g_assert_cmpuint (world->n_letters, ==, 0);
  g_hash_table_remove (world->denied, "eve");
  world->now += 1;
  watch (&world->eve);
  g_assert_cmpuint (world->eve.n_opened, ==, 1);
}

static void
test_drawn_anew (World *world, gconstpointer unused)
{
  g_autoptr (GstBuffer) before = seal (world, TRUE);

  watch (&world->bob);
  watch (&world->eve);
  g_assert_true (opens (&world->eve, gst_buffer_ref (before)));

  g_hash_table_add (world->denied, (gpointer) "eve");
  pass (world, 0);
  /* What goes out before the others have it is sealed with the one before. */
  g_assert_true (opens (&world->eve, seal (world, TRUE)));
  g_assert_cmpuint (world->bob.n_opened, ==, 2);
  pass (world, GENOS_SEALED_GRACE);
  g_assert_false (opens (&world->eve, seal (world, TRUE)));
  g_assert_true (opens (&world->bob, seal (world, TRUE)));
  g_assert_true (opens (&world->bob, gst_buffer_ref (before)));
  g_assert_cmpuint (world->eve.n_opened, ==, 1);
  watch (&world->eve);
  g_assert_cmpuint (world->eve.n_warnings, ==, 1);
}

/* Many leave, one after the other. */
static void
test_not_too_often (World *world, gconstpointer unused)
{
  gst_buffer_unref (seal (world, TRUE));
  watch (&world->bob);
  for (guint i = 0; i < 100; i++) {
    g_hash_table_remove (world->denied, "eve");
    genos_sealed_tracks_forget (world->eve.tracks, &name);
    watch (&world->eve);
    g_hash_table_add (world->denied, (gpointer) "eve");
    pass (world, SECOND / 10);
    g_assert_true (opens (&world->bob, seal (world, TRUE)));
  }
  /* At 0.1 and 5.1 s, beside the first one. */
  g_assert_cmpuint (world->bob.n_opened, ==, 3);
}

/* A sender that was restarted has other keys, of the same names. */
static void
test_begins_anew (World *world, gconstpointer unused)
{
  gst_buffer_unref (seal (world, TRUE));
  watch (&world->bob);
  world->track_is_there = FALSE;
  pass (world, SECOND);
  world->track_is_there = TRUE;
  world->now += SECOND;
  g_assert_false (opens (&world->bob, seal (world, TRUE)));
  watch (&world->bob);
  g_assert_true (opens (&world->bob, seal (world, TRUE)));
}

/* Keys count from whose track it is, and when they were asked for. */
static void
test_hostile_letters (World *world, gconstpointer unused)
{
  g_autoptr (GenosSecret) key = genos_secret_new_random ();
  GenosSframeKeyMessage message = { 0, (char *) "camera", (char *) "gate" };
  const guint8 small_order[GENOS_SFRAME_KEY_PUBLIC_SIZE] = { 1 };
  g_autoptr (GBytes) ask = NULL;
  g_autoptr (GBytes) give = NULL;
  g_autoptr (GBytes) junk = g_bytes_new_static ("junk", 4);

  genos_sframe_key_message_ask (&message, key);
  g_assert_true (genos_sframe_key_message_give (&message, 0, key, message.public_key));
  give = genos_sframe_key_message_build (&message);
  memcpy (message.public_key, small_order, sizeof small_order);
  message.what = GENOS_SFRAME_KEY_ASK;
  ask = genos_sframe_key_message_build (&message);

  gst_buffer_unref (seal (world, TRUE));
  g_assert_false (genos_sealed_tracks_take (world->bob.tracks, "alice", junk, world->now));
  g_assert_true (genos_sealed_tracks_take (world->alice.tracks, "eve", ask, world->now));
  g_assert_cmpuint (world->n_letters, ==, 0);
  g_assert_true (genos_sealed_tracks_take (world->bob.tracks, "alice", give, world->now));
  g_assert_cmpuint (world->bob.n_opened, ==, 0);
  watch (&world->bob);
  g_assert_true (genos_sealed_tracks_take (world->bob.tracks, "eve", give, world->now));
  g_assert_cmpuint (world->bob.n_opened, ==, 1);
  g_assert_true (opens (&world->bob, seal (world, TRUE)));
}

#define ADD(path, func)                                                                            \
  g_test_add ("/room/sealed-tracks/" path, World, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  ADD ("packet", test_packet);
  ADD ("hostile-packets", test_hostile_packets);
  ADD ("late-packets", test_late_packets);
  ADD ("asked-for", test_asked_for);
  ADD ("asks-again", test_asks_again);
  ADD ("no-way", test_no_way);
  ADD ("refused", test_refused);
  ADD ("drawn-anew", test_drawn_anew);
  ADD ("not-too-often", test_not_too_often);
  ADD ("begins-anew", test_begins_anew);
  ADD ("hostile-letters", test_hostile_letters);
  return g_test_run ();
}
