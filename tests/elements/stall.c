/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Nothing that becomes of a peer holds up the application: a tee has genosroomsink on one side and somebody who
 * counts on the other, while peers in other processes are stopped, killed and cut off in every phase.
 *
 * STALL_MATRIX=1 runs all of it; with STALL_NET=1 beside, in a network namespace of its own, everybody is
 * also cut off by the network:
 *
 *   unshare -n sh -c 'ip link set lo up; ip link add one type veth peer name two; ip link set two up;
 *       ip addr add 10.9.9.1/24 dev one; ip link set one up; STALL_MATRIX=1 STALL_NET=1 meson test -C build stall -t 20' */

#include "element-fixture.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#define WAIT_MS 60000
#define ROOM "stall"

/* Four seconds of frames may wait in front of the tee: whoever holds it up for longer costs frames. */
#define SENDER                                                                                     \
  "genosroomsink name=s room=" ROOM " relays=\"%s\" stun-server=none "                             \
  "videotestsrc is-live=1 ! capsfilter caps=video/x-raw,width=160,height=120,framerate=30/1 ! "    \
  "queue leaky=downstream max-size-buffers=120 max-size-bytes=0 max-size-time=0 ! tee name=t "     \
  "t. ! s.video_0 audiotestsrc is-live=1 ! s.audio_0 t. ! fakesink name=count sync=0 async=0"

/* --- the other process: a viewer */

static int
run_viewer (const char *relay)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GstElement) pipeline = NULL;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  pipeline = test_launch ("genosroomsrc name=r room=" ROOM
                          " relays=\"%s\" stun-server=none output=encoded "
                          "r. ! video/x-vp8 ! fakesink async=0 sync=0",
      relay);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_main_loop_run (loop);
  return 0;
}

/* --- this one */

static const char *program;

typedef struct {
  TestRelay *relay;
  GstElement *pipeline;
  GstElement *sink;
  /* atomic */
  gint n_frames;
  gint n_lost;
  guint64 next; /* streaming thread */
} Stage;

static GstPadProbeReturn
on_frame (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Stage *stage = user_data;
  guint64 number = GST_BUFFER_OFFSET (GST_PAD_PROBE_INFO_BUFFER (info));

  g_atomic_int_add (&stage->n_lost, (gint) (number - stage->next));
  stage->next = number + 1;
  g_atomic_int_inc (&stage->n_frames);
  return GST_PAD_PROBE_OK;
}

static void
set_up (Stage *stage, gconstpointer data)
{
  g_autoptr (GstElement) count = NULL;
  g_autoptr (GstPad) pad = NULL;

  memset (stage, 0, sizeof *stage);
  stage->relay = test_relay_new ();
  stage->pipeline = test_launch (SENDER, test_relay_get_url (stage->relay));
  stage->sink = gst_bin_get_by_name (GST_BIN (stage->pipeline), "s");
  count = gst_bin_get_by_name (GST_BIN (stage->pipeline), "count");
  pad = gst_element_get_static_pad (count, "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_frame, stage, NULL);
  test_reach (stage->pipeline, GST_STATE_PLAYING);
}

static void
tear_down (Stage *stage, gconstpointer data)
{
  test_stop (stage->pipeline);
  gst_object_unref (stage->sink);
  gst_object_unref (stage->pipeline);
  test_relay_free (stage->relay);
}

static guint
count_viewers (Stage *stage)
{
  GstStructure *stats = NULL;
  guint n = 0;

  gst_child_proxy_get (GST_CHILD_PROXY (stage->sink), "video_0::stats", &stats, NULL);
  if (stats == NULL)
    return 0;
  gst_structure_get_uint (stats, "viewers", &n);
  gst_structure_free (stats);
  return n;
}

static void
wait_for_viewers (Stage *stage, guint n)
{
  gint64 deadline = g_get_monotonic_time () + WAIT_MS * G_TIME_SPAN_MILLISECOND;

  while (count_viewers (stage) < n) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (10000);
  }
}

