/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/signalling/relay-cache.h>

#include <string.h>

char *
genos_relay_cache_dup_path (void)
{
  return g_build_filename (g_get_user_cache_dir (), "genosrooms", "relays.json", NULL);
}

/* Reads one byte more than is allowed, so that a file without end is noticed as one too large. */
static GBytes *
read_bounded (const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, error);
  g_autofree char *text = NULL;
  gsize n = 0;

  if (stream == NULL)
    return NULL;
  text = g_malloc (GENOS_RELAY_LIST_MAX_SIZE + 1);
  if (!g_input_stream_read_all (
          G_INPUT_STREAM (stream), text, GENOS_RELAY_LIST_MAX_SIZE + 1, &n, cancellable, error))
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&text), n);
}

static void
load (GTask *task, gpointer source, gpointer path, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = read_bounded (path, cancellable, &error);
  GenosRelayList *list = NULL;
  gconstpointer text;
  gsize size;

  if (bytes != NULL) {
    text = g_bytes_get_data (bytes, &size);
    list = genos_relay_list_load (text, size, &error);
  }
  if (list != NULL)
    g_task_return_pointer (task, list, (GDestroyNotify) genos_relay_list_free);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
genos_relay_cache_load_async (
    const char *path, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, genos_relay_cache_load_async);
  g_task_set_return_on_cancel (task, TRUE);
  g_task_set_task_data (task, g_strdup (path), g_free);
  g_task_run_in_thread (task, load);
}

GenosRelayList *
genos_relay_cache_load_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

typedef struct {
  char *path;
  char *text;
} Copy;

static void
copy_free (gpointer data)
{
  Copy *copy = data;

  g_free (copy->path);
  g_free (copy->text);
  g_free (copy);
}

static void
save (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Copy *copy = data;
  g_autofree char *folder = g_path_get_dirname (copy->path);

  g_mkdir_with_parents (folder, 0700);
  g_task_return_boolean (task,
      g_file_set_contents_full (
          copy->path, copy->text, strlen (copy->text), G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));
}

void
genos_relay_cache_save (const char *path, const GenosRelayList *list)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);
  Copy *copy = g_new0 (Copy, 1);

  copy->path = g_strdup (path);
  copy->text = genos_relay_list_save (list);
  g_task_set_source_tag (task, genos_relay_cache_save);
  g_task_set_task_data (task, copy, copy_free);
  g_task_run_in_thread (task, save);
}
