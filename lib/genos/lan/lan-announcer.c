/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/lan/lan-announcer.h>

#include <string.h>

#include <genos/lan/avahi.h>
#include <genos/lan/lan-address.h>

/* "a single label of up to 63 octets" (RFC 6763, 4.1.1), with room for an ending */
#define MAX_NAME 48
#define MAX_COLLISIONS 16

struct _GenosLanAnnouncer {
  GObject parent_instance;

  char *name;
  guint16 port;
  guint collisions;
  gboolean heard;

  guint watch;
  GDBusConnection *bus; /* NULL while Avahi is not there */
  GCancellable *cancellable;
  guint subscription;
  char *path; /* of the entry group in Avahi */
};

G_DEFINE_FINAL_TYPE (GenosLanAnnouncer, genos_lan_announcer, G_TYPE_OBJECT)

static void
call (GenosLanAnnouncer *self, const char *method, GVariant *parameters)
{
  g_dbus_connection_call (self->bus, AVAHI_NAME, self->path, AVAHI_GROUP, method, parameters, NULL,
      G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
}

/* Calls to one object are done in their order. */
static void
add_service (GenosLanAnnouncer *self)
{
  g_autofree char *name = self->collisions == 0
      ? g_strdup (self->name)
      : g_strdup_printf ("%s #%u", self->name, self->collisions + 1);
  GVariantBuilder txt;

  g_variant_builder_init (&txt, G_VARIANT_TYPE ("aay"));
  call (self, "AddService",
      g_variant_new ("(iiussssqaay)", AVAHI_ANY, AVAHI_ANY, 0, name, GENOS_LAN_SERVICE_TYPE, "", "",
          self->port, &txt));
  call (self, "Commit", NULL);
}

static void
on_state (GDBusConnection *bus, const char *sender, const char *path, const char *interface_name,
    const char *signal, GVariant *parameters, gpointer user_data)
{
  GenosLanAnnouncer *self = user_data;
  const char *error;
  int state;

  if (g_strcmp0 (path, self->path) != 0
      || !g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(is)")))
    return;
  g_variant_get (parameters, "(i&s)", &state, &error);
  self->heard = state == AVAHI_GROUP_ESTABLISHED;
  if (state == AVAHI_GROUP_COLLISION && self->collisions < MAX_COLLISIONS) {
    self->collisions++;
    call (self, "Reset", NULL);
    add_service (self);
  }
}

static void
on_group (GObject *bus, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (bus), result, &error);
  GenosLanAnnouncer *self = user_data;

  if (reply == NULL)
    return;
  g_variant_get (reply, "(o)", &self->path);
  add_service (self);
}

static void
on_appeared (GDBusConnection *bus, const char *name, const char *owner, gpointer user_data)
{
  GenosLanAnnouncer *self = user_data;

  /* The end of the bus is not the end of the process. */
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  g_set_object (&self->bus, bus);
  self->cancellable = g_cancellable_new ();
  self->subscription = g_dbus_connection_signal_subscribe (bus, owner, AVAHI_GROUP, "StateChanged",
      NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_state, self, NULL);
  g_dbus_connection_call (bus, AVAHI_NAME, "/", AVAHI_SERVER, "EntryGroupNew", NULL,
      G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, self->cancellable, on_group,
      self);
}

/* @there: it still runs, and should forget us. */
static void
leave_avahi (GenosLanAnnouncer *self, gboolean there)
{
  if (self->bus == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_dbus_connection_signal_unsubscribe (self->bus, self->subscription);
  if (there && self->path != NULL)
    call (self, "Free", NULL);
  g_clear_pointer (&self->path, g_free);
  g_clear_object (&self->bus);
  self->heard = FALSE;
}

static void
on_vanished (GDBusConnection *bus, const char *name, gpointer user_data)
{
  if (bus != NULL)
    g_dbus_connection_set_exit_on_close (bus, FALSE);
  leave_avahi (user_data, FALSE);
}

static void
genos_lan_announcer_dispose (GObject *object)
{
  GenosLanAnnouncer *self = GENOS_LAN_ANNOUNCER (object);

  if (self->watch != 0)
    g_bus_unwatch_name (self->watch);
  self->watch = 0;
  leave_avahi (self, TRUE);

  G_OBJECT_CLASS (genos_lan_announcer_parent_class)->dispose (object);
}

static void
genos_lan_announcer_finalize (GObject *object)
{
  g_free (GENOS_LAN_ANNOUNCER (object)->name);

  G_OBJECT_CLASS (genos_lan_announcer_parent_class)->finalize (object);
}

static void
genos_lan_announcer_class_init (GenosLanAnnouncerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = genos_lan_announcer_dispose;
  object_class->finalize = genos_lan_announcer_finalize;
}

static void
genos_lan_announcer_init (GenosLanAnnouncer *self)
{
}

GenosLanAnnouncer *
genos_lan_announcer_new (const char *name, guint16 port)
{
  GenosLanAnnouncer *self = g_object_new (GENOS_TYPE_LAN_ANNOUNCER, NULL);
  g_autofree char *valid = g_utf8_make_valid (name, -1);

  /* A character has up to four octets. */
  self->name =
      strlen (valid) <= MAX_NAME ? g_strdup (valid) : g_utf8_substring (valid, 0, MAX_NAME / 4);
  self->port = port;
  self->watch = g_bus_watch_name (G_BUS_TYPE_SYSTEM, AVAHI_NAME,
      G_BUS_NAME_WATCHER_FLAGS_AUTO_START, on_appeared, on_vanished, self, NULL);
  return self;
}

gboolean
genos_lan_announcer_is_heard (GenosLanAnnouncer *self)
{
  return self->heard;
}
