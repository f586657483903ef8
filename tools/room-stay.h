/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/genos.h>

G_BEGIN_DECLS

/* A program's stay in a room, on the default main context: from joining, over whatever goes wrong in it (which
 * is told on stderr), until it is over by itself or by SIGINT or SIGTERM, and the goodbye has gone out. */
typedef struct _GenosRoomStay GenosRoomStay;

/* @room: not joined yet. @command: who tells what goes wrong, such as "chat". */
GenosRoomStay *genos_room_stay_new (GenosRoom *room, const char *command);
void genos_room_stay_free (GenosRoomStay *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosRoomStay, genos_room_stay_free)

/* What SIGINT and SIGTERM do instead of ending the stay, each time. */
typedef void (*GenosRoomStayInterrupted) (gpointer user_data);
void genos_room_stay_set_interrupted (
    GenosRoomStay *self, GenosRoomStayInterrupted interrupted, gpointer user_data);

/* FALSE after telling why not; then there is no stay. */
gboolean genos_room_stay_join (GenosRoomStay *self);
/* Until genos_room_stay_end(), which may have been called already; then leaves. */
void genos_room_stay_run (GenosRoomStay *self);
void genos_room_stay_end (GenosRoomStay *self);

/* Tells on stderr what went wrong, in the words of @error. */
void genos_room_stay_tell (GenosRoomStay *self, const GError *error);

G_END_DECLS
