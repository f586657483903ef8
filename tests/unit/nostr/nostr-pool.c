/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-pool.h>

#include <genos/base/error.h>
#include <genos/nostr/nostr-pool-private.h>

#include "../../common/test-wait.h"
#include "socket-memory.h"

static const GenosNostrRelayConfig config = {
  .socket_factory = socket_memory_new,
  .first_retry_ms = 4,
  .retry_cap_ms = 16,
  .open_timeout_ms = 10000,
};

static void
test_bad_urls (void)
{
  static const char *const bad[] = {
    "",
    "relay.example",
    "http://relay.example",
    "ws://",
    "ws:///path",
    "wss://a#b",
    "ws://a:99999",
    "ws://a b",
    "file:///etc/passwd",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    const char *const urls[] = { "ws://good.example", bad[i], NULL };
    g_autoptr (GError) error = NULL;
    GenosNostrPool *pool = genos_nostr_pool_new (urls, NULL, &error);

    g_assert_null (pool);
    g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
    g_assert_nonnull (strstr (error->message, bad[i]));
  }
}

static void
test_duplicates_are_merged (void)
{
  const char *const urls[] = {
    "ws://Relay.Example",
    "ws://relay.example:80/",
    "WS://relay.example/",
    "ws://relay.example/v2",
    "wss://relay.example",
    "ws://[::1]:7777",
    NULL,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GenosNostrPool) pool = genos_nostr_pool_new (urls, NULL, &error);
  g_autoptr (GVariant) stats = NULL;

  g_assert_no_error (error);
  stats = genos_nostr_pool_get_stats (pool);
  g_assert_cmpuint (g_variant_n_children (stats), ==, 4);
}

static void
test_dead_relay_delays_nobody (void)
{
  const char *const urls[] = { "ws://dead.example", "ws://good.example", NULL };
  g_autoptr (GenosNostrPool) pool = genos_nostr_pool_new_with_config (urls, &config, NULL);
  g_autoptr (GenosNip01Event) event = genos_nip01_event_new (20001, 1, "");

  genos_nostr_pool_subscribe (pool, 20001, "t");
  genos_nostr_pool_start (pool);
  g_assert_cmpuint (socket_memory_count (), ==, 2);
  g_assert_cmpuint (genos_nostr_pool_publish (pool, event, NULL), ==, 0);
  socket_memory_opened (socket_memory_nth (1));
  g_assert_cmpuint (genos_nostr_pool_get_n_open (pool), ==, 1);
  g_assert_cmpuint (genos_nostr_pool_publish (pool, event, NULL), ==, 1);
  g_assert_cmpuint (genos_nostr_pool_publish (pool, event, "ws://good.example"), ==, 1);
  g_assert_cmpuint (genos_nostr_pool_publish (pool, event, "ws://dead.example"), ==, 1);
  g_assert_cmpuint (genos_nostr_pool_publish (pool, event, "ws://unknown.example"), ==, 0);
  g_assert_cmpuint (socket_memory_nth (1)->sent->len, ==, 3);
  genos_nostr_pool_stop (pool);
  g_clear_pointer (&socket_memory_all, g_ptr_array_unref);
}

/* The last connection to @url. */
static SocketMemory *
last_socket (const char *url)
{
  for (guint i = socket_memory_count (); i > 0; i--) {
    if (g_str_equal (socket_memory_nth (i - 1)->url, url))
      return socket_memory_nth (i - 1);
  }
  g_assert_not_reached ();
}

static gboolean
relay_is (GenosNostrPool *pool, guint i, const char *state)
{
  g_autoptr (GVariant) stats = genos_nostr_pool_get_stats (pool);
  g_autoptr (GVariant) relay = g_variant_get_child_value (stats, i);
  const char *is;

  return g_variant_lookup (relay, "state", "&s", &is) && g_str_equal (is, state);
}

