/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/media/local-track-private.h>
#include <genos/media/remote-track-private.h>
#include <genos/mesh/mesh-media.h>
#include <genos/room/peer-private.h>
#include <genos/room/media/track-offer-private.h>

G_BEGIN_DECLS

/* A track of somebody in a room of cells, and how it comes here: one object for those who have it, whoever
 * brings it at the moment, and one of ours by which others have it from us.
 *
 *   parent's receiver ─┐
 *   origin's receiver ─┼─► GenosRemoteTrack ─► the application
 *   another's receiver ┘          └──────────► forward ─► children
 *
 * Of the room's context; packets are counted on streaming threads. */

/* A parent that has sent nothing for so long is left; one that sends now and then later. */
#define GENOS_FAR_TRACK_SILENCE (1500 * G_TIME_SPAN_MILLISECOND)
/* One that has sent nothing for so long, and longer than is usual, is asked whether it is there. */
#define GENOS_FAR_TRACK_LATE (350 * G_TIME_SPAN_MILLISECOND)
/* And one that has not begun to; each time longer, when nobody does. */
#define GENOS_FAR_TRACK_PATIENCE (3 * G_TIME_SPAN_SECOND)

typedef struct {
  GenosMeshTrackName name; /* its strings are its own */
  char *link_stream;       /* what it is called on links */
  char *link_track;
  char *about;            /* (nullable): what its origin says of it, … */
  GenosTrackEntry *entry; /* … and as it was read; (nullable) */
  GenosTrackOffer *offer; /* (nullable): told of, as its origin is too far to say so itself */
  gboolean judged;        /* the application was asked whether … */
  gboolean wanted;        /* … it wants it */
  gboolean needed;        /* children do */
  gboolean for_browsers;  /* of our cell, too */
  gboolean sealed; /* for those who have its key; once it was, it stays so, whoever brings it */

  GenosRemoteTrack *track; /* (nullable) */
  gconstpointer opened;    /* that one, once it is opened for whoever watches it */
  GenosPeer *peer;         /* (nullable): whom it was shown with; NULL: it was not */
  GenosLinkReceiver *near; /* (nullable): what its origin itself sends */
  guint tier;            /* 0: the track itself; else that tier of it, which comes beside it … */
  char *tier_of;         /* … and that track's id */
  GenosSentTier sent;    /* which of its tiers comes as the track itself */
  gint64 demanded;       /* of a tier: when a child needed it last; 0: never */
  gint64 awaited;        /* … it came last, or was asked for and did not come */
  gint64 absent_until;   /* … it is not to be had */
  gint64 absence;        /* … so long the next time */
  GHashTable *receivers; /* char *, who passes it on → GenosLinkReceiver */
  char *parent;          /* (nullable): who is to bring it … */
  char *source;          /* … and who does; (nullable) */
  gint64 gone_since;     /* nobody has it any more; 0: somebody does */

  GenosLocalTrack *forward; /* (nullable) */
  guint n_children;

  gint n_packets; /* atomic */
  gint counted;   /* of them */
  gint64 last_packet;
  gint64 gap;   /* the longest between two looks that found packets, of late */
  gint64 since; /* the parent was chosen */
  gint64 patience;
  guint64 near_mark; /* packets of the origin's when it was chosen */
  guint n_changes;   /* of the source */
} GenosFarTrack;

GenosFarTrack *genos_far_track_new (const GenosMeshTrackName *name);
void genos_far_track_free (GenosFarTrack *self);

/* @about: JSON text of an entry of a list of tracks, or NULL. FALSE: it is as it was. */
gboolean genos_far_track_set_about (GenosFarTrack *self, const char *about);
char *genos_far_track_about_new (const GenosTrackEntry *entry);

/* The object under which it is had; NULL: none any more. */
void genos_far_track_set_track (GenosFarTrack *self, GenosRemoteTrack *track);

/* Takes it from @parent (nullable) as soon as that brings it. FALSE: what it brings cannot go on under the
 * same object. */
gboolean genos_far_track_follow (GenosFarTrack *self, const char *parent, gint64 now);
/* Until the next one brings it, it comes from there. (nullable) */
const char *genos_far_track_get_kept_source (GenosFarTrack *self, gint64 now);
/* Whatever came from there does not any more. */
void genos_far_track_forget (GenosFarTrack *self, const char *peer_id);

/* A few times a second, while somebody wants it. TRUE: its parent brings nothing. */
gboolean genos_far_track_is_stalled (GenosFarTrack *self, gint64 now);

/* Its parent sent something, and now nothing for longer than it usually takes: sooner than it is stalled. */
gboolean genos_far_track_is_late (GenosFarTrack *self, gint64 now);

/* Says that @track, one of ours, is for those and nobody else. TRUE when that is a change. */
gboolean genos_far_track_set_targets (GenosLocalTrack *track, GPtrArray *children);
/* Passes it on to those and nobody else. @children: of char *. TRUE when that is a change. */
gboolean genos_far_track_set_children (GenosFarTrack *self, GPtrArray *children);

G_END_DECLS
