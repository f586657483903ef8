/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* What can be set of a room; the words to each are in room-properties.c. */
typedef enum {
  GENOS_ROOM_PROP_0,
  GENOS_ROOM_PROP_NAME,
  GENOS_ROOM_PROP_PASSWORD,
  GENOS_ROOM_PROP_APP_ID,
  GENOS_ROOM_PROP_DIALECT,
  GENOS_ROOM_PROP_RELAYS,
  GENOS_ROOM_PROP_STUN_SERVER,
  GENOS_ROOM_PROP_TURN_SERVERS,
  GENOS_ROOM_PROP_PEER_ID,
  GENOS_ROOM_PROP_KIND,
  GENOS_ROOM_PROP_LATENCY,
  GENOS_ROOM_PROP_TLS_CA_FILE,
  GENOS_ROOM_PROP_PROXY,
  GENOS_ROOM_PROP_RELAY_HEADERS,
  GENOS_ROOM_PROP_RELAY_LIST_URL,
  GENOS_ROOM_PROP_POW_BUDGET,
  GENOS_ROOM_PROP_STATE,
  GENOS_ROOM_N_PROPS,
} GenosRoomProperty;

extern GParamSpec *genos_room_properties[GENOS_ROOM_N_PROPS];

void genos_room_properties_install (GObjectClass *klass);

G_END_DECLS
