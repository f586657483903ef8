/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-pool-private.h>
#include <genos/nostr/nostr-socket-soup.h>

#include "relay-fixture.h"

#define KIND 22650

static const GenosNostrRelayConfig config = {
  .socket_factory = genos_nostr_socket_soup_new,
  .first_retry_ms = 50,
  .retry_cap_ms = 100,
  .open_timeout_ms = 60000,
};

typedef struct {
  guint opened;
  guint closed;
  guint events;
  GString *notices;
} Heard;

static void
on_opened (GenosNostrPool *pool, const char *url, Heard *heard)
{
  heard->opened++;
}

static void
on_closed (GenosNostrPool *pool, const char *url, GError *error, Heard *heard)
{
  g_assert_nonnull (error);
  heard->closed++;
}

static void
on_event (GenosNostrPool *pool, const char *url, gpointer event, Heard *heard)
{
  heard->events++;
}

static void
on_notice (
    GenosNostrPool *pool, const char *url, const char *text, GenosReason reason, Heard *heard)
{
  g_string_append (heard->notices, text);
}

static GenosNostrPool *
pool_new (const char *const *urls, Heard *heard)
{
  GenosNostrPool *pool = genos_nostr_pool_new_with_config (urls, &config, NULL);

  g_assert_nonnull (pool);
  heard->notices = g_string_new (NULL);
  g_signal_connect (pool, "relay-opened", G_CALLBACK (on_opened), heard);
  g_signal_connect (pool, "relay-closed", G_CALLBACK (on_closed), heard);
  g_signal_connect (pool, "event", G_CALLBACK (on_event), heard);
  g_signal_connect (pool, "notice", G_CALLBACK (on_notice), heard);
  return pool;
}

/* A port nobody answers on: bound, listening, never accepted, so that not even a refusal comes. */
static GSocket *
mute_port_new (char **url)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, 0, NULL);

  g_assert_true (g_socket_bind (socket, address, FALSE, NULL));
  g_assert_true (g_socket_listen (socket, NULL));
  bound = g_socket_get_local_address (socket, NULL);
  *url = g_strdup_printf (
      "ws://127.0.0.1:%u/", g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
  return socket;
}

static void
test_dead_relays_delay_nobody (void)
{
  g_autoptr (GenosRelayServer) server = relay_new ();
  g_autofree char *url = genos_relay_server_dup_url (server);
  g_autofree char *mute_url = NULL;
  g_autoptr (GSocket) mute = mute_port_new (&mute_url);
  const char *const urls[] = { mute_url, "ws://127.0.0.1:1/", "ws://nowhere.invalid/", url, NULL };
  Heard heard = { 0 };
  g_autoptr (GenosNostrPool) pool = pool_new (urls, &heard);
  g_autoptr (GenosNip01Event) event = signed_event (KIND, "t", "{}");
  g_autoptr (GenosNip01Event) other = signed_event (KIND, "u", "{}");
  g_autoptr (GVariant) stats = NULL;
  g_autoptr (GVariant) first = NULL;
  const char *state;

  genos_nostr_pool_subscribe (pool, KIND, "t");
  genos_nostr_pool_start (pool);
  genos_test_wait_until (heard.opened == 1);
  event->created_at = g_get_real_time () / G_USEC_PER_SEC + 60;
  {
    g_autoptr (GenosSchnorrKey) key = genos_schnorr_key_new ();

    genos_nostr_event_sign (event, key);
  }
  g_assert_cmpuint (genos_nostr_pool_publish (pool, other, url), ==, 1);
  g_assert_cmpuint (genos_nostr_pool_publish (pool, event, NULL), ==, 1);
  genos_test_wait_until (heard.events == 1);
  /* The first in the list is still hoped for. */
  stats = genos_nostr_pool_get_stats (pool);
  first = g_variant_get_child_value (stats, 0);
  g_assert_true (g_variant_lookup (first, "state", "&s", &state));
  g_assert_cmpstr (state, ==, "opening");
  g_assert_cmpuint (genos_nostr_pool_get_n_open (pool), ==, 1);
  genos_test_wait_until (heard.closed >= 2);
  genos_nostr_pool_stop (pool);
  genos_test_wait_until (relay_count (server) == 0);
  g_string_free (heard.notices, TRUE);
}

