/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/media/track-audience.h>

G_BEGIN_DECLS

/* Signal, beside what is public: ::changed (), on the thread that changed something, with no lock held. */
GenosTrackAudience *genos_track_audience_new (void);

/* Neither targets nor peers it is paused for: whoever has it may pass it on. */
gboolean genos_track_audience_is_everybody (GenosTrackAudience *self);

/* What is muted cannot be replaced by black or silence, as it comes encoded: it is not sent instead. */
void genos_track_audience_set_mute_pauses (GenosTrackAudience *self, gboolean pauses);

G_END_DECLS
