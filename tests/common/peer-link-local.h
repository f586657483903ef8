/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/transport/peer-link.h>

G_BEGIN_DECLS

/* A peer link whose other end is in the same process: no network, no webrtcbin. The descriptions
 * carry a number under which the answerer finds the offerer; the links are open when the answer has
 * come back. Frames travel through the contexts of both ends. */
#define PEER_TYPE_LINK_LOCAL (peer_link_local_get_type ())
G_DECLARE_FINAL_TYPE (PeerLinkLocal, peer_link_local, PEER, LINK_LOCAL, GenosPeerLink)

GenosPeerLink *peer_link_local_new (gboolean offerer);

/* Two ends that are joined and open as soon as the loop runs: descriptions pass by themselves. */
void peer_link_local_new_pair (GenosPeerLink **offerer, GenosPeerLink **answerer);

/* What arrives at the other side instead of @frame: (transfer full), NULL to lose it. */
typedef GBytes *(*PeerLinkLocalFilter) (GBytes *frame, gpointer user_data);
void
peer_link_local_set_filter (PeerLinkLocal *self, PeerLinkLocalFilter filter, gpointer user_data);

/* Milliseconds from now on between sending a frame and its arrival. */
void peer_link_local_set_delay (PeerLinkLocal *self, guint delay_ms);

/* While held, frames count as buffered and do not travel. */
void peer_link_local_set_held (PeerLinkLocal *self, gboolean held);

/* The other side is closing the channel, and this one has not been told yet: nothing can be sent. */
void peer_link_local_set_closing (PeerLinkLocal *self);

/* Vanishes without a word, as a process that was killed. */
void peer_link_local_vanish (PeerLinkLocal *self);

/* As if another certificate stood at the other end, as with somebody in between; 0: the true one. */
void peer_link_local_set_forged (PeerLinkLocal *self, guint serial);

/* What this end refuses of what the other one sends from now on: fields of RTP caps, "VP9" or the
 * profile-level-id of H.264. @values: static, NULL-terminated */
void peer_link_local_set_refused (PeerLinkLocal *self, const char *const *values);

/* Frames that were sent. */
guint64 peer_link_local_get_n_sent (PeerLinkLocal *self);

G_END_DECLS
