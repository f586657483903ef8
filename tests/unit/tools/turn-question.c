/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "turn-question.h"

#include <string.h>

#include "../../common/test-wait.h"
#include "stun-message.h"

/* Servers on loopback that answer as TURN servers do, or do not. */

typedef struct {
  guint type;
  guint code; /* 0: no error code */
  gboolean junk;
  gboolean silent;
} Habit;

/* (transfer full): the answer to what is in @data */
static GByteArray *
make_answer (const Habit *habit, const guint8 *data)
{
  const guint8 error[] = { 0, 9, 0, 4, 0, 0, (guint8) (habit->code / 100),
    (guint8) (habit->code % 100) };
  guint8 header[STUN_HEADER_SIZE];
  GByteArray *answer = g_byte_array_new ();

  memcpy (header, data, sizeof header);
  header[0] = (guint8) (habit->type >> 8);
  header[1] = (guint8) habit->type;
  header[2] = 0;
  header[3] = habit->code != 0 ? sizeof error : 0;
  g_byte_array_append (answer, header, sizeof header);
  if (habit->code != 0)
    g_byte_array_append (answer, error, sizeof error);
  return answer;
}

typedef struct {
  GenosReason reason;
  char *evidence;
  char *next;
  guint n;
} Seen;

static void
on_answered (const TurnAnswer *answer, gpointer user_data)
{
  Seen *seen = user_data;

  seen->reason = answer->reason;
  seen->evidence = g_strdup (answer->evidence);
  seen->next = g_strdup (answer->next);
  seen->n++;
}

static void
ask (const char *url, guint timeout_ms, GenosReason reason, const char *words)
{
  Seen seen = { 0 };

  turn_question_ask (url, timeout_ms, on_answered, &seen);
  g_assert_cmpuint (seen.n, ==, 0);
  genos_test_wait_until (seen.n > 0);
  g_test_message ("%s: %s", url, seen.evidence);
  g_assert_cmpint (seen.reason, ==, reason);
  g_assert_nonnull (strstr (seen.evidence, words));
  g_free (seen.evidence);
  g_free (seen.next);
}

/* --- over UDP */

static gboolean
on_datagram (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  const Habit *habit = user_data;
  g_autoptr (GSocketAddress) from = NULL;
  g_autoptr (GByteArray) answer = NULL;
  guint8 data[64];
  gssize size = g_socket_receive_from (socket, &from, (char *) data, sizeof data, NULL, NULL);

  g_assert_cmpint (size, ==, STUN_ALLOCATE_SIZE);
  if (habit->silent)
    return G_SOURCE_CONTINUE;
  answer = make_answer (habit, data);
  /* What is not the answer is passed over. */
  g_socket_send_to (socket, from, "junk", 4, NULL, NULL);
  g_socket_send_to (socket, from, (const char *) answer->data, answer->len, NULL, NULL);
  return G_SOURCE_CONTINUE;
}

static void
ask_over_udp (const Habit *habit, guint timeout_ms, GenosReason reason, const char *words)
{
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocket) socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  g_autoptr (GSocketAddress) where = NULL;
  g_autoptr (GSource) source = NULL;
  g_autofree char *url = NULL;

  g_assert_true (g_socket_bind (socket, any, TRUE, NULL));
  where = g_socket_get_local_address (socket, NULL);
  url = g_strdup_printf (
      "turn://u:p@127.0.0.1:%u", g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (where)));
  source = g_socket_create_source (socket, G_IO_IN, NULL);
  g_source_set_callback (source, G_SOURCE_FUNC (on_datagram), (gpointer) habit, NULL);
  g_source_attach (source, NULL);
  ask (url, timeout_ms, reason, words);
  g_source_destroy (source);
}

static void
test_udp (void)
{
  ask_over_udp (&(Habit){ 0x0113, 401 }, 60000, GENOS_REASON_TURN_REFUSED, "this user");
  ask_over_udp (&(Habit){ 0x0113, 486 }, 60000, GENOS_REASON_TURN_REFUSED, "486");
  ask_over_udp (&(Habit){ 0x0103, 0 }, 60000, GENOS_REASON_TURN_REFUSED, "everybody");
}

static void
test_silence (void)
{
  ask_over_udp (&(Habit){ .silent = TRUE }, 50, GENOS_REASON_UNREACHABLE, "nothing over UDP");
}

/* --- over TCP */

static void
on_request (GObject *stream, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GSocketConnection) connection = user_data;
  const Habit *habit = g_object_get_data (G_OBJECT (connection), "habit");
  g_autoptr (GBytes) request =
      g_input_stream_read_bytes_finish (G_INPUT_STREAM (stream), result, NULL);
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_autoptr (GByteArray) answer = NULL;

  if (request == NULL || g_bytes_get_size (request) < STUN_HEADER_SIZE)
    return;
  answer = make_answer (habit, g_bytes_get_data (request, NULL));
  if (habit->junk)
    memset (answer->data, 'x', answer->len);
  g_output_stream_write_all (out, answer->data, answer->len, NULL, NULL, NULL);
}

static gboolean
on_incoming (
    GSocketService *service, GSocketConnection *connection, GObject *source, gpointer habit)
{
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (connection));

  g_object_set_data (G_OBJECT (connection), "habit", habit);
  g_input_stream_read_bytes_async (
      in, 1024, G_PRIORITY_DEFAULT, NULL, on_request, g_object_ref (connection));
  return TRUE;
}

static void
ask_over_tcp (const Habit *habit, GenosReason reason, const char *words)
{
  g_autoptr (GSocketService) service = g_socket_service_new ();
  g_autofree char *url = NULL;
  guint port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (service), NULL, NULL);

  g_signal_connect (service, "incoming", G_CALLBACK (on_incoming), (gpointer) habit);
  url = g_strdup_printf ("turn://u:p@127.0.0.1:%u?transport=tcp", port);
  ask (url, 60000, reason, words);
  g_socket_service_stop (service);
  g_socket_listener_close (G_SOCKET_LISTENER (service));
}

static void
test_tcp (void)
{
  ask_over_tcp (&(Habit){ 0x0113, 401 }, GENOS_REASON_TURN_REFUSED, "this user");
  ask_over_tcp (&(Habit){ 0x0113, 403 }, GENOS_REASON_TURN_REFUSED, "403");
  ask_over_tcp (&(Habit){ .junk = TRUE }, GENOS_REASON_PROTOCOL, "no TURN server");
}

static void
test_nobody (void)
{
  ask ("turn://u:p@127.0.0.1:1?transport=tcp", 60000, GENOS_REASON_UNREACHABLE, "");
  ask ("turn://u:p@127.0.0.1:1", 60000, GENOS_REASON_UNREACHABLE, "");
  ask ("turn://u:p@turn.invalid:1", 60000, GENOS_REASON_DNS_FAILED, "turn.invalid");
  ask ("nonsense", 60000, GENOS_REASON_UNKNOWN, "no URL");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tools/turn-question/udp", test_udp);
  g_test_add_func ("/tools/turn-question/silence", test_silence);
  g_test_add_func ("/tools/turn-question/tcp", test_tcp);
  g_test_add_func ("/tools/turn-question/nobody", test_nobody);
  return g_test_run ();
}
