/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Which of several encodings of one track a peer gets: 0 is the best, and behind the last is nothing at all,
 * which leaves the link to sound. Down soon, up after a while, and after a longer one each time that it was
 * too early. Nobody comes to one whose others it would slow down, nor stays there. Pure: times are passed in,
 * microseconds of any clock that does not go back. Not thread-safe. */
#define GENOS_MAX_TIERS 4

typedef struct {
  guint n;                      /* 0: there is no choice */
  guint least[GENOS_MAX_TIERS]; /* bit/s that each needs at least */
  gboolean thin;                /* the last one has few pictures: nobody goes there for a dip */
  gboolean jumps; /* there is nothing between two: what is sent does not show whether more can be */
  gboolean keys;  /* the second is what of the first is key frames */
  guint absent;   /* bits of those that cannot be had at the moment; never the first */
  guint
      most[GENOS_MAX_TIERS]; /* bit/s that each has at most; 0: unknown, and what follows as well */
  /* What is so now, of those that have a worse one of many pictures below them; 0: nobody gets it. */
  guint usual[GENOS_MAX_TIERS]; /* bit/s that most of those who get it can take */
  guint given[GENOS_MAX_TIERS]; /* bit/s that they are given */
} GenosTierLadder;

typedef struct {
  guint tier;         /* n of the ladder: nothing */
  gint64 below_since; /* 0: it is not */
  gint64 above_since;
  gint64 behind_since;  /* the others */
  gint64 lagging_since; /* likewise, by less */
  gint64 raised;        /* when it last went up */
  gint64 since;         /* when it came to this one; 0: it has not been asked yet */
  gint64 patience;
  guint too_much;     /* the tier that was, when patience grew */
  gint64 rests_until; /* nothing until then; 0: it does not rest */
} GenosTierChoice;

void genos_tier_choice_init (GenosTierChoice *self);

/* Those with many pictures. */
guint genos_tier_ladder_count_full (const GenosTierLadder *ladder);
/* Whether those who get this one are not to be slowed down for one of them: there is another of many pictures for
 * that one. */
gboolean genos_tier_ladder_is_shared (const GenosTierLadder *ladder, guint tier);

/* @rate: what the peer can take, bit/s, or G_MAXUINT. */
guint genos_tier_choice_update (
    GenosTierChoice *self, const GenosTierLadder *ladder, guint rate, gint64 now);

G_END_DECLS
