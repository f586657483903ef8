/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/room/media/clock-offset.h>

G_BEGIN_DECLS

/* Asks a peer for the time, and answers when it asks: at the beginning often, because what is
 * measured then may be needed for the first picture, later now and then, because clocks drift. Pure:
 * what is to be sent is handed to a function. @wall: µs since 1970, @now: monotonic, µs. */
typedef struct _GenosPeerClock GenosPeerClock;

/* @bytes: (transfer none) */
typedef void (*GenosPeerClockSendFunc) (GBytes *bytes, gpointer user_data);

GenosPeerClock *genos_peer_clock_new (GenosPeerClockSendFunc send, gpointer user_data);
void genos_peer_clock_free (GenosPeerClock *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosPeerClock, genos_peer_clock_free)

/* Now and then. Asks when it is time to. */
void genos_peer_clock_tick (GenosPeerClock *self, gint64 wall, gint64 now);

/* What came from the peer. FALSE: not usable, not asked for, or too much of it. */
gboolean genos_peer_clock_take (GenosPeerClock *self, GBytes *bytes, gint64 wall, gint64 now);

/* As genos_clock_offset_get(). */
gboolean genos_peer_clock_get (GenosPeerClock *self, gint64 now, gint64 *offset, gint64 *error);

G_END_DECLS