static void
wait_for_frames (Stage *stage, gint n)
{
  gint64 deadline = g_get_monotonic_time () + WAIT_MS * G_TIME_SPAN_MILLISECOND;
  gint wanted = g_atomic_int_get (&stage->n_frames) + n;

  while (g_atomic_int_get (&stage->n_frames) < wanted) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (10000);
  }
}

static GSubprocess *
start_viewer (Stage *stage)
{
  g_autoptr (GError) error = NULL;
  GSubprocess *viewer = g_subprocess_new (
      G_SUBPROCESS_FLAGS_NONE, &error, program, "--view", test_relay_get_url (stage->relay), NULL);

  g_assert_no_error (error);
  return viewer;
}

static void
end_viewer (GSubprocess *viewer)
{
  g_subprocess_force_exit (viewer);
  g_subprocess_wait (viewer, NULL, NULL);
  g_object_unref (viewer);
}

/* What is done to a viewer. */
typedef enum {
  STOPPED,
  KILLED,
  CUT_OFF,
  N_FATES,
} Fate;

static const char *const fates[] = { "stopped", "killed", "cut off" };

static void
set_network (gboolean up)
{
  g_autoptr (GError) error = NULL;
  const char *argv[] = { "ip", "link", "set", "lo", up ? "up" : "down", NULL };

  g_spawn_sync (
      NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
strike (GSubprocess *viewer, Fate fate)
{
  if (fate == CUT_OFF)
    set_network (FALSE);
  else
    g_subprocess_send_signal (viewer, fate == STOPPED ? SIGSTOP : SIGKILL);
}

/* @n_before: frames between the viewer's start and its end, 0: until it watches, and 15 more. @n_after:
 * frames that are watched then. */
static void
run_fate (Stage *stage, Fate fate, guint n_before, guint n_after)
{
  GSubprocess *viewer = start_viewer (stage);

  if (n_before > 0)
    wait_for_frames (stage, n_before);
  else
    wait_for_viewers (stage, 1);
  if (n_before == 0)
    wait_for_frames (stage, 15);
  strike (viewer, fate);
  wait_for_frames (stage, n_after);
  if (fate == CUT_OFF)
    set_network (TRUE);
  end_viewer (viewer);
  g_test_message ("%s after %u frames: %d frames counted, %d lost", fates[fate], n_before,
      g_atomic_int_get (&stage->n_frames), g_atomic_int_get (&stage->n_lost));
  g_assert_cmpint (g_atomic_int_get (&stage->n_lost), ==, 0);
}

/* Stopped while it watches, and killed while it joins. */
static void
test_two_fates (Stage *stage, gconstpointer data)
{
  run_fate (stage, STOPPED, 0, 60);
  run_fate (stage, KILLED, 4, 30);
}

/* Every phase of joining, some ms apart, and watching; each for longer than it takes to give a peer up. */
static void
test_matrix (Stage *stage, gconstpointer data)
{
  static const guint phases[] = { 1, 3, 5, 7, 9, 12, 15, 20, 0 };

  if (g_getenv ("STALL_MATRIX") == NULL) {
    g_test_skip ("runs for ten minutes: STALL_MATRIX=1");
    return;
  }
  for (guint fate = 0; fate < N_FATES; fate++) {
    if (fate == CUT_OFF && g_getenv ("STALL_NET") == NULL)
      continue;
    for (guint i = 0; i < G_N_ELEMENTS (phases); i++)
      run_fate (stage, fate, phases[i], 450);
  }
}

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  if (argc == 3 && strcmp (argv[1], "--view") == 0)
    return run_viewer (argv[2]);
  program = argv[0];
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/elements/stall/two-fates", Stage, NULL, set_up, test_two_fates, tear_down);
  g_test_add ("/elements/stall/matrix", Stage, NULL, set_up, test_matrix, tear_down);
  return g_test_run ();
}
