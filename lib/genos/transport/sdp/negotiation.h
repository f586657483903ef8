/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/base/error.h>

G_BEGIN_DECLS

/* Who offers when, on one link: (state, event) → actions. Pure: time is passed in, work is handed
 * out as actions, and webrtcbin is never seen.
 *
 * Feed an event, then run genos_negotiation_next() until it returns FALSE, doing each action in
 * turn. Actions marked "op" are answered by exactly one GENOS_NEGOTIATION_DONE or _FAILED, now or
 * later; there is never more than one under way, and it is the last action of a round.
 *
 * Renegotiating offers are deferred: created and sent, but set as local description only when the
 * answer is here, because webrtcbin knows no rollback. The side that made the first offer of the
 * connection is impolite: it ignores offers that cross its own. The other side binds its own offer
 * with a self-made answer, accepts, and offers again later. */

#define GENOS_NEGOTIATION_ANSWER_TIMEOUT 10000 /* ms until an unanswered offer is sent again */
#define GENOS_NEGOTIATION_MAX_SENDS 3          /* of one offer; then it is given up */
#define GENOS_NEGOTIATION_REOFFER_DELAY                                                            \
  500                                      /* ms between our answer and our next offer: an offer
                                                  right behind it meets a browser that is still in
                                                  have-local-offer, which drops it silently */
#define GENOS_NEGOTIATION_RETRY_DELAY 1000 /* ms after a failure of our own */
#define GENOS_NEGOTIATION_MAX_FAILURES 3
#define GENOS_NEGOTIATION_MAX_QUEUED 4 /* remote descriptions that wait for an operation */

typedef enum {
  GENOS_NEGOTIATION_START,         /* the offerer dials; nothing for the answerer */
  GENOS_NEGOTIATION_REMOTE_OFFER,  /* text */
  GENOS_NEGOTIATION_REMOTE_ANSWER, /* text */
  GENOS_NEGOTIATION_OPENED,        /* the data channel is open: from now on we may renegotiate */
  GENOS_NEGOTIATION_DIRTY,         /* something to negotiate: a line added, removed, wanted again,
                                      or a follow-up. At any time; before DONE to come right after */
  GENOS_NEGOTIATION_DONE,          /* the operation under way */
  GENOS_NEGOTIATION_FAILED,        /* the operation under way; error */
  GENOS_NEGOTIATION_TIMER,         /* the armed timer */
  GENOS_NEGOTIATION_CLOSE,         /* nothing will be asked for any more */
} GenosNegotiationEvent;

typedef enum {
  /* Add what waits to be added (request sink pads with their caps), then create-offer. Pads asked
   * for at any other time could be matched to the remote's lines. For the first offer: the data
   * channel only. DONE when the wire text (deferred: out_offer's) is ready. */
  GENOS_NEGOTIATION_CREATE_OFFER,      /* op */
  GENOS_NEGOTIATION_SET_LOCAL_OFFER,   /* op: the text of the last CREATE_OFFER */
  GENOS_NEGOTIATION_GATHER,            /* op, first exchange only: candidates, or own deadline */
  GENOS_NEGOTIATION_SEND_OFFER,        /* the wire text of the last CREATE_OFFER, perhaps again */
  GENOS_NEGOTIATION_CHECK_ANSWER,      /* op: text; genos_sdp_map_check_answer() */
  GENOS_NEGOTIATION_SET_REMOTE_ANSWER, /* op: text; in_answer and set-remote */
  GENOS_NEGOTIATION_SET_SELF_ANSWER,   /* op: self_answer and set-remote */
  GENOS_NEGOTIATION_CHECK_OFFER,       /* op: text; genos_sdp_map_check_offer() */
  GENOS_NEGOTIATION_SET_REMOTE_OFFER,  /* op: text; in_offer and set-remote */
  GENOS_NEGOTIATION_CREATE_ANSWER,     /* op */
  GENOS_NEGOTIATION_SET_LOCAL_ANSWER,  /* op: local_answer of the last CREATE_ANSWER */
  GENOS_NEGOTIATION_SEND_ANSWER,       /* out_answer */
  GENOS_NEGOTIATION_ARM_TIMER,         /* delay_ms; replaces the one that is armed */
  GENOS_NEGOTIATION_DISARM_TIMER,
  GENOS_NEGOTIATION_REFUSE, /* error: tell it as a warning; the link goes on */
  GENOS_NEGOTIATION_ABORT,  /* error: the link cannot go on, close it. Always the last */
} GenosNegotiationActionType;

typedef struct {
  GenosNegotiationActionType type;
  char *text; /* of the remote description, where the comment says so */
  guint delay_ms;
  GError *error;
} GenosNegotiationAction;

void genos_negotiation_action_clear (GenosNegotiationAction *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GenosNegotiationAction, genos_negotiation_action_clear)

typedef struct _GenosNegotiation GenosNegotiation;

GenosNegotiation *genos_negotiation_new (gboolean offerer) G_GNUC_WARN_UNUSED_RESULT;
void genos_negotiation_free (GenosNegotiation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosNegotiation, genos_negotiation_free)

/* @text: of a remote description, else NULL. @error: with FAILED, else NULL (transfer none).
 * @now: microseconds, monotonic. An event that makes no sense now is refused or ignored, never
 * fatal. */
void genos_negotiation_feed (GenosNegotiation *self, GenosNegotiationEvent event, const char *text,
    const GError *error, gint64 now);

/* FALSE when nothing is left to do. @action is initialised by the call; clear it. */
gboolean genos_negotiation_next (GenosNegotiation *self, GenosNegotiationAction *action);

/* No operation, no offer out, nothing waiting to be negotiated. */
gboolean genos_negotiation_is_stable (GenosNegotiation *self);
/* Remote offers dropped because they crossed an own one (impolite). */
guint genos_negotiation_get_ignored (GenosNegotiation *self);

G_END_DECLS
