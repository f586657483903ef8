/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "room-options.h"

#include <string.h>

void
genos_room_options_clear (GenosRoomOptions *self)
{
  genos_password_option_clear (&self->password);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->relays, g_free);
  g_clear_pointer (&self->app_id, g_free);
  g_clear_pointer (&self->dialect, g_free);
  g_clear_pointer (&self->sets, g_strfreev);
  g_clear_pointer (&self->identity_file, g_free);
  g_clear_pointer (&self->metrics, g_free);
  g_clear_pointer (&self->server, genos_metrics_server_free);
}

gboolean
genos_room_options_serve_metrics (
    const char *where, GObject *room, const char *command, GenosMetricsServer **server)
{
  g_autoptr (GError) error = NULL;

  if (where == NULL)
    return TRUE;
  *server = genos_metrics_server_new (room, where, &error);
  if (*server == NULL) {
    g_printerr ("genos %s: --metrics: %s\n", command, error->message);
    return FALSE;
  }
  g_printerr ("genos %s: statistics at %s\n", command, genos_metrics_server_get_url (*server));
  return TRUE;
}

gboolean
genos_room_options_take_word (GenosRoomOptions *self, const char *const *words, const char *command)
{
  if (words == NULL || words[0] == NULL)
    return TRUE;
  if (words[1] != NULL || self->name != NULL) {
    g_printerr ("genos %s: one room at a time; see genos %s --help\n", command, command);
    return FALSE;
  }
  self->name = g_strdup (words[0]);
  return TRUE;
}

/* gst_util_set_object_arg() says nothing of a value that it cannot read. */
static gboolean
is_readable (GParamSpec *pspec, const char *text)
{
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, pspec->value_type);
  return pspec->value_type == G_TYPE_STRING || gst_value_deserialize (&value, text);
}

gboolean
genos_room_options_set_property (GObject *object, const char *setting, const char *command)
{
  const char *equals = strchr (setting, '=');
  g_autofree char *name = g_strndup (setting, strcspn (setting, "="));
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (object), name);

  if (equals == NULL) {
    g_printerr ("genos %s: --set %s: say NAME=VALUE\n", command, setting);
    return FALSE;
  }
  if (pspec == NULL || (pspec->flags & G_PARAM_WRITABLE) == 0
      || (pspec->flags & G_PARAM_CONSTRUCT_ONLY) != 0) {
    g_printerr ("genos %s: --set %s: %s has no such property\n", command, name,
        G_OBJECT_TYPE_NAME (object));
    return FALSE;
  }
  if (!is_readable (pspec, equals + 1)) {
    g_printerr ("genos %s: --set %s: “%s” is no value for it\n", command, name, equals + 1);
    return FALSE;
  }
  gst_util_set_object_arg (object, name, equals + 1);
  return TRUE;
}

static gboolean
set_properties (GenosRoomOptions *self, GenosRoom *room, const char *command)
{
  for (guint i = 0; self->sets != NULL && self->sets[i] != NULL; i++) {
    if (!genos_room_options_set_property (G_OBJECT (room), self->sets[i], command))
      return FALSE;
  }
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
  if (!genos_password_option_read (&self->password, command))
    return NULL;
  gst_init (NULL, NULL);
  room = genos_room_new (self->name);
  if (self->password.text != NULL)
    g_object_set (room, "password", self->password.text, NULL);
  if (self->relays != NULL)
    g_object_set (room, "relays", self->relays, NULL);
  if (self->app_id != NULL)
    g_object_set (room, "app-id", self->app_id, NULL);
  if (self->dialect != NULL)
    g_object_set (room, "dialect", self->dialect, NULL);
  if (self->identity_file != NULL)
    g_object_set (room, "identity-file", self->identity_file, NULL);
  if (!set_properties (self, room, command)
      || !genos_room_options_serve_metrics (self->metrics, G_OBJECT (room), command, &self->server))
    g_clear_object (&room);
  return room;
}
