/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/signalling/dial-book.h>

#define SELF "m"
#define LESSER "a"
#define GREATER "z"
#define RELAY "ws://one/"
#define OTHER "ws://two/"

static void
test_one_dial_per_peer (void)
{
  g_autoptr (GenosDialBook) book = genos_dial_book_new (SELF);

  g_assert_cmpint (genos_dial_book_announced (book, LESSER, RELAY, 0), ==, GENOS_DIAL_DIAL);
  g_assert_cmpint (genos_dial_book_announced (book, LESSER, RELAY, 1), ==, GENOS_DIAL_IGNORE);
  g_assert_cmpint (genos_dial_book_announced (book, LESSER, OTHER, 2), ==, GENOS_DIAL_IGNORE);
  g_assert_cmpint (genos_dial_book_announced (book, GREATER, RELAY, 3), ==, GENOS_DIAL_DIAL);
  g_assert_cmpuint (genos_dial_book_get_n_under_way (book), ==, 2);
}

static void
test_answer_belongs_to_its_dial (void)
{
  g_autoptr (GenosDialBook) book = genos_dial_book_new (SELF);

  g_assert_cmpint (genos_dial_book_answered (book, LESSER, RELAY, 0), ==, GENOS_DIAL_IGNORE);
  genos_dial_book_announced (book, LESSER, RELAY, 0);
  g_assert_cmpint (genos_dial_book_answered (book, LESSER, OTHER, 1), ==, GENOS_DIAL_IGNORE);
  g_assert_cmpint (genos_dial_book_answered (book, GREATER, RELAY, 1), ==, GENOS_DIAL_IGNORE);
  g_assert_cmpint (genos_dial_book_answered (book, LESSER, RELAY, 1), ==, GENOS_DIAL_COMPLETE);
}

/* The one with the greater id keeps its own offer, the other gives way, on whatever relay. */
static void
test_glare (void)
{
  g_autoptr (GenosDialBook) book = genos_dial_book_new (SELF);

  genos_dial_book_announced (book, LESSER, RELAY, 0);
  genos_dial_book_sent (book, LESSER);
  g_assert_cmpint (genos_dial_book_offered (book, LESSER, RELAY, 1), ==, GENOS_DIAL_IGNORE);
  g_assert_cmpint (genos_dial_book_offered (book, LESSER, OTHER, 1), ==, GENOS_DIAL_IGNORE);
  g_assert_cmpint (genos_dial_book_answered (book, LESSER, RELAY, 2), ==, GENOS_DIAL_COMPLETE);

  genos_dial_book_announced (book, GREATER, RELAY, 0);
  g_assert_cmpint (genos_dial_book_offered (book, GREATER, OTHER, 1), ==, GENOS_DIAL_GIVE_WAY);
  g_assert_cmpint (genos_dial_book_answered (book, GREATER, RELAY, 2), ==, GENOS_DIAL_IGNORE);
  g_assert_cmpuint (genos_dial_book_get_n_under_way (book), ==, 2);
}

/* A dial whose offer is still in the making is nobody's glare: who offers first is answered. */
static void
test_unsent_dial (void)
{
  g_autoptr (GenosDialBook) book = genos_dial_book_new (SELF);

  genos_dial_book_announced (book, LESSER, RELAY, 0);
  g_assert_cmpint (genos_dial_book_offered (book, LESSER, RELAY, 1), ==, GENOS_DIAL_GIVE_WAY);
  g_assert_cmpint (genos_dial_book_answered (book, LESSER, RELAY, 2), ==, GENOS_DIAL_IGNORE);
  g_assert_cmpuint (genos_dial_book_get_n_under_way (book), ==, 1);
}

static void
test_offers (void)
{
  g_autoptr (GenosDialBook) book = genos_dial_book_new (SELF);

  g_assert_cmpint (genos_dial_book_offered (book, LESSER, RELAY, 0), ==, GENOS_DIAL_ANSWER);
  g_assert_cmpint (genos_dial_book_offered (book, LESSER, OTHER, 1), ==, GENOS_DIAL_IGNORE);
  g_assert_cmpint (genos_dial_book_offered (book, LESSER, RELAY, 2), ==, GENOS_DIAL_REPLACE);
  g_assert_cmpint (genos_dial_book_announced (book, LESSER, RELAY, 3), ==, GENOS_DIAL_IGNORE);
  g_assert_cmpuint (genos_dial_book_get_n_under_way (book), ==, 1);
}

static void
test_restarted_peer (void)
{
  g_autoptr (GenosDialBook) book = genos_dial_book_new (SELF);

  genos_dial_book_announced (book, LESSER, RELAY, 0);
  genos_dial_book_opened (book, LESSER);
  g_assert_cmpuint (genos_dial_book_get_n_under_way (book), ==, 0);
  g_assert_cmpint (genos_dial_book_announced (book, LESSER, RELAY, 1), ==, GENOS_DIAL_IGNORE);
  g_assert_cmpint (genos_dial_book_offered (book, LESSER, RELAY, 2), ==, GENOS_DIAL_ANSWER);
}

