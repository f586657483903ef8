/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/sdp/negotiation.h>

/* What is being carried through, operation by operation. */
typedef enum {
  FLOW_NONE,
  FLOW_DIAL,     /* the first offer: set as local description at once, for its candidates */
  FLOW_OFFER,    /* a deferred offer, until it is sent */
  FLOW_ANSWERED, /* an answer to the offer that is out */
  FLOW_ACCEPT,   /* their offer, binding ours before if there is one */
  FLOW_GIVE_UP,  /* binding an offer that nobody answered or whose answer was unusable */
} Flow;

typedef enum {
  PENDING_NONE,
  PENDING_CREATED, /* an offer of ours exists, but nobody has seen it */
  PENDING_SENT,
} Pending;

#define NO_OP GENOS_NEGOTIATION_ABORT

typedef struct {
  gboolean is_offer;
  char *text;
} Remote;

struct _GenosNegotiation {
  gboolean offerer;
  gboolean closed;
  gboolean opened;
  gboolean exchanged; /* the first exchange is over */
  gboolean dirty;
  gboolean unbound;   /* pads may exist that no created offer has */
  gboolean local_set; /* the pending offer is webrtcbin's local description */
  Flow flow;
  GenosNegotiationActionType op;
  Pending pending;
  Remote remote;  /* being carried through */
  GQueue queue;   /* Remote* that wait */
  GQueue actions; /* GenosNegotiationAction* */
  guint n_sends;
  guint n_failures;
  guint n_ignored;
  gint64 now;
  gint64 answer_due; /* of the pending offer */
  gint64 offer_due;  /* before that, no offer of ours */
};

GenosNegotiation *
genos_negotiation_new (gboolean offerer)
{
  GenosNegotiation *self = g_new0 (GenosNegotiation, 1);

  self->offerer = offerer;
  self->op = NO_OP;
  g_queue_init (&self->queue);
  g_queue_init (&self->actions);
  return self;
}

static void
remote_free (Remote *remote)
{
  g_free (remote->text);
  g_free (remote);
}

void
genos_negotiation_action_clear (GenosNegotiationAction *self)
{
  g_clear_pointer (&self->text, g_free);
  g_clear_error (&self->error);
}

static void
action_free (GenosNegotiationAction *action)
{
  genos_negotiation_action_clear (action);
  g_free (action);
}

static void
drop_everything (GenosNegotiation *self)
{
  g_queue_clear_full (&self->queue, (GDestroyNotify) remote_free);
  g_queue_clear_full (&self->actions, (GDestroyNotify) action_free);
  g_clear_pointer (&self->remote.text, g_free);
  self->flow = FLOW_NONE;
  self->op = NO_OP;
  self->closed = TRUE;
}

void
genos_negotiation_free (GenosNegotiation *self)
{
  if (self == NULL)
    return;
  drop_everything (self);
  g_free (self);
}

static GenosNegotiationAction *
act (GenosNegotiation *self, GenosNegotiationActionType type)
{
  GenosNegotiationAction *action = g_new0 (GenosNegotiationAction, 1);

  action->type = type;
  g_queue_push_tail (&self->actions, action);
  return action;
}

static void
operate (GenosNegotiation *self, GenosNegotiationActionType op)
{
  self->op = op;
  act (self, op);
}

static void
operate_on_remote (GenosNegotiation *self, GenosNegotiationActionType op)
{
  self->op = op;
  act (self, op)->text = g_strdup (self->remote.text);
}

static void
arm (GenosNegotiation *self, gint64 due)
{
  gint64 wait = MAX (due - self->now, 0);
  act (self, GENOS_NEGOTIATION_ARM_TIMER)->delay_ms = (guint) ((wait + 999) / 1000);
}

static void
refuse_error (GenosNegotiation *self, const GError *error)
{
  act (self, GENOS_NEGOTIATION_REFUSE)->error = g_error_copy (error);
}

static void
refuse (GenosNegotiation *self, GenosError code, const char *reason)
{
  g_autoptr (GError) error = g_error_new_literal (GENOS_ERROR, code, reason);
  refuse_error (self, error);
}

static void
abort_with (GenosNegotiation *self, const GError *error)
{
  drop_everything (self);
  act (self, GENOS_NEGOTIATION_ABORT)->error = g_error_copy (error);
}

static void
begin (GenosNegotiation *self, Flow flow)
{
  self->flow = flow;
}

