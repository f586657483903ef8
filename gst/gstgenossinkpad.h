/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstgenostracksink.h"

#include <gst/gst.h>

G_BEGIN_DECLS

/* A request pad of genosroomsink: what the application says about the track. The properties are
 * read when the track begins. */
#define GST_TYPE_GENOS_SINK_PAD (gst_genos_sink_pad_get_type ())
G_DECLARE_FINAL_TYPE (GstGenosSinkPad, gst_genos_sink_pad, GST, GENOS_SINK_PAD, GstGhostPad)

GstGenosSinkPad *gst_genos_sink_pad_new (
    const char *name, GenosMediaKind kind, GstPadTemplate *templ, GstGenosTrackSink *track_sink);
GenosMediaKind gst_genos_sink_pad_get_kind (GstGenosSinkPad *self);
/* Before its track is made: of a pad that takes any, when its caps are known. */
void gst_genos_sink_pad_set_kind (GstGenosSinkPad *self, GenosMediaKind kind);
/* (transfer none) */
GstGenosTrackSink *gst_genos_sink_pad_get_track_sink (GstGenosSinkPad *self);

/* A new track with the pad's names and metadata; @stream_id when the pad has none. (transfer full) */
GenosLocalTrack *gst_genos_sink_pad_make_track (GstGenosSinkPad *self, const char *stream_id);

/* Whether the pad's track is that one; NULL: any. */
gboolean
gst_genos_sink_pad_shows (GstGenosSinkPad *self, const char *stream_id, const char *track_id);

G_END_DECLS
