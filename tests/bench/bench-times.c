/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bench-times.h"

void
bench_times_init (BenchTimes *self)
{
  g_mutex_init (&self->lock);
  self->times = g_hash_table_new_full (NULL, NULL, NULL, g_free);
}

static void
on_packet (GenosRemoteTrack *track, GstBuffer *packet, gpointer data)
{
  BenchTimes *self = data;
  guint8 head[8];

  /* The marker bit ends a picture. */
  if (gst_buffer_extract (packet, 0, head, 8) == 8 && (head[1] & 0x80) != 0) {
    gint64 *now = g_new (gint64, 1);

    *now = g_get_monotonic_time ();
    g_mutex_lock (&self->lock);
    g_hash_table_insert (self->times, GUINT_TO_POINTER (GST_READ_UINT32_BE (head + 4)), now);
    g_mutex_unlock (&self->lock);
  }
  gst_buffer_unref (packet);
}

void
bench_times_watch (BenchTimes *self, GenosRemoteTrack *track)
{
  genos_remote_track_set_packet_func (track, on_packet, self, NULL);
}

guint
bench_times_count (BenchTimes *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = g_hash_table_size (self->times);
  g_mutex_unlock (&self->lock);
  return n;
}

void
bench_times_forget (BenchTimes *self)
{
  g_mutex_lock (&self->lock);
  g_hash_table_remove_all (self->times);
  g_mutex_unlock (&self->lock);
}

GHashTable *
bench_times_merge (BenchTimes *self, GHashTable *first)
{
  GHashTableIter iter;
  gpointer key, value;

  if (first == NULL)
    first = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  g_mutex_lock (&self->lock);
  g_hash_table_iter_init (&iter, self->times);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    const gint64 *known = g_hash_table_lookup (first, key);

    if (known == NULL || *(gint64 *) value < *known)
      g_hash_table_insert (first, key, g_memdup2 (value, sizeof (gint64)));
  }
  g_mutex_unlock (&self->lock);
  return first;
}

void
bench_times_append_delays (BenchTimes *self, GHashTable *first, GArray *delays)
{
  GHashTableIter iter;
  gpointer key, value;

  g_mutex_lock (&self->lock);
  g_hash_table_iter_init (&iter, self->times);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    const gint64 *begin = g_hash_table_lookup (first, key);

    if (begin != NULL) {
      gint64 delay = *(gint64 *) value - *begin;

      g_array_append_val (delays, delay);
    }
  }
  g_mutex_unlock (&self->lock);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

void
bench_delays_sort (GArray *delays)
{
  g_array_sort (delays, compare);
}

double
bench_delays_get (GArray *delays, double part)
{
  guint i = MIN ((guint) (delays->len * part), delays->len - 1);

  return (double) g_array_index (delays, gint64, i) / 1000.0;
}
