/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What becomes of the frames: what is handed to whom, and what is dropped. */

#include <genos/mesh/mesh-overlay-private.h>

#include <string.h>

#include <genos/wire/json-text.h>

#define PING_ID_MAX 64
/* Clocks differ: what was said that long before we came is not news to us. */
#define EARLIER_MS 2000
#define MAX_ASKED 512
/* That long after a frame was here it is everywhere, unless something went wrong. */
#define ON_ITS_WAY G_TIME_SPAN_SECOND

static gint64
get_wall_ms (GenosMeshOverlay *self, gint64 now)
{
  return self->wall_ms + (now - self->begun) / 1000;
}

static GenosMeshFrame *
make_frame (
    GenosMeshOverlay *self, GenosMeshKind kind, const char *target_id, const char *data, gint64 now)
{
  return genos_mesh_frame_new (kind, genos_mesh_overlay_get_self_id (self),
      self->view != NULL ? self->view->cell : 0, get_wall_ms (self, now), self->seq++, target_id,
      data);
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
  if (frame->kind == GENOS_MESH_HAVE || frame->kind == GENOS_MESH_WANT)
    self->counters.control++;
  else if (strcmp (frame->origin, genos_mesh_overlay_get_self_id (self)) != 0)
    self->counters.forwarded++;
  return TRUE;
}

static void
send_to (GenosMeshOverlay *self, guint32 peer, GenosMeshFrame *frame, guint ttl)
{
  GenosMeshLink *link = genos_mesh_overlay_find_link (self, peer);
  gboolean waits = link->queue != NULL && genos_mesh_queue_get_n (link->queue) > 0;

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

/* To the members of our cell; to everybody who is linked while it is not known who they are. */
static guint
send_to_mates (
    GenosMeshOverlay *self, GenosMeshFrame *frame, guint ttl, guint32 from, guint32 origin)
{
  g_autoptr (GArray) peers = g_array_new (FALSE, FALSE, sizeof (guint32));
  gboolean to_all = origin == GENOS_MESH_NOBODY && genos_mesh_overlay_is_adrift (self);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->links);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    GenosMeshLink *link = value;

    if (link->up && link->peer != from && link->peer != origin
        && (to_all || genos_mesh_overlay_is_mate (self, link->peer)))
      g_array_append_val (peers, link->peer);
  }
  for (guint i = 0; i < peers->len; i++)
    send_to (self, g_array_index (peers, guint32, i), frame, ttl);
  return peers->len;
}

/* To the bridges of the cells that have it from ours. */
static guint
send_to_children (GenosMeshOverlay *self, GenosMeshFrame *frame, guint ttl, guint from_cell)
{
  const GenosMeshView *view = self->view;
  guint root = genos_mesh_overlay_cell_of (self, frame->origin);
  guint n = 0;

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
    if (head == GENOS_MESH_NOBODY) {
      self->counters.dropped_route++;
      continue;
    }
    send_to (self, head, frame, ttl);
    n++;
  }
  return n;
}

/* A broadcast that came to us first. @from is a member of our cell, unless it came from outside. */
static void
pass_on (GenosMeshOverlay *self, GenosMeshFrame *frame, guint ttl, GenosMeshLink *from, gint64 now)
{
  guint32 origin = genos_mesh_topology_find (self->topology, frame->origin);
  guint from_cell = genos_mesh_view_cell_of (self->view, from->peer);
  gboolean from_outside = !genos_mesh_overlay_is_mate (self, from->peer);
  gboolean acts = genos_mesh_overlay_is_acting (self, now);

  /* Of our own kind, only who takes us for the bridge hands us anything from outside. */
  if (from_outside && from->extended && genos_mesh_overlay_may_forward (self, self->self_peer))
    acts = TRUE;
  genos_mesh_recent_add (self->recent, frame, ttl > 0 ? ttl - 1 : 0, from_cell, now);
  if (!acts)
    return;
  if (ttl == 0) {
    self->counters.dropped_ttl++;
    return;
  }
  /* What a member of our cell says, or heard, it tells the others itself. */
  if (from_outside)
    send_to_mates (self, frame, ttl - 1, from->peer, origin);
  send_to_children (self, frame, ttl - 1, from_outside ? from_cell : GENOS_MESH_NO_CELL);
}

