/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/room/room.h>

G_BEGIN_DECLS

/* Tells the debug category genosroom what happens in a room. */
void genos_room_log_watch (GenosRoom *room);

G_END_DECLS
