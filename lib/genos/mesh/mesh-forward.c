/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What becomes of the frames: what is handed to whom, and what is dropped. */

#include <genos/mesh/mesh-overlay-private.h>

#include <string.h>

#define PING_ID_MAX 64

gint64
genos_mesh_overlay_get_wall_ms (GenosMeshOverlay *self, gint64 now)
{
  return self->wall_ms + (now - self->begun) / 1000;
}

GenosMeshFrame *
genos_mesh_overlay_make_frame (
    GenosMeshOverlay *self, GenosMeshKind kind, const char *target_id, const char *data, gint64 now)
{
  return genos_mesh_frame_new (kind, genos_mesh_overlay_get_self_id (self),
      self->view != NULL ? self->view->cell : 0, genos_mesh_overlay_get_wall_ms (self, now),
      self->seq++, target_id, data);
}

static GenosMeshSeen *
get_seen (GenosMeshOverlay *self, GenosMeshFrame *frame)
{
  return frame->target != NULL ? self->directed : self->seen;
}

/* --- links --- */

static guint
get_channel (GenosMeshOverlay *self, guint32 peer)
{
  return self->view != NULL ? genos_mesh_view_cell_of (self->view, peer) : 0;
}

static gboolean
hand_over (GenosMeshOverlay *self, GenosMeshLink *link, GenosMeshFrame *frame, guint ttl)
{
  if (self->events->send == NULL
      || !self->events->send (link->peer, get_channel (self, link->peer), frame, ttl, self->data))
    return FALSE;
  self->counters.sent++;
  if (frame->kind == GENOS_MESH_HAVE || frame->kind == GENOS_MESH_WANT || frame->ack != NULL)
    self->counters.control++;
  else if (strcmp (frame->origin, genos_mesh_overlay_get_self_id (self)) != 0)
    self->counters.forwarded++;
  return TRUE;
}

void
genos_mesh_overlay_send_to (GenosMeshOverlay *self, guint32 peer, GenosMeshFrame *frame, guint ttl)
{
  GenosMeshLink *link = genos_mesh_overlay_find_link (self, peer);
  gboolean waits = link->queue != NULL && genos_mesh_queue_is_behind (link->queue, frame);

  if (!waits && hand_over (self, link, frame, ttl))
    return;
  if (link->queue == NULL)
    link->queue = genos_mesh_queue_new ();
  self->counters.dropped_queue += genos_mesh_queue_push (link->queue, frame, ttl);
}

void
genos_mesh_overlay_writable (GenosMeshOverlay *self, guint32 peer, gint64 now)
{
  GenosMeshLink *link = genos_mesh_overlay_find_link (self, peer);

  while (link != NULL && link->up && link->queue != NULL) {
    guint ttl;
    g_autoptr (GenosMeshFrame) frame = genos_mesh_queue_pop (link->queue, &ttl);

    if (frame == NULL) {
      g_clear_pointer (&link->queue, genos_mesh_queue_free);
    } else if (!hand_over (self, link, frame, ttl)) {
      genos_mesh_queue_unpop (link->queue, frame, ttl);
      return;
    }
  }
}

/* --- broadcasts --- */

/* Whether @from hands to @peer itself what it says, or heard: both are in our cell by the same layout. What it
 * does by the one before nobody knows: its time of grace may be over. */
static gboolean
is_served_by (GenosMeshOverlay *self, guint32 from, guint32 peer)
{
  if (genos_mesh_view_is_mate (self->view, peer))
    return genos_mesh_view_is_mate (self->view, from);
  return self->old_view != NULL && genos_mesh_view_is_mate (self->old_view, peer)
      && genos_mesh_view_is_mate (self->old_view, from);
}

