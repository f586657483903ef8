/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-relay.h>

#include <string.h>

#include <genos/nostr/nostr-event.h>
#include <genos/nostr/nostr-socket-soup.h>

#include "../../common/test-wait.h"
#include "socket-memory.h"

#define KIND 22650
#define TOPIC "topic"

static const GenosNostrRelayConfig config = {
  .socket_factory = socket_memory_new,
  .first_retry_ms = 4,
  .retry_cap_ms = 16,
  .open_timeout_ms = 30,
};

typedef struct {
  GenosNostrRelay *relay;
  GenosSchnorrKey *key;
  guint opened;
  guint closed;
  guint events;
  char *notice;
} Fixture;

static void
on_opened (GenosNostrRelay *relay, Fixture *f)
{
  f->opened++;
}

static void
on_closed (GenosNostrRelay *relay, GError *error, Fixture *f)
{
  g_assert_nonnull (error);
  f->closed++;
}

static void
on_event (GenosNostrRelay *relay, GenosNip01Event *event, Fixture *f)
{
  f->events++;
}

static void
on_notice (GenosNostrRelay *relay, const char *text, GenosReason reason, Fixture *f)
{
  g_free (f->notice);
  f->notice = g_strdup (text);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&socket_memory_all, g_ptr_array_unref);
  f->key = genos_schnorr_key_new ();
  f->relay = genos_nostr_relay_new ("ws://relay.example/", &config);
  g_signal_connect (f->relay, "opened", G_CALLBACK (on_opened), f);
  g_signal_connect (f->relay, "closed", G_CALLBACK (on_closed), f);
  g_signal_connect (f->relay, "event", G_CALLBACK (on_event), f);
  g_signal_connect (f->relay, "notice", G_CALLBACK (on_notice), f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_object_unref (f->relay);
  genos_schnorr_key_unref (f->key);
  g_free (f->notice);
  g_clear_pointer (&socket_memory_all, g_ptr_array_unref);
}

static SocketMemory *
open_subscribed (Fixture *f)
{
  genos_nostr_relay_subscribe (f->relay, KIND, TOPIC);
  genos_nostr_relay_start (f->relay);
  socket_memory_opened (socket_memory_nth (0));
  return socket_memory_nth (0);
}

/* (transfer full): the subscription id of the nth text that was sent */
static char *
get_sent_id (SocketMemory *socket, guint n)
{
  g_autoptr (GenosNip01Message) req = NULL;

  g_assert_cmpuint (n, <, socket->sent->len);
  req = genos_nip01_message_parse (g_ptr_array_index (socket->sent, n), -1, NULL);
  g_assert_nonnull (req);
  g_assert_cmpint (req->type, ==, GENOS_NIP01_REQ);
  return g_strdup (req->subscription);
}

static GenosNip01Event *
make_event (Fixture *f, guint kind, const char *topic, gint64 created_at)
{
  GenosNip01Event *event = genos_nip01_event_new (kind, created_at, "{}");

  genos_nip01_event_add_tag (event, "x", topic, NULL);
  genos_nostr_event_sign (event, f->key);
  return event;
}

static void
say_event (SocketMemory *socket, const char *id, const GenosNip01Event *event)
{
  g_autofree char *text = genos_nip01_message_event_for (id, event);

  socket_memory_say (socket, text);
}

static void
test_renews_subscriptions (Fixture *f, gconstpointer data)
{
  SocketMemory *first = open_subscribed (f);
  g_autofree char *id = get_sent_id (first, 0);
  g_autofree char *renewed = NULL;
  g_autoptr (GenosNip01Message) req = NULL;
  GenosNip01Filter *filter;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  g_assert_cmpuint (strlen (id), ==, 64);
  req = genos_nip01_message_parse (g_ptr_array_index (first->sent, 0), -1, NULL);
  filter = g_ptr_array_index (req->filters, 0);
  g_assert_cmpuint (g_array_index (filter->kinds, guint, 0), ==, KIND);
  g_assert_cmpint (ABS (filter->since - now), <=, 2);
  g_assert_cmpstr (((GStrv) g_hash_table_lookup (filter->tags, "x"))[0], ==, TOPIC);

  socket_memory_lost (first, GENOS_ERROR_CLOSED);
  g_assert_cmpuint (f->closed, ==, 1);
  genos_test_wait_until (socket_memory_count () == 2);
  socket_memory_opened (socket_memory_nth (1));
  g_assert_cmpuint (f->opened, ==, 2);
  renewed = get_sent_id (socket_memory_nth (1), 0);
  g_assert_cmpstr (renewed, !=, id);
}

