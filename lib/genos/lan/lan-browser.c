/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/lan/lan-browser.h>

#include <genos/lan/avahi.h>
#include <genos/lan/lan-address.h>

/* Everybody on the network may announce as many as he likes. */
#define MAX_SERVICES 64
#define MAX_URLS 8

struct _GenosLanBrowser {
  GObject parent_instance;

  guint watch;
  GDBusConnection *bus; /* NULL while Avahi is not there */
  GCancellable *cancellable;
  guint subscription;
  char *path;           /* of the browser in Avahi */
  GHashTable *services; /* char* key → char* URL, NULL while that is not known */
};

enum { SIGNAL_FOUND, SIGNAL_LOST, SIGNAL_FAILED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GenosLanBrowser, genos_lan_browser, G_TYPE_OBJECT)

static void
fail (GenosLanBrowser *self, const char *reason)
{
  g_autoptr (GError) error = g_error_new (GENOS_ERROR, GENOS_ERROR_FAILED,
      "relays on the local network cannot be looked for: %s; install avahi-daemon and see that it "
      "runs (systemctl status avahi-daemon)",
      reason);

  g_signal_emit (self, signals[SIGNAL_FAILED], 0, error);
}

/* services */

static guint
count (GenosLanBrowser *self, const char *url, guint *n_urls)
{
  g_autoptr (GHashTable) urls = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer value;
  guint same = 0;

  g_hash_table_iter_init (&iter, self->services);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    if (value == NULL)
      continue;
    g_hash_table_add (urls, value);
    same += g_str_equal (value, url);
  }
  *n_urls = g_hash_table_size (urls);
  return same;
}

static void
add_url (GenosLanBrowser *self, const char *key, const char *address, guint port)
{
  g_autofree char *url = genos_lan_address_to_url (address, port);
  guint n_urls;
  guint same;

  if (url == NULL)
    return;
  same = count (self, url, &n_urls);
  if (same == 0 && n_urls >= MAX_URLS)
    return;
  g_hash_table_insert (self->services, g_strdup (key), g_strdup (url));
  if (same == 0)
    g_signal_emit (self, signals[SIGNAL_FOUND], 0, url);
}

static void
remove_service (GenosLanBrowser *self, const char *key)
{
  g_autofree char *url = g_strdup (g_hash_table_lookup (self->services, key));
  guint n_urls;

  g_hash_table_remove (self->services, key);
  if (url != NULL && count (self, url, &n_urls) == 0)
    g_signal_emit (self, signals[SIGNAL_LOST], 0, url);
}

typedef struct {
  GenosLanBrowser *browser; /* not to be touched when the call was cancelled */
  char *key;
} Resolving;

static void
on_resolved (GObject *bus, GAsyncResult *result, gpointer user_data)
{
  g_autofree Resolving *resolving = user_data;
  g_autofree char *key = resolving->key;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (bus), result, &error);
  const char *address;
  guint16 port;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  /* It may have gone while we asked. */
  if (reply == NULL || !g_hash_table_contains (resolving->browser->services, key))
    return;
  g_variant_get_child (reply, 7, "&s", &address);
  g_variant_get_child (reply, 8, "q", &port);
  add_url (resolving->browser, key, address, port);
}

static void
resolve (GenosLanBrowser *self, const char *key, int interface, int protocol, const char *name,
    const char *type, const char *domain)
{
  Resolving *resolving = g_new0 (Resolving, 1);

  resolving->browser = self;
  resolving->key = g_strdup (key);
  g_dbus_connection_call (self->bus, AVAHI_NAME, "/", AVAHI_SERVER, "ResolveService",
      g_variant_new ("(iisssiu)", interface, protocol, name, type, domain, protocol, 0),
      G_VARIANT_TYPE ("(iissssisqaayu)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, self->cancellable,
      on_resolved, resolving);
}

static void
on_signal (GDBusConnection *bus, const char *sender, const char *path, const char *interface_name,
    const char *signal, GVariant *parameters, gpointer user_data)
{
  GenosLanBrowser *self = user_data;
  g_autofree char *key = NULL;
  const char *name;
  const char *type;
  const char *domain;
  int interface;
  int protocol;
  guint flags;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(iisssu)")))
    return;
  g_variant_get (parameters, "(ii&s&s&su)", &interface, &protocol, &name, &type, &domain, &flags);
  if (!g_str_equal (type, GENOS_LAN_SERVICE_TYPE) || flags & AVAHI_RESULT_OUR_OWN)
    return;
  key = g_strdup_printf ("%d/%d/%s/%s", interface, protocol, domain, name);
  if (g_str_equal (signal, "ItemRemove")) {
    remove_service (self, key);
  } else if (g_str_equal (signal, "ItemNew") && !g_hash_table_contains (self->services, key)
      && g_hash_table_size (self->services) < MAX_SERVICES) {
    g_hash_table_insert (self->services, g_strdup (key), NULL);
    resolve (self, key, interface, protocol, name, type, domain);
  }
}

/* Avahi */

static void
on_browsing (GObject *bus, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (bus), result, &error);
  GenosLanBrowser *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (reply == NULL)
    fail (self, error->message);
  else
    g_variant_get (reply, "(o)", &self->path);
}

