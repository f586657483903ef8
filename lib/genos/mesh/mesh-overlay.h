/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/mesh/mesh-frame.h>
#include <genos/mesh/mesh-seal.h>
#include <genos/mesh/mesh-topology.h>
#include <genos/mesh/mesh-transfer.h>
#include <genos/mesh/mesh-view.h>

G_BEGIN_DECLS

/* The cellular mesh as one peer runs it. It knows no sockets, clocks or random numbers: it is told what
 * was heard and what came over which link, and says what to send, whom to link with, and what arrived. The
 * room drives it with real links, a simulation with ten thousand of them.
 *
 *    announces, byes ─►┌────────────┐─► send this frame to that peer
 *   links up and down ►│  overlay   │─► deliver that message to the application
 *   frames of peers ──►│            │─► the links that are wanted have changed
 *     time (tick) ────►└────────────┘─► another layout was sealed
 *
 * Peers are numbers of a GenosMeshTopology, which all overlays of a process may share: what depends on the
 * ids alone is then worked out once. Time is monotonic, in microseconds; it may begin anywhere. One thread.
 *
 * How a broadcast travels: its origin hands it to each member of its own cell; the bridge there passes it on
 * to the bridges of those cells that are its children in the tree of that origin's cell (mesh-tree.h); they
 * hand it to the members of their cells, and so on: one copy for each peer. Each cell has another
 * neighbour that tells it, at the next tick, what it should have (GENOS_MESH_HAVE); what is missing is asked
 * for (GENOS_MESH_WANT). So the loss of a bridge, and views that differ, cost two seconds, no messages. The
 * same goes over each link that comes up. Browsers are neither told nor asked; they flood, and what comes twice
 * is dropped.
 *
 * What is too large for that goes the same way in chunks (mesh-chunk.h), which each peer keeps until it has all
 * of them, and hands on to each neighbour as fast as that one takes them, after everything else. Who misses
 * some asks for them; who is near and has all of them says so.
 *
 * A frame for one peer goes by the bridges, each time to the neighbouring cell that is nearest. One that is
 * to be acknowledged is sent again, another way, until it is.
 *
 * A peer whose bridge has gone takes its place at once when it is next in the succession, before
 * the next seal; the neighbours hand theirs to the first in the succession that they have a link to. */
typedef struct _GenosMeshOverlay GenosMeshOverlay;

typedef struct {
  guint cell_size;             /* 1 to GENOS_MESH_MAX_CELL_SIZE */
  guint max_peers;             /* 0: GENOS_MESH_OVERLAY_MAX_PEERS */
  const GenosMeshTimes *times; /* (nullable): the usual ones; copied */
  guint8 key[16];              /* random, for the ids seen */
  gint64 wall_ms;              /* wall clock at the beginning, milliseconds since 1970 */
} GenosMeshConfig;

#define GENOS_MESH_OVERLAY_MAX_PEERS 65536 /* known; more are not heard */
#define GENOS_MESH_OVERLAY_MAX_IDS 64      /* in one HAVE or WANT */

typedef enum {
  GENOS_MESH_UNWANTED,  /* is not dialled, nor answered, and closed if it is there */
  GENOS_MESH_TOLERATED, /* is answered and stays, but is not dialled */
  GENOS_MESH_WANTED,    /* is dialled */
} GenosMeshWish;

/* All of them may be NULL. All but send() may call the overlay, and drop the last reference to it. */
typedef struct {
  /* FALSE: that link takes no more now. The frame waits here until genos_mesh_overlay_writable().
   * @cell: of the channel it goes under. */
  gboolean (*send) (guint32 peer, guint cell, GenosMeshFrame *frame, guint ttl, gpointer data);
  /* A message for us, once. FALSE: it could not be taken. Then it is not acknowledged, and may come again. */
  gboolean (*deliver) (GenosMeshFrame *frame, gpointer data);
  /* Another chunk of it is here. When it was the last one, deliver() is next, with all of it as content. */
  void (*arriving) (const GenosMeshTransfer *transfer, gpointer data);
  /* What genos_mesh_overlay_send_acknowledged() said: it arrived, or was given up. @n_again: how often it
   * was sent again. */
  void (*settled) (guint64 serial, gboolean arrived, guint n_again, gpointer data);
  /* @ping_id: JSON text, as it was given to genos_mesh_overlay_ping(). */
  void (*pong) (const char *peer_id, const char *ping_id, gpointer data);
  /* genos_mesh_overlay_judge() may say something else of anybody. */
  void (*links_changed) (gpointer data);
  /* There is another view. */
  void (*sealed) (gpointer data);
} GenosMeshEvents;

