/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Who is in which cell of a room, for people to read. Pure. */
typedef struct {
  const char *room;
  const char *self_id;
  guint64 epoch;
  int cell; /* our own; -1: nothing is sealed yet */
  gboolean is_bridge;
  const guint *neighbours; /* the cells ours is joined to */
  gsize n_neighbours;
  GVariant *cells;    /* `aas`, as genos_mesh_get_cells() gives them */
  GHashTable *linked; /* ids that we have links to */
} MeshTable;

/* (transfer full): a line about the room and one for each cell, no wider than @width characters. When that is
 * more than the @height of a terminal, only our own cell has a line, and several cells share each of the others:
 * number, peers, bridge. @height: 0 for any number of lines. */
char *mesh_table_format (const MeshTable *self, guint width, guint height);

/* (transfer full): the same for programs, one line of JSON. */
char *mesh_table_to_json (const MeshTable *self);

G_END_DECLS
