/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/media/local-track.h>
#include <genos/media/media-codec.h>
#include <genos/media/tier-choice.h>
#include <genos/transport/link-sender.h>

G_BEGIN_DECLS

/* The fixed application/x-rtp caps (with ssrc) of this track, known as soon as the codec
 * is; NULL before (then wait for notify::rtp-caps, on any thread). (transfer full)
 * (nullable) */
GstCaps *genos_local_track_dup_rtp_caps (GenosLocalTrack *self);

/* The encoder runs while there is at least one active sender. Any thread. */
void genos_local_track_add_sender (GenosLocalTrack *self, GenosLinkSender *sender);
void genos_local_track_remove_sender (GenosLocalTrack *self, GenosLinkSender *sender);

/* Whether it has a sender, active or not. Any thread. */
gboolean genos_local_track_is_used (GenosLocalTrack *self);

/* NULL until it is known. */
const GenosMediaCodec *genos_local_track_get_rtp_codec (GenosLocalTrack *self);

/* The track that feeds a peer which refuses the codecs whose bits (1 << GenosCodecId) are set: this one or
 * another encoding of it; see track-encodings.h. (transfer full) */
GenosLocalTrack *
genos_local_track_dup_encoding (GenosLocalTrack *self, guint refused, GError **error);

/* It is an encoding of @owner, which says what it has to say. Before it is used. */
void genos_local_track_set_owner (GenosLocalTrack *self, GenosLocalTrack *owner);

/* Writes what the encoder that feeds @sender does to @stats, one peer's "outbound-rtp", in the words of
 * W3C's webrtc-stats. */
void genos_local_track_describe_sender (
    GenosLocalTrack *self, GenosLinkSender *sender, GstStructure *stats);

/* It passes on what @source brings as it comes, sealed. Only for one with a source; before it is used. */
void genos_local_track_set_sealed (GenosLocalTrack *self);

/* --- local-track-tier.c --- */

/* One encoding of @of, a track that is fed here, as a track of its own, for those who pass it on beside the first.
 * (transfer full); NULL: it is not known yet what it is encoded as */
GenosLocalTrack *genos_local_track_new_tier (
    GenosLocalTrack *of, guint tier, const char *stream_id, const char *track_id);
/* What encodings there may be, and what each needs; of none: n is 0. */
void genos_local_track_get_ladder (GenosLocalTrack *self, GenosTierLadder *ladder);
/* It gets of links what other pictures leave. Before it is used. */
void genos_local_track_set_secondary (GenosLocalTrack *self);
gboolean genos_local_track_is_secondary (GenosLocalTrack *self);

/* Of one with a source, which is the first: what other tiers can be had (sender-list.h), … */
void genos_local_track_set_lower (GenosLocalTrack *self, const GenosTierLadder *lower);
/* … what brings each, above 0, (nullable), … */
void
genos_local_track_set_tier_source (GenosLocalTrack *self, guint tier, GenosRemoteTrack *source);
/* … and which of them somebody is to get, as bits. */
guint genos_local_track_get_demand (GenosLocalTrack *self);

/* What a track is made with: kind, stream-id, track-id and source, in this order. */
void genos_local_track_make_identity (GParamSpec **properties);

G_END_DECLS