static GenosNip01Event *
announce_on (GenosNostrPool *pool, const char *url)
{
  static GenosSchnorrKey *key;
  static gint64 serial = 1795372095;
  GenosNip01Event *event = genos_nip01_event_new (20001, serial++, "{}");

  if (key == NULL)
    key = genos_schnorr_key_new ();
  genos_nip01_event_add_tag (event, "x", "t", NULL);
  genos_nostr_event_sign (event, key);
  g_assert_cmpuint (genos_nostr_pool_announce (pool, event, url), ==, 1);
  return event;
}

static void
serve (GenosNostrPool *pool, const char *url)
{
  SocketMemory *socket = last_socket (url);
  g_autoptr (GenosNip01Event) event = announce_on (pool, url);
  g_autoptr (GenosNip01Message) req =
      genos_nip01_message_parse (g_ptr_array_index (socket->sent, 0), -1, NULL);
  g_autofree char *text = genos_nip01_message_event_for (req->subscription, event);

  socket_memory_say (socket, text);
}

static void
refuse (GenosNostrPool *pool, const char *url, guint n)
{
  for (guint i = 0; i < n; i++) {
    g_autoptr (GenosNip01Event) event = announce_on (pool, url);
    g_autofree char *ok = genos_nip01_message_ok (event->id, FALSE, "blocked: not you");

    socket_memory_say (last_socket (url), ok);
  }
}

#define BAD "ws://bad.example"
#define GOOD "ws://good.example"
static const char *const bad_and_good[] = { BAD, GOOD, NULL };

static void
test_trouble_is_left (void)
{
  g_autoptr (GenosNostrPool) pool = genos_nostr_pool_new_with_config (bad_and_good, &config, NULL);
  guint n;

  genos_nostr_pool_subscribe (pool, 20001, "t");
  genos_nostr_pool_start (pool);
  socket_memory_opened (last_socket (BAD));
  socket_memory_opened (last_socket (GOOD));
  /* Alone it is kept, whatever it does. */
  refuse (pool, BAD, 5);
  g_assert_true (relay_is (pool, 0, "open"));
  serve (pool, GOOD);
  g_assert_cmpuint (genos_nostr_pool_get_n_well (pool), ==, 1);
  g_assert_true (relay_is (pool, 0, "left"));
  g_assert_true (genos_nostr_pool_may_announce (pool, NULL));
  g_assert_false (genos_nostr_pool_may_announce (pool, BAD));
  /* None is left that serves: back to it. */
  n = socket_memory_count ();
  socket_memory_lost (last_socket (GOOD), GENOS_ERROR_CLOSED);
  g_assert_true (relay_is (pool, 0, "opening"));
  g_assert_cmpuint (socket_memory_count (), >, n);
  genos_nostr_pool_stop (pool);
  g_clear_pointer (&socket_memory_all, g_ptr_array_unref);
}

static void
lose_last (guint n)
{
  guint count = socket_memory_count ();

  for (guint i = 0; i < n; i++) {
    SocketMemory *bad = last_socket (BAD);
    SocketMemory *good = last_socket (GOOD);

    socket_memory_lost (bad, GENOS_ERROR_CLOSED);
    socket_memory_lost (good, GENOS_ERROR_CLOSED);
    count += 2;
    genos_test_wait_until (socket_memory_count () == count);
  }
}

/* The network was away: whoever is back first does not cost the others ten minutes. */
static void
test_outage_is_forgiven (void)
{
  g_autoptr (GenosNostrPool) pool = genos_nostr_pool_new_with_config (bad_and_good, &config, NULL);

  genos_nostr_pool_subscribe (pool, 20001, "t");
  genos_nostr_pool_start (pool);
  lose_last (6);
  socket_memory_opened (last_socket (GOOD));
  serve (pool, GOOD);
  g_assert_cmpuint (genos_nostr_pool_get_n_well (pool), ==, 1);
  g_assert_true (relay_is (pool, 0, "opening"));
  socket_memory_opened (last_socket (BAD));
  serve (pool, BAD);
  g_assert_cmpuint (genos_nostr_pool_get_n_well (pool), ==, 2);
  /* What goes on failing beside it is left. */
  for (guint i = 0; i < 4; i++) {
    SocketMemory *bad = last_socket (BAD);

    g_assert_false (relay_is (pool, 0, "left"));
    socket_memory_lost (bad, GENOS_ERROR_CLOSED);
    if (i < 3)
      genos_test_wait_until (last_socket (BAD) != bad);
  }
  g_assert_true (relay_is (pool, 0, "left"));
  genos_nostr_pool_stop (pool);
  g_clear_pointer (&socket_memory_all, g_ptr_array_unref);
}

