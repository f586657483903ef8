/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Those who share one encoding, and what it is to have for them. It goes down for whoever can take a little less than
 * the others, but not for one that is far behind: that one gets another encoding. Pure: times are passed in,
 * microseconds of any clock that does not go back. */
typedef struct {
  guint rate;   /* that it can take, bit/s, or G_MAXUINT */
  gint64 since; /* when it came; 0: just now */
} GenosTierViewer;

typedef struct {
  guint n;
  guint
      usual; /* what at least half of them can take, bit/s, of those that have been there for a while; 0: unknown */
  guint rate; /* what it is to have at most, bit/s; G_MAXUINT: nobody is in the way */
} GenosTierShare;

/* Of what they usually take: less for a moment is no reason to slow the others down. */
#define GENOS_TIER_BEHIND 0.75

/* @most: what the encoding has at most, bit/s; 0: all of them count. May change the order of @viewers. */
GenosTierShare
genos_tier_viewers_judge (GenosTierViewer *viewers, guint n_viewers, guint most, gint64 now);

G_END_DECLS
