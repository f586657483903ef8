/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/base/error.h>
#include <genos/transport/webrtc/ice-interfaces.h>

static void
test_match (void)
{
  const struct {
    const char *list, *name;
    gboolean matches;
  } rows[] = {
    { "eth0", "eth0", TRUE },
    { "eth0", "eth1", FALSE },
    { "eth*,wlan0", "eth1", TRUE },
    { "eth*,wlan0", "wlan0", TRUE },
    { "eth?", "eth10", FALSE },
    { "!docker*", "docker0", FALSE },
    { "!docker*", "eth0", TRUE },
    { "!docker*,!wg0", "wg0", FALSE },
    { "eth*,!eth1", "eth1", FALSE },
    { "!eth1,eth*", "eth1", FALSE },
    { "eth*,!eth1", "wlan0", FALSE },
    { " eth0 , wlan0", "wlan0", TRUE },
    { ",", "eth0", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("'%s' and %s", rows[i].list, rows[i].name);
    g_assert_cmpint (genos_ice_interfaces_match (rows[i].list, rows[i].name), ==, rows[i].matches);
  }
}

static void
test_check (void)
{
  static const char *const good[] = { NULL, "", "eth0", "!docker*,!wg0", "abcdefghijklmno" };
  static const char *const bad[] = { "!", "eth0,!", "!!eth0", "abcdefghijklmnop" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (genos_ice_interfaces_check (good[i], NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (genos_ice_interfaces_check (bad[i], &error));
    g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
  }
}

static gboolean
has (GPtrArray *addresses, const char *address)
{
  return g_ptr_array_find_with_equal_func (addresses, address, g_str_equal, NULL);
}

/* What every machine has: loopback, and only by its name. */
static void
test_addresses (void)
{
  g_autoptr (GPtrArray) named = genos_ice_interfaces_get_addresses ("lo");
  g_autoptr (GPtrArray) all = genos_ice_interfaces_get_addresses ("*");
  g_autoptr (GPtrArray) none = genos_ice_interfaces_get_addresses ("nosuch0");

  g_assert_true (has (named, "127.0.0.1"));
  g_assert_false (has (all, "127.0.0.1"));
  g_assert_cmpuint (none->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/ice-interfaces/match", test_match);
  g_test_add_func ("/transport/ice-interfaces/check", test_check);
  g_test_add_func ("/transport/ice-interfaces/addresses", test_addresses);
  return g_test_run ();
}
