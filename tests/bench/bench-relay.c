/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How many events a second the relay checks and passes on through one loopback connection, beside
 * how many signatures a second the same core verifies when it does nothing else. Both are counted in
 * processor time of the one thread that works, so that a busy machine does not blur them; wall time
 * is printed too. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <gio/gio.h>

#include <genos/nostr/nostr-event.h>
#include <genos/relay-server/relay-server.h>
#include <genos/wire/hex.h>
#include <genos/wire/nip01-message.h>

#define KIND 22650

typedef struct {
  guint n_events;
  GPtrArray *events;  /* of GenosNip01Event, signed */
  GByteArray *frames; /* all of them, as a client sends them */
  guint frames_back;  /* what the relay answers */
  guint16 port;
  gboolean subscribes;
  gint done;
} Bench;

static double
thread_seconds (void)
{
  struct timespec t;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static double
wall_seconds (void)
{
  return g_get_monotonic_time () / (double) G_USEC_PER_SEC;
}

static void
append_frame (GByteArray *frames, const char *text)
{
  gsize len = strlen (text);
  guint8 header[8] = { 0x81, 0x80 | 126, len >> 8, len & 0xff, 0, 0, 0, 0 };

  if (len < 126) {
    header[1] = 0x80 | len;
    memset (header + 2, 0, 4);
    g_byte_array_append (frames, header, 6);
  } else {
    g_byte_array_append (frames, header, 8);
  }
  g_byte_array_append (frames, (const guint8 *) text, len);
}

static void
make_events (Bench *bench)
{
  g_autoptr (GenosSchnorrKey) key = genos_schnorr_key_new ();

  bench->events = g_ptr_array_new_with_free_func ((GDestroyNotify) genos_nip01_event_free);
  for (guint i = 0; i < bench->n_events; i++) {
    GenosNip01Event *event =
        genos_nip01_event_new (KIND, 1795372095 + i, "{\"peerId\":\"5M2YC5r7cppe2SqCcL7A\"}");

    genos_nip01_event_add_tag (event, "x", "6i2y2n434r14im532vy212h3321304x3y4r49", NULL);
    genos_nostr_event_sign (event, key);
    g_ptr_array_add (bench->events, event);
  }
}

static double
measure_verification (Bench *bench)
{
  double start = thread_seconds ();

  for (guint i = 0; i < bench->n_events; i++) {
    const GenosNip01Event *event = g_ptr_array_index (bench->events, i);
    guint8 id32[32], pubkey32[32], sig64[64];

    if (!genos_hex_decode (event->id, id32, 32) || !genos_hex_decode (event->pubkey, pubkey32, 32)
        || !genos_hex_decode (event->sig, sig64, 64)
        || !genos_schnorr_verify (pubkey32, id32, sig64))
      abort ();
  }
  return bench->n_events / (thread_seconds () - start);
}

static void
read_exactly (GInputStream *in, void *buffer, gsize len)
{
  gsize got;

  if (!g_input_stream_read_all (in, buffer, len, &got, NULL, NULL) || got != len)
    abort ();
}

static gpointer
read_answers (gpointer user_data)
{
  GInputStream *in = user_data;
  Bench *bench = g_object_get_data (G_OBJECT (in), "bench");
  g_autofree guint8 *payload = g_malloc (65536);

  for (guint i = 0; i < bench->frames_back; i++) {
    guint8 header[4];
    gsize len;

    read_exactly (in, header, 2);
    len = header[1];
    if (len == 126) {
      read_exactly (in, header + 2, 2);
      len = header[2] << 8 | header[3];
    }
    read_exactly (in, payload, len);
    if (payload[2] == 'O' && memmem (payload, len, ",true,", 6) == NULL)
      abort ();
  }
  g_atomic_int_set (&bench->done, TRUE);
  g_main_context_wakeup (NULL);
  return NULL;
}

static void
shake_hands (GInputStream *in, GOutputStream *out)
{
  static const char request[] =
      "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
      "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
      "Sec-WebSocket-Version: 13\r\n\r\n";
  guint32 last = 0;

  g_output_stream_write_all (out, request, sizeof request - 1, NULL, NULL, NULL);
  while (last != GUINT32_FROM_BE (0x0a0d0a0d) && last != 0x0d0a0d0a) {
    guint8 byte;

    read_exactly (in, &byte, 1);
    last = last << 8 | byte;
  }
}

static gpointer
run_client (gpointer user_data)
{
  Bench *bench = user_data;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_to_host (client, "127.0.0.1", bench->port, NULL, NULL);
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_autoptr (GInputStream) in = g_buffered_input_stream_new_sized (
      g_io_stream_get_input_stream (G_IO_STREAM (connection)), 65536);
  GThread *reader;

  shake_hands (in, out);
  g_object_set_data (G_OBJECT (in), "bench", bench);
  reader = g_thread_new ("reader", read_answers, in);
  g_output_stream_write_all (out, bench->frames->data, bench->frames->len, NULL, NULL, NULL);
  g_thread_join (reader);
  return NULL;
}

static void
fill_frames (Bench *bench)
{
  bench->frames = g_byte_array_new ();
  bench->frames_back = bench->n_events;
  if (bench->subscribes) {
    append_frame (bench->frames, "[\"REQ\",\"s\",{\"kinds\":[22650]}]");
    bench->frames_back += bench->n_events + 1;
  }
  for (guint i = 0; i < bench->n_events; i++) {
    g_autofree char *text = genos_nip01_message_event (g_ptr_array_index (bench->events, i));

    append_frame (bench->frames, text);
  }
}

static void
measure_relay (Bench *bench, double bare)
{
  g_autoptr (GenosRelayServer) server = genos_relay_server_new ();
  g_autofree char *url = NULL;
  g_autoptr (GUri) uri = NULL;
  GThread *client;
  double cpu, wall;

  g_object_set (server, "max-events-per-second", 0, "max-pending", 1 << 30, NULL);
  if (!genos_relay_server_listen (server, NULL, 0, NULL))
    abort ();
  url = genos_relay_server_dup_url (server);
  uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  bench->port = g_uri_get_port (uri);
  bench->done = FALSE;
  fill_frames (bench);

  cpu = thread_seconds ();
  wall = wall_seconds ();
  client = g_thread_new ("client", run_client, bench);
  while (!g_atomic_int_get (&bench->done))
    g_main_context_iteration (NULL, TRUE);
  cpu = bench->n_events / (thread_seconds () - cpu);
  wall = bench->n_events / (wall_seconds () - wall);
  g_thread_join (client);
  g_byte_array_unref (bench->frames);

  printf ("relay, %s: %.0f events/s (wall clock %.0f), ratio %.2f\n",
      bench->subscribes ? "one subscriber" : "nobody listens", cpu, wall, cpu / bare);
}

int
main (int argc, char **argv)
{
  Bench bench = { .n_events = argc > 1 ? (guint) atoi (argv[1]) : 20000 };
  double bare;

  make_events (&bench);
  bare = measure_verification (&bench);
  printf ("bare verification: %.0f signatures/s\n", bare);
  measure_relay (&bench, bare);
  bench.subscribes = TRUE;
  measure_relay (&bench, bare);
  g_ptr_array_unref (bench.events);
  return 0;
}
