/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Which of several encodings of one track a peer gets: 0 is the best, and behind the last is nothing at all,
 * which leaves the link to sound. Down soon, up after a while, and after a longer one each time that it was
 * too early. Pure: times are passed in, microseconds of any clock that does not go back. Not thread-safe. */
#define GENOS_MAX_TIERS 4

typedef struct {
  guint n;                      /* 0: there is no choice */
  guint least[GENOS_MAX_TIERS]; /* bit/s that each needs at least */
  gboolean thin;                /* the last one has few pictures: nobody goes there for a dip */
  gboolean jumps; /* there is nothing between two: what is sent does not show whether more can be */
} GenosTierLadder;

typedef struct {
  guint tier;         /* n of the ladder: nothing */
  gint64 below_since; /* 0: it is not */
  gint64 above_since;
  gint64 raised; /* when it last went up */
  gint64 since;  /* when it came to this one, up or down; 0: at the beginning */
  gint64 patience;
  guint too_much;     /* the tier that was, when patience grew */
  gint64 rests_until; /* nothing until then; 0: it does not rest */
} GenosTierChoice;

void genos_tier_choice_init (GenosTierChoice *self);

/* @rate: what the peer can take, bit/s, or G_MAXUINT. */
guint genos_tier_choice_update (
    GenosTierChoice *self, const GenosTierLadder *ladder, guint rate, gint64 now);

G_END_DECLS
