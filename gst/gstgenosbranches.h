/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstgenosbranch.h"
#include "gstgenostrackfeed.h"

G_BEGIN_DECLS

/* All branches of one genosroomsrc, with what they share: the numbers of their pads, and the group ids
 * that tell players which of them belong together.
 *
 * Threading contract: any thread. A branch is called without a lock held. */
typedef struct _GstGenosBranches GstGenosBranches;

GstGenosBranches *gst_genos_branches_new (void);
void gst_genos_branches_free (GstGenosBranches *self);

/* From now on branches are taken, and pads counted from 0. */
void gst_genos_branches_begin (GstGenosBranches *self);
/* From now on none is taken. */
void gst_genos_branches_close (GstGenosBranches *self);
gboolean gst_genos_branches_is_open (GstGenosBranches *self);

/* Whether every one that was taken has its pad. */
gboolean gst_genos_branches_have_pads (GstGenosBranches *self);

/* Starts @branch, or removes it when none is taken. @branch: (transfer full) */
void gst_genos_branches_take (GstGenosBranches *self, GstGenosBranch *branch);
void gst_genos_branches_remove (GstGenosBranches *self, GstGenosBranch *branch);
void gst_genos_branches_end_all (GstGenosBranches *self);
/* And forgets the group ids. */
void gst_genos_branches_remove_all (GstGenosBranches *self);
/* What each of them answers to the latency query. */
void gst_genos_branches_set_latency (GstGenosBranches *self, GstClockTime latency);

/* (transfer full) (nullable) */
GstGenosBranch *gst_genos_branches_ref_of_feed (GstGenosBranches *self, GstGenosTrackFeed *feed);
/* (transfer full) (nullable): the one that @object is part of */
GstGenosBranch *gst_genos_branches_ref_of_object (GstGenosBranches *self, GstObject *object);
/* A track that comes again while its pad is still there goes on there. */
gboolean gst_genos_branches_adopt (GstGenosBranches *self, GstGenosTrackFeed *feed);

/* The next of the names that @format, like "video_%u", stands for. (transfer full) */
char *gst_genos_branches_make_pad_name (GstGenosBranches *self, const char *format);
guint gst_genos_branches_get_group_id (GstGenosBranches *self, const char *peer_id);

G_END_DECLS
