/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/room/message-private.h>
#include <genos/room/peer-media.h>
#include <genos/room/peer.h>
#include <genos/transport/messenger.h>

G_BEGIN_DECLS

/* One participant over one open link. A peer that restarts comes back as another object.
 *
 * Private signals, on the room's context:
 * ::x-message (channel, GenosMessage)          of users' channels
 * ::x-progress (channel, fraction, metadata)
 * ::x-track-added (GenosRemoteTrack) ::x-track-removed (GenosRemoteTrack)
 * ::x-warning (GError)                         counted nonsense
 * ::x-gone (GError)                           once: the link is over
 */
GenosPeer *genos_peer_new (const char *peer_id, const char *kind, GenosPeerLink *link,
    const GenosDialect *dialect);

GenosPeerMedia *genos_peer_get_media (GenosPeer *self);
GenosMessenger *genos_peer_get_messenger (GenosPeer *self);
void genos_peer_set_kind (GenosPeer *self, const char *kind);

/* Says @_leave when @politely, then closes the link; ::gone comes at once. */
void genos_peer_close (GenosPeer *self, gboolean politely);

GstStructure *genos_peer_get_stats (GenosPeer *self);

G_END_DECLS