static void
test_overdue_and_cooldown (void)
{
  g_autoptr (GenosDialBook) book = genos_dial_book_new (SELF);
  const char *peer_id = NULL;
  GenosDialRole role = GENOS_DIAL_ROLE_ANSWERER;
  gint64 wait, now = 0, last = 0;

  genos_dial_book_announced (book, LESSER, RELAY, 0);
  g_assert_false (genos_dial_book_overdue (book, GENOS_DIAL_ANSWER_TIMEOUT - 1, &peer_id, &role));
  g_assert_true (genos_dial_book_overdue (book, GENOS_DIAL_ANSWER_TIMEOUT, &peer_id, &role));
  g_assert_cmpstr (peer_id, ==, LESSER);
  g_assert_cmpint (role, ==, GENOS_DIAL_ROLE_OFFERER);
  genos_dial_book_failed (book, LESSER, role, GENOS_DIAL_ANSWER_TIMEOUT);
  g_assert_false (genos_dial_book_overdue (book, G_MAXINT64, &peer_id, &role));

  /* Each failure makes the next dial wait longer, up to the cap; an offer is answered all the same. */
  now = GENOS_DIAL_ANSWER_TIMEOUT;
  for (guint i = 0; i < 10; i++) {
    for (wait = 0; genos_dial_book_announced (book, LESSER, RELAY, now + wait) == GENOS_DIAL_IGNORE;
         wait += G_TIME_SPAN_SECOND / 2)
      g_assert_cmpint (wait, <=, GENOS_DIAL_COOLDOWN_MAX);
    g_assert_cmpint (wait, >=, last);
    last = wait;
    now += wait;
    genos_dial_book_failed (book, LESSER, GENOS_DIAL_ROLE_OFFERER, now);
  }
  g_assert_cmpint (last, ==, GENOS_DIAL_COOLDOWN_MAX);
  g_assert_cmpint (genos_dial_book_offered (book, LESSER, RELAY, now), ==, GENOS_DIAL_ANSWER);
}

static void
test_answered_gets_time_to_open (void)
{
  g_autoptr (GenosDialBook) book = genos_dial_book_new (SELF);
  const char *peer_id = NULL;
  GenosDialRole role;

  genos_dial_book_announced (book, LESSER, RELAY, 0);
  genos_dial_book_answered (book, LESSER, RELAY, GENOS_DIAL_ANSWER_TIMEOUT - 1);
  g_assert_false (genos_dial_book_overdue (book, GENOS_DIAL_ANSWER_TIMEOUT, &peer_id, &role));
  g_assert_true (genos_dial_book_overdue (
      book, GENOS_DIAL_ANSWER_TIMEOUT + GENOS_DIAL_OPEN_TIMEOUT, &peer_id, &role));
}

