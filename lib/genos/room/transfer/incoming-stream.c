/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/transfer/incoming-stream-private.h>

#include <genos/room/transfer/file-save.h>
#include <genos/wire/json-text.h>

/**
 * GenosIncomingStream:
 *
 * Something larger than a message that a peer wants to send: a file, or bytes as
 * they come.
 *
 * Given by [signal@Channel::stream]. Take it with
 * [method@IncomingStream.accept] or [method@IncomingStream.save_async], or turn
 * it away with [method@IncomingStream.reject]; at once, or later: keep a reference
 * until then. Dropped without a decision it is turned away. The peer waits three
 * minutes. Lives on the room's main context.
 */
struct _GenosIncomingStream {
  GObject parent_instance;

  GenosStreamReader *reader; /* NULL once decided */
  char *peer_id;
  JsonNode *metadata; /* (nullable) */
  guint64 size;
};

G_DEFINE_FINAL_TYPE (GenosIncomingStream, genos_incoming_stream, G_TYPE_OBJECT)

static void
genos_incoming_stream_finalize (GObject *object)
{
  GenosIncomingStream *self = GENOS_INCOMING_STREAM (object);

  g_clear_object (&self->reader);
  g_clear_pointer (&self->metadata, json_node_unref);
  g_free (self->peer_id);

  G_OBJECT_CLASS (genos_incoming_stream_parent_class)->finalize (object);
}

static void
genos_incoming_stream_class_init (GenosIncomingStreamClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = genos_incoming_stream_finalize;
}

static void
genos_incoming_stream_init (GenosIncomingStream *self)
{
}

GenosIncomingStream *
genos_incoming_stream_new (GenosStreamPort *port, const char *metadata, guint64 size)
{
  GenosIncomingStream *self = g_object_new (GENOS_TYPE_INCOMING_STREAM, NULL);

  self->reader = genos_stream_reader_new (port, size);
  self->peer_id = g_strdup (genos_peer_get_id (genos_stream_port_get_peer (port)));
  self->size = size;
  /* Nonsense is as good as nothing: whoever decides sees that there is none. */
  if (metadata != NULL && *metadata != '\0')
    self->metadata = genos_json_parse (metadata, strlen (metadata), NULL);
  return self;
}

GenosStreamReader *
genos_incoming_stream_take_reader (GenosIncomingStream *self, GError **error)
{
  const GError *reason;

  if (self->reader == NULL) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT,
        "whether to take this stream was decided before");
    return NULL;
  }
  reason = genos_stream_receiver_get_error (genos_stream_reader_get_receiver (self->reader));
  if (reason != NULL) {
    g_propagate_error (error, g_error_copy (reason));
    return NULL;
  }
  return g_steal_pointer (&self->reader);
}

/**
 * genos_incoming_stream_get_peer_id:
 * @self: a stream
 *
 * Gets who sends it.
 *
 * Returns: (transfer none): the peer's id
 */
const char *
genos_incoming_stream_get_peer_id (GenosIncomingStream *self)
{
  g_return_val_if_fail (GENOS_IS_INCOMING_STREAM (self), NULL);
  return self->peer_id;
}

/**
 * genos_incoming_stream_get_metadata:
 * @self: a stream
 *
 * Gets what the sender says of it. Nothing of it is checked.
 *
 * Returns: (transfer none) (nullable): a JSON value
 */
JsonNode *
genos_incoming_stream_get_metadata (GenosIncomingStream *self)
{
  g_return_val_if_fail (GENOS_IS_INCOMING_STREAM (self), NULL);
  return self->metadata;
}

/**
 * genos_incoming_stream_get_size:
 * @self: a stream
 *
 * Gets how long the sender says it is. It fails when it is not.
 *
 * Returns: bytes, or -1 when it did not say
 */
gint64
genos_incoming_stream_get_size (GenosIncomingStream *self)
{
  g_return_val_if_fail (GENOS_IS_INCOMING_STREAM (self), -1);
  return self->size == GENOS_STREAM_SIZE_UNKNOWN ? -1 : (gint64) self->size;
}

