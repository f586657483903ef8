/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/crypto/schnorr.h>
#include <genos/room/joining/admission-private.h>
#include <genos/room/joining/admission-rules.h>
#include <genos/room/joining/peer-identity.h>
#include <genos/room/peer-private.h>
#include <genos/signalling/signaller.h>
#include <genos/transport/peer-link.h>

G_BEGIN_DECLS

/* Stands between the signaller and the dialler: whoever is not admitted is not heard, and so gets
 * neither an offer nor an answer nor a candidate. And between a link that opened and the roster: whoever
 * can prove who it is does so first. Lives on the room's context.
 *
 * A signaller itself, for the dialler; what is sent goes through unchanged. */
#define GENOS_TYPE_DOOR (genos_door_get_type ())
G_DECLARE_FINAL_TYPE (GenosDoor, genos_door, GENOS, DOOR, GenosSignaller)

typedef struct {
  const GenosAdmissionRules *rules; /* outlives the door; may change */
  const char *self_id;
  const char *path;     /* the room's root path */
  GenosSchnorrKey *key; /* (nullable): ours; NULL: nobody proves anything */
  const char *kind;     /* (nullable): what we announce ourselves as */
  /* (transfer full): ids of the peers that are linked or about to be */
  GHashTable *(*dup_peers) (gpointer data);
  /* (nullable): the key that a linked peer has proven */
  const char *(*get_key) (const char *peer_id, gpointer data);
  /* a linked peer is to show that it is there */
  void (*doubt) (const char *peer_id, gpointer data);
  gpointer data;
} GenosDoorConfig;

GenosDoor *genos_door_new (const GenosDoorConfig *config, GenosSignaller *signaller);

/* A handshake succeeded. ::admitted or ::refused follows, perhaps in here. */
void genos_door_take_link (
    GenosDoor *self, const char *peer_id, GenosPeerLink *link, const GenosSignalOrigin *origin);

/* Messages are sealed with it from the next link on; NULL: they are not. */
void genos_door_set_room_key (GenosDoor *self, GenosSecret *room_key);

/* Decisions put off and not made, and peers that wait for room; call about twice a second. */
void genos_door_tick (GenosDoor *self, gint64 now);

/* Keeps out, for as long as the door lives. @key (nullable) */
void genos_door_ban (GenosDoor *self, const char *peer_id, const char *key);
/* Lifts a ban and an earlier denial, and allows what is being asked. */
void genos_door_admit (GenosDoor *self, const char *peer_id);
/* Denies what is being asked; FALSE when nothing is. */
gboolean genos_door_deny (GenosDoor *self, const char *peer_id);

/* Whether lists or bans keep this one out now. */
gboolean genos_door_excludes (GenosDoor *self, const char *peer_id, const char *key);

/* Closes the links that are not in yet, and lets nobody in any more. */
void genos_door_close (GenosDoor *self);

guint64 genos_door_get_n_denied (GenosDoor *self); /* announces, offers and links */
guint genos_door_get_n_waiting (GenosDoor *self);  /* peers somebody has to decide about */

/* Signals:
 * ::asked (GenosAdmission)     decide or defer it in here
 * ::admitted (peer_id, GenosPeerLink, const GenosSignalOrigin *, const GenosPeerCredentials *)
 *                              pointers valid for the call; one handler, which takes the seal
 * ::refused (peer_id, GError, gboolean linked)
 *                              with linked: a link of which it was told; else at most once a peer
 */

G_END_DECLS
