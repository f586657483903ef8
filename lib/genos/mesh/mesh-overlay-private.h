/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/mesh/mesh-overlay.h>
#include <genos/mesh/mesh-queue.h>
#include <genos/mesh/mesh-recent.h>
#include <genos/mesh/mesh-seen.h>

G_BEGIN_DECLS

/* For the files an overlay is written in: mesh-overlay.c has who is there, mesh-roles.c who does what,
 * mesh-forward.c the frames. */
typedef struct {
  guint32 peer;
  gboolean up;
  gboolean extended;
  gboolean fell;         /* it was up, and is not any more */
  gint64 since;          /* µs: up, down, or missed */
  guint told_cell;       /* where it takes us to be; GENOS_MESH_NO_CELL: it did not say */
  guint n_answers;       /* frames sent because it asked, since the last tick */
  GenosMeshQueue *queue; /* (nullable): what it could not take yet */
} GenosMeshLink;

struct _GenosMeshOverlay {
  guint n_refs;
  GenosMeshTopology *topology;
  guint32 self_peer;
  guint cell_size;
  const GenosMeshEvents *events;
  gpointer data;

  GenosMeshCensus *census;
  GenosMeshSeal seal;
  GenosMeshView *view;     /* NULL: nothing was sealed yet */
  GenosMeshView *old_view; /* (nullable): the one before, in its time of grace */
  GHashTable *links; /* number → GenosMeshLink: those that are up, and those that should be */
  guint n_up;

  GenosMeshSeen *seen;
  GenosMeshRecent *recent;
  GArray *asked; /* of guint64: ids we have asked for */
  guint seq;
  gboolean in_grace;       /* links that are outside the layout have not been given up yet */
  gint64 begun, last_tick; /* µs */
  gint64 wall_ms;
  GenosMeshCounters counters;
};

GenosMeshLink *genos_mesh_overlay_find_link (GenosMeshOverlay *self, guint32 peer);
/* Whether more than ourselves is sealed: until then nobody is turned away. */
gboolean genos_mesh_overlay_has_layout (GenosMeshOverlay *self);

/* --- mesh-roles.c --- */

/* Whether it is no use to wait for that peer: its link fell, or never came. */
gboolean genos_mesh_overlay_is_missed (GenosMeshOverlay *self, guint32 peer, gint64 now);
/* One that passes on what others say: bridge or near in the succession, as far as we can know. */
gboolean genos_mesh_overlay_may_forward (GenosMeshOverlay *self, guint32 peer);
/* The first of the succession that is linked; GENOS_MESH_NOBODY. */
guint32 genos_mesh_overlay_find_head (GenosMeshOverlay *self, const GenosMeshNeighbour *neighbour);
/* The same of our own cell, without ourselves and @except. */
guint32 genos_mesh_overlay_find_mate (GenosMeshOverlay *self, guint32 except);
/* In our own cell, by one of the views that count. */
gboolean genos_mesh_overlay_is_mate (GenosMeshOverlay *self, guint32 peer);
/* Most members of our cell are not linked, or take us to be elsewhere: the others have another layout.
 * Until that is over we belong to whoever wants us. */
gboolean genos_mesh_overlay_is_adrift (GenosMeshOverlay *self);
/* Which cell a peer is in, by the view. */
guint genos_mesh_overlay_cell_of (GenosMeshOverlay *self, const char *peer_id);

/* --- mesh-forward.c --- */

/* Tells a link that came up what it may have missed. */
void genos_mesh_overlay_tell_recent (GenosMeshOverlay *self, GenosMeshLink *link, gint64 now);
/* Tells the neighbours what came since the last time. */
void genos_mesh_overlay_tell_neighbours (GenosMeshOverlay *self, gint64 now);

G_END_DECLS
