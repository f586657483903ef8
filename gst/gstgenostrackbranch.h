/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstgenosbranch.h"
#include "gstgenosdecodechain.h"
#include "gstgenostracksrc.h"

G_BEGIN_DECLS

/* A branch of what a peer shows or says: a track, and as much of a decoder as is wanted. NULL after
 * posting a warning on @owner. (transfer full) (nullable) */
GstGenosBranch *
gst_genos_track_branch_new (GstElement *owner, GstGenosTrackSrc *source, GstGenosOutput output,
    GstGenosFill fill, GstGenosBranchNameFunc make_name, GstGenosBranchFunc ended);

/* NULL: a branch of another kind. */
GstGenosTrackFeed *gst_genos_track_branch_get_feed (GstGenosBranch *branch);

/* Its track is over: the pad stays for @duration (µs). FALSE when it does not. */
gboolean gst_genos_track_branch_linger (GstGenosBranch *branch, gint64 duration);

/* Goes on with @feed if its own track is over and this is that track again: one of the same peer and format
 * with the same ids, or, unless @exactly, one of the same kind and metadata, as whoever starts again may draw
 * other ids. */
gboolean
gst_genos_track_branch_adopt (GstGenosBranch *branch, GstGenosTrackFeed *feed, gboolean exactly);

G_END_DECLS
