/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Peers that are killed, stopped and started again, and relays that go, with real processes and real
 * links. Times are told, and only bounded generously: docs/design/healing.md has them. */

#include "element-fixture.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#define WAIT_MS 60000
#define SENDER "sender"

/* --- the other process: sends a picture, answers messages */

static void
on_said (GstElement *sink, const char *channel, const char *peer_id, const GstStructure *message,
    gpointer data)
{
  const char *to[] = { peer_id, NULL };
  guint n;

  g_signal_emit_by_name (
      sink, "send-text", channel, gst_structure_get_string (message, "text"), to, &n);
}

static int
run_sender (const char *room, const char *relay, const char *identity)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GstElement) pipeline = NULL;
  g_autoptr (GstElement) sink = NULL;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  pipeline = test_launch ("genosroomsink name=s room=%s relays=\"%s\" stun-server=none "
                          "peer-id=" SENDER
                          " identity-file=%s video_0::stream-id=cam video_0::track-id=front "
                          "videotestsrc is-live=1 ! "
                          "video/x-raw,width=160,height=120,framerate=15/1 ! s.video_0",
      room, relay, identity);
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "s");
  g_signal_connect (sink, "channel-message", G_CALLBACK (on_said), NULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_main_loop_run (loop);
  return 0;
}

/* --- this one: shows it */

typedef struct {
  char *room;
  char *folder; /* with the sender's key */
  char *identity;
  GstElement *pipeline;
  GSubprocess *sender;

  GMutex lock;
  GCond cond;
  guint n_buffers;
  guint n_backwards;
  guint n_pads;
  GstClockTime last;
  gboolean eos;
} Watch;

static const char *program;

static GstPadProbeReturn
on_data (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Watch *self = user_data;

  g_mutex_lock (&self->lock);
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
    GstClockTime pts = GST_BUFFER_PTS (GST_PAD_PROBE_INFO_BUFFER (info));

    if (self->n_buffers > 0 && pts < self->last)
      self->n_backwards++;
    self->last = pts;
    self->n_buffers++;
  } else if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_EOS) {
    self->eos = TRUE;
  }
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_OK;
}

static void
on_pad_added (GstElement *src, GstPad *pad, Watch *self)
{
  g_atomic_int_inc (&self->n_pads);
}

static void
start_sender (Watch *self, const char *relay)
{
  g_autoptr (GError) error = NULL;

  self->sender = g_subprocess_new (
      G_SUBPROCESS_FLAGS_NONE, &error, program, "--send", self->room, relay, self->identity, NULL);
  g_assert_no_error (error);
}

static void
end_sender (Watch *self)
{
  if (self->sender == NULL)
    return;
  g_subprocess_send_signal (self->sender, SIGKILL);
  g_subprocess_wait (self->sender, NULL, NULL);
  g_clear_object (&self->sender);
}

static void
watch_start (Watch *self, const char *room, const char *relay)
{
  g_autoptr (GstElement) src = NULL;
  g_autoptr (GstElement) sink = NULL;
  g_autoptr (GstPad) pad = NULL;

  memset (self, 0, sizeof *self);
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->room = g_strdup (room);
  self->folder = g_dir_make_tmp ("genos-healing-XXXXXX", NULL);
  g_assert_nonnull (self->folder);
  self->identity = g_build_filename (self->folder, "key", NULL);
  self->pipeline = test_launch ("genosroomsrc name=r room=%s relays=\"%s\" stun-server=none "
                                "r. ! video/x-raw ! fakesink name=v sync=0 async=0",
      room, relay);
  src = gst_bin_get_by_name (GST_BIN (self->pipeline), "r");
  g_signal_connect (src, "pad-added", G_CALLBACK (on_pad_added), self);
  sink = gst_bin_get_by_name (GST_BIN (self->pipeline), "v");
  pad = gst_element_get_static_pad (sink, "sink");
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_data, self, NULL);
  test_reach (self->pipeline, GST_STATE_PLAYING);
  start_sender (self, relay);
}

static void
watch_stop (Watch *self)
{
  end_sender (self);
  test_stop (self->pipeline);
  gst_object_unref (self->pipeline);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self->room);
  g_unlink (self->identity);
  g_rmdir (self->folder);
  g_free (self->identity);
  g_free (self->folder);
}

static guint
count_buffers (Watch *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->n_buffers;
  g_mutex_unlock (&self->lock);
  return n;
}

/* @n more than there are. */
static void
wait_for_more (Watch *self, guint n)
{
  gint64 deadline = g_get_monotonic_time () + WAIT_MS * G_TIME_SPAN_MILLISECOND;

  g_mutex_lock (&self->lock);
  n += self->n_buffers;
  while (self->n_buffers < n) {
    if (!g_cond_wait_until (&self->cond, &self->lock, deadline))
      g_error ("room %s: %u buffers of %u", self->room, self->n_buffers, n);
  }
  g_mutex_unlock (&self->lock);
}

static void
wait_message (Watch *self, const char *name)
{
  gst_message_unref (test_wait_element (self->pipeline, name, "peer-id", SENDER, WAIT_MS));
}

static gboolean
has_said (Watch *self, const char *name)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);
  gboolean found = FALSE;
  GstMessage *message;

  while ((message = gst_bus_pop_filtered (bus, GST_MESSAGE_ELEMENT)) != NULL) {
    found |= gst_message_has_name (message, name);
    gst_message_unref (message);
  }
  return found;
}