static void
test_empty (void)
{
  const char *const urls[] = { NULL };
  g_autoptr (GenosNostrPool) pool = genos_nostr_pool_new (urls, NULL, NULL);
  g_autoptr (GVariant) stats = genos_nostr_pool_get_stats (pool);

  genos_nostr_pool_start (pool);
  g_assert_cmpuint (genos_nostr_pool_get_n_open (pool), ==, 0);
  g_assert_true (g_variant_is_of_type (stats, G_VARIANT_TYPE ("aa{sv}")));
}

static void
count_closed (GenosNostrPool *pool, const char *url, GError *error, guint *n)
{
  g_assert_cmpstr (url, ==, "wss://later.example");
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_CLOSED);
  ++*n;
}

static void
look_at (const char *url, gboolean healthy, gpointer user_data)
{
  g_string_append_printf (user_data, "%s%s ", healthy ? "+" : "-", url);
}

/* A relay that comes later is subscribed like the others, and can go again. */
static void
test_grows_and_shrinks (void)
{
  const char *const urls[] = { "wss://first.example", NULL };
  g_autoptr (GenosNostrPool) pool = genos_nostr_pool_new_with_config (urls, &config, NULL);
  g_autoptr (GString) seen = g_string_new (NULL);
  guint before = socket_memory_count ();
  guint n_closed = 0;
  SocketMemory *socket;

  g_signal_connect (pool, "relay-closed", G_CALLBACK (count_closed), &n_closed);
  genos_nostr_pool_subscribe (pool, 20001, "t");
  g_assert_false (genos_nostr_pool_add (pool, "WSS://first.example:443/"));
  g_assert_false (genos_nostr_pool_add (pool, "nonsense"));
  genos_nostr_pool_start (pool);
  g_assert_true (genos_nostr_pool_add (pool, "wss://Later.example/"));
  g_assert_cmpuint (socket_memory_count (), ==, before + 2);

  socket = socket_memory_nth (before + 1);
  g_assert_cmpstr (socket->url, ==, "wss://later.example");
  socket_memory_opened (socket);
  g_assert_cmpuint (socket->sent->len, ==, 1);
  g_assert_nonnull (strstr (socket->sent->pdata[0], "\"REQ\""));
  genos_nostr_pool_foreach (pool, look_at, seen);
  g_assert_cmpstr (seen->str, ==, "-wss://first.example +wss://later.example ");

  g_assert_true (genos_nostr_pool_remove (pool, "wss://later.example/"));
  g_assert_true (socket->closed);
  g_assert_cmpuint (n_closed, ==, 1);
  g_assert_false (genos_nostr_pool_remove (pool, "wss://later.example"));
  g_assert_true (genos_nostr_pool_remove (pool, "wss://first.example"));
  g_assert_cmpuint (n_closed, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nostr/nostr-pool/bad-urls", test_bad_urls);
  g_test_add_func ("/nostr/nostr-pool/duplicates-are-merged", test_duplicates_are_merged);
  g_test_add_func ("/nostr/nostr-pool/dead-relay-delays-nobody", test_dead_relay_delays_nobody);
  g_test_add_func ("/nostr/nostr-pool/trouble-is-left", test_trouble_is_left);
  g_test_add_func ("/nostr/nostr-pool/outage-is-forgiven", test_outage_is_forgiven);
  g_test_add_func ("/nostr/nostr-pool/empty", test_empty);
  g_test_add_func ("/nostr/nostr-pool/grows-and-shrinks", test_grows_and_shrinks);
  return g_test_run ();
}
