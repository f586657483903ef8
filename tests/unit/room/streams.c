/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Streams and files between rooms over links without network, which break now and then. */

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "../../common/peer-link-local.h"
#include "../../common/signaller-local.h"
#include "../../common/test-wait.h"

#include <genos/room/room-private.h>

#define MEBIBYTE (1024 * 1024)

typedef struct {
  GenosRoom *room;
  GenosSignaller *signaller;
  GenosChannel *channel;
  GPtrArray *links; /* all that were ever made */
  guint n_joined, n_relinked, n_heard;
  GenosIncomingStream *offered; /* the last one */
  guint n_offered;
} Member;

typedef struct {
  SignalHub *hub;
  Member alice, bob;
  char *folder;
} Fixture;

static GenosPeerLink *
make_link (gboolean offerer, gpointer user_data, GError **error)
{
  Member *member = user_data;

  GenosPeerLink *link = peer_link_local_new (offerer);

  g_ptr_array_add (member->links, g_object_ref (link));
  return link;
}

static void
on_joined (GenosRoom *room, GenosPeer *peer, Member *member)
{
  member->n_joined++;
}

static void
on_relinked (GenosRoom *room, GenosPeer *peer, Member *member)
{
  member->n_relinked++;
}

static void
on_message (GenosChannel *channel, const char *peer_id, GenosMessage *message, Member *member)
{
  member->n_heard++;
}

static void
on_stream (GenosChannel *channel, GenosIncomingStream *stream, Member *member)
{
  g_set_object (&member->offered, stream);
  member->n_offered++;
}

static void
join (Fixture *fixture, Member *member, const char *peer_id, const char *password, gboolean ours)
{
  g_autoptr (GError) error = NULL;

  member->links = g_ptr_array_new_with_free_func (g_object_unref);
  member->signaller = signaller_local_new (fixture->hub, peer_id);
  member->room = genos_room_new ("test");
  g_object_set (member->room, "peer-id", peer_id, "password", password, NULL);
  genos_room_set_signaller (member->room, member->signaller);
  genos_room_set_link_factory (member->room, make_link, member);
  g_signal_connect (member->room, "peer-joined", G_CALLBACK (on_joined), member);
  g_signal_connect (member->room, "peer-relinked", G_CALLBACK (on_relinked), member);
  member->channel = genos_room_open_channel (member->room, "files", NULL);
  g_signal_connect (member->channel, "message", G_CALLBACK (on_message), member);
  g_signal_connect (member->channel, "stream", G_CALLBACK (on_stream), member);
  genos_room_join (member->room, &error);
  g_assert_no_error (error);
  if (ours)
    signaller_local_set_key (
        TEST_SIGNALLER_LOCAL (member->signaller), genos_room_get_key (member->room));
}

static void
member_clear (Member *member)
{
  g_clear_object (&member->offered);
  g_clear_object (&member->channel);
  g_clear_object (&member->room);
  g_clear_object (&member->signaller);
  g_ptr_array_unref (member->links);
}

static void
set_up (Fixture *fixture, gconstpointer password)
{
  g_autoptr (GError) error = NULL;

  fixture->hub = signal_hub_new ();
  fixture->folder = g_dir_make_tmp ("genos-streams-XXXXXX", &error);
  g_assert_no_error (error);
  join (fixture, &fixture->alice, "alice", password, TRUE);
  join (fixture, &fixture->bob, "bob", password, TRUE);
  genos_test_wait_until (fixture->alice.n_joined == 1 && fixture->bob.n_joined == 1);
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    g_assert_cmpint (g_unlink (path), ==, 0);
  }
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  member_clear (&fixture->alice);
  member_clear (&fixture->bob);
  g_clear_pointer (&fixture->hub, signal_hub_unref);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  remove_folder (fixture->folder);
  g_free (fixture->folder);
}

static void
close_links (gpointer data)
{
  Fixture *fixture = data;
  g_autoptr (GPtrArray) links =
      g_ptr_array_copy (fixture->alice.links, (GCopyFunc) g_object_ref, NULL);

  for (guint i = 0; i < links->len; i++)
    genos_peer_link_close (g_ptr_array_index (links, i));
}

/* The link breaks without a word, and the peers find each other again. */
static void
break_link (Fixture *fixture)
{
  guint before = fixture->alice.n_relinked;
  guint before_bob = fixture->bob.n_relinked;

  close_links (fixture);
  genos_test_wait_for (
      fixture->alice.n_relinked > before && fixture->bob.n_relinked > before_bob, 30);
}

