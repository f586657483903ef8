/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/room/peer-private.h>

G_BEGIN_DECLS

/* The peers that are here, one object each, whatever becomes of their links. Lives on the room's context. */
#define GENOS_TYPE_ROSTER (genos_roster_get_type ())
G_DECLARE_FINAL_TYPE (GenosRoster, genos_roster, GENOS, ROSTER, GObject)

GenosRoster *genos_roster_new (void);

/* Nobody of that id may be here: a further link to somebody who is goes to the peer itself. */
void genos_roster_add (GenosRoster *self, GenosPeer *peer);

/* Once or twice a second, with the monotonic time: who has been without a link for too long leaves. */
void genos_roster_tick (GenosRoster *self, gint64 now);

/* Says @_leave to everybody. */
void genos_roster_close_all (GenosRoster *self);

/* (transfer none) (nullable) */
GenosPeer *genos_roster_get (GenosRoster *self, const char *peer_id);

/* (transfer container) (element-type GenosPeer): those of @targets that are here, each once; all of
 * them for NULL. @absent (nullable) (element-type utf8) takes the ids that are not. */
GPtrArray *
genos_roster_get_targets (GenosRoster *self, const char *const *targets, GPtrArray *absent);

/* Whether a peer may send us a track; without a filter it may. */
typedef gboolean (*GenosRosterFilter) (GenosPeer *peer, GenosTrackOffer *offer, gpointer user_data);
void
genos_roster_set_track_filter (GenosRoster *self, GenosRosterFilter filter, gpointer user_data);

/* Of all peers that are added from now on; see peer-far.h */
void genos_roster_set_far (GenosRoster *self, const GenosPeerFarFuncs *funcs, gpointer data);

guint genos_roster_get_n (GenosRoster *self);

/* Signals: ::joined (GenosPeer)  ::left (GenosPeer, GError)
 *          ::troubled (GenosPeer)  ::healed (GenosPeer, gboolean replaced)
 *          ::metadata (GenosPeer)   what its application says of itself changed
 *          ::message (GenosPeer, channel, const GenosExtendedMessage *, GenosMessage)
 *          ::progress (GenosPeer, channel, fraction, metadata)
 *          ::track-added (GenosPeer, GenosRemoteTrack)  ::track-removed (GenosPeer, GenosRemoteTrack)
 *          ::track-offered (GenosPeer, GenosTrackOffer)  ::track-withdrawn (GenosPeer, GenosTrackOffer)
 *          ::warning (GError)  it names the peer */

G_END_DECLS
