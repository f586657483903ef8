/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenoselements.h"

static gboolean
plugin_init (GstPlugin *plugin)
{
  gboolean registered = FALSE;

  registered |= GST_ELEMENT_REGISTER (genosroommix, plugin);
  registered |= GST_ELEMENT_REGISTER (genosroomsink, plugin);
  registered |= GST_ELEMENT_REGISTER (genosroomsrc, plugin);
  return registered;
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, genosrooms,
    "Live media to and from serverless peer-to-peer rooms", plugin_init, PACKAGE_VERSION, "LGPL",
    "genosrooms", GST_PACKAGE_ORIGIN)