/* --- what an end is waited for with */

typedef struct {
  GObject *source;
  GAsyncResult *result;
} Wait;

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Wait *wait = user_data;

  wait->source = source;
  wait->result = g_object_ref (result);
}

static void
wait_clear (Wait *wait)
{
  g_clear_object (&wait->result);
}

/* --- streams */

typedef struct {
  GOutputStream *out;
  GInputStream *in;
} Pipe;

static void
pipe_open (Fixture *fixture, Pipe *stream, gint64 size)
{
  Wait wait = { NULL, NULL };
  g_autoptr (GError) error = NULL;
  guint before = fixture->bob.n_offered;

  genos_channel_open_stream_async (fixture->alice.channel, "bob", NULL, size, NULL, on_done, &wait);
  genos_test_wait_until (fixture->bob.n_offered > before);
  g_assert_cmpstr (genos_incoming_stream_get_peer_id (fixture->bob.offered), ==, "alice");
  g_assert_cmpint (genos_incoming_stream_get_size (fixture->bob.offered), ==, size);
  stream->in = genos_incoming_stream_accept (fixture->bob.offered, &error);
  g_assert_no_error (error);
  genos_test_wait_until (wait.result != NULL);
  stream->out = genos_channel_open_stream_finish (fixture->alice.channel, wait.result, &error);
  g_assert_no_error (error);
  wait_clear (&wait);
}

static void
pipe_clear (Pipe *stream)
{
  g_clear_object (&stream->out);
  g_clear_object (&stream->in);
}

/* Bytes of which each says where it stands. */
static guint8 *
make_content (gsize size)
{
  guint32 *words = g_malloc (size + 4);

  for (gsize i = 0; i < size / 4 + 1; i++)
    words[i] = (guint32) i * 2654435761u;
  return (guint8 *) words;
}

/* Reads until the end, or until an error. */
static GByteArray *
read_all (GInputStream *in, GError **error)
{
  GByteArray *array = g_byte_array_new ();
  guint8 buffer[10000];
  gssize n;

  do {
    Wait wait = { NULL, NULL };

    g_input_stream_read_async (in, buffer, sizeof buffer, G_PRIORITY_DEFAULT, NULL, on_done, &wait);
    genos_test_wait_for (wait.result != NULL, 30);
    n = g_input_stream_read_finish (in, wait.result, error);
    wait_clear (&wait);
    if (n > 0)
      g_byte_array_append (array, buffer, (guint) n);
  } while (n > 0);
  return array;
}

static void
test_bytes (Fixture *fixture, gconstpointer data)
{
  const gsize size = 3 * MEBIBYTE + 17;
  g_autofree guint8 *content = make_content (size);
  g_autoptr (GByteArray) read = NULL;
  g_autoptr (GError) error = NULL;
  Pipe stream;
  Wait written = { NULL, NULL }, closed = { NULL, NULL };

  pipe_open (fixture, &stream, -1);
  g_output_stream_write_all_async (
      stream.out, content, size, G_PRIORITY_DEFAULT, NULL, on_done, &written);
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
  g_output_stream_close_async (stream.out, G_PRIORITY_DEFAULT, NULL, on_done, &closed);
  {
    g_autoptr (GByteArray) rest = read_all (stream.in, &error);

    g_assert_no_error (error);
    g_byte_array_append (read, rest->data, rest->len);
  }
  genos_test_wait_until (closed.result != NULL);
  g_assert_true (g_output_stream_close_finish (stream.out, closed.result, &error));
  g_assert_cmpmem (read->data, read->len, content, size);
  wait_clear (&written);
  wait_clear (&closed);
  pipe_clear (&stream);
}

