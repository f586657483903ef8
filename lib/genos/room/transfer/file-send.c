/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/transfer/file-send.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <genos/room/transfer/disk-step.h>
#include <genos/wire/channel-frame.h>
#include <genos/wire/json-text.h>

#define READ_SIZE (256 * 1024)
/* What a browser takes in one message, one chunk of which are the metadata. */
#define BROWSER_MAX ((guint64) (GENOS_MESSAGE_MAX_CHUNKS - 1) * GENOS_FRAME_PAYLOAD)

/* For what may be under way to a browser, however thin the line. */
#define ARRIVAL_MS (120 * 1000)

typedef struct _Send Send;
struct _Send {
  GTask *task;
  GenosChannel *channel;
  GenosStreamBook *book;
  GenosPeer *peer;
  char *path;
  GFileProgressCallback progress;
  gpointer progress_data;

  int fd;
  guint64 size;
  guint64 n_read; /* of the file, in all */
  char *metadata;
  GenosStreamWriter *writer;
  guint64 offset; /* what the peer has already, it says */
  guint8 offset_hash32[GENOS_CONTENT_HASH_SIZE];
  GenosContentHash *prefix;
  guint64 confirmed;

  guint8 *buffer;
  gsize n_buffer;
};

static void
send_free (Send *self)
{
  if (self->writer != NULL)
    g_signal_handlers_disconnect_by_data (self->writer, self);
  if (self->fd >= 0)
    close (self->fd);
  g_clear_pointer (&self->prefix, genos_content_hash_free);
  g_clear_object (&self->writer);
  g_object_unref (self->channel);
  g_object_unref (self->book);
  g_object_unref (self->peer);
  g_object_unref (self->task);
  g_free (self->path);
  g_free (self->metadata);
  g_free (self->buffer);
  g_free (self);
}

static void
fail (Send *self, GError *error)
{
  if (self->writer != NULL) {
    g_signal_handlers_disconnect_by_data (self->writer, self);
    genos_stream_writer_fail (self->writer, error);
  }
  g_task_return_error (self->task, error);
  send_free (self);
}

/* FALSE, and all is over, when the step failed or somebody cancelled meanwhile. */
static gboolean
step_went_well (Send *self, GAsyncResult *result)
{
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error)
      && !g_cancellable_set_error_if_cancelled (g_task_get_cancellable (self->task), &error))
    return TRUE;
  fail (self, error);
  return FALSE;
}

/* --- on the disk */

static gboolean
set_error (Send *self, int number, GError **error)
{
  g_set_error (error, G_IO_ERROR, (gint) g_io_error_from_errno (number), "%s: %s", self->path,
      g_strerror (number));
  return FALSE;
}

static char *
build_metadata (Send *self, const struct stat *info)
{
  g_autofree char *base = g_path_get_basename (self->path);
  g_autofree char *name = g_utf8_make_valid (base, -1);
  g_autofree char *content_type = g_content_type_guess (base, NULL, 0, NULL);
  g_autofree char *type = g_content_type_get_mime_type (content_type);
  gint64 modified = (gint64) info->st_mtim.tv_sec * 1000 + info->st_mtim.tv_nsec / 1000000;
  GString *out = g_string_new ("{\"name\":");

  genos_json_append_string (out, name);
  g_string_append_printf (out, ",\"size\":%" G_GUINT64_FORMAT ",\"type\":", self->size);
  genos_json_append_string (out, type != NULL ? type : "application/octet-stream");
  g_string_append_printf (out, ",\"lastModified\":%" G_GINT64_FORMAT "}", MAX (modified, 0));
  return g_string_free (out, FALSE);
}

/* Without waiting for anybody to write, should it be a pipe. */
static gboolean
open_file (gpointer operation, GError **error)
{
  Send *self = operation;

  struct stat info;

  self->fd = open (self->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (self->fd < 0 || fstat (self->fd, &info) != 0)
    return set_error (self, errno, error);
  if (!S_ISREG (info.st_mode)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, "%s: not a file", self->path);
    return FALSE;
  }
  self->size = (guint64) info.st_size;
  self->metadata = build_metadata (self, &info);
  return TRUE;
}

