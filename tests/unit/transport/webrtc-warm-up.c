/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-warm-up.h>

#include <gst/gst.h>

/* What a first link would have to wait for is there: DTLS has its agent, and with it the key that took
 * so long. A second time there is nothing to do. */
static void
test_made (void)
{
  g_assert_cmpuint (g_type_from_name ("GstDtlsAgent"), ==, 0);
  genos_webrtc_warm_up ();
  genos_webrtc_warm_up ();
  genos_webrtc_warm_up_wait ();
  g_assert_cmpuint (g_type_from_name ("GstDtlsAgent"), !=, 0);
  g_assert_cmpuint (g_type_from_name ("GstWebRTCBin"), !=, 0);
  genos_webrtc_warm_up_wait ();
  genos_webrtc_warm_up ();
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/webrtc-warm-up/made", test_made);
  return g_test_run ();
}