/* No message of the channel, and no progress of one. */
static void
test_no_message (Fixture *fixture, gconstpointer data)
{
  Pipe stream;
  Wait closed = { NULL, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) read = NULL;

  pipe_open (fixture, &stream, 0);
  g_output_stream_close_async (stream.out, G_PRIORITY_DEFAULT, NULL, on_done, &closed);
  read = read_all (stream.in, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (read->len, ==, 0);
  genos_test_wait_until (closed.result != NULL);
  g_assert_true (g_output_stream_close_finish (stream.out, closed.result, &error));
  g_assert_cmpuint (fixture->bob.n_heard, ==, 0);
  wait_clear (&closed);
  pipe_clear (&stream);
}

static void
check_refused (Fixture *fixture, Wait *wait, GError **error)
{
  genos_test_wait_until (wait->result != NULL);
  g_assert_null (genos_channel_open_stream_finish (fixture->alice.channel, wait->result, error));
  wait_clear (wait);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  Wait wait = { NULL, NULL };
  g_autoptr (GError) rejected = NULL, dropped = NULL, unheard = NULL, nobody = NULL;
  g_autoptr (GenosChannel) other = genos_room_open_channel (fixture->alice.room, "other", NULL);

  genos_channel_open_stream_async (fixture->alice.channel, "bob", NULL, 1, NULL, on_done, &wait);
  genos_test_wait_until (fixture->bob.n_offered == 1);
  genos_incoming_stream_reject (fixture->bob.offered, "not today");
  check_refused (fixture, &wait, &rejected);
  g_assert_error (rejected, GENOS_ERROR, GENOS_ERROR_CLOSED);
  g_assert_nonnull (strstr (rejected->message, "not today"));

  genos_channel_open_stream_async (fixture->alice.channel, "bob", NULL, 1, NULL, on_done, &wait);
  genos_test_wait_until (fixture->bob.n_offered == 2);
  g_clear_object (&fixture->bob.offered);
  check_refused (fixture, &wait, &dropped);
  g_assert_error (dropped, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED);

  genos_channel_open_stream_async (other, "bob", NULL, 1, NULL, on_done, &wait);
  genos_test_wait_until (wait.result != NULL);
  g_assert_null (genos_channel_open_stream_finish (other, wait.result, &unheard));
  g_assert_error (unheard, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED);
  wait_clear (&wait);

  genos_channel_open_stream_async (fixture->alice.channel, "carol", NULL, 1, NULL, on_done, &wait);
  check_refused (fixture, &wait, &nobody);
  g_assert_error (nobody, GENOS_ERROR, GENOS_ERROR_CLOSED);
}

static void
test_aborted (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) there = NULL, here = NULL;
  g_autoptr (GByteArray) read = NULL;
  Pipe stream;
  Wait wait = { NULL, NULL };

  /* By the sender. */
  pipe_open (fixture, &stream, -1);
  g_clear_object (&stream.out);
  read = read_all (stream.in, &there);
  g_assert_error (there, GENOS_ERROR, GENOS_ERROR_CLOSED);
  pipe_clear (&stream);

  /* By the receiver. */
  pipe_open (fixture, &stream, -1);
  g_clear_object (&stream.in);
  g_output_stream_close_async (stream.out, G_PRIORITY_DEFAULT, NULL, on_done, &wait);
  genos_test_wait_until (wait.result != NULL);
  g_assert_false (g_output_stream_close_finish (stream.out, wait.result, &here));
  g_assert_error (here, GENOS_ERROR, GENOS_ERROR_CLOSED);
  wait_clear (&wait);
  pipe_clear (&stream);
}

