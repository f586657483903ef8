/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstgenosdecodechain.h"
#include "gstgenostracksrc.h"

#include <gst/gst.h>

G_BEGIN_DECLS

/* One track inside genosroomsrc: its source and decoder in a bin, and the pad they end in. The pad
 * appears when its caps are known, on the track's own streaming thread.
 *
 * Threading contract: any thread; removed once, whoever comes first. */
typedef struct _GstGenosBranch GstGenosBranch;

/* Called once, on the streaming thread: there will be nothing more from this branch. */
typedef void (*GstGenosBranchFunc) (GstGenosBranch *self, GstElement *owner);

/* Gives the name of the pad to be added. (transfer full) */
typedef char *(*GstGenosBranchNameFunc) (GstElement *owner, GenosMediaKind kind);

/* NULL after posting a warning on @owner, which must be a GstBin that outlives the branch's stay in
 * it. (nullable) */
GstGenosBranch *gst_genos_branch_new (GstElement *owner, GstGenosTrackSrc *source,
    GstGenosOutput output, GstGenosBranchNameFunc make_name, GstGenosBranchFunc ended);
GstGenosBranch *gst_genos_branch_ref (GstGenosBranch *self);
void gst_genos_branch_unref (GstGenosBranch *self);

void gst_genos_branch_start (GstGenosBranch *self);
void gst_genos_branch_end (GstGenosBranch *self);
void gst_genos_branch_remove (GstGenosBranch *self);

GstGenosTrackFeed *gst_genos_branch_get_feed (GstGenosBranch *self);
gboolean gst_genos_branch_contains (GstGenosBranch *self, GstObject *object);

G_END_DECLS
