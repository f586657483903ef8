/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/base/encryption.h>
#include <genos/base/error.h>
#include <genos/room/room.h>
#include <genos/crypto/schnorr.h>
#include <genos/room/joining/admission-rules.h>
#include <genos/signalling/signaller.h>
#include <genos/transport/peer-link.h>

G_BEGIN_DECLS

/* Among relays: those that announce themselves on the local network. */
#define GENOS_ROOM_LAN "lan"

/* What a user sets before joining, as text; checked as a whole when the room is joined. */
typedef struct {
  GenosSchnorrKey *key; /* ours, once the settings are checked */

  char *name;
  char *password;
  char *app_id;
  char *dialect;
  char *relays;
  char *stun_server;
  char *turn_servers;
  char *turn_secret;
  char *ice_interfaces;
  GenosIceTransportPolicy ice_transport_policy;
  guint ice_min_port;
  guint ice_max_port;
  char *peer_id;
  char *kind;
  guint latency_ms;
  gboolean drop_on_latency;
  char *receive_video_codecs;
  char *receive_audio_codecs;
  char *tls_ca_file;
  char *proxy;
  char *relay_headers;
  char *relay_list_url;
  guint pow_budget;
  char *relay_server;
  char *identity_file;
  gboolean require_verified;
  char *allow_peers;
  char *deny_peers;
  guint max_peers;
  guint admit_timeout_ms;
  int encryption;       /* GenosEncryption */
  int media_encryption; /* likewise */
  char *metadata;
  guint stats_interval_ms;
  char *cells;
  guint forward_max;
} GenosRoomSettings;

/* Every setting gets its property's default: GENOS_TYPE_ROOM's class must exist. */
void genos_room_settings_init (GenosRoomSettings *self);
void genos_room_settings_clear (GenosRoomSettings *self);
/* Onto one that was initialised. */
void genos_room_settings_copy (GenosRoomSettings *self, const GenosRoomSettings *from);

/* @id: a GenosRoomProperty. FALSE when it is no setting. A setting is added in three places: a field
 * above and its row in the table, an id in room-properties.h, and its words in room-properties.c,
 * where it also gets its default. */
gboolean genos_room_settings_set (GenosRoomSettings *self, guint id, const GValue *value);
gboolean genos_room_settings_get (const GenosRoomSettings *self, guint id, GValue *value);

/* GENOS_ERROR_INVALID_ARGUMENT for what is not JSON, or too large. NULL and empty are right. */
gboolean genos_room_settings_check_metadata (const GenosRoomSettings *self, GError **error);

/* Whether messages are sealed, where the other side can. */
gboolean genos_room_settings_seals (const GenosRoomSettings *self);

/* GENOS_ERROR_INVALID_ARGUMENT says which setting is unusable and what it takes. Draws the peer id
 * when there is none, and sees to the key. */
gboolean genos_room_settings_check (GenosRoomSettings *self, GError **error);

/* What the settings say of whom to admit. */
gboolean genos_room_settings_read_rules (
    const GenosRoomSettings *self, GenosAdmissionRules *rules, GError **error);

/* Peers a cell; 0: no cells. GENOS_ERROR_INVALID_ARGUMENT for anything that is no such number. */
gboolean
genos_room_settings_read_cells (const GenosRoomSettings *self, guint *cell_size, GError **error);

/* (transfer full) the root path */
char *genos_room_settings_dup_path (const GenosRoomSettings *self);

/* Whether gathering candidates takes more than a look at our own addresses. */
gboolean genos_room_settings_has_ice_servers (const GenosRoomSettings *self);

/* (transfer full) the real things */
GenosSignaller *genos_room_settings_make_signaller (const GenosRoomSettings *self, GError **error);
GenosPeerLink *
genos_room_settings_make_link (const GenosRoomSettings *self, gboolean offerer, GError **error);

G_END_DECLS