static void
list_mates (GenosMeshOverlay *self, guint32 from, gboolean serves, guint32 origin, GArray *peers)
{
  gboolean to_all = origin == GENOS_MESH_NOBODY && genos_mesh_overlay_is_adrift (self);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->links);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    GenosMeshLink *link = value;

    if (link->up && link->peer != from && link->peer != origin
        && (to_all || genos_mesh_overlay_is_mate (self, link->peer))
        && !(serves && is_served_by (self, from, link->peer)))
      g_array_append_val (peers, link->peer);
  }
}

static void
send_to_all (GenosMeshOverlay *self, GArray *peers, GenosMeshFrame *frame, guint ttl)
{
  for (guint i = 0; i < peers->len; i++)
    genos_mesh_overlay_send_to (self, g_array_index (peers, guint32, i), frame, ttl);
}

guint
genos_mesh_overlay_send_to_mates (GenosMeshOverlay *self, GenosMeshFrame *frame, guint ttl,
    guint32 from, gboolean serves, guint32 origin)
{
  g_autoptr (GArray) peers = g_array_new (FALSE, FALSE, sizeof (guint32));

  list_mates (self, from, serves, origin, peers);
  send_to_all (self, peers, frame, ttl);
  return peers->len;
}

/* The bridges of the cells that have it from ours. */
static void
list_children (GenosMeshOverlay *self, const char *origin, guint from_cell, GArray *peers)
{
  const GenosMeshView *view = self->view;
  guint root = genos_mesh_overlay_cell_of (self, origin);

  for (guint i = 0; i < view->n_neighbours; i++) {
    const GenosMeshNeighbour *neighbour = &view->neighbours[i];
    guint parent;
    guint32 head;

    if (neighbour->cell == from_cell || neighbour->cell == root)
      continue;
    parent = genos_mesh_tree_get_parent (&view->cells, root, neighbour->cell);
    if (parent != view->cell && parent != GENOS_MESH_NO_CELL)
      continue;
    head = genos_mesh_overlay_find_head (self, neighbour);
    if (head != GENOS_MESH_NOBODY)
      g_array_append_val (peers, head);
    else
      self->counters.dropped_route++;
  }
}

/* Those who have not sealed yet rely on us still. */
static gboolean
has_acted (GenosMeshOverlay *self)
{
  return self->old_view != NULL && self->old_view->mates[0] == self->self_peer;
}

GArray *
genos_mesh_overlay_list_next (GenosMeshOverlay *self, const char *origin_id, guint ttl,
    GenosMeshLink *from, gboolean is_repair, gint64 now)
{
  GArray *peers = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint32 origin = genos_mesh_topology_find (self->topology, origin_id);
  guint from_cell = genos_mesh_view_cell_of (self->view, from->peer);
  gboolean from_outside = !genos_mesh_overlay_is_mate (self, from->peer);
  gboolean acts = genos_mesh_overlay_is_acting (self, now);

  /* Of our own kind, only who takes us for the bridge hands us anything from outside. */
  if (from_outside && from->extended && genos_mesh_overlay_may_forward (self, self->self_peer))
    acts = TRUE;
  if (!acts && !has_acted (self))
    return peers;
  if (ttl == 0) {
    self->counters.dropped_ttl++;
    return peers;
  }
  /* What we had to ask for, it has not told others either. */
  list_mates (self, from->peer, !is_repair, origin, peers);
  if (acts)
    list_children (self, origin_id, from_outside ? from_cell : GENOS_MESH_NO_CELL, peers);
  return peers;
}

/* A broadcast that came to us first. */
static void
pass_on (GenosMeshOverlay *self, GenosMeshFrame *frame, guint ttl, GenosMeshLink *from,
    gboolean is_repair, gint64 now)
{
  g_autoptr (GArray) next =
      genos_mesh_overlay_list_next (self, frame->origin, ttl, from, is_repair, now);

  genos_mesh_recent_add (
      self->recent, frame, genos_mesh_view_cell_of (self->view, from->peer), now);
  send_to_all (self, next, frame, ttl - 1);
}

/* --- our own frames --- */

