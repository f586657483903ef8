/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/room.h>

#include <math.h>
#include <string.h>

static void
test_types (void)
{
  g_autoptr (GstStructure) nested = gst_structure_new ("n", "bytes-sent", G_TYPE_UINT64,
      G_GUINT64_CONSTANT (5000000000), "packets-lost", G_TYPE_INT64, (gint64) -2, NULL);
  g_autoptr (GstStructure) stats = gst_structure_new ("s", "peer-id", G_TYPE_STRING, "a\"b", "n",
      G_TYPE_UINT, 7, "linked", G_TYPE_BOOLEAN, TRUE, "half", G_TYPE_DOUBLE, 0.5, "never",
      G_TYPE_DOUBLE, (double) INFINITY, "none", G_TYPE_STRING, NULL, "key", GENOS_TYPE_MEDIA_KIND,
      GENOS_MEDIA_VIDEO, "candidate-pair", GST_TYPE_STRUCTURE, nested, NULL);
  g_autofree char *json = genos_stats_to_json (stats);

  g_assert_cmpstr (json, ==,
      "{\"peerId\":\"a\\\"b\",\"n\":7,\"linked\":true,\"half\":0.5,\"never\":0.0,\"none\":null,"
      "\"key\":\"video\",\"candidatePair\":{\"bytesSent\":5000000000,\"packetsLost\":-2}}");
}

static void
test_lists (void)
{
  g_autoptr (GstStructure) stats = gst_structure_new_from_string (
      "s, outbound-rtp={[a, total-encode-time=1.5], [b, n=2]}, no={}");
  g_autofree char *json = NULL;

  g_assert_nonnull (stats);
  json = genos_stats_to_json (stats);
  g_assert_cmpstr (json, ==, "{\"outboundRtp\":[{\"totalEncodeTime\":1.5},{\"n\":2}],\"no\":[]}");
}

static void
test_depth (void)
{
  GstStructure *stats = gst_structure_new_empty ("s");
  g_autofree char *json = NULL;

  for (guint i = 0; i < 50; i++) {
    GstStructure *outer = gst_structure_new ("s", "s", GST_TYPE_STRUCTURE, stats, NULL);

    gst_structure_free (stats);
    stats = outer;
  }
  json = genos_stats_to_json (stats);
  g_assert_nonnull (strstr (json, "{\"s\":null}"));
  gst_structure_free (stats);
}

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/room/stats-json/types", test_types);
  g_test_add_func ("/room/stats-json/lists", test_lists);
  g_test_add_func ("/room/stats-json/depth", test_depth);
  return g_test_run ();
}
