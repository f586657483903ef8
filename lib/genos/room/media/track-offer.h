/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/base/error.h>
#include <genos/base/types.h>
#include <genos/media/media-kind.h>

G_BEGIN_DECLS

#define GENOS_TYPE_TRACK_OFFER (genos_track_offer_get_type ())
GENOS_API
G_DECLARE_FINAL_TYPE (GenosTrackOffer, genos_track_offer, GENOS, TRACK_OFFER, GObject)

GENOS_API
const char *genos_track_offer_get_peer_id (GenosTrackOffer *self);
GENOS_API
const char *genos_track_offer_get_stream_id (GenosTrackOffer *self);
GENOS_API
const char *genos_track_offer_get_track_id (GenosTrackOffer *self);
GENOS_API
GenosMediaKind genos_track_offer_get_kind (GenosTrackOffer *self);
GENOS_API
const char *genos_track_offer_get_metadata (GenosTrackOffer *self);
GENOS_API
gboolean genos_track_offer_get_muted (GenosTrackOffer *self);
GENOS_API
gboolean genos_track_offer_get_paused (GenosTrackOffer *self);
GENOS_API
gboolean genos_track_offer_get_wanted (GenosTrackOffer *self);

G_END_DECLS