/* --- frames for one peer --- */

static guint32
find_nearest_head (
    GenosMeshOverlay *self, guint cell, guint32 from, const GenosMeshNeighbour **chosen)
{
  const GenosMeshView *view = self->view;
  guint from_cell =
      from != GENOS_MESH_NOBODY ? genos_mesh_view_cell_of (view, from) : GENOS_MESH_NO_CELL;
  guint32 best = GENOS_MESH_NOBODY;
  guint64 best_cost = G_MAXUINT64;

  for (guint i = 0; i < view->n_neighbours; i++) {
    guint64 cost = genos_mesh_tree_cost (view->neighbours[i].cell, cell);
    guint32 head;

    if (view->neighbours[i].cell == from_cell || cost >= best_cost)
      continue;
    head = genos_mesh_overlay_find_head (self, &view->neighbours[i]);
    if (head == GENOS_MESH_NOBODY)
      continue;
    best = head;
    best_cost = cost;
    *chosen = &view->neighbours[i];
  }
  return best;
}

static guint32
find_next_hop (GenosMeshOverlay *self, const char *target_id, guint32 from, gint64 now)
{
  guint32 target = genos_mesh_topology_find (self->topology, target_id);
  const GenosMeshNeighbour *chosen;
  guint32 head = GENOS_MESH_NOBODY;
  guint cell;

  if (target != GENOS_MESH_NOBODY && genos_mesh_overlay_is_linked (self, target))
    return target;
  if (!genos_mesh_overlay_has_layout (self))
    return GENOS_MESH_NOBODY;
  cell = genos_mesh_overlay_cell_of (self, target_id);
  if (cell != self->view->cell && genos_mesh_overlay_is_acting (self, now))
    head = find_nearest_head (self, cell, from, &chosen);
  /* Whoever cannot do more gives it to the first of its own cell, who may. */
  return head != GENOS_MESH_NOBODY ? head : genos_mesh_overlay_find_mate (self, from);
}

static gboolean
send_directed (GenosMeshOverlay *self, GenosMeshFrame *frame, guint ttl, guint32 from, gint64 now)
{
  guint32 next = find_next_hop (self, frame->target, from, now);

  /* Before there is a layout, those who have one know the way. */
  if (next == GENOS_MESH_NOBODY && !genos_mesh_overlay_has_layout (self)
      && from == GENOS_MESH_NOBODY)
    return send_to_mates (self, frame, ttl, from, from) > 0;
  if (next == GENOS_MESH_NOBODY) {
    self->counters.dropped_route++;
    return FALSE;
  }
  send_to (self, next, frame, ttl);
  return TRUE;
}

/* --- our own frames --- */

/* Whoever does not know how large the room is leaves it to those who do: they allow no more than is needed. */
static guint
choose_ttl (GenosMeshOverlay *self)
{
  return genos_mesh_overlay_is_adrift (self) ? GENOS_MESH_MAX_TTL : self->view->ttl;
}

static gboolean
originate (GenosMeshOverlay *self, GenosMeshFrame *frame, gint64 now)
{
  guint ttl = choose_ttl (self);
  guint n;

  genos_mesh_seen_add (self->seen, genos_mesh_seen_hash (self->seen, frame->id));
  self->counters.originated++;
  if (frame->target != NULL)
    return send_directed (self, frame, ttl, GENOS_MESH_NOBODY, now);

  genos_mesh_recent_add (self->recent, frame, ttl, self->view != NULL ? self->view->cell : 0, now);
  n = send_to_mates (self, frame, ttl, GENOS_MESH_NOBODY, GENOS_MESH_NOBODY);
  if (genos_mesh_overlay_has_layout (self) && genos_mesh_overlay_is_acting (self, now))
    n += send_to_children (self, frame, ttl, GENOS_MESH_NO_CELL);
  return n > 0;
}

