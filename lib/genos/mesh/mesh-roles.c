/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Who does what in the mesh: bridges, those who follow them, and the links they need. */

#include <genos/mesh/mesh-overlay-private.h>

#define LEFT_OVER_GRACES 3
#define FIRST_EPOCHS 3
#define MAX_PREDECESSORS 2

gboolean
genos_mesh_overlay_has_layout (GenosMeshOverlay *self)
{
  return self->view != NULL && self->view->n_peers > 1;
}

/* Of our own kind, who has a layout says so; a newcomer that has none yet passes nothing on. */
static gboolean
is_astray (GenosMeshOverlay *self, GenosMeshLink *link)
{
  if (!link->up || !link->extended || self->view == NULL)
    return FALSE;
  /* In a room that begins all seal at about the same time, and have not said it yet. */
  if (link->claimed_cell == GENOS_MESH_NO_CELL && self->in_grace
      && self->seal.epoch <= FIRST_EPOCHS)
    return FALSE;
  return link->claimed_cell != genos_mesh_view_cell_of (self->view, link->peer);
}

gboolean
genos_mesh_overlay_is_missed (GenosMeshOverlay *self, guint32 peer, gint64 now)
{
  GenosMeshLink *link = genos_mesh_overlay_find_link (self, peer);

  if (link == NULL)
    return FALSE;
  if (link->up)
    return link->doubted || is_astray (self, link);
  return link->fell || now - link->since >= self->seal.times.cap;
}

gboolean
genos_mesh_overlay_is_bridge (GenosMeshOverlay *self)
{
  return self->view != NULL && self->view->mates[0] == self->self_peer;
}

gboolean
genos_mesh_overlay_is_acting (GenosMeshOverlay *self, gint64 now)
{
  const GenosMeshView *view = self->view;

  if (view == NULL)
    return FALSE;
  for (guint i = 0; i < view->n_mates && view->mates[i] != self->self_peer; i++)
    if (!genos_mesh_overlay_is_missed (self, view->mates[i], now))
      return FALSE;
  return TRUE;
}

/* The first of @order that is linked; one that is of no use only when there is nobody else. */
static guint32
find_first (GenosMeshOverlay *self, const guint32 *order, guint n, guint32 except)
{
  guint32 last_resort = GENOS_MESH_NOBODY;

  for (guint i = 0; i < n; i++) {
    GenosMeshLink *link = genos_mesh_overlay_find_link (self, order[i]);

    if (link == NULL || !link->up || link->peer == except)
      continue;
    if (!link->doubted && !is_astray (self, link))
      return link->peer;
    if (last_resort == GENOS_MESH_NOBODY)
      last_resort = link->peer;
  }
  return last_resort;
}

/* The first of a neighbouring cell of those who are linked though they are not among the first of it. */
static guint32
find_stand_in (GenosMeshOverlay *self, guint cell)
{
  guint32 best = GENOS_MESH_NOBODY;
  GHashTableIter iter;
  GenosMeshLink *link;

  g_hash_table_iter_init (&iter, self->links);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &link))
    if (link->up && link->extended && !link->doubted && !is_astray (self, link)
        && genos_mesh_view_cell_of (self->view, link->peer) == cell
        && (best == GENOS_MESH_NOBODY
            || genos_mesh_topology_precedes (self->topology, cell, link->peer, best)))
      best = link->peer;
  return best;
}

guint32
genos_mesh_overlay_find_head (GenosMeshOverlay *self, const GenosMeshNeighbour *neighbour)
{
  guint32 head = find_first (self, neighbour->heads, neighbour->n_heads, GENOS_MESH_NOBODY);

  return head != GENOS_MESH_NOBODY ? head : find_stand_in (self, neighbour->cell);
}

guint32
genos_mesh_overlay_find_mate (GenosMeshOverlay *self, guint32 except)
{
  return find_first (self, self->view->mates, self->view->n_mates, except);
}

gboolean
genos_mesh_overlay_is_mate (GenosMeshOverlay *self, guint32 peer)
{
  if (self->view != NULL && genos_mesh_view_is_mate (self->view, peer))
    return TRUE;
  return self->old_view != NULL && genos_mesh_view_is_mate (self->old_view, peer);
}

static gboolean
is_with_us (GenosMeshOverlay *self, guint32 mate)
{
  GenosMeshLink *link = genos_mesh_overlay_find_link (self, mate);

  return link != NULL && link->up
      && (link->told_cell == GENOS_MESH_NO_CELL || link->told_cell == self->view->cell);
}

gboolean
genos_mesh_overlay_is_adrift (GenosMeshOverlay *self)
{
  guint n_linked = 0;

  if (!genos_mesh_overlay_has_layout (self))
    return TRUE;
  for (guint i = 0; i < self->view->n_mates; i++)
    n_linked += is_with_us (self, self->view->mates[i]);
  return 2 * n_linked < self->view->n_mates - 1;
}

