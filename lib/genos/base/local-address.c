/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/base/local-address.h>

#include <gio/gio.h>
#include <ifaddrs.h>
#include <netinet/in.h>

static gboolean
bears (const struct ifaddrs *interface, GInetAddress *address)
{
  const struct sockaddr *own = interface->ifa_addr;
  gconstpointer bytes = g_inet_address_to_bytes (address);

  if (own == NULL || own->sa_family != (int) g_inet_address_get_family (address))
    return FALSE;
  if (own->sa_family == AF_INET)
    return memcmp (&((const struct sockaddr_in *) own)->sin_addr, bytes, 4) == 0;
  return memcmp (&((const struct sockaddr_in6 *) own)->sin6_addr, bytes, 16) == 0;
}

gboolean
genos_local_address_is_here (const char *address)
{
  g_autoptr (GInetAddress) parsed = g_inet_address_new_from_string (address);
  struct ifaddrs *all = NULL;
  gboolean here = FALSE;

  if (parsed == NULL || getifaddrs (&all) != 0)
    return TRUE;
  for (const struct ifaddrs *one = all; one != NULL && !here; one = one->ifa_next)
    here = bears (one, parsed);
  freeifaddrs (all);
  return here || g_inet_address_get_is_loopback (parsed);
}