gboolean
genos_mesh_overlay_send (
    GenosMeshOverlay *self, const char *target_id, const char *data, gint64 now)
{
  g_autoptr (GenosMeshFrame) frame = make_frame (self, GENOS_MESH_MSG, target_id, data, now);

  return originate (self, frame, now);
}

gboolean
genos_mesh_overlay_ping (
    GenosMeshOverlay *self, const char *target_id, const char *ping_id, gint64 now)
{
  g_autofree char *data = g_strdup_printf ("{\"pingId\":%s,\"target\":\"%s\"}", ping_id, target_id);
  g_autoptr (GenosMeshFrame) frame = make_frame (self, GENOS_MESH_PING, target_id, data, now);

  return originate (self, frame, now);
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
      ping_id, get_wall_ms (self, now), ping->origin);
  pong = make_frame (self, GENOS_MESH_PONG, ping->origin, data, now);
  originate (self, pong, now);
}

static void
take_pong (GenosMeshOverlay *self, GenosMeshFrame *pong)
{
  g_autofree char *ping_id = dup_ping_id (pong);

  if (ping_id != NULL && self->events->pong != NULL)
    self->events->pong (pong->origin, ping_id, self->data);
}

/* The last thing that is done with a frame: the application may end the mesh. */
static void
take (GenosMeshOverlay *self, GenosMeshFrame *frame, gint64 now)
{
  switch (frame->kind) {
    case GENOS_MESH_MSG:
      self->counters.delivered++;
      if (self->events->deliver != NULL)
        self->events->deliver (frame, self->data);
      break;
    case GENOS_MESH_PING:
      answer_ping (self, frame, now);
      break;
    case GENOS_MESH_PONG:
      take_pong (self, frame);
      break;
    default:
      break;
  }
}

/* --- what neighbours tell each other --- */

static void
send_ids (GenosMeshOverlay *self, guint32 peer, GenosMeshKind kind, GPtrArray *ids, gint64 now)
{
  g_autofree char *data = NULL;
  g_autoptr (GenosMeshFrame) frame = NULL;

  data = genos_mesh_frame_build_ids ((const char *const *) ids->pdata, ids->len);
  frame = make_frame (self, kind, NULL, data, now);
  send_to (self, peer, frame, 0);
}

void
genos_mesh_overlay_tell_recent (GenosMeshOverlay *self, GenosMeshLink *link, gint64 now)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  GenosMeshRecentFrame *recent;

  if (!link->extended || !genos_mesh_overlay_has_layout (self))
    return;
  for (guint i = 0; (recent = genos_mesh_recent_get (self->recent, i)) != NULL; i++) {
    if (ids->len == GENOS_MESH_OVERLAY_MAX_IDS)
      g_ptr_array_remove_index (ids, 0);
    g_ptr_array_add (ids, recent->frame->id);
  }
  send_ids (self, link->peer, GENOS_MESH_HAVE, ids, now);
}

static gboolean
is_due (const GenosMeshRecentFrame *recent, gint64 now)
{
  return !recent->told && now - recent->at >= ON_ITS_WAY;
}

static void
tell_neighbour (GenosMeshOverlay *self, const GenosMeshNeighbour *neighbour, gint64 now)
{
  const GenosMeshView *view = self->view;
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  guint32 head = genos_mesh_overlay_find_head (self, neighbour);
  GenosMeshRecentFrame *recent;

  if (head == GENOS_MESH_NOBODY || !genos_mesh_overlay_find_link (self, head)->extended)
    return;
  for (guint i = 0; (recent = genos_mesh_recent_get (self->recent, i)) != NULL; i++) {
    guint root = genos_mesh_overlay_cell_of (self, recent->frame->origin);

    if (is_due (recent, now) && recent->from_cell != neighbour->cell
        && ids->len < GENOS_MESH_OVERLAY_MAX_IDS
        && genos_mesh_tree_get_backup (&view->cells, root, neighbour->cell) == view->cell)
      g_ptr_array_add (ids, recent->frame->id);
  }
  if (ids->len > 0)
    send_ids (self, head, GENOS_MESH_HAVE, ids, now);
}

