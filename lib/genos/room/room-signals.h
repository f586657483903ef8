/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* What a room tells; the words to each are in room-signals.c. */
typedef enum {
  GENOS_ROOM_SIGNAL_PEER_ADMIT,
  GENOS_ROOM_SIGNAL_PEER_JOINED,
  GENOS_ROOM_SIGNAL_PEER_LEFT,
  GENOS_ROOM_SIGNAL_PEER_RELINKED,
  GENOS_ROOM_SIGNAL_PEER_METADATA,
  GENOS_ROOM_SIGNAL_PEER_SEEN,
  GENOS_ROOM_SIGNAL_PEER_LOST,
  GENOS_ROOM_SIGNAL_TRACK_ADDED,
  GENOS_ROOM_SIGNAL_TRACK_REMOVED,
  GENOS_ROOM_SIGNAL_TRACK_OFFERED,
  GENOS_ROOM_SIGNAL_TRACK_WITHDRAWN,
  GENOS_ROOM_SIGNAL_MESSAGE,
  GENOS_ROOM_SIGNAL_PROGRESS,
  GENOS_ROOM_SIGNAL_REQUEST,
  GENOS_ROOM_SIGNAL_JOIN_ERROR,
  GENOS_ROOM_SIGNAL_RELAY_CHANGED,
  GENOS_ROOM_SIGNAL_WARNING,
  GENOS_ROOM_SIGNAL_STATS,
  GENOS_ROOM_SIGNAL_ACTIVE_SPEAKER,
  GENOS_ROOM_N_SIGNALS,
} GenosRoomSignal;

extern guint genos_room_signals[GENOS_ROOM_N_SIGNALS];

void genos_room_signals_install (GType type);

/* The detail of a signal that carries an error: the nick of its reason. */
GQuark genos_room_signals_detail (const GError *error);

G_END_DECLS