typedef struct {
  guint64 originated; /* frames of our own, whatever they were handed to */
  guint64 delivered;  /* to the application */
  guint64 sent;       /* handed to a link, each time */
  guint64 control;    /* of those, what is no message, ping or pong */
  guint64 forwarded;  /* of those, other peers' */
  guint64 received;
  guint64 duplicates;
  guint64 repaired;         /* came because we asked */
  guint64 again;            /* sent again, because it was not acknowledged */
  guint64 given_up;         /* never acknowledged */
  guint64 dropped_role;     /* from one who has no business to pass it on */
  guint64 dropped_replayed; /* too old */
  guint64 dropped_ttl;      /* would have had to go on */
  guint64 dropped_route;    /* nobody to hand it to */
  guint64 dropped_queue;    /* a link was too slow */
  guint64 dropped_chunk;    /* it is none, does not suit the others, or there is too much */
  guint64 unfinished;       /* went in chunks that did not all come */
} GenosMeshCounters;

/* @events has to live as long as the overlay; @data is theirs. */
GenosMeshOverlay *genos_mesh_overlay_new (GenosMeshTopology *topology, const char *self_id,
    const GenosMeshConfig *config, const GenosMeshEvents *events, gpointer data, gint64 now);
GenosMeshOverlay *genos_mesh_overlay_ref (GenosMeshOverlay *self);
void genos_mesh_overlay_unref (GenosMeshOverlay *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosMeshOverlay, genos_mesh_overlay_unref)
/* From now on it tells nobody anything. */
void genos_mesh_overlay_stop (GenosMeshOverlay *self);

/* --- what happens --- */

/* Every announce, of anybody. */
void genos_mesh_overlay_heard (GenosMeshOverlay *self, guint32 peer, gint64 now);
/* It said goodbye, on a relay or over its link. */
void genos_mesh_overlay_left (GenosMeshOverlay *self, guint32 peer, gint64 now);
/* @extended: it is of our own kind, and understands GENOS_MESH_HAVE. Again for one that is up: its link
 * was replaced. */
void
genos_mesh_overlay_link_up (GenosMeshOverlay *self, guint32 peer, gboolean extended, gint64 now);
/* Its link is gone. @broken: nobody closed it. A bridge that we need and whose link broke counts as gone
 * at once, until it is heard again. */
void
genos_mesh_overlay_link_down (GenosMeshOverlay *self, guint32 peer, gboolean broken, gint64 now);
/* Its link is up, but nothing comes over it that should: until it is heard again, or not @doubted any more, whoever
 * comes after it in the succession does its work as well, and has the links for that. */
void genos_mesh_overlay_doubt (GenosMeshOverlay *self, guint32 peer, gboolean doubted, gint64 now);
/* After send() returned FALSE: that link takes more. */
void genos_mesh_overlay_writable (GenosMeshOverlay *self, guint32 peer, gint64 now);
/* A frame from the other end of a link; @ttl: as it came. */
void genos_mesh_overlay_receive (
    GenosMeshOverlay *self, guint32 from, GenosMeshFrame *frame, guint ttl, gint64 now);
/* The channel under which it came tells where its sender takes us to be: who is with us by our layout may not
 * be by theirs. Before genos_mesh_overlay_receive(), which does without. */
