/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "doctor.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "stun-message.h"

/* Asks the STUN server itself: gathering tells nothing where this machine has its public address on
 * an interface of its own. */

#define DEFAULT_PORT 3478
#define FIRST_RETRY_MS 500
#define MAX_TRIES 4

typedef struct {
  Doctor *doctor;
  char *subject;
  GSocket *socket;
  GSource *readable;
  GSocketAddress *server;
  guint retry;
  guint n_tries;
  guint timeout;
  guint8 transaction[STUN_TRANSACTION_SIZE];
  GCancellable *cancellable; /* of the look-up */
  gint64 started;
} Query;

static void
query_unref_sources (Query *self)
{
  if (self->retry != 0)
    g_source_remove (self->retry);
  if (self->timeout != 0)
    g_source_remove (self->timeout);
  self->retry = self->timeout = 0;
  if (self->readable != NULL)
    g_source_destroy (self->readable);
  g_clear_pointer (&self->readable, g_source_unref);
}

static void
finish (Query *self, GSocketAddress *mapped, const char *why)
{
  DoctorReport *report = self->doctor->report;

  query_unref_sources (self);
  if (mapped != NULL) {
    g_autofree char *text = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (mapped));
    gint64 ms = (g_get_monotonic_time () - self->started) / 1000;
    DoctorRow *row = doctor_report_add (report, DOCTOR_CHECK_STUN, self->subject, DOCTOR_OK,
        GENOS_REASON_UNKNOWN, "the outside sees this machine as %s (after %d ms)", text, (int) ms);

    doctor_row_set_value (row, "answer-ms", ms);
  } else {
    /* Peers of the same network need no STUN. */
    doctor_report_add (report, DOCTOR_CHECK_STUN, self->subject, DOCTOR_WARNING,
        GENOS_REASON_STUN_SILENT, "%s", why);
  }
  g_clear_object (&self->socket);
  g_clear_object (&self->server);
  g_clear_object (&self->cancellable);
  doctor_release (self->doctor);
  g_free (self->subject);
  g_free (self);
}

static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  Query *self = user_data;
  g_autoptr (GSocketAddress) mapped = NULL;
  guint8 data[1500];
  gssize size = g_socket_receive (socket, (char *) data, sizeof data, NULL, NULL);

  /* An error may be an ICMP message that the next try overcomes. */
  if (size > 0)
    mapped = stun_message_read_response (data, (gsize) size, self->transaction);
  if (mapped == NULL)
    return G_SOURCE_CONTINUE;
  finish (self, mapped, NULL);
  return G_SOURCE_REMOVE;
}

static gboolean
on_timeout (gpointer user_data)
{
  Query *self = user_data;

  self->timeout = 0;
  if (self->server == NULL)
    g_cancellable_cancel (self->cancellable);
  else
    finish (self, NULL, "no answer over UDP in time");
  return G_SOURCE_REMOVE;
}

static gboolean
ask (gpointer user_data)
{
  Query *self = user_data;
  guint8 request[STUN_HEADER_SIZE];
  guint pause = FIRST_RETRY_MS << self->n_tries;

  stun_message_request (request, self->transaction);
  g_socket_send_to (self->socket, self->server, (const char *) request, sizeof request, NULL, NULL);
  self->retry = ++self->n_tries < MAX_TRIES ? g_timeout_add (pause, ask, self) : 0;
  return G_SOURCE_REMOVE;
}

static void
on_resolved (GObject *enumerator, GAsyncResult *result, gpointer user_data)
{
  Query *self = user_data;
  g_autoptr (GError) error = NULL;

  self->server = g_socket_address_enumerator_next_finish (
      G_SOCKET_ADDRESS_ENUMERATOR (enumerator), result, &error);
  if (self->server != NULL)
    self->socket = g_socket_new (g_socket_address_get_family (self->server), G_SOCKET_TYPE_DATAGRAM,
        G_SOCKET_PROTOCOL_UDP, &error);
  if (self->socket == NULL) {
    finish (self, NULL, error != NULL ? error->message : "its name has no address");
    return;
  }
  g_socket_set_blocking (self->socket, FALSE);
  self->readable = g_socket_create_source (self->socket, G_IO_IN, NULL);
  g_source_set_callback (self->readable, G_SOURCE_FUNC (on_readable), self, NULL);
  g_source_attach (self->readable, NULL);
  ask (self);
}

void
doctor_check_stun (Doctor *self)
{
  g_autoptr (GSocketConnectable) server = NULL;
  g_autoptr (GSocketAddressEnumerator) addresses = NULL;
  g_autoptr (GError) error = NULL;
  const char *name;
  Query *query;

  if (self->stun == NULL) {
    doctor_report_add (self->report, DOCTOR_CHECK_STUN, NULL, DOCTOR_SKIPPED, GENOS_REASON_UNKNOWN,
        "no STUN server is set: peers of the same network only, or by TURN");
    return;
  }
  name = g_str_has_prefix (self->stun, "stun://") ? self->stun + strlen ("stun://") : self->stun;
  server = g_network_address_parse (name, DEFAULT_PORT, &error);
  if (server == NULL) {
    doctor_report_add (self->report, DOCTOR_CHECK_STUN, self->stun, DOCTOR_FAILED,
        GENOS_REASON_UNKNOWN, "%s: write stun://host:port", error->message);
    return;
  }
  query = g_new0 (Query, 1);
  query->doctor = self;
  query->subject = g_strdup (name);
  query->started = g_get_monotonic_time ();
  if (getrandom (query->transaction, sizeof query->transaction, 0) < 0)
    g_error ("no random numbers: %s", g_strerror (errno));
  query->cancellable = g_cancellable_new ();
  query->timeout = g_timeout_add (self->timeout_ms, on_timeout, query);
  doctor_hold (self);
  addresses = g_socket_connectable_enumerate (server);
  g_socket_address_enumerator_next_async (addresses, query->cancellable, on_resolved, query);
}
