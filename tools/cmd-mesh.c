/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <genos/genos.h>

#include "command.h"
#include "mesh-table.h"
#include "room-options.h"
#include "room-stay.h"

/* `genos mesh`: the cells of a room and who is in them, each time that they change. */

#define DEFAULT_WIDTH 100

typedef struct {
  GenosRoomStay *stay;
  GenosRoom *room;
  GenosMesh *mesh;
  gboolean json;
  gboolean once;
} Monitor;

/* Whoever reads it from a file gets all of it. */
static void
get_size (guint *width, guint *height)
{
  struct winsize size = { 0 };
  gboolean is_terminal = ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0;

  *width = is_terminal && size.ws_col > 20 ? size.ws_col : DEFAULT_WIDTH;
  *height = is_terminal ? size.ws_row : 0;
}

/* (transfer full): a set */
static GHashTable *
list_linked (Monitor *self)
{
  GHashTable *linked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv) roster = genos_mesh_get_roster (self->mesh);

  for (guint i = 0; roster != NULL && roster[i] != NULL; i++) {
    if (genos_room_get_peer (self->room, roster[i]) != NULL)
      g_hash_table_add (linked, g_strdup (roster[i]));
  }
  return linked;
}

static void
print (Monitor *self)
{
  g_autoptr (GVariant) cells = g_variant_ref_sink (genos_mesh_get_cells (self->mesh));
  g_autoptr (GHashTable) linked = list_linked (self);
  gsize n_neighbours = 0;
  g_autofree guint *neighbours = genos_mesh_get_neighbours (self->mesh, &n_neighbours);
  g_autofree char *name = NULL;
  g_autofree char *text = NULL;
  guint width, height;
  MeshTable table = {
    .self_id = genos_room_get_peer_id (self->room),
    .epoch = genos_mesh_get_epoch (self->mesh),
    .cell = genos_mesh_get_cell (self->mesh),
    .is_bridge = genos_mesh_get_is_bridge (self->mesh),
    .neighbours = neighbours,
    .n_neighbours = n_neighbours,
    .cells = cells,
    .linked = linked,
  };

  g_object_get (self->room, "name", &name, NULL);
  table.room = name;
  get_size (&width, &height);
  text = self->json ? mesh_table_to_json (&table) : mesh_table_format (&table, width, height);
  g_print ("%s\n", text);
  fflush (stdout);
}

static void
on_mesh_state (GenosMesh *mesh, Monitor *self)
{
  print (self);
  if (self->once && genos_mesh_get_cell (mesh) >= 0)
    genos_room_stay_end (self->stay);
}

static int
watch (Monitor *self)
{
  gboolean started;

  self->mesh = genos_room_get_mesh (self->room);
  self->stay = genos_room_stay_new (self->room, "mesh");
  g_signal_connect (self->mesh, "mesh-state", G_CALLBACK (on_mesh_state), self);
  started = genos_room_stay_join (self->stay);
  if (started)
    genos_room_stay_run (self->stay);
  g_signal_handlers_disconnect_by_data (self->mesh, self);
  genos_room_stay_free (self->stay);
  return started ? GENOS_EXIT_OK : GENOS_EXIT_FAILED;
}

int
genos_cmd_mesh (int argc, char **argv)
{
  g_auto (GenosRoomOptions) options = { NULL };
  g_autofree char *cells = NULL;
  g_auto (GStrv) words = NULL;
  Monitor monitor = { NULL };
  const GOptionEntry entries[] = { GENOS_ROOM_OPTIONS (&options),
    { "cells", 'c', 0, G_OPTION_ARG_STRING, &cells,
        "peers in a cell, which has to be the same for everybody in the room, or auto (auto)",
        "N" },
    { "once", 'o', 0, G_OPTION_ARG_NONE, &monitor.once, "leave when the cells are known", NULL },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &monitor.json, "print JSON, a line each time", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &words, NULL, "[ROOM]" }, { NULL } };
  g_autoptr (GenosRoom) room = NULL;
  int exit_code;

  if (!genos_command_parse ("mesh",
          "Shows the cells of a room and who is in them, each time that they change.", entries,
          argc, argv, &exit_code))
    return exit_code;
  if (!genos_room_options_take_word (&options, (const char *const *) words, "mesh"))
    return GENOS_EXIT_USAGE;
  room = genos_room_options_make_room (&options, "mesh");
  if (room == NULL)
    return GENOS_EXIT_USAGE;
  g_object_set (room, "cells", cells != NULL ? cells : "auto", NULL);
  monitor.room = room;
  return watch (&monitor);
}
