/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "room-options.h"

#include <string.h>

static void
forget (char **secret)
{
  if (*secret != NULL)
    memset (*secret, 0, strlen (*secret));
  g_clear_pointer (secret, g_free);
}

void
genos_room_options_clear (GenosRoomOptions *self)
{
  forget (&self->password);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->password_file, g_free);
  g_clear_pointer (&self->relays, g_free);
  g_clear_pointer (&self->dialect, g_free);
  g_clear_pointer (&self->identity_file, g_free);
}

static gboolean
read_password (GenosRoomOptions *self, const char *command)
{
  g_autoptr (GError) error = NULL;
  char *content = NULL;

  if (self->password_file == NULL)
    return TRUE;
  if (!g_file_get_contents (self->password_file, &content, NULL, &error)) {
    g_printerr ("genos %s: --password-file: %s\n", command, error->message);
    return FALSE;
  }
  content[strcspn (content, "\r\n")] = '\0';
  forget (&self->password);
  self->password = content;
  return TRUE;
}

GenosRoom *
genos_room_options_make_room (GenosRoomOptions *self, const char *command)
{
  GenosRoom *room;

  if (self->name == NULL || *self->name == '\0') {
    g_printerr ("genos %s: which room? See genos %s --help\n", command, command);
    return NULL;
  }
  if (!read_password (self, command))
    return NULL;
  gst_init (NULL, NULL);
  room = genos_room_new (self->name);
  if (self->password != NULL)
    g_object_set (room, "password", self->password, NULL);
  if (self->relays != NULL)
    g_object_set (room, "relays", self->relays, NULL);
  if (self->dialect != NULL)
    g_object_set (room, "dialect", self->dialect, NULL);
  if (self->identity_file != NULL)
    g_object_set (room, "identity-file", self->identity_file, NULL);
  return room;
}
