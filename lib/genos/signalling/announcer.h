/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* When to announce: fast while somebody may be looking, slowly in a stable room. Pure: it is told
 * the time (µs, monotonic). Browsers keep a silent peer in their census for 120 s and announce every
 * 2.5 s themselves; one announce every 30 s is enough for those who know us already, and a relay has
 * better things to do. */
#define GENOS_ANNOUNCE_FAST (2500 * G_TIME_SPAN_MILLISECOND)
#define GENOS_ANNOUNCE_SLOW (30 * G_TIME_SPAN_SECOND)
#define GENOS_ANNOUNCE_EXCITED (20 * G_TIME_SPAN_SECOND)

/* Members that hear a newcomer announce themselves in return, but not to each of a crowd. */
#define GENOS_ANNOUNCE_REPLY_SPACING (1 * G_TIME_SPAN_SECOND)

typedef struct {
  gint64 last;          /* last announce, or G_MININT64 */
  gint64 changed;       /* last sign that somebody may be looking, or G_MININT64 */
} GenosAnnouncer;

void genos_announcer_init (GenosAnnouncer *self);

/* A path opened, a stranger announced itself, a peer came or went. */
void genos_announcer_changed (GenosAnnouncer *self, gint64 now);

void genos_announcer_announced (GenosAnnouncer *self, gint64 now);

/* A stranger announced itself: TRUE when it should hear of us at once. */
gboolean genos_announcer_met_stranger (GenosAnnouncer *self, gint64 now);

/* When the next announce is due; @spread in [0, 1) stretches the slow rhythm by up to a tenth, so
 * that the members of a room do not fall into step. */
gint64 genos_announcer_next (const GenosAnnouncer *self, gint64 now, gdouble spread);

G_END_DECLS
