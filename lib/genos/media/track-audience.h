/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

#include <genos/base/macros.h>
#include <genos/base/types.h>

G_BEGIN_DECLS

#define GENOS_TYPE_TRACK_AUDIENCE (genos_track_audience_get_type ())
GENOS_API
G_DECLARE_FINAL_TYPE (GenosTrackAudience, genos_track_audience, GENOS, TRACK_AUDIENCE, GObject)

GENOS_API
gboolean genos_track_audience_includes (GenosTrackAudience *self, const char *peer_id);
GENOS_API
gboolean genos_track_audience_is_paused_for (GenosTrackAudience *self, const char *peer_id);
GENOS_API
gboolean genos_track_audience_get_muted (GenosTrackAudience *self);
GENOS_API
gboolean genos_track_audience_get_paused (GenosTrackAudience *self);

G_END_DECLS
