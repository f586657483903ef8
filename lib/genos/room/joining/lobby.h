/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/crypto/schnorr.h>
#include <genos/crypto/secret.h>
#include <genos/room/joining/peer-identity.h>
#include <genos/signalling/signaller.h>
#include <genos/transport/peer-link.h>

G_BEGIN_DECLS

/* Where the peers of links that opened prove who they are: not outside any more, and not in yet. Lives on the
 * room's context. */
typedef struct _GenosLobby GenosLobby;

/* A peer, and its link: whoever wants to keep that takes it out. */
typedef struct {
  char *peer_id;
  char *key; /* (nullable): the one that signs its events */
  gboolean extended;
  GenosPeerLink *link;
} GenosNewcomer;

/* @identity: (nullable): what it has proven. @error: (nullable): why that is nothing; without either it has nothing to
 * prove with. A link that is not taken is closed afterwards. May free the lobby. */
typedef void (*GenosLobbySettled) (
    GenosNewcomer *newcomer, GenosPeerIdentity *identity, const GError *error, gpointer user_data);

typedef struct {
  const char *self_id;
  const char *path;     /* the room's root path */
  GenosSchnorrKey *key; /* (nullable): ours; NULL: nobody proves anything */
  const char *kind;     /* (nullable): what we announce ourselves as */
  GenosLobbySettled settled;
  gpointer user_data;
} GenosLobbyConfig;

/* @config is copied. */
GenosLobby *genos_lobby_new (const GenosLobbyConfig *config);
/* Closes the links that are in it. */
void genos_lobby_free (GenosLobby *self);

/* Messages are sealed with it from the next link on; NULL: they are not. */
void genos_lobby_set_room_key (GenosLobby *self, GenosSecret *room_key);

/* A link that opened is settled once, perhaps in here. @required: nobody comes in without a proof, so that it is
 * worth a longer wait. */
void genos_lobby_take (GenosLobby *self, const char *peer_id, GenosPeerLink *link,
    const GenosSignalOrigin *origin, gboolean required);

/* Adds who is there to a set of ids (char *, owned). */
void genos_lobby_add_ids (GenosLobby *self, GHashTable *ids);

/* Closes the links that are in it, and settles nothing any more. */
void genos_lobby_clear (GenosLobby *self);

G_END_DECLS
