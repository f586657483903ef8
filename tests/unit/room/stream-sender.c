/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Both machines of a stream, against each other and against nonsense. */

#include <genos/room/transfer/stream-sender.h>

#include <string.h>

#include <genos/base/error.h>
#include <genos/crypto/sealed-message.h>
#include <genos/room/transfer/stream-receiver.h>
#include <genos/wire/channel-frame.h>

#define WINDOW GENOS_STREAM_WINDOW

typedef struct {
  GenosStreamSender *sender;
  GenosStreamReceiver *receiver;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->sender = genos_stream_sender_new ("{}", GENOS_STREAM_SIZE_UNKNOWN, 0);
  fixture->receiver = genos_stream_receiver_new (GENOS_STREAM_SIZE_UNKNOWN);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  genos_stream_sender_free (fixture->sender);
  genos_stream_receiver_free (fixture->receiver);
}

static gboolean
pass_one (Fixture *fixture, gboolean lose)
{
  g_autoptr (GBytes) bytes = genos_stream_sender_next (fixture->sender);
  g_auto (GenosStreamFrame) frame = { 0 };
  gboolean from_sender = bytes != NULL;

  if (bytes == NULL)
    bytes = genos_stream_receiver_next (fixture->receiver);
  if (bytes == NULL)
    return FALSE;
  /* Sealed or not, it is one frame of the data channel. */
  g_assert_cmpuint (
      genos_sealed_message_size (0, 8 + g_bytes_get_size (bytes)), <=, GENOS_FRAME_PAYLOAD);
  g_assert_true (genos_stream_frame_parse (bytes, &frame, NULL));
  if (lose)
    return TRUE;
  if (from_sender)
    genos_stream_receiver_take (fixture->receiver, &frame);
  else
    genos_stream_sender_take (fixture->sender, &frame, 0);
  return TRUE;
}

static void
pass_all (Fixture *fixture)
{
  while (pass_one (fixture, FALSE))
    continue;
}

static void
lose_all (Fixture *fixture)
{
  while (pass_one (fixture, TRUE))
    continue;
  genos_stream_sender_relink (fixture->sender, 0);
  genos_stream_receiver_relink (fixture->receiver);
}

static void
begin (Fixture *fixture)
{
  pass_all (fixture);
  genos_stream_receiver_accept (fixture->receiver, 0, NULL);
  pass_all (fixture);
  g_assert_cmpint (
      genos_stream_sender_get_state (fixture->sender), ==, GENOS_STREAM_SENDER_ACCEPTED);
  genos_stream_sender_begin (fixture->sender, 0, NULL);
  pass_all (fixture);
  g_assert_cmpint (
      genos_stream_receiver_get_state (fixture->receiver), ==, GENOS_STREAM_RECEIVER_RECEIVING);
}

static gsize
write_some (Fixture *fixture, gsize size)
{
  g_autofree guint8 *bytes = g_malloc0 (size);

  return genos_stream_sender_write (fixture->sender, bytes, size);
}

static gsize
read_some (Fixture *fixture, gsize size)
{
  g_autofree guint8 *bytes = g_malloc (size);

  return genos_stream_receiver_read (fixture->receiver, bytes, size);
}

/* Whoever does not read is sent no more than the window, and the writer waits. */
static void
test_backpressure (Fixture *fixture, gconstpointer data)
{
  begin (fixture);
  g_assert_cmpuint (write_some (fixture, 3 * WINDOW), ==, WINDOW);
  pass_all (fixture);
  g_assert_cmpuint (genos_stream_receiver_get_available (fixture->receiver), ==, WINDOW);
  g_assert_cmpuint (write_some (fixture, 1), ==, 0);
  g_assert_cmpuint (read_some (fixture, WINDOW / 2), ==, WINDOW / 2);
  pass_all (fixture);
  g_assert_cmpuint (genos_stream_sender_get_confirmed (fixture->sender), ==, WINDOW);
  g_assert_cmpuint (write_some (fixture, 3 * WINDOW), ==, WINDOW);
  pass_all (fixture);
  g_assert_cmpuint (genos_stream_receiver_get_available (fixture->receiver), ==, WINDOW);
}

