/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Data pads that get more than a link takes, and what interrupts one that waits. */

#include "data-fixture.h"

#include <string.h>

#define N_MESSAGES 600
#define MESSAGE_SIZE 20000

typedef struct {
  guint n;             /* of all that came */
  guint32 first, last; /* numbers */
  gboolean in_order;
} Numbers;

static void
take_number (Numbers *self, GstBuffer *buffer)
{
  guint32 number;

  g_assert_cmpuint (gst_buffer_extract (buffer, 0, &number, sizeof number), ==, sizeof number);
  if (self->n++ == 0)
    self->first = number;
  else if (number != self->last + 1)
    self->in_order = FALSE;
  self->last = number;
}

static void
on_branch_handoff (GstElement *sink, GstBuffer *buffer, GstPad *pad, gint *n_buffers)
{
  g_atomic_int_inc (n_buffers);
}

static void
push_numbers (GstElement *sender)
{
  g_autofree guint8 *data = g_malloc0 (MESSAGE_SIZE);

  for (guint32 i = 0; i < N_MESSAGES; i++) {
    memcpy (data, &i, sizeof i);
    data_push (sender, "a", data, MESSAGE_SIZE);
  }
}

static void
wait_until_all_left (GstElement *sender)
{
  gint64 deadline = g_get_monotonic_time () + 3 * DATA_MESSAGE_WAIT;

  while (data_get_counter (sender, "data_0", "messages-out")
          + data_get_counter (sender, "data_0", "dropped")
      < N_MESSAGES) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (10000);
  }
}

/* Until the other side has all that left. */
static Numbers
take_numbers (DataReceiver *receiver, guint64 n)
{
  Numbers numbers = { .in_order = TRUE };

  while (numbers.n < n) {
    g_autoptr (GstSample) sample = data_receiver_wait (receiver);

    take_number (&numbers, gst_sample_get_buffer (sample));
  }
  return numbers;
}

/* More at once than the link takes, beside another branch, which has to get every buffer. */
static Numbers
send_too_much (DataFixture *fixture, const char *overflow, guint64 *dropped, guint *n_warnings)
{
  g_autofree char *rest = g_strdup_printf ("data_0::overflow=%s data_0::max-queued=100000 "
                                           "appsrc name=a is-live=1 ! tee name=t t. ! s.data_0 "
                                           "t. ! fakesink name=v sync=0 async=0 signal-handoffs=1",
      overflow);
  g_autoptr (GstElement) sender = data_make_sender (fixture, 0, overflow, rest);
  g_autoptr (GstElement) branch = gst_bin_get_by_name (GST_BIN (sender), "v");
  g_autoptr (GstBus) bus = gst_element_get_bus (sender);
  gint n_buffers = 0;
  GstMessage *message;
  DataReceiver receiver;
  Numbers numbers;

  g_signal_connect (branch, "handoff", G_CALLBACK (on_branch_handoff), &n_buffers);
  data_receiver_start (&receiver, fixture, 1, overflow, "data");
  test_reach (sender, GST_STATE_PLAYING);
  data_wait_for_peer (sender, receiver.peer_id);
  push_numbers (sender);
  wait_until_all_left (sender);
  numbers = take_numbers (&receiver, data_get_counter (sender, "data_0", "messages-out"));
  *dropped = data_get_counter (sender, "data_0", "dropped");
  *n_warnings = 0;
  while ((message = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING)) != NULL) {
    (*n_warnings)++;
    gst_message_unref (message);
  }
  while (g_atomic_int_get (&n_buffers) < N_MESSAGES)
    g_usleep (1000);
  test_stop (sender);
  data_receiver_stop (&receiver);
  return numbers;
}

static void
test_drop_oldest (DataFixture *fixture, gconstpointer data)
{
  guint64 dropped;
  guint n_warnings;
  Numbers numbers = send_too_much (fixture, "drop-oldest", &dropped, &n_warnings);

  g_assert_cmpuint (dropped, >, 0);
  g_assert_cmpuint (numbers.last, ==, N_MESSAGES - 1);
  g_assert_cmpuint (n_warnings, ==, 0);
}

static void
test_fail (DataFixture *fixture, gconstpointer data)
{
  guint64 dropped;
  guint n_warnings;
  Numbers numbers = send_too_much (fixture, "fail", &dropped, &n_warnings);

  g_assert_cmpuint (dropped, >, 0);
  g_assert_cmpuint (numbers.first, ==, 0);
  g_assert_cmpuint (n_warnings, ==, 1);
}

static void
test_wait_for_room (DataFixture *fixture, gconstpointer data)
{
  guint64 dropped;
  guint n_warnings;
  Numbers numbers = send_too_much (fixture, "wait", &dropped, &n_warnings);

  g_assert_cmpuint (dropped, ==, 0);
  g_assert_cmpuint (numbers.n, ==, N_MESSAGES);
  g_assert_true (numbers.in_order);
  g_assert_cmpuint (n_warnings, ==, 0);
}

/* what interrupts a pad that waits */

