/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/base/encryption.h>
#include <genos/room/far/far-track.h>
#include <genos/room/cells/mesh-private.h>
#include <genos/room/media/outgoing-tracks.h>
#include <genos/room/roster.h>

G_BEGIN_DECLS

/* Tracks in a room of cells: who sends which to whom, so that nobody sends one to more than forward-max
 * neighbours, and everybody has what it wants, from its origin or by way of others. The planner
 * (mesh-media.h) decides; this tells neighbours what it says, makes tracks of ours of those that are passed
 * on, and keeps the objects of those that come the same whoever brings them.
 *
 * Without cells it does nothing. Lives on the room's context. */
typedef struct _GenosFarTracks GenosFarTracks;

/* What an uplink of a household carries of a camera. */
#define GENOS_FORWARD_MAX 4

/* All may do anything, leaving the room included. */
typedef struct {
  void (*track_added) (GenosPeer *peer, GenosRemoteTrack *track, gpointer data);
  void (*track_removed) (GenosPeer *peer, GenosRemoteTrack *track, gpointer data);
  void (*track_offered) (GenosTrackOffer *offer, gpointer data);
  void (*track_withdrawn) (GenosTrackOffer *offer, gpointer data);
  gboolean (*track_wanted) (GenosTrackOffer *offer, gpointer data);
  /* Does nothing: whether anything of that peer is wanted here, whoever brings it. */
  gboolean (*is_welcome) (const char *peer_id, gpointer data);
  void (*warning) (const GError *error, gpointer data);
} GenosFarHost;

/* @host has to live as long as it does. It hears of peers by @roster, and sends what of @own is ready. */
GenosFarTracks *genos_far_tracks_new (
    GenosRoster *roster, GenosOutgoingTracks *own, const GenosFarHost *host, gpointer data);
void genos_far_tracks_free (GenosFarTracks *self);

/* Of a stay in a room of cells. */
void genos_far_tracks_begin (
    GenosFarTracks *self, GenosMesh *mesh, const char *self_id, guint forward_max);
void genos_far_tracks_end (GenosFarTracks *self);
void genos_far_tracks_set_forward_max (GenosFarTracks *self, guint forward_max);

/* Whether ours are sealed, from the next stay on: there has to be a room key. */
void genos_far_tracks_set_media_encryption (GenosFarTracks *self, GenosEncryption media_encryption);

/* Something of ours came, went or changed. */
void genos_far_tracks_changed (GenosFarTracks *self);

/* A peer's own track; TRUE from the second: it goes on by way of others, or may do so soon, and its end is told
 * later. */
void genos_far_tracks_near_added (GenosFarTracks *self, GenosPeer *peer, GenosRemoteTrack *track);
gboolean
genos_far_tracks_near_removed (GenosFarTracks *self, GenosPeer *peer, GenosRemoteTrack *track);

/* A linked peer's offer, and whether the application wants it. Returns whether it is to be sent: somebody else may
 * want it. */
gboolean genos_far_tracks_judge (GenosFarTracks *self, GenosTrackOffer *offer, gboolean wanted);
/* A linked peer offers it itself now. */
void genos_far_tracks_near_offered (GenosFarTracks *self, GenosTrackOffer *offer);
/* The application may want something else. */
void genos_far_tracks_refilter (GenosFarTracks *self);
/* Adds those of peers that are not linked. @offers: of GenosTrackOffer, with references */
void genos_far_tracks_list_offers (GenosFarTracks *self, GPtrArray *offers);
/* (nullable) (transfer none): somebody whose tracks come by way of others */
GenosPeer *genos_far_tracks_get_peer (GenosFarTracks *self, const char *peer_id);

/* Adds the list "far-track". */
void genos_far_tracks_describe (GenosFarTracks *self, GstStructure *stats);

G_END_DECLS
