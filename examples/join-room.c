/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* usage: join-room ROOM [RELAY]
 *
 * The smallest program there is: joins a room, tells who comes and goes, and leaves on Ctrl-C.
 * It sends no media and needs no pipeline. */

#include <genos/genos.h>
#include <glib-unix.h>
#include <locale.h>

static void
on_peer_joined (GenosRoom *room, GenosPeer *peer, gpointer user_data)
{
  /* A peer id is what the other side says it is: a name, not a proof. */
  g_print ("joined: %s (%s)\n", genos_peer_get_id (peer), genos_peer_get_kind (peer));
}

static void
on_peer_left (GenosRoom *room, GenosPeer *peer, const GError *reason, gpointer user_data)
{
  g_print ("left:   %s (%s)\n", genos_peer_get_id (peer), reason->message);
}

static void
on_join_error (GenosRoom *room, const char *peer_id, const GError *error, gpointer user_data)
{
  /* Somebody is there with whom no link came about, most often for another password. The rest of
   * the room goes on. */
  g_print ("no link to %s: %s\n", peer_id, error->message);
}

static void
on_warning (GenosRoom *room, const GError *error, gpointer user_data)
{
  g_print ("warning: %s\n", error->message);
}

static gboolean
on_interrupt (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  /* Or g_print() takes the terminal to know ASCII only. */
  setlocale (LC_ALL, "");
  /* Rooms carry media, so GStreamer has to be there, also for a program that uses none. */
  gst_init (&argc, &argv);
  if (argc < 2) {
    g_printerr ("usage: %s ROOM [RELAY]\n", argv[0]);
    return 2;
  }

  g_autoptr (GenosRoom) room = genos_room_new (argv[1]);
  /* Without a relay of one's own the built-in list of public ones is used. */
  if (argc > 2)
    g_object_set (room, "relays", argv[2], NULL);

  g_signal_connect (room, "peer-joined", G_CALLBACK (on_peer_joined), NULL);
  g_signal_connect (room, "peer-left", G_CALLBACK (on_peer_left), NULL);
  g_signal_connect (room, "join-error", G_CALLBACK (on_join_error), NULL);
  g_signal_connect (room, "warning", G_CALLBACK (on_warning), NULL);

  /* Fails for what can never work, a malformed relay URL for instance. A relay that cannot be
   * reached now is tried again, and is no error. */
  if (!genos_room_join (room, &error)) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  g_print ("in “%s” as %s\n", argv[1], genos_room_get_peer_id (room));

  /* Everything happens on this context, on this thread. */
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_unix_signal_add (SIGINT, on_interrupt, loop);
  g_main_loop_run (loop);

  genos_room_leave (room);
  return 0;
}