static double
seconds_since (gint64 then)
{
  return (g_get_monotonic_time () - then) / 1e6;
}

static void
talk (Watch *self)
{
  g_autoptr (GstElement) src = gst_bin_get_by_name (GST_BIN (self->pipeline), "r");
  const char *to[] = { SENDER, NULL };
  guint n = 0;

  g_signal_emit_by_name (src, "send-text", "chat", "hello", to, &n);
  g_assert_cmpuint (n, ==, 1);
  wait_message (self, "genos-channel-message");
}

/* --- tests */

static void
test_killed_and_stopped (void)
{
  g_autoptr (TestRelay) relay = test_relay_new ();
  const char *url = test_relay_get_url (relay);
  Watch killed, stopped;
  gint64 then, resumed;

  watch_start (&killed, "killed", url);
  watch_start (&stopped, "stopped", url);
  wait_for_more (&killed, 15);
  wait_for_more (&stopped, 15);

  /* A moment is nothing. */
  g_subprocess_send_signal (stopped.sender, SIGSTOP);
  g_usleep (3 * G_USEC_PER_SEC);
  g_subprocess_send_signal (stopped.sender, SIGCONT);
  wait_for_more (&stopped, 15);
  g_assert_false (has_said (&stopped, "genos-peer-left"));
  g_assert_cmpuint (g_atomic_int_get (&stopped.n_pads), ==, 1);

  then = g_get_monotonic_time ();
  end_sender (&killed);
  g_subprocess_send_signal (stopped.sender, SIGSTOP);
  wait_message (&killed, "genos-peer-left");
  g_test_message ("a killed peer is gone after %.1f s", seconds_since (then));
  wait_message (&stopped, "genos-peer-left");
  g_test_message ("a stopped one after %.1f s", seconds_since (then));

  g_usleep (2 * G_USEC_PER_SEC);
  resumed = g_get_monotonic_time ();
  g_subprocess_send_signal (stopped.sender, SIGCONT);
  wait_message (&stopped, "genos-peer-joined");
  g_test_message ("it is back %.1f s after it goes on", seconds_since (resumed));
  while (g_atomic_int_get (&stopped.n_pads) < 2) {
    g_assert_cmpfloat (seconds_since (resumed), <, 60);
    g_usleep (20000);
  }
  g_test_message ("and so is its picture after %.1f s", seconds_since (resumed));
  talk (&stopped);
  watch_stop (&killed);
  watch_stop (&stopped);
}

/* The pad of a peer that is started again at once with the same key goes on. */
static void
test_restarted (void)
{
  g_autoptr (TestRelay) relay = test_relay_new ();
  Watch watch;
  gint64 then;

  watch_start (&watch, "restarted", test_relay_get_url (relay));
  wait_for_more (&watch, 15);
  then = g_get_monotonic_time ();
  end_sender (&watch);
  start_sender (&watch, test_relay_get_url (relay));
  wait_message (&watch, "genos-peer-relinked");
  g_test_message ("linked anew %.1f s after it was killed", seconds_since (then));
  wait_for_more (&watch, 15);
  g_test_message ("and seen for a second after %.1f s", seconds_since (then));
  talk (&watch);
  g_assert_false (has_said (&watch, "genos-peer-left"));
  g_assert_cmpuint (g_atomic_int_get (&watch.n_pads), ==, 1);
  g_assert_false (watch.eos);
  g_assert_cmpuint (watch.n_backwards, ==, 0);
  watch_stop (&watch);
}

/* Without any relay, whoever is linked stays so; when it is back, others are found through it. */
static void
test_relay_gone (void)
{
  TestRelay *relay = test_relay_new ();
  g_autofree char *url = g_strdup (test_relay_get_url (relay));
  g_autoptr (GstElement) late = NULL;
  Watch watch;
  gint64 then;

  watch_start (&watch, "relayless", url);
  wait_for_more (&watch, 15);
  test_relay_free (relay);
  gst_message_unref (
      test_wait_element (watch.pipeline, "genos-relay-changed", "url", url, WAIT_MS));
  wait_for_more (&watch, 45);
  talk (&watch);

  relay = test_relay_new_at (url);
  then = g_get_monotonic_time ();
  late = test_launch ("genosroomsrc name=r room=relayless relays=\"%s?late\" stun-server=none "
                      "r. ! fakesink async=0",
      url);
  test_reach (late, GST_STATE_PLAYING);
  gst_message_unref (test_wait_element (late, "genos-peer-joined", "peer-id", SENDER, WAIT_MS));
  g_test_message ("a newcomer is linked %.1f s after the relay is back", seconds_since (then));
  test_stop (late);
  g_assert_false (has_said (&watch, "genos-peer-relinked"));
  g_assert_cmpuint (g_atomic_int_get (&watch.n_pads), ==, 1);
  g_assert_cmpuint (count_buffers (&watch), >, 60);
  watch_stop (&watch);
  test_relay_free (relay);
}

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  if (argc == 5 && strcmp (argv[1], "--send") == 0)
    return run_sender (argv[2], argv[3], argv[4]);
  program = argv[0];
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/elements/healing/killed-and-stopped", test_killed_and_stopped);
  g_test_add_func ("/elements/healing/restarted", test_restarted);
  g_test_add_func ("/elements/healing/relay-gone", test_relay_gone);
  return g_test_run ();
}
