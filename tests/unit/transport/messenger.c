/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/messenger.h>

#include "../../common/peer-link-local.h"
#include "../../common/test-wait.h"

#include <string.h>

typedef struct {
  GenosPeerLink *links[2];
  GenosMessenger *messengers[2];
  GPtrArray *log; /* "type:text" of what arrives at side 1 */
  GString *order; /* first bytes of the frames that leave side 0 */
  guint n_progress;
  gdouble last_progress;
  guint n_dropped;
  guint n_silent;
  guint n_revived;
  gdouble sent_fraction;
  guint n_done;
  GError *done_error;
} Fixture;

static void
on_message (GenosMessenger *messenger, GenosAssembledMessage *message, Fixture *fixture)
{
  gsize size;
  const char *data = g_bytes_get_data (message->payload, &size);

  g_ptr_array_add (fixture->log,
      size > 16 ? g_strdup_printf ("%s:%" G_GSIZE_FORMAT "%s", message->type, size,
          message->metadata != NULL ? message->metadata : "")
                : g_strdup_printf ("%s:%.*s", message->type, (int) size, data));
}

static void
on_progress (GenosMessenger *messenger, const char *type, gdouble fraction, const char *metadata,
    Fixture *fixture)
{
  fixture->n_progress++;
  /* Another message begins after the last chunk of one. */
  g_assert_true (fraction >= fixture->last_progress || fixture->last_progress == 1.0);
  fixture->last_progress = fraction;
}

static void
on_dropped (GenosMessenger *messenger, const GError *error, Fixture *fixture)
{
  g_assert_nonnull (error);
  fixture->n_dropped++;
}

static void
on_revived (GenosMessenger *messenger, Fixture *fixture)
{
  fixture->n_revived++;
}

static void
on_silent (GenosMessenger *messenger, Fixture *fixture)
{
  fixture->n_silent++;
}

static void
spin (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->log = g_ptr_array_new_with_free_func (g_free);
  fixture->order = g_string_new (NULL);
  peer_link_local_new_pair (&fixture->links[0], &fixture->links[1]);
  for (guint i = 0; i < 2; i++) {
    fixture->messengers[i] =
        genos_messenger_new (fixture->links[i], genos_dialect_lookup ("genosrtc"));
    g_signal_connect (fixture->messengers[i], "revived", G_CALLBACK (on_revived), fixture);
    g_signal_connect (fixture->messengers[i], "silent", G_CALLBACK (on_silent), fixture);
  }
  g_signal_connect (fixture->messengers[1], "message", G_CALLBACK (on_message), fixture);
  g_signal_connect (fixture->messengers[1], "progress", G_CALLBACK (on_progress), fixture);
  g_signal_connect (fixture->messengers[1], "dropped", G_CALLBACK (on_dropped), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 2; i++) {
    genos_peer_link_close (fixture->links[i]);
    spin ();
    g_assert_finalize_object (fixture->messengers[i]);
    g_assert_finalize_object (fixture->links[i]);
  }
  g_ptr_array_unref (fixture->log);
  g_string_free (fixture->order, TRUE);
  g_clear_error (&fixture->done_error);
}

static void
on_sent (gdouble fraction, gboolean done, const GError *error, gpointer data)
{
  Fixture *fixture = data;

  fixture->sent_fraction = fraction;
  if (done)
    fixture->n_done++;
  if (error != NULL) {
    g_clear_error (&fixture->done_error);
    fixture->done_error = g_error_copy (error);
  }
}

static guint64
send_bytes (Fixture *fixture, const char *type, gsize size, const char *metadata, GError **error)
{
  g_autoptr (GBytes) payload = g_bytes_new_take (g_malloc0 (size), size);

  const GenosOutgoing outgoing = { type, GENOS_PAYLOAD_BINARY, payload, metadata,
    .priority = GENOS_PRIORITY_NORMAL, .progress = on_sent, .user_data = fixture };

  return genos_messenger_send (fixture->messengers[0], &outgoing, error);
}

static guint64
send_text (Fixture *fixture, const char *type, const char *text)
{
  g_autoptr (GBytes) payload = g_bytes_new (text, strlen (text));

  const GenosOutgoing outgoing = { type, GENOS_PAYLOAD_STRING, payload, NULL,
    .priority = GENOS_PRIORITY_NORMAL };

  return genos_messenger_send (fixture->messengers[0], &outgoing, NULL);
}

static const char *
entry (Fixture *fixture, guint index)
{
  return index < fixture->log->len ? g_ptr_array_index (fixture->log, index) : NULL;
}

