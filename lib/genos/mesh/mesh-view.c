/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/mesh/mesh-view.h>

#include <string.h>

static void
add_neighbours (GenosMeshView *self, guint8 *index_of)
{
  guint cells[GENOS_MESH_MAX_NEIGHBOURS];
  guint n = genos_mesh_neighbours (self->cell, self->cells.n_cells, cells);

  self->neighbours = g_new0 (GenosMeshNeighbour, n);
  self->n_neighbours = n;
  for (guint i = 0; i < n; i++) {
    self->neighbours[i].cell = cells[i];
    index_of[cells[i]] = i + 1;
  }
}

static void
add_head (GenosMeshView *self, GenosMeshNeighbour *neighbour, guint32 peer)
{
  guint at = neighbour->n_heads;

  while (at > 0
      && genos_mesh_topology_precedes (
          self->topology, neighbour->cell, peer, neighbour->heads[at - 1]))
    at--;
  if (at == GENOS_MESH_N_HEADS)
    return;
  neighbour->n_heads = MIN (neighbour->n_heads + 1, GENOS_MESH_N_HEADS);
  for (guint i = neighbour->n_heads - 1; i > at; i--)
    neighbour->heads[i] = neighbour->heads[i - 1];
  neighbour->heads[at] = peer;
}

static int
compare_mates (gconstpointer a, gconstpointer b, gpointer data)
{
  GenosMeshView *self = data;
  guint32 peer_a = *(const guint32 *) a;
  guint32 peer_b = *(const guint32 *) b;

  if (peer_a == peer_b)
    return 0;
  return genos_mesh_topology_precedes (self->topology, self->cell, peer_a, peer_b) ? -1 : 1;
}

static void
hold_all (GenosMeshView *self)
{
  for (guint i = 0; i < self->n_mates; i++)
    genos_mesh_topology_hold (self->topology, self->mates[i]);
  for (guint i = 0; i < self->n_neighbours; i++)
    for (guint j = 0; j < self->neighbours[i].n_heads; j++)
      genos_mesh_topology_hold (self->topology, self->neighbours[i].heads[j]);
}

static void
drop_empty_neighbours (GenosMeshView *self)
{
  guint n = 0;

  for (guint i = 0; i < self->n_neighbours; i++)
    if (self->neighbours[i].n_heads > 0)
      self->neighbours[n++] = self->neighbours[i];
  self->n_neighbours = n;
}

GenosMeshView *
genos_mesh_view_new (
    GenosMeshTopology *topology, GenosMeshCensus *census, guint32 self_peer, guint cell_size)
{
  GenosMeshView *self = g_new0 (GenosMeshView, 1);
  guint n_peers = genos_mesh_census_get_n_sealed (census);
  guint n_cells = genos_mesh_count_cells (n_peers, cell_size);
  g_autofree guint8 *index_of = g_new0 (guint8, n_cells);
  g_autoptr (GArray) mates = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint32 peer = GENOS_MESH_NOBODY;

  self->topology = genos_mesh_topology_ref (topology);
  self->n_peers = n_peers;
  self->cell_size = cell_size;
  self->ttl = genos_mesh_ttl (n_cells);
  self->cell = genos_mesh_topology_get_cell (topology, self_peer, n_cells);
  genos_mesh_cells_init (&self->cells, n_cells);
  add_neighbours (self, index_of);

  while ((peer = genos_mesh_census_next_sealed (census, peer)) != GENOS_MESH_NOBODY) {
    guint cell = genos_mesh_topology_get_cell (topology, peer, n_cells);

    genos_mesh_cells_fill (&self->cells, cell);
    if (cell == self->cell)
      g_array_append_val (mates, peer);
    else if (index_of[cell] != 0)
      add_head (self, &self->neighbours[index_of[cell] - 1], peer);
  }
  g_array_sort_with_data (mates, compare_mates, self);
  self->n_mates = mates->len;
  self->mates = g_memdup2 (mates->data, mates->len * sizeof (guint32));
  drop_empty_neighbours (self);
  hold_all (self);
  return self;
}

void
genos_mesh_view_free (GenosMeshView *self)
{
  for (guint i = 0; i < self->n_mates; i++)
    genos_mesh_topology_release (self->topology, self->mates[i]);
  for (guint i = 0; i < self->n_neighbours; i++)
    for (guint j = 0; j < self->neighbours[i].n_heads; j++)
      genos_mesh_topology_release (self->topology, self->neighbours[i].heads[j]);
  genos_mesh_cells_clear (&self->cells);
  genos_mesh_topology_unref (self->topology);
  g_free (self->mates);
  g_free (self->neighbours);
  g_free (self);
}

gboolean
genos_mesh_view_is_mate (const GenosMeshView *self, guint32 peer)
{
  for (guint i = 0; i < self->n_mates; i++)
    if (self->mates[i] == peer)
      return TRUE;
  return FALSE;
}

const GenosMeshNeighbour *
genos_mesh_view_find_neighbour (const GenosMeshView *self, guint cell)
{
  for (guint i = 0; i < self->n_neighbours; i++)
    if (self->neighbours[i].cell == cell)
      return &self->neighbours[i];
  return NULL;
}

const GenosMeshNeighbour *
genos_mesh_view_find_head (const GenosMeshView *self, guint32 peer)
{
  const GenosMeshNeighbour *neighbour =
      genos_mesh_view_find_neighbour (self, genos_mesh_view_cell_of (self, peer));

  for (guint i = 0; neighbour != NULL && i < neighbour->n_heads; i++)
    if (neighbour->heads[i] == peer)
      return neighbour;
  return NULL;
}

guint
genos_mesh_view_cell_of (const GenosMeshView *self, guint32 peer)
{
  return genos_mesh_topology_get_cell (self->topology, peer, self->cells.n_cells);
}