/* As much as there is of @size. */
static gboolean
read_file (Send *self, guint8 *data, gsize size, gsize *n_read, GError **error)
{
  *n_read = 0;
  while (*n_read < size) {
    ssize_t n = read (self->fd, data + *n_read, size - *n_read);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return set_error (self, errno, error);
    if (n == 0)
      break;
    *n_read += (gsize) n;
  }
  return TRUE;
}

/* What the peer says it has, is it the beginning of this file? */
static gboolean
check_prefix (gpointer operation, GError **error)
{
  Send *self = operation;
  g_autoptr (GenosContentHash) hash = genos_content_hash_new ();
  guint8 hash32[GENOS_CONTENT_HASH_SIZE];
  guint64 left = self->offset;

  while (left > 0 && left <= self->size) {
    gsize n;

    if (!read_file (self, self->buffer, (gsize) MIN (left, READ_SIZE), &n, error))
      return FALSE;
    if (n == 0)
      break;
    genos_content_hash_update (hash, self->buffer, n);
    left -= n;
  }
  genos_content_hash_peek (hash, hash32);
  if (left == 0 && memcmp (hash32, self->offset_hash32, sizeof hash32) == 0) {
    self->prefix = g_steal_pointer (&hash);
    self->n_read = self->offset;
    return TRUE;
  }
  self->offset = 0;
  return lseek (self->fd, 0, SEEK_SET) == 0 || set_error (self, errno, error);
}

static gboolean
read_part (gpointer operation, GError **error)
{
  Send *self = operation;

  if (!read_file (self, self->buffer, READ_SIZE, &self->n_buffer, error))
    return FALSE;
  self->n_read += self->n_buffer;
  if (self->n_read > self->size || (self->n_buffer == 0 && self->n_read < self->size)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
        "%s: it changed while it was being sent: send it again", self->path);
    return FALSE;
  }
  return TRUE;
}

static gboolean
read_whole (gpointer operation, GError **error)
{
  Send *self = operation;

  g_free (self->buffer);
  self->buffer = g_malloc ((gsize) self->size + 1);
  return read_file (self, self->buffer, (gsize) self->size, &self->n_buffer, error);
}

/* --- a stream, step by step */

static void
on_closed (GObject *source, GAsyncResult *result, gpointer data)
{
  Send *self = data;
  GError *error = NULL;

  if (g_output_stream_close_finish (G_OUTPUT_STREAM (source), result, &error))
    g_task_return_boolean (self->task, TRUE);
  else
    g_task_return_error (self->task, error);
  send_free (self);
}

static void on_part (GObject *source, GAsyncResult *result, gpointer data);

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  Send *self = data;
  GError *error = NULL;

  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error))
    genos_disk_step_run (self, read_part, on_part);
  else
    fail (self, error);
}

static void
on_part (GObject *source, GAsyncResult *result, gpointer data)
{
  Send *self = data;
  GCancellable *cancellable = g_task_get_cancellable (self->task);

  if (!step_went_well (self, result))
    return;
  if (self->n_buffer > 0)
    g_output_stream_write_all_async (G_OUTPUT_STREAM (self->writer), self->buffer, self->n_buffer,
        G_PRIORITY_DEFAULT, cancellable, on_written, self);
  else
    g_output_stream_close_async (
        G_OUTPUT_STREAM (self->writer), G_PRIORITY_DEFAULT, cancellable, on_closed, self);
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer data)
{
  Send *self = data;

  if (!step_went_well (self, result))
    return;
  genos_stream_sender_begin (
      genos_stream_writer_get_sender (self->writer), self->offset, g_steal_pointer (&self->prefix));
  genos_stream_writer_update (self->writer);
  genos_disk_step_run (self, read_part, on_part);
}

static void
tell_progress (Send *self)
{
  guint64 confirmed =
      genos_stream_sender_get_confirmed (genos_stream_writer_get_sender (self->writer));

  if (self->progress == NULL || confirmed == self->confirmed)
    return;
  self->confirmed = confirmed;
  self->progress ((goffset) confirmed, (goffset) self->size, self->progress_data);
}