static void
test_blocking (Fixture *fixture, gconstpointer data)
{
  g_autofree guint8 *content = make_content (2 * MEBIBYTE);
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

/* --- files */

static char *
write_file (Fixture *fixture, const char *name, const guint8 *content, gsize size)
{
  char *path = g_build_filename (fixture->folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, (const char *) content, (gssize) size, &error);
  g_assert_no_error (error);
  return path;
}

static void
check_file (const char *path, const guint8 *content, gsize size)
{
  g_autofree char *text = NULL;
  gsize length;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, &length, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (text, length, content, size);
}

typedef struct {
  goffset at, total;
  guint n;
  void (*then) (gpointer data);
  gpointer data;
  goffset when;
} Progress;

static void
on_progress (goffset at, goffset total, gpointer user_data)
{
  Progress *progress = user_data;

  progress->n++;
  progress->at = at;
  progress->total = total;
  if (progress->then != NULL && at >= progress->when) {
    void (*then) (gpointer) = g_steal_pointer (&progress->then);

    then (progress->data);
  }
}

/* (transfer full): where it was saved */
static char *
transfer (Fixture *fixture, const char *path, Progress *progress)
{
  Wait sent = { NULL, NULL }, saved = { NULL, NULL };
  guint before = fixture->bob.n_offered;
  g_autoptr (GError) error = NULL;
  char *name;

  genos_channel_send_file_async (
      fixture->alice.channel, path, "bob", NULL, NULL, NULL, on_done, &sent);
  genos_test_wait_until (fixture->bob.n_offered > before);
  genos_incoming_stream_save_async (fixture->bob.offered, fixture->folder,
      progress != NULL ? on_progress : NULL, progress, NULL, on_done, &saved);
  genos_test_wait_for (saved.result != NULL, 60);
  name = genos_incoming_stream_save_finish (fixture->bob.offered, saved.result, &error);
  g_assert_no_error (error);
  genos_test_wait_for (sent.result != NULL, 60);
  g_assert_true (genos_channel_send_file_finish (fixture->alice.channel, sent.result, &error));
  g_assert_no_error (error);
  wait_clear (&sent);
  wait_clear (&saved);
  return name;
}

static void
test_file (Fixture *fixture, gconstpointer data)
{
  const gsize size = 2 * MEBIBYTE + 3;
  g_autofree guint8 *content = make_content (size);
  g_autofree char *path = write_file (fixture, "a.bin", content, size);
  g_autofree char *empty = write_file (fixture, "empty", content, 0);
  g_autofree char *second = g_build_filename (fixture->folder, "a (2).bin", NULL);
  g_autofree char *third = g_build_filename (fixture->folder, "a (3).bin", NULL);
  Progress progress = { 0 };
  g_autofree char *saved = transfer (fixture, path, &progress);
  g_autofree char *again = transfer (fixture, path, NULL);
  g_autofree char *nothing = transfer (fixture, empty, NULL);

  g_assert_cmpstr (saved, ==, second);
  g_assert_cmpstr (again, ==, third);
  check_file (path, content, size);
  check_file (saved, content, size);
  check_file (again, content, size);
  check_file (nothing, content, 0);
  g_assert_cmpuint (progress.n, >, 0);
  g_assert_cmpint (progress.at, ==, size);
  g_assert_cmpint (progress.total, ==, size);
}

static void
cancel (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
}

static gboolean
folder_has (Fixture *fixture, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* Stops half-way; what was there by then is in the part. */
static void
interrupt (Fixture *fixture, const char *path)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Progress progress = { .then = cancel, .data = cancellable, .when = MEBIBYTE };
  Wait sent = { NULL, NULL }, saved = { NULL, NULL };
  guint before = fixture->bob.n_offered;
  g_autoptr (GError) here = NULL, there = NULL;

  genos_channel_send_file_async (
      fixture->alice.channel, path, "bob", NULL, NULL, NULL, on_done, &sent);
  genos_test_wait_until (fixture->bob.n_offered > before);
  genos_incoming_stream_save_async (
      fixture->bob.offered, fixture->folder, on_progress, &progress, cancellable, on_done, &saved);
  genos_test_wait_for (saved.result != NULL && sent.result != NULL, 60);
  g_assert_null (genos_incoming_stream_save_finish (fixture->bob.offered, saved.result, &there));
  g_assert_error (there, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (genos_channel_send_file_finish (fixture->alice.channel, sent.result, &here));
  g_assert_error (here, GENOS_ERROR, GENOS_ERROR_CLOSED);
  wait_clear (&sent);
  wait_clear (&saved);
}

static void
test_continued (Fixture *fixture, gconstpointer data)
{
  const gsize size = 4 * MEBIBYTE;
  g_autofree guint8 *content = make_content (size);
  g_autofree char *path = write_file (fixture, "b.bin", content, size);
  g_autofree char *saved = NULL;
  Progress progress = { 0 };

  interrupt (fixture, path);
  g_assert_true (folder_has (fixture, "b.bin.part") && folder_has (fixture, "b.bin.part.json"));
  saved = transfer (fixture, path, &progress);
  check_file (saved, content, size);
  /* Only the rest came: no more pieces than there are in it. */
  g_assert_cmpuint (progress.n, <, size / 15840);
  g_assert_false (folder_has (fixture, "b.bin.part") || folder_has (fixture, "b.bin.part.json"));
}

/* Of the same name, size and time, and yet another one. */
static void
test_not_continued (Fixture *fixture, gconstpointer data)
{
  const gsize size = 4 * MEBIBYTE;
  g_autofree guint8 *content = make_content (size);
  g_autofree char *path = write_file (fixture, "c.bin", content, size);
  g_autofree char *saved = NULL;
  struct stat info;
  struct timespec times[2];

  g_assert_cmpint (stat (path, &info), ==, 0);
  interrupt (fixture, path);
  content[100] ^= 1;
  g_free (path);
  path = write_file (fixture, "c.bin", content, size);
  times[0] = info.st_atim;
  times[1] = info.st_mtim;
  g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);
  saved = transfer (fixture, path, NULL);
  check_file (saved, content, size);
  g_assert_false (folder_has (fixture, "c.bin.part"));
}

/* The link breaks in the middle, and the file goes on over the next one. */
static void
test_relinked (Fixture *fixture, gconstpointer data)
{
  const gsize size = 4 * MEBIBYTE + 5;
  g_autofree guint8 *content = make_content (size);
  g_autofree char *path = write_file (fixture, "d.bin", content, size);
  Progress progress = { .then = close_links, .data = fixture, .when = 2 * MEBIBYTE };
  g_autofree char *saved = transfer (fixture, path, &progress);

  g_assert_cmpuint (fixture->bob.n_relinked, >, 0);
  g_assert_cmpuint (fixture->bob.n_offered, ==, 1);
  check_file (saved, content, size);
}

/* Whatever is on its way when the link breaks: the offer, the answer, the beginning, the end, or the
 * last word. */
static guint phase;

static void
break_in (Fixture *fixture, guint when)
{
  if (phase == when)
    break_link (fixture);
}

static void
relink_in_phase (Fixture *fixture)
{
  g_autofree guint8 *content = make_content (1000);
  Wait opened = { NULL, NULL }, closed = { NULL, NULL }, written = { NULL, NULL };
  g_autoptr (GInputStream) in = NULL;
  g_autoptr (GOutputStream) out = NULL;
  g_autoptr (GByteArray) read = NULL;
  g_autoptr (GError) error = NULL;

  genos_channel_open_stream_async (
      fixture->alice.channel, "bob", NULL, 1000, NULL, on_done, &opened);
  break_in (fixture, 0);
  genos_test_wait_until (fixture->bob.n_offered == 1);
  in = genos_incoming_stream_accept (fixture->bob.offered, &error);
  g_assert_no_error (error);
  break_in (fixture, 1);
  genos_test_wait_until (opened.result != NULL);
  out = genos_channel_open_stream_finish (fixture->alice.channel, opened.result, &error);
  g_assert_no_error (error);
  g_output_stream_write_all_async (out, content, 1000, G_PRIORITY_DEFAULT, NULL, on_done, &written);
  break_in (fixture, 2);
  genos_test_wait_until (written.result != NULL);
  g_output_stream_close_async (out, G_PRIORITY_DEFAULT, NULL, on_done, &closed);
  break_in (fixture, 3);
  read = read_all (in, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (read->data, read->len, content, 1000);
  break_in (fixture, 4);
  genos_test_wait_until (closed.result != NULL);
  g_assert_true (g_output_stream_close_finish (out, closed.result, &error));
  g_assert_cmpuint (fixture->bob.n_offered, ==, 1);
  wait_clear (&opened);
  wait_clear (&written);
  wait_clear (&closed);
}

static void
test_relinked_anywhere (Fixture *fixture, gconstpointer data)
{
  relink_in_phase (fixture);
  phase++;
}

/* Somebody whom the network took away altogether. */
static void
test_gone (Fixture *fixture, gconstpointer data)
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
test_too_many (Fixture *fixture, gconstpointer data)
{
  Wait waits[GENOS_STREAM_MAX_PER_PEER + 1] = { { NULL, NULL } };
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < GENOS_STREAM_MAX_PER_PEER; i++) {
    genos_channel_open_stream_async (
        fixture->alice.channel, "bob", NULL, -1, NULL, on_done, &waits[i]);
    genos_test_wait_until (fixture->bob.n_offered == i + 1);
    g_ptr_array_add (kept, g_object_ref (fixture->bob.offered));
  }
  genos_channel_open_stream_async (
      fixture->alice.channel, "bob", NULL, -1, NULL, on_done, &waits[GENOS_STREAM_MAX_PER_PEER]);
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
  g_test_add ("/room/streams/" path, Fixture, password, set_up, func, tear_down)

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
  ADD ("file", "secret", test_file);
  ADD ("continued", NULL, test_continued);
  ADD ("not-continued", NULL, test_not_continued);
  ADD ("relinked", "secret", test_relinked);
  ADD ("relinked-at-offer", NULL, test_relinked_anywhere);
  ADD ("relinked-at-answer", NULL, test_relinked_anywhere);
  ADD ("relinked-at-beginning", NULL, test_relinked_anywhere);
  ADD ("relinked-at-end", NULL, test_relinked_anywhere);
  ADD ("relinked-at-last-word", NULL, test_relinked_anywhere);
  ADD ("gone", NULL, test_gone);
  ADD ("too-many", NULL, test_too_many);
  return g_test_run ();
}
