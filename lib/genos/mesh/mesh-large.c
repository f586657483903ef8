/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What goes to everybody in chunks. */

#include <genos/mesh/mesh-overlay-private.h>

#include <string.h>

/* Nothing came for so long: it is asked for. */
#define STALLED (2 * G_TIME_SPAN_SECOND)
/* That long after the last neighbour got it, it is everywhere, unless something went wrong. */
#define ON_ITS_WAY G_TIME_SPAN_SECOND
/* Who was asked may answer for so long. */
#define ANSWER_MAX (60 * G_TIME_SPAN_SECOND)
#define MAX_ASKED 256
/* To one neighbour, from tick to tick. */
#define MAX_ANSWERS 512

static GenosMeshTransfers *
get_transfers (GenosMeshOverlay *self)
{
  if (self->transfers == NULL)
    self->transfers = genos_mesh_transfers_new (self->key);
  return self->transfers;
}

static GenosMeshTransfer *
find (GenosMeshOverlay *self, const char *id)
{
  return self->transfers != NULL ? genos_mesh_transfers_find (self->transfers, id) : NULL;
}

/* --- handing on --- */

/* Of browsers only those who may have to pass it on: the others have no use for it. */
static gboolean
takes_chunks (GenosMeshOverlay *self, GenosMeshLink *link)
{
  return link->extended || genos_mesh_overlay_may_forward (self, link->peer);
}

static void
push (GenosMeshOverlay *self, guint32 peer, GenosMeshTransfer *transfer, guint index, guint ttl)
{
  GenosMeshLink *link = genos_mesh_overlay_find_link (self, peer);

  if (!takes_chunks (self, link))
    return;
  if (link->queue == NULL)
    link->queue = genos_mesh_queue_new ();
  genos_mesh_queue_push_chunk (link->queue, transfer, index, ttl);
}

static void
pump_all (GenosMeshOverlay *self, GArray *peers, gint64 now)
{
  for (guint i = 0; i < peers->len; i++)
    genos_mesh_overlay_writable (self, g_array_index (peers, guint32, i), now);
}

char *
genos_mesh_overlay_send_large (GenosMeshOverlay *self, GBytes *content, gint64 now)
{
  g_autoptr (GenosMeshFrame) model =
      genos_mesh_overlay_make_frame (self, GENOS_MESH_MSG, NULL, "null", now);
  gsize size = g_bytes_get_size (content);
  g_autoptr (GenosMeshTransfer) transfer = NULL;
  g_autoptr (GArray) peers = NULL;
  guint ttl = genos_mesh_overlay_choose_ttl (self);

  g_return_val_if_fail (size > 0 && size <= GENOS_MESH_CONTENT_MAX, NULL);

  transfer =
      genos_mesh_transfer_new (model->id, model->origin, model->origin_cell, model->ms, size, now);
  genos_mesh_transfer_fill (transfer, content);
  if (!genos_mesh_transfers_add (get_transfers (self), transfer))
    return NULL;
  self->counters.originated++;
  peers = genos_mesh_overlay_list_first (self, now);
  for (guint i = 0; i < peers->len; i++)
    for (guint index = 0; index < transfer->n_chunks; index++)
      push (self, g_array_index (peers, guint32, i), transfer, index, ttl);
  return g_strdup (model->id);
}

void
genos_mesh_overlay_pump (GenosMeshOverlay *self, gint64 now)
{
  g_autoptr (GArray) peers = g_array_new (FALSE, FALSE, sizeof (guint32));
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->links);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((GenosMeshLink *) value)->queue != NULL)
      g_array_append_val (peers, ((GenosMeshLink *) value)->peer);
  pump_all (self, peers, now);
}

gboolean
genos_mesh_overlay_is_leaving (GenosMeshOverlay *self, const char *id)
{
  GenosMeshTransfer *transfer = find (self, id);

  return transfer != NULL && transfer->n_feeds > 0;
}

