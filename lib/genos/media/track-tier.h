/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/media/sender-list.h>

G_BEGIN_DECLS

/* Makes one tier of a track a track of its own, for those who pass it on beside the first: its packets get
 * another SSRC, and its encoder runs while somebody takes them.
 *
 *   encoder of tier 1 ──► senders of the track ──► peers that get tier 1
 *                                  └─ this ──► senders of the tier ──► peers that pass it on
 *
 * Threading contract: that of the lists. */
typedef struct _GenosTrackTier GenosTrackTier;

GenosTrackTier *
genos_track_tier_new (GenosSenderList *from, guint tier, GenosSenderList *to, guint32 ssrc);
void genos_track_tier_free (GenosTrackTier *self);

G_END_DECLS
