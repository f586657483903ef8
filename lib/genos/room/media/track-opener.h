/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include <genos/crypto/sframe.h>

G_BEGIN_DECLS

/* Opens the packets of a sealed track of somebody else: what track-sealer.h makes. Who passes them on may have
 * changed, repeated or made up any of them: what does not open is dropped and counted, and so is what is
 * older than GENOS_TRACK_OPENER_WINDOW of its key's packets.
 *
 * Threading contract: any thread. */
typedef struct _GenosTrackOpener GenosTrackOpener;

/* More than all links on the way can be late. */
#define GENOS_TRACK_OPENER_WINDOW 16384

typedef struct {
  guint64 opened;
  guint64 no_key; /* sealed with one that is not here */
  guint64 failed; /* changed, late, or nothing sealed at all */
} GenosTrackOpenerStats;

GenosTrackOpener *genos_track_opener_new (void);
GenosTrackOpener *genos_track_opener_ref (GenosTrackOpener *self);
void genos_track_opener_unref (GenosTrackOpener *self);

/* The newest few are kept: packets that are under way have the one before. One with the KID of another takes
 * its place. */
void genos_track_opener_add_key (GenosTrackOpener *self, GenosSframeKey *key);
/* TRUE: since it was asked last, something came that none of the keys opens. */
gboolean genos_track_opener_misses_key (GenosTrackOpener *self);
void genos_track_opener_get_stats (GenosTrackOpener *self, GenosTrackOpenerStats *stats);

/* A GenosRemoteTrackOpenFunc. @opener: a GenosTrackOpener. */
GstBuffer *genos_track_opener_open (GstBuffer *packet, gpointer opener);

G_END_DECLS