guint
genos_mesh_overlay_cell_of (GenosMeshOverlay *self, const char *peer_id)
{
  if (self->view == NULL)
    return 0;
  return genos_mesh_topology_find_cell (self->topology, peer_id, self->view->cells.n_cells);
}

/* Not among the first of its cell, but of these there is nobody. */
static gboolean
is_stand_in (GenosMeshOverlay *self, guint32 peer)
{
  const GenosMeshView *view = self->view;
  guint cell = genos_mesh_view_cell_of (view, peer);
  const GenosMeshNeighbour *neighbour = genos_mesh_view_find_neighbour (view, cell);

  if (cell != view->cell)
    return neighbour != NULL && genos_mesh_overlay_find_head (self, neighbour) == peer;
  for (guint i = 0; i < view->n_mates && view->mates[i] != peer; i++)
    if (!genos_mesh_overlay_is_missed (self, view->mates[i], self->last_tick))
      return FALSE;
  return genos_mesh_view_is_mate (view, peer);
}

/* Whether it would be among the first of its cell: it may have been sealed elsewhere and not here yet. */
static gboolean
is_near_head (const GenosMeshView *view, guint32 peer)
{
  guint cell = genos_mesh_view_cell_of (view, peer);
  const GenosMeshNeighbour *neighbour = genos_mesh_view_find_neighbour (view, cell);
  const guint32 *heads = cell == view->cell ? view->mates : NULL;
  guint n_heads = cell == view->cell ? view->n_mates : 0;
  guint32 last;

  if (neighbour != NULL) {
    heads = neighbour->heads;
    n_heads = neighbour->n_heads;
  }
  if (heads == NULL || n_heads < GENOS_MESH_N_HEADS)
    return heads != NULL;
  last = heads[GENOS_MESH_N_HEADS - 1];
  return peer == last || genos_mesh_topology_precedes (view->topology, cell, peer, last);
}

gboolean
genos_mesh_overlay_may_forward (GenosMeshOverlay *self, guint32 peer)
{
  if (genos_mesh_overlay_is_adrift (self))
    return TRUE;
  return is_near_head (self->view, peer)
      || (self->old_view != NULL && is_near_head (self->old_view, peer))
      || is_stand_in (self, peer);
}

/* --- links --- */

/* Of a neighbouring cell: its bridge, or who takes its place when there is no way to it. */
static gboolean
is_wanted_head (
    GenosMeshOverlay *self, const GenosMeshNeighbour *neighbour, guint32 peer, gint64 now)
{
  for (guint i = 0; i < neighbour->n_heads; i++) {
    if (neighbour->heads[i] == peer)
      return TRUE;
    if (!genos_mesh_overlay_is_missed (self, neighbour->heads[i], now))
      return FALSE;
  }
  return FALSE;
}

static gboolean
does_bridge (GenosMeshOverlay *self, gint64 now)
{
  return genos_mesh_overlay_is_bridge (self) || genos_mesh_overlay_is_acting (self, now);
}

/* Not our own rule but the browsers': a bridge of theirs wants the members of the neighbouring cells too. */
static gboolean
is_tolerated (GenosMeshOverlay *self, const GenosMeshView *view, guint32 peer, gint64 now)
{
  if (genos_mesh_view_is_mate (view, peer) || genos_mesh_view_find_head (view, peer) != NULL)
    return TRUE;
  return does_bridge (self, now)
      && genos_mesh_view_find_neighbour (view, genos_mesh_view_cell_of (view, peer)) != NULL;
}

/* None of those who come before @peer in @order is linked. */
static gboolean
comes_first (GenosMeshOverlay *self, const guint32 *order, guint n, guint32 peer)
{
  for (guint i = 0; i < n && order[i] != peer; i++)
    if (genos_mesh_overlay_is_linked (self, order[i]))
      return FALSE;
  return TRUE;
}

/* A link between two of our own kind that neither side needs by the layout, which both have. Not at once:
 * whoever dials may know why, and would dial again. */
static gboolean
is_left_over (GenosMeshOverlay *self, guint32 peer, gint64 now)
{
  GenosMeshLink *link = genos_mesh_overlay_find_link (self, peer);
  const GenosMeshNeighbour *neighbour = genos_mesh_view_find_head (self->view, peer);

  if (link == NULL || !link->up || !link->extended
      || now - link->since < LEFT_OVER_GRACES * self->seal.times.grace)
    return FALSE;
  if (!comes_first (self, self->view->mates, self->view->n_mates, self->self_peer))
    return TRUE;
  return neighbour != NULL ? !comes_first (self, neighbour->heads, neighbour->n_heads, peer)
                           : !is_stand_in (self, peer);
}

