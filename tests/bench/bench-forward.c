/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A track that is passed on from room to room, all in one process: "bench-forward [HOPS [SECONDS]]" prints
 * how long after its first receiver each further one has a picture, and what that takes. */

#include <genos/genos.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define MAX_HOPS 16
#define WIDTH 640
#define HEIGHT 360
#define FRAME_MS 40

typedef struct {
  struct Bench *bench;
  guint index;
  GenosRoom *up;          /* where the track is received … */
  GenosRoom *down;        /* … and passed on; the last one has none */
  GenosLocalTrack *track; /* what is passed on; (nullable) */
  GMutex lock;
  GHashTable *times; /* RTP time stamp → µs at which its picture was whole */
} Stage;

typedef struct Bench {
  GenosRoom *room;
  GenosLocalTrack *track;
  Stage stages[MAX_HOPS + 1];
  guint n_stages;
  guint32 noise;
  GMainLoop *loop;
} Bench;

/* --- the track */

static gboolean
on_frame (gpointer data)
{
  Bench *bench = data;
  GstBuffer *picture = gst_buffer_new_allocate (NULL, WIDTH * HEIGHT * 3 / 2, NULL);
  GstMapInfo map;

  gst_buffer_map (picture, &map, GST_MAP_WRITE);
  for (gsize i = 0; i < map.size; i++) {
    bench->noise = bench->noise * 1664525u + 1013904223u;
    map.data[i] = (guint8) (112 + (bench->noise >> 27));
  }
  gst_buffer_unmap (picture, &map);
  genos_local_track_push (bench->track, picture);
  return G_SOURCE_CONTINUE;
}

static void
on_packet (GenosRemoteTrack *track, GstBuffer *packet, gpointer data)
{
  Stage *stage = data;
  guint8 head[8];

  /* The marker bit ends a picture; its time stamp is the same everywhere. */
  if (gst_buffer_extract (packet, 0, head, 8) == 8 && (head[1] & 0x80) != 0) {
    gint64 *now = g_new (gint64, 1);

    *now = g_get_monotonic_time ();
    g_mutex_lock (&stage->lock);
    g_hash_table_insert (stage->times, GUINT_TO_POINTER (GST_READ_UINT32_BE (head + 4)), now);
    g_mutex_unlock (&stage->lock);
  }
  gst_buffer_unref (packet);
}

static void
on_track_added (GenosRoom *room, GenosPeer *peer, GenosRemoteTrack *track, Stage *stage)
{
  genos_remote_track_set_packet_func (track, on_packet, stage, NULL);
  if (stage->down == NULL || stage->track != NULL)
    return;
  stage->track = genos_local_track_new_forward (track, NULL);
  if (stage->track != NULL)
    genos_room_add_track (stage->down, stage->track);
}

/* --- rooms */

static GenosRoom *
join (const char *url, guint number)
{
  g_autofree char *name = g_strdup_printf ("bench-forward-%u", number);
  g_autoptr (GError) error = NULL;
  GenosRoom *room = genos_room_new (name);

  g_object_set (room, "relays", url, "stun-server", "", NULL);
  if (!genos_room_join (room, &error)) {
    fprintf (stderr, "bench-forward: %s\n", error->message);
    exit (1);
  }
  return room;
}

static void
build (Bench *bench, const char *url)
{
  g_autoptr (GstCaps) caps = gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING, "I420",
      "width", G_TYPE_INT, WIDTH, "height", G_TYPE_INT, HEIGHT, "framerate", GST_TYPE_FRACTION,
      1000 / FRAME_MS, 1, NULL);

  bench->room = join (url, 0);
  for (guint i = 0; i < bench->n_stages; i++) {
    Stage *stage = &bench->stages[i];

    stage->bench = bench;
    stage->index = i;
    g_mutex_init (&stage->lock);
    stage->times = g_hash_table_new_full (NULL, NULL, NULL, g_free);
    stage->up = join (url, i);
    stage->down = i + 1 < bench->n_stages ? join (url, i + 1) : NULL;
    g_signal_connect (stage->up, "track-added", G_CALLBACK (on_track_added), stage);
  }
  bench->track = genos_local_track_new (GENOS_MEDIA_VIDEO);
  g_object_set (bench->track, "bitrate", 1500000, NULL);
  genos_local_track_set_caps (bench->track, caps, NULL);
  genos_room_add_track (bench->room, bench->track);
  g_timeout_add (FRAME_MS, on_frame, bench);
}

