/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/outbox.h>

#include <string.h>

typedef struct {
  GenosOutbox *outbox;
  guint n_done;
  guint n_failed;
  guint n_destroyed;
  GError *last_error;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->outbox = genos_outbox_new (genos_dialect_lookup ("trystero"));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->outbox, genos_outbox_free);
  g_clear_error (&fixture->last_error);
}

static void
on_progress (gdouble fraction, gboolean done, const GError *error, gpointer user_data)
{
  Fixture *fixture = user_data;

  if (!done)
    return;
  if (error == NULL) {
    fixture->n_done++;
    return;
  }
  fixture->n_failed++;
  g_clear_error (&fixture->last_error);
  fixture->last_error = g_error_copy (error);
}

static void
on_destroyed (gpointer user_data)
{
  ((Fixture *) user_data)->n_destroyed++;
}

/* @size bytes, the first of which is @mark. */
static guint64
send_with (Fixture *fixture, const GenosOutgoing *like, char mark, gsize size, GError **error)
{
  guint8 *data = g_malloc0 (size);
  g_autoptr (GBytes) payload = NULL;
  GenosOutgoing outgoing = *like;

  data[0] = (guint8) mark;
  payload = g_bytes_new_take (data, size);
  outgoing.kind = GENOS_PAYLOAD_BINARY;
  outgoing.payload = payload;
  outgoing.progress = on_progress;
  outgoing.user_data = fixture;
  outgoing.destroy = on_destroyed;
  return genos_outbox_send (fixture->outbox, &outgoing, error);
}

static guint64
send (Fixture *fixture, const char *type, GenosPriority priority, char mark, gsize size)
{
  const GenosOutgoing like = { .type = type, .priority = priority };

  return send_with (fixture, &like, mark, size, NULL);
}

static gboolean
pop (Fixture *fixture, GenosChannelFrame *frame)
{
  GBytes *bytes = genos_outbox_peek (fixture->outbox);
  static guint8 copy[GENOS_FRAME_SIZE];
  gsize size;
  gconstpointer data;

  if (bytes == NULL)
    return FALSE;
  data = g_bytes_get_data (bytes, &size);
  memcpy (copy, data, size);
  g_assert_true (genos_channel_frame_parse (copy, size, frame, NULL));
  genos_outbox_pop (fixture->outbox);
  return TRUE;
}

/* The marks (or, of later frames, types' first letters) in the order in which frames leave. */
static char *
drain (Fixture *fixture, guint most)
{
  GString *order = g_string_new (NULL);
  GenosChannelFrame frame;

  while (order->len < most && pop (fixture, &frame))
    g_string_append_c (order, frame.payload[0] != 0 ? (char) frame.payload[0] : frame.type[0]);
  return g_string_free (order, FALSE);
}

/* A chat line goes before what is left of a file, and a file is not starved. */
static void
test_priorities (Fixture *fixture, gconstpointer data)
{
  g_autofree char *order = NULL;
  g_autofree char *rest = NULL;

  send (fixture, "file", GENOS_PRIORITY_LOW, 'f', 10 * GENOS_FRAME_PAYLOAD);
  g_assert_cmpstr ((order = drain (fixture, 2)), ==, "ff");
  g_free (g_steal_pointer (&order));
  send (fixture, "chat", GENOS_PRIORITY_NORMAL, 'c', 10);
  send (fixture, "stop", GENOS_PRIORITY_HIGH, '!', 10);
  send (fixture, "@_ping", GENOS_PRIORITY_NORMAL, 'p', 1);
  g_assert_cmpstr ((order = drain (fixture, 4)), ==, "p!cf");
  for (char mark = 'a'; mark < 'a' + 18; mark++)
    send (fixture, "chat", GENOS_PRIORITY_NORMAL, mark, 10);
  g_assert_cmpstr ((rest = drain (fixture, 100)), ==, "abcdefghijklmnopfqrffffff");
}

/* Each of three gets a share, however much the others have to say. */
static void
test_nothing_waits_for_ever (Fixture *fixture, gconstpointer data)
{
  g_autofree char *order = NULL;
  guint low = 0;
  guint normal = 0;

  send (fixture, "low", GENOS_PRIORITY_LOW, 0, 90 * GENOS_FRAME_PAYLOAD);
  for (guint i = 0; i < 10; i++) {
    send (fixture, "normal", GENOS_PRIORITY_NORMAL, 0, 90 * GENOS_FRAME_PAYLOAD);
    send (fixture, "high", GENOS_PRIORITY_HIGH, 0, 90 * GENOS_FRAME_PAYLOAD);
  }
  order = drain (fixture, 17 * 17 * 2);
  for (const char *c = order; *c != '\0'; c++) {
    low += *c == 'l';
    normal += *c == 'n';
  }
  g_assert_cmpuint (low, ==, 2);
  g_assert_cmpuint (normal, ==, 32);
}