typedef struct {
  GMutex lock;
  GCond cond;
  gboolean held;
  gboolean released;
} Hold;

/* The room stands still as long as the application does not come back. */
static void
on_held_message (
    GstElement *sink, const char *channel, const char *peer_id, GstStructure *message, Hold *hold)
{
  g_mutex_lock (&hold->lock);
  hold->held = TRUE;
  g_cond_broadcast (&hold->cond);
  while (!hold->released)
    g_cond_wait (&hold->cond, &hold->lock);
  g_mutex_unlock (&hold->lock);
}

static void
release (Hold *hold)
{
  g_mutex_lock (&hold->lock);
  hold->released = TRUE;
  g_cond_broadcast (&hold->cond);
  g_mutex_unlock (&hold->lock);
}

static void
hold_room (GstElement *sender, DataReceiver *receiver, Hold *hold)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (sender), "s");
  guint n = 0;

  g_signal_connect (sink, "channel-message", G_CALLBACK (on_held_message), hold);
  g_signal_emit_by_name (receiver->src, "send-text", "hold", "on", NULL, &n);
  g_assert_cmpuint (n, ==, 1);
  g_mutex_lock (&hold->lock);
  while (!hold->held)
    g_cond_wait (&hold->cond, &hold->lock);
  g_mutex_unlock (&hold->lock);
}

static guint
get_waiting (GstElement *sender)
{
  g_autoptr (GstStructure) stats = data_get_stats (sender, "data_0");
  guint n = 0;

  gst_structure_get_uint (stats, "waiting", &n);
  return n;
}

/* Five messages have room, the sixth makes the streaming thread wait. */
static void
fill (GstElement *sender)
{
  static const guint8 data[1000] = { 0 };

  for (guint i = 0; i < 8; i++)
    data_push (sender, "a", data, sizeof data);
  while (get_waiting (sender) < 5)
    g_usleep (1000);
}

static void
check_interrupted (DataFixture *fixture, const char *room, void (*interrupt) (GstElement *sender))
{
  g_autoptr (GstElement) sender = data_make_sender (fixture, 0, room,
      "data_0::overflow=wait data_0::max-queued=5000 appsrc name=a is-live=1 ! s.data_0");
  gint64 start;
  DataReceiver receiver;
  Hold hold = { 0 };

  g_mutex_init (&hold.lock);
  g_cond_init (&hold.cond);
  data_receiver_start (&receiver, fixture, 1, room, "data");
  test_reach (sender, GST_STATE_PLAYING);
  data_wait_for_peer (sender, receiver.peer_id);
  gst_message_unref (
      test_wait_element (receiver.pipeline, "genos-peer-joined", NULL, NULL, DATA_PEER_WAIT));
  hold_room (sender, &receiver, &hold);
  fill (sender);
  g_assert_cmpuint (data_get_counter (sender, "data_0", "messages-in"), ==, 5);
  start = g_get_monotonic_time ();
  interrupt (sender);
  test_stop (sender);
  /* Leaving waits for the room, a bounded time; the pad does not. */
  g_assert_cmpint (g_get_monotonic_time () - start, <, 60 * G_USEC_PER_SEC);
  release (&hold);
  data_receiver_stop (&receiver);
  g_mutex_clear (&hold.lock);
  g_cond_clear (&hold.cond);
}

static void
pause_and_play (GstElement *sender)
{
  for (guint i = 0; i < 3; i++) {
    test_reach (sender, GST_STATE_PAUSED);
    test_reach (sender, GST_STATE_PLAYING);
  }
  /* Nothing was lost on the way. */
  g_assert_cmpuint (data_get_counter (sender, "data_0", "dropped"), ==, 0);
}

static void
flush (GstElement *sender)
{
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (sender), "a");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (source, "src");

  g_assert_true (gst_pad_push_event (pad, gst_event_new_flush_start ()));
  g_assert_true (gst_pad_push_event (pad, gst_event_new_flush_stop (TRUE)));
  /* What waited is given up. */
  g_assert_cmpuint (get_waiting (sender), ==, 0);
  g_assert_cmpuint (data_get_counter (sender, "data_0", "dropped"), ==, 5);
}

static void
release_pad (GstElement *sender)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (sender), "s");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (sink, "data_0");

  gst_element_release_request_pad (sink, pad);
}

static void
end_at_once (GstElement *sender)
{
}

static void
test_interrupted (DataFixture *fixture, gconstpointer data)
{
  check_interrupted (fixture, "pause", pause_and_play);
  check_interrupted (fixture, "flush", flush);
  check_interrupted (fixture, "release", release_pad);
  check_interrupted (fixture, "stop", end_at_once);
}

#define ADD(name, func)                                                                            \
  g_test_add ("/elements/data-overflow/" name, DataFixture, NULL, data_set_up, func, data_tear_down)

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ADD ("drop-oldest", test_drop_oldest);
  ADD ("fail", test_fail);
  ADD ("wait", test_wait_for_room);
  ADD ("interrupted", test_interrupted);
  return g_test_run ();
}
