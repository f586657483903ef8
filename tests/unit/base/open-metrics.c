/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/base/open-metrics.h>

#include <math.h>

static void
test_families (void)
{
  const char *const info[] = { "version", "1.0", NULL };
  const char *const two[] = { "peer", "a", "kind", "audio", NULL };
  GenosOpenMetrics *metrics = genos_open_metrics_new ();
  g_autofree char *text = NULL;

  genos_open_metrics_begin (metrics, "genos_room", GENOS_METRIC_INFO, "The program.");
  genos_open_metrics_add (metrics, info, 1);
  genos_open_metrics_begin (metrics, "genos_bytes", GENOS_METRIC_COUNTER, "Bytes.");
  genos_open_metrics_add (metrics, two, 5000000000.0);
  genos_open_metrics_add (metrics, NULL, -3);
  genos_open_metrics_begin (metrics, "genos_level", GENOS_METRIC_GAUGE, "Level.");
  genos_open_metrics_add (metrics, NULL, -0.125);
  genos_open_metrics_add (metrics, NULL, (double) NAN);
  text = genos_open_metrics_finish (metrics);
  g_assert_cmpstr (text, ==,
      "# TYPE genos_room info\n# HELP genos_room The program.\n"
      "genos_room_info{version=\"1.0\"} 1\n"
      "# TYPE genos_bytes counter\n# HELP genos_bytes Bytes.\n"
      "genos_bytes_total{peer=\"a\",kind=\"audio\"} 5000000000\n"
      "genos_bytes_total 0\n"
      "# TYPE genos_level gauge\n# HELP genos_level Level.\n"
      "genos_level -0.125\n"
      "genos_level 0\n"
      "# EOF\n");
}

/* Strangers name their tracks as they like. */
static void
test_hostile_labels (void)
{
  const char *const labels[] = { "track", "a\"} 1\nevil{x=\"\\ \xff", NULL };
  GenosOpenMetrics *metrics = genos_open_metrics_new ();
  g_autofree char *text = NULL;

  genos_open_metrics_begin (metrics, "m", GENOS_METRIC_GAUGE, "M.");
  genos_open_metrics_add (metrics, labels, 1);
  text = genos_open_metrics_finish (metrics);
  g_assert_cmpstr (text, ==,
      "# TYPE m gauge\n# HELP m M.\n"
      "m{track=\"a\\\"} 1\\nevil{x=\\\"\\\\ \xef\xbf\xbd\"} 1\n# EOF\n");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/open-metrics/families", test_families);
  g_test_add_func ("/base/open-metrics/hostile-labels", test_hostile_labels);
  return g_test_run ();
}
