/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "faulty-relay.h"

#include <string.h>

#include <libsoup/soup.h>

#include "faulty-socket.h"

#include <genos/nostr/nostr-event.h>
#include <genos/nostr/nostr-socket-soup.h>
#include <genos/wire/nip01-message.h>

#define N_NOTICES 1000
#define N_COPIES 100
#define N_REPEATS 3
#define HOLD_MS 300

/* strfry's. */
#define MAX_AGE 60
#define MAX_AHEAD 60

struct _FaultyRelay {
  Fault fault;
  guint n_events;
  guint n_passed;
  guint n_auths;
  SoupServer *server;
  FaultySocket *socket; /* of those that do not get as far as a WebSocket */
  GQueue held;          /* of HABIT_REORDERS: EVENT messages with their sockets */
  guint flush;
  GPtrArray *sockets;
  GenosSchnorrKey *key;
  FaultyRelayMeddler meddler;
  gpointer meddler_data;
  guint port;
  char *url;
};

static const char *const names[N_DEMANDS] = { "silent", "refuses", "no-http", "half-open",
  "closes-tcp", "closes-request", "closes-answer", "closes", "closes-on-req", "closes-on-event",
  "closes-mid-frame", "stalls-mid-frame", "closes-subscriptions", "huge-frame", "pow",
  "rate-limited", "auth-required", "blocked", "notices", "junk", "forged", "replayed", "foreign",
  "pow-demand", "auth-demand", "auth-refused", "pace-demand", "clock-ahead", "clock-behind",
  "payment-demand", "short", "more-pow-demand", "slow", "repeats", "reorders", "meddles" };

static const char *const refusals[N_DEMANDS] = {
  [FAULT_POW] = "pow: 30 bits needed",
  [FAULT_RATE_LIMITED] = "rate-limited: slow down",
  [FAULT_AUTH_REQUIRED] = "auth-required: who are you",
  [FAULT_BLOCKED] = "blocked: not you",
};

const char *
fault_name (Fault fault)
{
  return names[fault];
}