/* What we said ourselves: if it missed the bridge of our cell, it reached nobody outside. */
static void
tell_mate (GenosMeshOverlay *self, gint64 now)
{
  guint32 mate = genos_mesh_overlay_find_mate (self, self->self_peer);
  const char *self_id = genos_mesh_overlay_get_self_id (self);
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  GenosMeshRecentFrame *recent;

  if (mate == GENOS_MESH_NOBODY || self->view->cells.n_cells == 1
      || !genos_mesh_overlay_find_link (self, mate)->extended)
    return;
  for (guint i = 0; (recent = genos_mesh_recent_get (self->recent, i)) != NULL; i++)
    if (is_due (recent, now) && ids->len < GENOS_MESH_OVERLAY_MAX_IDS
        && strcmp (recent->frame->origin, self_id) == 0)
      g_ptr_array_add (ids, recent->frame->id);
  if (ids->len > 0)
    send_ids (self, mate, GENOS_MESH_HAVE, ids, now);
}

static gboolean
is_stranger (GenosMeshOverlay *self, GenosMeshLink *link)
{
  return link->up && link->extended && !genos_mesh_overlay_is_mate (self, link->peer)
      && genos_mesh_view_find_head (self->view, link->peer) == NULL;
}

/* Who is linked with us and has no place in our layout has another one, in which we may be the bridge of its
 * cell: nobody else would tell it anything. */
static void
tell_strangers (GenosMeshOverlay *self, gint64 now)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  g_autoptr (GArray) peers = g_array_new (FALSE, FALSE, sizeof (guint32));
  GenosMeshRecentFrame *recent;
  GHashTableIter iter;
  gpointer value;

  for (guint i = 0; (recent = genos_mesh_recent_get (self->recent, i)) != NULL; i++)
    if (is_due (recent, now) && ids->len < GENOS_MESH_OVERLAY_MAX_IDS)
      g_ptr_array_add (ids, recent->frame->id);
  if (ids->len == 0)
    return;
  g_hash_table_iter_init (&iter, self->links);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (is_stranger (self, value))
      g_array_append_val (peers, ((GenosMeshLink *) value)->peer);
  for (guint i = 0; i < peers->len; i++)
    send_ids (self, g_array_index (peers, guint32, i), GENOS_MESH_HAVE, ids, now);
}

void
genos_mesh_overlay_tell_neighbours (GenosMeshOverlay *self, gint64 now)
{
  GenosMeshRecentFrame *recent;

  if (genos_mesh_overlay_has_layout (self)) {
    tell_mate (self, now);
    tell_strangers (self, now);
  }
  if (genos_mesh_overlay_has_layout (self) && genos_mesh_overlay_is_acting (self, now))
    for (guint i = 0; i < self->view->n_neighbours; i++)
      tell_neighbour (self, &self->view->neighbours[i], now);
  for (guint i = 0; (recent = genos_mesh_recent_get (self->recent, i)) != NULL; i++)
    recent->told |= is_due (recent, now);
}

static gboolean
is_news (GenosMeshOverlay *self, const char *id)
{
  const char *at = strchr (id, ':');
  guint64 ms = at != NULL ? g_ascii_strtoull (at + 1, NULL, 36) : 0;

  return (gint64) ms + EARLIER_MS >= self->wall_ms
      && !genos_mesh_seen_has (self->seen, genos_mesh_seen_hash (self->seen, id));
}