static void
on_changed (GenosStreamWriter *writer, Send *self)
{
  tell_progress (self);
}

/* --- until it is accepted */

static void
on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  Send *self = data;
  GenosStreamSender *sender = genos_stream_writer_get_sender (self->writer);
  GError *error = NULL;

  if (!genos_stream_writer_open_finish (self->writer, result, &error)) {
    fail (self, error);
    return;
  }
  self->offset = genos_stream_sender_get_offer (sender, self->offset_hash32);
  self->buffer = g_malloc (READ_SIZE);
  g_signal_connect (self->writer, "changed", G_CALLBACK (on_changed), self);
  genos_disk_step_run (self, check_prefix, on_checked);
}

/* --- to a browser */

/* What is sent has left this process, and no more. A ping goes the same way behind it, in order, so its
 * answer says that the message is there; whoever leaves before may take it along. */
static void
on_arrived (GObject *source, GAsyncResult *result, gpointer data)
{
  Send *self = data;
  GError *error = NULL;

  if (genos_messenger_ping_finish (GENOS_MESSENGER (source), result, &error) < 0) {
    fail (self, error);
    return;
  }
  g_task_return_boolean (self->task, TRUE);
  send_free (self);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  Send *self = data;
  GError *error = NULL;

  if (genos_channel_send_finish (GENOS_CHANNEL (source), result, NULL, NULL, &error))
    genos_messenger_ping_async (genos_peer_get_messenger (self->peer), ARRIVAL_MS,
        g_task_get_cancellable (self->task), on_arrived, self);
  else
    fail (self, error);
}

static void
on_whole (GObject *source, GAsyncResult *result, gpointer data)
{
  Send *self = data;
  const char *const targets[] = { genos_peer_get_id (self->peer), NULL };
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (JsonNode) metadata = NULL;
  g_autoptr (GenosMessage) message = NULL;

  if (!step_went_well (self, result))
    return;
  bytes = g_bytes_new_take (g_steal_pointer (&self->buffer), self->n_buffer);
  metadata = genos_json_parse (self->metadata, -1, NULL);
  message = genos_message_new_bytes (bytes, metadata);
  genos_channel_send_async (
      self->channel, message, targets, g_task_get_cancellable (self->task), on_sent, self);
}

static void
send_as_message (Send *self)
{
  if (self->size <= BROWSER_MAX) {
    genos_disk_step_run (self, read_whole, on_whole);
    return;
  }
  fail (self,
      g_error_new (GENOS_ERROR, GENOS_ERROR_LIMIT,
          "%s: %" G_GUINT64_FORMAT
          " bytes are too many for peer %s, a browser: it takes at most %" G_GUINT64_FORMAT
          " in one message",
          self->path, self->size, genos_peer_get_id (self->peer), BROWSER_MAX));
}

static void
on_file (GObject *source, GAsyncResult *result, gpointer data)
{
  Send *self = data;
  GError *error = NULL;

  if (!step_went_well (self, result))
    return;
  if (!genos_peer_is_extended (self->peer)) {
    send_as_message (self);
    return;
  }
  self->writer = genos_stream_book_open (self->book, self->peer,
      genos_channel_get_name (self->channel), self->metadata, self->size, &error);
  if (self->writer == NULL)
    fail (self, error);
  else
    genos_stream_writer_open_async (
        self->writer, g_task_get_cancellable (self->task), on_opened, self);
}

void
genos_file_send_run (GTask *task, GenosChannel *channel, GenosStreamBook *book, GenosPeer *peer,
    const char *path, GFileProgressCallback progress, gpointer progress_data)
{
  Send *self = g_new0 (Send, 1);

  self->task = task;
  self->channel = g_object_ref (channel);
  self->book = g_object_ref (book);
  self->peer = g_object_ref (peer);
  self->path = g_strdup (path);
  self->progress = progress;
  self->progress_data = progress_data;
  self->fd = -1;
  genos_disk_step_run (self, open_file, on_file);
}
