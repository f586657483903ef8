/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/base/timer.h>
#include <genos/crypto/sealed-letter.h>
#include <genos/mesh/mesh-overlay.h>
#include <genos/mesh/mesh-seen.h>
#include <genos/room/cells/group-ring.h>
#include <genos/room/membership.h>
#include <genos/room/cells/mesh-payload.h>
#include <genos/room/cells/mesh.h>

G_BEGIN_DECLS

/* The mesh of a room, driven by its real links: mesh.c has the object, mesh-links.c who is linked with
 * whom, mesh-watch.c who may be gone, mesh-messages.c what is said, mesh-large.c what of it goes in chunks,
 * mesh-group.c whose key it is sealed with, mesh-info.c what it looks like. It is there whether or not the room
 * has cells. */
typedef struct {
  /* A message of a channel, by way of others or not. */
  void (*message) (const char *channel, const char *peer_id, GenosMessage *message, gpointer data);
  /* One that goes in chunks is coming in. @metadata: (nullable): as far as it is known */
  void (*progress) (const char *channel, const char *peer_id, gdouble fraction,
      const char *metadata, gpointer data);
  void (*warning) (const GError *error, gpointer data);
  void (*state) (gpointer data);
  void (*peer_state) (const char *peer_id, GenosMeshPeerState state, gpointer data);
} GenosMeshHost;

/* Somebody's, and nobody else's, words for us: it has proven or announced the key they are sealed with. */
typedef void (*GenosMeshSecretFunc) (const char *peer_id, GBytes *inside, gpointer data);

typedef struct {
  guint cell_size; /* 1 and up */
  const char *self_id;
  GenosMembership *membership;
  GenosSignaller *signaller;
  GenosRoster *roster;
  GenosSchnorrKey *key; /* ours */
  gboolean seals_only;  /* what is not sealed is not taken, and not said */
  gboolean hands_keys;  /* everybody who is to hear us is heard, and can be handed our key */
} GenosMeshSetup;

struct _GenosMesh {
  GObject parent_instance;

  GMainContext *context;
  const GenosMeshHost *host;
  gpointer host_data;
  GenosMeshTimes times;

  /* All NULL while the room is not joined, or has no cells. */
  GenosMeshTopology *topology;
  GenosMeshOverlay *overlay;
  GenosMembership *membership;
  GenosSignaller *signaller;
  GenosRoster *roster;
  GenosSchnorrKey *key;
  guint cell_size;
  gboolean seals_only;
  gboolean hands_keys;
  GenosGroupRing *group;                /* (nullable): there was no use for it yet */
  guint64 n_keys_sent, n_keys_received; /* letters: asked for, and handed over */

  GenosTimer tick;
  GenosTimer look;
  gint64 looked;       /* µs: when it was looked last who is there */
  GHashTable *watches; /* (nullable): char * id → who is asked whether it is there */
  GenosTimer pump;     /* some link takes no more at the moment */
  gboolean applying;
  GHashTable *byes;   /* char *: said so while they were linked */
  GPtrArray *leaving; /* of what goes out in chunks, and is watched */
  GenosTimer leaving_timer;
  GHashTable *pings; /* guint serial → GTask */
  guint ping_serial;
  GenosMeshSeen *letters;          /* sealed messages that were opened */
  GHashTable *far;                 /* char * id → who is reached by way of others */
  GHashTable *far_serials;         /* guint64 → char * id: of what is not acknowledged */
  GenosRoster *far_roster;         /* of them: no link, but a circuit */
  GenosMeshSecretFunc secret_func; /* (nullable) */
  gpointer secret_data;
  guint64 dropped;

  GenosMeshFrame *encoded; /* (nullable): the last one that was sent */
  guint encoded_ttl;
  GBytes *encoded_text;
};