static void
end (GenosNegotiation *self)
{
  self->flow = FLOW_NONE;
  g_clear_pointer (&self->remote.text, g_free);
}

static void
send_offer (GenosNegotiation *self)
{
  self->pending = PENDING_SENT;
  self->n_sends++;
  act (self, GENOS_NEGOTIATION_SEND_OFFER);
  /* How long a dial may take is for those to say who know the room. */
  if (!self->exchanged)
    return;
  self->answer_due = self->now + GENOS_NEGOTIATION_ANSWER_TIMEOUT * G_TIME_SPAN_MILLISECOND;
  arm (self, self->answer_due);
}

static void
bind_pending (GenosNegotiation *self)
{
  operate (self,
      self->local_set ? GENOS_NEGOTIATION_SET_SELF_ANSWER : GENOS_NEGOTIATION_SET_LOCAL_OFFER);
}

/* Their offer may only meet a webrtcbin in which every line of ours is bound. */
static void
continue_accepting (GenosNegotiation *self)
{
  if (self->pending != PENDING_NONE) {
    act (self, GENOS_NEGOTIATION_DISARM_TIMER);
    bind_pending (self);
  } else if (self->unbound) {
    operate (self, GENOS_NEGOTIATION_CREATE_OFFER);
  } else {
    operate_on_remote (self, GENOS_NEGOTIATION_SET_REMOTE_OFFER);
  }
}

static void
send_answer (GenosNegotiation *self)
{
  act (self, GENOS_NEGOTIATION_SEND_ANSWER);
  self->exchanged = TRUE;
  self->offer_due = self->now + GENOS_NEGOTIATION_REOFFER_DELAY * G_TIME_SPAN_MILLISECOND;
  end (self);
}

static void
on_offer_created (GenosNegotiation *self)
{
  self->pending = PENDING_CREATED;
  self->local_set = FALSE;
  self->unbound = FALSE;
  self->n_sends = 0;
  /* In FLOW_OFFER, settling sends it, or binds it for an offer that came in meanwhile. */
  if (self->flow == FLOW_OFFER)
    end (self);
  else
    operate (self, GENOS_NEGOTIATION_SET_LOCAL_OFFER);
}

static void
on_local_offer_set (GenosNegotiation *self)
{
  self->local_set = TRUE;
  if (self->flow == FLOW_DIAL)
    operate (self, GENOS_NEGOTIATION_GATHER);
  else if (self->flow == FLOW_ANSWERED)
    operate_on_remote (self, GENOS_NEGOTIATION_SET_REMOTE_ANSWER);
  else
    operate (self, GENOS_NEGOTIATION_SET_SELF_ANSWER);
}

static void
on_gathered (GenosNegotiation *self)
{
  if (self->flow == FLOW_ACCEPT) {
    send_answer (self);
    return;
  }
  send_offer (self);
  end (self);
}

static void
on_answer_checked (GenosNegotiation *self)
{
  act (self, GENOS_NEGOTIATION_DISARM_TIMER);
  if (self->local_set)
    operate_on_remote (self, GENOS_NEGOTIATION_SET_REMOTE_ANSWER);
  else
    operate (self, GENOS_NEGOTIATION_SET_LOCAL_OFFER);
}

static void
on_answer_set (GenosNegotiation *self)
{
  self->pending = PENDING_NONE;
  self->exchanged = TRUE;
  self->n_failures = 0;
  end (self);
}

static void
on_self_answer_set (GenosNegotiation *self)
{
  self->pending = PENDING_NONE;
  if (self->flow != FLOW_ACCEPT) {
    end (self);
    return;
  }
  self->dirty = TRUE;
  continue_accepting (self);
}

static void
on_answer_local (GenosNegotiation *self)
{
  if (self->exchanged)
    send_answer (self);
  else
    operate (self, GENOS_NEGOTIATION_GATHER);
}

