/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/mesh/mesh-overlay.h>
#include <genos/room/heard-book.h>
#include <genos/room/joining/link-pool.h>
#include <genos/signalling/signaller.h>

G_BEGIN_DECLS

/* Turns what the signaller hears into links: decides with the dial book, owns every handshake until
 * its link opens or fails. Lives on the room's context. */
#define GENOS_TYPE_DIALLER (genos_dialler_get_type ())
G_DECLARE_FINAL_TYPE (GenosDialler, genos_dialler, GENOS, DIALLER, GObject)

GenosDialler *genos_dialler_new (
    const char *self_id, GenosSignaller *signaller, GenosLinkFactory factory, gpointer user_data);

/* @size links gather ahead of the dials they are for. */
void genos_dialler_set_pool_size (GenosDialler *self, guint size);

/* Whom to link with: everybody, unless somebody says otherwise. */
typedef GenosMeshWish (*GenosDiallerGate) (const char *peer_id, gpointer user_data);
void genos_dialler_set_gate (GenosDialler *self, GenosDiallerGate gate, gpointer user_data);
/* Dials a peer that is wanted now and was not when it was heard, unless a handshake with it is under way,
 * or failed just now. */
void genos_dialler_want (GenosDialler *self, const char *peer_id);
/* The gate may think otherwise now: takes offers of the last seconds that it did not want. Whoever made
 * one waits for the answer, and takes none of ours meanwhile. */
void genos_dialler_reconsider (GenosDialler *self);
/* (transfer none) (nullable): whom it has heard of since there is a gate */
GenosHeardBook *genos_dialler_get_heard (GenosDialler *self);

/* Drops what takes too long; call about twice a second with the monotonic time. */
void genos_dialler_tick (GenosDialler *self, gint64 now);

/* The link that ::linked handed out is over: the peer may be dialled again. */
void genos_dialler_link_closed (GenosDialler *self, const char *peer_id);

/* The link to that peer is in trouble: dials it at once, on the path it was last heard on, unless a
 * handshake with it is under way; its link, if there is one, stays. @origin: what its link was made
 * from, so that nobody else answers under its name. */
void
genos_dialler_redial (GenosDialler *self, const char *peer_id, const GenosSignalOrigin *origin);

/* The link in trouble speaks again: takes our dial back. */
void genos_dialler_calm (GenosDialler *self, const char *peer_id);

/* We have other addresses: offers that nobody answered name the old ones, and failures count no
 * more. */
void genos_dialler_network_changed (GenosDialler *self);

/* It said goodbye: handshakes with it are pointless. */
void genos_dialler_peer_gone (GenosDialler *self, const char *peer_id);

/* Drops every handshake. */
void genos_dialler_stop (GenosDialler *self);

/* The link that ::linked handed out was not taken: the peer is left alone for a while. */
void genos_dialler_link_refused (GenosDialler *self, const char *peer_id);

/* Adds the ids of all peers that a handshake is under way with. (element-type utf8) */
void genos_dialler_collect_peers (GenosDialler *self, GHashTable *peer_ids);

guint genos_dialler_get_n_handshakes (GenosDialler *self);

/* Signals:
 * ::linked (peer_id, GenosPeerLink, const GenosSignalOrigin *)
 *                                      open; whoever had a link to that peer replaces it. The origin
 *                                      of the messages that led to it is valid for the call
 * ::failed (peer_id, GError)           a handshake that got somewhere came to nothing; retried by itself
 */

G_END_DECLS
