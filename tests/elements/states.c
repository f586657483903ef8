/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "element-fixture.h"

#define WALKS 20
#define STEPS 12

static void
check_up_and_down (GstElement *element)
{
  static const GstState states[] = { GST_STATE_READY, GST_STATE_PAUSED, GST_STATE_PLAYING,
    GST_STATE_PAUSED, GST_STATE_READY, GST_STATE_PAUSED, GST_STATE_READY, GST_STATE_NULL,
    GST_STATE_PLAYING, GST_STATE_READY, GST_STATE_PLAYING, GST_STATE_NULL, GST_STATE_PAUSED,
    GST_STATE_NULL };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    test_reach (element, states[i]);
}

static void
test_sink_alone (void)
{
  g_autoptr (GstElement) sink = test_make ("genosroomsink", "states", NO_RELAY);

  check_up_and_down (sink);
}

static void
test_src_alone (void)
{
  g_autoptr (GstElement) src = test_make ("genosroomsrc", "states", NO_RELAY);

  check_up_and_down (src);
}

static GstElement *
make_pipeline (gboolean live)
{
  return test_launch ("videotestsrc is-live=%d ! video/x-raw,width=64,height=48,framerate=30/1 ! "
                      "s.video_0 audiotestsrc is-live=%d ! s.audio_0 "
                      "genosroomsink name=s room=walk stun-server=\"\" relays=" NO_RELAY
                      " genosroomsrc room=walk stun-server=\"\" relays=" NO_RELAY,
      live, live);
}

static void
test_pipeline (void)
{
  g_autoptr (GstElement) live = make_pipeline (TRUE);
  g_autoptr (GstElement) file = make_pipeline (FALSE);

  check_up_and_down (live);
  check_up_and_down (file);
}

/* Without waiting for one state before going to the next. */
static void
walk (GRand *random, GstElement *pipeline)
{
  for (guint i = 0; i < STEPS; i++) {
    GstState state = g_rand_int_range (random, GST_STATE_NULL, GST_STATE_PLAYING + 1);

    g_assert_cmpint (gst_element_set_state (pipeline, state), !=, GST_STATE_CHANGE_FAILURE);
    if (g_rand_boolean (random))
      gst_element_get_state (pipeline, NULL, NULL, g_rand_int_range (random, 0, 30) * GST_MSECOND);
  }
  test_reach (pipeline, GST_STATE_NULL);
}

static void
test_random_walks (void)
{
  for (guint seed = 1; seed <= WALKS; seed++) {
    GRand *random = g_rand_new_with_seed (seed);
    g_autoptr (GstElement) pipeline = make_pipeline (seed % 2);

    walk (random, pipeline);
    g_rand_free (random);
  }
}

/* Leaving ends the thread of the room: nobody else would. */
static guint
count_threads (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/task", 0, NULL);
  guint n = 0;

  if (dir == NULL)
    return 0;
  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
test_no_threads_stay (void)
{
  guint before = 0;

  for (guint i = 0; i < 12; i++) {
    g_autoptr (GstElement) pipeline = make_pipeline (TRUE);

    test_reach (pipeline, GST_STATE_PLAYING);
    test_stop (pipeline);
    /* Pools of threads grow at first. */
    if (i == 3)
      before = count_threads ();
  }
  g_assert_cmpuint (count_threads (), <=, before + 2);
}

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/elements/states/sink-alone", test_sink_alone);
  g_test_add_func ("/elements/states/src-alone", test_src_alone);
  g_test_add_func ("/elements/states/pipeline", test_pipeline);
  g_test_add_func ("/elements/states/random-walks", test_random_walks);
  g_test_add_func ("/elements/states/no-threads-stay", test_no_threads_stay);
  return g_test_run ();
}