static void
on_done (GenosNegotiation *self)
{
  GenosNegotiationActionType done = self->op;

  self->op = NO_OP;
  switch (done) {
    case GENOS_NEGOTIATION_CREATE_OFFER:
      on_offer_created (self);
      break;
    case GENOS_NEGOTIATION_SET_LOCAL_OFFER:
      on_local_offer_set (self);
      break;
    case GENOS_NEGOTIATION_GATHER:
      on_gathered (self);
      break;
    case GENOS_NEGOTIATION_CHECK_ANSWER:
      on_answer_checked (self);
      break;
    case GENOS_NEGOTIATION_SET_REMOTE_ANSWER:
      on_answer_set (self);
      break;
    case GENOS_NEGOTIATION_SET_SELF_ANSWER:
      on_self_answer_set (self);
      break;
    case GENOS_NEGOTIATION_CHECK_OFFER:
      continue_accepting (self);
      break;
    case GENOS_NEGOTIATION_SET_REMOTE_OFFER:
      operate (self, GENOS_NEGOTIATION_CREATE_ANSWER);
      break;
    case GENOS_NEGOTIATION_CREATE_ANSWER:
      operate (self, GENOS_NEGOTIATION_SET_LOCAL_ANSWER);
      break;
    case GENOS_NEGOTIATION_SET_LOCAL_ANSWER:
      on_answer_local (self);
      break;
    default:
      break;
  }
}

/* Offers again after a while, but not for ever. */
static void
retry_later (GenosNegotiation *self)
{
  self->dirty = ++self->n_failures <= GENOS_NEGOTIATION_MAX_FAILURES;
  if (!self->dirty)
    self->n_failures = 0;
  self->offer_due =
      MAX (self->offer_due, self->now + GENOS_NEGOTIATION_RETRY_DELAY * G_TIME_SPAN_MILLISECOND);
}

static void
on_create_offer_failed (GenosNegotiation *self, const GError *error)
{
  if (self->flow != FLOW_OFFER) {
    abort_with (self, error);
    return;
  }
  refuse_error (self, error);
  self->unbound = TRUE;
  retry_later (self);
  end (self);
}

static void
on_answer_refused (GenosNegotiation *self, const GError *error)
{
  refuse_error (self, error);
  end (self);
  arm (self, self->answer_due);
}

/* We are in have-local-offer now, from which only an answer leads out. */
static void
on_answer_failed (GenosNegotiation *self, const GError *error)
{
  refuse_error (self, error);
  retry_later (self);
  begin (self, FLOW_GIVE_UP);
  operate (self, GENOS_NEGOTIATION_SET_SELF_ANSWER);
}

static void
on_failed (GenosNegotiation *self, const GError *error)
{
  GenosNegotiationActionType failed = self->op;

  self->op = NO_OP;
  if (!self->exchanged) {
    abort_with (self, error);
    return;
  }
  switch (failed) {
    case GENOS_NEGOTIATION_CREATE_OFFER:
      on_create_offer_failed (self, error);
      break;
    case GENOS_NEGOTIATION_CHECK_ANSWER:
      on_answer_refused (self, error);
      break;
    case GENOS_NEGOTIATION_SET_REMOTE_ANSWER:
      on_answer_failed (self, error);
      break;
    case GENOS_NEGOTIATION_CHECK_OFFER:
    case GENOS_NEGOTIATION_SET_REMOTE_OFFER:
      refuse_error (self, error);
      end (self);
      break;
    default:
      abort_with (self, error);
      break;
  }
}

static void
take_offer (GenosNegotiation *self)
{
  if (!self->exchanged && self->offerer) {
    refuse (self, GENOS_ERROR_PROTOCOL, "an offer came from the peer that was to answer ours");
  } else if (self->exchanged && !self->opened) {
    refuse (self, GENOS_ERROR_PROTOCOL, "a second offer came before the data channel was open");
  } else if (self->pending == PENDING_SENT && self->offerer) {
    self->n_ignored++;
  } else {
    begin (self, FLOW_ACCEPT);
    operate_on_remote (self, GENOS_NEGOTIATION_CHECK_OFFER);
  }
}

static void
take_answer (GenosNegotiation *self)
{
  if (self->pending != PENDING_SENT) {
    refuse (self, GENOS_ERROR_PROTOCOL, "an answer came without an offer of ours");
    return;
  }
  begin (self, FLOW_ANSWERED);
  operate_on_remote (self, GENOS_NEGOTIATION_CHECK_ANSWER);
}

static void
take_next_remote (GenosNegotiation *self)
{
  Remote *next = g_queue_pop_head (&self->queue);

  g_free (self->remote.text);
  self->remote = *next;
  g_free (next);
  if (self->remote.is_offer)
    take_offer (self);
  else
    take_answer (self);
  if (self->flow == FLOW_NONE)
    g_clear_pointer (&self->remote.text, g_free);
}