/* --- asking --- */

static guint64
hash_whole (GenosMeshOverlay *self, const char *id)
{
  return genos_mesh_seen_hash (self->seen, id);
}

static GenosMeshAskedWhole *
find_asked (GenosMeshOverlay *self, const char *id, guint32 peer)
{
  guint64 hash = hash_whole (self, id);

  for (guint i = 0; i < self->asked_wholes->len; i++) {
    GenosMeshAskedWhole *asked = &g_array_index (self->asked_wholes, GenosMeshAskedWhole, i);

    if (asked->hash == hash && asked->peer == peer)
      return asked;
  }
  return NULL;
}

static gboolean
was_asked (GenosMeshOverlay *self, const char *id, guint32 peer, gint64 now)
{
  GenosMeshAskedWhole *asked = find_asked (self, id, peer);

  return asked != NULL && now - asked->at < ANSWER_MAX;
}

/* Several may tell us of the same, and one is enough, should it answer. */
static gboolean
is_asked_for (GenosMeshOverlay *self, const char *id, gint64 now)
{
  guint64 hash = hash_whole (self, id);

  for (guint i = 0; i < self->asked_wholes->len; i++) {
    GenosMeshAskedWhole *asked = &g_array_index (self->asked_wholes, GenosMeshAskedWhole, i);

    if (asked->hash == hash && now - asked->at < STALLED)
      return TRUE;
  }
  return FALSE;
}

void
genos_mesh_overlay_forget_asked (GenosMeshOverlay *self, guint32 peer)
{
  for (guint i = self->asked_wholes->len; i > 0; i--)
    if (g_array_index (self->asked_wholes, GenosMeshAskedWhole, i - 1).peer == peer)
      g_array_remove_index (self->asked_wholes, i - 1);
}

static void
ask (GenosMeshOverlay *self, const char *id, guint32 peer, GPtrArray *chunks, gint64 now)
{
  GenosMeshAskedWhole *known = find_asked (self, id, peer);
  GenosMeshAskedWhole asked = { hash_whole (self, id), peer, now };

  if (known != NULL) {
    *known = asked;
  } else {
    if (self->asked_wholes->len == MAX_ASKED)
      g_array_remove_index (self->asked_wholes, 0);
    g_array_append_val (self->asked_wholes, asked);
  }
  genos_mesh_overlay_send_ids (self, peer, GENOS_MESH_WANT, chunks, now);
}

static void
ask_for_missing (GenosMeshOverlay *self, GenosMeshTransfer *transfer, guint32 peer, gint64 now)
{
  g_autoptr (GPtrArray) missing =
      genos_mesh_transfer_list_missing (transfer, GENOS_MESH_OVERLAY_MAX_IDS);

  transfer->asked_peer = peer;
  transfer->asked_at = now;
  transfer->n_awaited = missing->len;
  ask (self, transfer->id, peer, missing, now);
}

static void
add_source (GenosMeshOverlay *self, GArray *sources, guint32 peer)
{
  GenosMeshLink *link =
      peer != GENOS_MESH_NOBODY ? genos_mesh_overlay_find_link (self, peer) : NULL;

  if (link == NULL || !link->up || !link->extended)
    return;
  for (guint i = 0; i < sources->len; i++)
    if (g_array_index (sources, guint32, i) == peer)
      return;
  g_array_append_val (sources, peer);
}

/* Who may have it: who said so, the first of our cell, and those of our neighbours. */
static GArray *
list_sources (GenosMeshOverlay *self, GenosMeshTransfer *transfer)
{
  GArray *sources = g_array_new (FALSE, FALSE, sizeof (guint32));
  const GenosMeshView *view = self->view;

  add_source (self, sources, transfer->teller);
  add_source (self, sources, genos_mesh_topology_find (self->topology, transfer->origin));
  for (guint i = 0; view != NULL && i < MIN (view->n_mates, GENOS_MESH_N_HEADS); i++)
    add_source (self, sources, view->mates[i]);
  for (guint i = 0; view != NULL && i < view->n_neighbours; i++)
    add_source (self, sources, genos_mesh_overlay_find_head (self, &view->neighbours[i]));
  return sources;
}