/**
 * genos_incoming_stream_accept:
 * @self: a stream
 * @error: return location for an error
 *
 * Takes the stream.
 *
 * What is returned is pollable; read it asynchronously: blocking calls fail with
 * %G_IO_ERROR_NOT_SUPPORTED when they would have to wait. At most 1 MiB that was
 * not read is kept; the sender waits then. It goes on over another link, when the
 * peer's is replaced. Its end is read when all is there and the hash over it
 * (BLAKE2b-256) is right; nothing is proven of the bytes before that. Closed or
 * dropped before its end, the sender is told to stop.
 *
 * Fails with %GENOS_ERROR_CLOSED when the peer has gone.
 *
 * Returns: (transfer full): the content
 */
GInputStream *
genos_incoming_stream_accept (GenosIncomingStream *self, GError **error)
{
  GenosStreamReader *reader;

  g_return_val_if_fail (GENOS_IS_INCOMING_STREAM (self), NULL);

  reader = genos_incoming_stream_take_reader (self, error);
  if (reader == NULL)
    return NULL;
  genos_stream_receiver_accept (genos_stream_reader_get_receiver (reader), 0, NULL);
  genos_stream_reader_update (reader);
  return G_INPUT_STREAM (reader);
}

/**
 * genos_incoming_stream_reject:
 * @self: a stream
 * @reason: (nullable): a text for the sender, cut at 512 bytes
 *
 * Turns the stream away. Nothing happens when it was decided before.
 */
void
genos_incoming_stream_reject (GenosIncomingStream *self, const char *reason)
{
  g_autoptr (GenosStreamReader) reader = NULL;
  g_autoptr (GError) error = NULL;

  g_return_if_fail (GENOS_IS_INCOMING_STREAM (self));

  reader = genos_incoming_stream_take_reader (self, NULL);
  if (reader == NULL)
    return;
  error = g_error_new_literal (GENOS_ERROR, GENOS_ERROR_CLOSED, reason != NULL ? reason : "");
  genos_stream_reader_fail (reader, error);
}

/**
 * genos_incoming_stream_save_async:
 * @self: a stream
 * @directory: (type filename): where to
 * @progress: (nullable) (scope notified) (closure progress_data): told what is
 *   there; every now and then, on the room's context, never after @callback
 * @progress_data: user data for @progress
 * @cancellable: (nullable): ends it; what is there stays
 * @callback: (scope async): called when it is done
 * @user_data: user data for @callback
 *
 * Takes the stream as a file.
 *
 * Its name comes from the member `name` of the metadata, made safe; nothing that
 * exists is overwritten: it becomes `name (2).ext` then. Until all is there, its
 * hash is right and it is on the disk, it is `name.part`, with `name.part.json`
 * beside it. When either side stops half-way, both stay, and the next file of that
 * name, size and time goes on from there if its beginning is the same.
 *
 * Fails with %G_IO_ERROR_NO_SPACE when the disk is full, otherwise as reading
 * would. The sender hears that it arrived only after it is safe on the disk.
 */
void
genos_incoming_stream_save_async (GenosIncomingStream *self, const char *directory,
    GFileProgressCallback progress, gpointer progress_data, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GenosStreamReader) reader = NULL;
  GError *error = NULL;

  g_return_if_fail (GENOS_IS_INCOMING_STREAM (self));
  g_return_if_fail (directory != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, genos_incoming_stream_save_async);
  reader = genos_incoming_stream_take_reader (self, &error);
  if (reader == NULL) {
    g_task_return_error (task, error);
    return;
  }
  genos_file_save_run (g_steal_pointer (&task), reader, self->metadata, self->size, directory,
      progress, progress_data);
}

/**
 * genos_incoming_stream_save_finish:
 * @self: a stream
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [method@IncomingStream.save_async].
 *
 * Returns: (transfer full) (type filename): the file's path
 */
char *
genos_incoming_stream_save_finish (GenosIncomingStream *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
