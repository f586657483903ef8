/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Any number of viewers in one process, each a peer of its own, that take one track and throw its
 * packets away: "bench-viewers RELAY ROOM [separate]", with "separate" viewer N is in ROOM-N. On
 * stdin: "viewers N", answered by "watching" when all of them get packets and "alone" when none is
 * left; "count" prints how many pictures each has got since the last time. */

#include <genos/genos.h>

#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct {
  GenosRoom *room;
  GenosRemoteTrack *track; /* (nullable) */
  gint n_pictures;         /* atomic */
} Viewer;

typedef struct {
  const char *relay;
  const char *room;
  gboolean separate;
  GPtrArray *viewers;
  gboolean told;
  GMainLoop *loop;
} Bench;

static void
say (const char *word)
{
  printf ("%s %" G_GINT64_FORMAT "\n", word, g_get_monotonic_time ());
  fflush (stdout);
}

/* The marker bit ends a picture. */
static void
on_packet (GenosRemoteTrack *track, GstBuffer *packet, gpointer data)
{
  Viewer *viewer = data;
  guint8 head[2];

  if (gst_buffer_extract (packet, 0, head, 2) == 2 && (head[1] & 0x80) != 0)
    g_atomic_int_inc (&viewer->n_pictures);
  gst_buffer_unref (packet);
}

static void
drop_track (Viewer *viewer)
{
  if (viewer->track != NULL)
    genos_remote_track_set_packet_func (viewer->track, NULL, NULL, NULL);
  g_clear_object (&viewer->track);
}

static void
on_track_added (GenosRoom *room, GenosPeer *peer, GenosRemoteTrack *track, Viewer *viewer)
{
  drop_track (viewer);
  viewer->track = g_object_ref (track);
  genos_remote_track_set_packet_func (track, on_packet, viewer, NULL);
}

static void
on_track_removed (GenosRoom *room, GenosPeer *peer, GenosRemoteTrack *track, Viewer *viewer)
{
  if (viewer->track == track)
    drop_track (viewer);
}

static void
free_viewer (gpointer data)
{
  Viewer *viewer = data;

  genos_room_leave (viewer->room);
  g_signal_handlers_disconnect_by_data (viewer->room, viewer);
  drop_track (viewer);
  g_object_unref (viewer->room);
  g_free (viewer);
}

static void
add_viewer (Bench *bench)
{
  Viewer *viewer = g_new0 (Viewer, 1);
  g_autofree char *name = bench->separate
      ? g_strdup_printf ("%s-%u", bench->room, bench->viewers->len)
      : g_strdup (bench->room);
  g_autoptr (GError) error = NULL;

  viewer->room = genos_room_new (name);
  g_object_set (viewer->room, "relays", bench->relay, "stun-server", "", NULL);
  g_signal_connect (viewer->room, "track-added", G_CALLBACK (on_track_added), viewer);
  g_signal_connect (viewer->room, "track-removed", G_CALLBACK (on_track_removed), viewer);
  if (!genos_room_join (viewer->room, &error)) {
    fprintf (stderr, "bench-viewers: %s\n", error->message);
    exit (1);
  }
  g_ptr_array_add (bench->viewers, viewer);
}

static void
set_viewers (Bench *bench, guint n)
{
  if (n < bench->viewers->len)
    g_ptr_array_set_size (bench->viewers, n);
  while (bench->viewers->len < n)
    add_viewer (bench);
  bench->told = FALSE;
}

static gboolean
on_look (gpointer data)
{
  Bench *bench = data;

  if (bench->told)
    return G_SOURCE_CONTINUE;
  for (guint i = 0; i < bench->viewers->len; i++) {
    Viewer *viewer = g_ptr_array_index (bench->viewers, i);

    if (g_atomic_int_get (&viewer->n_pictures) == 0)
      return G_SOURCE_CONTINUE;
  }
  bench->told = TRUE;
  say (bench->viewers->len > 0 ? "watching" : "alone");
  return G_SOURCE_CONTINUE;
}

static void
print_counts (Bench *bench)
{
  printf ("counts [");
  for (guint i = 0; i < bench->viewers->len; i++) {
    Viewer *viewer = g_ptr_array_index (bench->viewers, i);

    printf ("%s%d", i > 0 ? "," : "", g_atomic_int_and ((guint *) &viewer->n_pictures, 0));
  }
  printf ("]\n");
  fflush (stdout);
}

static void
on_line (GObject *source, GAsyncResult *result, gpointer data)
{
  GDataInputStream *input = G_DATA_INPUT_STREAM (source);
  Bench *bench = data;
  g_autofree char *line = g_data_input_stream_read_line_finish (input, result, NULL, NULL);

  if (line == NULL || g_str_equal (line, "quit")) {
    g_main_loop_quit (bench->loop);
    return;
  }
  if (g_str_has_prefix (line, "viewers "))
    set_viewers (bench, (guint) CLAMP (atoi (line + 8), 0, 64));
  else if (g_str_equal (line, "count"))
    print_counts (bench);
  g_data_input_stream_read_line_async (input, G_PRIORITY_DEFAULT, NULL, on_line, bench);
}

int
main (int argc, char **argv)
{
  g_autoptr (GInputStream) stdin_stream = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (GDataInputStream) input = g_data_input_stream_new (stdin_stream);
  Bench bench = {
    .viewers = g_ptr_array_new_with_free_func (free_viewer),
    .loop = g_main_loop_new (NULL, FALSE),
    .told = TRUE,
  };

  gst_init (&argc, &argv);
  if (argc < 3)
    return 1;
  bench.relay = argv[1];
  bench.room = argv[2];
  bench.separate = argc > 3;
  g_data_input_stream_read_line_async (input, G_PRIORITY_DEFAULT, NULL, on_line, &bench);
  g_timeout_add (20, on_look, &bench);
  say ("ready");
  g_main_loop_run (bench.loop);
  g_ptr_array_unref (bench.viewers);
  g_main_loop_unref (bench.loop);
  return 0;
}
