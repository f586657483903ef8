/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Streams between rooms over links without network, which break now and then. */

#include "stream-duo.h"

#include <string.h>

typedef struct {
  GOutputStream *out;
  GInputStream *in;
} Pipe;

static void
pipe_open (StreamDuo *fixture, Pipe *stream, gint64 size)
{
  StreamWait wait = { NULL, NULL };
  g_autoptr (GError) error = NULL;
  guint before = fixture->bob.n_offered;

  genos_channel_open_stream_async (
      fixture->alice.channel, "bob", NULL, size, NULL, stream_wait_done, &wait);
  genos_test_wait_until (fixture->bob.n_offered > before);
  g_assert_cmpstr (genos_incoming_stream_get_peer_id (fixture->bob.offered), ==, "alice");
  g_assert_cmpint (genos_incoming_stream_get_size (fixture->bob.offered), ==, size);
  stream->in = genos_incoming_stream_accept (fixture->bob.offered, &error);
  g_assert_no_error (error);
  genos_test_wait_until (wait.result != NULL);
  stream->out = genos_channel_open_stream_finish (fixture->alice.channel, wait.result, &error);
  g_assert_no_error (error);
  stream_wait_clear (&wait);
}

static void
pipe_clear (Pipe *stream)
{
  g_clear_object (&stream->out);
  g_clear_object (&stream->in);
}

/* Reads until the end, or until an error. */
static GByteArray *
read_all (GInputStream *in, GError **error)
{
  GByteArray *array = g_byte_array_new ();
  guint8 buffer[10000];
  gssize n;

  do {
    StreamWait wait = { NULL, NULL };

    g_input_stream_read_async (
        in, buffer, sizeof buffer, G_PRIORITY_DEFAULT, NULL, stream_wait_done, &wait);
    genos_test_wait_for (wait.result != NULL, 30);
    n = g_input_stream_read_finish (in, wait.result, error);
    stream_wait_clear (&wait);
    if (n > 0)
      g_byte_array_append (array, buffer, (guint) n);
  } while (n > 0);
  return array;
}

static void
test_bytes (StreamDuo *fixture, gconstpointer data)
{
  const gsize size = 3 * MEBIBYTE + 17;
  g_autofree guint8 *content = stream_make_content (size);
  g_autoptr (GByteArray) read = NULL;
  g_autoptr (GError) error = NULL;
  Pipe stream;
  StreamWait written = { NULL, NULL }, closed = { NULL, NULL };

  pipe_open (fixture, &stream, -1);
  g_output_stream_write_all_async (
      stream.out, content, size, G_PRIORITY_DEFAULT, NULL, stream_wait_done, &written);
  /* Nobody reads: writing waits, however long it is looked at. */
  for (guint i = 0; i < 200; i++)
    g_main_context_iteration (NULL, FALSE);
  g_assert_null (written.result);
  while (written.result == NULL) {
    guint8 buffer[50000];
    gssize n = g_pollable_input_stream_read_nonblocking (
        G_POLLABLE_INPUT_STREAM (stream.in), buffer, sizeof buffer, NULL, NULL);

    if (read == NULL)
      read = g_byte_array_new ();
    if (n > 0)
      g_byte_array_append (read, buffer, (guint) n);
    g_main_context_iteration (NULL, n <= 0);
  }
  g_assert_true (g_output_stream_write_all_finish (stream.out, written.result, NULL, &error));
  g_output_stream_close_async (stream.out, G_PRIORITY_DEFAULT, NULL, stream_wait_done, &closed);
  {
    g_autoptr (GByteArray) rest = read_all (stream.in, &error);

    g_assert_no_error (error);
    g_byte_array_append (read, rest->data, rest->len);
  }
  genos_test_wait_until (closed.result != NULL);
  g_assert_true (g_output_stream_close_finish (stream.out, closed.result, &error));
  g_assert_cmpmem (read->data, read->len, content, size);
  stream_wait_clear (&written);
  stream_wait_clear (&closed);
  pipe_clear (&stream);
}

