/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A track that is passed on from room to room, all in one process: "bench-forward [HOPS [SECONDS]]" prints
 * how long after its first receiver each further one has a picture, and what that takes. */

#include "bench-noise.h"
#include "bench-times.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define MAX_HOPS 16
#define WIDTH 640
#define HEIGHT 360
#define BITRATE 1500000

typedef struct {
  struct Bench *bench;
  guint index;
  GenosRoom *up;          /* where the track is received … */
  GenosRoom *down;        /* … and passed on; the last one has none */
  GenosLocalTrack *track; /* what is passed on; (nullable) */
  BenchTimes times;
} Stage;

typedef struct Bench {
  GenosRoom *room;
  BenchNoise *camera;
  Stage stages[MAX_HOPS + 1];
  guint n_stages;
  GMainLoop *loop;
} Bench;

/* --- what is passed on */

static void
on_track_added (GenosRoom *room, GenosPeer *peer, GenosRemoteTrack *track, Stage *stage)
{
  bench_times_watch (&stage->times, track);
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
  bench->room = join (url, 0);
  for (guint i = 0; i < bench->n_stages; i++) {
    Stage *stage = &bench->stages[i];

    stage->bench = bench;
    stage->index = i;
    bench_times_init (&stage->times);
    stage->up = join (url, i);
    stage->down = i + 1 < bench->n_stages ? join (url, i + 1) : NULL;
    g_signal_connect (stage->up, "track-added", G_CALLBACK (on_track_added), stage);
  }
  bench->camera = bench_noise_new (WIDTH, HEIGHT, BITRATE);
  genos_room_add_track (bench->room, bench_noise_get_track (bench->camera));
  bench_noise_start (bench->camera);
}

/* --- what came of it */

static gboolean
on_look (gpointer data)
{
  Bench *bench = data;
  Stage *last = &bench->stages[bench->n_stages - 1];

  if (bench_times_count (&last->times) < 10)
    return G_SOURCE_CONTINUE;
  g_main_loop_quit (bench->loop);
  return G_SOURCE_REMOVE;
}

static void
forget (Bench *bench)
{
  for (guint i = 0; i < bench->n_stages; i++)
    bench_times_forget (&bench->stages[i].times);
}

static void
print_stage (GHashTable *first, Stage *stage)
{
  g_autoptr (GArray) delays = g_array_new (FALSE, FALSE, sizeof (gint64));

  bench_times_append_delays (&stage->times, first, delays);
  bench_delays_sort (delays);
  if (delays->len > 0)
    printf ("%4u  %8u  %9.1f  %9.1f  %9.1f\n", stage->index, delays->len,
        bench_delays_get (delays, 0.5), bench_delays_get (delays, 0.95),
        bench_delays_get (delays, 1));
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
  Bench bench = { .loop = g_main_loop_new (NULL, FALSE) };
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
  g_autoptr (GHashTable) first = bench_times_merge (&bench.stages[0].times, NULL);
  printf ("hops  pictures  median ms     95 %% ms     max ms\n");
  for (guint i = 1; i < bench.n_stages; i++)
    print_stage (first, &bench.stages[i]);
  printf ("cpu: %.3f cores\n", cpu / seconds);
  fflush (stdout);
  /* The rooms go with the process. */
  _exit (0);
}
