/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a mesh looks like. */

#include <genos/room/cells/mesh-private.h>

#include <string.h>

static const GenosMeshView *
get_view (GenosMesh *self)
{
  return self->overlay != NULL ? genos_mesh_overlay_get_view (self->overlay) : NULL;
}

gboolean
genos_mesh_knows (GenosMesh *self, const char *peer_id)
{
  guint32 peer = self->overlay != NULL ? genos_mesh_find (self, peer_id) : GENOS_MESH_NOBODY;

  return peer != GENOS_MESH_NOBODY
      && genos_mesh_census_knows (genos_mesh_overlay_get_census (self->overlay), peer);
}

gboolean
genos_mesh_is_self (GenosMesh *self, const char *peer_id)
{
  return self->overlay != NULL
      && strcmp (genos_mesh_overlay_get_self_id (self->overlay), peer_id) == 0;
}

guint
genos_mesh_cell_of (GenosMesh *self, const char *peer_id)
{
  const GenosMeshView *view = get_view (self);
  guint32 peer = view != NULL ? genos_mesh_find (self, peer_id) : GENOS_MESH_NOBODY;

  return peer != GENOS_MESH_NOBODY ? genos_mesh_view_cell_of (view, peer) : G_MAXUINT;
}

/**
 * genos_mesh_get_cell_size:
 * @self: a mesh
 *
 * Gets how many peers a cell has, on average.
 *
 * Returns: the size; 0 while the room is not joined, or has no cells
 */
guint
genos_mesh_get_cell_size (GenosMesh *self)
{
  g_return_val_if_fail (GENOS_IS_MESH (self), 0);
  return self->cell_size;
}

/**
 * genos_mesh_get_epoch:
 * @self: a mesh
 *
 * Gets how often a layout was sealed during this stay.
 *
 * Returns: the number; 0 before the first time
 */
guint64
genos_mesh_get_epoch (GenosMesh *self)
{
  g_return_val_if_fail (GENOS_IS_MESH (self), 0);
  return self->overlay != NULL ? genos_mesh_overlay_get_epoch (self->overlay) : 0;
}

/**
 * genos_mesh_get_cell:
 * @self: a mesh
 *
 * Gets our own cell.
 *
 * Returns: its number, from 0; -1 before the first seal
 */
int
genos_mesh_get_cell (GenosMesh *self)
{
  const GenosMeshView *view;

  g_return_val_if_fail (GENOS_IS_MESH (self), -1);
  view = get_view (self);
  return view != NULL ? (int) view->cell : -1;
}

/**
 * genos_mesh_get_is_bridge:
 * @self: a mesh
 *
 * Gets whether we are the bridge of our cell.
 *
 * Returns: %TRUE when we are
 */
gboolean
genos_mesh_get_is_bridge (GenosMesh *self)
{
  g_return_val_if_fail (GENOS_IS_MESH (self), FALSE);
  return self->overlay != NULL && genos_mesh_overlay_is_bridge (self->overlay);
}

/**
 * genos_mesh_get_total_cells:
 * @self: a mesh
 *
 * Gets how many cells the room has.
 *
 * Returns: the number; 0 before the first seal
 */
guint
genos_mesh_get_total_cells (GenosMesh *self)
{
  const GenosMeshView *view;

  g_return_val_if_fail (GENOS_IS_MESH (self), 0);
  view = get_view (self);
  return view != NULL ? view->cells.n_cells : 0;
}

/**
 * genos_mesh_get_ttl:
 * @self: a mesh
 *
 * Gets how often a message may be passed on.
 *
 * Returns: the number; 0 before the first seal
 */
guint
genos_mesh_get_ttl (GenosMesh *self)
{
  const GenosMeshView *view;

  g_return_val_if_fail (GENOS_IS_MESH (self), 0);
  view = get_view (self);
  return view != NULL ? view->ttl : 0;
}

/**
 * genos_mesh_get_neighbours:
 * @self: a mesh
 * @n_neighbours: (out): how many there are
 *
 * Gets the cells that the bridge of our own one is linked to.
 *
 * Returns: (transfer full) (array length=n_neighbours): their numbers, ascending
 */
