/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A peer that sends and takes messages: "bench-channels RELAY ROOM DIALECT [PASSWORD]". On stdin:
 *
 *   join                            "joined" when another peer is there
 *   send CHANNEL SIZE COUNT WINDOW PRIORITY
 *                                   COUNT messages, WINDOW of them at once; "begun TIME", "sent TIME"
 *   take CHANNEL COUNT              "got TIME" when that many messages of the channel are in
 *   chat COUNT INTERVAL             lines with their time in them, one each INTERVAL ms; "said"
 *   watch                           from now on lines are told that wait because a processor is taken away
 *   report                          "latency {"all":[µs, …],"free":[…]}" of those that came in; free: nothing of that
 *
 * Times are microseconds of the real-time clock, so that browsers have the same. */

#include <genos/genos.h>

#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench-stops.h"

#define CHAT "chat"
/* As an application would that does not want a file to fill its memory. */
#define MAX_QUEUED (1024 * 1024)

/* µs of the real-time clock */
typedef struct {
  gint64 sent, came;
} Line;

typedef struct {
  GenosRoom *room;
  GHashTable *channels; /* name → GenosChannel */
  GArray *lines;        /* Line: those that came in */
  BenchStops *stops;    /* (nullable) */
  GMainLoop *loop;

  GenosChannel *sending;
  GenosMessage *message;
  guint left;      /* to be sent */
  guint under_way; /* not sent yet */

  char *taking;
  guint missing; /* to be taken */

  guint chats;
} Bench;

static void
say (const char *word)
{
  printf ("%s %" G_GINT64_FORMAT "\n", word, g_get_real_time ());
  fflush (stdout);
}

/* --- taking --- */

static void
note_latency (Bench *bench, GenosMessage *message)
{
  const Line line = { g_ascii_strtoll (genos_message_get_text (message), NULL, 10),
    g_get_real_time () };

  g_array_append_val (bench->lines, line);
}

static void
on_message (GenosChannel *channel, const char *peer_id, GenosMessage *message, Bench *bench)
{
  const char *name = genos_channel_get_name (channel);

  if (g_str_equal (name, CHAT))
    note_latency (bench, message);
  else if (bench->missing > 0 && g_str_equal (name, bench->taking) && --bench->missing == 0)
    say ("got");
}

static GenosChannel *
get_channel (Bench *bench, const char *name)
{
  GenosChannel *channel = g_hash_table_lookup (bench->channels, name);
  g_autoptr (GError) error = NULL;

  if (channel != NULL)
    return channel;
  channel = genos_room_open_channel (bench->room, name, &error);
  if (channel == NULL) {
    fprintf (stderr, "bench-channels: %s\n", error->message);
    exit (1);
  }
  g_object_set (channel, "overflow", GENOS_OVERFLOW_WAIT, "max-queued", (guint64) MAX_QUEUED, NULL);
  g_signal_connect (channel, "message", G_CALLBACK (on_message), bench);
  g_hash_table_insert (bench->channels, g_strdup (name), channel);
  return channel;
}

static void
take (Bench *bench, const char *channel, guint count)
{
  get_channel (bench, channel);
  g_free (bench->taking);
  bench->taking = g_strdup (channel);
  bench->missing = count;
  say ("taking");
}

/* --- sending --- */

static void send_more (Bench *bench);

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Bench *bench = user_data;
  g_autoptr (GError) error = NULL;

  if (!genos_channel_send_finish (GENOS_CHANNEL (source), result, NULL, NULL, &error)) {
    fprintf (stderr, "bench-channels: %s\n", error->message);
    exit (1);
  }
  bench->under_way--;
  send_more (bench);
}

static void
send_more (Bench *bench)
{
  if (bench->left > 0) {
    bench->left--;
    bench->under_way++;
    genos_channel_send_async (bench->sending, bench->message, NULL, NULL, on_sent, bench);
  } else if (bench->under_way == 0) {
    say ("sent");
  }
}

static void
begin_sending (Bench *bench, const char *channel, gsize size, guint count, guint window,
    GenosPriority priority)
{
  guint8 *data = g_malloc (size);
  g_autoptr (GBytes) bytes = NULL;

  for (gsize i = 0; i < size; i++)
    data[i] = (guint8) (i * 31);
  bytes = g_bytes_new_take (data, size);
  g_clear_pointer (&bench->message, genos_message_unref);
  bench->message = genos_message_new_bytes (bytes, NULL);
  bench->sending = get_channel (bench, channel);
  g_object_set (bench->sending, "priority", priority, NULL);
  bench->left = count;
  say ("begun");
  for (guint i = 0; i < MIN (window, count); i++)
    send_more (bench);
}

