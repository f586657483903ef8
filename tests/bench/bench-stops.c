/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bench-stops.h"

#include <pthread.h>
#include <sched.h>

#define INTERVAL 2000   /* µs */
#define STOP 8000       /* late by more: others were served */
#define AFTERMATH 20000 /* until what piled up is gone */

typedef struct {
  gint64 from, to;
} Stop;

struct _BenchStops {
  GMutex lock;
  GArray *stops; /* Stop */
};

typedef struct {
  BenchStops *stops;
  guint processor;
} Watch;

static void
note (BenchStops *self, gint64 from, gint64 to)
{
  const Stop stop = { from, to };

  g_mutex_lock (&self->lock);
  g_array_append_val (self->stops, stop);
  g_mutex_unlock (&self->lock);
}

static gpointer
watch (gpointer data)
{
  g_autofree Watch *self = data;
  cpu_set_t set;
  gint64 last;

  CPU_ZERO (&set);
  CPU_SET (self->processor, &set);
  if (pthread_setaffinity_np (pthread_self (), sizeof set, &set) != 0)
    return NULL;
  last = g_get_real_time ();
  for (;;) {
    gint64 now;

    g_usleep (INTERVAL);
    now = g_get_real_time ();
    if (now - last > STOP)
      note (self->stops, last, now);
    last = now;
  }
}

BenchStops *
bench_stops_new (void)
{
  BenchStops *self = g_new0 (BenchStops, 1);

  self->stops = g_array_new (FALSE, FALSE, sizeof (Stop));
  for (guint i = 0; i < g_get_num_processors (); i++) {
    Watch *one = g_new (Watch, 1);

    *one = (Watch){ self, i };
    g_thread_unref (g_thread_new ("stops", watch, one));
  }
  return self;
}

gboolean
bench_stops_touch (BenchStops *self, gint64 from, gint64 to)
{
  gboolean found = FALSE;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->stops->len && !found; i++) {
    const Stop *stop = &g_array_index (self->stops, Stop, i);

    found = stop->from < to && stop->to + AFTERMATH > from;
  }
  g_mutex_unlock (&self->lock);
  return found;
}