static void
end_well (Fixture *fixture)
{
  genos_stream_sender_finish (fixture->sender);
  pass_all (fixture);
  g_assert_cmpint (
      genos_stream_receiver_get_state (fixture->receiver), ==, GENOS_STREAM_RECEIVER_ENDED);
  g_assert_cmpint (
      genos_stream_sender_get_state (fixture->sender), ==, GENOS_STREAM_SENDER_SENDING);
  genos_stream_receiver_confirm (fixture->receiver);
  pass_all (fixture);
  g_assert_cmpint (genos_stream_sender_get_state (fixture->sender), ==, GENOS_STREAM_SENDER_DONE);
}

static void
pass_to_receiver (Fixture *fixture)
{
  g_autoptr (GBytes) bytes = genos_stream_sender_next (fixture->sender);
  g_auto (GenosStreamFrame) frame = { 0 };

  g_assert_true (genos_stream_frame_parse (bytes, &frame, NULL));
  genos_stream_receiver_take (fixture->receiver, &frame);
}

static void
pass_to_sender (Fixture *fixture)
{
  g_autoptr (GBytes) bytes = genos_stream_receiver_next (fixture->receiver);
  g_auto (GenosStreamFrame) frame = { 0 };

  g_assert_true (genos_stream_frame_parse (bytes, &frame, NULL));
  genos_stream_sender_take (fixture->sender, &frame, 0);
}

/* Asked where it is, the receiver wants to say once more that it accepts, and is not heard before it has
 * begun to receive and the link breaks again. (Found by fuzzing.) */
static void
test_late_accept (Fixture *fixture, gconstpointer data)
{
  pass_all (fixture);
  genos_stream_receiver_accept (fixture->receiver, 0, NULL);
  pass_all (fixture);
  genos_stream_sender_begin (fixture->sender, 0, NULL);
  lose_all (fixture);
  pass_to_sender (fixture);   /* accept */
  pass_to_receiver (fixture); /* resume */
  pass_to_receiver (fixture); /* begin */
  g_assert_cmpuint (write_some (fixture, 100), ==, 100);
  pass_to_receiver (fixture);
  g_assert_cmpuint (genos_stream_receiver_get_received (fixture->receiver), ==, 100);

  genos_stream_sender_relink (fixture->sender, 0);
  genos_stream_receiver_relink (fixture->receiver);
  pass_all (fixture);
  g_assert_no_error (genos_stream_sender_get_error (fixture->sender));
  end_well (fixture);
}

/* After each number of frames that got through, everything else is lost, and it goes on. */
static void
test_lossy (Fixture *fixture, gconstpointer data)
{
  for (guint n = 0; n < 40; n++) {
    tear_down (fixture, NULL);
    set_up (fixture, NULL);
    begin (fixture);
    write_some (fixture, 20 * 15840 + 1);
    for (guint i = 0; i < n; i++)
      pass_one (fixture, FALSE);
    if (n > 10)
      genos_stream_sender_finish (fixture->sender);
    lose_all (fixture);
    lose_all (fixture);
    pass_all (fixture);
    g_assert_cmpuint (genos_stream_receiver_get_received (fixture->receiver), ==, 20 * 15840 + 1);
    end_well (fixture);
  }
}

static void
take (Fixture *fixture, const GenosStreamFrame *frame)
{
  genos_stream_sender_take (fixture->sender, frame, 0);
}

static void
check_sender_failed (Fixture *fixture, int code)
{
  g_autoptr (GBytes) said = NULL;
  g_auto (GenosStreamFrame) frame = { 0 };

  g_assert_cmpint (genos_stream_sender_get_state (fixture->sender), ==, GENOS_STREAM_SENDER_FAILED);
  g_assert_error (genos_stream_sender_get_error (fixture->sender), GENOS_ERROR, code);
  said = genos_stream_sender_next (fixture->sender);
  g_assert_nonnull (said);
  g_assert_true (genos_stream_frame_parse (said, &frame, NULL));
  g_assert_cmpint (frame.kind, ==, GENOS_STREAM_ABORT);
  g_assert_null (genos_stream_sender_next (fixture->sender));
  g_assert_cmpuint (write_some (fixture, 1), ==, 0);
}

static void
test_hostile_credit (Fixture *fixture, gconstpointer data)
{
  begin (fixture);
  write_some (fixture, 10);
  pass_all (fixture);
  take (fixture, &(GenosStreamFrame){ .kind = GENOS_STREAM_CREDIT, .offset = 11, .limit = 20 });
  check_sender_failed (fixture, GENOS_ERROR_PROTOCOL);
}

