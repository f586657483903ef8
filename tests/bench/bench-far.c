/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A room in cells, all in one process, with one camera: "bench-far [VIEWERS
 * [SECONDS [CELL-SIZE]]]" prints how many links the camera's pictures leave
 * their sender by, how long after the first viewer the others have a picture,
 * by how often it was passed on, and what that takes. */

#include <genos/genos.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define MAX_VIEWERS 64
#define MAX_HOPS 16
#define WIDTH 320
#define HEIGHT 180
#define FRAME_MS 40

typedef struct {
  GenosRoom *room;
  guint hops;
  GMutex lock;
  GHashTable *times; /* RTP time stamp → µs at which its picture was whole */
} Viewer;

typedef struct {
  GenosRoom *room;
  GenosLocalTrack *track;
  Viewer viewers[MAX_VIEWERS];
  guint n_viewers;
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
  Viewer *viewer = data;
  guint8 head[8];

  /* The marker bit ends a picture; its time stamp is the same everywhere. */
  if (gst_buffer_extract (packet, 0, head, 8) == 8 && (head[1] & 0x80) != 0) {
    gint64 *now = g_new (gint64, 1);

    *now = g_get_monotonic_time ();
    g_mutex_lock (&viewer->lock);
    g_hash_table_insert (viewer->times, GUINT_TO_POINTER (GST_READ_UINT32_BE (head + 4)), now);
    g_mutex_unlock (&viewer->lock);
  }
  gst_buffer_unref (packet);
}

static void
on_track_added (GenosRoom *room, GenosPeer *peer, GenosRemoteTrack *track, Viewer *viewer)
{
  genos_remote_track_set_packet_func (track, on_packet, viewer, NULL);
}

/* --- the room */

static GenosRoom *
join (const char *url, const char *cells)
{
  g_autoptr (GError) error = NULL;
  GenosRoom *room = genos_room_new ("bench-far");

  g_object_set (room, "relays", url, "stun-server", "none", "cells", cells, NULL);
  if (!genos_room_join (room, &error)) {
    fprintf (stderr, "bench-far: %s\n", error->message);
    exit (1);
  }
  return room;
}

static void
build (Bench *bench, const char *url, const char *cells)
{
  g_autoptr (GstCaps) caps = gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING, "I420",
      "width", G_TYPE_INT, WIDTH, "height", G_TYPE_INT, HEIGHT, "framerate", GST_TYPE_FRACTION,
      1000 / FRAME_MS, 1, NULL);

  bench->room = join (url, cells);
  for (guint i = 0; i < bench->n_viewers; i++) {
    Viewer *viewer = &bench->viewers[i];

    g_mutex_init (&viewer->lock);
    viewer->times = g_hash_table_new_full (NULL, NULL, NULL, g_free);
    viewer->room = join (url, cells);
    g_signal_connect (viewer->room, "track-added", G_CALLBACK (on_track_added), viewer);
  }
  bench->track = genos_local_track_new (GENOS_MEDIA_VIDEO);
  g_object_set (bench->track, "bitrate", 500000, NULL);
  genos_local_track_set_caps (bench->track, caps, NULL);
}

static gboolean
is_laid_out (Bench *bench)
{
  for (guint i = 0; i < bench->n_viewers; i++) {
    g_auto (GStrv) roster = genos_mesh_get_roster (genos_room_get_mesh (bench->viewers[i].room));

    if (g_strv_length (roster) != bench->n_viewers + 1)
      return FALSE;
  }
  return TRUE;
}

static guint
count_packets (Viewer *viewer)
{
  g_mutex_lock (&viewer->lock);
  guint n = g_hash_table_size (viewer->times);
  g_mutex_unlock (&viewer->lock);
  return n;
}

static gboolean
all_see (Bench *bench)
{
  for (guint i = 0; i < bench->n_viewers; i++)
    if (count_packets (&bench->viewers[i]) == 0)
      return FALSE;
  return TRUE;
}

