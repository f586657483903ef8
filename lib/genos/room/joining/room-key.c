/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/joining/room-key.h>

#include <string.h>

#include <genos/crypto/secret.h>
#include <genos/room/joining/door.h>

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

static void
on_derived (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GenosMembership) membership = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GenosSecret) key = g_task_propagate_pointer (G_TASK (result), &error);

  if (key == NULL)
    g_signal_emit_by_name (membership, "warning", error);
  genos_membership_set_room_key (membership, key);
  genos_membership_begin (membership);
}

void
genos_room_key_begin (GenosMembership *membership, const GenosRoomSettings *settings)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_derived, g_object_ref (membership));
  Input *input = g_new (Input, 1);

  *input = (Input){ g_strdup (settings->password), genos_room_settings_dup_path (settings) };
  g_task_set_name (task, "[genos] room key");
  g_task_set_task_data (task, input, input_free);
  g_task_run_in_thread (task, derive);
}
