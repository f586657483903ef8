/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "room-stay.h"

#include <signal.h>

#include <glib-unix.h>

#include "command.h"
#include "printable.h"

struct _GenosRoomStay {
  GMainLoop *loop;
  GenosRoom *room;
  char *command;
  GenosRoomStayInterrupted interrupted; /* nullable */
  gpointer user_data;
  gboolean over;
};

/* what goes wrong */

void
genos_room_stay_tell (GenosRoomStay *self, const GError *error)
{
  g_autofree char *why = genos_make_printable (error->message);

  g_printerr ("genos %s: %s\n", self->command, why);
}

static void
on_warning (GenosRoom *room, GError *error, GenosRoomStay *self)
{
  genos_room_stay_tell (self, error);
}

static void
on_join_error (GenosRoom *room, const char *peer_id, GError *error, GenosRoomStay *self)
{
  g_autofree char *who = genos_make_printable (peer_id);
  g_autofree char *why = genos_make_printable (error->message);

  g_printerr ("genos %s: %s: %s\n", self->command, who, why);
}

/* the stay */

GenosRoomStay *
genos_room_stay_new (GenosRoom *room, const char *command)
{
  GenosRoomStay *self = g_new0 (GenosRoomStay, 1);

  self->loop = g_main_loop_new (NULL, FALSE);
  self->room = g_object_ref (room);
  self->command = g_strdup (command);
  g_signal_connect (room, "warning", G_CALLBACK (on_warning), self);
  g_signal_connect (room, "join-error", G_CALLBACK (on_join_error), self);
  return self;
}

void
genos_room_stay_free (GenosRoomStay *self)
{
  g_signal_handlers_disconnect_by_data (self->room, self);
  g_object_unref (self->room);
  g_main_loop_unref (self->loop);
  g_free (self->command);
  g_free (self);
}

void
genos_room_stay_set_interrupted (
    GenosRoomStay *self, GenosRoomStayInterrupted interrupted, gpointer user_data)
{
  self->interrupted = interrupted;
  self->user_data = user_data;
}

gboolean
genos_room_stay_join (GenosRoomStay *self)
{
  g_autoptr (GError) error = NULL;

  if (genos_room_join (self->room, &error))
    return TRUE;
  genos_room_stay_tell (self, error);
  return FALSE;
}

void
genos_room_stay_end (GenosRoomStay *self)
{
  self->over = TRUE;
  g_main_loop_quit (self->loop);
}

static gboolean
on_signal (gpointer user_data)
{
  GenosRoomStay *self = user_data;

  if (self->interrupted != NULL)
    self->interrupted (self->user_data);
  else
    genos_room_stay_end (self);
  return G_SOURCE_CONTINUE;
}

static void
on_state_changed (GenosRoom *room, GParamSpec *pspec, GenosRoomStay *self)
{
  if (genos_room_get_state (room) == GENOS_ROOM_IDLE)
    g_main_loop_quit (self->loop);
}

/* The goodbye to peers and relays goes out after the call that says it; the room has a deadline for it. */
static void
leave (GenosRoomStay *self)
{
  genos_room_leave (self->room);
  if (genos_room_get_state (self->room) == GENOS_ROOM_IDLE)
    return;
  g_signal_connect (self->room, "notify::state", G_CALLBACK (on_state_changed), self);
  g_main_loop_run (self->loop);
}

void
genos_room_stay_run (GenosRoomStay *self)
{
  guint sources[] = {
    g_unix_signal_add (SIGINT, on_signal, self),
    g_unix_signal_add (SIGTERM, on_signal, self),
    genos_command_add_hangup (on_signal, self),
  };

  if (!self->over)
    g_main_loop_run (self->loop);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++) {
    if (sources[i] > 0)
      g_source_remove (sources[i]);
  }
  leave (self);
}
