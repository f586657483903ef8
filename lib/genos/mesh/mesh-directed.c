/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Messages for one peer: their way, and that they arrive. */

#include <genos/mesh/mesh-overlay-private.h>

#include <string.h>

/* Of the ways that lead nearer, so many are tried. */
#define MAX_WAYS 3

/* --- the way --- */

typedef struct {
  guint32 head;
  guint64 cost;
} Way;

/* In order; those that cost more than MAX_WAYS others are not kept. */
static guint
add_way (Way ways[MAX_WAYS], guint n, Way way)
{
  guint at = n;

  while (at > 0 && way.cost < ways[at - 1].cost)
    at--;
  if (at == MAX_WAYS)
    return n;
  n = MIN (n + 1, MAX_WAYS);
  for (guint i = n - 1; i > at; i--)
    ways[i] = ways[i - 1];
  ways[at] = way;
  return n;
}

static guint
find_ways (GenosMeshOverlay *self, guint cell, guint32 from, Way ways[MAX_WAYS])
{
  const GenosMeshView *view = self->view;
  guint from_cell =
      from != GENOS_MESH_NOBODY ? genos_mesh_view_cell_of (view, from) : GENOS_MESH_NO_CELL;
  guint n = 0;

  for (guint i = 0; i < view->n_neighbours; i++) {
    Way way = { .cost = genos_mesh_tree_cost (view->neighbours[i].cell, cell) };

    if (view->neighbours[i].cell == from_cell)
      continue;
    way.head = genos_mesh_overlay_find_head (self, &view->neighbours[i]);
    if (way.head != GENOS_MESH_NOBODY)
      n = add_way (ways, n, way);
  }
  return n;
}

/* The nearest; the next time another one that is nearer to it than we are, so that it goes round nowhere.
 * Each cell begins elsewhere: one that is dead is not met by all of them. */
static guint32
choose_way (GenosMeshOverlay *self, guint cell, guint32 from, guint attempt)
{
  guint64 own_cost = genos_mesh_tree_cost (self->view->cell, cell);
  Way ways[MAX_WAYS];
  guint n = find_ways (self, cell, from, ways);

  while (n > 1 && ways[n - 1].cost >= own_cost)
    n--;
  if (n == 0)
    return GENOS_MESH_NOBODY;
  return ways[attempt == 0 ? 0 : (attempt + self->view->cell) % n].head;
}

/* The first of our cell that is linked, who may know more; the second time the one who follows. */
static guint32
choose_mate (GenosMeshOverlay *self, guint32 from, guint attempt)
{
  guint32 first = genos_mesh_overlay_find_mate (self, from);
  const GenosMeshView *view = self->view;

  for (guint i = 0; attempt % 2 == 1 && i < view->n_mates; i++)
    if (view->mates[i] != first && view->mates[i] != from
        && genos_mesh_overlay_is_linked (self, view->mates[i]))
      return view->mates[i];
  return first;
}

static guint32
find_next_hop (GenosMeshOverlay *self, GenosMeshFrame *frame, guint32 from, gint64 now)
{
  guint32 target = genos_mesh_topology_find (self->topology, frame->target);
  guint32 head = GENOS_MESH_NOBODY;
  guint cell;

  if (target != GENOS_MESH_NOBODY && genos_mesh_overlay_is_linked (self, target))
    return target;
  if (!genos_mesh_overlay_has_layout (self))
    return GENOS_MESH_NOBODY;
  cell = genos_mesh_overlay_cell_of (self, frame->target);
  if (cell != self->view->cell && genos_mesh_overlay_is_acting (self, now))
    head = choose_way (self, cell, from, frame->attempt);
  /* Whoever cannot do more gives it to the first of its own cell, who may. */
  return head != GENOS_MESH_NOBODY ? head : choose_mate (self, from, frame->attempt);
}

gboolean
genos_mesh_overlay_send_directed (
    GenosMeshOverlay *self, GenosMeshFrame *frame, guint ttl, guint32 from, gint64 now)
{
  guint32 next = find_next_hop (self, frame, from, now);

  /* Before there is a layout, those who have one know the way. */
  if (next == GENOS_MESH_NOBODY && !genos_mesh_overlay_has_layout (self)
      && from == GENOS_MESH_NOBODY)
    return genos_mesh_overlay_send_to_mates (self, frame, ttl, from, FALSE, from) > 0;
  if (next == GENOS_MESH_NOBODY) {
    self->counters.dropped_route++;
    return FALSE;
  }
  genos_mesh_overlay_send_to (self, next, frame, ttl);
  return TRUE;
}

