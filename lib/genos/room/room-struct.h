/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/room/transfer/exchange.h>
#include <genos/room/far/far-tracks.h>
#include <genos/room/cells/mesh-private.h>
#include <genos/room/media/outgoing-tracks.h>
#include <genos/room/room-private.h>
#include <genos/room/room-relays.h>
#include <genos/room/room-settings.h>
#include <genos/room/media/speaker-watch.h>

G_BEGIN_DECLS

/* For the files a room is written in: room.c has its stay, room-calls.c what applications ask of it. */
struct _GenosRoom {
  GObject parent_instance;

  GenosRoomSettings settings;
  GenosAdmissionRules rules;
  GenosRoomState state;

  GenosSignaller *signaller; /* NULL: relays */
  GenosRoomRelays *relays;   /* NULL: none that have to be begun and ended with the room */
  GenosLinkFactory factory;  /* NULL: webrtcbin */
  gpointer factory_data;

  GenosMembership *membership; /* NULL while idle */
  GenosRoster *roster;
  GHashTable *channels; /* char* name → GenosChannel */
  GenosOutgoingTracks *tracks;
  GenosExchange *exchange;
  GenosMesh *mesh;
  GenosFarTracks *far;
  GenosStreamBook *streams;
  GenosTrackFilterFunc filter; /* (nullable) */
  gpointer filter_data;
  GDestroyNotify filter_destroy;
  GSource *metadata_pause; /* (nullable): until its end peers are told nothing new */
  gboolean metadata_changed;
  GenosSpeakerWatch *speakers;
  GSource *stats_timer;  /* (nullable): while they are told at an interval */
  gboolean stats_wanted; /* links are being asked */
};

/* --- room-mesh.c --- */

extern const GenosMeshHost genos_room_mesh_host;
/* (transfer none) (nullable): over its link, or by way of others. */
GenosPeer *genos_room_find_way (GenosRoom *self, const char *peer_id);
/* What came from a peer, over whatever. */
void genos_room_take_message (GenosRoom *self, GenosPeer *peer, const char *name,
    const GenosExtendedMessage *extended, GenosMessage *message);
void genos_room_take_progress (
    GenosRoom *self, GenosPeer *peer, const char *name, gdouble fraction, const char *metadata);
/* Whoever is reached by way of others is heard from now on; and not any more. */
void genos_room_far_begin (GenosRoom *self);
void genos_room_far_end (GenosRoom *self);
/* With the membership: nothing happens without cells. */
void genos_room_mesh_begin (GenosRoom *self, GenosSignaller *signaller);

extern const GenosFarHost genos_room_far_host; /* room-far.c */

/* What the application says of itself goes to a peer; to all, soon; to nobody any more. */
void genos_room_metadata_tell (GenosRoom *self, GenosPeer *peer);
void genos_room_metadata_changed (GenosRoom *self);
void genos_room_metadata_stop (GenosRoom *self);

/* Statistics are told at the interval that is set, until they are not. */
void genos_room_stats_start (GenosRoom *self);
void genos_room_stats_stop (GenosRoom *self);

/* What peers offer is told, and filtered; no more. */
void genos_room_begin_offers (GenosRoom *self);
void genos_room_end_offers (GenosRoom *self);

G_END_DECLS