/* What is sent before the channel is open waits for it. */
static void
test_send (Fixture *fixture, gconstpointer data)
{
  GError *error = NULL;

  g_assert_cmpuint (send_text (fixture, "chat", "early"), >, 0);
  spin ();
  g_assert_cmpstr (entry (fixture, 0), ==, "chat:early");
  g_assert_cmpuint (fixture->n_progress, ==, 0);

  send_bytes (fixture, "file", 100000, "{\"a\":1}", &error);
  g_assert_no_error (error);
  /* Nothing is told before send() has returned. */
  g_assert_cmpuint (fixture->n_done, ==, 0);
  spin ();
  g_assert_cmpstr (entry (fixture, 1), ==, "file:100000{\"a\":1}");
  g_assert_cmpuint (fixture->n_done, ==, 1);
  g_assert_cmpfloat (fixture->sent_fraction, ==, 1.0);
  g_assert_cmpuint (fixture->n_progress, ==, 8);
  g_assert_cmpfloat (fixture->last_progress, ==, 1.0);
  send_text (fixture, "chat", "");
  spin ();
  g_assert_cmpstr (entry (fixture, 2), ==, "chat:");
}

static GBytes *
note_order (GBytes *frame, gpointer data)
{
  const char *bytes = g_bytes_get_data (frame, NULL);

  g_string_append_c (((Fixture *) data)->order, bytes[0] == '@' ? bytes[2] : bytes[0]);
  return g_bytes_ref (frame);
}

/* Signalling overtakes; channels take turns; the messages of one stay in order. */
static void
test_order (Fixture *fixture, gconstpointer data)
{
  PeerLinkLocal *link = PEER_LINK_LOCAL (fixture->links[0]);

  spin ();
  peer_link_local_set_filter (link, note_order, fixture);
  send_bytes (fixture, "a", 3 * 16369, NULL, NULL);
  send_bytes (fixture, "b", 2 * 16369, NULL, NULL);
  send_text (fixture, "a", "x");
  send_text (fixture, "@_signal", "s");
  send_text (fixture, "@_leave", "l");
  spin ();
  g_assert_cmpstr (fixture->order->str, ==, "slababaa");
  g_assert_cmpuint (fixture->log->len, ==, 5);
  g_assert_cmpstr (entry (fixture, 4), ==, "a:x");
}

static void
test_back_pressure (Fixture *fixture, gconstpointer data)
{
  PeerLinkLocal *link = PEER_LINK_LOCAL (fixture->links[0]);
  guint64 n;

  spin ();
  peer_link_local_set_held (link, TRUE);
  send_bytes (fixture, "file", 40 * 16369, NULL, NULL);
  spin ();
  n = peer_link_local_get_n_sent (link);
  g_assert_cmpuint (n, >, 0);
  g_assert_cmpuint (n, <=, 5);
  g_assert_cmpuint (fixture->n_done, ==, 0);
  peer_link_local_set_held (link, FALSE);
  spin ();
  g_assert_cmpuint (peer_link_local_get_n_sent (link), ==, 40);
  g_assert_cmpuint (fixture->n_done, ==, 1);
  g_assert_cmpuint (fixture->log->len, ==, 1);
}

static void
test_limits (Fixture *fixture, gconstpointer data)
{
  GError *error = NULL;

  spin ();
  g_object_set (fixture->messengers[0], "max-queued", (guint64) 50000, NULL);
  g_assert_cmpuint (send_bytes (fixture, "file", 40000, NULL, &error), >, 0);
  g_assert_cmpuint (send_bytes (fixture, "file", 40000, NULL, &error), ==, 0);
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT);
  g_clear_error (&error);
  g_assert_cmpuint (send_text (fixture, "@_signal", "passes"), >, 0);
  spin ();
  g_assert_cmpuint (send_bytes (fixture, "file", 40000, NULL, &error), >, 0);
  spin ();
  g_assert_cmpuint (fixture->n_done, ==, 2);
  g_object_set (fixture->messengers[0], "max-queued", (guint64) 64 << 20, NULL);
  g_assert_cmpuint (send_bytes (fixture, "file", 100 * 16369 + 1, NULL, &error), ==, 0);
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT);
  g_clear_error (&error);
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  PeerLinkLocal *link = PEER_LINK_LOCAL (fixture->links[0]);
  guint64 begun, waiting;

  spin ();
  peer_link_local_set_held (link, TRUE);
  begun = send_bytes (fixture, "file", 40 * 16369, NULL, NULL);
  waiting = send_bytes (fixture, "file", 1000, NULL, NULL);
  spin ();
  g_assert_false (genos_messenger_cancel (fixture->messengers[0], begun));
  g_assert_true (genos_messenger_cancel (fixture->messengers[0], waiting));
  g_assert_false (genos_messenger_cancel (fixture->messengers[0], waiting));
  peer_link_local_set_held (link, FALSE);
  spin ();
  g_assert_cmpuint (fixture->log->len, ==, 1);
}