static gboolean
on_over (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static void
run (Bench *bench, guint ms)
{
  g_timeout_add (ms, on_over, bench->loop);
  g_main_loop_run (bench->loop);
}

static double
wait_for (Bench *bench, gboolean (*func) (Bench *), const char *what)
{
  gint64 begin = g_get_monotonic_time ();

  while (!func (bench)) {
    if (g_get_monotonic_time () - begin > 240 * G_USEC_PER_SEC) {
      fprintf (stderr, "bench-far: waited in vain until %s\n", what);
      _exit (1);
    }
    run (bench, 100);
  }
  return (double) (g_get_monotonic_time () - begin) / 1e6;
}

/* --- what came of it */

static void
forget (Bench *bench)
{
  for (guint i = 0; i < bench->n_viewers; i++) {
    g_mutex_lock (&bench->viewers[i].lock);
    g_hash_table_remove_all (bench->viewers[i].times);
    g_mutex_unlock (&bench->viewers[i].lock);
  }
}

/* How often the track is passed on before it is there, and to how many it goes
 * from there. */
static void
look_up (Viewer *viewer, guint *children)
{
  g_autoptr (GstStructure) stats = genos_room_get_stats (viewer->room);
  const GValue *list = gst_structure_get_value (stats, "far-track");

  for (guint i = 0; list != NULL && i < gst_value_list_get_size (list); i++) {
    const GstStructure *one = gst_value_get_structure (gst_value_list_get_value (list, i));

    gst_structure_get_uint (one, "hops", &viewer->hops);
    gst_structure_get_uint (one, "children", children);
  }
}

/* (transfer full): when each picture was first anywhere */
static GHashTable *
list_first (Bench *bench)
{
  GHashTable *first = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < bench->n_viewers; i++) {
    GHashTableIter iter;
    gpointer key, value;

    g_hash_table_iter_init (&iter, bench->viewers[i].times);
    while (g_hash_table_iter_next (&iter, &key, &value)) {
      gint64 *known = g_hash_table_lookup (first, key);

      if (known == NULL || *(gint64 *) value < *known)
        g_hash_table_insert (first, key, value);
    }
  }
  return first;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

static void
print_hops (Bench *bench, guint hops)
{
  g_autoptr (GHashTable) first = list_first (bench);
  g_autoptr (GArray) delays = g_array_new (FALSE, FALSE, sizeof (gint64));
  guint n = 0;

  for (guint i = 0; i < bench->n_viewers; i++) {
    GHashTableIter iter;
    gpointer key, value;

    if (bench->viewers[i].hops != hops)
      continue;
    n++;
    g_hash_table_iter_init (&iter, bench->viewers[i].times);
    while (g_hash_table_iter_next (&iter, &key, &value)) {
      gint64 delay = *(gint64 *) value - *(gint64 *) g_hash_table_lookup (first, key);

      g_array_append_val (delays, delay);
    }
  }
  g_array_sort (delays, compare);
  if (delays->len > 0)
    printf ("%4u  %7u  %8u  %9.1f  %9.1f\n", hops, n, delays->len,
        g_array_index (delays, gint64, delays->len / 2) / 1000.0,
        g_array_index (delays, gint64, delays->len * 95 / 100) / 1000.0);
}

static guint
count_blind (Bench *bench)
{
  guint n = 0;

  for (guint i = 0; i < bench->n_viewers; i++)
    n += g_hash_table_size (bench->viewers[i].times) == 0;
  return n;
}

static void
print_all (Bench *bench)
{
  guint most = 0;

  for (guint i = 0; i < bench->n_viewers; i++) {
    guint children = 0;

    look_up (&bench->viewers[i], &children);
    most = MAX (most, children);
    /* Nothing comes in between any more. */
    g_mutex_lock (&bench->viewers[i].lock);
  }
  printf ("links out of the sender: %u, of anybody else at most %u\n",
      genos_local_track_get_n_viewers (bench->track), most);
  printf ("viewers without a picture: %u\n", count_blind (bench));
  printf ("hops  viewers  pictures  median ms     95 %% ms\n");
  for (guint hops = 0; hops < MAX_HOPS; hops++)
    print_hops (bench, hops);
}

static double
get_cpu_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
      + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

int
main (int argc, char **argv)
{
  Bench bench = { .loop = g_main_loop_new (NULL, FALSE), .noise = 1 };
  guint seconds = argc > 2 ? (guint) CLAMP (atoi (argv[2]), 1, 600) : 10;
  g_autoptr (GError) error = NULL;

  gst_init (&argc, &argv);
  bench.n_viewers = argc > 1 ? (guint) CLAMP (atoi (argv[1]), 1, MAX_VIEWERS) : 24;
  g_autoptr (GenosRelayServer) relay = genos_relay_server_new ();
  if (!genos_relay_server_listen (relay, "127.0.0.1", 0, &error)) {
    fprintf (stderr, "bench-far: %s\n", error->message);
    return 1;
  }
  g_autofree char *url = genos_relay_server_dup_url (relay);
  build (&bench, url, argc > 3 ? argv[3] : "5");
  printf ("laid out after %.1f s\n", wait_for (&bench, is_laid_out, "all know of each other"));
  /* Links that the layout does not want are closed, and those that it does are
   * made. */
  run (&bench, 15000);
  double idle = get_cpu_seconds ();
  run (&bench, seconds * 1000);
  idle = get_cpu_seconds () - idle;
  genos_room_add_track (bench.room, bench.track);
  g_timeout_add (FRAME_MS, on_frame, &bench);
  printf ("everybody sees it after %.1f s\n", wait_for (&bench, all_see, "everybody sees it"));
  run (&bench, 5000);
  forget (&bench);
  double cpu = get_cpu_seconds ();
  run (&bench, seconds * 1000);
  cpu = get_cpu_seconds () - cpu;
  print_all (&bench);
  printf (
      "cpu: %.3f cores, %.3f of them before the camera was there\n", cpu / seconds, idle / seconds);
  fflush (stdout);
  /* The rooms go with the process. */
  _exit (0);
}
