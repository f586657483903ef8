/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Who is there: what is heard, links, seals. */

#include <genos/mesh/mesh-overlay-private.h>

#include <string.h>

/* Not called for that long, this process was stopped, or the machine slept: nobody could be heard. */
#define FROZEN (10 * G_TIME_SPAN_SECOND)

static const GenosMeshEvents no_events = { NULL };

static void
link_free (gpointer data)
{
  GenosMeshLink *link = data;

  g_clear_pointer (&link->queue, genos_mesh_queue_free);
  g_free (link);
}

/* --- links --- */

GenosMeshLink *
genos_mesh_overlay_find_link (GenosMeshOverlay *self, guint32 peer)
{
  return g_hash_table_lookup (self->links, GUINT_TO_POINTER (peer));
}

static GenosMeshLink *
ensure_link (GenosMeshOverlay *self, guint32 peer, gint64 now)
{
  GenosMeshLink *link = genos_mesh_overlay_find_link (self, peer);

  if (link != NULL)
    return link;
  link = g_new0 (GenosMeshLink, 1);
  link->peer = peer;
  link->since = now;
  genos_mesh_topology_hold (self->topology, peer);
  g_hash_table_insert (self->links, GUINT_TO_POINTER (peer), link);
  return link;
}

static void
expect_link (guint32 peer, gpointer data)
{
  GenosMeshOverlay *self = data;

  ensure_link (self, peer, self->last_tick);
}

static gboolean
is_over (gpointer key, gpointer value, gpointer data)
{
  GenosMeshOverlay *self = data;
  GenosMeshLink *link = value;

  if (link->up || genos_mesh_overlay_judge (self, link->peer, self->last_tick) == GENOS_MESH_WANTED)
    return FALSE;
  genos_mesh_topology_release (self->topology, link->peer);
  return TRUE;
}

/* Those that should be there are remembered even when they are not: whose link does not come is missed. */
static void
refresh_links (GenosMeshOverlay *self, gint64 now)
{
  self->last_tick = now;
  genos_mesh_overlay_foreach_wanted (self, now, expect_link, self);
  g_hash_table_foreach_remove (self->links, is_over, self);
}

static void
tell_links_changed (GenosMeshOverlay *self)
{
  if (self->events->links_changed != NULL)
    self->events->links_changed (self->data);
}

static gboolean
is_among_first (const GenosMeshView *view, guint32 peer)
{
  for (guint i = 0; i < MIN (view->n_mates, GENOS_MESH_N_HEADS); i++)
    if (view->mates[i] == peer)
      return TRUE;
  return FALSE;
}

/* In our cell the first of it tell, who are enough, and bridges tell each other. */
static gboolean
is_told_at_once (GenosMeshOverlay *self, guint32 peer)
{
  if (!genos_mesh_overlay_has_layout (self))
    return FALSE;
  if (genos_mesh_view_cell_of (self->view, peer) == self->view->cell)
    return is_among_first (self->view, self->self_peer) || is_among_first (self->view, peer);
  return genos_mesh_view_find_head (self->view, peer) != NULL;
}

void
genos_mesh_overlay_link_up (GenosMeshOverlay *self, guint32 peer, gboolean extended, gint64 now)
{
  GenosMeshLink *link = ensure_link (self, peer, now);

  if (!link->up)
    self->n_up++;
  link->up = TRUE;
  link->fell = FALSE;
  link->broke = FALSE;
  link->doubted = FALSE;
  link->extended = extended;
  link->since = now;
  link->told_cell = GENOS_MESH_NO_CELL;
  link->claimed_cell = GENOS_MESH_NO_CELL;
  link->told_until = now - GENOS_MESH_RECENT_AGE;
  link->tell_pause = 2 * self->seal.times.tick;
  link->tell_at = now + link->tell_pause;
  link->told_us_at = 0;
  link->ask_at = 0;
  link->ask_pause = 0;
  g_clear_pointer (&link->queue, genos_mesh_queue_free);
  /* Linked, it is here, whether or not its announce was heard. */
  if (!genos_mesh_census_knows (self->census, peer))
    genos_mesh_overlay_heard (self, peer, now);
  if (is_told_at_once (self, peer))
    genos_mesh_overlay_tell_recent (self, link, now);
  else if (genos_mesh_overlay_is_mate (self, peer))
    genos_mesh_overlay_tell_own (self, link, now);
}