static void
test_turns (Fixture *fixture, gconstpointer data)
{
  g_autofree char *order = NULL;

  send (fixture, "a", GENOS_PRIORITY_NORMAL, 0, 3 * GENOS_FRAME_PAYLOAD);
  send (fixture, "b", GENOS_PRIORITY_NORMAL, 0, 2 * GENOS_FRAME_PAYLOAD);
  send (fixture, "a", GENOS_PRIORITY_NORMAL, '2', 1);
  order = drain (fixture, 100);
  g_assert_cmpstr (order, ==, "ababa2");
  g_assert_cmpuint (fixture->n_done, ==, 3);
  g_assert_cmpuint (fixture->n_destroyed, ==, 3);
}

static void
test_fail (Fixture *fixture, gconstpointer data)
{
  const GenosOutgoing like = { .type = "t", .overflow = GENOS_OVERFLOW_FAIL, .max_queued = 100 };
  g_autoptr (GError) error = NULL;
  g_autofree char *order = NULL;

  g_assert_cmpuint (send_with (fixture, &like, '1', 50, NULL), !=, 0);
  g_assert_cmpuint (send_with (fixture, &like, '2', 50, &error), ==, 0);
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT);
  g_assert_cmpuint (fixture->n_destroyed, ==, 1);
  g_assert_cmpstr ((order = drain (fixture, 10)), ==, "1");
}

/* One message always has room, or nothing could be sent. */
static void
test_one_has_room (Fixture *fixture, gconstpointer data)
{
  const GenosOutgoing like = { .type = "t", .overflow = GENOS_OVERFLOW_FAIL, .max_queued = 10 };

  g_assert_cmpuint (send_with (fixture, &like, '1', 5000, NULL), !=, 0);
  g_assert_cmpuint (send_with (fixture, &like, '2', 1, NULL), ==, 0);
}

/* Of telemetry the latest arrives; what has begun to leave is finished. */
static void
test_drop_oldest (Fixture *fixture, gconstpointer data)
{
  const GenosOutgoing like = {
    .type = "t", .overflow = GENOS_OVERFLOW_DROP_OLDEST, .max_queued = 3 * (GENOS_FRAME_HEADER + 10)
  };
  g_autofree char *order = NULL;

  for (char mark = '1'; mark <= '9'; mark++)
    g_assert_cmpuint (send_with (fixture, &like, mark, 10, NULL), !=, 0);
  g_assert_cmpuint (fixture->n_failed, ==, 6);
  g_assert_error (fixture->last_error, GENOS_ERROR, GENOS_ERROR_LIMIT);
  g_assert_cmpstr ((order = drain (fixture, 10)), ==, "789");
  g_assert_cmpuint (fixture->n_done, ==, 3);
  g_assert_cmpuint (fixture->n_destroyed, ==, 9);
}

static void
test_drop_oldest_keeps_begun (Fixture *fixture, gconstpointer data)
{
  const GenosOutgoing like = {
    .type = "t", .overflow = GENOS_OVERFLOW_DROP_OLDEST, .max_queued = GENOS_FRAME_SIZE
  };
  g_autofree char *first = NULL;
  g_autofree char *order = NULL;

  g_assert_cmpuint (send_with (fixture, &like, '1', 3 * GENOS_FRAME_PAYLOAD, NULL), !=, 0);
  g_assert_cmpstr ((first = drain (fixture, 1)), ==, "1");
  g_assert_cmpuint (send_with (fixture, &like, '2', 10, NULL), ==, 0);
  g_assert_cmpstr ((order = drain (fixture, 10)), ==, "tt");
}

/* Whoever can wait loses nothing, and what waits does not overtake. */
static void
test_wait (Fixture *fixture, gconstpointer data)
{
  const GenosOutgoing like = {
    .type = "t", .overflow = GENOS_OVERFLOW_WAIT, .max_queued = 2 * (GENOS_FRAME_HEADER + 10)
  };
  g_autofree char *order = NULL;

  for (char mark = '1'; mark <= '9'; mark++)
    g_assert_cmpuint (send_with (fixture, &like, mark, 10, NULL), !=, 0);
  g_assert_cmpuint (genos_outbox_get_n_waiting (fixture->outbox), ==, 7);
  g_assert_cmpuint (genos_outbox_get_bytes (fixture->outbox), <=, 2 * (GENOS_FRAME_HEADER + 10));
  send (fixture, "other", GENOS_PRIORITY_LOW, 'o', 10);
  g_assert_cmpstr ((order = drain (fixture, 100)), ==, "1o23456789");
  g_assert_cmpuint (fixture->n_done, ==, 10);
  g_assert_cmpuint (fixture->n_failed, ==, 0);
  g_assert_cmpuint (fixture->n_destroyed, ==, 10);
}

