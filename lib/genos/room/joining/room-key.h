/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/room/membership.h>
#include <genos/room/room-settings.h>

G_BEGIN_DECLS

/* Begins a stay as soon as the room's key is derived from the password, which takes a tenth of a second
 * on another thread: nobody is met before there is something to seal with, or the first link would go
 * without. */
void genos_room_key_begin (GenosMembership *membership, const GenosRoomSettings *settings);

G_END_DECLS