/* Nobody else tells us that it is gone, and there is no way to its cell, or out of ours, until then. */
static gboolean
is_needed_bridge (GenosMeshOverlay *self, guint32 peer, gint64 now)
{
  if (!genos_mesh_overlay_has_layout (self))
    return FALSE;
  if (self->view->mates[0] == peer)
    return TRUE;
  return genos_mesh_view_find_head (self->view, peer) != NULL
      && genos_mesh_overlay_judge (self, peer, now) == GENOS_MESH_WANTED;
}

static void
note_gone (GenosMeshOverlay *self, GenosMeshLink *link, gint64 now)
{
  if (link->up || !link->broke || !is_needed_bridge (self, link->peer, now))
    return;
  link->broke = FALSE;
  if (genos_mesh_census_missed (self->census, link->peer))
    genos_mesh_seal_changed (&self->seal, now);
}

/* Several may go at once, each of them known to nobody as gone until it is its turn. */
static void
note_all_gone (GenosMeshOverlay *self, gint64 now)
{
  GHashTableIter iter;
  gpointer link;

  g_hash_table_iter_init (&iter, self->links);
  while (g_hash_table_iter_next (&iter, NULL, &link))
    note_gone (self, link, now);
}

/* What was said since that one hangs, the next of its cell has not had from us. */
static void
tell_successor (GenosMeshOverlay *self, guint32 peer, gint64 now)
{
  const GenosMeshNeighbour *neighbour =
      genos_mesh_overlay_has_layout (self) ? genos_mesh_view_find_head (self->view, peer) : NULL;
  guint32 head =
      neighbour != NULL ? genos_mesh_overlay_find_head (self, neighbour) : GENOS_MESH_NOBODY;

  if (head != GENOS_MESH_NOBODY && head != peer)
    genos_mesh_overlay_tell_recent (self, genos_mesh_overlay_find_link (self, head), now);
}

void
genos_mesh_overlay_link_down (GenosMeshOverlay *self, guint32 peer, gboolean broken, gint64 now)
{
  g_autoptr (GenosMeshOverlay) alive = genos_mesh_overlay_ref (self);
  GenosMeshLink *link = genos_mesh_overlay_find_link (self, peer);

  if (link == NULL || !link->up)
    return;
  link->up = FALSE;
  link->fell = TRUE;
  link->broke = broken;
  link->since = now;
  g_clear_pointer (&link->queue, genos_mesh_queue_free);
  genos_mesh_overlay_forget_asked (self, peer);
  self->n_up--;
  note_gone (self, link, now);
  if (broken)
    tell_successor (self, peer, now);
  refresh_links (self, self->last_tick);
  tell_links_changed (self);
}

void
genos_mesh_overlay_doubt (GenosMeshOverlay *self, guint32 peer, gboolean doubted, gint64 now)
{
  g_autoptr (GenosMeshOverlay) alive = genos_mesh_overlay_ref (self);
  GenosMeshLink *link = genos_mesh_overlay_find_link (self, peer);

  if (link == NULL || !link->up || link->doubted == doubted)
    return;
  link->doubted = doubted;
  if (!doubted)
    return;
  tell_successor (self, peer, now);
  tell_links_changed (self);
}

gboolean
genos_mesh_overlay_is_linked (GenosMeshOverlay *self, guint32 peer)
{
  GenosMeshLink *link = genos_mesh_overlay_find_link (self, peer);

  return link != NULL && link->up;
}

/* --- who is there --- */

void
genos_mesh_overlay_heard (GenosMeshOverlay *self, guint32 peer, gint64 now)
{
  GenosMeshLink *link = genos_mesh_overlay_find_link (self, peer);

  if (link != NULL)
    link->broke = FALSE;
  if (genos_mesh_census_heard (self->census, peer, now) == GENOS_MESH_HEARD_NEW)
    genos_mesh_seal_changed (&self->seal, now);
}

void
genos_mesh_overlay_left (GenosMeshOverlay *self, guint32 peer, gint64 now)
{
  if (genos_mesh_census_left (self->census, peer))
    genos_mesh_seal_changed (&self->seal, now);
}

void
genos_mesh_overlay_note_channel (GenosMeshOverlay *self, guint32 from, guint cell)
{
  GenosMeshLink *link = genos_mesh_overlay_find_link (self, from);

  if (link != NULL && link->up)
    link->told_cell = cell;
}

static gboolean
is_new_mate (GenosMeshOverlay *self, guint32 peer)
{
  return genos_mesh_view_is_mate (self->view, peer)
      && (self->old_view == NULL || !genos_mesh_view_is_mate (self->old_view, peer));
}

/* Whoever is new in our cell was told nothing until now: by the first of the cell, or it is one of these itself. A
 * bridge that is new to us may have missed something as well, and so may we. */
