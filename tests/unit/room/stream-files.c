/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Files between rooms over links without network, which break now and then. */

#include "stream-duo.h"

#include <fcntl.h>
#include <sys/stat.h>

static char *
write_file (StreamDuo *fixture, const char *name, const guint8 *content, gsize size)
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
transfer (StreamDuo *fixture, const char *path, Progress *progress)
{
  StreamWait sent = { NULL, NULL }, saved = { NULL, NULL };
  guint before = fixture->bob.n_offered;
  g_autoptr (GError) error = NULL;
  char *name;

  genos_channel_send_file_async (
      fixture->alice.channel, path, "bob", NULL, NULL, NULL, stream_wait_done, &sent);
  genos_test_wait_until (fixture->bob.n_offered > before);
  genos_incoming_stream_save_async (fixture->bob.offered, fixture->folder,
      progress != NULL ? on_progress : NULL, progress, NULL, stream_wait_done, &saved);
  genos_test_wait_for (saved.result != NULL, 60);
  name = genos_incoming_stream_save_finish (fixture->bob.offered, saved.result, &error);
  g_assert_no_error (error);
  genos_test_wait_for (sent.result != NULL, 60);
  g_assert_true (genos_channel_send_file_finish (fixture->alice.channel, sent.result, &error));
  g_assert_no_error (error);
  stream_wait_clear (&sent);
  stream_wait_clear (&saved);
  return name;
}

static void
test_file (StreamDuo *fixture, gconstpointer data)
{
  const gsize size = 2 * MEBIBYTE + 3;
  g_autofree guint8 *content = stream_make_content (size);
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
folder_has (StreamDuo *fixture, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* Stops half-way; what was there by then is in the part. */
static void
interrupt (StreamDuo *fixture, const char *path)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Progress progress = { .then = cancel, .data = cancellable, .when = MEBIBYTE };
  StreamWait sent = { NULL, NULL }, saved = { NULL, NULL };
  guint before = fixture->bob.n_offered;
  g_autoptr (GError) here = NULL, there = NULL;

  genos_channel_send_file_async (
      fixture->alice.channel, path, "bob", NULL, NULL, NULL, stream_wait_done, &sent);
  genos_test_wait_until (fixture->bob.n_offered > before);
  genos_incoming_stream_save_async (fixture->bob.offered, fixture->folder, on_progress, &progress,
      cancellable, stream_wait_done, &saved);
  genos_test_wait_for (saved.result != NULL && sent.result != NULL, 60);
  g_assert_null (genos_incoming_stream_save_finish (fixture->bob.offered, saved.result, &there));
  g_assert_error (there, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (genos_channel_send_file_finish (fixture->alice.channel, sent.result, &here));
  g_assert_error (here, GENOS_ERROR, GENOS_ERROR_CLOSED);
  stream_wait_clear (&sent);
  stream_wait_clear (&saved);
}

static void
test_continued (StreamDuo *fixture, gconstpointer data)
{
  const gsize size = 4 * MEBIBYTE;
  g_autofree guint8 *content = stream_make_content (size);
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
test_not_continued (StreamDuo *fixture, gconstpointer data)
{
  const gsize size = 4 * MEBIBYTE;
  g_autofree guint8 *content = stream_make_content (size);
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
test_relinked (StreamDuo *fixture, gconstpointer data)
{
  const gsize size = 4 * MEBIBYTE + 5;
  g_autofree guint8 *content = stream_make_content (size);
  g_autofree char *path = write_file (fixture, "d.bin", content, size);
  Progress progress = { .then = stream_duo_close_links, .data = fixture, .when = 2 * MEBIBYTE };
  g_autofree char *saved = transfer (fixture, path, &progress);

  g_assert_cmpuint (fixture->bob.n_relinked, >, 0);
  g_assert_cmpuint (fixture->bob.n_offered, ==, 1);
  check_file (saved, content, size);
}

#define ADD(path, password, func)                                                                  \
  g_test_add ("/room/stream-files/" path, StreamDuo, password, stream_duo_set_up, func,            \
      stream_duo_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("file", "secret", test_file);
  ADD ("continued", NULL, test_continued);
  ADD ("not-continued", NULL, test_not_continued);
  ADD ("relinked", "secret", test_relinked);
  return g_test_run ();
}
