/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "turn-question.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "stun-message.h"

#define DEFAULT_PORT 3478 /* RFC 8656 */
#define DEFAULT_TLS_PORT 5349
/* Over UDP, as RFC 8489 doubles them. */
#define FIRST_RETRY_MS 500
#define MAX_TRIES 4
#define UNAUTHENTICATED 401

typedef struct {
  TurnAnswered answered;
  gpointer user_data;
  gboolean udp;
  GSocketConnection *connection;
  GCancellable *cancellable;
  GSource *timeout;
  GSource *retry;
  guint n_tries;
  gboolean out_of_time;
  guint8 transaction[STUN_TRANSACTION_SIZE];
  guint8 data[1500];
  gsize size;
} Question;

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
question_free (Question *self)
{
  clear_source (&self->timeout);
  clear_source (&self->retry);
  g_clear_object (&self->connection);
  g_clear_object (&self->cancellable);
  g_free (self);
}

static void
finish (Question *self, GenosReason reason, const char *evidence, const char *next)
{
  TurnAnswer answer = { reason, evidence, next };

  self->answered (&answer, self->user_data);
  question_free (self);
}

static GSource *
add_timer (guint ms, GSourceFunc func, Question *self)
{
  GSource *source = g_timeout_source_new (ms);

  g_source_set_callback (source, func, self, NULL);
  g_source_attach (source, NULL);
  return source;
}

/* --- what came of it */

static void
finish_with_error (Question *self, const GError *error)
{
  g_autofree char *evidence = NULL;

  if (self->out_of_time) {
    finish (self, GENOS_REASON_UNREACHABLE,
        self->udp ? "it says nothing over UDP" : "it says nothing over TCP",
        "see whether the server runs, and whether a firewall lets it be reached");
  } else if (error->domain == G_RESOLVER_ERROR) {
    finish (self, GENOS_REASON_DNS_FAILED, error->message, NULL);
  } else if (error->domain == G_TLS_ERROR) {
    evidence = g_strdup_printf ("TLS failed: %s", error->message);
    finish (self, GENOS_REASON_TLS_FAILED, evidence,
        "see whether its certificate is valid, for this name, and from an authority that this "
        "machine trusts");
  } else {
    finish (self, GENOS_REASON_UNREACHABLE, error->message, NULL);
  }
}

static void
finish_with_refusal (Question *self, guint code)
{
  g_autofree char *evidence = NULL;

  if (code == UNAUTHENTICATED) {
    finish (self, GENOS_REASON_TURN_REFUSED,
        "it answers, and lends no address to this user with this password",
        "see whether user and password are right, and whether the server limits who may be reached "
        "through it");
    return;
  }
  evidence = g_strdup_printf ("it answers, and refuses with the code %u", code);
  finish (self, GENOS_REASON_TURN_REFUSED, evidence, "ask who runs the server, or read its log");
}

/* FALSE: the answer is not whole. */
static gboolean
judge (Question *self)
{
  guint code;

  if (stun_message_is_allocation (self->data, self->size, self->transaction)) {
    finish (self, GENOS_REASON_TURN_REFUSED,
        "it lends addresses to everybody, and lent none that can be used from here", NULL);
    return TRUE;
  }
  code = stun_message_read_refusal (self->data, self->size, self->transaction);
  if (code == 0)
    return FALSE;
  finish_with_refusal (self, code);
  return TRUE;
}

/* --- asking */

static void read_more (Question *self);

static void
on_read (GObject *stream, GAsyncResult *result, gpointer user_data)
{
  Question *self = user_data;
  g_autoptr (GError) error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (stream), result, &error);

  /* Over UDP an error is an ICMP message: when nobody listens it comes for each try. */
  if (n < 0 && self->udp && !self->out_of_time && self->n_tries < MAX_TRIES) {
    read_more (self);
    return;
  }
  if (n < 0) {
    finish_with_error (self, error);
    return;
  }
  self->size += (gsize) n;
  if (judge (self))
    return;
  if (n == 0 || (!self->udp && self->size == sizeof self->data)) {
    finish (self, GENOS_REASON_PROTOCOL, "what answers there is no TURN server",
        "see whether the port is right");
    return;
  }
  if (self->udp)
    self->size = 0;
  read_more (self);
}

