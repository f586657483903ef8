/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include <genos/base/error.h>
#include <genos/base/types.h>
#include <genos/media/media-kind.h>
#include <genos/media/remote-track.h>
#include <genos/media/track-audience.h>

G_BEGIN_DECLS

#define GENOS_TYPE_LOCAL_TRACK (genos_local_track_get_type ())
GENOS_API
G_DECLARE_FINAL_TYPE (GenosLocalTrack, genos_local_track, GENOS, LOCAL_TRACK, GObject)

/* construction: properties kind, stream-id, track-id (construct-only; random when NULL),
 * metadata (JSON text, nullable), codec ("vp8", "vp9", "h264", "h265", "av1", "opus", "pcmu",
 * "pcma"; NULL: vp8 and opus for raw, what comes in for encoded), bitrate (bit/s, 0: the encoder's own choice) */
GENOS_API
GenosLocalTrack *genos_local_track_new (GenosMediaKind kind);
GENOS_API
GenosLocalTrack *genos_local_track_new_forward (GenosRemoteTrack *source, GError **error);

GENOS_API
GstCaps *genos_local_track_list_caps (GenosMediaKind kind);

/* feeding, from any one thread */
GENOS_API
gboolean genos_local_track_set_caps (GenosLocalTrack *self, GstCaps *caps, GError **error);
GENOS_API
void genos_local_track_push (GenosLocalTrack *self, GstBuffer *buffer);

/* what it is */
GENOS_API
GenosMediaKind genos_local_track_get_kind (GenosLocalTrack *self);
GENOS_API
const char *genos_local_track_get_stream_id (GenosLocalTrack *self);
GENOS_API
const char *genos_local_track_get_track_id (GenosLocalTrack *self);
GENOS_API
char *genos_local_track_dup_metadata (GenosLocalTrack *self);
GENOS_API
GenosTrackAudience *genos_local_track_get_audience (GenosLocalTrack *self);
GENOS_API
guint genos_local_track_get_n_viewers (GenosLocalTrack *self);
GENOS_API
GstStructure *genos_local_track_get_stats (GenosLocalTrack *self);

G_END_DECLS