/* No message of the channel, and no progress of one. */
static void
test_no_message (StreamDuo *fixture, gconstpointer data)
{
  Pipe stream;
  StreamWait closed = { NULL, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) read = NULL;

  pipe_open (fixture, &stream, 0);
  g_output_stream_close_async (stream.out, G_PRIORITY_DEFAULT, NULL, stream_wait_done, &closed);
  read = read_all (stream.in, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (read->len, ==, 0);
  genos_test_wait_until (closed.result != NULL);
  g_assert_true (g_output_stream_close_finish (stream.out, closed.result, &error));
  g_assert_cmpuint (fixture->bob.n_heard, ==, 0);
  stream_wait_clear (&closed);
  pipe_clear (&stream);
}

static void
check_refused (StreamDuo *fixture, StreamWait *wait, GError **error)
{
  genos_test_wait_until (wait->result != NULL);
  g_assert_null (genos_channel_open_stream_finish (fixture->alice.channel, wait->result, error));
  stream_wait_clear (wait);
}

static void
test_refused (StreamDuo *fixture, gconstpointer data)
{
  StreamWait wait = { NULL, NULL };
  g_autoptr (GError) rejected = NULL, dropped = NULL, unheard = NULL, nobody = NULL;
  g_autoptr (GenosChannel) other = genos_room_open_channel (fixture->alice.room, "other", NULL);

  genos_channel_open_stream_async (
      fixture->alice.channel, "bob", NULL, 1, NULL, stream_wait_done, &wait);
  genos_test_wait_until (fixture->bob.n_offered == 1);
  genos_incoming_stream_reject (fixture->bob.offered, "not today");
  check_refused (fixture, &wait, &rejected);
  g_assert_error (rejected, GENOS_ERROR, GENOS_ERROR_CLOSED);
  g_assert_nonnull (strstr (rejected->message, "not today"));

  genos_channel_open_stream_async (
      fixture->alice.channel, "bob", NULL, 1, NULL, stream_wait_done, &wait);
  genos_test_wait_until (fixture->bob.n_offered == 2);
  g_clear_object (&fixture->bob.offered);
  check_refused (fixture, &wait, &dropped);
  g_assert_error (dropped, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED);

  genos_channel_open_stream_async (other, "bob", NULL, 1, NULL, stream_wait_done, &wait);
  genos_test_wait_until (wait.result != NULL);
  g_assert_null (genos_channel_open_stream_finish (other, wait.result, &unheard));
  g_assert_error (unheard, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED);
  stream_wait_clear (&wait);

  genos_channel_open_stream_async (
      fixture->alice.channel, "carol", NULL, 1, NULL, stream_wait_done, &wait);
  check_refused (fixture, &wait, &nobody);
  g_assert_error (nobody, GENOS_ERROR, GENOS_ERROR_CLOSED);
}

static void
test_aborted (StreamDuo *fixture, gconstpointer data)
{
  g_autoptr (GError) there = NULL, here = NULL;
  g_autoptr (GByteArray) read = NULL;
  Pipe stream;
  StreamWait wait = { NULL, NULL };

  /* By the sender. */
  pipe_open (fixture, &stream, -1);
  g_clear_object (&stream.out);
  read = read_all (stream.in, &there);
  g_assert_error (there, GENOS_ERROR, GENOS_ERROR_CLOSED);
  pipe_clear (&stream);

  /* By the receiver. */
  pipe_open (fixture, &stream, -1);
  g_clear_object (&stream.in);
  g_output_stream_close_async (stream.out, G_PRIORITY_DEFAULT, NULL, stream_wait_done, &wait);
  genos_test_wait_until (wait.result != NULL);
  g_assert_false (g_output_stream_close_finish (stream.out, wait.result, &here));
  g_assert_error (here, GENOS_ERROR, GENOS_ERROR_CLOSED);
  stream_wait_clear (&wait);
  pipe_clear (&stream);
}

static void
test_blocking (StreamDuo *fixture, gconstpointer data)
{
  g_autofree guint8 *content = stream_make_content (2 * MEBIBYTE);
  g_autoptr (GError) error = NULL, read_error = NULL;
  guint8 byte;
  Pipe stream;

  pipe_open (fixture, &stream, -1);
  g_assert_false (
      g_output_stream_write_all (stream.out, content, 2 * MEBIBYTE, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_assert_cmpint (g_input_stream_read (stream.in, &byte, 1, NULL, &read_error), ==, -1);
  g_assert_error (read_error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  pipe_clear (&stream);
}

/* Whatever is on its way when the link breaks: the offer, the answer, the beginning, the end, or the
 * last word. */
static guint phase;

static void
break_in (StreamDuo *fixture, guint when)
{
  if (phase == when)
    stream_duo_break_link (fixture);
}

static void
relink_in_phase (StreamDuo *fixture)
{
  g_autofree guint8 *content = stream_make_content (1000);
  StreamWait opened = { NULL, NULL }, closed = { NULL, NULL }, written = { NULL, NULL };
  g_autoptr (GInputStream) in = NULL;
  g_autoptr (GOutputStream) out = NULL;
  g_autoptr (GByteArray) read = NULL;
  g_autoptr (GError) error = NULL;

  genos_channel_open_stream_async (
      fixture->alice.channel, "bob", NULL, 1000, NULL, stream_wait_done, &opened);
  break_in (fixture, 0);
  genos_test_wait_until (fixture->bob.n_offered == 1);
  in = genos_incoming_stream_accept (fixture->bob.offered, &error);
  g_assert_no_error (error);
  break_in (fixture, 1);
  genos_test_wait_until (opened.result != NULL);
  out = genos_channel_open_stream_finish (fixture->alice.channel, opened.result, &error);
  g_assert_no_error (error);
  g_output_stream_write_all_async (
      out, content, 1000, G_PRIORITY_DEFAULT, NULL, stream_wait_done, &written);
  break_in (fixture, 2);
  genos_test_wait_until (written.result != NULL);
  g_output_stream_close_async (out, G_PRIORITY_DEFAULT, NULL, stream_wait_done, &closed);
  break_in (fixture, 3);
  read = read_all (in, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (read->data, read->len, content, 1000);
  break_in (fixture, 4);
  genos_test_wait_until (closed.result != NULL);
  g_assert_true (g_output_stream_close_finish (out, closed.result, &error));
  g_assert_cmpuint (fixture->bob.n_offered, ==, 1);
  stream_wait_clear (&opened);
  stream_wait_clear (&written);
  stream_wait_clear (&closed);
}

static void
test_relinked_anywhere (StreamDuo *fixture, gconstpointer data)
{
  relink_in_phase (fixture);
  phase++;
}

/* Somebody whom the network took away altogether. */
static void
test_gone (StreamDuo *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) read = NULL;
  Pipe stream;

  pipe_open (fixture, &stream, -1);
  genos_room_leave (fixture->alice.room);
  read = read_all (stream.in, &error);
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_CLOSED);
  pipe_clear (&stream);
}

static void
test_too_many (StreamDuo *fixture, gconstpointer data)
{
  StreamWait waits[GENOS_STREAM_MAX_PER_PEER + 1] = { { NULL, NULL } };
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < GENOS_STREAM_MAX_PER_PEER; i++) {
    genos_channel_open_stream_async (
        fixture->alice.channel, "bob", NULL, -1, NULL, stream_wait_done, &waits[i]);
    genos_test_wait_until (fixture->bob.n_offered == i + 1);
    g_ptr_array_add (kept, g_object_ref (fixture->bob.offered));
  }
  genos_channel_open_stream_async (fixture->alice.channel, "bob", NULL, -1, NULL, stream_wait_done,
      &waits[GENOS_STREAM_MAX_PER_PEER]);
  check_refused (fixture, &waits[GENOS_STREAM_MAX_PER_PEER], &error);
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT);
  g_clear_object (&fixture->bob.offered);
  g_ptr_array_set_size (kept, 0);
  for (guint i = 0; i < GENOS_STREAM_MAX_PER_PEER; i++)
    check_refused (fixture, &waits[i], NULL);
  g_assert_cmpuint (
      genos_stream_book_get_n (genos_room_get_stream_book (fixture->alice.room)), ==, 0);
  g_assert_cmpuint (
      genos_stream_book_get_n (genos_room_get_stream_book (fixture->bob.room)), ==, 0);
}

#define ADD(path, password, func)                                                                  \
  g_test_add (                                                                                     \
      "/room/streams/" path, StreamDuo, password, stream_duo_set_up, func, stream_duo_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("bytes", NULL, test_bytes);
  ADD ("bytes-sealed", "secret", test_bytes);
  ADD ("no-message", NULL, test_no_message);
  ADD ("refused", NULL, test_refused);
  ADD ("aborted", NULL, test_aborted);
  ADD ("blocking", NULL, test_blocking);
  ADD ("relinked-at-offer", NULL, test_relinked_anywhere);
  ADD ("relinked-at-answer", NULL, test_relinked_anywhere);
  ADD ("relinked-at-beginning", NULL, test_relinked_anywhere);
  ADD ("relinked-at-end", NULL, test_relinked_anywhere);
  ADD ("relinked-at-last-word", NULL, test_relinked_anywhere);
  ADD ("gone", NULL, test_gone);
  ADD ("too-many", NULL, test_too_many);
  return g_test_run ();
}
