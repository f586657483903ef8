/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-remnants.h>

#define N_CHILDREN 20
#define N_KEPT 16

static void
test_bounded (void)
{
  GstElement *bin = gst_object_ref_sink (gst_bin_new (NULL));
  GWeakRef children[N_CHILDREN];

  genos_webrtc_keep_remnants (bin);
  for (int i = 0; i < N_CHILDREN; i++) {
    GstElement *child = gst_bin_new (NULL);

    gst_bin_add (GST_BIN (bin), child);
    g_weak_ref_init (&children[i], child);
    g_assert_true (gst_bin_remove (GST_BIN (bin), child));
  }

  for (int i = 0; i < N_CHILDREN; i++) {
    g_autoptr (GstElement) child = g_weak_ref_get (&children[i]);

    g_assert_true ((child != NULL) == (i >= N_CHILDREN - N_KEPT));
  }

  gst_object_unref (bin);
  for (int i = 0; i < N_CHILDREN; i++) {
    g_assert_null (g_weak_ref_get (&children[i]));
    g_weak_ref_clear (&children[i]);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/transport/webrtc-remnants/bounded", test_bounded);
  return g_test_run ();
}
