/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The parts of Avahi's D-Bus interface that are used here. Multicast DNS is the system's, which has
 * one responder for all programs; spoken to over D-Bus it is no library to build against, and may be
 * missing. */

#define AVAHI_NAME "org.freedesktop.Avahi"
#define AVAHI_SERVER "org.freedesktop.Avahi.Server"
#define AVAHI_BROWSER "org.freedesktop.Avahi.ServiceBrowser"
#define AVAHI_GROUP "org.freedesktop.Avahi.EntryGroup"

#define AVAHI_ANY (-1) /* interface or protocol */
#define AVAHI_RESULT_OUR_OWN (1 << 4)

enum {
  AVAHI_GROUP_ESTABLISHED = 2,
  AVAHI_GROUP_COLLISION = 3,
  AVAHI_GROUP_FAILURE = 4,
};

G_END_DECLS