static void
start_offering (GenosNegotiation *self)
{
  if (self->now < self->offer_due) {
    arm (self, self->offer_due);
    return;
  }
  self->dirty = FALSE;
  begin (self, FLOW_OFFER);
  operate (self, GENOS_NEGOTIATION_CREATE_OFFER);
}

/* With nothing under way: what came in goes first, then what we have made, then what we want. */
static void
settle (GenosNegotiation *self)
{
  while (!self->closed && self->flow == FLOW_NONE && !g_queue_is_empty (&self->queue))
    take_next_remote (self);
  if (self->closed || self->flow != FLOW_NONE)
    return;
  if (self->pending == PENDING_CREATED)
    send_offer (self);
  else if (self->pending == PENDING_NONE && self->dirty && self->opened && self->exchanged)
    start_offering (self);
}

static void
enqueue (GenosNegotiation *self, gboolean is_offer, const char *text)
{
  Remote *remote;

  if (self->queue.length >= GENOS_NEGOTIATION_MAX_QUEUED) {
    refuse (self, GENOS_ERROR_LIMIT, "too many descriptions came at once");
    return;
  }
  remote = g_new0 (Remote, 1);
  remote->is_offer = is_offer;
  remote->text = g_strdup (text != NULL ? text : "");
  g_queue_push_tail (&self->queue, remote);
}

static void
on_timer (GenosNegotiation *self)
{
  if (self->flow != FLOW_NONE || self->pending != PENDING_SENT || !self->exchanged)
    return;
  if (self->now < self->answer_due) {
    arm (self, self->answer_due);
  } else if (self->n_sends < GENOS_NEGOTIATION_MAX_SENDS) {
    send_offer (self);
  } else {
    refuse (self, GENOS_ERROR_TIMED_OUT, "the peer did not answer our offer");
    begin (self, FLOW_GIVE_UP);
    bind_pending (self);
  }
}

static void
on_start (GenosNegotiation *self)
{
  if (!self->offerer || self->exchanged || self->flow != FLOW_NONE || self->pending != PENDING_NONE)
    return;
  begin (self, FLOW_DIAL);
  operate (self, GENOS_NEGOTIATION_CREATE_OFFER);
}

static void
on_operation_failed (GenosNegotiation *self, const GError *error)
{
  g_autoptr (GError) unknown = NULL;

  if (error == NULL)
    error = unknown = g_error_new_literal (
        GENOS_ERROR, GENOS_ERROR_FAILED, "negotiation failed for a reason that is not known");
  on_failed (self, error);
}

void
genos_negotiation_feed (GenosNegotiation *self, GenosNegotiationEvent event, const char *text,
    const GError *error, gint64 now)
{
  if (self->closed)
    return;
  self->now = now;
  switch (event) {
    case GENOS_NEGOTIATION_START:
      on_start (self);
      break;
    case GENOS_NEGOTIATION_REMOTE_OFFER:
      enqueue (self, TRUE, text);
      break;
    case GENOS_NEGOTIATION_REMOTE_ANSWER:
      enqueue (self, FALSE, text);
      break;
    case GENOS_NEGOTIATION_OPENED:
      /* An open channel proves that the other side has our answer. */
      self->opened = TRUE;
      self->offer_due = now;
      break;
    case GENOS_NEGOTIATION_DIRTY:
      self->dirty = TRUE;
      break;
    case GENOS_NEGOTIATION_DONE:
      if (self->op != NO_OP)
        on_done (self);
      break;
    case GENOS_NEGOTIATION_FAILED:
      if (self->op != NO_OP)
        on_operation_failed (self, error);
      break;
    case GENOS_NEGOTIATION_TIMER:
      on_timer (self);
      break;
    case GENOS_NEGOTIATION_CLOSE:
      drop_everything (self);
      break;
  }
  settle (self);
}

gboolean
genos_negotiation_next (GenosNegotiation *self, GenosNegotiationAction *action)
{
  GenosNegotiationAction *next = g_queue_pop_head (&self->actions);

  if (next == NULL) {
    *action = (GenosNegotiationAction){ 0 };
    return FALSE;
  }
  *action = *next;
  g_free (next);
  return TRUE;
}

gboolean
genos_negotiation_is_stable (GenosNegotiation *self)
{
  return self->flow == FLOW_NONE && self->pending == PENDING_NONE && !self->dirty
      && g_queue_is_empty (&self->queue);
}

guint
genos_negotiation_get_ignored (GenosNegotiation *self)
{
  return self->n_ignored;
}
