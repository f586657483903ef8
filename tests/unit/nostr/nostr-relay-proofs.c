/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What relays want to have shown: work, and who we are. */

#include <genos/wire/nip13.h>

#include "demanding-relay.h"

/* proof of work */

static void
test_pow_is_met (Fixture *f, gconstpointer data)
{
  open_subscribed (f);
  g_assert_true (announce (f));
  refuse_last (f, "pow: difficulty 2 is less than 6");
  g_assert_cmpint (f->reason, ==, GENOS_REASON_UNKNOWN);
  g_assert_nonnull (strstr (f->notice, "6 bits"));
  g_assert_cmpuint (n_sent (f), ==, 2);
  genos_test_wait_until (n_sent (f) == 3);
  {
    g_autoptr (GenosNip01Message) again = get_sent (f, 2);

    g_assert_true (genos_nostr_event_verify (again->event, NULL));
    g_assert_cmpuint (genos_nip13_get_difficulty (again->event), ==, 6);
    g_assert_cmpstr (again->event->content, ==, "{\"peerId\":\"a\"}");
  }
  /* From now on at once, and what is said of it is said once. */
  g_assert_true (publish (f, "{}"));
  genos_test_wait_until (n_sent (f) == 4);
  {
    g_autoptr (GenosNip01Message) next = get_sent (f, 3);

    g_assert_cmpuint (genos_nip13_get_difficulty (next->event), ==, 6);
  }
  g_assert_cmpuint (f->n_notices, ==, 1);
  g_assert_cmpuint (get_uint (f, "pow-bits"), ==, 6);
  echo_last (f);
  g_assert_true (genos_nostr_relay_is_well (f->relay));
}

static void
test_pow_over_budget (Fixture *f, gconstpointer data)
{
  open_subscribed (f);
  g_assert_true (announce (f));
  refuse_last (f, "pow: difficulty 2 is less than 9");
  g_assert_cmpint (f->reason, ==, GENOS_REASON_RELAY_WANTS_WORK);
  g_assert_nonnull (strstr (genos_nostr_relay_get_trouble (f->relay), "9 bits"));
  g_assert_cmpuint (genos_nostr_relay_get_score (f->relay), ==, 0);
  g_assert_false (announce (f));
  g_assert_false (publish (f, "{}"));
  g_assert_false (genos_nostr_relay_may_announce (f->relay));
}

/* Who does not say how much, or refuses what was mined as asked, will never be content. */
static void
test_pow_never_content (Fixture *f, gconstpointer data)
{
  open_subscribed (f);
  g_assert_true (announce (f));
  refuse_last (f, "pow: 4");
  genos_test_wait_until (n_sent (f) == 3);
  refuse_last (f, "pow: 4");
  g_assert_cmpint (f->reason, ==, GENOS_REASON_RELAY_WANTS_WORK);
  g_assert_nonnull (strstr (genos_nostr_relay_get_trouble (f->relay), "refuses the proof"));
  g_assert_false (announce (f));
}

/* One announce is as good as the next; what is meant for somebody goes first. */
static void
test_pow_priority (Fixture *f, gconstpointer data)
{
  document = "{\"limitation\":{\"min_pow_difficulty\":8}}";
  open_subscribed (f);
  g_assert_cmpuint (get_uint (f, "pow-bits"), ==, 8);
  g_assert_true (publish (f, "{\"n\":1}"));
  g_assert_true (announce (f));
  g_assert_false (announce (f));
  g_assert_cmpuint (get_uint (f, "withheld"), ==, 1);
  g_assert_true (publish (f, "{\"n\":2}"));
  genos_test_wait_until (n_sent (f) == 4);
  for (guint i = 0; i < 3; i++) {
    static const char *const contents[] = { "{\"n\":1}", "{\"n\":2}", "{\"peerId\":\"a\"}" };
    g_autoptr (GenosNip01Message) message = get_sent (f, 1 + i);

    g_assert_cmpstr (message->event->content, ==, contents[i]);
    g_assert_cmpuint (genos_nip13_get_difficulty (message->event), ==, 8);
  }
}

static void
test_pow_ends_with_the_relay (Fixture *f, gconstpointer data)
{
  genos_nostr_relay_set_identity (f->relay, f->key, 32);
  document = "{\"limitation\":{\"min_pow_difficulty\":32}}";
  open_subscribed (f);
  g_assert_true (announce (f));
  genos_nostr_relay_stop (f->relay);
  /* tear_down() finds nobody who still holds the relay once the search has noticed. */
  for (gint64 end = g_get_monotonic_time () + G_USEC_PER_SEC * 30;
       G_OBJECT (f->relay)->ref_count > 1 && g_get_monotonic_time () < end;)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (n_sent (f), ==, 1);
}

/* authentication */