static gboolean
on_chat (gpointer user_data)
{
  Bench *bench = user_data;
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, g_get_real_time ());
  g_autoptr (GenosMessage) message = genos_message_new_string (text);

  genos_channel_send (get_channel (bench, CHAT), message, NULL, NULL);
  if (--bench->chats > 0)
    return G_SOURCE_CONTINUE;
  say ("said");
  return G_SOURCE_REMOVE;
}

static void
begin_chat (Bench *bench, guint count, guint interval_ms)
{
  g_object_set (get_channel (bench, CHAT), "priority", GENOS_PRIORITY_HIGH, NULL);
  bench->chats = count;
  g_timeout_add (interval_ms, on_chat, bench);
}

static void
print_lines (Bench *bench, gboolean free_only)
{
  const char *comma = "";

  putchar ('[');
  for (guint i = 0; i < bench->lines->len; i++) {
    const Line *line = &g_array_index (bench->lines, Line, i);

    if (free_only && bench->stops != NULL
        && bench_stops_touch (bench->stops, line->sent, line->came))
      continue;
    printf ("%s%" G_GINT64_FORMAT, comma, line->came - line->sent);
    comma = ",";
  }
  putchar (']');
}

static void
report (Bench *bench)
{
  printf ("latency {\"all\":");
  print_lines (bench, FALSE);
  printf (",\"free\":");
  print_lines (bench, TRUE);
  printf ("}\n");
  fflush (stdout);
  g_array_set_size (bench->lines, 0);
}

/* --- the room --- */

static void
on_joined (GenosRoom *room, GenosPeer *peer, Bench *bench)
{
  say ("joined");
}

static void
on_left (GenosRoom *room, GenosPeer *peer, const GError *reason, Bench *bench)
{
  fprintf (stderr, "bench-channels: peer left: %s\n", reason != NULL ? reason->message : "");
}

static void
join (Bench *bench)
{
  g_autoptr (GError) error = NULL;

  if (genos_room_join (bench->room, &error))
    return;
  fprintf (stderr, "bench-channels: %s\n", error->message);
  exit (1);
}

static guint
number (GStrv words, guint i)
{
  return i < g_strv_length (words) ? (guint) g_ascii_strtoull (words[i], NULL, 10) : 0;
}

static void
obey (Bench *bench, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  const char *command = words[0] != NULL ? words[0] : "";

  if (g_str_equal (command, "join"))
    join (bench);
  else if (g_str_equal (command, "send") && words[1] != NULL)
    begin_sending (bench, words[1], number (words, 2), number (words, 3), number (words, 4),
        (GenosPriority) number (words, 5));
  else if (g_str_equal (command, "take") && words[1] != NULL)
    take (bench, words[1], number (words, 2));
  else if (g_str_equal (command, "chat"))
    begin_chat (bench, number (words, 1), number (words, 2));
  else if (g_str_equal (command, "watch") && bench->stops == NULL)
    bench->stops = bench_stops_new ();
  else if (g_str_equal (command, "report"))
    report (bench);
  else
    g_main_loop_quit (bench->loop);
}

static void
on_line (GObject *source, GAsyncResult *result, gpointer data)
{
  GDataInputStream *input = G_DATA_INPUT_STREAM (source);
  Bench *bench = data;
  g_autofree char *line = g_data_input_stream_read_line_finish (input, result, NULL, NULL);

  if (line == NULL) {
    g_main_loop_quit (bench->loop);
    return;
  }
  obey (bench, line);
  g_data_input_stream_read_line_async (input, G_PRIORITY_DEFAULT, NULL, on_line, bench);
}

int
main (int argc, char **argv)
{
  g_autoptr (GInputStream) stdin_stream = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (GDataInputStream) input = g_data_input_stream_new (stdin_stream);
  Bench bench = { .loop = g_main_loop_new (NULL, FALSE) };

  gst_init (&argc, &argv);
  if (argc < 4)
    return 1;
  bench.room = genos_room_new (argv[2]);
  bench.channels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  bench.lines = g_array_new (FALSE, FALSE, sizeof (Line));
  g_object_set (bench.room, "relays", argv[1], "stun-server", "none", NULL);
  gst_util_set_object_arg (G_OBJECT (bench.room), "dialect", argv[3]);
  if (argc > 4)
    g_object_set (bench.room, "password", argv[4], NULL);
  get_channel (&bench, CHAT);
  g_signal_connect (bench.room, "peer-joined", G_CALLBACK (on_joined), &bench);
  g_signal_connect (bench.room, "peer-left", G_CALLBACK (on_left), &bench);
  g_data_input_stream_read_line_async (input, G_PRIORITY_DEFAULT, NULL, on_line, &bench);
  say ("ready");
  g_main_loop_run (bench.loop);

  g_signal_handlers_disconnect_by_data (bench.room, &bench);
  genos_room_leave (bench.room);
  _exit (0);
}