static void
test_retries_for_ever (Fixture *f, gconstpointer data)
{
  genos_nostr_relay_start (f->relay);
  for (guint i = 0; i < 8; i++) {
    genos_test_wait_until (socket_memory_count () == i + 1);
    socket_memory_lost (socket_memory_nth (i), GENOS_ERROR_CLOSED);
    g_assert_cmpint (genos_nostr_relay_get_state (f->relay), ==, GENOS_NOSTR_RELAY_WAITING);
  }
  g_assert_cmpuint (f->closed, ==, 8);
}

static void
test_half_open_times_out (Fixture *f, gconstpointer data)
{
  genos_nostr_relay_start (f->relay);
  genos_test_wait_until (socket_memory_count () == 3);
  g_assert_true (socket_memory_nth (0)->closed);
  g_assert_cmpuint (f->closed, ==, 2);
  /* Too late: that attempt was given up. */
  socket_memory_opened (socket_memory_nth (0));
  g_assert_cmpuint (f->opened, ==, 0);
}

static void
test_event_once (Fixture *f, gconstpointer data)
{
  SocketMemory *socket = open_subscribed (f);
  g_autofree char *id = get_sent_id (socket, 0);
  g_autoptr (GenosNip01Event) event = make_event (f, KIND, TOPIC, 1);

  say_event (socket, id, event);
  g_assert_cmpuint (f->events, ==, 1);
  say_event (socket, id, event);
  g_assert_cmpuint (f->events, ==, 1);
  g_assert_cmpuint (genos_nostr_relay_get_dropped (f->relay, GENOS_NOSTR_DROP_REPLAYED), ==, 1);
}

static void
test_forged (Fixture *f, gconstpointer data)
{
  SocketMemory *socket = open_subscribed (f);
  g_autofree char *id = get_sent_id (socket, 0);
  g_autoptr (GenosNip01Event) event = make_event (f, KIND, TOPIC, 1);
  char digit = event->sig[5];

  event->sig[5] = digit == 'a' ? 'b' : 'a';
  say_event (socket, id, event);
  g_assert_cmpuint (f->events, ==, 0);
  g_assert_cmpuint (genos_nostr_relay_get_dropped (f->relay, GENOS_NOSTR_DROP_FORGED), ==, 1);

  /* A forgery that came first does not keep the true one out. */
  event->sig[5] = digit;
  say_event (socket, id, event);
  g_assert_cmpuint (f->events, ==, 1);
}

static void
test_not_asked_for (Fixture *f, gconstpointer data)
{
  SocketMemory *socket = open_subscribed (f);
  g_autofree char *id = get_sent_id (socket, 0);
  g_autoptr (GenosNip01Event) right = make_event (f, KIND, TOPIC, 1);
  g_autoptr (GenosNip01Event) kind = make_event (f, KIND + 1, TOPIC, 1);
  g_autoptr (GenosNip01Event) topic = make_event (f, KIND, "other", 1);
  g_autofree char *envelope = genos_nip01_message_event (right);

  say_event (socket, "unknown", right);
  say_event (socket, id, kind);
  say_event (socket, id, topic);
  socket_memory_say (socket, envelope);
  g_assert_cmpuint (f->events, ==, 0);
  g_assert_cmpuint (genos_nostr_relay_get_dropped (f->relay, GENOS_NOSTR_DROP_UNSUBSCRIBED), ==, 4);
}

static void
test_malformed (Fixture *f, gconstpointer data)
{
  SocketMemory *socket = open_subscribed (f);
  g_autofree char *id = get_sent_id (socket, 0);
  g_autoptr (GenosNip01Event) event = make_event (f, KIND, TOPIC, 1);
  g_autofree char *text = genos_nip01_message_event_for (id, event);
  gsize len = strlen (text);

  for (gsize i = 0; i < len; i++) {
    g_autofree char *cut = g_strndup (text, i);

    socket_memory_say (socket, cut);
  }
  socket_memory_say (socket, "[\"REQ\",\"a\",{}]");
  g_assert_cmpuint (f->events, ==, 0);
  g_assert_cmpuint (
      genos_nostr_relay_get_dropped (f->relay, GENOS_NOSTR_DROP_MALFORMED), ==, len + 1);
  socket_memory_say (socket, text);
  g_assert_cmpuint (f->events, ==, 1);
}

static void
test_oversized (Fixture *f, gconstpointer data)
{
  SocketMemory *socket = open_subscribed (f);
  g_autofree char *text = g_strnfill (GENOS_NOSTR_SOCKET_MAX_MESSAGE + 1, ' ');

  socket_memory_say (socket, text);
  g_assert_cmpuint (genos_nostr_relay_get_dropped (f->relay, GENOS_NOSTR_DROP_OVERSIZED), ==, 1);
  socket_memory_lost (socket, GENOS_ERROR_LIMIT);
  g_assert_cmpuint (genos_nostr_relay_get_dropped (f->relay, GENOS_NOSTR_DROP_OVERSIZED), ==, 2);
}

