/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/lan/lan-address.h>

#include <gio/gio.h>

static gboolean
is_of_local_network (GInetAddress *address)
{
  const guint8 *bytes = g_inet_address_to_bytes (address);

  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6)
    return (bytes[0] & 0xfe) == 0xfc; /* fc00::/7; fe80::/10 has no meaning without an interface */
  return g_inet_address_get_is_site_local (address) || g_inet_address_get_is_link_local (address);
}

char *
genos_lan_address_to_url (const char *address, guint port)
{
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (address);
  g_autofree char *host = NULL;

  if (inet == NULL || port == 0 || port > G_MAXUINT16 || !is_of_local_network (inet))
    return NULL;
  host = g_inet_address_to_string (inet);
  return g_uri_join (G_URI_FLAGS_NONE, "ws", NULL, host, port, "/", NULL, NULL);
}
