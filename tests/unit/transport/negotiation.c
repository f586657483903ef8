/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/sdp/negotiation.h>

#include <string.h>

#define MS G_TIME_SPAN_MILLISECOND

static const char *const action_names[] = { "create-offer", "set-local-offer", "gather",
  "send-offer", "check-answer", "set-remote-answer", "set-self-answer", "check-offer",
  "set-remote-offer", "create-answer", "set-local-answer", "send-answer", "arm", "disarm", "refuse",
  "abort" };

/* Takes all waiting actions: "arm:500 check-offer(text) …". */
static char *
drain (GenosNegotiation *machine)
{
  GString *list = g_string_new (NULL);

  for (;;) {
    g_auto (GenosNegotiationAction) action = { 0 };
    if (!genos_negotiation_next (machine, &action))
      break;
    if (list->len > 0)
      g_string_append_c (list, ' ');
    g_string_append (list, action_names[action.type]);
    if (action.type == GENOS_NEGOTIATION_ARM_TIMER)
      g_string_append_printf (list, ":%u", action.delay_ms);
    if (action.text != NULL)
      g_string_append_printf (list, "(%s)", action.text);
    if (action.error != NULL)
      g_string_append_printf (list, ":%d", action.error->code);
  }
  return g_string_free (list, FALSE);
}

#define expect(machine, expected)                                                                  \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *drained_ = drain (machine);                                                   \
    g_assert_cmpstr (drained_, ==, expected);                                                      \
  }                                                                                                \
  G_STMT_END

static void
feed (GenosNegotiation *machine, GenosNegotiationEvent event, gint64 now_ms)
{
  genos_negotiation_feed (machine, event, NULL, NULL, now_ms * MS);
}

static void
feed_text (GenosNegotiation *machine, GenosNegotiationEvent event, const char *text, gint64 now_ms)
{
  genos_negotiation_feed (machine, event, text, NULL, now_ms * MS);
}

static void
done (GenosNegotiation *machine, gint64 now_ms, const char *expected)
{
  feed (machine, GENOS_NEGOTIATION_DONE, now_ms);
  expect (machine, expected);
}

static void
fail (GenosNegotiation *machine, gint64 now_ms, const char *expected)
{
  g_autoptr (GError) error = g_error_new_literal (GENOS_ERROR, GENOS_ERROR_LIMIT, "no");
  genos_negotiation_feed (machine, GENOS_NEGOTIATION_FAILED, NULL, error, now_ms * MS);
  expect (machine, expected);
}

/* Offerer or answerer whose first exchange is over and whose channel is open. */
static GenosNegotiation *
connected (gboolean offerer)
{
  GenosNegotiation *machine = genos_negotiation_new (offerer);

  feed (machine, GENOS_NEGOTIATION_START, 0);
  if (offerer) {
    expect (machine, "create-offer");
    done (machine, 0, "set-local-offer");
    done (machine, 0, "gather");
    done (machine, 0, "send-offer");
    feed_text (machine, GENOS_NEGOTIATION_REMOTE_ANSWER, "A", 0);
    expect (machine, "check-answer(A)");
    done (machine, 0, "disarm set-remote-answer(A)");
    done (machine, 0, "");
  } else {
    expect (machine, "");
    feed_text (machine, GENOS_NEGOTIATION_REMOTE_OFFER, "O", 0);
    expect (machine, "check-offer(O)");
    done (machine, 0, "set-remote-offer(O)");
    done (machine, 0, "create-answer");
    done (machine, 0, "set-local-answer");
    done (machine, 0, "gather");
    done (machine, 0, "send-answer");
  }
  feed (machine, GENOS_NEGOTIATION_OPENED, 0);
  expect (machine, "");
  g_assert_true (genos_negotiation_is_stable (machine));
  return machine;
}

static void
offer_out (GenosNegotiation *machine, gint64 now_ms)
{
  feed (machine, GENOS_NEGOTIATION_DIRTY, now_ms);
  expect (machine, "create-offer");
  done (machine, now_ms, "send-offer arm:10000");
}

static void
test_dial (void)
{
  g_autoptr (GenosNegotiation) offerer = connected (TRUE);
  g_autoptr (GenosNegotiation) answerer = connected (FALSE);

  g_assert_true (genos_negotiation_is_stable (offerer));
  g_assert_true (genos_negotiation_is_stable (answerer));
}