/* However much is granted, no more is kept than fits. */
static void
test_greedy_credit (Fixture *fixture, gconstpointer data)
{
  begin (fixture);
  take (fixture, &(GenosStreamFrame){ .kind = GENOS_STREAM_CREDIT, .limit = G_MAXINT64 });
  g_assert_cmpuint (write_some (fixture, 3 * WINDOW), ==, WINDOW);
  while (pass_one (fixture, TRUE))
    continue;
  g_assert_cmpuint (write_some (fixture, 1), ==, 0);
}

static void
test_hostile_done (Fixture *fixture, gconstpointer data)
{
  begin (fixture);
  write_some (fixture, 10);
  take (fixture, &(GenosStreamFrame){ .kind = GENOS_STREAM_DONE });
  check_sender_failed (fixture, GENOS_ERROR_PROTOCOL);
}

static void
test_early_credit (Fixture *fixture, gconstpointer data)
{
  take (fixture, &(GenosStreamFrame){ .kind = GENOS_STREAM_CREDIT, .limit = 5 });
  check_sender_failed (fixture, GENOS_ERROR_PROTOCOL);
}

static void
test_wrong_role (Fixture *fixture, gconstpointer data)
{
  take (fixture, &(GenosStreamFrame){ .kind = GENOS_STREAM_DATA });
  check_sender_failed (fixture, GENOS_ERROR_PROTOCOL);
}

static void
test_stopped (Fixture *fixture, gconstpointer data)
{
  take (fixture,
      &(GenosStreamFrame){
          .kind = GENOS_STREAM_STOP, .why = GENOS_STREAM_WHY_LIMIT, .text = (char *) "no" });
  g_assert_error (genos_stream_sender_get_error (fixture->sender), GENOS_ERROR, GENOS_ERROR_LIMIT);
  g_assert_null (genos_stream_sender_next (fixture->sender));
}

static void
test_nobody_decides (Fixture *fixture, gconstpointer data)
{
  genos_stream_sender_tick (fixture->sender, 179 * G_TIME_SPAN_SECOND);
  g_assert_cmpint (
      genos_stream_sender_get_state (fixture->sender), ==, GENOS_STREAM_SENDER_OPENING);
  genos_stream_sender_tick (fixture->sender, 181 * G_TIME_SPAN_SECOND);
  check_sender_failed (fixture, GENOS_ERROR_TIMED_OUT);
}

static void
test_nobody_resumes (Fixture *fixture, gconstpointer data)
{
  begin (fixture);
  genos_stream_sender_relink (fixture->sender, 0);
  genos_stream_sender_tick (fixture->sender, 31 * G_TIME_SPAN_SECOND);
  check_sender_failed (fixture, GENOS_ERROR_TIMED_OUT);
}

/* --- what the receiver is told */

static void
tell (Fixture *fixture, const GenosStreamFrame *frame)
{
  genos_stream_receiver_take (fixture->receiver, frame);
}

static void
check_receiver_failed (Fixture *fixture, int code)
{
  g_autoptr (GBytes) said = genos_stream_receiver_next (fixture->receiver);
  g_auto (GenosStreamFrame) frame = { 0 };

  g_assert_error (genos_stream_receiver_get_error (fixture->receiver), GENOS_ERROR, code);
  g_assert_nonnull (said);
  g_assert_true (genos_stream_frame_parse (said, &frame, NULL));
  g_assert_cmpint (frame.kind, ==, GENOS_STREAM_STOP);
  g_assert_null (genos_stream_receiver_next (fixture->receiver));
}

static const guint8 some[65536];

#define DATA(at, n)                                                                                \
  (&(GenosStreamFrame){ .kind = GENOS_STREAM_DATA, .offset = at, .data = some, .data_size = n })

static void
test_gap (Fixture *fixture, gconstpointer data)
{
  begin (fixture);
  tell (fixture, DATA (1, 1));
  check_receiver_failed (fixture, GENOS_ERROR_PROTOCOL);
}

static void
test_overrun (Fixture *fixture, gconstpointer data)
{
  begin (fixture);
  for (guint i = 0; i < WINDOW / 65536; i++)
    tell (fixture, DATA (i * 65536, 65536));
  g_assert_null (genos_stream_receiver_get_error (fixture->receiver));
  tell (fixture, DATA (WINDOW, 1));
  check_receiver_failed (fixture, GENOS_ERROR_LIMIT);
}

