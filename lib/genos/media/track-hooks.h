/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/media/encoder-choice.h>

G_BEGIN_DECLS

/* The signals by which an application changes what a track encodes with; on the type of
 * GenosLocalTrack. */
void genos_track_hooks_install (GType type);

/* A pipeline was built for @choice and is about to start: emits them on @track, and puts
 * the filter that is given in front of the payloader. GENOS_ERROR_UNSUPPORTED when the
 * filter cannot be put there. */
gboolean genos_track_hooks_apply (
    GObject *track, GstBin *pipeline, GenosEncoderChoice *choice, GError **error);

G_END_DECLS
