/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a channel does with things larger than a message. */

#include <genos/room/channel-private.h>
#include <genos/room/transfer/file-save.h>
#include <genos/room/transfer/file-send.h>
#include <genos/room/room-private.h>
#include <genos/room/room-struct.h>
#include <genos/wire/json-text.h>

/* (transfer full) (nullable) */
static GenosPeer *
find_peer (GenosRoom *room, const char *peer_id, GError **error)
{
  GenosPeer *peer = room != NULL ? genos_room_find_way (room, peer_id) : NULL;

  if (peer != NULL)
    return g_object_ref (peer);
  g_set_error (error, GENOS_ERROR, GENOS_ERROR_CLOSED, "peer %s is not here", peer_id);
  return NULL;
}

/* --- streams */

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GenosStreamWriter) writer = GENOS_STREAM_WRITER (g_object_ref (source));
  GError *error = NULL;

  if (!genos_stream_writer_open_finish (writer, result, &error)) {
    g_task_return_error (task, error);
    return;
  }
  genos_stream_sender_begin (genos_stream_writer_get_sender (writer), 0, NULL);
  genos_stream_writer_update (writer);
  g_task_return_pointer (task, g_steal_pointer (&writer), g_object_unref);
}

static char *
dup_text (JsonNode *metadata)
{
  return metadata != NULL ? json_to_string (metadata, FALSE) : NULL;
}

/**
 * genos_channel_open_stream_async:
 * @self: a channel
 * @peer_id: to whom; not a browser
 * @metadata: (nullable): what it is, a JSON value of at most 16 KiB
 * @size: how long it will be, in bytes; -1 when that is not known
 * @cancellable: (nullable): stops waiting
 * @callback: (scope async): called when the peer has accepted, or did not
 * @user_data: user data for @callback
 *
 * Opens a stream to a peer, for more than a message holds, or for bytes as they
 * come; there [signal@Channel::stream] is emitted.
 */
void
genos_channel_open_stream_async (GenosChannel *self, const char *peer_id, JsonNode *metadata,
    gint64 size, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GenosRoom) room = NULL;
  g_autoptr (GenosPeer) peer = NULL;
  g_autoptr (GenosStreamWriter) writer = NULL;
  g_autofree char *text = NULL;
  GError *error = NULL;
  GTask *task;

  g_return_if_fail (GENOS_IS_CHANNEL (self));
  g_return_if_fail (peer_id != NULL);

  room = genos_channel_dup_room (self);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, genos_channel_open_stream_async);
  text = dup_text (metadata);
  peer = find_peer (room, peer_id, &error);
  if (peer != NULL)
    writer = genos_stream_book_open (genos_room_get_stream_book (room), peer,
        genos_channel_get_name (self), text, size < 0 ? GENOS_STREAM_SIZE_UNKNOWN : (guint64) size,
        &error);
  if (writer != NULL) {
    genos_stream_writer_open_async (writer, cancellable, on_opened, task);
  } else {
    g_task_return_error (task, error);
    g_object_unref (task);
  }
}

/**
 * genos_channel_open_stream_finish:
 * @self: a channel
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [method@Channel.open_stream_async].
 *
 * What is returned is pollable; write to it asynchronously: blocking calls fail
 * with %G_IO_ERROR_NOT_SUPPORTED when they would have to wait. At most 1 MiB that
 * the peer has not read is kept, here and there; writing waits then. When the link
 * to the peer is replaced, the stream goes on over the new one.
 *
 * [method@Gio.OutputStream.close_async] is done when the peer has read all of it
 * and its hash (BLAKE2b-256) was right; closed by the blocking call, or dropped,
 * the stream is aborted.
 *
 * Fails with %GENOS_ERROR_CLOSED when the peer is not here or does not want it,
 * with %GENOS_ERROR_UNSUPPORTED when it is a browser or nobody there takes streams
 * of this channel, with %GENOS_ERROR_LIMIT when too many streams are open, with
 * %GENOS_ERROR_TIMED_OUT when nobody there decided within three minutes.
 *
 * Returns: (transfer full): what to write to
 */
GOutputStream *
genos_channel_open_stream_finish (GenosChannel *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- files */

/**
 * genos_channel_send_file_async:
 * @self: a channel
 * @path: (type filename): a file
 * @peer_id: to whom
 * @progress: (nullable) (scope notified) (closure progress_data): told what the
 *   peer has; every now and then, on the room's context, never after @callback
 * @progress_data: user data for @progress
 * @cancellable: (nullable): ends it
 * @callback: (scope async): called when the peer has it
 * @user_data: user data for @callback
 *
 * Sends a file.
 *
 * A peer of this library gets it as a stream, with the metadata `name`, `size`,
 * `type` and `lastModified` (milliseconds), as browsers' files have them. If the
 * peer has its beginning already, only the rest is sent. A browser gets it as one
 * message of this channel, with the same metadata; files of more than 1 620 531
 * bytes are refused for it with %GENOS_ERROR_LIMIT.
 */
void
genos_channel_send_file_async (GenosChannel *self, const char *path, const char *peer_id,
    GFileProgressCallback progress, gpointer progress_data, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GenosRoom) room = NULL;
  g_autoptr (GenosPeer) peer = NULL;
  GError *error = NULL;
  GTask *task;

  g_return_if_fail (GENOS_IS_CHANNEL (self));
  g_return_if_fail (path != NULL && peer_id != NULL);

  room = genos_channel_dup_room (self);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, genos_channel_send_file_async);
  peer = find_peer (room, peer_id, &error);
  if (peer == NULL) {
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  genos_file_send_run (
      task, self, genos_room_get_stream_book (room), peer, path, progress, progress_data);
}

/**
 * genos_channel_send_file_finish:
 * @self: a channel
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [method@Channel.send_file_async].
 *
 * Fails as [method@Channel.open_stream_finish] does, and with %G_IO_ERROR when the
 * file cannot be read.
 *
 * Returns: %TRUE when the peer has the file; to a browser: when it has left
 */
gboolean
genos_channel_send_file_finish (GenosChannel *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * genos_channel_save_message_async:
 * @self: the channel it came on
 * @message: a message of bytes
 * @directory: (type filename): where to
 * @cancellable: (nullable): ignored once it is being written
 * @callback: (scope async): called when it is done
 * @user_data: user data for @callback
 *
 * Saves a message as a file, as browsers send them: its name comes from the member
 * `name` of the metadata, made safe; nothing that exists is overwritten.
 */
void
genos_channel_save_message_async (GenosChannel *self, GenosMessage *message, const char *directory,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (GENOS_IS_CHANNEL (self));
  g_return_if_fail (message != NULL && directory != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, genos_channel_save_message_async);
  genos_file_save_bytes (
      task, genos_message_get_payload (message), genos_message_get_metadata (message), directory);
}

/**
 * genos_channel_save_message_finish:
 * @self: a channel
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [method@Channel.save_message_async].
 *
 * Fails with %G_IO_ERROR_NO_SPACE when the disk is full, otherwise with what keeps the file from being
 * written, of the domain `G_IO_ERROR`.
 *
 * Returns: (transfer full) (type filename): the file's path
 */
char *
genos_channel_save_message_finish (GenosChannel *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
