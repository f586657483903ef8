/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/mesh/mesh-media.h>
#include <genos/room/peer-private.h>
#include <genos/wire/far-list.h>

G_BEGIN_DECLS

/* A neighbour in a room of cells: what it said last of far tracks, and what it was told. */
typedef struct {
  char *id;
  gboolean speaks;    /* else a browser, or an older version */
  gboolean opens;     /* what is sealed, or passes it on */
  gboolean away;      /* its link is in trouble, and what it said stands for afterwards */
  GPtrArray *offers;  /* of GenosFarOffer */
  GPtrArray *watches; /* of GenosFarName */
  gboolean asked;     /* whether it is there, and the answer is not in */
  gint64 answered;    /* µs: when it said so last; 0: never */
  gboolean timed;     /* it is known how its clock … */
  gint64 ahead;       /* … is ahead of ours, µs; small changes are not heeded */
  char *told_offers;  /* (nullable) */
  char *told_watches; /* (nullable) */
  gint64 paid;        /* µs: lists taken are paid for up to then */
} GenosFarNeighbour;

GenosFarNeighbour *genos_far_neighbour_new (const char *id, gboolean speaks);
void genos_far_neighbour_free (GenosFarNeighbour *self);

/* FALSE, and as before, when it is nonsense or comes too fast. */
gboolean genos_far_neighbour_take (
    GenosFarNeighbour *self, const char *type, const char *text, GError **error);
/* TRUE: its clock stands otherwise than it was taken to. */
gboolean genos_far_neighbour_heed_clock (GenosFarNeighbour *self, GenosPeer *peer);
/* Everything it said, once more. */
void genos_far_neighbour_apply (GenosFarNeighbour *self, GenosMeshMedia *planner);
/* It offers some in several tiers, or wants one. */
gboolean genos_far_neighbour_has_tiers (const GenosFarNeighbour *self);
/* (nullable): what it said it sends us of a track */
const char *
genos_far_neighbour_get_tier (const GenosFarNeighbour *self, const GenosMeshTrackName *name);

/* What of a track goes to @peer, in words; NULL: nothing of it does. */
typedef const char *(*GenosFarTierFunc) (
    GenosPeer *peer, const GenosMeshTrackName *name, gpointer data);

/* As it stands in a list. */
GenosFarName *genos_far_lists_name_new (const GenosMeshTrackName *name);

/* What the planner says to it, and that @kept (element-type GenosFarName) is wanted too. FALSE: its link takes
 * nothing at the moment. */
gboolean genos_far_neighbour_tell (GenosFarNeighbour *self, GenosPeer *peer,
    GenosMeshMedia *planner, GPtrArray *kept, GenosFarTierFunc tier, gpointer data);

G_END_DECLS