static void
take_have (GenosMeshOverlay *self, GenosMeshLink *from, GenosMeshFrame *frame, gint64 now)
{
  g_auto (GStrv) ids = genos_mesh_frame_parse_ids (frame->data, GENOS_MESH_OVERLAY_MAX_IDS);
  g_autoptr (GPtrArray) wanted = g_ptr_array_new ();

  for (guint i = 0; ids != NULL && ids[i] != NULL; i++) {
    guint64 hash = genos_mesh_seen_hash (self->seen, ids[i]);

    if (!is_news (self, ids[i]))
      continue;
    g_ptr_array_add (wanted, ids[i]);
    if (self->asked->len == MAX_ASKED)
      g_array_remove_index (self->asked, 0);
    g_array_append_val (self->asked, hash);
  }
  if (wanted->len > 0)
    send_ids (self, from->peer, GENOS_MESH_WANT, wanted, now);
}

static void
take_want (GenosMeshOverlay *self, GenosMeshLink *from, GenosMeshFrame *frame)
{
  g_auto (GStrv) ids = genos_mesh_frame_parse_ids (frame->data, GENOS_MESH_OVERLAY_MAX_IDS);

  for (guint i = 0; ids != NULL && ids[i] != NULL; i++) {
    GenosMeshRecentFrame *recent = genos_mesh_recent_find (self->recent, ids[i]);

    if (recent == NULL || from->n_answers >= 2 * GENOS_MESH_OVERLAY_MAX_IDS)
      continue;
    from->n_answers++;
    /* It took another way than the tree's, and whoever asks has not had it: the hops begin again. */
    send_to (self, from->peer, recent->frame, choose_ttl (self));
  }
}

static gboolean
was_asked_for (GenosMeshOverlay *self, guint64 hash)
{
  for (guint i = 0; i < self->asked->len; i++) {
    if (g_array_index (self->asked, guint64, i) == hash) {
      g_array_remove_index_fast (self->asked, i);
      return TRUE;
    }
  }
  return FALSE;
}

/* --- what comes in --- */

/* FALSE: it goes no further. */
static gboolean
admit (GenosMeshOverlay *self, GenosMeshLink *from, GenosMeshFrame *frame, gint64 now)
{
  guint64 hash = genos_mesh_seen_hash (self->seen, frame->id);
  const char *sender = genos_mesh_topology_get_id (self->topology, from->peer);

  if (genos_mesh_seen_has (self->seen, hash)) {
    self->counters.duplicates++;
    return FALSE;
  }
  if (was_asked_for (self, hash)) {
    self->counters.repaired++;
  } else if (strcmp (frame->origin, sender) != 0
      && !genos_mesh_overlay_may_forward (self, from->peer)) {
    self->counters.dropped_role++;
    return FALSE;
  }
  if (!genos_mesh_seen_is_timely (self->seen, frame->origin, frame->ms, get_wall_ms (self, now))) {
    self->counters.dropped_replayed++;
    return FALSE;
  }
  genos_mesh_seen_add (self->seen, hash);
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
  gboolean for_us;

  if (!genos_mesh_overlay_is_adrift (self))
    ttl = MIN (ttl, self->view->ttl);
  if (!admit (self, from, frame, now))
    return;
  if (frame->target == NULL) {
    if (genos_mesh_overlay_has_layout (self))
      pass_on (self, frame, ttl, from, now);
    take (self, frame, now);
    return;
  }
  for_us = is_for_us (self, frame);
  if (!for_us && ttl == 0)
    self->counters.dropped_ttl++;
  else if (!for_us)
    send_directed (self, frame, ttl - 1, from->peer, now);
  else
    take (self, frame, now);
}

void
genos_mesh_overlay_receive (
    GenosMeshOverlay *self, guint32 from, GenosMeshFrame *frame, guint ttl, gint64 now)
{
  g_autoptr (GenosMeshOverlay) alive = genos_mesh_overlay_ref (self);
  GenosMeshLink *link = genos_mesh_overlay_find_link (self, from);

  if (link == NULL || !link->up)
    return;
  self->counters.received++;
  switch (frame->kind) {
    case GENOS_MESH_HAVE:
      if (link->extended)
        take_have (self, link, frame, now);
      break;
    case GENOS_MESH_WANT:
      if (link->extended)
        take_want (self, link, frame);
      break;
    default:
      receive_frame (self, link, frame, ttl, now);
      break;
  }
}
