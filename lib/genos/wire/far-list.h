/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/wire/track-list.h>

G_BEGIN_DECLS

/* What neighbours in a room of cells tell each other of tracks that are passed on
 * (docs/design/wire-extensions.md): which could be had and by which way, and which are to be sent. Each is
 * a whole list. */
#define GENOS_FAR_OFFERS_TYPE "@_gfar"
#define GENOS_FAR_WATCHES_TYPE "@_gwatch"

#define GENOS_FAR_MAX_SIZE (512 * 1024)
#define GENOS_FAR_MAX 256
#define GENOS_FAR_MAX_PATH 12
#define GENOS_FAR_MAX_PEER_ID 64
/* µs: ten years; a clock that is further off is none. */
#define GENOS_FAR_MAX_AHEAD (G_GINT64_CONSTANT (3652) * G_TIME_SPAN_DAY)

typedef struct {
  char *origin;
  GStrv path;     /* who passes it on, the nearest first; empty: its origin sends it */
  gboolean full;  /* who offers it has no place for us */
  gboolean timed; /* who offers it knows how its origin's clock … */
  gint64 ahead;   /* … is ahead of its own, µs */
  char *tier; /* (nullable): which of its tiers the receiver gets, in words; NULL: it is not said */
  GenosTrackEntry *entry;
} GenosFarOffer;

/* Of words for tiers. */
#define GENOS_FAR_MAX_TIER 32

GenosFarOffer *genos_far_offer_new (
    const char *origin, const char *const *path, gboolean full, GenosTrackEntry *entry);
void genos_far_offer_free (GenosFarOffer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosFarOffer, genos_far_offer_free)

/* @offers: of GenosFarOffer; what is more than may be is left out. (transfer full) */
char *genos_far_offers_build (GPtrArray *offers);
/* (transfer full) (element-type GenosFarOffer); NULL with GENOS_ERROR_PROTOCOL or _LIMIT */
GPtrArray *genos_far_offers_parse (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
  char *origin;
  char *stream_id;
  char *track_id;
  guint tier; /* 0: what of it the link carries; else that tier, beside it */
} GenosFarName;

GenosFarName *genos_far_name_new (const char *origin, const char *stream_id, const char *track_id);
void genos_far_name_free (GenosFarName *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosFarName, genos_far_name_free)

/* The same of GenosFarName. */
char *genos_far_watches_build (GPtrArray *names);
GPtrArray *genos_far_watches_parse (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What it is called on the link it is passed on over, whoever passes it on: two origins may have given
 * their tracks the same ids. (transfer full) */
char *genos_far_stream_id_new (const char *origin, const char *stream_id);
char *genos_far_track_id_new (const char *origin, const char *stream_id, const char *track_id);
/* Whether a stream is called so. */
gboolean genos_far_stream_id_check (const char *stream_id);

/* What its stream says of it there, for those who know nothing of all this: what the origin said, with the
 * member "@_origin". @metadata: (nullable) JSON text. (transfer full) */
char *genos_far_metadata_new (
    const char *origin, const char *stream_id, const char *track_id, const char *metadata);

G_END_DECLS