static void
test_closed (Fixture *fixture, gconstpointer data)
{
  GError *error = NULL;

  spin ();
  peer_link_local_set_held (PEER_LINK_LOCAL (fixture->links[0]), TRUE);
  send_bytes (fixture, "file", 40 * 16369, NULL, NULL);
  spin ();
  genos_peer_link_close (fixture->links[0]);
  g_assert_cmpuint (fixture->n_done, ==, 1);
  g_assert_error (fixture->done_error, GENOS_ERROR, GENOS_ERROR_CLOSED);
  g_assert_cmpuint (send_bytes (fixture, "file", 1, NULL, &error), ==, 0);
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_CLOSED);
  g_clear_error (&error);
}

typedef struct {
  gint64 time;
  GError *error;
  gboolean done;
} PingResult;

static void
on_ping (GObject *object, GAsyncResult *result, gpointer data)
{
  PingResult *ping = data;

  ping->time = genos_messenger_ping_finish (GENOS_MESSENGER (object), result, &ping->error);
  ping->done = TRUE;
}

static void
wait_for_ping (PingResult *ping)
{
  gint64 deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (!ping->done && g_get_monotonic_time () < deadline)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (ping->done);
}

static void
test_ping (Fixture *fixture, gconstpointer data)
{
  PeerLinkLocal *link = PEER_LINK_LOCAL (fixture->links[0]);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  PingResult ping = { 0 };

  spin ();
  genos_messenger_ping_async (fixture->messengers[0], 5000, NULL, on_ping, &ping);
  wait_for_ping (&ping);
  g_assert_no_error (ping.error);
  g_assert_cmpint (ping.time, >=, 0);
  g_assert_cmpuint (fixture->log->len, ==, 0);

  peer_link_local_set_held (link, TRUE);
  ping = (PingResult){ 0 };
  genos_messenger_ping_async (fixture->messengers[0], 20, NULL, on_ping, &ping);
  wait_for_ping (&ping);
  g_assert_error (ping.error, GENOS_ERROR, GENOS_ERROR_TIMED_OUT);
  g_clear_error (&ping.error);

  ping = (PingResult){ 0 };
  genos_messenger_ping_async (fixture->messengers[0], 5000, cancellable, on_ping, &ping);
  g_cancellable_cancel (cancellable);
  wait_for_ping (&ping);
  g_assert_error (ping.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&ping.error);

  /* The late answers belong to those that were given up. */
  ping = (PingResult){ 0 };
  genos_messenger_ping_async (fixture->messengers[0], 5000, NULL, on_ping, &ping);
  peer_link_local_set_held (link, FALSE);
  wait_for_ping (&ping);
  g_assert_no_error (ping.error);
}

static GBytes *
lose (GBytes *frame, gpointer data)
{
  return NULL;
}

static void
iterate_for (guint ms)
{
  gint64 deadline = g_get_monotonic_time () + ms * 1000;

  while (g_get_monotonic_time () < deadline) {
    g_main_context_iteration (NULL, FALSE);
    g_usleep (500);
  }
}

static void
test_heartbeat (Fixture *fixture, gconstpointer data)
{
  PeerLinkLocal *link = PEER_LINK_LOCAL (fixture->links[0]);
  gint64 deadline;

  spin ();
  g_object_set (fixture->messengers[0], "heartbeat-interval", 30, "heartbeat-timeout", 10000, NULL);
  genos_test_wait_until (peer_link_local_get_n_sent (link) >= 2);
  g_assert_cmpuint (fixture->n_silent, ==, 0);

  g_object_set (fixture->messengers[0], "heartbeat-timeout", 200, NULL);
  peer_link_local_set_filter (link, lose, NULL);
  deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  while (fixture->n_silent == 0 && g_get_monotonic_time () < deadline)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (fixture->n_silent, ==, 1);
  g_assert_cmpuint (fixture->n_revived, ==, 0);

  peer_link_local_set_filter (link, NULL, NULL);
  genos_test_wait_until (fixture->n_revived == 1);
}