/* What was added before the channel opened is offered when it opens, not before. */
static void
test_dirty_before_open (void)
{
  g_autoptr (GenosNegotiation) machine = genos_negotiation_new (FALSE);

  feed (machine, GENOS_NEGOTIATION_DIRTY, 0);
  expect (machine, "");
  feed_text (machine, GENOS_NEGOTIATION_REMOTE_OFFER, "O", 0);
  expect (machine, "check-offer(O)");
  done (machine, 0, "set-remote-offer(O)");
  done (machine, 0, "create-answer");
  done (machine, 0, "set-local-answer");
  done (machine, 0, "gather");
  done (machine, 0, "send-answer");
  feed (machine, GENOS_NEGOTIATION_OPENED, 20);
  expect (machine, "create-offer");
}

static void
test_deferred_offer (void)
{
  g_autoptr (GenosNegotiation) machine = connected (FALSE);

  offer_out (machine, 10);
  feed_text (machine, GENOS_NEGOTIATION_REMOTE_ANSWER, "A1", 20);
  expect (machine, "check-answer(A1)");
  done (machine, 21, "disarm set-local-offer");
  done (machine, 22, "set-remote-answer(A1)");
  done (machine, 23, "");
  g_assert_true (genos_negotiation_is_stable (machine));
}

/* The follow-up of an answer, or a change while the offer was out, goes out at once. */
static void
test_dirty_while_offer_is_out (void)
{
  g_autoptr (GenosNegotiation) machine = connected (TRUE);

  offer_out (machine, 10);
  feed_text (machine, GENOS_NEGOTIATION_REMOTE_ANSWER, "A1", 20);
  expect (machine, "check-answer(A1)");
  done (machine, 21, "disarm set-local-offer");
  feed (machine, GENOS_NEGOTIATION_DIRTY, 22);
  expect (machine, "");
  done (machine, 22, "set-remote-answer(A1)");
  done (machine, 23, "create-offer");
}

static void
test_glare_impolite_ignores (void)
{
  g_autoptr (GenosNegotiation) machine = connected (TRUE);

  offer_out (machine, 10);
  feed_text (machine, GENOS_NEGOTIATION_REMOTE_OFFER, "O1", 11);
  expect (machine, "");
  g_assert_cmpuint (genos_negotiation_get_ignored (machine), ==, 1);
  feed_text (machine, GENOS_NEGOTIATION_REMOTE_ANSWER, "A1", 20);
  expect (machine, "check-answer(A1)");
}

static void
test_glare_polite_gives_way (void)
{
  g_autoptr (GenosNegotiation) machine = connected (FALSE);

  offer_out (machine, 10);
  feed_text (machine, GENOS_NEGOTIATION_REMOTE_OFFER, "O1", 11);
  expect (machine, "check-offer(O1)");
  done (machine, 12, "disarm set-local-offer");
  done (machine, 13, "set-self-answer");
  done (machine, 14, "set-remote-offer(O1)");
  done (machine, 15, "create-answer");
  done (machine, 16, "set-local-answer");
  done (machine, 20, "send-answer arm:500");
  feed (machine, GENOS_NEGOTIATION_TIMER, 520);
  expect (machine, "create-offer");
}

/* Nobody has seen our offer yet: theirs goes first, on either side. */
static void
test_offer_while_creating (void)
{
  for (guint offerer = 0; offerer < 2; offerer++) {
    g_autoptr (GenosNegotiation) machine = connected (offerer);

    feed (machine, GENOS_NEGOTIATION_DIRTY, 10);
    expect (machine, "create-offer");
    feed_text (machine, GENOS_NEGOTIATION_REMOTE_OFFER, "O1", 11);
    expect (machine, "");
    done (machine, 12, "check-offer(O1)");
    done (machine, 12, "disarm set-local-offer");
    done (machine, 13, "set-self-answer");
    done (machine, 14, "set-remote-offer(O1)");
    done (machine, 15, "create-answer");
    done (machine, 16, "set-local-answer");
    done (machine, 20, "send-answer arm:500");
  }
}

