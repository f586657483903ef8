/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/media/local-track-private.h>

G_BEGIN_DECLS

/* What one peer is offered of a track, as it refuses one codec after another. All zero at first. */
typedef struct {
  GenosLocalTrack
      *source;    /* (nullable) what feeds the peer: the track, or another encoding of it */
  guint refused;  /* bits of GenosCodecId */
  gboolean plain; /* H.264 is offered as constrained baseline, whatever it is */
} GenosCodecOffer;

void genos_codec_offer_clear (GenosCodecOffer *self);

/* Sets the source and says what to offer. FALSE: there is nothing that the peer might take.
 * @caps: (transfer full); NULL while it is not known */
gboolean genos_codec_offer_choose (
    GenosCodecOffer *self, GenosLocalTrack *track, GstCaps **caps, GError **error);

/* The peer did not take what was chosen last. */
void genos_codec_offer_refuse (GenosCodecOffer *self);

G_END_DECLS
