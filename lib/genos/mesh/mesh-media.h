/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Who gets a track from whom in a room of cells: what one peer knows of it, and what follows. It moves no
 * packets and says nothing by itself.
 *
 *   offers of neighbours ─►┌─────────┐─► offers to each neighbour
 *   watches of neighbours ►│ planner │─► watches to each neighbour: send me this
 *   what we want to see ──►│         │─► the neighbours each track is passed on to
 *   links, stalls, time ──►└─────────┘
 *
 * An offer names the way its track comes, the nearest first, so that no way leads through anybody twice.
 * Ways are as long as there are links, and those follow the sealed layout: a bridge tells its cell, and
 * the bridges beside it, what it hears of, whether or not it gets it; others tell their cell what they get.
 * A track flows where somebody wants it only. Who passes it on to as many as it may says so, and those
 * behind it get it from the next one: so a tree grows in which nobody has more than that many children.
 * When a parent goes, the next way is taken at once; one that brings nothing is left for a while.
 *
 * Time is monotonic, in microseconds. One thread. The content of lists is a stranger's. */
typedef struct _GenosMeshMedia GenosMeshMedia;

#define GENOS_MESH_MEDIA_MAX_HOPS 12    /* of a way */
#define GENOS_MESH_MEDIA_MAX_OFFERS 256 /* of one neighbour */
#define GENOS_MESH_MEDIA_MAX_TRACKS 1024
#define GENOS_MESH_MEDIA_PENALTY (10 * G_USEC_PER_SEC)

typedef struct {
  const char *origin;
  const char *stream;
  const char *track;
} GenosMeshTrackName;

typedef struct {
  GenosMeshTrackName name;
  const char *about; /* (nullable): what its origin says of it; goes on as it came */
  const char *const
      *path;      /* who passes it on, the nearest first; none: its origin sends it itself */
  gboolean full;  /* who offers it has all the children it may have; its origin too */
  gboolean timed; /* it is known how its origin's clock, by this way, … */
  gint64 ahead;   /* … is ahead of that of whoever has the offer, µs */
} GenosMeshOffer;

/* Which cell somebody is in, by the sealed layout. */
typedef guint (*GenosMeshCellFunc) (const char *peer_id, gpointer data);

GenosMeshMedia *
genos_mesh_media_new (const char *self_id, GenosMeshCellFunc cell_of, gpointer data);
void genos_mesh_media_free (GenosMeshMedia *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosMeshMedia, genos_mesh_media_free)

/* To how many neighbours one track is sent; 0: others' to none, and ours to all who want it. */
void genos_mesh_media_set_forward_max (GenosMeshMedia *self, guint forward_max);
/* Whether we are a bridge, and tell of what we do not get ourselves. */
void genos_mesh_media_set_bridge (GenosMeshMedia *self, gboolean bridge);

/* --- what happens; genos_mesh_media_plan() draws the conclusions --- */

void genos_mesh_media_add_neighbour (GenosMeshMedia *self, const char *peer_id);
void genos_mesh_media_remove_neighbour (GenosMeshMedia *self, const char *peer_id);
/* Both are whole lists, of a neighbour that was added. What cannot be is left out. */
void genos_mesh_media_take_offers (
    GenosMeshMedia *self, const char *from, const GenosMeshOffer *offers, guint n_offers);
void genos_mesh_media_take_watches (
    GenosMeshMedia *self, const char *from, const GenosMeshTrackName *names, guint n_names);
/* What we have ourselves; @about NULL: not any more; empty: whoever may ask for it knows without being told. */
void
genos_mesh_media_set_own (GenosMeshMedia *self, const GenosMeshTrackName *name, const char *about);
/* Whether we want to see it ourselves. */
void
genos_mesh_media_set_wanted (GenosMeshMedia *self, const GenosMeshTrackName *name, gboolean wanted);
/* Its parent sends nothing. */
void genos_mesh_media_stalled (GenosMeshMedia *self, const GenosMeshTrackName *name, gint64 now);

/* Returns when it has to be called again though nothing happens; G_MAXINT64: never. */
gint64 genos_mesh_media_plan (GenosMeshMedia *self, gint64 now);

/* --- the plan; all strings are the planner's, until it is told the next thing --- */

/* (transfer full) (element-type GenosMeshOffer) */
GArray *genos_mesh_media_list_offers (GenosMeshMedia *self, const char *neighbour);
/* (transfer full) (element-type GenosMeshTrackName) */
GArray *genos_mesh_media_list_watches (GenosMeshMedia *self, const char *neighbour);
/* Those of others, whether or not they can be had. (transfer full) (element-type GenosMeshTrackName) */
GArray *genos_mesh_media_list_tracks (GenosMeshMedia *self);
/* (nullable): what its origin says of it, by the way that is taken */
const char *genos_mesh_media_get_about (GenosMeshMedia *self, const GenosMeshTrackName *name);
/* Whether there is a way that does not lead from @neighbour. */
gboolean genos_mesh_media_has_way_without (
    GenosMeshMedia *self, const GenosMeshTrackName *name, const char *neighbour);
/* Somebody wants it, ourselves or a child. */
gboolean genos_mesh_media_is_used (GenosMeshMedia *self, const GenosMeshTrackName *name);
/* Who asked first comes first; of our own cell and of others one each at least, as others have nobody
 * else to ask. (transfer container) (element-type utf8) */
GPtrArray *genos_mesh_media_list_children (GenosMeshMedia *self, const GenosMeshTrackName *name);
/* (nullable): who we have it from, its origin or another */
const char *genos_mesh_media_get_parent (GenosMeshMedia *self, const GenosMeshTrackName *name);
/* By how much its origin's clock is ahead of ours, µs, by the way that is taken. FALSE: not known. */
gboolean
genos_mesh_media_get_ahead (GenosMeshMedia *self, const GenosMeshTrackName *name, gint64 *ahead);
/* How often it is passed on before it is here; 0: never, or it is not to be had. */
guint genos_mesh_media_get_hops (GenosMeshMedia *self, const GenosMeshTrackName *name);
guint genos_mesh_media_get_n_tracks (GenosMeshMedia *self);

G_END_DECLS