static void
read_more (Question *self)
{
  GInputStream *stream = g_io_stream_get_input_stream (G_IO_STREAM (self->connection));

  g_input_stream_read_async (stream, self->data + self->size, sizeof self->data - self->size,
      G_PRIORITY_DEFAULT, self->cancellable, on_read, self);
}

static gboolean
on_retry (gpointer user_data)
{
  Question *self = user_data;
  GSocket *socket = g_socket_connection_get_socket (self->connection);
  guint8 request[STUN_ALLOCATE_SIZE];
  guint pause = FIRST_RETRY_MS << self->n_tries;

  stun_message_allocate (request, self->transaction);
  g_socket_send (socket, (const char *) request, sizeof request, NULL, NULL);
  clear_source (&self->retry);
  if (++self->n_tries < MAX_TRIES)
    self->retry = add_timer (pause, on_retry, self);
  return G_SOURCE_REMOVE;
}

static void
on_written (GObject *stream, GAsyncResult *result, gpointer user_data)
{
  Question *self = user_data;
  g_autoptr (GError) error = NULL;

  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (stream), result, NULL, &error))
    read_more (self);
  else
    finish_with_error (self, error);
}

static void
on_connected (GObject *client, GAsyncResult *result, gpointer user_data)
{
  Question *self = user_data;
  g_autoptr (GError) error = NULL;
  GOutputStream *stream;

  self->connection =
      g_socket_client_connect_to_host_finish (G_SOCKET_CLIENT (client), result, &error);
  if (self->connection == NULL) {
    finish_with_error (self, error);
    return;
  }
  if (self->udp) {
    on_retry (self);
    read_more (self);
    return;
  }
  stream = g_io_stream_get_output_stream (G_IO_STREAM (self->connection));
  stun_message_allocate (self->data, self->transaction);
  g_output_stream_write_all_async (stream, self->data, STUN_ALLOCATE_SIZE, G_PRIORITY_DEFAULT,
      self->cancellable, on_written, self);
}

static gboolean
on_timeout (gpointer user_data)
{
  Question *self = user_data;

  self->out_of_time = TRUE;
  clear_source (&self->timeout);
  clear_source (&self->retry);
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_REMOVE;
}

static gboolean
on_no_url (gpointer user_data)
{
  finish (user_data, GENOS_REASON_UNKNOWN, "it is no URL of a TURN server", NULL);
  return G_SOURCE_REMOVE;
}

void
turn_question_ask (const char *url, guint timeout_ms, TurnAnswered answered, gpointer user_data)
{
  g_autoptr (GUri) uri =
      g_uri_parse (url, G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_NON_DNS | G_URI_FLAGS_ENCODED, NULL);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  gboolean tls = g_str_has_prefix (url, "turns:");
  Question *self = g_new0 (Question, 1);

  self->answered = answered;
  self->user_data = user_data;
  if (uri == NULL || g_uri_get_host (uri) == NULL) {
    g_idle_add (on_no_url, self);
    return;
  }
  if (getrandom (self->transaction, sizeof self->transaction, 0) < 0)
    g_error ("no random numbers: %s", g_strerror (errno));
  self->udp = !tls && g_strcmp0 (g_uri_get_query (uri), "transport=tcp") != 0;
  self->cancellable = g_cancellable_new ();
  self->timeout = add_timer (timeout_ms, on_timeout, self);
  if (self->udp) {
    g_socket_client_set_socket_type (client, G_SOCKET_TYPE_DATAGRAM);
    g_socket_client_set_protocol (client, G_SOCKET_PROTOCOL_UDP);
  }
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_tls (client, tls);
  g_socket_client_connect_to_host_async (client, g_uri_get_host (uri),
      g_uri_get_port (uri) > 0 ? (guint16) g_uri_get_port (uri)
          : tls                ? DEFAULT_TLS_PORT
                               : DEFAULT_PORT,
      self->cancellable, on_connected, self);
}