/* Whoever does not know how large the room is leaves it to those who do: they allow no more than is needed. */
guint
genos_mesh_overlay_choose_ttl (GenosMeshOverlay *self)
{
  return genos_mesh_overlay_is_adrift (self) ? GENOS_MESH_MAX_TTL : self->view->ttl;
}

GArray *
genos_mesh_overlay_list_first (GenosMeshOverlay *self, gint64 now)
{
  GArray *peers = g_array_new (FALSE, FALSE, sizeof (guint32));

  list_mates (self, GENOS_MESH_NOBODY, FALSE, GENOS_MESH_NOBODY, peers);
  if (genos_mesh_overlay_has_layout (self) && genos_mesh_overlay_is_acting (self, now))
    list_children (self, genos_mesh_overlay_get_self_id (self), GENOS_MESH_NO_CELL, peers);
  return peers;
}

gboolean
genos_mesh_overlay_originate (GenosMeshOverlay *self, GenosMeshFrame *frame, gint64 now)
{
  guint ttl = genos_mesh_overlay_choose_ttl (self);
  g_autoptr (GArray) first = NULL;

  genos_mesh_seen_add (get_seen (self, frame), genos_mesh_seen_hash (self->seen, frame->id));
  self->counters.originated++;
  if (frame->target != NULL)
    return genos_mesh_overlay_send_directed (self, frame, ttl, GENOS_MESH_NOBODY, now);

  genos_mesh_recent_add (self->recent, frame, self->view != NULL ? self->view->cell : 0, now);
  first = genos_mesh_overlay_list_first (self, now);
  send_to_all (self, first, frame, ttl);
  return first->len > 0;
}

gboolean
genos_mesh_overlay_send (
    GenosMeshOverlay *self, const char *target_id, const char *data, gint64 now)
{
  g_autoptr (GenosMeshFrame) frame =
      genos_mesh_overlay_make_frame (self, GENOS_MESH_MSG, target_id, data, now);

  return genos_mesh_overlay_originate (self, frame, now);
}

gboolean
genos_mesh_overlay_ping (
    GenosMeshOverlay *self, const char *target_id, const char *ping_id, gint64 now)
{
  g_autofree char *data = g_strdup_printf ("{\"pingId\":%s,\"target\":\"%s\"}", ping_id, target_id);
  g_autoptr (GenosMeshFrame) frame =
      genos_mesh_overlay_make_frame (self, GENOS_MESH_PING, target_id, data, now);

  return genos_mesh_overlay_originate (self, frame, now);
}

/* (transfer full) (nullable) */
static char *
dup_ping_id (GenosMeshFrame *frame)
{
  const char *value;
  gsize size;

  if (!genos_mesh_frame_find_member (frame->data, strlen (frame->data), "pingId", &value, &size)
      || size == 0 || size > PING_ID_MAX)
    return NULL;
  return g_strndup (value, size);
}

static void
answer_ping (GenosMeshOverlay *self, GenosMeshFrame *ping, gint64 now)
{
  g_autofree char *ping_id = dup_ping_id (ping);
  g_autofree char *data = NULL;
  g_autoptr (GenosMeshFrame) pong = NULL;

  if (ping_id == NULL)
    return;
  data = g_strdup_printf ("{\"pingId\":%s,\"receivedAt\":%" G_GINT64_FORMAT ",\"target\":\"%s\"}",
      ping_id, genos_mesh_overlay_get_wall_ms (self, now), ping->origin);
  pong = genos_mesh_overlay_make_frame (self, GENOS_MESH_PONG, ping->origin, data, now);
  genos_mesh_overlay_originate (self, pong, now);
}

static void
take_pong (GenosMeshOverlay *self, GenosMeshFrame *pong)
{
  g_autofree char *ping_id = dup_ping_id (pong);

  if (ping_id != NULL && self->events->pong != NULL)
    self->events->pong (pong->origin, ping_id, self->data);
}

