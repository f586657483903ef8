/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/relay-addresses.h>

static void
test_names (void)
{
  static const struct {
    const char *address;
    const char *name;
  } rows[] = { { "192.0.2.1", "192.0.2.1" }, { "127.0.0.1", NULL }, { "127.8.8.8", NULL },
    { "::1", NULL }, { "::ffff:192.0.2.1", "192.0.2.1" }, { "::ffff:127.0.0.1", NULL },
    { "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::" }, { "2001:db8:1:2:ffff::", "2001:db8:1:2::" },
    { "2001:db8:1:3::1", "2001:db8:1:3::" } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GInetAddress) address = g_inet_address_new_from_string (rows[i].address);
    g_autofree char *name = genos_relay_address_name (address);

    g_assert_cmpstr (name, ==, rows[i].name);
  }
}

static void
test_forwarded (void)
{
  static const struct {
    const char *header;
    const char *address;
  } rows[] = { { "192.0.2.1", "192.0.2.1" }, { "10.0.0.1, 192.0.2.1", "192.0.2.1" },
    { "junk,  192.0.2.1  ", "192.0.2.1" }, { "192.0.2.1:4711", "192.0.2.1" },
    { "[2001:db8::1]:4711", "2001:db8::1" }, { "[2001:db8::1]", "2001:db8::1" },
    { "2001:db8::1", "2001:db8::1" }, { "192.0.2.1, unknown", NULL }, { "", NULL }, { ",", NULL },
    { "[", NULL }, { ":", NULL }, { "[]", NULL } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GInetAddress) address = genos_relay_address_forwarded (rows[i].header);
    g_autofree char *text = address != NULL ? g_inet_address_to_string (address) : NULL;

    g_assert_cmpstr (text, ==, rows[i].address);
  }
}

static void
test_connections (void)
{
  GenosRelayAddresses *addresses = genos_relay_addresses_new ();
  GenosRelayAddress *a = genos_relay_addresses_enter (addresses, "a", 2, 0);
  GenosRelayAddress *b = genos_relay_addresses_enter (addresses, "b", 2, 0);

  g_assert_true (genos_relay_addresses_enter (addresses, "a", 2, 0) == a);
  g_assert_null (genos_relay_addresses_enter (addresses, "a", 2, 0));
  g_assert_true (genos_relay_addresses_enter (addresses, "a", 0, 0) == a);
  g_assert_true (genos_relay_addresses_enter (addresses, "b", 2, 0) == b);
  genos_relay_addresses_leave (addresses, a, 0);
  genos_relay_addresses_leave (addresses, a, 0);
  g_assert_true (genos_relay_addresses_enter (addresses, "a", 2, 0) == a);
  genos_relay_addresses_unref (addresses);
}

/* Coming back buys no new allowance; a minute does. */
static void
test_rate (void)
{
  GenosRelayAddresses *addresses = genos_relay_addresses_new ();
  GenosRelayAddress *a = genos_relay_addresses_enter (addresses, "a", 0, 0);

  for (guint i = 0; i < 30; i++)
    g_assert_true (genos_relay_address_take (a, 30, G_USEC_PER_SEC));
  g_assert_false (genos_relay_address_take (a, 30, G_USEC_PER_SEC));
  g_assert_true (genos_relay_address_take (a, 0, G_USEC_PER_SEC));
  g_assert_true (genos_relay_address_take (NULL, 30, G_USEC_PER_SEC));
  genos_relay_addresses_leave (addresses, a, G_USEC_PER_SEC);
  a = genos_relay_addresses_enter (addresses, "a", 0, 2 * G_USEC_PER_SEC);
  g_assert_false (genos_relay_address_take (a, 30, 2 * G_USEC_PER_SEC));
  g_assert_true (genos_relay_address_take (a, 30, 4 * G_USEC_PER_SEC));
  g_assert_false (genos_relay_address_take (a, 30, 4 * G_USEC_PER_SEC));
  for (guint i = 0; i < 30; i++)
    g_assert_true (genos_relay_address_take (a, 30, 65 * G_USEC_PER_SEC));
  genos_relay_addresses_unref (addresses);
}

static void
test_memory (void)
{
  GenosRelayAddresses *addresses = genos_relay_addresses_new ();

  for (guint i = 0; i < 20000; i++) {
    g_autofree char *name = g_strdup_printf ("%u", i);

    genos_relay_addresses_leave (addresses, genos_relay_addresses_enter (addresses, name, 0, 0), 0);
  }
  g_assert_cmpuint (genos_relay_addresses_get_size (addresses), ==, 16384);
  genos_relay_addresses_enter (addresses, "x", 0, 61 * G_USEC_PER_SEC);
  g_assert_cmpuint (genos_relay_addresses_get_size (addresses), ==, 1);
  genos_relay_addresses_unref (addresses);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/relay-server/relay-addresses/names", test_names);
  g_test_add_func ("/relay-server/relay-addresses/forwarded", test_forwarded);
  g_test_add_func ("/relay-server/relay-addresses/connections", test_connections);
  g_test_add_func ("/relay-server/relay-addresses/rate", test_rate);
  g_test_add_func ("/relay-server/relay-addresses/memory", test_memory);
  return g_test_run ();
}
