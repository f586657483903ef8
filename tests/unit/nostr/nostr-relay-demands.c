/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-relay.h>

#include <string.h>

#include <genos/nostr/nostr-event.h>
#include <genos/wire/nip13.h>

#include "../../common/test-wait.h"
#include "socket-memory.h"

#define KIND 22650
#define TOPIC "topic"
#define URL "ws://relay.example/"
#define BUDGET 8

/* What the relay says of itself; NULL: nothing. */
static const char *document;
static gint64 server_time;

typedef struct {
  GenosNostrDescribed described;
  gpointer user_data;
} Request;

static gboolean
on_describe_idle (gpointer user_data)
{
  g_autofree Request *request = user_data;

  request->described (
      document, document != NULL ? strlen (document) : 0, server_time, request->user_data);
  return G_SOURCE_REMOVE;
}

static void
describe (const char *url, gpointer data, GCancellable *cancellable, GenosNostrDescribed described,
    gpointer user_data)
{
  Request *request = g_new0 (Request, 1);

  g_assert_cmpstr (url, ==, URL);
  request->described = described;
  request->user_data = user_data;
  g_idle_add (on_describe_idle, request);
}

static const GenosNostrRelayConfig config = {
  .socket_factory = socket_memory_new,
  .describe = describe,
  .first_retry_ms = 4,
  .retry_cap_ms = 16,
  .open_timeout_ms = 60000,
};

typedef struct {
  GenosNostrRelay *relay;
  GenosSchnorrKey *key;
  SocketMemory *socket;
  guint n_notices;
  char *notice;
  GenosReason reason;
  guint n_health_changes;
} Fixture;

static void
on_notice (GenosNostrRelay *relay, const char *text, GenosReason reason, Fixture *f)
{
  f->n_notices++;
  g_free (f->notice);
  f->notice = g_strdup (text);
  f->reason = reason;
}