/* @host has to live as long as the mesh. */
GenosMesh *genos_mesh_new (const GenosMeshHost *host, gpointer data);
/* For tests; before begin. */
void genos_mesh_set_times (GenosMesh *self, const GenosMeshTimes *times);
void genos_mesh_begin (GenosMesh *self, const GenosMeshSetup *setup);
void genos_mesh_end (GenosMesh *self);
gboolean genos_mesh_is_active (GenosMesh *self);
/* TRUE: it was a frame of the mesh, whatever became of it. */
gboolean
genos_mesh_take (GenosMesh *self, GenosPeer *peer, const char *channel, GenosMessage *message);
/* Whether it does not answer, though it is linked: see genos_mesh_overlay_doubt(). */
void genos_mesh_doubt (GenosMesh *self, const char *peer_id, gboolean doubted);
/* We are the bridge of our cell, or do its work as it is not there. */
gboolean genos_mesh_is_acting (GenosMesh *self);
gboolean genos_mesh_is_self (GenosMesh *self, const char *peer_id);
/* By the sealed layout; G_MAXUINT when there is none, or nobody has heard of it. */
guint genos_mesh_cell_of (GenosMesh *self, const char *peer_id);
/* Whether it is in the room, linked or not; and of our own kind, which acknowledges. */
gboolean genos_mesh_knows (GenosMesh *self, const char *peer_id);
gboolean genos_mesh_is_ours (GenosMesh *self, const char *peer_id);
/* (transfer none): those who are reached by way of others and with whom something is exchanged that takes a link;
 * nothing of media. The same object as long as the mesh lives. */
GenosRoster *genos_mesh_get_far_roster (GenosMesh *self);
/* (transfer none) (nullable): one of them, from now on, if it is in the room and of our own kind. */
GenosPeer *genos_mesh_far_get (GenosMesh *self, const char *peer_id);
/* @channel (nullable); @target (nullable): everybody. @large_id: (out) (optional) (transfer full): set when it goes in
 * chunks, to watch it leave. */
gboolean genos_mesh_say (GenosMesh *self, const char *channel, GenosMessage *message,
    const char *target, char **large_id, GError **error);
/* Told how much of it was handed to a neighbour, @peer_id; and at last, once, with NULL, that all of it has left, or
 * cannot. Never called in here. */
typedef void (*GenosMeshLeavingFunc) (const char *peer_id, gdouble fraction, gpointer data);
void genos_mesh_watch_leaving (
    GenosMesh *self, const char *large_id, GenosMeshLeavingFunc func, gpointer data);

/* For @peer_id alone, linked or not; acknowledged, and said again until it is. FALSE: there is no way, or nothing
 * to seal it with that only the two know. */
gboolean genos_mesh_say_secret (GenosMesh *self, const char *peer_id, GBytes *inside);
void genos_mesh_set_secret_func (GenosMesh *self, GenosMeshSecretFunc func, gpointer data);

/* --- among its files --- */

/* GENOS_MESH_NOBODY when nobody has heard of it. */
guint32 genos_mesh_find (GenosMesh *self, const char *peer_id);
void genos_mesh_links_begin (GenosMesh *self);
void genos_mesh_links_end (GenosMesh *self);
/* Of those whose work we do when they are gone it is found out soon. */
void genos_mesh_watch_begin (GenosMesh *self);
void genos_mesh_watch_end (GenosMesh *self);
/* What the overlay wants of links. */
void genos_mesh_links_apply (GenosMesh *self);
gboolean
genos_mesh_links_send (guint32 peer, guint cell, GenosMeshFrame *frame, guint ttl, gpointer data);
gboolean genos_mesh_messages_deliver (GenosMeshFrame *frame, gpointer data);
void genos_mesh_messages_pong (const char *peer_id, const char *ping_id, gpointer data);
void genos_mesh_messages_end (GenosMesh *self);
/* (transfer full) (nullable): the id of what is on its way now. GENOS_ERROR_LIMIT */
char *genos_mesh_large_say (GenosMesh *self, const GenosMeshAddress *address,
    const GenosExtendedMessage *message, GError **error);
