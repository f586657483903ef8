/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/base/local-address.h>

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>

/* All that there are. */
static void
test_here (void)
{
  struct ifaddrs *all = NULL;

  g_assert_cmpint (getifaddrs (&all), ==, 0);
  for (const struct ifaddrs *one = all; one != NULL; one = one->ifa_next) {
    char text[INET6_ADDRSTRLEN] = "";

    if (one->ifa_addr != NULL && one->ifa_addr->sa_family == AF_INET)
      inet_ntop (AF_INET, &((struct sockaddr_in *) one->ifa_addr)->sin_addr, text, sizeof text);
    else if (one->ifa_addr != NULL && one->ifa_addr->sa_family == AF_INET6)
      inet_ntop (AF_INET6, &((struct sockaddr_in6 *) one->ifa_addr)->sin6_addr, text, sizeof text);
    if (*text != '\0')
      g_assert_true (genos_local_address_is_here (text));
  }
  freeifaddrs (all);
  g_assert_true (genos_local_address_is_here ("127.0.0.1"));
  g_assert_true (genos_local_address_is_here ("::1"));
}

/* Nobody has those: RFC 1112, section 4; RFC 6666. */
static void
test_elsewhere (void)
{
  g_assert_false (genos_local_address_is_here ("240.1.2.3"));
  g_assert_false (genos_local_address_is_here ("100::1:2:3"));
}

/* Nothing is concluded from it. */
static void
test_no_address (void)
{
  g_assert_true (genos_local_address_is_here (""));
  g_assert_true (genos_local_address_is_here ("camera.local"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/local-address/here", test_here);
  g_test_add_func ("/base/local-address/elsewhere", test_elsewhere);
  g_test_add_func ("/base/local-address/no-address", test_no_address);
  return g_test_run ();
}
