/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Tells the local network of a relay on this machine, for as long as it lives. Where there is no
 * Avahi it waits for one. Lives on the thread-default main context it was made in. */
#define GENOS_TYPE_LAN_ANNOUNCER (genos_lan_announcer_get_type ())
G_DECLARE_FINAL_TYPE (GenosLanAnnouncer, genos_lan_announcer, GENOS, LAN_ANNOUNCER, GObject)

/* @name: of the service, unique on the network; it gets another ending when it is not. */
GenosLanAnnouncer *genos_lan_announcer_new (const char *name, guint16 port);

/* Whether the network was told. */
gboolean genos_lan_announcer_is_heard (GenosLanAnnouncer *self);

G_END_DECLS
