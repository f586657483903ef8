/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-auth.h>

#define URL "wss://relay.example/"

static void
answer (GenosNostrAuth *auth, const char *id)
{
  g_assert_true (genos_nostr_auth_is_due (auth));
  genos_nostr_auth_sent (auth, id);
  g_assert_false (genos_nostr_auth_is_due (auth));
}

/* A challenge alone is answered by nobody. */
static void
test_only_when_asked (void)
{
  GenosNostrAuth auth = { 0 };
  g_autoptr (GenosNip01Event) event = NULL;

  g_assert_true (genos_nostr_auth_challenged (&auth, "challenge"));
  g_assert_false (genos_nostr_auth_is_due (&auth));
  genos_nostr_auth_required (&auth);
  g_assert_true (genos_nostr_auth_is_due (&auth));
  event = genos_nostr_auth_answer (&auth, URL, 1700000000);
  g_assert_cmpuint (event->kind, ==, 22242);
  g_assert_cmpint (event->created_at, ==, 1700000000);
  g_assert_cmpstr (genos_nip01_event_get_tag (event, "relay"), ==, URL);
  g_assert_cmpstr (genos_nip01_event_get_tag (event, "challenge"), ==, "challenge");
  g_assert_cmpstr (event->content, ==, "");
  answer (&auth, "1");
  g_assert_false (genos_nostr_auth_take_ok (&auth, "2", TRUE));
  g_assert_true (genos_nostr_auth_take_ok (&auth, "1", TRUE));
  g_assert_cmpint (auth.state, ==, GENOS_NOSTR_AUTH_ACCEPTED);
  g_assert_false (genos_nostr_auth_take_ok (&auth, "1", FALSE));
  genos_nostr_auth_reset (&auth);
}

static void
test_challenge_comes_later (void)
{
  GenosNostrAuth auth = { 0 };

  genos_nostr_auth_required (&auth);
  g_assert_false (genos_nostr_auth_is_due (&auth));
  g_assert_true (genos_nostr_auth_challenged (&auth, "c"));
  answer (&auth, "1");
  genos_nostr_auth_reset (&auth);
  g_assert_cmpint (auth.state, ==, GENOS_NOSTR_AUTH_NONE);
}

static void
test_once_per_challenge (void)
{
  GenosNostrAuth auth = { 0 };

  g_assert_true (genos_nostr_auth_challenged (&auth, "c"));
  genos_nostr_auth_required (&auth);
  answer (&auth, "1");
  /* The rest of what was under way is refused too. */
  genos_nostr_auth_required (&auth);
  g_assert_cmpint (auth.state, ==, GENOS_NOSTR_AUTH_SENT);
  g_assert_true (genos_nostr_auth_take_ok (&auth, "1", TRUE));
  genos_nostr_auth_required (&auth);
  g_assert_false (genos_nostr_auth_is_due (&auth));
  g_assert_cmpint (auth.state, ==, GENOS_NOSTR_AUTH_REFUSED);
  genos_nostr_auth_reset (&auth);
}

static void
test_refused (void)
{
  GenosNostrAuth auth = { 0 };

  g_assert_true (genos_nostr_auth_challenged (&auth, "c"));
  genos_nostr_auth_required (&auth);
  answer (&auth, "1");
  g_assert_true (genos_nostr_auth_take_ok (&auth, "1", FALSE));
  g_assert_cmpint (auth.state, ==, GENOS_NOSTR_AUTH_REFUSED);
  genos_nostr_auth_required (&auth);
  g_assert_false (genos_nostr_auth_is_due (&auth));
  genos_nostr_auth_reset (&auth);
}

/* A relay that asks for ever gets so many signatures. */
static void
test_bounded (void)
{
  GenosNostrAuth auth = { 0 };
  guint n_answers = 0;

  for (guint i = 0; i < 100; i++) {
    g_assert_true (genos_nostr_auth_challenged (&auth, "c"));
    genos_nostr_auth_required (&auth);
    if (!genos_nostr_auth_is_due (&auth))
      continue;
    answer (&auth, "1");
    g_assert_true (genos_nostr_auth_take_ok (&auth, "1", TRUE));
    n_answers++;
  }
  g_assert_cmpuint (n_answers, ==, GENOS_NOSTR_AUTH_MAX_ANSWERS);
  genos_nostr_auth_reset (&auth);
}

static void
test_hostile_challenge (void)
{
  GenosNostrAuth auth = { 0 };
  g_autofree char *longest = g_strnfill (GENOS_NOSTR_AUTH_MAX_CHALLENGE, 'c');
  g_autofree char *longer = g_strnfill (GENOS_NOSTR_AUTH_MAX_CHALLENGE + 1, 'c');

  g_assert_false (genos_nostr_auth_challenged (&auth, ""));
  g_assert_false (genos_nostr_auth_challenged (&auth, longer));
  g_assert_null (auth.challenge);
  g_assert_true (genos_nostr_auth_challenged (&auth, longest));
  g_assert_false (genos_nostr_auth_challenged (&auth, longer));
  g_assert_cmpstr (auth.challenge, ==, longest);
  genos_nostr_auth_reset (&auth);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nostr/nostr-auth/only-when-asked", test_only_when_asked);
  g_test_add_func ("/nostr/nostr-auth/challenge-comes-later", test_challenge_comes_later);
  g_test_add_func ("/nostr/nostr-auth/once-per-challenge", test_once_per_challenge);
  g_test_add_func ("/nostr/nostr-auth/refused", test_refused);
  g_test_add_func ("/nostr/nostr-auth/bounded", test_bounded);
  g_test_add_func ("/nostr/nostr-auth/hostile-challenge", test_hostile_challenge);
  return g_test_run ();
}