static void
test_flood (Fixture *f, gconstpointer data)
{
  SocketMemory *socket = open_subscribed (f);
  gint64 since = g_get_monotonic_time ();
  gint64 allowed;

  for (guint i = 0; i < 20000; i++)
    socket_memory_say (socket, "[\"EOSE\",\"a\"]");
  /* A burst of 4000, and then 1000 a second: on a machine that is slow enough this is no flood. */
  allowed = 4000 + 1000 * (g_get_monotonic_time () - since) / G_TIME_SPAN_SECOND;
  g_assert_cmpint (
      genos_nostr_relay_get_dropped (f->relay, GENOS_NOSTR_DROP_FLOODED), >=, 20000 - allowed - 10);
}

static void
test_queue_is_bounded (Fixture *f, gconstpointer data)
{
  g_autoptr (GenosNip01Event) event = make_event (f, KIND, TOPIC, 1);
  SocketMemory *socket;
  guint taken = 0;

  g_assert_false (genos_nostr_relay_publish (f->relay, event));
  genos_nostr_relay_start (f->relay);
  for (guint i = 0; i < 1000; i++)
    taken += genos_nostr_relay_publish (f->relay, event);
  g_assert_cmpuint (taken, ==, 64);
  socket = socket_memory_nth (0);
  socket_memory_opened (socket);
  g_assert_cmpuint (socket->sent->len, ==, 64);
  g_assert_true (genos_nostr_relay_publish (f->relay, event));
  g_assert_cmpuint (socket->sent->len, ==, 65);
  g_assert_cmpuint (genos_nostr_relay_get_dropped (f->relay, GENOS_NOSTR_DROP_UNSENT), ==, 936);
}

static void
test_pow_silences (Fixture *f, gconstpointer data)
{
  g_autoptr (GenosNip01Event) event = make_event (f, KIND, TOPIC, 1);
  SocketMemory *socket = open_subscribed (f);
  g_autofree char *blocked = genos_nip01_message_ok (event->id, FALSE, "blocked: no");
  g_autofree char *pow = genos_nip01_message_ok (event->id, FALSE, "pow: 20 bits needed");

  socket_memory_say (socket, blocked);
  g_assert_true (g_str_has_prefix (f->notice, "blocked: no"));
  g_assert_true (genos_nostr_relay_publish (f->relay, event));
  socket_memory_say (socket, pow);
  g_assert_cmpstr (f->notice, ==, "pow: 20 bits needed");
  g_assert_false (genos_nostr_relay_publish (f->relay, event));

  /* Not for the connection only. */
  socket_memory_lost (socket, GENOS_ERROR_CLOSED);
  genos_test_wait_until (socket_memory_count () == 2);
  socket_memory_opened (socket_memory_nth (1));
  g_assert_false (genos_nostr_relay_publish (f->relay, event));
}

static void
test_notice_is_bounded (Fixture *f, gconstpointer data)
{
  SocketMemory *socket = open_subscribed (f);
  g_autofree char *filler = g_strnfill (511, 'a');
  g_autofree char *words = g_strconcat (filler, "éééé", NULL);
  g_autofree char *text = genos_nip01_message_notice (words);

  socket_memory_say (socket, text);
  g_assert_cmpstr (f->notice, ==, filler);
  g_assert_true (g_utf8_validate (f->notice, -1, NULL));
}

static void
test_closed_subscription_is_no_end (Fixture *f, gconstpointer data)
{
  SocketMemory *socket = open_subscribed (f);
  g_autofree char *id = get_sent_id (socket, 0);
  g_autofree char *text = genos_nip01_message_closed (id, "rate-limited: slow down");
  g_autoptr (GenosNip01Event) event = make_event (f, KIND, TOPIC, 1);

  socket_memory_say (socket, text);
  g_assert_true (g_str_has_prefix (f->notice, "rate-limited: slow down"));
  say_event (socket, id, event);
  g_assert_cmpuint (f->events, ==, 0);
  g_assert_cmpint (genos_nostr_relay_get_state (f->relay), ==, GENOS_NOSTR_RELAY_OPEN);
}