static void
on_health_changed (GenosNostrRelay *relay, Fixture *f)
{
  f->n_health_changes++;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  document = NULL;
  server_time = 0;
  g_clear_pointer (&socket_memory_all, g_ptr_array_unref);
  f->key = genos_schnorr_key_new ();
  f->relay = genos_nostr_relay_new (URL, &config);
  genos_nostr_relay_set_identity (f->relay, f->key, BUDGET);
  g_signal_connect (f->relay, "notice", G_CALLBACK (on_notice), f);
  g_signal_connect (f->relay, "health-changed", G_CALLBACK (on_health_changed), f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  genos_nostr_relay_stop (f->relay);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_finalize_object (f->relay);
  genos_schnorr_key_unref (f->key);
  g_free (f->notice);
  g_clear_pointer (&socket_memory_all, g_ptr_array_unref);
}

static void
open_subscribed (Fixture *f)
{
  genos_nostr_relay_subscribe (f->relay, KIND, TOPIC);
  genos_nostr_relay_start (f->relay);
  f->socket = socket_memory_nth (socket_memory_count () - 1);
  socket_memory_opened (f->socket);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
open_again (Fixture *f)
{
  guint n = socket_memory_count ();

  socket_memory_lost (f->socket, GENOS_ERROR_CLOSED);
  genos_test_wait_until (socket_memory_count () > n);
  f->socket = socket_memory_nth (n);
  socket_memory_opened (f->socket);
}

/* (transfer full): the nth text that was sent */
static GenosNip01Message *
get_sent (Fixture *f, guint n)
{
  GenosNip01Message *message;

  g_assert_cmpuint (n, <, f->socket->sent->len);
  message = genos_nip01_message_parse (g_ptr_array_index (f->socket->sent, n), -1, NULL);
  g_assert_nonnull (message);
  return message;
}

static guint
n_sent (Fixture *f)
{
  return f->socket->sent->len;
}

static GenosNip01Event *
make_event (Fixture *f, const char *content)
{
  static gint64 serial = 1795372095;
  GenosNip01Event *event = genos_nip01_event_new (KIND, serial++, content);

  genos_nip01_event_add_tag (event, "x", TOPIC, NULL);
  genos_nostr_event_sign (event, f->key);
  return event;
}

static void
say_ok (Fixture *f, const char *id, gboolean accepted, const char *text)
{
  g_autofree char *ok = genos_nip01_message_ok (id, accepted, text);

  socket_memory_say (f->socket, ok);
}

/* What was sent last is refused with those words. */
static void
refuse_last (Fixture *f, const char *text)
{
  g_autoptr (GenosNip01Message) last = get_sent (f, n_sent (f) - 1);

  g_assert_cmpint (last->type, ==, GENOS_NIP01_EVENT);
  say_ok (f, last->event->id, FALSE, text);
}

static void
echo_last (Fixture *f)
{
  g_autoptr (GenosNip01Message) req = get_sent (f, 0);
  g_autoptr (GenosNip01Message) last = get_sent (f, n_sent (f) - 1);
  g_autofree char *text = genos_nip01_message_event_for (req->subscription, last->event);

  socket_memory_say (f->socket, text);
}

static void
say_event_for (Fixture *f, const char *id)
{
  g_autoptr (GenosNip01Event) event = make_event (f, "{}");
  g_autofree char *text = genos_nip01_message_event_for (id, event);

  socket_memory_say (f->socket, text);
}

static gboolean
announce (Fixture *f)
{
  g_autoptr (GenosNip01Event) event = make_event (f, "{\"peerId\":\"a\"}");

  return genos_nostr_relay_announce (f->relay, event);
}

static gboolean
publish (Fixture *f, const char *content)
{
  g_autoptr (GenosNip01Event) event = make_event (f, content);

  return genos_nostr_relay_publish (f->relay, event);
}

static guint
get_uint (Fixture *f, const char *name)
{
  g_autoptr (GVariant) stats = g_variant_ref_sink (genos_nostr_relay_get_stats (f->relay));
  guint value = 0;
  guint64 wide;

  if (g_variant_lookup (stats, name, "t", &wide))
    return (guint) wide;
  g_variant_lookup (stats, name, "u", &value);
  return value;
}

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

/* rates */

static void
test_rate_limited (Fixture *f, gconstpointer data)
{
  open_subscribed (f);
  g_assert_true (genos_nostr_relay_may_announce (f->relay));
  g_assert_true (announce (f));
  refuse_last (f, "rate-limited: slow down");
  g_assert_cmpint (f->reason, ==, GENOS_REASON_RELAY_BUSY);
  g_assert_cmpuint (get_uint (f, "announce-interval-ms"), ==, 5000);
  g_assert_false (genos_nostr_relay_may_announce (f->relay));
  g_assert_false (announce (f));
  g_assert_false (announce (f));
  g_assert_cmpuint (get_uint (f, "withheld"), ==, 2);
  g_assert_cmpuint (n_sent (f), ==, 2);
  /* What is meant for somebody goes, with a pause before it. */
  g_assert_true (publish (f, "{\"n\":1}"));
  g_assert_true (publish (f, "{\"n\":2}"));
  g_assert_cmpuint (n_sent (f), ==, 2);
  genos_test_wait_until (n_sent (f) == 3);
  genos_test_wait_until (n_sent (f) == 4);
  {
    g_autoptr (GenosNip01Message) last = get_sent (f, 3);

    g_assert_cmpstr (last->event->content, ==, "{\"n\":2}");
  }
  g_assert_cmpuint (f->n_notices, ==, 1);
}

/* An offer that was refused so is sent again, an announce is not. */
static void
test_rate_limited_offer (Fixture *f, gconstpointer data)
{
  open_subscribed (f);
  g_assert_true (publish (f, "{\"n\":1}"));
  refuse_last (f, "rate-limited: slow down");
  genos_test_wait_until (n_sent (f) == 3);
  refuse_last (f, "rate-limited: slow down");
  genos_test_wait_until (n_sent (f) == 4);
  refuse_last (f, "rate-limited: slow down");
  for (gint64 end = g_get_monotonic_time () + 700 * 1000; g_get_monotonic_time () < end;)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (n_sent (f), ==, 4);
}

/* clocks */

static void
test_clock (Fixture *f, gconstpointer data)
{
  server_time = g_get_real_time () / G_USEC_PER_SEC + 70;
  open_subscribed (f);
  g_assert_true (announce (f));
  refuse_last (f, "invalid: ephemeral event expired");
  g_assert_cmpint (f->reason, ==, GENOS_REASON_CLOCK_SKEW);
  g_test_message ("%s", f->notice);
  g_assert_nonnull (strstr (f->notice, "your clock is about"));
  g_assert_nonnull (strstr (f->notice, "s behind"));
  g_assert_cmpuint (get_uint (f, "refused-clock"), ==, 1);
}

/* A relay that tells its limits and its time gets nothing that it would refuse. */
static void
test_clock_limit (Fixture *f, gconstpointer data)
{
  document = "{\"limitation\":{\"created_at_lower_limit\":60}}";
  server_time = g_get_real_time () / G_USEC_PER_SEC + 70;
  open_subscribed (f);
  g_assert_false (announce (f));
  g_assert_cmpint (f->reason, ==, GENOS_REASON_CLOCK_SKEW);
  g_assert_false (announce (f));
  g_assert_cmpuint (f->n_notices, ==, 1);
  g_assert_cmpuint (get_uint (f, "unfit"), ==, 2);
  g_assert_cmpuint (n_sent (f), ==, 1);
}

/* limits */

static void
test_limits (Fixture *f, gconstpointer data)
{
  static const char *const documents[] = {
    "{\"limitation\":{\"max_message_length\":1000}}",
    "{\"limitation\":{\"max_content_length\":500}}",
  };
  g_autofree char *filler = g_strnfill (900, 'a');
  g_autofree char *content = g_strdup_printf ("\"%s\"", filler);

  for (guint i = 0; i < G_N_ELEMENTS (documents); i++) {
    genos_nostr_relay_stop (f->relay);
    f->n_notices = 0;
    document = documents[i];
    open_subscribed (f);
    g_assert_true (announce (f));
    g_assert_false (publish (f, content));
    g_assert_cmpint (f->reason, ==, GENOS_REASON_LIMIT);
    g_assert_false (publish (f, content));
    g_assert_cmpuint (f->n_notices, ==, 1);
    g_assert_cmpuint (n_sent (f), ==, 2);
  }
}

static void
test_max_tags (Fixture *f, gconstpointer data)
{
  g_autoptr (GenosNip01Event) event = NULL;

  document = "{\"limitation\":{\"max_event_tags\":1}}";
  open_subscribed (f);
  g_assert_true (announce (f));
  event = make_event (f, "{}");
  genos_nip01_event_add_tag (event, "y", "z", NULL);
  g_assert_false (genos_nostr_relay_publish (f->relay, event));
}

/* The document comes after the first REQ: that is closed, and asked anew with an id that fits. */
static void
test_short_ids (Fixture *f, gconstpointer data)
{
  g_autoptr (GenosNip01Message) first = NULL;
  g_autoptr (GenosNip01Message) close = NULL;
  g_autoptr (GenosNip01Message) second = NULL;
  g_autoptr (GenosNip01Message) third = NULL;

  document = "{\"limitation\":{\"max_subid_length\":16}}";
  open_subscribed (f);
  g_assert_cmpuint (n_sent (f), ==, 3);
  first = get_sent (f, 0);
  g_assert_cmpuint (strlen (first->subscription), ==, 64);
  close = get_sent (f, 1);
  g_assert_cmpint (close->type, ==, GENOS_NIP01_CLOSE);
  g_assert_cmpstr (close->subscription, ==, first->subscription);
  second = get_sent (f, 2);
  g_assert_cmpuint (strlen (second->subscription), ==, 16);
  open_again (f);
  third = get_sent (f, 0);
  g_assert_cmpuint (strlen (third->subscription), ==, 16);
}

/* What the relay says before it has read the new REQ goes by the old id. */
static void
test_old_id (Fixture *f, gconstpointer data)
{
  g_autofree char *old_id = NULL;
  g_autofree char *eose = NULL;

  document = "{\"limitation\":{\"max_subid_length\":16}}";
  open_subscribed (f);
  {
    g_autoptr (GenosNip01Message) first = get_sent (f, 0);
    g_autoptr (GenosNip01Message) second = get_sent (f, 2);

    old_id = g_strdup (first->subscription);
    eose = genos_nip01_message_eose (second->subscription);
  }
  say_event_for (f, old_id);
  g_assert_cmpuint (get_uint (f, "events-in"), ==, 1);
  socket_memory_say (f->socket, eose);
  say_event_for (f, old_id);
  g_assert_cmpuint (get_uint (f, "events-in"), ==, 1);
  g_assert_cmpuint (get_uint (f, "dropped-unsubscribed"), ==, 1);
}

static void
test_payment (Fixture *f, gconstpointer data)
{
  document = "{\"limitation\":{\"payment_required\":true}}";
  open_subscribed (f);
  g_assert_nonnull (strstr (genos_nostr_relay_get_trouble (f->relay), "paid"));
  g_assert_true (announce (f));
  {
    g_autoptr (GenosNip01Message) last = get_sent (f, 1);

    say_ok (f, last->event->id, TRUE, "");
  }
  /* It takes what we send all the same. */
  g_assert_null (genos_nostr_relay_get_trouble (f->relay));
}

/* A relay like our own says so too, and means what would have to be stored. */
static void
test_restricted_writes (Fixture *f, gconstpointer data)
{
  document = "{\"limitation\":{\"restricted_writes\":true}}";
  open_subscribed (f);
  g_assert_null (genos_nostr_relay_get_trouble (f->relay));
  g_assert_true (announce (f));
  refuse_last (f, "restricted: members only");
  g_assert_nonnull (strstr (genos_nostr_relay_get_trouble (f->relay), "members"));
}

static void
test_few_subscriptions (Fixture *f, gconstpointer data)
{
  document = "{\"limitation\":{\"max_subscriptions\":1}}";
  genos_nostr_relay_subscribe (f->relay, KIND, "other");
  open_subscribed (f);
  g_assert_nonnull (strstr (genos_nostr_relay_get_trouble (f->relay), "subscriptions"));
}

static void
test_junk_document (Fixture *f, gconstpointer data)
{
  document = "[[[[";
  open_subscribed (f);
  g_assert_true (announce (f));
  echo_last (f);
  g_assert_true (genos_nostr_relay_is_well (f->relay));
}

/* health */

static void
test_echo (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) stats = NULL;
  double ms;

  open_subscribed (f);
  g_assert_false (genos_nostr_relay_is_well (f->relay));
  g_assert_true (announce (f));
  g_assert_cmpuint (f->n_health_changes, ==, 0);
  echo_last (f);
  g_assert_cmpuint (f->n_health_changes, ==, 1);
  g_assert_true (genos_nostr_relay_is_well (f->relay));
  g_assert_cmpuint (genos_nostr_relay_get_score (f->relay), >, 80);
  stats = g_variant_ref_sink (genos_nostr_relay_get_stats (f->relay));
  g_assert_true (g_variant_lookup (stats, "echo-ms", "d", &ms));
  g_assert_cmpfloat (ms, >=, 0);
  g_assert_cmpuint (get_uint (f, "connect-ms"), >, 0);
}

static void
test_refuses_everything (Fixture *f, gconstpointer data)
{
  open_subscribed (f);
  for (guint i = 0; i < 5; i++) {
    g_assert_null (genos_nostr_relay_get_trouble (f->relay));
    g_assert_true (announce (f));
    refuse_last (f, "blocked: not you");
  }
  g_assert_nonnull (genos_nostr_relay_get_trouble (f->relay));
  g_assert_cmpuint (get_uint (f, "refused-blocked"), ==, 5);
  g_assert_cmpuint (get_uint (f, "refused"), ==, 5);
}

static void
test_duplicate_is_no_refusal (Fixture *f, gconstpointer data)
{
  open_subscribed (f);
  for (guint i = 0; i < 10; i++) {
    g_assert_true (announce (f));
    refuse_last (f, i % 2 ? "duplicate: have it" : "mute: nobody listens");
  }
  g_assert_null (genos_nostr_relay_get_trouble (f->relay));
  g_assert_cmpuint (f->n_notices, ==, 0);
  g_assert_cmpuint (get_uint (f, "refused"), ==, 0);
}

static void
test_leave_and_return (Fixture *f, gconstpointer data)
{
  open_subscribed (f);
  genos_nostr_relay_leave (f->relay);
  g_assert_cmpint (genos_nostr_relay_get_state (f->relay), ==, GENOS_NOSTR_RELAY_LEFT);
  g_assert_true (f->socket->closed);
  g_assert_false (announce (f));
  genos_nostr_relay_return (f->relay);
  g_assert_cmpint (genos_nostr_relay_get_state (f->relay), ==, GENOS_NOSTR_RELAY_OPENING);
  f->socket = socket_memory_nth (1);
  socket_memory_opened (f->socket);
  g_assert_cmpuint (n_sent (f), ==, 1);
  g_assert_true (announce (f));
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
    { "rate-limited", test_rate_limited },
    { "rate-limited-offer", test_rate_limited_offer },
    { "clock", test_clock },
    { "clock-limit", test_clock_limit },
    { "limits", test_limits },
    { "max-tags", test_max_tags },
    { "short-ids", test_short_ids },
    { "old-id", test_old_id },
    { "payment", test_payment },
    { "restricted-writes", test_restricted_writes },
    { "few-subscriptions", test_few_subscriptions },
    { "junk-document", test_junk_document },
    { "echo", test_echo },
    { "refuses-everything", test_refuses_everything },
    { "duplicate-is-no-refusal", test_duplicate_is_no_refusal },
    { "leave-and-return", test_leave_and_return },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree char *path = g_strconcat ("/nostr/nostr-relay-demands/", tests[i].name, NULL);

    g_test_add (path, Fixture, NULL, set_up, tests[i].test, tear_down);
  }
  return g_test_run ();
}