static void
ask_if_stalled (GenosMeshOverlay *self, GenosMeshTransfer *transfer, gint64 now)
{
  g_autoptr (GArray) sources = NULL;

  if (now - MAX (transfer->at, transfer->asked_at) < STALLED)
    return;
  sources = list_sources (self, transfer);
  if (sources->len > 0)
    ask_for_missing (
        self, transfer, g_array_index (sources, guint32, transfer->n_asks++ % sources->len), now);
}

/* The next ones, of whom it gave those before, unless they come by themselves. */
static void
ask_on (GenosMeshOverlay *self, GenosMeshTransfer *transfer, guint32 from, gint64 now)
{
  if (transfer->asked_peer != from || transfer->n_awaited == 0)
    return;
  transfer->n_awaited--;
  if (transfer->n_awaited == 0 && !genos_mesh_transfer_is_complete (transfer)
      && (transfer->unasked_at == 0 || now - transfer->unasked_at >= STALLED))
    ask_for_missing (self, transfer, from, now);
}

gboolean
genos_mesh_overlay_take_notice (
    GenosMeshOverlay *self, GenosMeshLink *from, const char *notice, gint64 now)
{
  g_autofree char *id = NULL;
  g_autoptr (GPtrArray) chunks = NULL;
  GenosMeshTransfer *known;
  gsize size;

  if (!genos_mesh_chunk_parse_notice (notice, &id, &size))
    return FALSE;
  known = find (self, id);
  if (known != NULL && !genos_mesh_transfer_is_complete (known)) {
    known->teller = from->peer;
    known->n_asks = 0;
  }
  if (known != NULL || from->n_answers >= 2 * GENOS_MESH_OVERLAY_MAX_IDS
      || !genos_mesh_overlay_is_recent (self, id)
      || genos_mesh_transfers_is_over (get_transfers (self), id) || is_asked_for (self, id, now))
    return TRUE;
  from->n_answers++;
  chunks = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < MIN (genos_mesh_chunk_count (size), GENOS_MESH_OVERLAY_MAX_IDS); i++)
    g_ptr_array_add (chunks, genos_mesh_chunk_build_id (id, i));
  ask (self, id, from->peer, chunks, now);
  return TRUE;
}

gboolean
genos_mesh_overlay_answer_chunk (
    GenosMeshOverlay *self, GenosMeshLink *from, const char *id, gint64 now)
{
  g_autofree char *whole = NULL;
  GenosMeshTransfer *transfer;
  guint index;

  if (!genos_mesh_chunk_parse_id (id, &whole, &index))
    return FALSE;
  transfer = find (self, whole);
  if (transfer == NULL)
    return FALSE;
  if (!genos_mesh_transfer_has (transfer, index) || from->n_chunk_answers >= MAX_ANSWERS)
    return TRUE;
  from->n_chunk_answers++;
  push (self, from->peer, transfer, index, genos_mesh_overlay_choose_ttl (self));
  genos_mesh_overlay_writable (self, from->peer, now);
  return TRUE;
}

/* --- what comes --- */

/* FALSE: it goes no further. */
static gboolean
admit (GenosMeshOverlay *self, GenosMeshLink *from, GenosMeshFrame *frame,
    const GenosMeshChunk *chunk, gboolean is_answer, gint64 now)
{
  const char *sender = genos_mesh_topology_get_id (self->topology, from->peer);

  if (!is_answer && strcmp (frame->origin, sender) != 0
      && !genos_mesh_overlay_may_forward (self, from->peer)) {
    self->counters.dropped_role++;
    return FALSE;
  }
  /* The others of it may take their time. */
  if (find (self, chunk->whole) == NULL
      && !genos_mesh_seen_is_timely (
          self->seen, frame->origin, frame->ms, genos_mesh_overlay_get_wall_ms (self, now))) {
    self->counters.dropped_replayed++;
    return FALSE;
  }
  return TRUE;
}