guint *
genos_mesh_get_neighbours (GenosMesh *self, gsize *n_neighbours)
{
  const GenosMeshView *view;
  guint *cells;

  g_return_val_if_fail (GENOS_IS_MESH (self), NULL);
  g_return_val_if_fail (n_neighbours != NULL, NULL);
  view = get_view (self);
  *n_neighbours = view != NULL ? view->n_neighbours : 0;
  cells = g_new0 (guint, *n_neighbours + 1);
  for (gsize i = 0; i < *n_neighbours; i++)
    cells[i] = view->neighbours[i].cell;
  return cells;
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/**
 * genos_mesh_get_roster:
 * @self: a mesh
 *
 * Gets the ids of all peers of the layout that was sealed last, our own among
 * them.
 *
 * Returns: (transfer full) (array zero-terminated=1): the ids, in order; empty
 *   before the first seal
 */
char **
genos_mesh_get_roster (GenosMesh *self)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  GenosMeshCensus *census;
  guint32 peer = GENOS_MESH_NOBODY;

  g_return_val_if_fail (GENOS_IS_MESH (self), NULL);
  census = self->overlay != NULL ? genos_mesh_overlay_get_census (self->overlay) : NULL;
  while (
      census != NULL && (peer = genos_mesh_census_next_sealed (census, peer)) != GENOS_MESH_NOBODY)
    g_ptr_array_add (ids, g_strdup (genos_mesh_topology_get_id (self->topology, peer)));
  g_ptr_array_sort (ids, compare_ids);
  g_ptr_array_add (ids, NULL);
  return (char **) g_ptr_array_steal (ids, NULL);
}

typedef struct {
  GenosMeshTopology *topology;
  guint cell;
} Order;

static int
compare_rank (gconstpointer a, gconstpointer b, gpointer data)
{
  const Order *order = data;
  guint32 peer_a = *(const guint32 *) a;
  guint32 peer_b = *(const guint32 *) b;

  if (peer_a == peer_b)
    return 0;
  return genos_mesh_topology_precedes (order->topology, order->cell, peer_a, peer_b) ? -1 : 1;
}

static void
add_cell (GVariantBuilder *builder, GenosMeshTopology *topology, guint cell, GArray *members)
{
  Order order = { topology, cell };

  g_variant_builder_open (builder, G_VARIANT_TYPE ("as"));
  if (members != NULL)
    g_array_sort_with_data (members, compare_rank, &order);
  for (guint i = 0; members != NULL && i < members->len; i++)
    g_variant_builder_add (
        builder, "s", genos_mesh_topology_get_id (topology, g_array_index (members, guint32, i)));
  g_variant_builder_close (builder);
}

static void
free_members (gpointer members)
{
  if (members != NULL)
    g_array_unref (members);
}

/**
 * genos_mesh_get_cells:
 * @self: a mesh
 *
 * Gets who is in which cell, for a picture of the room.
 *
 * Returns: (transfer full): `aas`: for each cell, in order, the ids of its members;
 *   the first is its bridge, then those who would follow
 */
