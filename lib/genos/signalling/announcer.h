/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* When to announce. Pure: it is told the time (µs, monotonic), chances in [0, 1), and how many are in
 * the room, ourselves included.
 *
 * Whoever looks for others announces itself: after it came, soon and then ever less often. Whoever
 * hears a stranger dials it, and announces itself once in return, so that it is in the stranger's
 * census too. All others do no more than stay in the census of browsers, which is 120 s long. A relay
 * has better things to do, and a crowd shares what one may say: its members wait longer. */
#define GENOS_ANNOUNCE_FAST (2500 * G_TIME_SPAN_MILLISECOND)
#define GENOS_ANNOUNCE_FAST_EACH                                                                   \
  (250 * G_TIME_SPAN_MILLISECOND) /* in the room, when that is more */
#define GENOS_ANNOUNCE_SLOW (30 * G_TIME_SPAN_SECOND)

/* An answer to a stranger comes after our offer, so that not both dial, and not together with everybody
 * else's: it is put off by the first, and by chance up to the second for each in the room, at most the
 * third. */
#define GENOS_ANNOUNCE_REPLY_DELAY (150 * G_TIME_SPAN_MILLISECOND)
#define GENOS_ANNOUNCE_REPLY_SPREAD (25 * G_TIME_SPAN_MILLISECOND)
#define GENOS_ANNOUNCE_REPLY_MAX_SPREAD (700 * G_TIME_SPAN_MILLISECOND)

/* One answer is for all strangers of that time. While they keep coming it doubles with each answer, up
 * to the second for each in the room: they are dialled anyway. */
#define GENOS_ANNOUNCE_REPLY_SPACING (1 * G_TIME_SPAN_SECOND)
#define GENOS_ANNOUNCE_REPLY_SPACING_EACH (200 * G_TIME_SPAN_MILLISECOND)

typedef struct {
  gint64 last;   /* last announce, or G_MININT64 */
  gint64 pause;  /* from the last announce to the next */
  gint64 answer; /* when a stranger hears of us, or G_MAXINT64 */
  guint n_fast;  /* announces since we began to look */
  gboolean looking;
  gint64 answered; /* last answer, or G_MININT64 */
  guint n_answers; /* less than a slow pause apart */
} GenosAnnouncer;

void genos_announcer_init (GenosAnnouncer *self);

/* We have just come, or come back. */
void genos_announcer_look (GenosAnnouncer *self);
/* We look for others, or did a little while ago. */
gboolean genos_announcer_is_looking (const GenosAnnouncer *self);

/* Somebody who does not know us, or has lost us, should hear of us. */
void genos_announcer_asked (GenosAnnouncer *self, guint n, gdouble chance, gint64 now);

/* We have announced ourselves everywhere. */
void genos_announcer_announced (GenosAnnouncer *self, guint n, gdouble chance, gint64 now);

/* When the next announce is due; may lie in the past. */
gint64 genos_announcer_next (const GenosAnnouncer *self);

G_END_DECLS