static gboolean
is_known (GenosMeshOverlay *self, const GenosMeshChunk *chunk)
{
  GenosMeshTransfer *known = find (self, chunk->whole);

  return known != NULL ? genos_mesh_transfer_has (known, chunk->index)
                       : genos_mesh_transfers_is_over (get_transfers (self), chunk->whole);
}

static void
pass_on (GenosMeshOverlay *self, GenosMeshLink *from, GenosMeshTransfer *transfer, guint index,
    guint ttl, gboolean is_answer, gint64 now)
{
  g_autoptr (GArray) next = NULL;

  if (!genos_mesh_overlay_has_layout (self))
    return;
  next = genos_mesh_overlay_list_next (self, transfer->origin, ttl, from, is_answer, now);
  for (guint i = 0; i < next->len; i++)
    push (self, g_array_index (next, guint32, i), transfer, index, ttl - 1);
  pump_all (self, next, now);
}

static GenosMeshFrame *
make_whole (GenosMeshTransfer *transfer, gint64 now)
{
  g_autoptr (GBytes) content = genos_mesh_transfer_join (transfer);

  return genos_mesh_frame_new_whole (transfer->id, transfer->origin, transfer->origin_cell,
      transfer->ms, content, (now - transfer->begun) / 1000);
}

/* The last thing that is done with a chunk: the application may end the mesh. */
static void
tell_application (GenosMeshOverlay *self, GenosMeshTransfer *transfer, gint64 now)
{
  g_autoptr (GenosMeshTransfer) held = genos_mesh_transfer_ref (transfer);
  g_autoptr (GenosMeshFrame) whole =
      genos_mesh_transfer_is_complete (transfer) ? make_whole (transfer, now) : NULL;

  if (self->events->arriving != NULL)
    self->events->arriving (held, self->data);
  if (whole != NULL)
    genos_mesh_overlay_take (self, whole, now);
}

void
genos_mesh_overlay_take_chunk (
    GenosMeshOverlay *self, GenosMeshLink *from, GenosMeshFrame *frame, guint ttl, gint64 now)
{
  g_auto (GenosMeshChunk) chunk = { 0 };
  GenosMeshTransfer *transfer;
  gboolean is_answer;

  if (!genos_mesh_chunk_parse (&chunk, frame->id, frame->data)) {
    self->counters.dropped_chunk++;
    return;
  }
  if (is_known (self, &chunk)) {
    self->counters.duplicates++;
    return;
  }
  is_answer = was_asked (self, chunk.whole, from->peer, now);
  if (!admit (self, from, frame, &chunk, is_answer, now))
    return;
  if (genos_mesh_transfers_take (get_transfers (self), frame, &chunk, now, &transfer)
      != GENOS_MESH_CHUNK_TAKEN) {
    self->counters.dropped_chunk++;
    return;
  }
  self->counters.repaired += is_answer;
  if (!is_answer)
    transfer->unasked_at = now;
  else if (transfer->n_have == 1) {
    transfer->asked_peer = from->peer;
    transfer->n_awaited = MIN (transfer->n_chunks, GENOS_MESH_OVERLAY_MAX_IDS);
  }
  pass_on (self, from, transfer, chunk.index, ttl, is_answer, now);
  ask_on (self, transfer, from->peer, now);
  tell_application (self, transfer, now);
}

/* --- each tick --- */