/* A junk offer costs neither the offer that is being made nor the one that is out. */
static void
test_junk_offer (void)
{
  g_autoptr (GenosNegotiation) creating = connected (FALSE);
  g_autoptr (GenosNegotiation) waiting = connected (FALSE);

  feed (creating, GENOS_NEGOTIATION_DIRTY, 10);
  expect (creating, "create-offer");
  feed_text (creating, GENOS_NEGOTIATION_REMOTE_OFFER, "junk", 11);
  done (creating, 12, "check-offer(junk)");
  fail (creating, 13, "refuse:3 send-offer arm:10000");

  offer_out (waiting, 10);
  feed_text (waiting, GENOS_NEGOTIATION_REMOTE_OFFER, "junk", 11);
  expect (waiting, "check-offer(junk)");
  fail (waiting, 12, "refuse:3");
  feed_text (waiting, GENOS_NEGOTIATION_REMOTE_ANSWER, "A", 13);
  expect (waiting, "check-answer(A)");
}

static void
test_junk_answer (void)
{
  g_autoptr (GenosNegotiation) machine = connected (TRUE);

  offer_out (machine, 10);
  feed_text (machine, GENOS_NEGOTIATION_REMOTE_ANSWER, "junk", 1010);
  expect (machine, "check-answer(junk)");
  feed_text (machine, GENOS_NEGOTIATION_REMOTE_ANSWER, "A", 1010);
  expect (machine, "");
  fail (machine, 1010, "refuse:3 arm:9000 check-answer(A)");
  done (machine, 1011, "disarm set-local-offer");
}

/* webrtcbin itself refuses what the gate let pass: out of have-local-offer by our own answer. */
static void
test_answer_fails_late (void)
{
  g_autoptr (GenosNegotiation) machine = connected (TRUE);
  gint64 now = 10;

  offer_out (machine, now);
  for (guint i = 0; i < GENOS_NEGOTIATION_MAX_FAILURES; i++) {
    feed_text (machine, GENOS_NEGOTIATION_REMOTE_ANSWER, "A", now);
    expect (machine, "check-answer(A)");
    done (machine, now, "disarm set-local-offer");
    done (machine, now, "set-remote-answer(A)");
    fail (machine, now, "refuse:3 set-self-answer");
    done (machine, now, "arm:1000");
    now += 1000;
    feed (machine, GENOS_NEGOTIATION_TIMER, now);
    expect (machine, "create-offer");
    done (machine, now, "send-offer arm:10000");
  }
  feed_text (machine, GENOS_NEGOTIATION_REMOTE_ANSWER, "A", now);
  expect (machine, "check-answer(A)");
  done (machine, now, "disarm set-local-offer");
  done (machine, now, "set-remote-answer(A)");
  fail (machine, now, "refuse:3 set-self-answer");
  done (machine, now, "");
  g_assert_true (genos_negotiation_is_stable (machine));
}

static void
test_never_answered (void)
{
  g_autoptr (GenosNegotiation) machine = connected (TRUE);

  offer_out (machine, 0);
  feed (machine, GENOS_NEGOTIATION_TIMER, 9999);
  expect (machine, "arm:1");
  feed (machine, GENOS_NEGOTIATION_TIMER, 10000);
  expect (machine, "send-offer arm:10000");
  feed (machine, GENOS_NEGOTIATION_TIMER, 20000);
  expect (machine, "send-offer arm:10000");
  feed (machine, GENOS_NEGOTIATION_TIMER, 30000);
  expect (machine, "refuse:5 set-local-offer");
  done (machine, 30001, "set-self-answer");
  done (machine, 30002, "");
  g_assert_true (genos_negotiation_is_stable (machine));

  /* Too late now; and the next change is offered as ever. */
  feed_text (machine, GENOS_NEGOTIATION_REMOTE_ANSWER, "late", 31000);
  expect (machine, "refuse:2");
  offer_out (machine, 32000);
}