/* --- acknowledgements --- */

static gboolean
send_anew (GenosMeshOverlay *self, const char *target, const char *data, gint64 now)
{
  g_autoptr (GenosMeshFrame) frame =
      genos_mesh_overlay_make_frame (self, GENOS_MESH_MSG, target, data, now);

  return genos_mesh_overlay_originate (self, frame, now);
}

static void
send_pending (GenosMeshOverlay *self, const GenosMeshPendingMessage *message, gint64 now)
{
  g_autofree char *data = genos_mesh_pending_build (message);

  /* Where there is no way now, there may be one the next time. */
  send_anew (self, message->target, data, now);
}

guint64
genos_mesh_overlay_send_acknowledged (
    GenosMeshOverlay *self, const char *target_id, const char *data, gboolean bulk, gint64 now)
{
  const GenosMeshPendingMessage *message;

  g_return_val_if_fail (data[0] == '{', 0);

  message = genos_mesh_pending_add (self->pending, ++self->serial, target_id, data, bulk, now);
  if (message == NULL)
    return 0;
  send_pending (self, message, now);
  return self->serial;
}

guint
genos_mesh_overlay_get_n_unacknowledged (GenosMeshOverlay *self)
{
  return genos_mesh_pending_get_n (self->pending);
}

static void
settle (GenosMeshOverlay *self, const GenosMeshPendingMessage *message, gboolean arrived)
{
  if (self->events->settled != NULL)
    self->events->settled (message->serial, arrived, message->attempt, self->data);
}

void
genos_mesh_overlay_retry (GenosMeshOverlay *self, gint64 now)
{
  const GenosMeshPendingMessage *due;
  GenosMeshPendingMessage *expired;

  while ((due = genos_mesh_pending_next_due (self->pending, now)) != NULL) {
    self->counters.again++;
    send_pending (self, due, now);
  }
  while ((expired = genos_mesh_pending_expire (self->pending, now)) != NULL) {
    self->counters.given_up++;
    settle (self, expired, FALSE);
    genos_mesh_pending_message_free (expired);
  }
}

static void
take_acknowledgement (GenosMeshOverlay *self, GenosMeshFrame *frame, gint64 now)
{
  g_autoptr (GenosMeshPendingMessage) message = NULL;
  guint64 serial;

  if (!genos_mesh_pending_parse_token (frame->ack, &serial))
    return;
  message = genos_mesh_pending_acknowledge (self->pending, serial, frame->origin, now);
  if (message != NULL)
    settle (self, message, TRUE);
}

/* Each time it comes: the last one may have been lost. */
static void
acknowledge (GenosMeshOverlay *self, GenosMeshFrame *frame, gint64 now)
{
  GString *data = g_string_new (NULL);
  g_autofree char *text = NULL;

  g_string_append_printf (data, "{\"_a\":\"%s\",", frame->token);
  if (frame->attempt > 0)
    g_string_append_printf (data, "\"_n\":%u,", frame->attempt);
  g_string_append_printf (data, "\"_t\":\"%s\"}", frame->origin);
  text = g_string_free (data, FALSE);
  send_anew (self, frame->origin, text, now);
}

static guint64
hash_token (GenosMeshOverlay *self, GenosMeshFrame *frame)
{
  g_autofree char *name = g_strconcat (frame->origin, ":", frame->token, NULL);

  return genos_mesh_seen_hash (self->tokens, name);
}

void
genos_mesh_overlay_take_directed (GenosMeshOverlay *self, GenosMeshFrame *frame, gint64 now)
{
  guint64 hash;

  if (frame->ack != NULL) {
    take_acknowledgement (self, frame, now);
    return;
  }
  if (frame->token == NULL) {
    genos_mesh_overlay_take (self, frame, now);
    return;
  }
  hash = hash_token (self, frame);
  if (genos_mesh_seen_has (self->tokens, hash))
    self->counters.duplicates++;
  else if (!genos_mesh_overlay_take (self, frame, now))
    return;
  genos_mesh_seen_add (self->tokens, hash);
  acknowledge (self, frame, now);
}