void genos_mesh_overlay_note_channel (GenosMeshOverlay *self, guint32 from, guint cell);
/* Every GenosMeshTimes.tick, give or take. */
void genos_mesh_overlay_tick (GenosMeshOverlay *self, gint64 now);

/* --- what we say --- */

/* To everybody, or to @target_id, which has to be in @data as member "_t" as well. @data: JSON text. FALSE
 * when there is nobody to hand it to. */
gboolean genos_mesh_overlay_send (
    GenosMeshOverlay *self, const char *target_id, const char *data, gint64 now);
/* The same to one of our own kind, which acknowledges it. @data: JSON text of an object; @bulk: part of
 * something large, which everything else overtakes. A serial for settled(), which is called once, never in
 * here; 0 when too much is not acknowledged yet. */
guint64 genos_mesh_overlay_send_acknowledged (
    GenosMeshOverlay *self, const char *target_id, const char *data, gboolean bulk, gint64 now);
/* To everybody, in chunks, whatever its size: 1 to GENOS_MESH_CONTENT_MAX bytes. Its id (transfer full); (nullable):
 * NULL when too much of ours is on its way already. It begins to leave with genos_mesh_overlay_pump(). */
char *genos_mesh_overlay_send_large (GenosMeshOverlay *self, GBytes *content, gint64 now);
/* Every link that something waits for takes what it can. */
void genos_mesh_overlay_pump (GenosMeshOverlay *self, gint64 now);
/* Whether some link is still to be given chunks of it. */
gboolean genos_mesh_overlay_is_leaving (GenosMeshOverlay *self, const char *id);
guint genos_mesh_overlay_get_n_unacknowledged (GenosMeshOverlay *self);
/* @ping_id: JSON text, string or number */
gboolean genos_mesh_overlay_ping (
    GenosMeshOverlay *self, const char *target_id, const char *ping_id, gint64 now);

/* --- how it is --- */

GenosMeshWish genos_mesh_overlay_judge (GenosMeshOverlay *self, guint32 peer, gint64 now);
/* Calls @func for each peer that is WANTED, linked or not. */
typedef void (*GenosMeshPeerFunc) (guint32 peer, gpointer data);
void genos_mesh_overlay_foreach_wanted (
    GenosMeshOverlay *self, gint64 now, GenosMeshPeerFunc func, gpointer data);

/* Calls @func for each peer whose link is up and of whom it matters to know soon when it is gone: those whose place
 * we are the next, or next but one, to take; and of a neighbouring cell those who come before one that has linked
 * with us just now. Few, often nobody. */
void genos_mesh_overlay_foreach_suspect (
    GenosMeshOverlay *self, gint64 now, GenosMeshPeerFunc func, gpointer data);

guint32 genos_mesh_overlay_get_self (GenosMeshOverlay *self);
/* (transfer none) */
const char *genos_mesh_overlay_get_self_id (GenosMeshOverlay *self);
/* 0: nothing was sealed yet */
guint64 genos_mesh_overlay_get_epoch (GenosMeshOverlay *self);
/* (transfer none) (nullable): the layout as it was sealed last, valid until the next one */
const GenosMeshView *genos_mesh_overlay_get_view (GenosMeshOverlay *self);
/* The bridge of our cell by the sealed layout. */
gboolean genos_mesh_overlay_is_bridge (GenosMeshOverlay *self);
/* Doing its work: all who come before us are gone. */
gboolean genos_mesh_overlay_is_acting (GenosMeshOverlay *self, gint64 now);
/* (transfer none) */
GenosMeshCensus *genos_mesh_overlay_get_census (GenosMeshOverlay *self);
gboolean genos_mesh_overlay_is_linked (GenosMeshOverlay *self, guint32 peer);
guint genos_mesh_overlay_get_n_links (GenosMeshOverlay *self);
/* Frames that wait for that link. */
guint genos_mesh_overlay_get_n_waiting (GenosMeshOverlay *self, guint32 peer);
const GenosMeshCounters *genos_mesh_overlay_get_counters (GenosMeshOverlay *self);

G_END_DECLS