GenosMeshWish
genos_mesh_overlay_judge (GenosMeshOverlay *self, guint32 peer, gint64 now)
{
  const GenosMeshNeighbour *neighbour;

  if (peer == self->self_peer)
    return GENOS_MESH_UNWANTED;
  /* Somebody has to be met first; but not everybody of ten thousand. */
  if (!genos_mesh_overlay_has_layout (self))
    return self->n_up < self->cell_size ? GENOS_MESH_WANTED : GENOS_MESH_TOLERATED;
  if (genos_mesh_view_is_mate (self->view, peer))
    return GENOS_MESH_WANTED;
  neighbour = genos_mesh_view_find_head (self->view, peer);
  if (neighbour != NULL && does_bridge (self, now) && is_wanted_head (self, neighbour, peer, now))
    return GENOS_MESH_WANTED;
  if ((is_tolerated (self, self->view, peer, now) && !is_left_over (self, peer, now))
      || (self->old_view != NULL && is_tolerated (self, self->old_view, peer, now)))
    return GENOS_MESH_TOLERATED;
  if (self->in_grace && genos_mesh_overlay_is_linked (self, peer))
    return GENOS_MESH_TOLERATED;
  if (is_left_over (self, peer, now))
    return GENOS_MESH_UNWANTED;
  /* Its view has us, and ours will at the next seal; or has us somewhere else. */
  if (genos_mesh_census_knows (self->census, peer) && self->n_up < 4 * self->cell_size
      && (!genos_mesh_census_has_sealed (self->census, peer) || self->seal.first_change != 0
          || genos_mesh_overlay_is_adrift (self)))
    return GENOS_MESH_TOLERATED;
  return GENOS_MESH_UNWANTED;
}

void
genos_mesh_overlay_foreach_wanted (
    GenosMeshOverlay *self, gint64 now, GenosMeshPeerFunc func, gpointer data)
{
  const GenosMeshView *view = self->view;

  if (!genos_mesh_overlay_has_layout (self))
    return;
  for (guint i = 0; i < view->n_mates; i++)
    if (view->mates[i] != self->self_peer)
      func (view->mates[i], data);
  if (!does_bridge (self, now))
    return;
  for (guint i = 0; i < view->n_neighbours; i++)
    for (guint j = 0; j < view->neighbours[i].n_heads; j++)
      if (is_wanted_head (self, &view->neighbours[i], view->neighbours[i].heads[j], now))
        func (view->neighbours[i].heads[j], data);
}

/* --- who may be gone --- */

/* Those of our own cell whose place we may have to take soon: two at most, or others are nearer to it. */
static void
tell_predecessors (GenosMeshOverlay *self, gint64 now, GenosMeshPeerFunc func, gpointer data)
{
  const GenosMeshView *view = self->view;
  guint32 found[MAX_PREDECESSORS];
  guint n = 0;

  for (guint i = 0; i < view->n_mates && view->mates[i] != self->self_peer; i++) {
    if (genos_mesh_overlay_is_missed (self, view->mates[i], now))
      continue;
    if (n == MAX_PREDECESSORS)
      return;
    found[n++] = view->mates[i];
  }
  for (guint i = 0; i < n; i++)
    if (genos_mesh_overlay_is_linked (self, found[i]))
      func (found[i], data);
}

/* It has been linked with us since a moment ago, though we have links to some who come before it: it may know why. */
static gboolean
is_herald (GenosMeshOverlay *self, guint32 peer, gint64 now)
{
  GenosMeshLink *link = genos_mesh_overlay_find_link (self, peer);

  return link != NULL && link->up && !link->doubted && !is_astray (self, link)
      && now - link->since < LEFT_OVER_GRACES * self->seal.times.grace;
}

static void
tell_suspects (GenosMeshOverlay *self, const GenosMeshNeighbour *neighbour, gint64 now,
    GenosMeshPeerFunc func, gpointer data)
{
  guint n = neighbour->n_heads;

  while (n > 0 && !is_herald (self, neighbour->heads[n - 1], now))
    n--;
  for (guint i = 0; i + 1 < n; i++)
    if (genos_mesh_overlay_is_linked (self, neighbour->heads[i]))
      func (neighbour->heads[i], data);
}

void
genos_mesh_overlay_foreach_suspect (
    GenosMeshOverlay *self, gint64 now, GenosMeshPeerFunc func, gpointer data)
{
  const GenosMeshView *view = self->view;

  if (!genos_mesh_overlay_has_layout (self) || view->cells.n_cells < 2)
    return;
  tell_predecessors (self, now, func, data);
  for (guint i = 0; i < view->n_neighbours && does_bridge (self, now); i++)
    tell_suspects (self, &view->neighbours[i], now, func, data);
}
