/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstgenostrackname.h"

G_BEGIN_DECLS

/* Which tracks are wanted, as a user writes it. Pure; immutable and counted.
 *
 *   kind=audio; peer=cam-*, kind=video; meta.name=door
 *
 * Rules, of which one has to hold, with semicolons between; conditions, all of which have to, with commas.
 * A condition is peer, stream, track, kind or meta.NAME (a member of the metadata), and a pattern in which
 * * is any text and ? any character. Nothing is everything, and the word "none" nothing. */
typedef struct _GstGenosSelection GstGenosSelection;

/* @text: nullable. NULL with GENOS_ERROR_INVALID_ARGUMENT. */
GstGenosSelection *gst_genos_selection_parse (const char *text, GError **error);
GstGenosSelection *gst_genos_selection_ref (GstGenosSelection *self);
void gst_genos_selection_unref (GstGenosSelection *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstGenosSelection, gst_genos_selection_unref)

gboolean gst_genos_selection_matches (GstGenosSelection *self, const GstGenosTrackName *name);

/* (transfer none) (nullable): as it was given */
const char *gst_genos_selection_get_text (GstGenosSelection *self);

G_END_DECLS
