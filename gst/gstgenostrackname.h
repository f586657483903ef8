/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/genos.h>
#include <gst/gst.h>

G_BEGIN_DECLS

/* What a track is known by, whether it is sent or only offered. Nothing is owned. */
typedef struct {
  const char *peer_id;
  const char *stream_id;
  const char *track_id;
  const char *metadata; /* (nullable): JSON text */
  GenosMediaKind kind;
} GstGenosTrackName;

void gst_genos_track_name_of_track (GstGenosTrackName *self, GenosRemoteTrack *track);
void gst_genos_track_name_of_offer (GstGenosTrackName *self, GenosTrackOffer *offer);

/* As in stream-start events: peer id/stream id/track id. (transfer full) */
char *gst_genos_track_name_dup_id (const GstGenosTrackName *self);

G_END_DECLS
