/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/joining/network-watch.h>

/* The one that needs no service beside the kernel. */
#define IMPLEMENTATION "netlink"

static GIOExtension *
find_implementation (void)
{
  GIOExtensionPoint *point;

  /* Has GIO register its extensions, which there is no call for. */
  g_proxy_resolver_get_default ();
  point = g_io_extension_point_lookup (G_NETWORK_MONITOR_EXTENSION_POINT_NAME);
  return point != NULL ? g_io_extension_point_get_extension_by_name (point, IMPLEMENTATION) : NULL;
}

GNetworkMonitor *
genos_network_watch_new (void)
{
  GIOExtension *extension = find_implementation ();

  if (extension == NULL)
    return NULL;
  return g_initable_new (g_io_extension_get_type (extension), NULL, NULL, NULL);
}
