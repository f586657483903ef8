/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/rtp/rtp-continuity.h>

static void
test_untouched (void)
{
  GenosRtpContinuity self = GENOS_RTP_CONTINUITY_INIT;

  g_assert_cmpuint (genos_rtp_continuity_map (&self, 65534, TRUE, FALSE), ==, 65534);
  g_assert_cmpuint (genos_rtp_continuity_map (&self, 65535, FALSE, TRUE), ==, 65535);
  g_assert_cmpuint (genos_rtp_continuity_map (&self, 0, FALSE, TRUE), ==, 0);
  /* A loss on the way here is one for the receiver as well. */
  g_assert_cmpuint (genos_rtp_continuity_map (&self, 5, FALSE, TRUE), ==, 5);
}

static void
test_gap (void)
{
  GenosRtpContinuity self = GENOS_RTP_CONTINUITY_INIT;

  genos_rtp_continuity_map (&self, 10, TRUE, FALSE);
  genos_rtp_continuity_map (&self, 11, FALSE, TRUE);
  g_assert_cmpuint (genos_rtp_continuity_map (&self, 40001, TRUE, FALSE), ==, 12);
  g_assert_cmpuint (genos_rtp_continuity_map (&self, 40002, FALSE, TRUE), ==, 13);
  /* Gaps add up, round the corner as well. */
  g_assert_cmpuint (genos_rtp_continuity_map (&self, 3, TRUE, TRUE), ==, 14);
  g_assert_cmpuint (genos_rtp_continuity_map (&self, 4, FALSE, TRUE), ==, 15);
}

static void
test_broken_frame (void)
{
  GenosRtpContinuity self = GENOS_RTP_CONTINUITY_INIT;

  genos_rtp_continuity_map (&self, 65535, TRUE, FALSE);
  g_assert_cmpuint (genos_rtp_continuity_map (&self, 100, TRUE, TRUE), ==, 1);
  g_assert_cmpuint (genos_rtp_continuity_map (&self, 200, TRUE, TRUE), ==, 2);
}

static void
test_left_out (void)
{
  GenosRtpContinuity self = GENOS_RTP_CONTINUITY_INIT;

  genos_rtp_continuity_map (&self, 10, TRUE, TRUE);
  genos_rtp_continuity_leave_out (&self);
  g_assert_cmpuint (genos_rtp_continuity_map (&self, 12, FALSE, TRUE), ==, 11);
  g_assert_cmpuint (genos_rtp_continuity_map (&self, 14, FALSE, TRUE), ==, 13);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/rtp-continuity/untouched", test_untouched);
  g_test_add_func ("/transport/rtp-continuity/gap", test_gap);
  g_test_add_func ("/transport/rtp-continuity/broken-frame", test_broken_frame);
  g_test_add_func ("/transport/rtp-continuity/left-out", test_left_out);
  return g_test_run ();
}