/* Sent twice, answered late: still the answer to that offer. The second one is one too many. */
static void
test_late_and_double_answers (void)
{
  g_autoptr (GenosNegotiation) machine = connected (TRUE);

  offer_out (machine, 0);
  feed (machine, GENOS_NEGOTIATION_TIMER, 10000);
  expect (machine, "send-offer arm:10000");
  feed_text (machine, GENOS_NEGOTIATION_REMOTE_ANSWER, "A", 10001);
  feed_text (machine, GENOS_NEGOTIATION_REMOTE_ANSWER, "A", 10001);
  expect (machine, "check-answer(A)");
  done (machine, 10002, "disarm set-local-offer");
  done (machine, 10002, "set-remote-answer(A)");
  done (machine, 10003, "refuse:2");
  g_assert_true (genos_negotiation_is_stable (machine));
}

static void
test_out_of_place (void)
{
  g_autoptr (GenosNegotiation) dialling = genos_negotiation_new (TRUE);
  g_autoptr (GenosNegotiation) answerer = genos_negotiation_new (FALSE);

  feed_text (dialling, GENOS_NEGOTIATION_REMOTE_OFFER, "O", 0);
  expect (dialling, "refuse:2");
  feed_text (dialling, GENOS_NEGOTIATION_REMOTE_ANSWER, "A", 0);
  expect (dialling, "refuse:2");
  feed (dialling, GENOS_NEGOTIATION_DONE, 0);
  feed (dialling, GENOS_NEGOTIATION_FAILED, 0);
  feed (dialling, GENOS_NEGOTIATION_TIMER, 0);
  expect (dialling, "");
  feed (dialling, GENOS_NEGOTIATION_START, 0);
  expect (dialling, "create-offer");
  feed (dialling, GENOS_NEGOTIATION_START, 0);
  expect (dialling, "");

  feed_text (answerer, GENOS_NEGOTIATION_REMOTE_ANSWER, "A", 0);
  expect (answerer, "refuse:2");
  feed_text (answerer, GENOS_NEGOTIATION_REMOTE_OFFER, "O", 0);
  expect (answerer, "check-offer(O)");
  for (guint i = 0; i < GENOS_NEGOTIATION_MAX_QUEUED; i++)
    feed_text (answerer, GENOS_NEGOTIATION_REMOTE_OFFER, "O", 0);
  expect (answerer, "");
  feed_text (answerer, GENOS_NEGOTIATION_REMOTE_OFFER, "O", 0);
  expect (answerer, "refuse:3");
}

/* The first description decides: unusable ends the link. Later, our own failures end it where
 * webrtcbin would stay in a state that nothing leads out of. */
static void
test_abort (void)
{
  g_autoptr (GenosNegotiation) answerer = genos_negotiation_new (FALSE);
  g_autoptr (GenosNegotiation) offerer = genos_negotiation_new (TRUE);
  g_autoptr (GenosNegotiation) later = connected (FALSE);

  feed_text (answerer, GENOS_NEGOTIATION_REMOTE_OFFER, "junk", 0);
  expect (answerer, "check-offer(junk)");
  fail (answerer, 0, "abort:3");
  feed_text (answerer, GENOS_NEGOTIATION_REMOTE_OFFER, "O", 0);
  expect (answerer, "");

  feed (offerer, GENOS_NEGOTIATION_START, 0);
  expect (offerer, "create-offer");
  done (offerer, 0, "set-local-offer");
  done (offerer, 0, "gather");
  done (offerer, 0, "send-offer");
  feed_text (offerer, GENOS_NEGOTIATION_REMOTE_ANSWER, "junk", 0);
  expect (offerer, "check-answer(junk)");
  fail (offerer, 0, "abort:3");

  feed_text (later, GENOS_NEGOTIATION_REMOTE_OFFER, "O", 5);
  expect (later, "check-offer(O)");
  done (later, 5, "set-remote-offer(O)");
  done (later, 5, "create-answer");
  fail (later, 5, "abort:3");
}

static void
test_create_offer_fails (void)
{
  g_autoptr (GenosNegotiation) machine = connected (TRUE);
  gint64 now = 10;

  feed (machine, GENOS_NEGOTIATION_DIRTY, now);
  for (guint i = 0; i < GENOS_NEGOTIATION_MAX_FAILURES; i++) {
    expect (machine, "create-offer");
    fail (machine, now, "refuse:3 arm:1000");
    now += 1000;
    feed (machine, GENOS_NEGOTIATION_TIMER, now);
  }
  expect (machine, "create-offer");
  fail (machine, now, "refuse:3");
  /* Pads may hang about that no offer has: theirs may not meet them. */
  feed_text (machine, GENOS_NEGOTIATION_REMOTE_OFFER, "O", now);
  expect (machine, "check-offer(O)");
  done (machine, now, "create-offer");
  done (machine, now, "set-local-offer");
  done (machine, now, "set-self-answer");
  done (machine, now, "set-remote-offer(O)");
}

