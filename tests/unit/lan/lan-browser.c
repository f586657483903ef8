/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/lan/lan-browser.h>

#include <stdio.h>

#include <genos/lan/lan-announcer.h>

#include "../../common/test-wait.h"

/* An Avahi that says what the test wants, on a bus of its own. */

static const char interfaces[] =
    "<node><interface name='org.freedesktop.Avahi.Server'>"
    "<method name='ServiceBrowserNew'><arg type='i' direction='in'/><arg type='i' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='u' direction='in'/>"
    "<arg type='o' direction='out'/></method>"
    "<method name='ResolveService'><arg type='i' direction='in'/><arg type='i' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='i' direction='in'/><arg type='u' direction='in'/>"
    "<arg type='i' direction='out'/><arg type='i' direction='out'/><arg type='s' direction='out'/>"
    "<arg type='s' direction='out'/><arg type='s' direction='out'/><arg type='s' direction='out'/>"
    "<arg type='i' direction='out'/><arg type='s' direction='out'/><arg type='q' direction='out'/>"
    "<arg type='aay' direction='out'/><arg type='u' direction='out'/></method>"
    "<method name='EntryGroupNew'><arg type='o' direction='out'/></method>"
    "</interface>"
    "<interface name='org.freedesktop.Avahi.EntryGroup'>"
    "<method name='AddService'><arg type='i' direction='in'/><arg type='i' direction='in'/>"
    "<arg type='u' direction='in'/><arg type='s' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='q' direction='in'/>"
    "<arg type='aay' direction='in'/></method><method name='Commit'/><method name='Reset'/>"
    "<method name='Free'/></interface></node>";

typedef struct {
  GDBusConnection *bus;
  GDBusNodeInfo *info;
  guint objects[2];
  guint name;
  gboolean owned;
  gboolean browsed;
  GPtrArray *added; /* names of services */
  guint freed;

  GenosLanBrowser *browser;
  GPtrArray *found;
  GPtrArray *lost;
  guint failed;
} Fixture;

/* The name of a service is the address it resolves to. */
static void
on_call (GDBusConnection *bus, const char *sender, const char *path, const char *interface_name,
    const char *method, GVariant *parameters, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Fixture *f = user_data;
  GVariant *reply = NULL;
  const char *name;

  if (g_str_equal (method, "ServiceBrowserNew")) {
    f->browsed = TRUE;
    reply = g_variant_new ("(o)", "/browser");
  } else if (g_str_equal (method, "EntryGroupNew")) {
    reply = g_variant_new ("(o)", "/group");
  } else if (g_str_equal (method, "ResolveService")) {
    GVariantBuilder txt;

    g_variant_builder_init (&txt, G_VARIANT_TYPE ("aay"));
    g_variant_get_child (parameters, 2, "&s", &name);
    reply = g_variant_new ("(iissssisqaayu)", 1, 0, name, "_nostr-relay._tcp", "local",
        "host.local", 0, name, 7777, &txt, 0);
  } else if (g_str_equal (method, "AddService")) {
    g_variant_get_child (parameters, 3, "&s", &name);
    g_ptr_array_add (f->added, g_strdup (name));
  } else if (g_str_equal (method, "Free")) {
    f->freed++;
  }
  g_dbus_method_invocation_return_value (invocation, reply);
}

static void
on_owned (GDBusConnection *bus, const char *name, gpointer user_data)
{
  ((Fixture *) user_data)->owned = TRUE;
}

static void
start_avahi (Fixture *f)
{
  static const GDBusInterfaceVTable vtable = { on_call, NULL, NULL };
  g_autoptr (GError) error = NULL;

  f->objects[0] = g_dbus_connection_register_object (
      f->bus, "/", f->info->interfaces[0], &vtable, f, NULL, &error);
  g_assert_no_error (error);
  f->objects[1] = g_dbus_connection_register_object (
      f->bus, "/group", f->info->interfaces[1], &vtable, f, NULL, &error);
  g_assert_no_error (error);
  f->name = g_bus_own_name_on_connection (
      f->bus, "org.freedesktop.Avahi", G_BUS_NAME_OWNER_FLAGS_NONE, on_owned, NULL, f, NULL);
  genos_test_wait_until (f->owned);
}

