/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What relays want otherwise: few events, short ones, of this time, and no other rights than they gave. */

#include "demanding-relay.h"

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
  /* On a slow machine the pause before the first is over already. */
  g_assert_cmpuint (n_sent (f), <=, 3);
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