static void
on_appeared (GDBusConnection *bus, const char *name, const char *owner, gpointer user_data)
{
  GenosLanBrowser *self = user_data;

  /* The end of the bus is not the end of the process. */
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  g_set_object (&self->bus, bus);
  self->cancellable = g_cancellable_new ();
  /* Before the browser is there, whose first signals may come before its path is known. */
  self->subscription = g_dbus_connection_signal_subscribe (
      bus, owner, AVAHI_BROWSER, NULL, NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_signal, self, NULL);
  g_dbus_connection_call (bus, AVAHI_NAME, "/", AVAHI_SERVER, "ServiceBrowserNew",
      g_variant_new ("(iissu)", AVAHI_ANY, AVAHI_ANY, GENOS_LAN_SERVICE_TYPE, "", 0),
      G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, self->cancellable, on_browsing,
      self);
}

/* @there: it still runs, and should forget us. */
static void
leave_avahi (GenosLanBrowser *self, gboolean there)
{
  if (self->bus == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_dbus_connection_signal_unsubscribe (self->bus, self->subscription);
  if (there && self->path != NULL)
    g_dbus_connection_call (self->bus, AVAHI_NAME, self->path, AVAHI_BROWSER, "Free", NULL, NULL,
        G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
  g_clear_pointer (&self->path, g_free);
  g_clear_object (&self->bus);
}

static void
on_vanished (GDBusConnection *bus, const char *name, gpointer user_data)
{
  g_autoptr (GenosLanBrowser) self = g_object_ref (user_data);
  g_autoptr (GHashTable) services = g_hash_table_ref (self->services);
  GHashTableIter iter;
  gpointer key;

  if (bus != NULL)
    g_dbus_connection_set_exit_on_close (bus, FALSE);
  leave_avahi (self, FALSE);
  for (;;) {
    g_autofree char *first = NULL;

    g_hash_table_iter_init (&iter, services);
    if (!g_hash_table_iter_next (&iter, &key, NULL))
      break;
    first = g_strdup (key);
    remove_service (self, first);
  }
  fail (self, bus == NULL ? "there is no system bus (D-Bus)" : "Avahi does not run");
}

static void
genos_lan_browser_dispose (GObject *object)
{
  GenosLanBrowser *self = GENOS_LAN_BROWSER (object);

  if (self->watch != 0)
    g_bus_unwatch_name (self->watch);
  self->watch = 0;
  leave_avahi (self, TRUE);

  G_OBJECT_CLASS (genos_lan_browser_parent_class)->dispose (object);
}

static void
genos_lan_browser_finalize (GObject *object)
{
  g_hash_table_unref (GENOS_LAN_BROWSER (object)->services);

  G_OBJECT_CLASS (genos_lan_browser_parent_class)->finalize (object);
}

static void
genos_lan_browser_class_init (GenosLanBrowserClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = genos_lan_browser_dispose;
  object_class->finalize = genos_lan_browser_finalize;

  signals[SIGNAL_FOUND] = g_signal_new ("found", GENOS_TYPE_LAN_BROWSER, G_SIGNAL_RUN_LAST, 0, NULL,
      NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_LOST] = g_signal_new ("lost", GENOS_TYPE_LAN_BROWSER, G_SIGNAL_RUN_LAST, 0, NULL,
      NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_FAILED] = g_signal_new ("failed", GENOS_TYPE_LAN_BROWSER, G_SIGNAL_RUN_LAST, 0,
      NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
genos_lan_browser_init (GenosLanBrowser *self)
{
  self->services = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

GenosLanBrowser *
genos_lan_browser_new (void)
{
  GenosLanBrowser *self = g_object_new (GENOS_TYPE_LAN_BROWSER, NULL);

  self->watch = g_bus_watch_name (G_BUS_TYPE_SYSTEM, AVAHI_NAME,
      G_BUS_NAME_WATCHER_FLAGS_AUTO_START, on_appeared, on_vanished, self, NULL);
  return self;
}
