/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/key-frame-gate.h>

#define MS G_TIME_SPAN_MILLISECOND

static void
test_first_goes_at_once (void)
{
  GenosKeyFrameGate gate;
  genos_key_frame_gate_init (&gate, 300 * MS);
  g_assert_cmpint (genos_key_frame_gate_next (&gate), ==, -1);
  g_assert_false (genos_key_frame_gate_poll (&gate, 5 * MS));
  g_assert_true (genos_key_frame_gate_request (&gate, 5 * MS));
  g_assert_cmpint (genos_key_frame_gate_next (&gate), ==, -1);
}

static void
test_merges_and_keeps_the_last (void)
{
  GenosKeyFrameGate gate;
  genos_key_frame_gate_init (&gate, 300 * MS);
  g_assert_true (genos_key_frame_gate_request (&gate, 1000 * MS));
  for (int t = 1001; t < 1300; t++)
    g_assert_false (genos_key_frame_gate_request (&gate, t * MS));
  g_assert_cmpint (genos_key_frame_gate_next (&gate), ==, 1300 * MS);
  g_assert_false (genos_key_frame_gate_poll (&gate, 1300 * MS - 1));
  g_assert_true (genos_key_frame_gate_poll (&gate, 1300 * MS));
  g_assert_false (genos_key_frame_gate_poll (&gate, 2000 * MS));
  g_assert_cmpint (genos_key_frame_gate_next (&gate), ==, -1);
}

static void
test_never_more_than_one_an_interval (void)
{
  GenosKeyFrameGate gate;
  genos_key_frame_gate_init (&gate, 300 * MS);
  int n = 0;
  for (int t = 0; t < 3000; t++)
    n += genos_key_frame_gate_request (&gate, t * MS);
  g_assert_cmpint (n, ==, 10);
}

static void
test_key_frame_answers_what_is_kept (void)
{
  GenosKeyFrameGate gate;
  genos_key_frame_gate_init (&gate, 300 * MS);
  g_assert_true (genos_key_frame_gate_request (&gate, 0));
  g_assert_false (genos_key_frame_gate_request (&gate, 100 * MS));
  genos_key_frame_gate_passed (&gate, 150 * MS);
  g_assert_cmpint (genos_key_frame_gate_next (&gate), ==, -1);
  g_assert_false (genos_key_frame_gate_poll (&gate, 400 * MS));
  /* The interval counts from the key frame. */
  g_assert_false (genos_key_frame_gate_request (&gate, 449 * MS));
  g_assert_true (genos_key_frame_gate_poll (&gate, 450 * MS));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/key-frame-gate/first-goes-at-once", test_first_goes_at_once);
  g_test_add_func (
      "/media/key-frame-gate/merges-and-keeps-the-last", test_merges_and_keeps_the_last);
  g_test_add_func ("/media/key-frame-gate/never-more-than-one-an-interval",
      test_never_more_than_one_an_interval);
  g_test_add_func (
      "/media/key-frame-gate/key-frame-answers-what-is-kept", test_key_frame_answers_what_is_kept);
  return g_test_run ();
}
