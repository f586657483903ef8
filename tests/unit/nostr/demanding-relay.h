/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/nostr/nostr-event.h>
#include <genos/nostr/nostr-relay.h>

#include <string.h>

#include "../../common/test-wait.h"
#include "socket-memory.h"

/* A relay that wants something before it takes an event, as it says itself or when it refuses one: what the tests of
 * our answers to that share. */

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

static G_GNUC_UNUSED gboolean
on_describe_idle (gpointer user_data)
{
  g_autofree Request *request = user_data;

  request->described (
      document, document != NULL ? strlen (document) : 0, server_time, request->user_data);
  return G_SOURCE_REMOVE;
}

static G_GNUC_UNUSED void
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

static G_GNUC_UNUSED void
on_notice (GenosNostrRelay *relay, const char *text, GenosReason reason, Fixture *f)
{
  f->n_notices++;
  g_free (f->notice);
  f->notice = g_strdup (text);
  f->reason = reason;
}

static G_GNUC_UNUSED void
on_health_changed (GenosNostrRelay *relay, Fixture *f)
{
  f->n_health_changes++;
}

static G_GNUC_UNUSED void
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

static G_GNUC_UNUSED void
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

static G_GNUC_UNUSED void
open_subscribed (Fixture *f)
{
  genos_nostr_relay_subscribe (f->relay, KIND, TOPIC);
  genos_nostr_relay_start (f->relay);
  f->socket = socket_memory_nth (socket_memory_count () - 1);
  socket_memory_opened (f->socket);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static G_GNUC_UNUSED void
open_again (Fixture *f)
{
  guint n = socket_memory_count ();

  socket_memory_lost (f->socket, GENOS_ERROR_CLOSED);
  genos_test_wait_until (socket_memory_count () > n);
  f->socket = socket_memory_nth (n);
  socket_memory_opened (f->socket);
}

/* (transfer full): the nth text that was sent */
static G_GNUC_UNUSED GenosNip01Message *
get_sent (Fixture *f, guint n)
{
  GenosNip01Message *message;

  g_assert_cmpuint (n, <, f->socket->sent->len);
  message = genos_nip01_message_parse (g_ptr_array_index (f->socket->sent, n), -1, NULL);
  g_assert_nonnull (message);
  return message;
}

static G_GNUC_UNUSED guint
n_sent (Fixture *f)
{
  return f->socket->sent->len;
}

static G_GNUC_UNUSED GenosNip01Event *
make_event (Fixture *f, const char *content)
{
  static gint64 serial = 1795372095;
  GenosNip01Event *event = genos_nip01_event_new (KIND, serial++, content);

  genos_nip01_event_add_tag (event, "x", TOPIC, NULL);
  genos_nostr_event_sign (event, f->key);
  return event;
}

static G_GNUC_UNUSED void
say_ok (Fixture *f, const char *id, gboolean accepted, const char *text)
{
  g_autofree char *ok = genos_nip01_message_ok (id, accepted, text);

  socket_memory_say (f->socket, ok);
}

/* What was sent last is refused with those words. */
static G_GNUC_UNUSED void
refuse_last (Fixture *f, const char *text)
{
  g_autoptr (GenosNip01Message) last = get_sent (f, n_sent (f) - 1);

  g_assert_cmpint (last->type, ==, GENOS_NIP01_EVENT);
  say_ok (f, last->event->id, FALSE, text);
}

static G_GNUC_UNUSED void
echo_last (Fixture *f)
{
  g_autoptr (GenosNip01Message) req = get_sent (f, 0);
  g_autoptr (GenosNip01Message) last = get_sent (f, n_sent (f) - 1);
  g_autofree char *text = genos_nip01_message_event_for (req->subscription, last->event);

  socket_memory_say (f->socket, text);
}

static G_GNUC_UNUSED void
say_event_for (Fixture *f, const char *id)
{
  g_autoptr (GenosNip01Event) event = make_event (f, "{}");
  g_autofree char *text = genos_nip01_message_event_for (id, event);

  socket_memory_say (f->socket, text);
}

static G_GNUC_UNUSED gboolean
announce (Fixture *f)
{
  g_autoptr (GenosNip01Event) event = make_event (f, "{\"peerId\":\"a\"}");

  return genos_nostr_relay_announce (f->relay, event);
}

static G_GNUC_UNUSED gboolean
publish (Fixture *f, const char *content)
{
  g_autoptr (GenosNip01Event) event = make_event (f, content);

  return genos_nostr_relay_publish (f->relay, event);
}

static G_GNUC_UNUSED guint
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
