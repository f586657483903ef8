/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/relay-counters.h>

#include <string.h>

/* The grammar of OpenMetrics 1.0 as far as counters, gauges and infos need it. */

typedef struct {
  GHashTable *families; /* name → type */
  GHashTable *samples;  /* name with labels → value */
} Metrics;

static void
read_sample (Metrics *metrics, const char *line)
{
  g_autoptr (GRegex) sample =
      g_regex_new ("^([a-z_]+)(\\{[a-z]+=\"[^\"\\\\\\n]*\"\\})? ([0-9]+)$", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *name = NULL;
  g_autofree char *labels = NULL;
  g_autofree char *number = NULL;
  g_autofree char *family = NULL;
  const char *type;

  if (!g_regex_match (sample, line, 0, &match))
    g_error ("no sample: %s", line);
  name = g_match_info_fetch (match, 1);
  labels = g_match_info_fetch (match, 2);
  number = g_match_info_fetch (match, 3);
  family = g_strdup (name);
  if (g_str_has_suffix (name, "_total"))
    family[strlen (name) - strlen ("_total")] = '\0';
  else if (g_str_has_suffix (name, "_info"))
    family[strlen (name) - strlen ("_info")] = '\0';
  type = g_hash_table_lookup (metrics->families, family);
  g_assert_nonnull (type);
  g_assert_true (g_str_equal (type, "counter") == g_str_has_suffix (name, "_total"));
  g_assert_true (g_str_equal (type, "info") == g_str_has_suffix (name, "_info"));
  g_assert_true (
      g_hash_table_insert (metrics->samples, g_strconcat (name, labels, NULL), g_strdup (number)));
}

static Metrics
read_metrics (const char *text)
{
  Metrics metrics = { g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free),
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free) };
  g_auto (GStrv) lines = g_strsplit (text, "\n", 0);
  guint n = g_strv_length (lines);

  g_assert_cmpuint (n, >, 2);
  g_assert_cmpstr (lines[n - 2], ==, "# EOF");
  g_assert_cmpstr (lines[n - 1], ==, "");
  for (guint i = 0; i < n - 2; i++) {
    g_auto (GStrv) words = g_strsplit (lines[i], " ", 4);

    if (g_str_has_prefix (lines[i], "# TYPE "))
      g_assert_true (
          g_hash_table_insert (metrics.families, g_strdup (words[2]), g_strdup (words[3])));
    else if (!g_str_has_prefix (lines[i], "# HELP "))
      read_sample (&metrics, lines[i]);
  }
  return metrics;
}

static void
test_metrics (void)
{
  GenosRelayCounters counters = { .events = 12, .accepted = G_MAXUINT64 };
  GenosRelayGauges now = { .connections = 3, .pending = 4096 };
  g_autofree char *text = NULL;
  Metrics metrics;

  counters.drops[GENOS_RELAY_DROP_POW] = 5;
  counters.drops[GENOS_RELAY_DROP_SLOW] = 6;
  g_assert_cmpuint (genos_relay_counters_get_dropped (&counters), ==, 11);
  text = genos_relay_counters_to_metrics (&counters, &now);
  metrics = read_metrics (text);
  g_assert_cmpstr (g_hash_table_lookup (metrics.samples, "genos_relay_events_total"), ==, "12");
  g_assert_cmpstr (g_hash_table_lookup (metrics.samples, "genos_relay_accepts_total"), ==,
      "18446744073709551615");
  g_assert_cmpstr (g_hash_table_lookup (metrics.samples, "genos_relay_connections"), ==, "3");
  g_assert_cmpstr (g_hash_table_lookup (metrics.samples, "genos_relay_pending_bytes"), ==, "4096");
  g_assert_cmpstr (
      g_hash_table_lookup (metrics.samples, "genos_relay_drops_total{reason=\"pow\"}"), ==, "5");
  g_assert_cmpstr (
      g_hash_table_lookup (metrics.samples, "genos_relay_drops_total{reason=\"slow\"}"), ==, "6");
  g_hash_table_unref (metrics.families);
  g_hash_table_unref (metrics.samples);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/relay-server/relay-counters/metrics", test_metrics);
  return g_test_run ();
}
