/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/media/remote-track-private.h>
#include <genos/media/sender-list.h>
#include <genos/media/track-worker.h>

G_BEGIN_DECLS

/* Feeds the senders of a track with the packets of another, while one of them is active, and asks the
 * other for the key frames that they want: once for all of them.
 *
 * Threading contract: every function from any thread. stop() waits until no packet is under way. */
typedef struct _GenosTrackForward GenosTrackForward;

/* What packets of a track can be passed on as; NULL: nothing known. */
const GenosMediaCodec *genos_track_forward_get_codec (GenosRemoteTrack *source);

GenosTrackForward *genos_track_forward_new (
    GenosRemoteTrack *source, const GenosMediaCodec *codec, guint32 ssrc, GenosSenderList *senders);
/* What brings another tier of the same pictures, above 0; NULL, or one of another codec: nothing.
 * Not inside the packet function of either. */
void genos_track_forward_set_tier (GenosTrackForward *self, guint tier, GenosRemoteTrack *source);
/* The tiers above 0 that somebody gets or is to get, as bits. */
guint genos_track_forward_get_demand (GenosTrackForward *self);

/* Packets are passed on as they come, sealed, and not as whoever watches has them. Before anything is active. */
void genos_track_forward_set_sealed (GenosTrackForward *self);
void genos_track_forward_free (GenosTrackForward *self);

/* Packets are counted as frames. */
void genos_track_forward_get_stats (GenosTrackForward *self, GenosTrackStats *stats);

G_END_DECLS