static void
stop_avahi (Fixture *f)
{
  if (f->name == 0)
    return;
  g_bus_unown_name (f->name);
  for (guint i = 0; i < G_N_ELEMENTS (f->objects); i++)
    g_dbus_connection_unregister_object (f->bus, f->objects[i]);
  f->name = 0;
  f->owned = FALSE;
}

static void
say (Fixture *f, const char *signal, const char *type, const char *name, guint flags)
{
  g_dbus_connection_emit_signal (f->bus, NULL, "/browser", "org.freedesktop.Avahi.ServiceBrowser",
      signal, g_variant_new ("(iisssu)", 1, 0, name, type, "local", flags), NULL);
}

static void
say_new (Fixture *f, const char *address)
{
  say (f, "ItemNew", "_nostr-relay._tcp", address, 0);
}

static void
on_found (GenosLanBrowser *browser, const char *url, Fixture *f)
{
  g_ptr_array_add (f->found, g_strdup (url));
}

static void
on_lost (GenosLanBrowser *browser, const char *url, Fixture *f)
{
  g_ptr_array_add (f->lost, g_strdup (url));
}

static void
on_failed (GenosLanBrowser *browser, GError *error, Fixture *f)
{
  g_test_message ("%s", error->message);
  f->failed++;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->bus = g_dbus_connection_new_for_address_sync (g_getenv ("DBUS_SYSTEM_BUS_ADDRESS"),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);
  g_assert_no_error (error);
  f->info = g_dbus_node_info_new_for_xml (interfaces, &error);
  g_assert_no_error (error);
  f->added = g_ptr_array_new_with_free_func (g_free);
  f->found = g_ptr_array_new_with_free_func (g_free);
  f->lost = g_ptr_array_new_with_free_func (g_free);
}

