/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Peers that join all at once: "bench-crowd RELAY ROOM HERE TOTAL" holds HERE of TOTAL. On stdin:
 * "play", answered by "full" with what each peer of this process saw, when every one of them is linked
 * to all others: milliseconds from the start to each of its links, as a JSON array of arrays. */

#include <genos/genos.h>

#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MAX_PEERS 64

typedef struct {
  GenosRoom *room;
  GArray *links; /* of guint: milliseconds */
  gint64 *started;
} Peer;

typedef struct {
  GPtrArray *peers;
  guint total;
  gint64 started;
  guint n_errors;
  gboolean told;
  GMainLoop *loop;
} Crowd;

static void
on_joined (GenosRoom *room, GenosPeer *other, Peer *peer)
{
  guint ms = (guint) ((g_get_monotonic_time () - *peer->started) / 1000);

  g_array_append_val (peer->links, ms);
}

static void
on_join_error (GenosRoom *room, const char *peer_id, const GError *error, Crowd *crowd)
{
  crowd->n_errors++;
  fprintf (stderr, "bench-crowd: %s: %s\n", peer_id, error->message);
}

static void
peer_free (gpointer data)
{
  Peer *self = data;

  g_signal_handlers_disconnect_by_data (self->room, self);
  genos_room_leave (self->room);
  g_object_unref (self->room);
  g_array_unref (self->links);
  g_free (self);
}

static void
add_peer (Crowd *crowd, const char *relay, const char *name)
{
  Peer *self = g_new0 (Peer, 1);

  self->room = genos_room_new (name);
  self->links = g_array_new (FALSE, FALSE, sizeof (guint));
  self->started = &crowd->started;
  g_object_set (self->room, "relays", relay, "stun-server", "none", NULL);
  g_signal_connect (self->room, "peer-joined", G_CALLBACK (on_joined), self);
  g_signal_connect (self->room, "join-error", G_CALLBACK (on_join_error), crowd);
  g_ptr_array_add (crowd->peers, self);
}

static void
play (Crowd *crowd)
{
  crowd->started = g_get_monotonic_time ();
  for (guint i = 0; i < crowd->peers->len; i++) {
    Peer *peer = g_ptr_array_index (crowd->peers, i);
    g_autoptr (GError) error = NULL;

    if (!genos_room_join (peer->room, &error)) {
      fprintf (stderr, "bench-crowd: %s\n", error->message);
      exit (1);
    }
  }
}

static void
tell (Crowd *crowd)
{
  printf ("full [");
  for (guint i = 0; i < crowd->peers->len; i++) {
    Peer *peer = g_ptr_array_index (crowd->peers, i);

    printf ("%s[", i > 0 ? "," : "");
    for (guint k = 0; k < peer->links->len; k++)
      printf ("%s%u", k > 0 ? "," : "", g_array_index (peer->links, guint, k));
    printf ("]");
  }
  printf ("]\nerrors %u\n", crowd->n_errors);
  fflush (stdout);
}

static gboolean
on_look (gpointer data)
{
  Crowd *crowd = data;

  for (guint i = 0; i < crowd->peers->len; i++) {
    Peer *peer = g_ptr_array_index (crowd->peers, i);
    g_autoptr (GPtrArray) linked = genos_room_get_peers (peer->room);

    if (linked->len + 1 < crowd->total)
      return G_SOURCE_CONTINUE;
  }
  if (!crowd->told)
    tell (crowd);
  crowd->told = TRUE;
  return G_SOURCE_CONTINUE;
}

static void
on_line (GObject *source, GAsyncResult *result, gpointer data)
{
  GDataInputStream *input = G_DATA_INPUT_STREAM (source);
  Crowd *crowd = data;
  g_autofree char *line = g_data_input_stream_read_line_finish (input, result, NULL, NULL);

  if (line == NULL || g_str_equal (line, "quit")) {
    g_main_loop_quit (crowd->loop);
    return;
  }
  if (g_str_equal (line, "play"))
    play (crowd);
  g_data_input_stream_read_line_async (input, G_PRIORITY_DEFAULT, NULL, on_line, crowd);
}

int
main (int argc, char **argv)
{
  g_autoptr (GInputStream) stdin_stream = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (GDataInputStream) input = g_data_input_stream_new (stdin_stream);
  Crowd crowd = { .loop = g_main_loop_new (NULL, FALSE) };
  int here;

  gst_init (&argc, &argv);
  if (argc < 5)
    return 1;
  here = CLAMP (atoi (argv[3]), 1, MAX_PEERS);
  crowd.total = (guint) CLAMP (atoi (argv[4]), here, MAX_PEERS);
  crowd.peers = g_ptr_array_new_with_free_func (peer_free);
  genos_room_prepare ();
  for (int i = 0; i < here; i++)
    add_peer (&crowd, argv[1], argv[2]);
  g_data_input_stream_read_line_async (input, G_PRIORITY_DEFAULT, NULL, on_line, &crowd);
  g_timeout_add (50, on_look, &crowd);
  printf ("ready %d\n", here);
  fflush (stdout);
  g_main_loop_run (crowd.loop);
  /* The operating system tidies up faster than hundreds of links do. */
  _exit (0);
}
