/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/room-key.h>

#include <string.h>

typedef struct {
  char *password;
  char *room_path;
} Input;

static void
input_free (gpointer data)
{
  Input *self = data;

  memset (self->password, 0, strlen (self->password));
  g_free (self->password);
  g_free (self->room_path);
  g_free (self);
}

static void
derive (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Input *input = data;
  GError *error = NULL;
  GenosSecret *key = genos_secret_new_from_password (input->password, input->room_path, &error);

  if (key != NULL)
    g_task_return_pointer (task, key, (GDestroyNotify) genos_secret_unref);
  else
    g_task_return_error (task, error);
}

void
genos_room_key_derive_async (const char *password, const char *room_path, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Input *input = g_new (Input, 1);

  *input = (Input){ g_strdup (password), g_strdup (room_path) };
  g_task_set_name (task, "[genos] room key");
  g_task_set_task_data (task, input, input_free);
  g_task_run_in_thread (task, derive);
}

GenosSecret *
genos_room_key_derive_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
