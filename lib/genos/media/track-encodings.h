/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/media/local-track-private.h>
#include <genos/media/media-codec.h>

G_BEGIN_DECLS

/* What a track is encoded as beside its first codec, for peers that cannot decode that: each
 * encoding is a track of the same name, fed with the same media, made when a peer needs it.
 *
 * Threading contract: set_caps() and push() are of the thread that feeds the track, push()
 * never waits; the rest of any thread. */
typedef struct _GenosTrackEncodings GenosTrackEncodings;

/* @owner: (unowned) the track; the first encoding */
GenosTrackEncodings *genos_track_encodings_new (GenosLocalTrack *owner);
void genos_track_encodings_free (GenosTrackEncodings *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosTrackEncodings, genos_track_encodings_free)

/* What raw media may be encoded as, best first; NULL: nothing but the owner's codec. */
void genos_track_encodings_set_codecs (GenosTrackEncodings *self, const char *const *codecs);
GStrv genos_track_encodings_dup_codecs (GenosTrackEncodings *self);

/* How many codecs may be encoded at a time, at least 1. */
void genos_track_encodings_set_max (GenosTrackEncodings *self, guint max);
guint genos_track_encodings_get_max (GenosTrackEncodings *self);

/* @caps: nullable */
void genos_track_encodings_set_caps (GenosTrackEncodings *self, GstCaps *caps);
void genos_track_encodings_push (GenosTrackEncodings *self, GstBuffer *buffer);

/* The encoding for a peer that refuses the codecs of whose ids the bits are set in @refused: one that
 * is made for others already, else the first of the user's order. (transfer full); NULL and
 * GENOS_ERROR_UNSUPPORTED: there is none, or it would be one too many. */
GenosLocalTrack *
genos_track_encodings_dup (GenosTrackEncodings *self, guint refused, GError **error);

/* Adds how many watch the others. */
guint genos_track_encodings_get_n_viewers (GenosTrackEncodings *self);

/* The others' statistics, a list of structures. */
void genos_track_encodings_describe (GenosTrackEncodings *self, GstStructure *stats);

G_END_DECLS
