/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/transfer/file-save.h>

#include <genos/room/transfer/disk-step.h>
#include <genos/room/transfer/file-name.h>
#include <genos/room/transfer/file-part.h>
#include <genos/wire/json-text.h>

#define READ_SIZE (256 * 1024)

typedef struct _Save Save;
struct _Save {
  GTask *task;
  GenosStreamReader *reader; /* (nullable): bytes that are here */
  GBytes *bytes;
  char *directory;
  char *name;
  char *path; /* once it is done */
  guint64 size;
  gint64 modified;
  GFileProgressCallback progress;
  gpointer progress_data;

  GenosFilePart *part;
  guint8 *buffer;
  gsize n_read;
  gboolean begun;
  gboolean restart; /* what was there is not the beginning of this one */
};

static Save *
save_new (GTask *task, JsonNode *metadata, const char *directory)
{
  Save *self = g_new0 (Save, 1);
  const char *name = NULL;

  self->task = task;
  self->directory = g_strdup (directory);
  if (metadata != NULL && JSON_NODE_HOLDS_OBJECT (metadata)) {
    JsonObject *object = json_node_get_object (metadata);

    name = genos_json_get_string (object, "name");
    if (!genos_json_get_int (object, "lastModified", 0, G_MAXINT64, &self->modified))
      self->modified = 0;
  }
  self->name = genos_file_name_make_safe (name);
  return self;
}

static void
close_in_thread (GTask *step, gpointer source, gpointer part, GCancellable *cancellable)
{
  genos_file_part_close (part);
}

static void
save_free (Save *self)
{
  if (self->part != NULL) {
    g_autoptr (GTask) step = g_task_new (NULL, NULL, NULL, NULL);

    g_task_set_task_data (step, self->part, NULL);
    g_task_run_in_thread (step, close_in_thread);
  }
  g_clear_object (&self->reader);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_object_unref (self->task);
  g_free (self->directory);
  g_free (self->name);
  g_free (self->path);
  g_free (self->buffer);
  g_free (self);
}

static void
fail (Save *self, GError *error)
{
  if (self->reader != NULL)
    genos_stream_reader_fail (self->reader, error);
  g_task_return_error (self->task, error);
  save_free (self);
}

/* --- on the disk */

static gboolean
open_part (gpointer operation, GError **error)
{
  Save *self = operation;

  self->part =
      genos_file_part_open (self->directory, self->name, self->size, self->modified, error);
  return self->part != NULL;
}

static gboolean
write_part (gpointer operation, GError **error)
{
  Save *self = operation;

  if (self->restart && !genos_file_part_restart (self->part, error))
    return FALSE;
  self->restart = FALSE;
  return genos_file_part_write (self->part, self->buffer, self->n_read, error);
}

static gboolean
finish_part (gpointer operation, GError **error)
{
  Save *self = operation;

  self->path = genos_file_part_finish (self->part, error);
  return self->path != NULL;
}

static gboolean
write_bytes (gpointer operation, GError **error)
{
  Save *self = operation;
  gsize size;
  const guint8 *data = g_bytes_get_data (self->bytes, &size);

  if (!open_part (self, error))
    return FALSE;
  return genos_file_part_write (self->part, data, size, error) && finish_part (self, error);
}

/* --- a stream, step by step */

static void on_read (GObject *source, GAsyncResult *result, gpointer data);

static void
read_more (Save *self)
{
  g_input_stream_read_async (G_INPUT_STREAM (self->reader), self->buffer, READ_SIZE,
      G_PRIORITY_DEFAULT, g_task_get_cancellable (self->task), on_read, self);
}

static void
on_finished (GObject *source, GAsyncResult *result, gpointer data)
{
  Save *self = data;
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    fail (self, error);
    return;
  }
  if (self->reader != NULL) {
    genos_stream_receiver_confirm (genos_stream_reader_get_receiver (self->reader));
    genos_stream_reader_update (self->reader);
  }
  g_task_return_pointer (self->task, g_steal_pointer (&self->path), g_free);
  save_free (self);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  Save *self = data;
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    fail (self, error);
    return;
  }
  if (self->progress != NULL)
    self->progress ((goffset) genos_file_part_get_offset (self->part),
        self->size <= G_MAXINT64 ? (goffset) self->size : -1, self->progress_data);
  read_more (self);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  Save *self = data;
  GError *error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  if (n < 0) {
    fail (self, error);
    return;
  }
  if (!self->begun)
    self->restart = genos_file_part_get_offset (self->part) > 0
        && genos_stream_receiver_get_begin (genos_stream_reader_get_receiver (self->reader)) == 0;
  self->begun = TRUE;
  self->n_read = (gsize) n;
  if (n > 0)
    genos_disk_step_run (self, write_part, on_written);
  else
    genos_disk_step_run (self, finish_part, on_finished);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  Save *self = data;
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    fail (self, error);
    return;
  }
  genos_stream_reader_set_manual (self->reader);
  genos_stream_receiver_accept (genos_stream_reader_get_receiver (self->reader),
      genos_file_part_get_offset (self->part), genos_file_part_dup_hash (self->part));
  genos_stream_reader_update (self->reader);
  read_more (self);
}

void
genos_file_save_run (GTask *task, GenosStreamReader *reader, JsonNode *metadata, guint64 size,
    const char *directory, GFileProgressCallback progress, gpointer progress_data)
{
  Save *self = save_new (task, metadata, directory);

  self->reader = g_object_ref (reader);
  self->size = size;
  self->progress = progress;
  self->progress_data = progress_data;
  self->buffer = g_malloc (READ_SIZE);
  genos_disk_step_run (self, open_part, on_opened);
}

void
genos_file_save_bytes (GTask *task, GBytes *bytes, JsonNode *metadata, const char *directory)
{
  Save *self = save_new (task, metadata, directory);

  self->bytes = g_bytes_ref (bytes);
  /* It is whole, and never continued. */
  self->size = G_MAXUINT64;
  genos_disk_step_run (self, write_bytes, on_finished);
}