static void
test_auth (Fixture *f, gconstpointer data)
{
  g_autoptr (GenosNip01Message) answer = NULL;

  open_subscribed (f);
  socket_memory_say (f->socket, "[\"AUTH\",\"riddle\"]");
  g_assert_true (announce (f));
  /* Never unasked. */
  g_assert_cmpuint (n_sent (f), ==, 2);
  refuse_last (f, "auth-required: who are you");
  g_assert_cmpint (f->reason, ==, GENOS_REASON_UNKNOWN);
  g_assert_cmpuint (n_sent (f), ==, 3);
  answer = get_sent (f, 2);
  g_assert_cmpint (answer->type, ==, GENOS_NIP01_AUTH);
  g_assert_true (genos_nostr_event_verify (answer->event, NULL));
  g_assert_cmpstr (answer->event->pubkey, ==, genos_schnorr_key_get_pubkey (f->key));
  g_assert_cmpstr (genos_nip01_event_get_tag (answer->event, "relay"), ==, URL);
  g_assert_cmpstr (genos_nip01_event_get_tag (answer->event, "challenge"), ==, "riddle");
  say_ok (f, answer->event->id, TRUE, "");
  /* The refused event goes again. */
  g_assert_cmpuint (n_sent (f), ==, 4);
  {
    g_autoptr (GenosNip01Message) again = get_sent (f, 3);

    g_assert_cmpstr (again->event->content, ==, "{\"peerId\":\"a\"}");
  }
}

static void
test_auth_of_subscription (Fixture *f, gconstpointer data)
{
  g_autoptr (GenosNip01Message) req = NULL;
  g_autoptr (GenosNip01Message) answer = NULL;
  g_autoptr (GenosNip01Message) again = NULL;
  g_autofree char *closed = NULL;

  open_subscribed (f);
  req = get_sent (f, 0);
  closed = genos_nip01_message_closed (req->subscription, "auth-required: who are you");
  socket_memory_say (f->socket, closed);
  g_assert_cmpint (f->reason, ==, GENOS_REASON_RELAY_WANTS_AUTH);
  g_assert_cmpuint (n_sent (f), ==, 1);
  /* The challenge comes after the demand here. */
  socket_memory_say (f->socket, "[\"AUTH\",\"riddle\"]");
  answer = get_sent (f, 1);
  g_assert_cmpint (answer->type, ==, GENOS_NIP01_AUTH);
  say_ok (f, answer->event->id, TRUE, "");
  again = get_sent (f, 2);
  g_assert_cmpint (again->type, ==, GENOS_NIP01_REQ);
  g_assert_cmpstr (again->subscription, !=, req->subscription);
}

static void
test_auth_refused (Fixture *f, gconstpointer data)
{
  g_autoptr (GenosNip01Message) answer = NULL;

  open_subscribed (f);
  socket_memory_say (f->socket, "[\"AUTH\",\"riddle\"]");
  g_assert_true (announce (f));
  refuse_last (f, "auth-required: who are you");
  answer = get_sent (f, 2);
  say_ok (f, answer->event->id, FALSE, "restricted: not on the list");
  g_assert_cmpint (f->reason, ==, GENOS_REASON_RELAY_WANTS_AUTH);
  g_assert_nonnull (strstr (f->notice, "not on the list"));
  g_assert_nonnull (strstr (genos_nostr_relay_get_trouble (f->relay), "let us in"));
  g_assert_cmpuint (n_sent (f), ==, 3);
}

/* A relay that always asks anew gets a few signatures, and only for what it refused. */
static void
test_auth_is_bounded (Fixture *f, gconstpointer data)
{
  guint n_answers = 0;

  open_subscribed (f);
  for (guint i = 0; i < 50; i++) {
    g_autoptr (GenosNip01Message) last = NULL;

    socket_memory_say (f->socket, "[\"AUTH\",\"riddle\"]");
    g_assert_true (publish (f, "{}"));
    refuse_last (f, "auth-required: who are you");
    last = get_sent (f, n_sent (f) - 1);
    if (last->type != GENOS_NIP01_AUTH)
      break;
    n_answers++;
    say_ok (f, last->event->id, TRUE, "");
  }
  g_assert_cmpuint (n_answers, ==, 3);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *name;
    void (*test) (Fixture *, gconstpointer);
  } tests[] = {
    { "pow-is-met", test_pow_is_met },
    { "pow-over-budget", test_pow_over_budget },
    { "pow-never-content", test_pow_never_content },
    { "pow-priority", test_pow_priority },
    { "pow-ends-with-the-relay", test_pow_ends_with_the_relay },
    { "auth", test_auth },
    { "auth-of-subscription", test_auth_of_subscription },
    { "auth-refused", test_auth_refused },
    { "auth-is-bounded", test_auth_is_bounded },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree char *path = g_strconcat ("/nostr/nostr-relay-proofs/", tests[i].name, NULL);

    g_test_add (path, Fixture, NULL, set_up, tests[i].test, tear_down);
  }
  return g_test_run ();
}