static void
test_stop_is_quiet (Fixture *f, gconstpointer data)
{
  SocketMemory *socket = open_subscribed (f);

  genos_nostr_relay_stop (f->relay);
  g_assert_true (socket->closed);
  socket_memory_lost (socket, GENOS_ERROR_CLOSED);
  g_assert_cmpuint (f->closed, ==, 0);
  genos_nostr_relay_start (f->relay);
  socket_memory_opened (socket_memory_nth (1));
  g_assert_cmpuint (socket_memory_nth (1)->sent->len, ==, 0);
}

static void
stop_on_event (GenosNostrRelay *relay, GenosNip01Event *event, Fixture *f)
{
  genos_nostr_relay_stop (relay);
}

static void
test_stop_while_receiving (Fixture *f, gconstpointer data)
{
  SocketMemory *socket = open_subscribed (f);
  g_autofree char *id = get_sent_id (socket, 0);
  g_autoptr (GenosNip01Event) event = make_event (f, KIND, TOPIC, 1);

  g_signal_connect (f->relay, "event", G_CALLBACK (stop_on_event), f);
  say_event (socket, id, event);
  g_assert_cmpint (genos_nostr_relay_get_state (f->relay), ==, GENOS_NOSTR_RELAY_STOPPED);
}

static const GenosNostrRelayConfig impatient = {
  .socket_factory = socket_memory_new,
  .first_retry_ms = 4,
  .retry_cap_ms = 16,
  .open_timeout_ms = 10000,
  .answer_timeout_ms = 30,
};

/* It opens and says nothing: as good as dead. One that says anything is let be. */
static void
test_silent_is_dead (Fixture *f, gconstpointer data)
{
  g_autoptr (GenosNostrRelay) relay = genos_nostr_relay_new ("ws://relay.example/", &impatient);

  g_signal_connect (relay, "closed", G_CALLBACK (on_closed), f);
  genos_nostr_relay_subscribe (relay, KIND, TOPIC);
  genos_nostr_relay_start (relay);
  socket_memory_opened (socket_memory_nth (0));
  genos_test_wait_until (f->closed == 1);
  genos_test_wait_until (socket_memory_count () == 2);
  socket_memory_opened (socket_memory_nth (1));
  socket_memory_say (socket_memory_nth (1), "[\"EOSE\",\"x\"]");
  for (gint64 end = g_get_monotonic_time () + 100 * 1000; g_get_monotonic_time () < end;)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (f->closed, ==, 1);
  g_assert_cmpint (genos_nostr_relay_get_state (relay), ==, GENOS_NOSTR_RELAY_OPEN);
}

/* Nothing is to be expected on it any more, not even an error: it is not waited for. */
static void
test_stranded (Fixture *f, gconstpointer data)
{
  SocketMemory *socket = open_subscribed (f);

  genos_nostr_relay_check (f->relay, TRUE);
  socket->stranded = TRUE;
  genos_nostr_relay_check (f->relay, FALSE);
  g_assert_cmpuint (socket_memory_count (), ==, 1);
  g_assert_false (socket->closed);

  genos_nostr_relay_check (f->relay, TRUE);
  g_assert_true (socket->closed);
  g_assert_cmpuint (f->closed, ==, 1);
  g_assert_cmpuint (socket_memory_count (), ==, 2);
  socket_memory_opened (socket_memory_nth (1));
  g_assert_cmpuint (f->opened, ==, 2);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test) (Fixture *, gconstpointer);
  } tests[] = {
    { "/nostr/nostr-relay/renews-subscriptions", test_renews_subscriptions },
    { "/nostr/nostr-relay/retries-for-ever", test_retries_for_ever },
    { "/nostr/nostr-relay/half-open-times-out", test_half_open_times_out },
    { "/nostr/nostr-relay/silent-is-dead", test_silent_is_dead },
    { "/nostr/nostr-relay/stranded", test_stranded },
    { "/nostr/nostr-relay/event-once", test_event_once },
    { "/nostr/nostr-relay/forged", test_forged },
    { "/nostr/nostr-relay/not-asked-for", test_not_asked_for },
    { "/nostr/nostr-relay/malformed", test_malformed },
    { "/nostr/nostr-relay/oversized", test_oversized },
    { "/nostr/nostr-relay/flood", test_flood },
    { "/nostr/nostr-relay/queue-is-bounded", test_queue_is_bounded },
    { "/nostr/nostr-relay/pow-silences", test_pow_silences },
    { "/nostr/nostr-relay/notice-is-bounded", test_notice_is_bounded },
    { "/nostr/nostr-relay/closed-subscription-is-no-end", test_closed_subscription_is_no_end },
    { "/nostr/nostr-relay/stop-is-quiet", test_stop_is_quiet },
    { "/nostr/nostr-relay/stop-while-receiving", test_stop_while_receiving },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
