/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstgenosqueuesrc.h"

G_BEGIN_DECLS

/* One way out of genosroomsrc: a source, what it may go through, in a bin, and the pad they end in. The
 * pad appears when its caps are known, on the branch's own streaming thread.
 *
 * Threading contract: any thread; removed once, whoever comes first. */
typedef struct _GstGenosBranch GstGenosBranch;

/* What the branches of one kind do. */
typedef struct {
  /* The name of the template that the pad is of. */
  const char *(*get_template) (GstGenosQueueSrc *source);
  /* For what comes out of @target. (transfer floating) */
  GstPad *(*make_pad) (
      GstGenosQueueSrc *source, const char *name, GstPadTemplate *templ, GstPad *target);
} GstGenosBranchFuncs;

/* Called once, on the streaming thread: there will be nothing more from this branch. */
typedef void (*GstGenosBranchFunc) (GstGenosBranch *self, GstElement *owner);

/* Gives the name of a pad to be added, from that of its template, like "video_%u". (transfer full) */
typedef char *(*GstGenosBranchNameFunc) (GstElement *owner, const char *format);

/* @chain: what the pad comes out of, with @source in it, or @source itself; has a pad "src". @owner must be
 * a GstBin that outlives the branch's stay in it. */
GstGenosBranch *
gst_genos_branch_new (GstElement *owner, GstGenosQueueSrc *source, GstElement *chain,
    const GstGenosBranchFuncs *funcs, GstGenosBranchNameFunc make_name, GstGenosBranchFunc ended);
GstGenosBranch *gst_genos_branch_ref (GstGenosBranch *self);
void gst_genos_branch_unref (GstGenosBranch *self);

void gst_genos_branch_start (GstGenosBranch *self);
void gst_genos_branch_end (GstGenosBranch *self);
void gst_genos_branch_remove (GstGenosBranch *self);
void gst_genos_branch_set_latency (GstGenosBranch *self, GstClockTime latency);

GstGenosQueueSrc *gst_genos_branch_get_source (GstGenosBranch *self);
/* (transfer full) (nullable): once it is there */
GstPad *gst_genos_branch_ref_pad (GstGenosBranch *self);
gboolean gst_genos_branch_contains (GstGenosBranch *self, GstObject *object);

G_END_DECLS