static void
test_close (void)
{
  g_autoptr (GenosNegotiation) machine = connected (TRUE);

  offer_out (machine, 0);
  feed_text (machine, GENOS_NEGOTIATION_REMOTE_ANSWER, "A", 0);
  feed (machine, GENOS_NEGOTIATION_CLOSE, 0);
  expect (machine, "");
  for (guint event = GENOS_NEGOTIATION_START; event <= GENOS_NEGOTIATION_CLOSE; event++)
    feed_text (machine, event, "x", 1);
  expect (machine, "");
}

/* Two machines, two ordered channels, and dice for everything else. */
typedef struct {
  GenosNegotiation *machine;
  GQueue inbox; /* char*: "O12" or "A12" */
  gboolean busy;
  gint64 timer; /* -1: none */
  guint n_offers;
  guint wanted, agreed; /* versions of what is to be negotiated: created offer, answered offer */
  guint offered;
  char *local; /* offer that webrtcbin would have as local description */
  char *created;
  gboolean have_remote;
} Side;

static void
side_act (Side *self, Side *other, const GenosNegotiationAction *action, gint64 now)
{
  switch (action->type) {
    case GENOS_NEGOTIATION_CREATE_OFFER:
      g_free (self->created);
      self->created = g_strdup_printf ("O%u", ++self->n_offers);
      self->offered = self->wanted;
      self->busy = TRUE;
      break;
    case GENOS_NEGOTIATION_SET_LOCAL_OFFER:
      g_assert_null (self->local);
      g_assert_false (self->have_remote);
      self->local = g_strdup (self->created);
      self->busy = TRUE;
      break;
    case GENOS_NEGOTIATION_SEND_OFFER:
      g_assert_nonnull (self->created);
      g_queue_push_tail (&other->inbox, g_strdup (self->created));
      break;
    case GENOS_NEGOTIATION_SET_REMOTE_ANSWER:
      g_assert_nonnull (self->local);
      g_assert_cmpstr (self->local + 1, ==, action->text + 1);
      g_clear_pointer (&self->local, g_free);
      self->agreed = self->offered;
      self->busy = TRUE;
      break;
    case GENOS_NEGOTIATION_SET_SELF_ANSWER:
      g_assert_nonnull (self->local);
      g_clear_pointer (&self->local, g_free);
      self->busy = TRUE;
      break;
    case GENOS_NEGOTIATION_SET_REMOTE_OFFER:
      g_assert_null (self->local);
      g_assert_false (self->have_remote);
      self->have_remote = TRUE;
      g_free (self->created);
      self->created = g_strdup_printf ("A%s", action->text + 1);
      self->busy = TRUE;
      break;
    case GENOS_NEGOTIATION_SET_LOCAL_ANSWER:
      g_assert_true (self->have_remote);
      self->have_remote = FALSE;
      self->busy = TRUE;
      break;
    case GENOS_NEGOTIATION_SEND_ANSWER:
      g_queue_push_tail (&other->inbox, g_strdup (self->created));
      break;
    case GENOS_NEGOTIATION_ARM_TIMER:
      self->timer = now + action->delay_ms * MS;
      break;
    case GENOS_NEGOTIATION_DISARM_TIMER:
      self->timer = -1;
      break;
    case GENOS_NEGOTIATION_REFUSE:
    case GENOS_NEGOTIATION_ABORT:
      g_error ("%s: %s", action_names[action->type], action->error->message);
      break;
    default:
      self->busy = TRUE;
      break;
  }
}

static void
side_run (Side *self, Side *other, gint64 now)
{
  for (;;) {
    g_auto (GenosNegotiationAction) action = { 0 };
    if (!genos_negotiation_next (self->machine, &action))
      break;
    g_assert_false (self->busy);
    side_act (self, other, &action, now);
  }
}

