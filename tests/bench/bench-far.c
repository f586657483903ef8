/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A room in cells, all in one process, with one camera: "bench-far [VIEWERS
 * [SECONDS [CELL-SIZE]]]" prints how many links the camera's pictures leave
 * their sender by, how long after the first viewer the others have a picture,
 * by how often it was passed on, and what that takes. */

#include "bench-noise.h"
#include "bench-times.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define MAX_VIEWERS 64
#define MAX_HOPS 16
#define WIDTH 320
#define HEIGHT 180
#define BITRATE 500000

typedef struct {
  GenosRoom *room;
  guint hops;
  BenchTimes times;
} Viewer;

typedef struct {
  GenosRoom *room;
  BenchNoise *camera;
  Viewer viewers[MAX_VIEWERS];
  guint n_viewers;
  GMainLoop *loop;
} Bench;

/* --- what is seen */

static void
on_track_added (GenosRoom *room, GenosPeer *peer, GenosRemoteTrack *track, Viewer *viewer)
{
  bench_times_watch (&viewer->times, track);
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
  bench->room = join (url, cells);
  for (guint i = 0; i < bench->n_viewers; i++) {
    Viewer *viewer = &bench->viewers[i];

    bench_times_init (&viewer->times);
    viewer->room = join (url, cells);
    g_signal_connect (viewer->room, "track-added", G_CALLBACK (on_track_added), viewer);
  }
  bench->camera = bench_noise_new (WIDTH, HEIGHT, BITRATE);
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

static gboolean
all_see (Bench *bench)
{
  for (guint i = 0; i < bench->n_viewers; i++)
    if (bench_times_count (&bench->viewers[i].times) == 0)
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
  for (guint i = 0; i < bench->n_viewers; i++)
    bench_times_forget (&bench->viewers[i].times);
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
  GHashTable *first = NULL;

  for (guint i = 0; i < bench->n_viewers; i++)
    first = bench_times_merge (&bench->viewers[i].times, first);
  return first;
}

static void
print_hops (Bench *bench, guint hops)
{
  g_autoptr (GHashTable) first = list_first (bench);
  g_autoptr (GArray) delays = g_array_new (FALSE, FALSE, sizeof (gint64));
  guint n = 0;

  for (guint i = 0; i < bench->n_viewers; i++) {
    if (bench->viewers[i].hops != hops)
      continue;
    n++;
    bench_times_append_delays (&bench->viewers[i].times, first, delays);
  }
  bench_delays_sort (delays);
  if (delays->len > 0)
    printf ("%4u  %7u  %8u  %9.1f  %9.1f\n", hops, n, delays->len, bench_delays_get (delays, 0.5),
        bench_delays_get (delays, 0.95));
}

static guint
count_blind (Bench *bench)
{
  guint n = 0;

  for (guint i = 0; i < bench->n_viewers; i++)
    n += bench_times_count (&bench->viewers[i].times) == 0;
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
  }
  printf ("links out of the sender: %u, of anybody else at most %u\n",
      genos_local_track_get_n_viewers (bench_noise_get_track (bench->camera)), most);
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
  Bench bench = { .loop = g_main_loop_new (NULL, FALSE) };
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
  genos_room_add_track (bench.room, bench_noise_get_track (bench.camera));
  bench_noise_start (bench.camera);
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