void genos_mesh_large_arriving (const GenosMeshTransfer *transfer, gpointer data);
/* A chunk of ours was handed to @peer. */
void genos_mesh_large_handed (GenosMesh *self, guint32 peer, GenosMeshFrame *chunk);
void genos_mesh_large_init (GenosMesh *self);
void genos_mesh_large_end (GenosMesh *self);
void genos_mesh_large_finalize (GenosMesh *self);
/* What letters are sealed with; (nullable): nothing is. (transfer none) */
GenosSecret *genos_mesh_get_room_key (GenosMesh *self);
/* (transfer none) (nullable) */
const char *genos_mesh_find_public_key (GenosMesh *self, const char *peer_id);
/* For one peer with its key, which nobody on the way has; without one, as for everybody (@target NULL). There has
 * to be a room key. (transfer full) (nullable) */
GenosSecret *genos_mesh_make_key (GenosMesh *self, const char *target, GError **error);
/* Whether what @origin sealed at @ms did not come before, and is not too old to know. */
gboolean genos_mesh_is_first_time (GenosMesh *self, const char *origin, GBytes *sealed, guint64 ms);
/* Not kicked, and not on the wrong list. */
gboolean genos_mesh_is_welcome (GenosMesh *self, const char *peer_id);
/* @error: (transfer full) */
void genos_mesh_messages_complain (GenosMesh *self, const char *peer_id, GError *error);
/* (transfer full) (nullable): base64 of that member of its data, of a frame for one peer */
GBytes *genos_mesh_dup_packet (GenosMeshFrame *frame, const char *member);
void genos_mesh_group_end (GenosMesh *self);
void genos_mesh_group_tick (GenosMesh *self);
/* Of ourselves, too. */
guint genos_mesh_group_get_n_members (GenosMesh *self);
/* (transfer none) (nullable): NULL: what is said to everybody is sealed with the room's key. */
GenosGroupKey *genos_mesh_group_get_sending (GenosMesh *self);
/* FALSE: it is no letter about keys. @taken: whether it is to be acknowledged. */
gboolean
genos_mesh_group_take (GenosMesh *self, GenosMeshFrame *frame, gboolean *taken, GError **error);
/* (transfer none) (nullable) */
GenosGroupKey *
genos_mesh_group_find (GenosMesh *self, const char *origin, const guint8 *generation);
/* Until its key was asked for; then it is delivered again. GENOS_ERROR_LIMIT */
gboolean genos_mesh_group_hold (
    GenosMesh *self, GenosMeshFrame *frame, const guint8 *generation, GError **error);
/* (transfer full) (nullable): what only the two can work out; there is none without a password, or when the other's
 * key is not known. */
GenosSecret *genos_mesh_make_letter_key (GenosMesh *self, const char *peer_id);
/* @member: of the frame's data; @occasion: what no channel can be called, so that a letter opens on no other. */
gboolean genos_mesh_send_letter (GenosMesh *self, const char *peer_id, const char *member,
    const char *occasion, GenosSecret *key, GBytes *inside);
/* FALSE: it is none; else it was taken, or there is an error. */
gboolean genos_mesh_take_secret (GenosMesh *self, GenosMeshFrame *frame, GError **error);
void genos_mesh_far_init (GenosMesh *self);
void genos_mesh_far_end (GenosMesh *self);
void genos_mesh_far_finalize (GenosMesh *self);
void genos_mesh_far_tick (GenosMesh *self);
/* FALSE: it is no packet of a circuit. @taken: whether it is to be acknowledged; else there may be an error. */
gboolean
genos_mesh_far_take (GenosMesh *self, GenosMeshFrame *frame, gboolean *taken, GError **error);
void genos_mesh_far_settled (guint64 serial, gboolean arrived, guint n_again, gpointer data);
void genos_mesh_emit_state (GenosMesh *self);
void genos_mesh_emit_peer_state (GenosMesh *self, const char *peer_id, GenosMeshPeerState state);
void genos_mesh_emit_message (GenosMesh *self, const char *peer_id, GenosMessage *message);

G_END_DECLS