static void
test_unasked (Fixture *fixture, gconstpointer data)
{
  tell (fixture, DATA (0, 1));
  check_receiver_failed (fixture, GENOS_ERROR_PROTOCOL);
}

static void
test_wrong_hash (Fixture *fixture, gconstpointer data)
{
  begin (fixture);
  tell (fixture, DATA (0, 5));
  tell (fixture, &(GenosStreamFrame){ .kind = GENOS_STREAM_END, .size = 5, .hash32 = { 1 } });
  check_receiver_failed (fixture, GENOS_ERROR_AUTHENTICATION);
}

static void
test_wrong_size (Fixture *fixture, gconstpointer data)
{
  begin (fixture);
  tell (fixture, DATA (0, 5));
  tell (fixture, &(GenosStreamFrame){ .kind = GENOS_STREAM_END, .size = 6 });
  check_receiver_failed (fixture, GENOS_ERROR_PROTOCOL);
}

static void
test_wrong_begin (Fixture *fixture, gconstpointer data)
{
  genos_stream_receiver_accept (fixture->receiver, 0, NULL);
  tell (fixture, &(GenosStreamFrame){ .kind = GENOS_STREAM_BEGIN, .offset = 5 });
  check_receiver_failed (fixture, GENOS_ERROR_PROTOCOL);
}

/* Half of it is there already, and the sender agrees, or does not. */
static void
test_offered_prefix (Fixture *fixture, gconstpointer agrees)
{
  const guint64 offset = 5 * WINDOW;
  GenosContentHash *there = genos_content_hash_new ();
  GenosContentHash *here = agrees != NULL ? genos_content_hash_new () : NULL;
  guint8 hash32[32], expected32[32];

  for (guint64 at = 0; at < offset; at += sizeof some) {
    genos_content_hash_update (there, some, sizeof some);
    if (here != NULL)
      genos_content_hash_update (here, some, sizeof some);
  }
  genos_content_hash_peek (there, expected32);
  pass_all (fixture);
  genos_stream_receiver_accept (fixture->receiver, offset, there);
  pass_all (fixture);
  g_assert_cmpuint (genos_stream_sender_get_offer (fixture->sender, hash32), ==, offset);
  g_assert_cmpmem (hash32, 32, expected32, 32);
  genos_stream_sender_begin (fixture->sender, agrees != NULL ? offset : 0, here);
  /* Our beginning is lost with the link. */
  lose_all (fixture);
  g_assert_cmpuint (write_some (fixture, 2 * WINDOW), ==, WINDOW);
  pass_all (fixture);
  g_assert_cmpuint (
      genos_stream_receiver_get_begin (fixture->receiver), ==, agrees != NULL ? offset : 0);
  g_assert_cmpuint (genos_stream_receiver_get_available (fixture->receiver), ==, WINDOW);
  end_well (fixture);
}

#define ADD(path, data, func)                                                                      \
  g_test_add ("/room/stream-sender/" path, Fixture, data, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("backpressure", NULL, test_backpressure);
  ADD ("lossy", NULL, test_lossy);
  ADD ("late-accept", NULL, test_late_accept);
  ADD ("hostile-credit", NULL, test_hostile_credit);
  ADD ("greedy-credit", NULL, test_greedy_credit);
  ADD ("hostile-done", NULL, test_hostile_done);
  ADD ("early-credit", NULL, test_early_credit);
  ADD ("wrong-role", NULL, test_wrong_role);
  ADD ("stopped", NULL, test_stopped);
  ADD ("nobody-decides", NULL, test_nobody_decides);
  ADD ("nobody-resumes", NULL, test_nobody_resumes);
  ADD ("gap", NULL, test_gap);
  ADD ("overrun", NULL, test_overrun);
  ADD ("unasked", NULL, test_unasked);
  ADD ("wrong-hash", NULL, test_wrong_hash);
  ADD ("wrong-size", NULL, test_wrong_size);
  ADD ("wrong-begin", NULL, test_wrong_begin);
  ADD ("prefix", "agrees", test_offered_prefix);
  ADD ("other-prefix", NULL, test_offered_prefix);
  return g_test_run ();
}
