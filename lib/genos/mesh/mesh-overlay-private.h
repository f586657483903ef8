/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/mesh/mesh-overlay.h>
#include <genos/mesh/mesh-pending.h>
#include <genos/mesh/mesh-queue.h>
#include <genos/mesh/mesh-recent.h>
#include <genos/mesh/mesh-seen.h>
#include <genos/mesh/mesh-transfers.h>

G_BEGIN_DECLS

/* For the files an overlay is written in: mesh-overlay.c has who is there, mesh-roles.c who does what,
 * mesh-forward.c the frames, mesh-directed.c those for one peer, mesh-large.c what goes in chunks,
 * mesh-repair.c what neighbours tell each other. */
typedef struct {
  guint32 peer;
  gboolean up;
  gboolean extended;
  gboolean fell;         /* it was up, and is not any more … */
  gboolean broke;        /* … and nobody closed it */
  gboolean doubted;      /* it is up, and does not answer */
  gint64 since;          /* µs: up, down, or missed */
  guint told_cell;       /* where it takes us to be; GENOS_MESH_NO_CELL: it did not say */
  guint claimed_cell;    /* where it takes itself to be; GENOS_MESH_NO_CELL: it did not say */
  guint n_answers;       /* frames sent because it asked, since the last tick */
  guint n_chunk_answers; /* chunks, the same */
  gint64 ask_at;         /* µs: when it is asked where it is, if it has not said so */
  gint64 ask_pause;      /* µs: between the last time and then */
  gint64 told_us_at;     /* µs: when it last told us that it has something; 0: never */
  gint64 told_until;     /* µs: a stranger was told of what came before … */
  gint64 tell_at;        /* … and is told again then, */
  gint64 tell_pause;     /* … and after that long the next time; 0: at each tick */
  GenosMeshQueue *queue; /* (nullable): what it could not take yet */
} GenosMeshLink;

typedef struct {
  guint64 hash;
  gint64 at; /* µs */
} GenosMeshAsked;

/* Chunks of something large, of one peer. */
typedef struct {
  guint64 hash;
  guint32 peer;
  gint64 at; /* µs */
} GenosMeshAskedWhole;

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
  GArray *asked; /* of GenosMeshAsked: ids we have asked for */

  /* Of messages for one peer, which are many when something large is under way: they must not push out the
   * ids of broadcasts. */
  GenosMeshSeen *directed; /* ids passed on */
  GenosMeshSeen *tokens;   /* what was taken: of origin and token */
  GenosMeshPending *pending;

  GenosMeshTransfers *transfers; /* (nullable): nothing large was ever said */
  GArray *asked_wholes;          /* of GenosMeshAskedWhole */
  guint8 key[16];

  guint64 serial;
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

/* Whether it is no use to wait for that peer: its link fell, or never came, or is in doubt; or it takes itself to be
 * elsewhere, and does nothing for the cell that we take it to be in. */
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

GenosMeshFrame *genos_mesh_overlay_make_frame (GenosMeshOverlay *self, GenosMeshKind kind,
    const char *target_id, const char *data, gint64 now);
gint64 genos_mesh_overlay_get_wall_ms (GenosMeshOverlay *self, gint64 now);
/* To one that is linked. */
void
genos_mesh_overlay_send_to (GenosMeshOverlay *self, guint32 peer, GenosMeshFrame *frame, guint ttl);
/* To the members of our cell but @from and @origin, or to everybody who is linked while it is not known who
 * they are: to how many. @serves: those who are with @from as well have it from there. */
guint genos_mesh_overlay_send_to_mates (GenosMeshOverlay *self, GenosMeshFrame *frame, guint ttl,
    guint32 from, gboolean serves, guint32 origin);
/* Whom a broadcast of ours goes to. (transfer full) (element-type guint32) */
GArray *genos_mesh_overlay_list_first (GenosMeshOverlay *self, gint64 now);
/* Whom one goes to that came to us with that TTL; @from is a member of our cell, unless it came from outside.
 * There is a layout. (transfer full) (element-type guint32) */
GArray *genos_mesh_overlay_list_next (GenosMeshOverlay *self, const char *origin_id, guint ttl,
    GenosMeshLink *from, gboolean is_repair, gint64 now);