static void
say (SoupWebsocketConnection *socket, const char *text)
{
  if (g_object_get_data (G_OBJECT (socket), "stalled") != NULL)
    return;
  if (soup_websocket_connection_get_state (socket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_text (socket, text);
}

static void
say_and_free (SoupWebsocketConnection *socket, char *text)
{
  say (socket, text);
  g_free (text);
}

static void
hang_up (SoupWebsocketConnection *socket)
{
  if (soup_websocket_connection_get_state (socket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (socket, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, "go away");
}

/* A text of 4096 bytes begins, by RFC 6455, section 5.2. */
static void
say_half (SoupWebsocketConnection *socket, gboolean hang_up_then)
{
  GIOStream *stream = soup_websocket_connection_get_io_stream (socket);

  if (g_object_get_data (G_OBJECT (socket), "stalled") != NULL)
    return;
  g_object_set_data (G_OBJECT (socket), "stalled", socket);
  g_output_stream_write (
      g_io_stream_get_output_stream (stream), "\x81\x7e\x10\x00[\"EVE", 9, NULL, NULL);
  if (hang_up_then)
    g_io_stream_close (stream, NULL, NULL);
}

static void
say_junk (SoupWebsocketConnection *socket)
{
  static const char *const junk[] = { "", "junk", "[", "[]", "{}", "null", "[\"EVENT\"]",
    "[\"EVENT\",\"x\",{}]", "[\"EVENT\",7,[]]", "[\"OK\"]", "[\"OK\",\"\",1]", "[\"EOSE\"]",
    "[\"CLOSED\"]", "[\"NOTICE\"]", "[\"NOTICE\",{}]", "[\"WHAT\",1,2,3]", "[[[[[[[[[[[[[[[[",
    "[\"EVENT\",\"x\",{\"id\":\"\",\"pubkey\":null,\"kind\":-1,\"tags\":{},\"sig\":[]}]" };
  g_autofree char *deep = g_strnfill (100000, '[');
  g_autoptr (GBytes) binary = g_bytes_new_static ("\0\xff\xfe", 3);

  for (guint i = 0; i < G_N_ELEMENTS (junk); i++)
    say (socket, junk[i]);
  say (socket, deep);
  soup_websocket_connection_send_message (socket, SOUP_WEBSOCKET_DATA_BINARY, binary);
}

static void
say_notices (SoupWebsocketConnection *socket)
{
  for (guint i = 0; i < N_NOTICES; i++) {
    g_autofree char *text = g_strdup_printf ("notice %u", i);

    say_and_free (socket, genos_nip01_message_notice (text));
  }
}

static void
say_foreign (FaultyRelay *self, SoupWebsocketConnection *socket, const char *subscription,
    const GenosNip01Filter *filter)
{
  static const char *const contents[] = { "", "{}", "[1]", "{\"peerId\":7}", "{\"peerId\":\"\"}",
    "{\"peerId\":\"a b\"}", "{\"peerId\":\"x\",\"offer\":{}}",
    "{\"peerId\":\"x\",\"offer\":{\"type\":\"offer\",\"sdp\":\"1,2$AAAA\"}}" };
  GStrv topics = g_hash_table_lookup (filter->tags, "x");

  for (guint i = 0; i <= G_N_ELEMENTS (contents); i++) {
    gboolean asked = i < G_N_ELEMENTS (contents);
    g_autoptr (GenosNip01Event) event = genos_nip01_event_new (
        g_array_index (filter->kinds, guint, 0), 1795372095 + i, asked ? contents[i] : "{}");

    genos_nip01_event_add_tag (event, "x", asked ? topics[0] : "elsewhere", NULL);
    genos_nostr_event_sign (event, self->key);
    say_and_free (socket, genos_nip01_message_event_for (subscription, event));
    say_and_free (socket, genos_nip01_message_event_for ("nobodys", event));
  }
}

static void
say_forged (SoupWebsocketConnection *socket, const char *subscription, const GenosNip01Event *event)
{
  g_autofree char *text = genos_nip01_message_event_for (subscription, event);
  char *id = strstr (text, event->id);

  id[0] = id[0] == '0' ? '1' : '0';
  say (socket, text);
}

/* The client's own announce is all the room that such a relay knows. */
static void
give_back (FaultyRelay *self, SoupWebsocketConnection *socket, const GenosNip01Event *event)
{
  GHashTable *subscriptions = g_object_get_data (G_OBJECT (socket), "subscriptions");
  const char *id = g_hash_table_lookup (subscriptions, genos_nip01_event_get_tag (event, "x"));

  if (id == NULL)
    return;
  for (guint i = 0; i < N_COPIES; i++) {
    if (self->fault == FAULT_FORGED)
      say_forged (socket, id, event);
    else
      say_and_free (socket, genos_nip01_message_event_for (id, event));
  }
}

/* --- relays that work once their demand is met --- */

static guint
count_zero_bits (const char *id)
{
  guint bits = 0;

  for (; *id == '0'; id++)
    bits += 4;
  return bits + 4 - g_bit_storage ((gulong) MAX (g_ascii_xdigit_value (*id), 0));
}

/* NIP-42: "clients ... kind: 22242 ... at least two tags, one for the relay URL and one for the
 * challenge string"; "created_at should be the current time". */
static gboolean
proves_who (FaultyRelay *self, SoupWebsocketConnection *socket, const GenosNip01Event *event)
{
  const char *relay = genos_nip01_event_get_tag (event, "relay");

  return event->kind == 22242 && genos_nostr_event_verify (event, NULL) && relay != NULL
      && strstr (self->url, relay) != NULL
      && g_strcmp0 (genos_nip01_event_get_tag (event, "challenge"),
             g_object_get_data (G_OBJECT (socket), "challenge"))
      == 0
      && ABS (event->created_at - g_get_real_time () / G_USEC_PER_SEC) < 600;
}

static gboolean
is_known (SoupWebsocketConnection *socket)
{
  return g_object_get_data (G_OBJECT (socket), "known") != NULL;
}

static void
take_auth (FaultyRelay *self, SoupWebsocketConnection *socket, const GenosNip01Event *event)
{
  gboolean accepted = self->fault == DEMAND_AUTH && proves_who (self, socket, event);

  self->n_auths++;
  if (accepted)
    g_object_set_data (G_OBJECT (socket), "known", socket);
  say_and_free (socket,
      genos_nip01_message_ok (event->id, accepted, accepted ? "" : "restricted: not on the list"));
}

static gboolean
take_token (SoupWebsocketConnection *socket)
{
  gint64 *last = g_object_get_data (G_OBJECT (socket), "paid");
  gint64 now = g_get_monotonic_time ();

  if (last == NULL) {
    last = g_new0 (gint64, 1);
    g_object_set_data_full (G_OBJECT (socket), "paid", last, g_free);
  }
  if (*last > now)
    return FALSE;
  *last = MAX (*last, now - G_USEC_PER_SEC) + G_USEC_PER_SEC / FAULTY_RELAY_EVENTS_PER_SECOND;
  return TRUE;
}

static gint64
get_skew (FaultyRelay *self)
{
  if (self->fault == DEMAND_CLOCK_AHEAD)
    return FAULTY_RELAY_SKEW;
  return self->fault == DEMAND_CLOCK_BEHIND ? -FAULTY_RELAY_SKEW : 0;
}

static const char *
judge_time (FaultyRelay *self, const GenosNip01Event *event)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC + get_skew (self);

  if (event->created_at < now - MAX_AGE)
    return "invalid: ephemeral event expired";
  return event->created_at > now + MAX_AHEAD ? "invalid: created_at too late" : NULL;
}

static const char *
judge_work (FaultyRelay *self, const GenosNip01Event *event)
{
  guint bits = count_zero_bits (event->id);

  if (self->fault == DEMAND_POW && bits < FAULTY_RELAY_POW_BITS)
    return "pow: difficulty 3 is less than " G_STRINGIFY (FAULTY_RELAY_POW_BITS);
  if (self->fault == DEMAND_MORE_POW && bits < FAULTY_RELAY_MORE_POW_BITS)
    return "pow: difficulty 3 is less than " G_STRINGIFY (FAULTY_RELAY_MORE_POW_BITS);
  return NULL;
}

/* NULL: it may pass */
static const char *
judge (FaultyRelay *self, SoupWebsocketConnection *socket, const GenosNip01Event *event)
{
  const char *work = judge_work (self, event);

  if (work != NULL)
    return work;
  if ((self->fault == DEMAND_AUTH || self->fault == DEMAND_AUTH_REFUSED) && !is_known (socket))
    return "auth-required: we know our people";
  if (self->fault == DEMAND_PACE && !take_token (socket))
    return "rate-limited: slow down";
  if (self->fault == DEMAND_PAYMENT)
    return "restricted: pay first";
  return judge_time (self, event);
}

/* --- and those with bad habits --- */

typedef struct {
  SoupWebsocketConnection *socket;
  char *text;
} Held;

static void
let_go (Held *held)
{
  say_and_free (held->socket, held->text);
  g_object_unref (held->socket);
  g_free (held);
}

static gboolean
on_late (gpointer user_data)
{
  let_go (user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
on_flush (gpointer user_data)
{
  FaultyRelay *self = user_data;
  Held *held;

  self->flush = 0;
  while ((held = g_queue_pop_tail (&self->held)) != NULL)
    let_go (held);
  return G_SOURCE_REMOVE;
}

/* @text (transfer full) */
static void
give (FaultyRelay *self, SoupWebsocketConnection *socket, char *text)
{
  Held *held = g_new0 (Held, 1);

  held->socket = g_object_ref (socket);
  held->text = text;
  if (self->fault == HABIT_SLOW) {
    g_timeout_add (FAULTY_RELAY_DELAY_MS, on_late, held);
    return;
  }
  if (self->fault == HABIT_REORDERS) {
    g_queue_push_tail (&self->held, held);
    if (self->flush == 0)
      self->flush = g_timeout_add (HOLD_MS, on_flush, self);
    return;
  }
  for (guint i = 1; self->fault == HABIT_REPEATS && i < N_REPEATS; i++)
    say (socket, text);
  let_go (held);
}

void
faulty_relay_pass_on (FaultyRelay *self, const GenosNip01Event *event)
{
  const char *topic = genos_nip01_event_get_tag (event, "x");

  self->n_passed++;
  for (guint i = 0; topic != NULL && i < self->sockets->len; i++) {
    SoupWebsocketConnection *socket = g_ptr_array_index (self->sockets, i);
    GHashTable *subscriptions = g_object_get_data (G_OBJECT (socket), "subscriptions");
    const char *id = g_hash_table_lookup (subscriptions, topic);

    if (id != NULL)
      give (self, socket, genos_nip01_message_event_for (id, event));
  }
}

static void
take_demanding (FaultyRelay *self, SoupWebsocketConnection *socket, const GenosNip01Event *event)
{
  const char *reason = judge (self, socket, event);

  give (self, socket,
      genos_nip01_message_ok (event->id, reason == NULL, reason != NULL ? reason : ""));
  if (reason == NULL && self->meddler != NULL)
    self->meddler (self, event, self->meddler_data);
  else if (reason == NULL)
    faulty_relay_pass_on (self, event);
}

static void
challenge (SoupWebsocketConnection *socket)
{
  char *words = g_strdup_printf ("challenge-%p", socket);
  g_autofree char *text = g_strdup_printf ("[\"AUTH\",\"%s\"]", words);

  g_object_set_data_full (G_OBJECT (socket), "challenge", words, g_free);
  say (socket, text);
}

/* NIP-11, with its own idea of the time. */
static void
on_document (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
    gpointer user_data)
{
  FaultyRelay *self = user_data;
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  g_autoptr (GDateTime) now =
      g_date_time_new_from_unix_utc (g_get_real_time () / G_USEC_PER_SEC + get_skew (self));
  g_autofree char *date = soup_date_time_to_string (now, SOUP_DATE_HTTP);
  g_autofree char *text = NULL;

  if (soup_message_headers_header_contains (
          soup_server_message_get_request_headers (message), "Upgrade", "websocket"))
    return;
  text = g_strdup_printf (
      "{\"name\":\"%s\",\"software\":\"faulty-relay\",\"limitation\":{\"payment_required\":%s%s}}",
      names[self->fault], self->fault == DEMAND_PAYMENT ? "true" : "false",
      self->fault == DEMAND_SHORT ? ",\"max_subid_length\":" G_STRINGIFY (
          FAULTY_RELAY_SUBID_LENGTH) ",\"max_message_length\":" G_STRINGIFY (FAULTY_RELAY_MESSAGE_LENGTH)
                                  : "");
  soup_message_headers_replace (headers, "Date", date);
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (
      message, "application/nostr+json", SOUP_MEMORY_COPY, text, strlen (text));
}

static void
take_req (FaultyRelay *self, SoupWebsocketConnection *socket, const GenosNip01Message *req)
{
  const GenosNip01Filter *filter = g_ptr_array_index (req->filters, 0);
  GStrv topics = g_hash_table_lookup (filter->tags, "x");

  if ((self->fault == DEMAND_AUTH || self->fault == DEMAND_AUTH_REFUSED) && !is_known (socket)) {
    say_and_free (socket,
        genos_nip01_message_closed (req->subscription, "auth-required: we know our people"));
    return;
  }
  g_hash_table_insert (g_object_get_data (G_OBJECT (socket), "subscriptions"), g_strdup (topics[0]),
      g_strdup (req->subscription));
  if (self->fault == FAULT_CLOSES_ON_REQ)
    hang_up (socket);
  else if (self->fault == FAULT_CLOSES_MID_FRAME || self->fault == FAULT_STALLS_MID_FRAME)
    say_half (socket, self->fault == FAULT_CLOSES_MID_FRAME);
  else if (self->fault == FAULT_CLOSES_SUBSCRIPTIONS)
    say_and_free (socket, genos_nip01_message_closed (req->subscription, "error: not today"));
  else if (self->fault == FAULT_FOREIGN)
    say_foreign (self, socket, req->subscription, filter);
  else if (self->fault == FAULT_JUNK)
    say_junk (socket);
  else if (self->fault == FAULT_NOTICES)
    say_notices (socket);
  else if (self->fault == FAULT_HUGE_FRAME)
    say_and_free (socket, g_strnfill (GENOS_NOSTR_SOCKET_MAX_MESSAGE + 1, 'a'));
  else
    say_and_free (socket, genos_nip01_message_eose (req->subscription));
}

static void
on_message (SoupWebsocketConnection *socket, gint type, GBytes *bytes, FaultyRelay *self)
{
  g_autoptr (GenosNip01Message) message =
      genos_nip01_message_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL);

  if (self->fault == FAULT_SILENT)
    return;
  g_assert_nonnull (message);
  if (message->type == GENOS_NIP01_REQ) {
    take_req (self, socket, message);
    return;
  }
  if (message->type == GENOS_NIP01_AUTH) {
    take_auth (self, socket, message->event);
    return;
  }
  if (message->type != GENOS_NIP01_EVENT)
    return;
  self->n_events++;
  if (self->fault >= N_FAULTS)
    take_demanding (self, socket, message->event);
  else if (self->fault == FAULT_CLOSES_ON_EVENT)
    hang_up (socket);
  else if (refusals[self->fault] != NULL)
    say_and_free (
        socket, genos_nip01_message_ok (message->event->id, FALSE, refusals[self->fault]));
  else if (self->fault == FAULT_FORGED || self->fault == FAULT_REPLAYED)
    give_back (self, socket, message->event);
}

static void
on_websocket (SoupServer *server, SoupServerMessage *message, const char *path,
    SoupWebsocketConnection *socket, gpointer user_data)
{
  FaultyRelay *self = user_data;

  g_ptr_array_add (self->sockets, g_object_ref (socket));
  g_object_set_data_full (G_OBJECT (socket), "subscriptions",
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free),
      (GDestroyNotify) g_hash_table_unref);
  g_signal_connect (socket, "message", G_CALLBACK (on_message), self);
  if (self->fault == FAULT_CLOSES)
    hang_up (socket);
  if (self->fault == DEMAND_AUTH || self->fault == DEMAND_AUTH_REFUSED)
    challenge (socket);
}

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
    gpointer user_data)
{
  soup_server_message_set_status (message, SOUP_STATUS_FORBIDDEN, NULL);
}

static void
listen_soup (FaultyRelay *self)
{
  GSList *uris;

  self->server = soup_server_new (NULL, NULL);
  if (self->fault == FAULT_REFUSES)
    soup_server_add_handler (self->server, NULL, on_request, self, NULL);
  else if (self->fault >= N_FAULTS)
    soup_server_add_handler (self->server, NULL, on_document, self, NULL);
  if (self->fault != FAULT_REFUSES)
    soup_server_add_websocket_handler (self->server, NULL, NULL, NULL, on_websocket, self, NULL);
  g_assert_true (soup_server_listen_local (self->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, NULL));
  uris = soup_server_get_uris (self->server);
  self->port = g_uri_get_port (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
}

static gboolean
listen_plain (FaultyRelay *self)
{
  static const struct {
    Fault fault;
    FaultySocketStep step;
    const char *words;
  } steps[] = {
    { FAULT_NO_HTTP, FAULTY_SOCKET_AT_ONCE, "\1\2\xff no http\r\n\r\n" },
    { FAULT_HALF_OPEN, FAULTY_SOCKET_NEVER, "" },
    { FAULT_CLOSES_TCP, FAULTY_SOCKET_AT_ONCE, "" },
    { FAULT_CLOSES_REQUEST, FAULTY_SOCKET_ASKED, "" },
    { FAULT_CLOSES_ANSWER, FAULTY_SOCKET_ASKED,
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: web" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    if (steps[i].fault != self->fault)
      continue;
    self->socket = faulty_socket_new (steps[i].step, steps[i].words);
    self->port = faulty_socket_get_port (self->socket);
    return TRUE;
  }
  return FALSE;
}

FaultyRelay *
faulty_relay_new (Fault fault)
{
  FaultyRelay *self = g_new0 (FaultyRelay, 1);

  self->fault = fault;
  self->sockets = g_ptr_array_new_with_free_func (g_object_unref);
  self->key = genos_schnorr_key_new ();
  if (!listen_plain (self))
    listen_soup (self);
  self->url = g_strdup_printf ("ws://127.0.0.1:%u/", self->port);
  return self;
}

void
faulty_relay_set_meddler (FaultyRelay *self, FaultyRelayMeddler meddler, gpointer user_data)
{
  self->meddler = meddler;
  self->meddler_data = user_data;
}

void
faulty_relay_sign (FaultyRelay *self, GenosNip01Event *event)
{
  genos_nostr_event_sign (event, self->key);
}

const char *
faulty_relay_get_url (FaultyRelay *self)
{
  return self->url;
}

guint
faulty_relay_get_n_events (FaultyRelay *self)
{
  return self->n_events;
}

guint
faulty_relay_get_n_passed (FaultyRelay *self)
{
  return self->n_passed;
}

guint
faulty_relay_get_n_auths (FaultyRelay *self)
{
  return self->n_auths;
}

guint
faulty_relay_stop (FaultyRelay *self)
{
  for (guint i = 0; i < self->sockets->len; i++) {
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->sockets, i), self);
    hang_up (g_ptr_array_index (self->sockets, i));
  }
  g_ptr_array_set_size (self->sockets, 0);
  if (self->server != NULL)
    soup_server_disconnect (self->server);
  g_clear_object (&self->server);
  g_clear_pointer (&self->socket, faulty_socket_free);
  g_clear_handle_id (&self->flush, g_source_remove);
  on_flush (self);
  return self->port;
}

void
faulty_relay_free (FaultyRelay *self)
{
  faulty_relay_stop (self);
  g_ptr_array_unref (self->sockets);
  genos_schnorr_key_unref (self->key);
  g_free (self->url);
  g_free (self);
}