static void
test_closed_and_gone (void)
{
  g_autoptr (GenosDialBook) book = genos_dial_book_new (SELF);

  genos_dial_book_announced (book, LESSER, RELAY, 0);
  genos_dial_book_opened (book, LESSER);
  genos_dial_book_closed (book, LESSER, 0);
  g_assert_cmpint (
      genos_dial_book_announced (book, LESSER, RELAY, 2 * G_TIME_SPAN_SECOND), ==, GENOS_DIAL_DIAL);
  genos_dial_book_opened (book, LESSER);
  genos_dial_book_closed (book, LESSER, 3 * G_TIME_SPAN_SECOND);
  genos_dial_book_release (book, LESSER, 3 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (genos_dial_book_get_n_under_way (book), ==, 0);
  g_assert_cmpint (
      genos_dial_book_announced (book, LESSER, RELAY, 3 * G_TIME_SPAN_SECOND), ==, GENOS_DIAL_DIAL);
}

/* Coming and going in the middle of handshakes does not make us dial without end. */
static void
test_gone_in_between (void)
{
  g_autoptr (GenosDialBook) book = genos_dial_book_new (SELF);
  guint dialled = 0;

  for (gint64 now = 0; now < 10 * G_TIME_SPAN_SECOND; now += G_TIME_SPAN_MILLISECOND) {
    if (genos_dial_book_announced (book, LESSER, RELAY, now) == GENOS_DIAL_DIAL)
      dialled++;
    genos_dial_book_release (book, LESSER, now);
    genos_dial_book_release (book, LESSER, now);
  }
  g_assert_cmpuint (dialled, ==, 4);
  g_assert_cmpuint (genos_dial_book_get_n_under_way (book), ==, 0);
}

/* The same with another id each time. */
static void
test_ids_come_and_go (void)
{
  g_autoptr (GenosDialBook) book = genos_dial_book_new (SELF);
  guint dialled = 0;

  for (guint i = 0; i < 10000; i++) {
    g_autofree char *id = g_strdup_printf ("id%u", i);

    if (genos_dial_book_announced (book, id, RELAY, i * G_TIME_SPAN_MILLISECOND) == GENOS_DIAL_DIAL)
      dialled++;
    genos_dial_book_release (book, id, i * G_TIME_SPAN_MILLISECOND);
  }
  g_assert_cmpuint (dialled, >, GENOS_DIAL_BURST);
  g_assert_cmpuint (dialled, <=, GENOS_DIAL_BURST + 10 * G_TIME_SPAN_SECOND / GENOS_DIAL_INTERVAL);
}

static void
test_endless_offers (void)
{
  g_autoptr (GenosDialBook) book = genos_dial_book_new (SELF);
  guint answered = 0;

  for (gint64 now = 0; now < 10 * G_TIME_SPAN_SECOND; now += G_TIME_SPAN_MILLISECOND) {
    if (genos_dial_book_offered (book, LESSER, RELAY, now) != GENOS_DIAL_IGNORE)
      answered++;
    if (now % 3 == 0)
      genos_dial_book_release (book, LESSER, now);
  }
  g_assert_cmpuint (answered, ==, GENOS_DIAL_PEER_BURST + 4);
}

/* Whoever dials us gets its answer, however many we are dialling in vain. */
static void
test_dials_do_not_starve_answers (void)
{
  g_autoptr (GenosDialBook) book = genos_dial_book_new (SELF);

  for (guint i = 0; i < 1000; i++) {
    g_autofree char *id = g_strdup_printf ("id%u", i);

    genos_dial_book_announced (book, id, RELAY, 0);
  }
  g_assert_cmpint (genos_dial_book_offered (book, "honest", RELAY, 0), ==, GENOS_DIAL_ANSWER);
}

/* Fifty peers at once are no storm of handshakes, and a flood of invented ids ends at a bound. */
static void
test_bounds (void)
{
  g_autoptr (GenosDialBook) book = genos_dial_book_new (SELF);
  guint dialled = 0;

  for (guint i = 0; i < 3 * GENOS_DIAL_MAX_PEERS; i++) {
    g_autofree char *id = g_strdup_printf ("peer%u", i);

    if (genos_dial_book_announced (book, id, RELAY, 0) == GENOS_DIAL_DIAL)
      dialled++;
  }
  g_assert_cmpuint (dialled, ==, GENOS_DIAL_MAX_UNDER_WAY);
  g_assert_cmpuint (genos_dial_book_get_n_under_way (book), ==, GENOS_DIAL_MAX_UNDER_WAY);

  /* Those that failed make room for the next. */
  genos_dial_book_failed (book, "peer0", GENOS_DIAL_ROLE_OFFERER, 0);
  g_assert_cmpint (genos_dial_book_announced (book, "fresh", RELAY, 0), ==, GENOS_DIAL_DIAL);
}

/* A linked peer in trouble is dialled outside the rhythm of announces, one dial at a time, not for ever. */
static void
test_redial (void)
{
  g_autoptr (GenosDialBook) book = genos_dial_book_new (SELF);
  guint dialled = 0;

  g_assert_cmpint (genos_dial_book_redial (book, LESSER, RELAY, 0), ==, GENOS_DIAL_IGNORE);
  g_assert_null (genos_dial_book_get_via (book, LESSER));
  genos_dial_book_announced (book, LESSER, OTHER, 0);
  g_assert_cmpstr (genos_dial_book_get_via (book, LESSER), ==, OTHER);
  g_assert_cmpint (genos_dial_book_redial (book, LESSER, RELAY, 0), ==, GENOS_DIAL_IGNORE);
  genos_dial_book_opened (book, LESSER);

  g_assert_cmpint (genos_dial_book_redial (book, LESSER, RELAY, 1), ==, GENOS_DIAL_DIAL);
  g_assert_cmpint (genos_dial_book_redial (book, LESSER, RELAY, 1), ==, GENOS_DIAL_IGNORE);
  g_assert_cmpint (genos_dial_book_answered (book, LESSER, RELAY, 2), ==, GENOS_DIAL_COMPLETE);
  genos_dial_book_opened (book, LESSER);

  for (gint64 now = 2; now < 30 * G_TIME_SPAN_SECOND; now += 10 * G_TIME_SPAN_MILLISECOND) {
    if (genos_dial_book_redial (book, LESSER, RELAY, now) == GENOS_DIAL_DIAL)
      dialled++;
    genos_dial_book_withdraw (book, LESSER);
  }
  g_assert_cmpuint (dialled, >=, GENOS_DIAL_REDIAL_BURST);
  g_assert_cmpuint (
      dialled, <=, GENOS_DIAL_REDIAL_BURST + 30 * G_TIME_SPAN_SECOND / GENOS_DIAL_REDIAL_INTERVAL);
  g_assert_cmpuint (genos_dial_book_get_n_under_way (book), ==, 0);
}

/* On another network, old failures count no more. */
static void
test_forgive (void)
{
  g_autoptr (GenosDialBook) book = genos_dial_book_new (SELF);

  genos_dial_book_announced (book, LESSER, RELAY, 0);
  genos_dial_book_failed (book, LESSER, GENOS_DIAL_ROLE_OFFERER, 0);
  g_assert_cmpint (genos_dial_book_announced (book, LESSER, RELAY, 1), ==, GENOS_DIAL_IGNORE);
  genos_dial_book_forgive (book);
  g_assert_cmpint (genos_dial_book_announced (book, LESSER, RELAY, 1), ==, GENOS_DIAL_DIAL);
}

/* Offers over the bound are not refused, they wait. */
static void
test_offers_wait (void)
{
  g_autoptr (GenosDialBook) book = genos_dial_book_new (SELF);

  for (guint i = 0; i < GENOS_DIAL_MAX_UNDER_WAY; i++) {
    g_autofree char *id = g_strdup_printf ("peer%u", i);

    g_assert_cmpint (genos_dial_book_offered (book, id, RELAY, 0), ==, GENOS_DIAL_ANSWER);
  }
  g_assert_cmpint (genos_dial_book_offered (book, LESSER, RELAY, 0), ==, GENOS_DIAL_WAIT);
  genos_dial_book_opened (book, "peer0");
  g_assert_cmpint (genos_dial_book_offered (book, LESSER, RELAY, 0), ==, GENOS_DIAL_ANSWER);
}

/* Once at once, then only when it announces itself. */
static void
test_retry (void)
{
  g_autoptr (GenosDialBook) book = genos_dial_book_new (SELF);

  g_assert_cmpint (genos_dial_book_retry (book, LESSER, RELAY, 0), ==, GENOS_DIAL_IGNORE);
  genos_dial_book_announced (book, LESSER, RELAY, 0);
  g_assert_cmpint (genos_dial_book_retry (book, LESSER, RELAY, 1), ==, GENOS_DIAL_IGNORE);
  genos_dial_book_failed (book, LESSER, GENOS_DIAL_ROLE_OFFERER, 2);
  g_assert_cmpint (genos_dial_book_retry (book, LESSER, RELAY, 3), ==, GENOS_DIAL_DIAL);
  g_assert_cmpint (genos_dial_book_answered (book, LESSER, RELAY, 4), ==, GENOS_DIAL_COMPLETE);
  genos_dial_book_failed (book, LESSER, GENOS_DIAL_ROLE_OFFERER, 5);
  g_assert_cmpint (genos_dial_book_retry (book, LESSER, RELAY, 6), ==, GENOS_DIAL_IGNORE);

  genos_dial_book_opened (book, LESSER);
  g_assert_cmpint (genos_dial_book_retry (book, LESSER, RELAY, 7), ==, GENOS_DIAL_IGNORE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signalling/dial-book/one-dial-per-peer", test_one_dial_per_peer);
  g_test_add_func ("/signalling/dial-book/answer", test_answer_belongs_to_its_dial);
  g_test_add_func ("/signalling/dial-book/glare", test_glare);
  g_test_add_func ("/signalling/dial-book/unsent-dial", test_unsent_dial);
  g_test_add_func ("/signalling/dial-book/offers", test_offers);
  g_test_add_func ("/signalling/dial-book/restarted-peer", test_restarted_peer);
  g_test_add_func ("/signalling/dial-book/overdue", test_overdue_and_cooldown);
  g_test_add_func ("/signalling/dial-book/time-to-open", test_answered_gets_time_to_open);
  g_test_add_func ("/signalling/dial-book/closed-and-gone", test_closed_and_gone);
  g_test_add_func ("/signalling/dial-book/gone-in-between", test_gone_in_between);
  g_test_add_func ("/signalling/dial-book/ids-come-and-go", test_ids_come_and_go);
  g_test_add_func ("/signalling/dial-book/endless-offers", test_endless_offers);
  g_test_add_func ("/signalling/dial-book/answers-not-starved", test_dials_do_not_starve_answers);
  g_test_add_func ("/signalling/dial-book/bounds", test_bounds);
  g_test_add_func ("/signalling/dial-book/redial", test_redial);
  g_test_add_func ("/signalling/dial-book/retry", test_retry);
  g_test_add_func ("/signalling/dial-book/forgive", test_forgive);
  g_test_add_func ("/signalling/dial-book/offers-wait", test_offers_wait);
  return g_test_run ();
}
