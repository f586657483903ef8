/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/lan/lan-address.h>

static void
test_urls (void)
{
  static const struct {
    const char *address;
    guint port;
    const char *url;
  } rows[] = { { "192.168.1.2", 7777, "ws://192.168.1.2:7777/" },
    { "10.0.0.1", 1, "ws://10.0.0.1:1/" }, { "172.16.0.1", 65535, "ws://172.16.0.1:65535/" },
    { "169.254.7.7", 80, "ws://169.254.7.7:80/" }, { "fd00::1", 7777, "ws://[fd00::1]:7777/" },
    { "192.168.1.2", 0, NULL }, { "192.168.1.2", 65536, NULL }, { "172.32.0.1", 7777, NULL },
    { "8.8.8.8", 53, NULL }, { "127.0.0.1", 6379, NULL }, { "0.0.0.0", 7777, NULL },
    { "224.0.0.251", 7777, NULL }, { "255.255.255.255", 7777, NULL }, { "::1", 7777, NULL },
    { "::ffff:192.168.1.2", 7777, NULL }, { "2001:db8::1", 7777, NULL }, { "fe80::1", 7777, NULL },
    { "ff02::fb", 7777, NULL }, { "relay.example", 7777, NULL }, { "192.168.1.2/x", 7777, NULL },
    { "", 7777, NULL } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *url = genos_lan_address_to_url (rows[i].address, rows[i].port);

    g_assert_cmpstr (url, ==, rows[i].url);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lan/lan-address/urls", test_urls);
  return g_test_run ();
}
