/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which relays a room's properties and its environment lead to. */

#include <genos/genos.h>
#include <string.h>

#include "relay-fixture.h"

static void
check_refused (const char *property, const char *value, const char *needle)
{
  g_autoptr (GenosRoom) room = genos_room_new ("relays");
  g_autoptr (GError) error = NULL;

  g_object_set (room, property, value, NULL);
  g_assert_false (genos_room_join (room, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, needle));
  g_assert_null (strstr (error->message, "secret"));
}

static void
test_unusable (void)
{
  check_refused ("relay-list-url", "ftp://lists.example.org", "relay-list-url");
  check_refused ("relay-list-url", "wss://lists.example.org", "relay-list-url");
  check_refused ("relay-list-url", "lists.example.org", "relay-list-url");
  check_refused ("proxy", "nonsense", "proxy");
  check_refused ("tls-ca-file", "/nowhere.pem", "tls-ca-file");
  check_refused ("relay-headers", "nonsense", "relay-headers");
  check_refused ("relays", "wss://user:secret@relay.example.org", "password");
}

static guint
count_open (GenosRoom *room, gboolean *has_list)
{
  g_autoptr (GstStructure) stats = genos_room_get_stats (room);
  guint n = 0;

  gst_structure_get_uint (stats, "relays-open", &n);
  *has_list = gst_structure_has_field (stats, "relay-list");
  return n;
}

/* A relay that the environment names is used, and no list then, unless one is named as well. */
static void
check_environment (const char *list_url, gboolean expects_list)
{
  g_autoptr (GenosRelayServer) server = relay_new ();
  g_autofree char *url = genos_relay_server_dup_url (server);
  g_autoptr (GenosRoom) room = genos_room_new ("relays");
  g_autoptr (GError) error = NULL;
  gboolean has_list;

  g_setenv ("GENOS_RELAYS", url, TRUE);
  g_object_set (room, "proxy", "none", "stun-server", "none", "relay-list-url", list_url, NULL);
  genos_room_join (room, &error);
  g_assert_no_error (error);
  genos_test_wait_until (count_open (room, &has_list) == 1);
  g_assert_true (has_list == expects_list);
  genos_room_leave (room);
  genos_test_wait_until (genos_room_get_state (room) == GENOS_ROOM_IDLE);
  genos_relay_server_stop (server);
  g_unsetenv ("GENOS_RELAYS");
}

static void
test_environment (void)
{
  check_environment ("auto", FALSE);
  check_environment ("none", FALSE);
  /* Nothing listens there, and it is not asked before twenty seconds. */
  check_environment ("http://127.0.0.1:9/relays", TRUE);
}

int
main (int argc, char **argv)
{
  g_autofree char *cache = g_dir_make_tmp ("genos-cache-XXXXXX", NULL);

  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/room-network/unusable", test_unusable);
  g_test_add_func ("/room-network/environment", test_environment);
  return g_test_run ();
}