/* A frame of our own. FALSE: there is nobody to hand it to. */
gboolean genos_mesh_overlay_originate (GenosMeshOverlay *self, GenosMeshFrame *frame, gint64 now);
/* The last thing that is done with a frame: the application may end the mesh. FALSE: it could not take it. */
gboolean genos_mesh_overlay_take (GenosMeshOverlay *self, GenosMeshFrame *frame, gint64 now);
/* How many hops a frame of ours is allowed. */
guint genos_mesh_overlay_choose_ttl (GenosMeshOverlay *self);

/* --- mesh-directed.c --- */

/* On its way to the target; @from: where it comes from, or GENOS_MESH_NOBODY. FALSE: there is no way. */
gboolean genos_mesh_overlay_send_directed (
    GenosMeshOverlay *self, GenosMeshFrame *frame, guint ttl, guint32 from, gint64 now);
/* One for us. */
void genos_mesh_overlay_take_directed (GenosMeshOverlay *self, GenosMeshFrame *frame, gint64 now);
/* Sends again what was not acknowledged. */
void genos_mesh_overlay_retry (GenosMeshOverlay *self, gint64 now);

/* --- mesh-large.c --- */

void genos_mesh_overlay_take_chunk (
    GenosMeshOverlay *self, GenosMeshLink *from, GenosMeshFrame *frame, guint ttl, gint64 now);
/* Each tick: asks for what is missing, tells what is complete, and forgets what is old. */
void genos_mesh_overlay_tend_large (GenosMeshOverlay *self, gint64 now);
/* Tells it what is complete here. */
void genos_mesh_overlay_tell_large (GenosMeshOverlay *self, GenosMeshLink *link, gint64 now);
/* That @from has all of it. TRUE: it was such a notice. */
gboolean genos_mesh_overlay_take_notice (
    GenosMeshOverlay *self, GenosMeshLink *from, const char *notice, gint64 now);
/* TRUE: it was the id of a chunk, which @from wants. */
gboolean genos_mesh_overlay_answer_chunk (
    GenosMeshOverlay *self, GenosMeshLink *from, const char *id, gint64 now);
/* It answers nothing any more. */
void genos_mesh_overlay_forget_asked (GenosMeshOverlay *self, guint32 peer);

/* --- mesh-repair.c --- */

/* To one that is linked. */
void genos_mesh_overlay_send_ids (
    GenosMeshOverlay *self, guint32 peer, GenosMeshKind kind, GPtrArray *ids, gint64 now);
/* Who takes itself, or us, to be elsewhere than we do, or has not said for a while. */
gboolean genos_mesh_overlay_is_stranger (GenosMeshOverlay *self, GenosMeshLink *link, gint64 now);
/* Whether what has that id was said after we came, or just before. */
gboolean genos_mesh_overlay_is_recent (GenosMeshOverlay *self, const char *id);

/* Tells a link that came up what it may have missed. */
void genos_mesh_overlay_tell_recent (GenosMeshOverlay *self, GenosMeshLink *link, gint64 now);
/* Tells it what we said ourselves of late, if anything. */
void genos_mesh_overlay_tell_own (GenosMeshOverlay *self, GenosMeshLink *link, gint64 now);
/* Tells it nothing but which cell we are in, and take it to be in. */
void genos_mesh_overlay_tell_cell (GenosMeshOverlay *self, GenosMeshLink *link, gint64 now);
/* Asks those whom we rely on, and who did not say it, where they are. */
void genos_mesh_overlay_ask_cells (GenosMeshOverlay *self, gint64 now);
/* Tells the neighbours what came since the last time. */
void genos_mesh_overlay_tell_neighbours (GenosMeshOverlay *self, gint64 now);
void genos_mesh_overlay_take_have (
    GenosMeshOverlay *self, GenosMeshLink *from, GenosMeshFrame *frame, gint64 now);
void genos_mesh_overlay_take_want (
    GenosMeshOverlay *self, GenosMeshLink *from, GenosMeshFrame *frame, gint64 now);
/* Whether we have asked for it; once. */
gboolean genos_mesh_overlay_was_asked_for (GenosMeshOverlay *self, guint64 hash);

G_END_DECLS
