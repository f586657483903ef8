/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/media/local-track-private.h>

G_BEGIN_DECLS

/* The local tracks of a room. A track can be offered once its RTP caps are known; that is told on the
 * streaming thread of whoever feeds it, and brought home to the context this was made in. */
#define GENOS_TYPE_OUTGOING_TRACKS (genos_outgoing_tracks_get_type ())
G_DECLARE_FINAL_TYPE (GenosOutgoingTracks, genos_outgoing_tracks, GENOS, OUTGOING_TRACKS, GObject)

GenosOutgoingTracks *genos_outgoing_tracks_new (void);

/* Adding what is there already changes nothing. */
void genos_outgoing_tracks_add (GenosOutgoingTracks *self, GenosLocalTrack *track);
gboolean genos_outgoing_tracks_remove (GenosOutgoingTracks *self, GenosLocalTrack *track);

/* (transfer none) (element-type GenosLocalTrack): those whose caps are known */
GPtrArray *genos_outgoing_tracks_get_ready (GenosOutgoingTracks *self);

/* Signals: ::ready (GenosLocalTrack) once per track
 *          ::changed (GenosLocalTrack) a ready one's audience */

G_END_DECLS
