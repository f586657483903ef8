/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/room/room-settings.h>

G_BEGIN_DECLS

/* The relays of a room that have to be begun and ended with it: one that it brings along, and those
 * that are found on the local network. */
typedef struct _GenosRoomRelays GenosRoomRelays;

typedef void (*GenosRoomRelaysWarning) (GError *error, gpointer user_data);

/* @relays is NULL afterwards where there is nothing to begin. What is begun has to be ended also when
 * the room is not joined after all. */
gboolean genos_room_relays_begin (
    const GenosRoomSettings *settings, GenosRoomRelays **relays, GError **error);
void genos_room_relays_end (GenosRoomRelays *self);

/* (transfer full): a signaller on them and on those of the settings. @self may be NULL. @warning is
 * called later, until the end. */
GenosSignaller *
genos_room_relays_make_signaller (GenosRoomRelays *self, const GenosRoomSettings *settings,
    GenosRoomRelaysWarning warning, gpointer user_data, GError **error);

/* (nullable); @self may be NULL. */
const char *genos_room_relays_get_own_url (GenosRoomRelays *self);

G_END_DECLS
