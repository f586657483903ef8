/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include <genos/media/track-audience-private.h>

G_BEGIN_DECLS

/* What becomes of a track's buffers while it is muted or paused: black, silence, or nothing. Encoded
 * video that goes on does so with a key frame.
 *
 * Threading contract: of the thread that feeds the track. */
typedef struct _GenosTrackMute GenosTrackMute;

GenosTrackMute *genos_track_mute_new (GenosTrackAudience *audience);
void genos_track_mute_free (GenosTrackMute *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosTrackMute, genos_track_mute_free)

/* @caps: of the buffers that follow; nullable */
void genos_track_mute_set_caps (GenosTrackMute *self, GstCaps *caps);

/* (transfer full) what shall go on instead of @buffer (transfer full); NULL: nothing */
GstBuffer *genos_track_mute_filter (GenosTrackMute *self, GstBuffer *buffer);

G_END_DECLS
