/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/base/timer.h>
#include <genos/room/far/far-lists.h>
#include <genos/room/far/far-tracks.h>
#include <genos/room/far/sealed-tracks.h>

G_BEGIN_DECLS

/* How often tracks are looked at. */
#define GENOS_FAR_TRACKS_LOOK_MS 250

/* One encoding of a track of ours, which goes beside the first to those who asked for it. */
typedef struct {
  GenosLocalTrack *of;
  guint tier;
  char *name; /* the planner's */
  gboolean is_there;
  GenosLocalTrack *track; /* (nullable): nobody asked for it */
} GenosFarOwnTier;

/* For the files it is written in: far-tracks.c has what happens, far-plan.c what follows, far-tiers.c what goes
 * beside a track for the sake of narrow links, far-sealed.c who may watch, far-doubt.c who is asked whether it is
 * still there. */
struct _GenosFarTracks {
  GenosRoster *roster;
  GenosOutgoingTracks *own;
  const GenosFarHost *host;
  gpointer data;
  GMainContext *context;

  /* NULL without cells. */
  GenosMesh *mesh;
  GenosMeshMedia *planner;
  char *self_id;
  guint forward_max;
  GHashTable *neighbours; /* char * → GenosFarNeighbour */
  GHashTable *tracks;     /* their link_track → GenosFarTrack */
  GHashTable *peers;      /* char * → GenosPeer: origins that are not linked */
  GPtrArray *own_names;   /* of GenosFarName: what the planner has of ours */
  GPtrArray *own_tiers;   /* of GenosFarOwnTier, likewise */
  GenosTimer due;         /* it is to be planned anew */
  GenosTimer tick;
  GenosEncryption media_encryption; /* of ours, for the next stay too */
  GenosSealedTracks *sealed;
  GenosTimer telling; /* it is to be told … */
  GError *warning;    /* … of this; (nullable) */
  gint64 looked;      /* when tracks were looked at last */
  gint64 next;        /* it has to be planned again though nothing happens */
  guint stay; /* which one: whoever calls the host looks whether it is the same afterwards */
};

/* (nullable) */
GenosFarTrack *genos_far_tracks_find (
    GenosFarTracks *self, const char *origin, const char *stream, const char *track);
GenosFarTrack *genos_far_tracks_ensure (GenosFarTracks *self, const GenosMeshTrackName *name);
GenosFarNeighbour *genos_far_tracks_ensure_neighbour (GenosFarTracks *self, GenosPeer *peer);

/* Soon; what happens together is told together. */
void genos_far_tracks_schedule (GenosFarTracks *self);
/* The object is over, for the application and for those who have it from us; another one may follow. */
void genos_far_tracks_hide (GenosFarTracks *self, GenosFarTrack *track);
void genos_far_tracks_withdraw (GenosFarTracks *self, GenosFarTrack *track);
/* Nobody has it from us any more. */
void genos_far_tracks_take_away (GenosFarTracks *self, GenosFarTrack *track);
/* A track of ours goes to those whom it is for now, or to nobody any more. */
void genos_far_tracks_update_local (GenosFarTracks *self, GenosLocalTrack *track);
void genos_far_tracks_remove_local (GenosFarTracks *self, GenosLocalTrack *track);
/* (nullable) (transfer none): one of those that are offered */
GenosLocalTrack *
genos_far_tracks_find_own (GenosFarTracks *self, const char *stream, const char *track);
/* (nullable) (transfer none): what a linked origin itself offers */
GenosTrackOffer *genos_far_tracks_get_near_offer (GenosFarTracks *self, GenosFarTrack *track);
/* Its packets come from elsewhere, or clocks stand otherwise: when they were taken. */
void genos_far_tracks_settle_clock (GenosFarTracks *self, GenosFarTrack *track);
void genos_far_tracks_set_wanted (GenosFarTracks *self, GenosFarTrack *track, gboolean wanted);
void genos_far_tracks_plan (GenosFarTracks *self);
/* Whether parents bring what they are to. */
void genos_far_tracks_look (GenosFarTracks *self);
/* Whether those that bring nothing are there at all; after looking. */
void genos_far_tracks_doubt (GenosFarTracks *self, gint64 now);
/* What the application is told may be the end of it: gives back what g_rc_box_acquire() took. */
void genos_far_tracks_let_go (GenosFarTracks *self);

/* --- far-tiers.c --- */

GPtrArray *genos_far_own_tiers_new (void);
/* (nullable) (transfer none) */
GenosFarOwnTier *genos_far_tracks_find_own_tier (GenosFarTracks *self, GenosLocalTrack *track);
/* @tracks: of GenosLocalTrack: those of ours that others may pass on */
void genos_far_tracks_bring_own_tiers (GenosFarTracks *self, GPtrArray *tracks);
void genos_far_tracks_settle_own_tiers (GenosFarTracks *self);
void genos_far_tracks_end_tiers (GenosFarTracks *self);
/* A few times a second. TRUE: others are wanted. */
gboolean genos_far_tracks_look_at_tiers (GenosFarTracks *self, gint64 now);
/* How many come beside it. */
guint genos_far_tracks_count_tiers (GenosFarTracks *self, const GenosFarTrack *track, gint64 now);
/* A GenosFarTierFunc. @data: GenosFarTracks */
const char *
genos_far_tracks_name_sent (GenosPeer *peer, const GenosMeshTrackName *name, gpointer data);
void genos_far_tracks_heed_sent (GenosFarTracks *self, GenosFarTrack *track);

/* --- far-sealed.c --- */

void genos_far_tracks_begin_sealed (GenosFarTracks *self);
void genos_far_tracks_end_sealed (GenosFarTracks *self);
/* Ours are sealed for whoever can open them. */
gboolean genos_far_tracks_seals (GenosFarTracks *self);
/* Two of GenosPeerFarFuncs. */
GenosTrackSealer *
genos_far_tracks_get_sealer (const char *peer_id, GenosLocalTrack *track, gpointer data);
gboolean genos_far_tracks_offers (const char *peer_id, GenosLocalTrack *track, gpointer data);
/* Whoever watches @track gets it opened, if it is sealed. */
void genos_far_tracks_see_to_seal (GenosFarTracks *self, GenosFarTrack *track);
void genos_far_tracks_note_near_seal (GenosFarTracks *self, GenosFarTrack *track);
/* @value: holds a GstStructure, to which is added what was opened of @track. */
void
genos_far_tracks_describe_opened (GenosFarTracks *self, const GenosFarTrack *track, GValue *value);
/* Adds the list "sealed-track", of ours, if they are. */
void genos_far_tracks_describe_sealed (GenosFarTracks *self, GstStructure *stats);
void genos_far_tracks_look_after_keys (GenosFarTracks *self, gint64 now);

G_END_DECLS