static void
test_wait_is_bounded (Fixture *fixture, gconstpointer data)
{
  const GenosOutgoing like = { .type = "t", .overflow = GENOS_OVERFLOW_WAIT, .max_queued = 1 };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < GENOS_OUTBOX_MAX_WAITING + 1; i++)
    g_assert_cmpuint (send_with (fixture, &like, 'x', 10, NULL), !=, 0);
  g_assert_cmpuint (send_with (fixture, &like, 'x', 10, &error), ==, 0);
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT);
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  const GenosOutgoing like = { .type = "t", .overflow = GENOS_OVERFLOW_WAIT, .max_queued = 1 };
  g_autofree char *order = NULL;
  guint64 queued, waiting;

  send_with (fixture, &like, '1', 10, NULL);
  waiting = send_with (fixture, &like, '2', 10, NULL);
  send_with (fixture, &like, '3', 10, NULL);
  queued = send (fixture, "other", GENOS_PRIORITY_LOW, 'o', 10);
  g_assert_true (genos_outbox_cancel (fixture->outbox, waiting));
  g_assert_true (genos_outbox_cancel (fixture->outbox, queued));
  g_assert_false (genos_outbox_cancel (fixture->outbox, queued));
  g_assert_cmpstr ((order = drain (fixture, 10)), ==, "13");
  g_assert_cmpuint (fixture->n_destroyed, ==, 4);
}

/* The link is gone: whoever waits hears of it, once. */
static void
test_fail_all (Fixture *fixture, gconstpointer data)
{
  const GenosOutgoing like = { .type = "t", .overflow = GENOS_OVERFLOW_WAIT, .max_queued = 1 };
  g_autoptr (GError) error = g_error_new_literal (GENOS_ERROR, GENOS_ERROR_CLOSED, "gone");

  for (guint i = 0; i < 5; i++)
    send_with (fixture, &like, 'x', 10, NULL);
  genos_outbox_fail (fixture->outbox, error);
  g_assert_cmpuint (fixture->n_failed, ==, 5);
  g_assert_cmpuint (fixture->n_destroyed, ==, 5);
  g_assert_null (genos_outbox_peek (fixture->outbox));
}

static void
read_counters (const char *type, const GenosOutboxCounters *counters, gpointer user_data)
{
  if (g_str_equal (type, "t"))
    *(GenosOutboxCounters *) user_data = *counters;
}

static void
test_counters (Fixture *fixture, gconstpointer data)
{
  const GenosOutgoing like = {
    .type = "t", .overflow = GENOS_OVERFLOW_DROP_OLDEST, .max_queued = GENOS_FRAME_HEADER + 10
  };
  GenosOutboxCounters counters = { 0 };
  g_autofree char *order = NULL;

  send_with (fixture, &like, '1', 10, NULL);
  send_with (fixture, &like, '2', 10, NULL);
  order = drain (fixture, 10);
  genos_outbox_foreach (fixture->outbox, read_counters, &counters);
  g_assert_cmpuint (counters.messages, ==, 1);
  g_assert_cmpuint (counters.bytes, ==, GENOS_FRAME_HEADER + 10);
  g_assert_cmpuint (counters.dropped, ==, 1);
  g_assert_cmpuint (counters.refused, ==, 0);
}

static void
add_test (const char *path, void (*test) (Fixture *fixture, gconstpointer data))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_test ("/transport/outbox/priorities", test_priorities);
  add_test ("/transport/outbox/nothing-waits-for-ever", test_nothing_waits_for_ever);
  add_test ("/transport/outbox/turns", test_turns);
  add_test ("/transport/outbox/fail", test_fail);
  add_test ("/transport/outbox/one-has-room", test_one_has_room);
  add_test ("/transport/outbox/drop-oldest", test_drop_oldest);
  add_test ("/transport/outbox/drop-oldest-keeps-begun", test_drop_oldest_keeps_begun);
  add_test ("/transport/outbox/wait", test_wait);
  add_test ("/transport/outbox/wait-is-bounded", test_wait_is_bounded);
  add_test ("/transport/outbox/cancel", test_cancel);
  add_test ("/transport/outbox/fail-all", test_fail_all);
  add_test ("/transport/outbox/counters", test_counters);
  return g_test_run ();
}