static gboolean
side_step (Side *self, Side *other, GRand *dice, gint64 now)
{
  if (self->timer >= 0 && self->timer <= now) {
    self->timer = -1;
    genos_negotiation_feed (self->machine, GENOS_NEGOTIATION_TIMER, NULL, NULL, now);
  } else if (self->busy && g_rand_boolean (dice)) {
    self->busy = FALSE;
    genos_negotiation_feed (self->machine, GENOS_NEGOTIATION_DONE, NULL, NULL, now);
  } else if (!g_queue_is_empty (&self->inbox) && g_rand_boolean (dice)) {
    g_autofree char *text = g_queue_pop_head (&self->inbox);
    genos_negotiation_feed (self->machine,
        text[0] == 'O' ? GENOS_NEGOTIATION_REMOTE_OFFER : GENOS_NEGOTIATION_REMOTE_ANSWER, text,
        NULL, now);
  } else {
    return FALSE;
  }
  side_run (self, other, now);
  return TRUE;
}

static gboolean
side_is_quiet (Side *self)
{
  return genos_negotiation_is_stable (self->machine) && g_queue_is_empty (&self->inbox)
      && !self->busy;
}

static void
side_clear (Side *self)
{
  genos_negotiation_free (self->machine);
  g_queue_clear_full (&self->inbox, g_free);
  g_free (self->local);
  g_free (self->created);
}

static void
simulate (guint32 seed)
{
  g_autoptr (GRand) dice = g_rand_new_with_seed (seed);
  Side sides[2] = { { .timer = -1 }, { .timer = -1 } };
  guint n_dirty = 12, steps = 0;
  gint64 now = 0;

  for (guint i = 0; i < 2; i++) {
    sides[i].machine = connected (i == 0);
    g_queue_init (&sides[i].inbox);
  }
  while (n_dirty > 0 || !side_is_quiet (&sides[0]) || !side_is_quiet (&sides[1])) {
    guint who = g_rand_int_range (dice, 0, 2);
    g_assert_cmpuint (++steps, <, 20000);
    now += g_rand_int_range (dice, 0, 4) * MS;
    if (n_dirty > 0 && g_rand_int_range (dice, 0, 8) == 0) {
      sides[who].wanted++;
      n_dirty--;
      genos_negotiation_feed (sides[who].machine, GENOS_NEGOTIATION_DIRTY, NULL, NULL, now);
      side_run (&sides[who], &sides[1 - who], now);
    } else {
      side_step (&sides[who], &sides[1 - who], dice, now);
    }
  }
  for (guint i = 0; i < 2; i++) {
    g_assert_cmpuint (sides[i].agreed, ==, sides[i].wanted);
    g_assert_null (sides[i].local);
    side_clear (&sides[i]);
  }
}

static void
test_simulation (void)
{
  for (guint32 seed = 1; seed <= 2000; seed++)
    simulate (seed);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/negotiation/dial", test_dial);
  g_test_add_func ("/transport/negotiation/dirty-before-open", test_dirty_before_open);
  g_test_add_func ("/transport/negotiation/deferred-offer", test_deferred_offer);
  g_test_add_func (
      "/transport/negotiation/dirty-while-offer-is-out", test_dirty_while_offer_is_out);
  g_test_add_func ("/transport/negotiation/glare-impolite", test_glare_impolite_ignores);
  g_test_add_func ("/transport/negotiation/glare-polite", test_glare_polite_gives_way);
  g_test_add_func ("/transport/negotiation/offer-while-creating", test_offer_while_creating);
  g_test_add_func ("/transport/negotiation/junk-offer", test_junk_offer);
  g_test_add_func ("/transport/negotiation/junk-answer", test_junk_answer);
  g_test_add_func ("/transport/negotiation/answer-fails-late", test_answer_fails_late);
  g_test_add_func ("/transport/negotiation/never-answered", test_never_answered);
  g_test_add_func ("/transport/negotiation/late-and-double-answers", test_late_and_double_answers);
  g_test_add_func ("/transport/negotiation/out-of-place", test_out_of_place);
  g_test_add_func ("/transport/negotiation/abort", test_abort);
  g_test_add_func ("/transport/negotiation/create-offer-fails", test_create_offer_fails);
  g_test_add_func ("/transport/negotiation/close", test_close);
  g_test_add_func ("/transport/negotiation/simulation", test_simulation);
  return g_test_run ();
}