/* --- what came of it */

static gboolean
on_look (gpointer data)
{
  Bench *bench = data;
  Stage *last = &bench->stages[bench->n_stages - 1];

  g_mutex_lock (&last->lock);
  guint n = g_hash_table_size (last->times);
  g_mutex_unlock (&last->lock);
  if (n < 10)
    return G_SOURCE_CONTINUE;
  g_main_loop_quit (bench->loop);
  return G_SOURCE_REMOVE;
}

static void
forget (Bench *bench)
{
  for (guint i = 0; i < bench->n_stages; i++) {
    g_mutex_lock (&bench->stages[i].lock);
    g_hash_table_remove_all (bench->stages[i].times);
    g_mutex_unlock (&bench->stages[i].lock);
  }
}

static int
compare (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

static void
print_stage (Stage *first, Stage *stage)
{
  g_autoptr (GArray) delays = g_array_new (FALSE, FALSE, sizeof (gint64));
  GHashTableIter iter;
  gpointer key, value;

  g_mutex_lock (&stage->lock);
  g_hash_table_iter_init (&iter, stage->times);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    g_mutex_lock (&first->lock);
    gint64 *begin = g_hash_table_lookup (first->times, key);
    gint64 delay = begin != NULL ? *(gint64 *) value - *begin : -1;
    g_mutex_unlock (&first->lock);
    if (begin != NULL)
      g_array_append_val (delays, delay);
  }
  g_mutex_unlock (&stage->lock);
  g_array_sort (delays, compare);
  if (delays->len == 0)
    return;
  printf ("%4u  %8u  %9.1f  %9.1f  %9.1f\n", stage->index, delays->len,
      g_array_index (delays, gint64, delays->len / 2) / 1000.0,
      g_array_index (delays, gint64, delays->len * 95 / 100) / 1000.0,
      g_array_index (delays, gint64, delays->len - 1) / 1000.0);
}

static double
get_cpu_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
      + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static gboolean
on_over (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

int
main (int argc, char **argv)
{
  Bench bench = { .loop = g_main_loop_new (NULL, FALSE), .noise = 1 };
  guint seconds = argc > 2 ? (guint) CLAMP (atoi (argv[2]), 1, 600) : 10;
  g_autoptr (GError) error = NULL;

  gst_init (&argc, &argv);
  bench.n_stages = 1 + (argc > 1 ? (guint) CLAMP (atoi (argv[1]), 0, MAX_HOPS) : 4);
  g_autoptr (GenosRelayServer) relay = genos_relay_server_new ();
  if (!genos_relay_server_listen (relay, "127.0.0.1", 0, &error)) {
    fprintf (stderr, "bench-forward: %s\n", error->message);
    return 1;
  }
  g_autofree char *url = genos_relay_server_dup_url (relay);
  build (&bench, url);
  g_timeout_add (50, on_look, &bench);
  g_main_loop_run (bench.loop);

  forget (&bench);
  double cpu = get_cpu_seconds ();
  g_timeout_add_seconds (seconds, on_over, bench.loop);
  g_main_loop_run (bench.loop);
  cpu = get_cpu_seconds () - cpu;
  printf ("hops  pictures  median ms     95 %% ms     max ms\n");
  for (guint i = 1; i < bench.n_stages; i++)
    print_stage (&bench.stages[0], &bench.stages[i]);
  printf ("cpu: %.3f cores\n", cpu / seconds);
  fflush (stdout);
  /* The rooms go with the process. */
  _exit (0);
}