static gboolean
has_news_for (GenosMeshOverlay *self, guint32 peer)
{
  const GenosMeshView *view = self->view, *old = self->old_view;

  if (genos_mesh_view_is_mate (view, peer))
    return is_new_mate (self, peer)
        && (is_among_first (view, self->self_peer) || is_among_first (view, peer));
  return genos_mesh_view_find_head (view, peer) != NULL
      && (old == NULL || genos_mesh_view_find_head (old, peer) == NULL);
}

/* To whom it matters where we are: who is with us, when we are one of the first of the cell since now, or a bridge
 * that is linked with us as such, or it would take us for astray, and want those who follow us as well; and who
 * was, when we are elsewhere now. */
static gboolean
has_to_know_our_cell (GenosMeshOverlay *self, guint32 peer)
{
  const GenosMeshView *view = self->view, *old = self->old_view;

  if (old == NULL)
    return FALSE;
  if (old->cell != view->cell && is_among_first (view, self->self_peer)
      && (genos_mesh_view_is_mate (view, peer) || genos_mesh_view_find_head (view, peer) != NULL))
    return TRUE;
  if (old->cell != view->cell)
    return is_among_first (old, self->self_peer)
        && (genos_mesh_view_is_mate (old, peer) || genos_mesh_view_find_head (old, peer) != NULL);
  return genos_mesh_view_is_mate (view, peer) && is_among_first (view, self->self_peer)
      && !is_among_first (old, self->self_peer);
}

static void
tell_links (GenosMeshOverlay *self, gint64 now)
{
  g_autoptr (GList) links = g_hash_table_get_values (self->links);

  for (GList *l = links; l != NULL; l = l->next) {
    GenosMeshLink *link = l->data;

    if (link->up && has_news_for (self, link->peer))
      genos_mesh_overlay_tell_recent (self, link, now);
    else if (link->up && is_new_mate (self, link->peer))
      genos_mesh_overlay_tell_own (self, link, now);
    else if (link->up && has_to_know_our_cell (self, link->peer))
      genos_mesh_overlay_tell_cell (self, link, now);
  }
}

static void
seal_now (GenosMeshOverlay *self, GenosMeshSealDue due, gint64 now)
{
  genos_mesh_census_settle (self->census, self->cell_size);
  genos_mesh_census_seal (self->census, due == GENOS_MESH_SEAL_SHRINK, now);
  genos_mesh_seal_done (&self->seal, due, now);
  g_clear_pointer (&self->old_view, genos_mesh_view_free);
  self->old_view = self->view;
  self->view = genos_mesh_view_new (self->topology, self->census, self->self_peer, self->cell_size);
  self->in_grace = TRUE;
  refresh_links (self, now);
  note_all_gone (self, now);
  tell_links (self, now);
  if (self->events->sealed != NULL)
    self->events->sealed (self->data);
  tell_links_changed (self);
}

static void
end_grace (GenosMeshOverlay *self)
{
  self->in_grace = FALSE;
  g_clear_pointer (&self->old_view, genos_mesh_view_free);
  tell_links_changed (self);
}

/* Who is needed depends on time as well: a bridge that never came is missed after a while, and a link
 * that nobody needs is kept for a while. */
static void
check_links (GenosMeshOverlay *self, gint64 now)
{
  GHashTableIter iter;
  gpointer value;
  guint n_before = g_hash_table_size (self->links);
  gboolean changed;

  refresh_links (self, now);
  changed = g_hash_table_size (self->links) > n_before;
  g_hash_table_iter_init (&iter, self->links);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    GenosMeshLink *link = value;

    link->n_answers = 0;
    link->n_chunk_answers = 0;
    changed |= link->up && genos_mesh_overlay_judge (self, link->peer, now) == GENOS_MESH_UNWANTED;
  }
  if (changed)
    tell_links_changed (self);
}

void
genos_mesh_overlay_tick (GenosMeshOverlay *self, gint64 now)
{
  g_autoptr (GenosMeshOverlay) alive = genos_mesh_overlay_ref (self);
  GenosMeshSealDue due;

  if (now - self->last_tick > FROZEN + 2 * self->seal.times.tick)
    genos_mesh_census_forgive (self->census, now - self->last_tick);
  self->last_tick = now;

  genos_mesh_seal_set_silent (&self->seal, genos_mesh_census_count_silent (self->census, now), now);
  genos_mesh_recent_expire (self->recent, now);
  check_links (self, now);
  genos_mesh_overlay_tell_neighbours (self, now);
  genos_mesh_overlay_ask_cells (self, now);
  genos_mesh_overlay_retry (self, now);
  genos_mesh_overlay_tend_large (self, now);
  due = genos_mesh_seal_is_due (&self->seal, now);
  if (due != GENOS_MESH_SEAL_NOT_DUE)
    seal_now (self, due, now);
  else if (self->in_grace && !genos_mesh_seal_in_grace (&self->seal, now))
    end_grace (self);
}

