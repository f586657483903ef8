/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/relay-session.h>

#include <string.h>

#include <genos/nostr/nostr-event.h>

/* The items of relay-tester that apply to a relay that stores nothing, by their names there, and
 * the bounds of a session. */

#define NOW 1795372095
#define KIND 25000

typedef struct {
  GenosRelayHub *hub;
  GenosRelaySession *session;
  GInetSocketAddress *local;
  GenosSchnorrKey *key;
  GPtrArray *heard; /* texts */
  gint64 monotonic;
  gboolean stays;
} Fixture;

static void
on_send (const char *text, gpointer owner)
{
  g_ptr_array_add (((Fixture *) owner)->heard, g_strdup (text));
}

static void
open_session (Fixture *f)
{
  g_clear_pointer (&f->session, genos_relay_session_free);
  g_ptr_array_set_size (f->heard, 0);
  f->session = genos_relay_session_new (f->hub, NULL, f->local, on_send, f);
  genos_relay_session_open (f->session);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->hub = genos_relay_hub_new ();
  f->local = G_INET_SOCKET_ADDRESS (g_inet_socket_address_new_from_string ("127.0.0.1", 7777));
  f->key = genos_schnorr_key_new ();
  f->heard = g_ptr_array_new_with_free_func (g_free);
  f->stays = TRUE;
  open_session (f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  genos_relay_session_free (f->session);
  g_assert_cmpuint (f->hub->n_subscriptions, ==, 0);
  genos_relay_hub_free (f->hub);
  genos_schnorr_key_unref (f->key);
  g_ptr_array_unref (f->heard);
  g_object_unref (f->local);
}

static void
say (Fixture *f, const char *text)
{
  f->stays = genos_relay_session_take (f->session, text, strlen (text), f->monotonic, NOW);
}

static void
say_event (Fixture *f, const char *verb, const char *event)
{
  g_autofree char *text = g_strdup_printf ("[\"%s\",%s]", verb, event);

  say (f, text);
}

/* The next answer is @expected, or begins so when that ends in an asterisk. */
static void
hear (Fixture *f, const char *expected)
{
  const char *text;

  g_assert_cmpuint (f->heard->len, >, 0);
  text = g_ptr_array_index (f->heard, 0);
  g_test_message ("%s", text);
  if (!g_pattern_match_simple (expected, text))
    g_error ("%s is not like %s", text, expected);
  g_ptr_array_remove_index (f->heard, 0);
}

static void
hear_nothing (Fixture *f)
{
  g_assert_cmpuint (f->heard->len, ==, 0);
}

static GenosNip01Event *
make_event (Fixture *f, guint kind, const char *content)
{
  GenosNip01Event *event = genos_nip01_event_new (kind, NOW, content);

  genos_nostr_event_sign (event, f->key);
  return event;
}

static char *
to_json (const GenosNip01Event *event)
{
  GString *out = g_string_new (NULL);

  genos_nip01_event_append (out, event);
  return g_string_free (out, FALSE);
}

static void
publish (Fixture *f, const GenosNip01Event *event)
{
  g_autofree char *json = to_json (event);

  say_event (f, "EVENT", json);
}

static void
replace (char **text, const char *from, const char *to)
{
  g_auto (GStrv) parts = g_strsplit (*text, from, 2);

  g_assert_cmpuint (g_strv_length (parts), ==, 2);
  g_free (*text);
  *text = g_strjoinv (to, parts);
}

/* SupportsEose, KeepsOpenIncompleteSubscriptionsAfterEose, ServesPostEoseEvents,
 * AcceptsEphemeralEventsFromPublic, EphemeralSubscriptionsWork, SendsOkAfterEvent, LimitZero */
static void
test_ephemeral (Fixture *f, gconstpointer data)
{
  g_autoptr (GenosNip01Event) event = make_event (f, KIND, "first");
  g_autoptr (GenosNip01Event) second = make_event (f, KIND, "second");

  say (f, "[\"REQ\",\"s\",{\"kinds\":[25000],\"limit\":0}]");
  hear (f, "[\"EOSE\",\"s\"]");
  publish (f, event);
  hear (f, "[\"OK\",*,true,\"\"]");
  hear (f, "[\"EVENT\",\"s\",{*\"first\"*");
  publish (f, second);
  hear (f, "[\"OK\",*,true,\"\"]");
  hear (f, "[\"EVENT\",\"s\",{*\"second\"*");
  hear_nothing (f);
}

/* PersistsEphemeralEvents: no. ClosesCompleteSubscriptionsAfterEose: no, since nothing is complete
 * where nothing is stored. */
static void
test_nothing_stored (Fixture *f, gconstpointer data)
{
  g_autoptr (GenosNip01Event) event = make_event (f, KIND, "");
  g_autofree char *by_id = g_strdup_printf ("[\"REQ\",\"s\",{\"ids\":[\"%s\"]}]", event->id);

  publish (f, event);
  hear (f, "[\"OK\",*,true,*");
  say (f, by_id);
  hear (f, "[\"EOSE\",\"s\"]");
  hear_nothing (f);
  g_assert_cmpuint (genos_relay_session_get_n_subscriptions (f->session), ==, 1);
}

/* VerifiesSignatures, VerifiesIdHashes; a forgery does not keep the true event out. */
static void
test_forgeries (Fixture *f, gconstpointer data)
{
  g_autoptr (GenosNip01Event) event = make_event (f, KIND, "true");
  g_autofree char *content = to_json (event);
  g_autofree char *sig = to_json (event);

  replace (&content, "\"true\"", "\"false\"");
  say_event (f, "EVENT", content);
  hear (f, "[\"OK\",*,false,\"invalid: *");
  replace (&sig, event->sig,
      "0000000000000000000000000000000000000000000000000000000000000000"
      "0000000000000000000000000000000000000000000000000000000000000000");
  say_event (f, "EVENT", sig);
  hear (f, "[\"OK\",*,false,\"invalid: *");
  publish (f, event);
  hear (f, "[\"OK\",*,true,\"\"]");
  publish (f, event);
  hear (f, "[\"OK\",*,true,\"duplicate: *");
  g_assert_cmpuint (f->hub->counters.drops[GENOS_RELAY_DROP_INVALID], ==, 2);
}

/* AcceptsNip1JsonEscapeSequences, AcceptsUnlistedJsonEscapeSequences, AcceptsUtf8NonCharacters.
 * AcceptsLiteralsForJsonEscapeSequences and AcceptsNullCharacters: no, RFC 8259 has no literal line
 * breaks in strings and C has no NUL in its own. */
static void
test_texts (Fixture *f, gconstpointer data)
{
  static const struct {
    const char *content;
    const char *written; /* in JSON */
    gboolean accepted;
  } rows[] = {
    { "\n\"\\\r\t\b\f", "\\n\\\"\\\\\\r\\t\\b\\f", TRUE },
    { "/é☃\x01", "\\/\\u00e9\\u2603\\u0001", TRUE },
    { "😀", "\\ud83d\\ude00", TRUE },
    { "\xef\xb7\x90\xef\xbf\xbe\xf0\x9f\xbf\xbf", "\xef\xb7\x90\xef\xbf\xbe\xf0\x9f\xbf\xbf",
        TRUE },
    { "\n", "\n", FALSE },
    { "a", "a\\u0000", FALSE },
    { "a", "a\\ud83d", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GenosNip01Event) event = make_event (f, KIND, rows[i].content);
    g_autoptr (GenosNip01Event) marked = genos_nip01_event_copy (event);
    g_autofree char *json = NULL;

    g_free (marked->content);
    marked->content = g_strdup ("MARK");
    json = to_json (marked);
    replace (&json, "MARK", rows[i].written);
    say_event (f, "EVENT", json);
    hear (f, rows[i].accepted ? "[\"OK\",*,true,\"\"]" : "[\"OK\",*,false,\"invalid: *");
  }
}

/* AcceptsEventsWithEmptyTags; HandlesEventKindLargerThan16bit: refused and told. */
static void
test_odd_events (Fixture *f, gconstpointer data)
{
  g_autoptr (GenosNip01Event) empty = genos_nip01_event_new (KIND, NOW, "");
  g_autoptr (GenosNip01Event) bare = genos_nip01_event_new (KIND, NOW, "");
  g_autoptr (GenosNip01Event) event = make_event (f, KIND, "");
  g_autofree char *large = to_json (event);

  genos_nip01_event_add_tag (empty, "x", "", NULL);
  genos_nostr_event_sign (empty, f->key);
  publish (f, empty);
  hear (f, "[\"OK\",*,true,\"\"]");
  genos_nip01_event_add_tag (bare, "x", NULL);
  genos_nostr_event_sign (bare, f->key);
  publish (f, bare);
  hear (f, "[\"OK\",*,true,\"\"]");
  replace (&large, "\"kind\":25000", "\"kind\":65536");
  say_event (f, "EVENT", large);
  hear (f, "[\"OK\",*,false,\"invalid: *");
}

/* HandlesFilterKindLargerThan16bit, AcceptsNegativeFilterCreatedAt: answered and survived. */
static void
test_odd_filters (Fixture *f, gconstpointer data)
{
  static const struct {
    const char *filter;
    const char *answer;
  } rows[] = {
    { "{\"kinds\":[65536]}", "[\"*\",\"s\"*" },
    { "{\"kinds\":[4294967296]}", "[\"*\",\"s\"*" },
    { "{\"since\":-1}", "[\"*\",\"s\"*" },
    { "{\"until\":-1}", "[\"*\",\"s\"*" },
    { "{\"kinds\":[]}", "[\"EOSE\",\"s\"]" },
    { "{\"search\":\"unknown fields\"}", "[\"*\",\"s\"*" },
    { "{\"ids\":[\"abcd\"]}", "[\"CLOSED\",\"s\",\"invalid: *" },
    { "{\"kinds\":7}", "[\"CLOSED\",\"s\",\"invalid: *" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *req = g_strdup_printf ("[\"REQ\",\"s\",%s]", rows[i].filter);

    say (f, req);
    hear (f, rows[i].answer);
    hear_nothing (f);
    say (f, "[\"CLOSE\",\"s\"]");
  }
  g_assert_true (f->stays);
}

/* MaxSubscriptions, the length of their ids, and their replacement */
static void
test_subscriptions (Fixture *f, gconstpointer data)
{
  g_autofree char *long_id = g_strnfill (65, 'a');
  g_autofree char *req = g_strdup_printf ("[\"REQ\",\"%s\",{}]", long_id);

  f->hub->limits.max_subscriptions = 2;
  say (f, "[\"REQ\",\"1\",{}]");
  say (f, "[\"REQ\",\"2\",{}]");
  say (f, "[\"REQ\",\"2\",{}]");
  hear (f, "[\"EOSE\",\"1\"]");
  hear (f, "[\"EOSE\",\"2\"]");
  hear (f, "[\"EOSE\",\"2\"]");
  say (f, "[\"REQ\",\"3\",{}]");
  hear (f, "[\"CLOSED\",\"3\",\"rate-limited: *");
  say (f, "[\"CLOSE\",\"1\"]");
  say (f, "[\"REQ\",\"3\",{}]");
  hear (f, "[\"EOSE\",\"3\"]");
  say (f, req);
  hear (f, "[\"NOTICE\",\"invalid: *");
  say (f, "[\"REQ\",\"\",{}]");
  hear (f, "[\"NOTICE\",\"invalid: *");
}

static void
test_junk (Fixture *f, gconstpointer data)
{
  for (guint i = 1; i < GENOS_RELAY_MAX_JUNK; i++) {
    say (f, "junk");
    g_assert_true (f->stays);
  }
  say (f, "[\"REQ\",\"s\",{}]");
  for (guint i = 1; i < GENOS_RELAY_MAX_JUNK; i++)
    g_assert_true (genos_relay_session_take_binary (f->session));
  say (f, "[\"AUTH\",\"a relay says that\"]");
  g_assert_false (f->stays);
}

static void
test_rate (Fixture *f, gconstpointer data)
{
  f->hub->limits.max_events_per_second = 1;
  f->hub->limits.event_burst = 2;
  say (f, "[\"REQ\",\"1\",{}]");
  say (f, "[\"REQ\",\"2\",{}]");
  say (f, "[\"REQ\",\"3\",{}]");
  hear (f, "[\"EOSE\",\"1\"]");
  hear (f, "[\"EOSE\",\"2\"]");
  hear (f, "[\"CLOSED\",\"3\",\"rate-limited: *");
  say (f, "[\"CLOSE\",\"1\"]");
  g_assert_cmpuint (genos_relay_session_get_n_subscriptions (f->session), ==, 1);
  f->monotonic += 2 * G_USEC_PER_SEC;
  say (f, "[\"REQ\",\"3\",{}]");
  hear (f, "[\"EOSE\",\"3\"]");
}

/* AUTH */

static char *
hear_challenge (Fixture *f)
{
  g_autofree char *text = NULL;

  g_assert_cmpuint (f->heard->len, ==, 1);
  text = g_ptr_array_steal_index (f->heard, 0);
  g_assert_true (g_str_has_prefix (text, "[\"AUTH\",\""));
  return g_strndup (text + 9, strlen (text) - 11);
}

static void
authenticate (Fixture *f, guint kind, gint64 created_at, const char *challenge, const char *relay)
{
  g_autoptr (GenosNip01Event) event = genos_nip01_event_new (kind, created_at, "");
  g_autofree char *json = NULL;

  genos_nip01_event_add_tag (event, "relay", relay, NULL);
  genos_nip01_event_add_tag (event, "challenge", challenge, NULL);
  genos_nostr_event_sign (event, f->key);
  json = to_json (event);
  say_event (f, "AUTH", json);
}

/* PromptsForAuthInitially, AuthEventKindVerified, AuthEventTimeVerified, AuthEventChallengeVerified,
 * AuthEventRelayVerified, CanAuthAsUnknown */
static void
test_auth (Fixture *f, gconstpointer data)
{
  g_autoptr (GenosNip01Event) event = make_event (f, KIND, "");
  g_autofree char *challenge = NULL;

  f->hub->require_auth = TRUE;
  open_session (f);
  challenge = hear_challenge (f);
  g_assert_cmpuint (strlen (challenge), >=, 16);
  publish (f, event);
  hear (f, "[\"OK\",*,false,\"auth-required: *");
  say (f, "[\"REQ\",\"s\",{}]");
  hear (f, "[\"CLOSED\",\"s\",\"auth-required: *");

  authenticate (f, 22243, NOW, challenge, "ws://127.0.0.1:7777/");
  hear (f, "[\"OK\",*,false,\"invalid: *kind*");
  authenticate (f, 22242, NOW - 3600, challenge, "ws://127.0.0.1:7777/");
  hear (f, "[\"OK\",*,false,\"invalid: *created_at*");
  authenticate (f, 22242, NOW, "another", "ws://127.0.0.1:7777/");
  hear (f, "[\"OK\",*,false,\"invalid: *challenge*");
  authenticate (f, 22242, NOW, challenge, "wss://relay.example/");
  hear (f, "[\"OK\",*,false,\"invalid: *relay*");
  authenticate (f, 22242, NOW, challenge, "ws://127.0.0.1:7778/");
  hear (f, "[\"OK\",*,false,\"invalid: *relay*");
  publish (f, event);
  hear (f, "[\"OK\",*,false,\"auth-required: *");

  authenticate (f, 22242, NOW, challenge, "ws://localhost:7777");
  hear (f, "[\"OK\",*,true,\"\"]");
  say (f, "[\"REQ\",\"s\",{}]");
  hear (f, "[\"EOSE\",\"s\"]");
  publish (f, event);
  hear (f, "[\"OK\",*,true,\"\"]");
  hear (f, "[\"EVENT\",\"s\",*");
}

/* A challenge is of one connection, and the event that answers it is shown to nobody. */
static void
test_auth_is_private (Fixture *f, gconstpointer data)
{
  g_autoptr (GenosNip01Event) event = make_event (f, 22242, "");
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  f->hub->require_auth = TRUE;
  open_session (f);
  first = hear_challenge (f);
  open_session (f);
  second = hear_challenge (f);
  g_assert_cmpstr (first, !=, second);
  authenticate (f, 22242, NOW, first, "ws://127.0.0.1:7777/");
  hear (f, "[\"OK\",*,false,\"invalid: *");
  authenticate (f, 22242, NOW, second, "ws://127.0.0.1:7777/");
  hear (f, "[\"OK\",*,true,\"\"]");
  say (f, "[\"REQ\",\"s\",{}]");
  hear (f, "[\"EOSE\",\"s\"]");
  publish (f, event);
  hear (f, "[\"OK\",*,false,\"blocked: *");
  hear_nothing (f);
}

static void
test_auth_forged (Fixture *f, gconstpointer data)
{
  g_autoptr (GenosNip01Event) event = genos_nip01_event_new (22242, NOW, "");
  g_autofree char *challenge = NULL;
  g_autofree char *json = NULL;

  f->hub->require_auth = TRUE;
  open_session (f);
  challenge = hear_challenge (f);
  genos_nip01_event_add_tag (event, "relay", "ws://127.0.0.1:7777/", NULL);
  genos_nip01_event_add_tag (event, "challenge", challenge, NULL);
  genos_nostr_event_sign (event, f->key);
  event->sig[0] = event->sig[0] == '0' ? '1' : '0';
  json = to_json (event);
  say_event (f, "AUTH", json);
  hear (f, "[\"OK\",*,false,\"invalid: *");
}

static void
test_auth_keys_and_name (Fixture *f, gconstpointer data)
{
  g_autofree char *challenge = NULL;

  f->hub->require_auth = TRUE;
  f->hub->public_url = g_strdup ("wss://relay.example/nostr");
  f->hub->allowed_keys = g_hash_table_new (g_str_hash, g_str_equal);
  open_session (f);
  challenge = hear_challenge (f);
  authenticate (f, 22242, NOW, challenge, "ws://127.0.0.1:7777/");
  hear (f, "[\"OK\",*,false,\"invalid: *relay*");
  authenticate (f, 22242, NOW, challenge, "wss://relay.example");
  hear (f, "[\"OK\",*,false,\"restricted: *");
  g_hash_table_add (f->hub->allowed_keys, (gpointer) genos_schnorr_key_get_pubkey (f->key));
  authenticate (f, 22242, NOW, challenge, "wss://relay.example");
  hear (f, "[\"OK\",*,true,\"\"]");
}

static void
test_auth_not_asked_for (Fixture *f, gconstpointer data)
{
  hear_nothing (f);
  authenticate (f, 22242, NOW, "", "ws://127.0.0.1:7777/");
  hear (f, "[\"OK\",*,false,\"restricted: *");
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test) (Fixture *, gconstpointer);
  } tests[] = {
    { "/relay-server/relay-session/ephemeral", test_ephemeral },
    { "/relay-server/relay-session/nothing-stored", test_nothing_stored },
    { "/relay-server/relay-session/forgeries", test_forgeries },
    { "/relay-server/relay-session/texts", test_texts },
    { "/relay-server/relay-session/odd-events", test_odd_events },
    { "/relay-server/relay-session/odd-filters", test_odd_filters },
    { "/relay-server/relay-session/subscriptions", test_subscriptions },
    { "/relay-server/relay-session/junk", test_junk },
    { "/relay-server/relay-session/rate", test_rate },
    { "/relay-server/relay-session/auth", test_auth },
    { "/relay-server/relay-session/auth-is-private", test_auth_is_private },
    { "/relay-server/relay-session/auth-forged", test_auth_forged },
    { "/relay-server/relay-session/auth-keys-and-name", test_auth_keys_and_name },
    { "/relay-server/relay-session/auth-not-asked-for", test_auth_not_asked_for },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
