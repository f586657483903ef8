/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/shared-relay.h>

#include <genos/base/error.h>
#include <genos/relay-server/relay-asker.h>

static void
test_parse (void)
{
  static const struct {
    const char *text;
    const char *address; /* NULL: refused */
    guint port;
  } rows[] = { { "127.0.0.1:7777", "127.0.0.1", 7777 }, { "localhost:1", "127.0.0.1", 1 },
    { "7777", "127.0.0.1", 7777 }, { ":7777", "127.0.0.1", 7777 }, { "0.0.0.0:0", "0.0.0.0", 0 },
    { "[::1]:7777", "::1", 7777 }, { "[::]:65535", "::", 65535 }, { "127.0.0.1", NULL, 0 },
    { "127.0.0.1:", NULL, 0 }, { "127.0.0.1:65536", NULL, 0 }, { "127.0.0.1:-1", NULL, 0 },
    { "relay.example:7777", NULL, 0 }, { "::1:7777", NULL, 0 }, { "[::1]", NULL, 0 },
    { "[]:7", NULL, 0 }, { "[:7", NULL, 0 }, { "", NULL, 0 }, { ":", NULL, 0 },
    { "ws://127.0.0.1:7777", NULL, 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *address = NULL;
    g_autoptr (GError) error = NULL;
    guint16 port;

    if (genos_shared_relay_parse (rows[i].text, &address, &port, &error)) {
      g_assert_cmpstr (address, ==, rows[i].address);
      g_assert_cmpuint (port, ==, rows[i].port);
    } else {
      g_assert_null (rows[i].address);
      g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
    }
  }
}

static guint
port_of (GenosSharedRelay *relay)
{
  g_autoptr (GUri) uri = g_uri_parse (genos_shared_relay_get_url (relay), 0, NULL);

  return g_uri_get_port (uri);
}

/* One relay for all who ask for the same, until the last of them is gone. */
static void
test_shared (void)
{
  g_autoptr (GError) error = NULL;
  GenosSharedRelay *first = genos_shared_relay_acquire ("127.0.0.1:0", &error);
  GenosSharedRelay *second = genos_shared_relay_acquire ("0", &error);
  g_autofree char *url = NULL;

  g_assert_no_error (error);
  g_assert_true (first == second);
  url = g_strdup (genos_shared_relay_get_url (first));
  g_assert_true (g_str_has_prefix (url, "ws://127.0.0.1:"));
  g_assert_cmpuint (genos_shared_relay_get_public_port (first), ==, 0);
  genos_shared_relay_release (first);
  g_assert_true (genos_relay_asker_is_relay (url, 30000));
  genos_shared_relay_release (second);
  g_assert_false (genos_relay_asker_is_relay (url, 30000));
}

static void
test_whole_network (void)
{
  GenosSharedRelay *relay = genos_shared_relay_acquire ("0.0.0.0:0", NULL);

  g_assert_nonnull (relay);
  g_assert_true (g_str_has_prefix (genos_shared_relay_get_url (relay), "ws://127.0.0.1:"));
  g_assert_cmpuint (genos_shared_relay_get_public_port (relay), ==, port_of (relay));
  genos_shared_relay_release (relay);
}

/* The same port by another name is in use, by a relay. */
static void
test_others_relay (void)
{
  g_autoptr (GError) error = NULL;
  GenosSharedRelay *ours = genos_shared_relay_acquire ("127.0.0.1:0", NULL);
  g_autofree char *text = g_strdup_printf ("127.0.0.1:%u", port_of (ours));
  GenosSharedRelay *theirs = genos_shared_relay_acquire (text, &error);

  g_assert_no_error (error);
  g_assert_true (theirs != ours);
  g_assert_cmpstr (genos_shared_relay_get_url (theirs), ==, genos_shared_relay_get_url (ours));
  genos_shared_relay_release (theirs);
  g_assert_true (genos_relay_asker_is_relay (genos_shared_relay_get_url (ours), 30000));
  genos_shared_relay_release (ours);
}

/* Something else has the port and says nothing. */
static void
test_no_relay_there (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_autofree char *text = g_strdup_printf ("127.0.0.1:%u", port);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (port, !=, 0);
  g_assert_null (genos_shared_relay_acquire (text, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/relay-server/shared-relay/parse", test_parse);
  g_test_add_func ("/relay-server/shared-relay/shared", test_shared);
  g_test_add_func ("/relay-server/shared-relay/whole-network", test_whole_network);
  g_test_add_func ("/relay-server/shared-relay/others-relay", test_others_relay);
  g_test_add_func ("/relay-server/shared-relay/no-relay-there", test_no_relay_there);
  return g_test_run ();
}
