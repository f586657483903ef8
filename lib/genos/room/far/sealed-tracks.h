/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/mesh/mesh-media.h>
#include <genos/room/media/track-opener.h>
#include <genos/room/media/track-sealer.h>

G_BEGIN_DECLS

/* Who has the keys of sealed tracks. Each track of ours has one, drawn here, and whoever wants to watch asks for
 * it; when one of those that have it may not any more, another one is drawn and handed to the others. All of it
 * is said in letters that only the two can open:
 *
 *   viewer            sender
 *     │── ask ──────────►│  may it?
 *     │◄────────── give ─│  key 0
 *     │◄────────── give ─│  key 1, as somebody else has left
 *     │         a second │  sealed with key 1 from here on
 *
 * Without I/O; times are passed in, µs of any clock that does not go back. Lives on one context. */
typedef struct _GenosSealedTracks GenosSealedTracks;

typedef enum {
  GENOS_SEALED_UNKNOWN, /* there is no such track, or not any more */
  GENOS_SEALED_ALLOWED,
  GENOS_SEALED_DENIED,
} GenosSealedVerdict;

typedef struct {
  /* Whether a peer may have the key of a track of ours, now; @peer_id NULL: whether there is the track. */
  GenosSealedVerdict (*judge) (
      const char *peer_id, const char *stream, const char *track, gpointer data);
  /* Sends a letter. FALSE: there is no way, or no key to seal it with. */
  gboolean (*say) (const char *peer_id, GBytes *inside, gpointer data);
  /* A key of somebody's track has come. */
  void (*opened) (const GenosMeshTrackName *name, gpointer data);
  void (*warning) (const GError *error, gpointer data);
} GenosSealedTracksHost;

/* A change of key waits for so long, that it is there before what is sealed with it, … */
#define GENOS_SEALED_GRACE (1 * G_TIME_SPAN_SECOND)
/* … and for so long after the one before: many may leave at once. */
#define GENOS_SEALED_INTERVAL (5 * G_TIME_SPAN_SECOND)
/* An ask that was not answered is repeated after that, then after twice as long each time, up to … */
#define GENOS_SEALED_ASK (1 * G_TIME_SPAN_SECOND)
#define GENOS_SEALED_ASK_MAX (16 * G_TIME_SPAN_SECOND)
/* … that; and one that was refused after so long. */
#define GENOS_SEALED_REFUSED (30 * G_TIME_SPAN_SECOND)
/* So many may have the key of a track. */
#define GENOS_SEALED_MAX_VIEWERS 65536

GenosSealedTracks *genos_sealed_tracks_new (const GenosSealedTracksHost *host, gpointer data);
void genos_sealed_tracks_free (GenosSealedTracks *self);

/* What seals a track of ours, which has a key from now on. (transfer none) */
GenosTrackSealer *
genos_sealed_tracks_get_sealer (GenosSealedTracks *self, const char *stream, const char *track);
/* How many have its key. */
guint
genos_sealed_tracks_count_viewers (GenosSealedTracks *self, const char *stream, const char *track);

/* What opens a track of somebody else. (transfer none) */
GenosTrackOpener *
genos_sealed_tracks_get_opener (GenosSealedTracks *self, const GenosMeshTrackName *name);
/* While it is wanted, some times a second: asks for its key when one is missing. */
void
genos_sealed_tracks_watch (GenosSealedTracks *self, const GenosMeshTrackName *name, gint64 now);
/* It is over. */
void genos_sealed_tracks_forget (GenosSealedTracks *self, const GenosMeshTrackName *name);

/* A letter of @peer_id's, who is known to have written it. FALSE: it is none of these. */
gboolean
genos_sealed_tracks_take (GenosSealedTracks *self, const char *peer_id, GBytes *inside, gint64 now);
/* Some times a second: whether those who have keys may still have them. */
void genos_sealed_tracks_tick (GenosSealedTracks *self, gint64 now);

G_END_DECLS
