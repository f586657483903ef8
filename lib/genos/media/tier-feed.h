/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Makes one stream out of the packets of several encoders of the same pictures: changes at the first
 * packet of a key frame, and lets no picture have the time of the one before. Not thread-safe.
 *
 *   tier 0   k d d d d d d d d d
 *   tier 1           . . . K D D D      asked for at the first dot
 *   out      k d d d d d d K D D D      the first K is a discontinuity of the sequence numbers
 *
 * The encoders share the clock of their time stamps. The one that is changed to may be a little behind
 * the other: its pictures that have gone out already then go out right behind. */
typedef struct {
  guint tier; /* that goes out */
  guint next; /* that shall go out */
  gboolean changed; /* ever */
  guint32 came; /* time stamp of the picture that goes out, as it came … */
  guint32 went; /* … and as it goes */
} GenosTierFeed;

void genos_tier_feed_init (GenosTierFeed *self);

/* (transfer full); NULL: it is not to go out. */
GstBuffer *genos_tier_feed_take (GenosTierFeed *self, guint tier, GstBuffer *packet);

G_END_DECLS