static void
test_survives_a_restart (void)
{
  g_autoptr (GenosRelayServer) server = relay_new ();
  g_autofree char *url = genos_relay_server_dup_url (server);
  g_autoptr (GUri) uri = g_uri_parse (url, 0, NULL);
  const char *const urls[] = { url, NULL };
  Heard heard = { 0 };
  g_autoptr (GenosNostrPool) pool = pool_new (urls, &heard);
  g_autoptr (GenosNip01Event) event = NULL;

  genos_nostr_pool_subscribe (pool, KIND, "t");
  genos_nostr_pool_start (pool);
  genos_test_wait_until (heard.opened == 1);
  genos_relay_server_stop (server);
  genos_test_wait_until (heard.closed >= 1);
  g_assert_cmpuint (genos_nostr_pool_get_n_open (pool), ==, 0);

  g_assert_true (genos_relay_server_listen (server, NULL, g_uri_get_port (uri), NULL));
  genos_test_wait_until (heard.opened == 2);
  event = genos_nip01_event_new (KIND, g_get_real_time () / G_USEC_PER_SEC + 60, "{}");
  genos_nip01_event_add_tag (event, "x", "t", NULL);
  {
    g_autoptr (GenosSchnorrKey) key = genos_schnorr_key_new ();

    genos_nostr_event_sign (event, key);
  }
  genos_nostr_pool_publish (pool, event, NULL);
  genos_test_wait_until (heard.events == 1);
  g_string_free (heard.notices, TRUE);
}

/* What a hostile relay says to everybody who comes. */
static void
on_hostile_request (SoupServer *server, SoupServerMessage *message, const char *path,
    SoupWebsocketConnection *socket, gpointer user_data)
{
  GPtrArray *texts = user_data;

  for (guint i = 0; i < texts->len; i++)
    soup_websocket_connection_send_text (socket, g_ptr_array_index (texts, i));
  g_object_set_data_full (G_OBJECT (server), "kept", g_object_ref (socket), g_object_unref);
}

static SoupServer *
hostile_new (GPtrArray *texts, char **url)
{
  SoupServer *server = soup_server_new (NULL, NULL);
  GSList *uris;

  soup_server_add_websocket_handler (server, NULL, NULL, NULL, on_hostile_request, texts, NULL);
  g_assert_true (soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, NULL));
  uris = soup_server_get_uris (server);
  *url = g_strdup_printf ("ws://127.0.0.1:%d/", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return server;
}

static guint64
get_stat (GenosNostrPool *pool, const char *name)
{
  g_autoptr (GVariant) stats = genos_nostr_pool_get_stats (pool);
  g_autoptr (GVariant) first = g_variant_get_child_value (stats, 0);
  guint64 value = 0;

  g_assert_true (g_variant_lookup (first, name, "t", &value));
  return value;
}

static void
test_junk_is_counted (void)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *url = NULL;
  g_autoptr (SoupServer) server = NULL;
  g_autoptr (GenosNip01Event) event = signed_event (KIND, "t", "{}");
  Heard heard = { 0 };
  g_autoptr (GenosNostrPool) pool = NULL;

  g_ptr_array_add (texts, g_strdup ("junk"));
  g_ptr_array_add (texts, g_strdup ("[]"));
  g_ptr_array_add (texts, genos_nip01_message_event_for ("unknown", event));
  g_ptr_array_add (texts, genos_nip01_message_ok (event->id, FALSE, "pow: 30 bits"));
  server = hostile_new (texts, &url);
  pool = pool_new ((const char *const[]){ url, NULL }, &heard);
  genos_nostr_pool_subscribe (pool, KIND, "t");
  genos_nostr_pool_start (pool);
  genos_test_wait_until (heard.notices->len > 0);
  g_assert_cmpstr (heard.notices->str, ==, "pow: 30 bits");
  g_assert_cmpuint (get_stat (pool, "dropped-malformed"), ==, 2);
  g_assert_cmpuint (get_stat (pool, "dropped-unsubscribed"), ==, 1);
  g_assert_cmpuint (get_stat (pool, "dropped"), ==, 3);
  g_assert_cmpuint (genos_nostr_pool_publish (pool, event, NULL), ==, 0);
  g_assert_cmpuint (heard.events, ==, 0);
  genos_nostr_pool_stop (pool);
  g_string_free (heard.notices, TRUE);
}

static void
test_oversized_ends_it (void)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *url = NULL;
  g_autoptr (SoupServer) server = NULL;
  Heard heard = { 0 };
  g_autoptr (GenosNostrPool) pool = NULL;

  g_ptr_array_add (texts, g_strnfill (GENOS_NOSTR_SOCKET_MAX_MESSAGE + 1, 'a'));
  server = hostile_new (texts, &url);
  pool = pool_new ((const char *const[]){ url, NULL }, &heard);
  genos_nostr_pool_start (pool);
  genos_test_wait_until (heard.closed == 2);
  g_assert_cmpuint (get_stat (pool, "dropped-oversized"), >=, 2);
  genos_nostr_pool_stop (pool);
  g_string_free (heard.notices, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/relay-pool/dead-relays-delay-nobody", test_dead_relays_delay_nobody);
  g_test_add_func ("/relay-pool/survives-a-restart", test_survives_a_restart);
  g_test_add_func ("/relay-pool/junk-is-counted", test_junk_is_counted);
  g_test_add_func ("/relay-pool/oversized-ends-it", test_oversized_ends_it);
  return g_test_run ();
}