/* --- life --- */

GenosMeshOverlay *
genos_mesh_overlay_new (GenosMeshTopology *topology, const char *self_id,
    const GenosMeshConfig *config, const GenosMeshEvents *events, gpointer data, gint64 now)
{
  GenosMeshOverlay *self = g_new0 (GenosMeshOverlay, 1);
  guint max_peers = config->max_peers != 0 ? config->max_peers : GENOS_MESH_OVERLAY_MAX_PEERS;

  self->n_refs = 1;
  self->topology = genos_mesh_topology_ref (topology);
  self->self_peer = genos_mesh_topology_acquire (topology, self_id);
  self->cell_size = CLAMP (config->cell_size, 1, GENOS_MESH_MAX_CELL_SIZE);
  self->events = events;
  self->data = data;
  self->census = genos_mesh_census_new (topology, self->self_peer, max_peers, now);
  genos_mesh_seal_init (&self->seal, config->times, now);
  self->links = g_hash_table_new_full (NULL, NULL, NULL, link_free);
  self->seen = genos_mesh_seen_new (config->key);
  self->recent = genos_mesh_recent_new ();
  self->asked = g_array_new (FALSE, FALSE, sizeof (GenosMeshAsked));
  self->asked_wholes = g_array_new (FALSE, FALSE, sizeof (GenosMeshAskedWhole));
  memcpy (self->key, config->key, sizeof self->key);
  self->directed = genos_mesh_seen_new (config->key);
  self->tokens = genos_mesh_seen_new (config->key);
  self->pending = genos_mesh_pending_new ();
  /* Not those of a process that was here before under the same id. */
  memcpy (&self->serial, config->key + 8, sizeof self->serial);
  self->serial &= G_MAXINT64;
  self->begun = now;
  self->last_tick = now;
  self->wall_ms = config->wall_ms;
  return self;
}

GenosMeshOverlay *
genos_mesh_overlay_ref (GenosMeshOverlay *self)
{
  self->n_refs++;
  return self;
}

static void
release_links (GenosMeshOverlay *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->links);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    genos_mesh_topology_release (self->topology, ((GenosMeshLink *) value)->peer);
  g_hash_table_unref (self->links);
}

void
genos_mesh_overlay_unref (GenosMeshOverlay *self)
{
  if (--self->n_refs > 0)
    return;
  release_links (self);
  g_clear_pointer (&self->view, genos_mesh_view_free);
  g_clear_pointer (&self->old_view, genos_mesh_view_free);
  genos_mesh_census_free (self->census);
  genos_mesh_seen_free (self->seen);
  genos_mesh_recent_free (self->recent);
  g_array_unref (self->asked);
  g_array_unref (self->asked_wholes);
  g_clear_pointer (&self->transfers, genos_mesh_transfers_free);
  genos_mesh_seen_free (self->directed);
  genos_mesh_seen_free (self->tokens);
  genos_mesh_pending_free (self->pending);
  genos_mesh_topology_release (self->topology, self->self_peer);
  genos_mesh_topology_unref (self->topology);
  g_free (self);
}

void
genos_mesh_overlay_stop (GenosMeshOverlay *self)
{
  self->events = &no_events;
}

guint32
genos_mesh_overlay_get_self (GenosMeshOverlay *self)
{
  return self->self_peer;
}

const char *
genos_mesh_overlay_get_self_id (GenosMeshOverlay *self)
{
  return genos_mesh_topology_get_id (self->topology, self->self_peer);
}

guint64
genos_mesh_overlay_get_epoch (GenosMeshOverlay *self)
{
  return self->seal.epoch;
}

const GenosMeshView *
genos_mesh_overlay_get_view (GenosMeshOverlay *self)
{
  return self->view;
}

GenosMeshCensus *
genos_mesh_overlay_get_census (GenosMeshOverlay *self)
{
  return self->census;
}

guint
genos_mesh_overlay_get_n_links (GenosMeshOverlay *self)
{
  return self->n_up;
}

guint
genos_mesh_overlay_get_n_waiting (GenosMeshOverlay *self, guint32 peer)
{
  GenosMeshLink *link = genos_mesh_overlay_find_link (self, peer);

  return link != NULL && link->queue != NULL ? genos_mesh_queue_get_n (link->queue) : 0;
}

const GenosMeshCounters *
genos_mesh_overlay_get_counters (GenosMeshOverlay *self)
{
  return &self->counters;
}