static void
tell_one (GenosMeshOverlay *self, GenosMeshTransfer *transfer, guint32 peer, gint64 now)
{
  g_autofree char *notice = genos_mesh_chunk_build_notice (transfer->id, transfer->size);
  g_autoptr (GPtrArray) notices = g_ptr_array_new ();

  g_ptr_array_add (notices, notice);
  genos_mesh_overlay_send_ids (self, peer, GENOS_MESH_HAVE, notices, now);
}

static gboolean
is_own (GenosMeshOverlay *self, GenosMeshTransfer *transfer)
{
  return strcmp (transfer->origin, genos_mesh_overlay_get_self_id (self)) == 0;
}

static gboolean
is_to_be_told (GenosMeshOverlay *self, GenosMeshTransfer *transfer, GenosMeshLink *link, gint64 now)
{
  const char *id = genos_mesh_topology_get_id (self->topology, link->peer);

  if (!link->up || !link->extended || strcmp (id, transfer->origin) == 0)
    return FALSE;
  if (genos_mesh_overlay_is_mate (self, link->peer))
    return is_own (self, transfer) || genos_mesh_overlay_is_acting (self, now);
  return genos_mesh_overlay_is_stranger (self, link, now);
}

/* The members of our cell, if we are its bridge or said it; the cells whose way it is when theirs is gone; and
 * whoever has another layout. */
static void
tell_neighbours (GenosMeshOverlay *self, GenosMeshTransfer *transfer, gint64 now)
{
  const GenosMeshView *view = self->view;
  g_autoptr (GArray) peers = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint root = genos_mesh_overlay_cell_of (self, transfer->origin);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->links);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (is_to_be_told (self, transfer, value, now))
      g_array_append_val (peers, ((GenosMeshLink *) value)->peer);
  for (guint i = 0; genos_mesh_overlay_is_acting (self, now) && i < view->n_neighbours; i++)
    if (genos_mesh_tree_get_backup (&view->cells, root, view->neighbours[i].cell) == view->cell)
      add_source (self, peers, genos_mesh_overlay_find_head (self, &view->neighbours[i]));
  for (guint i = 0; i < peers->len; i++)
    tell_one (self, transfer, g_array_index (peers, guint32, i), now);
}

static gboolean
is_everywhere (GenosMeshTransfer *transfer, gint64 now)
{
  return genos_mesh_transfer_is_complete (transfer) && transfer->n_feeds == 0
      && now - transfer->at >= ON_ITS_WAY;
}

void
genos_mesh_overlay_tend_large (GenosMeshOverlay *self, gint64 now)
{
  GenosMeshTransfer *transfer;

  if (self->transfers == NULL)
    return;
  self->counters.unfinished += genos_mesh_transfers_expire (self->transfers, now);
  for (guint i = 0; (transfer = genos_mesh_transfers_get (self->transfers, i)) != NULL; i++) {
    if (!genos_mesh_transfer_is_complete (transfer)) {
      ask_if_stalled (self, transfer, now);
    } else if (!transfer->told && is_everywhere (transfer, now)
        && genos_mesh_overlay_has_layout (self)) {
      transfer->told = TRUE;
      tell_neighbours (self, transfer, now);
    }
  }
}

void
genos_mesh_overlay_tell_large (GenosMeshOverlay *self, GenosMeshLink *link, gint64 now)
{
  g_autoptr (GPtrArray) notices = g_ptr_array_new_with_free_func (g_free);
  GenosMeshTransfer *transfer;

  for (guint i = 0; self->transfers != NULL && link->extended
       && (transfer = genos_mesh_transfers_get (self->transfers, i)) != NULL;
       i++)
    if (genos_mesh_transfer_is_complete (transfer) && notices->len < GENOS_MESH_OVERLAY_MAX_IDS)
      g_ptr_array_add (notices, genos_mesh_chunk_build_notice (transfer->id, transfer->size));
  if (notices->len > 0)
    genos_mesh_overlay_send_ids (self, link->peer, GENOS_MESH_HAVE, notices, now);
}
