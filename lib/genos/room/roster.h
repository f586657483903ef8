/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/room/peer-private.h>

G_BEGIN_DECLS

/* The peers that are linked, one link each. Lives on the room's context. */
#define GENOS_TYPE_ROSTER (genos_roster_get_type ())
G_DECLARE_FINAL_TYPE (GenosRoster, genos_roster, GENOS, ROSTER, GObject)

GenosRoster *genos_roster_new (void);

/* A link to @peer opened. One of the same id that is here already is a ghost: it leaves first. */
void genos_roster_add (GenosRoster *self, GenosPeer *peer);

/* Says @_leave to everybody. */
void genos_roster_close_all (GenosRoster *self);

/* (transfer none) (nullable) */
GenosPeer *genos_roster_get (GenosRoster *self, const char *peer_id);

/* (transfer container) (element-type GenosPeer): those of @targets that are here, each once; all of
 * them for NULL. @absent (nullable) (element-type utf8) takes the ids that are not. */
GPtrArray *genos_roster_get_targets (GenosRoster *self, const char *const *targets,
    GPtrArray *absent);

guint genos_roster_get_n (GenosRoster *self);

/* Signals: ::joined (GenosPeer)  ::left (GenosPeer, GError, gboolean replaced)
 *          ::message (GenosPeer, channel, GenosMessage)
 *          ::progress (GenosPeer, channel, fraction, metadata)
 *          ::track-added (GenosPeer, GenosRemoteTrack)  ::track-removed (GenosPeer, GenosRemoteTrack)
 *          ::warning (GError)  it names the peer */

G_END_DECLS
