/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/stats/stats-rates.h>

#define MIN_SPAN (G_USEC_PER_SEC / 2)

typedef struct {
  GenosStatsCounts counts; /* at the beginning of what the next rate is of */
  gint64 since;
  GenosStatsRate rate;
  gboolean known;
  gboolean used; /* since the last sweep */
} Entry;

struct _GenosStatsRates {
  GHashTable *entries; /* char* → Entry */
};

GenosStatsRates *
genos_stats_rates_new (void)
{
  GenosStatsRates *self = g_new0 (GenosStatsRates, 1);

  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
genos_stats_rates_free (GenosStatsRates *self)
{
  g_hash_table_unref (self->entries);
  g_free (self);
}

static void
begin (Entry *entry, const GenosStatsCounts *counts, gint64 now)
{
  entry->counts = *counts;
  entry->since = now;
}

static double
fraction_lost (const GenosStatsCounts *from, const GenosStatsCounts *to)
{
  double lost = (double) MAX (to->lost - from->lost, 0);
  double expected = (double) (to->packets - from->packets) + lost;

  return expected > 0 ? lost / expected : 0;
}

static void
update (Entry *entry, const GenosStatsCounts *counts, gint64 now)
{
  double seconds = (double) (now - entry->since) / G_USEC_PER_SEC;

  entry->rate.bitrate = (double) (counts->bytes - entry->counts.bytes) * 8 / seconds;
  entry->rate.frame_rate = (double) (counts->frames - entry->counts.frames) / seconds;
  entry->rate.fraction_lost = fraction_lost (&entry->counts, counts);
  entry->known = TRUE;
  begin (entry, counts, now);
}

static gboolean
went_back (const GenosStatsCounts *from, const GenosStatsCounts *to)
{
  return to->bytes < from->bytes || to->frames < from->frames || to->packets < from->packets;
}

gboolean
genos_stats_rates_take (GenosStatsRates *self, const char *key, const GenosStatsCounts *counts,
    gint64 now, GenosStatsRate *rate)
{
  Entry *entry = g_hash_table_lookup (self->entries, key);

  if (entry == NULL) {
    entry = g_new0 (Entry, 1);
    g_hash_table_insert (self->entries, g_strdup (key), entry);
    begin (entry, counts, now);
  } else if (went_back (&entry->counts, counts)) {
    /* Another link's. */
    entry->known = FALSE;
    begin (entry, counts, now);
  } else if (now - entry->since >= MIN_SPAN) {
    update (entry, counts, now);
  }
  entry->used = TRUE;
  *rate = entry->rate;
  return entry->known;
}

static gboolean
is_unused (gpointer key, gpointer value, gpointer data)
{
  Entry *entry = value;
  gboolean unused = !entry->used;

  entry->used = FALSE;
  return unused;
}

void
genos_stats_rates_sweep (GenosStatsRates *self)
{
  g_hash_table_foreach_remove (self->entries, is_unused, NULL);
}