/* A process that was stopped has heard nobody, which is nobody's fault. */
static void
test_stall (Fixture *fixture, gconstpointer data)
{
  PeerLinkLocal *link = PEER_LINK_LOCAL (fixture->links[0]);
  guint64 n_sent;

  spin ();
  peer_link_local_set_filter (link, lose, NULL);
  g_object_set (fixture->messengers[0], "heartbeat-interval", 30, "heartbeat-timeout", 1000, NULL);
  n_sent = peer_link_local_get_n_sent (link);
  while (peer_link_local_get_n_sent (link) == n_sent)
    g_main_context_iteration (NULL, TRUE);

  g_usleep (3500 * 1000);
  peer_link_local_set_filter (link, NULL, NULL);
  iterate_for (500);
  g_assert_cmpuint (fixture->n_silent, ==, 0);
}

/* On a slow path the ping waits behind what is being sent, which arrives. */
static void
test_slow_path (Fixture *fixture, gconstpointer data)
{
  PeerLinkLocal *link = PEER_LINK_LOCAL (fixture->links[0]);

  spin ();
  peer_link_local_set_filter (link, lose, NULL);
  g_object_set (fixture->messengers[0], "heartbeat-interval", 30, "heartbeat-timeout", 400, NULL);
  for (guint i = 0; i < 15; i++) {
    iterate_for (60);
    genos_peer_link_emit_drained (fixture->links[0]);
  }
  g_assert_cmpuint (fixture->n_silent, ==, 0);
  genos_test_wait_until (fixture->n_silent == 1);
}

static GBytes *
garble (GBytes *frame, gpointer data)
{
  guint *n = data;
  gsize size;
  const guint8 *bytes = g_bytes_get_data (frame, &size);
  guint8 *copy = g_memdup2 (bytes, size);

  /* Bit by bit through the header, then cut to every length below it. */
  if (*n < 15 * 8)
    copy[*n / 8] ^= 1 << (*n % 8);
  else
    size = *n - 15 * 8 + 1;
  (*n)++;
  return g_bytes_new_take (copy, size);
}

static void
test_hostile (Fixture *fixture, gconstpointer data)
{
  guint n = 0;

  spin ();
  peer_link_local_set_filter (PEER_LINK_LOCAL (fixture->links[0]), garble, &n);
  for (guint i = 0; i < 15 * 8 + 14; i++) {
    send_text (fixture, "chat", "hello");
    spin ();
    fixture->last_progress = 0;
  }
  g_assert_cmpuint (n, ==, 15 * 8 + 14);
  g_assert_cmpuint (fixture->n_dropped, >=, 14);
  peer_link_local_set_filter (PEER_LINK_LOCAL (fixture->links[0]), NULL, NULL);
  g_ptr_array_set_size (fixture->log, 0);
  send_text (fixture, "other", "goes on");
  spin ();
  g_assert_cmpstr (entry (fixture, 0), ==, "other:goes on");
}

/* What cannot leave any more when the other side goes is nobody's fault: it fails when the link is closed, and
 * nothing else is told. */
static void
test_closing (Fixture *fixture, gconstpointer data)
{
  spin ();
  g_signal_connect (fixture->messengers[0], "dropped", G_CALLBACK (on_dropped), fixture);
  peer_link_local_set_closing (PEER_LINK_LOCAL (fixture->links[0]));
  send_bytes (fixture, "chat", 10, NULL, NULL);
  spin ();
  g_assert_cmpuint (fixture->n_dropped, ==, 0);
  g_assert_cmpuint (fixture->n_done, ==, 0);
  genos_peer_link_close (fixture->links[1]);
  spin ();
  g_assert_cmpuint (fixture->n_done, ==, 1);
  g_assert_error (fixture->done_error, GENOS_ERROR, GENOS_ERROR_CLOSED);
}

#define add(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);

  add ("/transport/messenger/send", test_send);
  add ("/transport/messenger/order", test_order);
  add ("/transport/messenger/back-pressure", test_back_pressure);
  add ("/transport/messenger/limits", test_limits);
  add ("/transport/messenger/cancel", test_cancel);
  add ("/transport/messenger/closed", test_closed);
  add ("/transport/messenger/closing", test_closing);
  add ("/transport/messenger/ping", test_ping);
  add ("/transport/messenger/heartbeat", test_heartbeat);
  add ("/transport/messenger/stall", test_stall);
  add ("/transport/messenger/slow-path", test_slow_path);
  add ("/transport/messenger/hostile", test_hostile);
  return g_test_run ();
}
