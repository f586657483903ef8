/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Who is being dialled, who is being answered, and what to do with the next announce, offer or
 * answer. Pure: it holds no link and is told the time (µs, monotonic).
 *
 * Answers of browsers carry no offer identifier: they belong to the one pending dial for (peer, via);
 * those of our own kind are told apart before they come here (room/offer-echo). The slot is
 * claimed when the dial is decided, not when its offer is ready. There is at most one dial and one
 * answer under way per peer, whatever the number of relays: with both, the lesser id gives way, as
 * browsers do. */
typedef struct _GenosDialBook GenosDialBook;

#define GENOS_DIAL_ANSWER_TIMEOUT (12 * G_TIME_SPAN_SECOND)     /* offer sent → answer in */
#define GENOS_DIAL_OPEN_TIMEOUT (20 * G_TIME_SPAN_SECOND)       /* answer known → channel open */
#define GENOS_DIAL_MAX_UNDER_WAY 32     /* dials at once, and as many answers; others get their turn */
/* Handshakes begun: so many at once, then one in that time. Each costs threads and sockets, and what
 * makes us begin them costs a stranger one message. Answers to one peer have a bound of their own. */
#define GENOS_DIAL_BURST 64
#define GENOS_DIAL_INTERVAL (50 * G_TIME_SPAN_MILLISECOND)
#define GENOS_DIAL_PEER_BURST 4
#define GENOS_DIAL_PEER_INTERVAL (2 * G_TIME_SPAN_SECOND)
/* A linked peer whose link is in trouble is dialled again so often at once, then once in that time:
 * somebody may break links for fun. */
#define GENOS_DIAL_REDIAL_BURST 4
#define GENOS_DIAL_REDIAL_INTERVAL (3 * G_TIME_SPAN_SECOND)
#define GENOS_DIAL_MAX_PEERS 4096       /* peers remembered; a flood of ids ends here */
#define GENOS_DIAL_COOLDOWN_MAX (30 * G_TIME_SPAN_SECOND)

typedef enum {
  GENOS_DIAL_IGNORE,
  GENOS_DIAL_DIAL,              /* announce: make a link and offer */
  GENOS_DIAL_ANSWER,            /* offer: make a link and answer */
  GENOS_DIAL_GIVE_WAY,          /* offer: drop our own dial to that peer, then answer */
  GENOS_DIAL_REPLACE,           /* offer: drop the answer under way to that peer, then answer */
  GENOS_DIAL_WAIT,              /* offer: too many are being answered; ask again when one is through */
  GENOS_DIAL_COMPLETE,          /* answer: it belongs to our pending dial */
} GenosDialVerdict;

typedef enum {
  GENOS_DIAL_ROLE_OFFERER,
  GENOS_DIAL_ROLE_ANSWERER,
} GenosDialRole;

GenosDialBook *genos_dial_book_new (const char *self_id);
void genos_dial_book_free (GenosDialBook *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosDialBook, genos_dial_book_free)

/* What happened on the wire. A verdict other than IGNORE has claimed its slot. */
GenosDialVerdict genos_dial_book_announced (GenosDialBook *self, const char *peer_id,
    const char *via, gint64 now);
GenosDialVerdict genos_dial_book_offered (GenosDialBook *self, const char *peer_id,
    const char *via, gint64 now);
GenosDialVerdict genos_dial_book_answered (GenosDialBook *self, const char *peer_id,
    const char *via, gint64 now);

/* The link to that peer is in trouble: DIAL when it should be dialled now, without waiting for its
 * next announce, and whether or not it counts as connected. */
GenosDialVerdict genos_dial_book_redial (GenosDialBook *self, const char *peer_id, const char *via,
    gint64 now);
/* The first failure in a row, of a peer that had answered: DIAL, without waiting for its next announce.
 * Later ones wait. */
GenosDialVerdict genos_dial_book_retry (GenosDialBook *self, const char *peer_id, const char *via,
    gint64 now);
/* The path on which it was last heard; NULL: never. Valid until the book changes. */
const char *genos_dial_book_get_via (GenosDialBook *self, const char *peer_id);

/* The offer of our dial to that peer has left: until then there is no glare, and whoever offers is
 * answered. */
void genos_dial_book_sent (GenosDialBook *self, const char *peer_id);

/* What became of a slot. */
void genos_dial_book_opened (GenosDialBook *self, const char *peer_id);
void genos_dial_book_failed (GenosDialBook *self, const char *peer_id, GenosDialRole role,
    gint64 now);
void genos_dial_book_closed (GenosDialBook *self, const char *peer_id, gint64 now);
/* It is gone: its handshakes are void, and a return is dialled at once, unless it went in the middle
 * of one. */
void genos_dial_book_release (GenosDialBook *self, const char *peer_id, gint64 now);

/* A dial is taken back without anybody's fault. */
void genos_dial_book_withdraw (GenosDialBook *self, const char *peer_id);
/* The network is another one: failures on the old one say nothing. */
void genos_dial_book_forgive (GenosDialBook *self);

/* The next slot whose time is over at @now, one per call; FALSE when there is none. It stays claimed
 * until failed() is told. (transfer none), valid until the book changes. */
gboolean genos_dial_book_overdue (GenosDialBook *self, gint64 now, const char **peer_id,
    GenosDialRole *role);

/* Of both roles. */
guint genos_dial_book_get_n_under_way (GenosDialBook *self);

G_END_DECLS
