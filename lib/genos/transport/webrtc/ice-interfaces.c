/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/ice-interfaces.h>

#include <genos/base/error.h>

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

gboolean
genos_ice_interfaces_match (const char *list, const char *name)
{
  g_auto (GStrv) patterns = g_strsplit_set (list, ", ", -1);
  gboolean wanted = FALSE;
  gboolean any_wanted = FALSE;

  for (guint i = 0; patterns[i] != NULL; i++) {
    const char *pattern = patterns[i];

    if (*pattern == '\0')
      continue;
    if (*pattern != '!') {
      any_wanted = TRUE;
      wanted = wanted || g_pattern_match_simple (pattern, name);
    } else if (g_pattern_match_simple (pattern + 1, name)) {
      return FALSE;
    }
  }
  return wanted || !any_wanted;
}

gboolean
genos_ice_interfaces_check (const char *list, GError **error)
{
  g_auto (GStrv) patterns = g_strsplit_set (list != NULL ? list : "", ", ", -1);

  for (guint i = 0; patterns[i] != NULL; i++) {
    const char *name = patterns[i] + (*patterns[i] == '!');

    if (*patterns[i] != '\0' && (*name == '\0' || *name == '!' || strlen (name) >= IF_NAMESIZE)) {
      g_set_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT,
          "ice-interfaces: '%s' is no interface: write names separated by commas, as in "
          "eth0,wlan* or !docker*,!wg0",
          patterns[i]);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
names_loopback (const char *list, const char *name)
{
  g_auto (GStrv) patterns = g_strsplit_set (list, ", ", -1);

  return g_strv_contains ((const char *const *) patterns, name);
}

static char *
dup_address (const struct sockaddr *address)
{
  char text[INET6_ADDRSTRLEN] = "";

  if (address->sa_family == AF_INET) {
    const struct sockaddr_in *in = (gconstpointer) address;

    inet_ntop (AF_INET, &in->sin_addr, text, sizeof text);
  } else if (address->sa_family == AF_INET6) {
    const struct sockaddr_in6 *in6 = (gconstpointer) address;

    if (!IN6_IS_ADDR_LINKLOCAL (&in6->sin6_addr))
      inet_ntop (AF_INET6, &in6->sin6_addr, text, sizeof text);
  }
  return *text != '\0' ? g_strdup (text) : NULL;
}

static gboolean
is_usable (const struct ifaddrs *entry, const char *list)
{
  const guint up = IFF_UP | IFF_RUNNING;

  return entry->ifa_addr != NULL && (entry->ifa_flags & up) == up
      && genos_ice_interfaces_match (list, entry->ifa_name)
      && ((entry->ifa_flags & IFF_LOOPBACK) == 0 || names_loopback (list, entry->ifa_name));
}

GPtrArray *
genos_ice_interfaces_get_addresses (const char *list)
{
  GPtrArray *addresses = g_ptr_array_new_with_free_func (g_free);
  struct ifaddrs *entries = NULL;

  if (getifaddrs (&entries) != 0)
    return addresses;
  for (const struct ifaddrs *entry = entries; entry != NULL; entry = entry->ifa_next) {
    char *address = is_usable (entry, list) ? dup_address (entry->ifa_addr) : NULL;

    if (address != NULL)
      g_ptr_array_add (addresses, address);
  }
  freeifaddrs (entries);
  return addresses;
}