GVariant *
genos_mesh_get_cells (GenosMesh *self)
{
  GVariantBuilder builder;
  const GenosMeshView *view;
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (free_members);
  GenosMeshCensus *census;
  guint32 peer = GENOS_MESH_NOBODY;

  g_return_val_if_fail (GENOS_IS_MESH (self), NULL);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aas"));
  view = get_view (self);
  g_ptr_array_set_size (cells, view != NULL ? view->cells.n_cells : 0);
  census = view != NULL ? genos_mesh_overlay_get_census (self->overlay) : NULL;
  while (census != NULL
      && (peer = genos_mesh_census_next_sealed (census, peer)) != GENOS_MESH_NOBODY) {
    gpointer *cell = &g_ptr_array_index (cells, genos_mesh_view_cell_of (view, peer));

    if (*cell == NULL)
      *cell = g_array_new (FALSE, FALSE, sizeof (guint32));
    g_array_append_val (*cell, peer);
  }
  for (guint i = 0; i < cells->len; i++)
    add_cell (&builder, self->topology, i, g_ptr_array_index (cells, i));
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/**
 * genos_mesh_get_peer_info:
 * @self: a mesh
 * @peer_id: somebody in the room
 *
 * Gets what is known of a peer, linked or not.
 *
 * Returns: (transfer full) (nullable): `a{sv}` with `linked` (b), and `cell` (u) and
 *   `is-bridge` (b) when it is in the layout that was sealed last; %NULL when nobody of
 *   that id is in the room
 */
GVariant *
genos_mesh_get_peer_info (GenosMesh *self, const char *peer_id)
{
  GVariantDict dict;
  const GenosMeshView *view;
  GenosMeshCensus *census;
  guint32 peer;

  g_return_val_if_fail (GENOS_IS_MESH (self), NULL);
  g_return_val_if_fail (peer_id != NULL, NULL);
  if (!genos_mesh_knows (self, peer_id))
    return NULL;
  view = get_view (self);
  census = genos_mesh_overlay_get_census (self->overlay);
  peer = genos_mesh_find (self, peer_id);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "linked", "b", genos_mesh_overlay_is_linked (self->overlay, peer));
  if (view != NULL && genos_mesh_census_has_sealed (census, peer)) {
    guint cell = genos_mesh_view_cell_of (view, peer);
    gboolean is_bridge = TRUE;

    for (guint32 other = genos_mesh_census_next_sealed (census, GENOS_MESH_NOBODY);
         other != GENOS_MESH_NOBODY; other = genos_mesh_census_next_sealed (census, other))
      if (other != peer && genos_mesh_view_cell_of (view, other) == cell
          && genos_mesh_topology_precedes (self->topology, cell, other, peer))
        is_bridge = FALSE;
    g_variant_dict_insert (&dict, "cell", "u", cell);
    g_variant_dict_insert (&dict, "is-bridge", "b", is_bridge);
  }
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

/**
 * genos_mesh_get_stats:
 * @self: a mesh
 *
 * Gets counters of this stay.
 *
 * Returns: (transfer full): `genos-mesh` with `cell-size`, `peers`, `total-cells`,
 *   `links` (uint), `cell` (int), `is-bridge` (boolean), `epoch` and, as 64-bit
 *   numbers of frames, `originated`, `delivered`, `sent`, `control`, `forwarded`,
 *   `received`, `duplicates`, `repaired`, `again`, `given-up` and `dropped`;
 *   `unfinished` messages that came in part and were given up; and sealed letters, each in
 *   a frame of its own, `keys-sent` and `keys-received`: with a password, what was asked
 *   about the keys of those who say something to everybody, and handed over. They are
 *   among those frames as well
 */
GstStructure *
genos_mesh_get_stats (GenosMesh *self)
{
  GenosMeshCounters counters = { 0 };
  const GenosMeshView *view;

  g_return_val_if_fail (GENOS_IS_MESH (self), NULL);
  view = get_view (self);
  if (self->overlay != NULL)
    counters = *genos_mesh_overlay_get_counters (self->overlay);
  return gst_structure_new ("genos-mesh", "cell-size", G_TYPE_UINT, self->cell_size, "peers",
      G_TYPE_UINT, view != NULL ? view->n_peers : 0, "total-cells", G_TYPE_UINT,
      genos_mesh_get_total_cells (self), "links", G_TYPE_UINT,
      self->overlay != NULL ? genos_mesh_overlay_get_n_links (self->overlay) : 0, "cell",
      G_TYPE_INT, genos_mesh_get_cell (self), "is-bridge", G_TYPE_BOOLEAN,
      genos_mesh_get_is_bridge (self), "epoch", G_TYPE_UINT64, genos_mesh_get_epoch (self),
      "originated", G_TYPE_UINT64, counters.originated, "delivered", G_TYPE_UINT64,
      counters.delivered, "sent", G_TYPE_UINT64, counters.sent, "control", G_TYPE_UINT64,
      counters.control, "forwarded", G_TYPE_UINT64, counters.forwarded, "received", G_TYPE_UINT64,
      counters.received, "duplicates", G_TYPE_UINT64, counters.duplicates, "repaired",
      G_TYPE_UINT64, counters.repaired, "again", G_TYPE_UINT64, counters.again, "given-up",
      G_TYPE_UINT64, counters.given_up, "dropped", G_TYPE_UINT64,
      self->dropped + counters.dropped_role + counters.dropped_replayed + counters.dropped_ttl
          + counters.dropped_route + counters.dropped_queue + counters.dropped_chunk,
      "unfinished", G_TYPE_UINT64, counters.unfinished, "keys-sent", G_TYPE_UINT64,
      self->n_keys_sent, "keys-received", G_TYPE_UINT64, self->n_keys_received, NULL);
}