static void
look (Fixture *f)
{
  f->browser = genos_lan_browser_new ();
  g_signal_connect (f->browser, "found", G_CALLBACK (on_found), f);
  g_signal_connect (f->browser, "lost", G_CALLBACK (on_lost), f);
  g_signal_connect (f->browser, "failed", G_CALLBACK (on_failed), f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  if (f->browser != NULL)
    g_signal_handlers_disconnect_by_data (f->browser, f);
  g_clear_object (&f->browser);
  stop_avahi (f);
  g_dbus_connection_close_sync (f->bus, NULL, NULL);
  g_object_unref (f->bus);
  g_dbus_node_info_unref (f->info);
  g_ptr_array_unref (f->added);
  g_ptr_array_unref (f->found);
  g_ptr_array_unref (f->lost);
}

static void
test_come_and_go (Fixture *f, gconstpointer data)
{
  look (f);
  genos_test_wait_until (f->failed == 1);
  start_avahi (f);
  genos_test_wait_until (f->browsed);
  say_new (f, "10.0.0.1");
  genos_test_wait_until (f->found->len == 1);
  g_assert_cmpstr (g_ptr_array_index (f->found, 0), ==, "ws://10.0.0.1:7777/");
  say_new (f, "10.0.0.1");
  say (f, "ItemRemove", "_nostr-relay._tcp", "10.0.0.1", 0);
  genos_test_wait_until (f->lost->len == 1);
  say_new (f, "10.0.0.2");
  genos_test_wait_until (f->found->len == 2);
  stop_avahi (f);
  genos_test_wait_until (f->lost->len == 2 && f->failed == 2);
}

/* Our own, other services, addresses elsewhere, and more than anybody needs */
static void
test_strangers (Fixture *f, gconstpointer data)
{
  start_avahi (f);
  look (f);
  genos_test_wait_until (f->browsed);
  say (f, "ItemNew", "_nostr-relay._tcp", "10.0.1.1", 1 << 4);
  say (f, "ItemNew", "_http._tcp", "10.0.1.2", 0);
  say_new (f, "127.0.0.1");
  say_new (f, "8.8.8.8");
  say_new (f, "evil\"/name\n");
  g_dbus_connection_emit_signal (f->bus, NULL, "/browser", "org.freedesktop.Avahi.ServiceBrowser",
      "ItemNew", g_variant_new ("(s)", "short"), NULL);
  for (guint i = 0; i < 300; i++) {
    g_autofree char *address = g_strdup_printf ("10.1.%u.%u", i / 250, i % 250 + 1);

    say_new (f, address);
  }
  genos_test_wait_until (f->found->len == 8);
  g_assert_cmpstr (g_ptr_array_index (f->found, 0), ==, "ws://10.1.0.1:7777/");
  /* The last word is heard when all before it was. */
  say (f, "ItemRemove", "_nostr-relay._tcp", "10.1.0.1", 0);
  genos_test_wait_until (f->lost->len == 1);
  g_assert_cmpuint (f->found->len, ==, 8);
}

static void
say_state (Fixture *f, int state)
{
  g_dbus_connection_emit_signal (f->bus, NULL, "/group", "org.freedesktop.Avahi.EntryGroup",
      "StateChanged", g_variant_new ("(is)", state, ""), NULL);
}

/* A name that somebody has gets another ending; Avahi's return is noticed; the end is told. */
static void
test_announce (Fixture *f, gconstpointer data)
{
  g_autoptr (GenosLanAnnouncer) announcer = genos_lan_announcer_new ("relay", 7777);

  start_avahi (f);
  genos_test_wait_until (f->added->len == 1);
  g_assert_cmpstr (g_ptr_array_index (f->added, 0), ==, "relay");
  say_state (f, 3);
  genos_test_wait_until (f->added->len == 2);
  g_assert_cmpstr (g_ptr_array_index (f->added, 1), ==, "relay #2");
  say_state (f, 2);
  genos_test_wait_until (genos_lan_announcer_is_heard (announcer));
  stop_avahi (f);
  genos_test_wait_until (!genos_lan_announcer_is_heard (announcer));
  start_avahi (f);
  genos_test_wait_until (f->added->len == 3);
  f->freed = 0;
  g_clear_object (&announcer);
  genos_test_wait_until (f->freed == 1);
}

int
main (int argc, char **argv)
{
  g_autofree char *daemon = g_find_program_in_path ("dbus-daemon");
  g_autoptr (GTestDBus) dbus = NULL;
  g_autoptr (GError) error = NULL;
  GDBusConnection *shared;
  int result;

  g_test_init (&argc, &argv, NULL);
  if (daemon == NULL) {
    printf ("1..0 # SKIP no dbus-daemon: apt-get install dbus-daemon\n");
    return 0;
  }
  /* The daemon is not one of ours, and ends by what ThreadSanitizer's set-up preloads. */
  g_unsetenv ("LD_PRELOAD");
  dbus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (dbus);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address (dbus), TRUE);
  /* As the process's other users of the bus do; without any it ends with the last of us, and Avahi
   * forgets us for that. */
  shared = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, &error);
  g_assert_no_error (error);
  g_dbus_connection_set_exit_on_close (shared, FALSE);
  g_test_add ("/lan/lan-browser/come-and-go", Fixture, NULL, set_up, test_come_and_go, tear_down);
  g_test_add ("/lan/lan-browser/strangers", Fixture, NULL, set_up, test_strangers, tear_down);
  g_test_add ("/lan/lan-browser/announce", Fixture, NULL, set_up, test_announce, tear_down);
  result = g_test_run ();
  g_object_unref (shared);
  g_test_dbus_stop (dbus);
  return result;
}
