/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/room/media/track-offer.h>
#include <genos/wire/track-list.h>

G_BEGIN_DECLS

GenosTrackOffer *genos_track_offer_new (const char *peer_id, const GenosTrackEntry *entry);

/* FALSE: it is another one, as its kind or metadata differ. */
gboolean genos_track_offer_update (GenosTrackOffer *self, const GenosTrackEntry *entry);
/* Nobody but who has its key can make anything of it. */
gboolean genos_track_offer_is_sealed (GenosTrackOffer *self);
void genos_track_offer_set_wanted (GenosTrackOffer *self, gboolean wanted);

G_END_DECLS