gboolean
genos_mesh_overlay_take (GenosMeshOverlay *self, GenosMeshFrame *frame, gint64 now)
{
  switch (frame->kind) {
    case GENOS_MESH_MSG:
      self->counters.delivered++;
      return self->events->deliver == NULL || self->events->deliver (frame, self->data);
    case GENOS_MESH_PING:
      answer_ping (self, frame, now);
      return TRUE;
    case GENOS_MESH_PONG:
      take_pong (self, frame);
      return TRUE;
    default:
      return TRUE;
  }
}

/* --- what comes in --- */

/* FALSE: it goes no further. */
static gboolean
admit (GenosMeshOverlay *self, GenosMeshLink *from, GenosMeshFrame *frame, gboolean *is_repair,
    gint64 now)
{
  guint64 hash = genos_mesh_seen_hash (self->seen, frame->id);
  const char *sender = genos_mesh_topology_get_id (self->topology, from->peer);

  if (genos_mesh_seen_has (get_seen (self, frame), hash)) {
    self->counters.duplicates++;
    return FALSE;
  }
  *is_repair = genos_mesh_overlay_was_asked_for (self, hash);
  if (*is_repair) {
    self->counters.repaired++;
  } else if (strcmp (frame->origin, sender) != 0
      && !genos_mesh_overlay_may_forward (self, from->peer)) {
    self->counters.dropped_role++;
    return FALSE;
  }
  if (!genos_mesh_seen_is_timely (
          self->seen, frame->origin, frame->ms, genos_mesh_overlay_get_wall_ms (self, now))) {
    self->counters.dropped_replayed++;
    return FALSE;
  }
  genos_mesh_seen_add (get_seen (self, frame), hash);
  return TRUE;
}

static gboolean
is_for_us (GenosMeshOverlay *self, GenosMeshFrame *frame)
{
  return strcmp (frame->target, genos_mesh_overlay_get_self_id (self)) == 0;
}

static void
receive_frame (
    GenosMeshOverlay *self, GenosMeshLink *from, GenosMeshFrame *frame, guint ttl, gint64 now)
{
  gboolean for_us, is_repair;

  if (!genos_mesh_overlay_is_adrift (self))
    ttl = MIN (ttl, self->view->ttl);
  if (frame->is_chunk) {
    genos_mesh_overlay_take_chunk (self, from, frame, ttl, now);
    return;
  }
  if (!admit (self, from, frame, &is_repair, now))
    return;
  if (frame->target == NULL) {
    if (genos_mesh_overlay_has_layout (self))
      pass_on (self, frame, ttl, from, is_repair, now);
    else /* for those who are with us once there is one */
      genos_mesh_recent_add (self->recent, frame, GENOS_MESH_NO_CELL, now);
    genos_mesh_overlay_take (self, frame, now);
    return;
  }
  for_us = is_for_us (self, frame);
  if (!for_us && ttl == 0)
    self->counters.dropped_ttl++;
  else if (!for_us)
    genos_mesh_overlay_send_directed (self, frame, ttl - 1, from->peer, now);
  else
    genos_mesh_overlay_take_directed (self, frame, now);
}

void
genos_mesh_overlay_receive (
    GenosMeshOverlay *self, guint32 from, GenosMeshFrame *frame, guint ttl, gint64 now)
{
  g_autoptr (GenosMeshOverlay) alive = genos_mesh_overlay_ref (self);
  GenosMeshLink *link = genos_mesh_overlay_find_link (self, from);

  if (link == NULL || !link->up)
    return;
  link->doubted = FALSE;
  self->counters.received++;
  switch (frame->kind) {
    case GENOS_MESH_HAVE:
      if (link->extended)
        genos_mesh_overlay_take_have (self, link, frame, now);
      break;
    case GENOS_MESH_WANT:
      if (link->extended)
        genos_mesh_overlay_take_want (self, link, frame, now);
      break;
    default:
      receive_frame (self, link, frame, ttl, now);
      break;
  }
}
