/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/mesh/mesh-transfers.h>

#include <string.h>

struct _GenosMeshTransfers {
  GPtrArray *all; /* of GenosMeshTransfer, oldest first */
  gsize bytes;
  GenosMeshSeen *over; /* ids of those that were complete, or given up */
};

GenosMeshTransfers *
genos_mesh_transfers_new (const guint8 *key)
{
  GenosMeshTransfers *self = g_new0 (GenosMeshTransfers, 1);

  self->all = g_ptr_array_new_with_free_func ((GDestroyNotify) genos_mesh_transfer_unref);
  self->over = genos_mesh_seen_new (key);
  return self;
}

static void
note_over (GenosMeshTransfers *self, const char *id)
{
  genos_mesh_seen_add (self->over, genos_mesh_seen_hash (self->over, id));
}

/* Queues that have it hold nothing of it any more. */
static void
drop_at (GenosMeshTransfers *self, guint index)
{
  GenosMeshTransfer *transfer = g_ptr_array_index (self->all, index);

  note_over (self, transfer->id);
  self->bytes -= transfer->n_bytes;
  genos_mesh_transfer_drop (transfer);
  g_ptr_array_remove_index (self->all, index);
}

void
genos_mesh_transfers_free (GenosMeshTransfers *self)
{
  while (self->all->len > 0)
    drop_at (self, self->all->len - 1);
  g_ptr_array_unref (self->all);
  genos_mesh_seen_free (self->over);
  g_free (self);
}

GenosMeshTransfer *
genos_mesh_transfers_get (GenosMeshTransfers *self, guint index)
{
  return index < self->all->len ? g_ptr_array_index (self->all, index) : NULL;
}

GenosMeshTransfer *
genos_mesh_transfers_find (GenosMeshTransfers *self, const char *id)
{
  for (guint i = self->all->len; i > 0; i--) {
    GenosMeshTransfer *transfer = g_ptr_array_index (self->all, i - 1);

    if (strcmp (transfer->id, id) == 0)
      return transfer;
  }
  return NULL;
}

gboolean
genos_mesh_transfers_is_over (GenosMeshTransfers *self, const char *id)
{
  return genos_mesh_seen_has (self->over, genos_mesh_seen_hash (self->over, id));
}

gsize
genos_mesh_transfers_get_bytes (GenosMeshTransfers *self)
{
  return self->bytes;
}

/* --- bounds --- */

typedef struct {
  guint n;
  gsize bytes;
} Share;

static Share
measure (GenosMeshTransfers *self, const char *origin)
{
  Share share = { 0 };

  for (guint i = 0; i < self->all->len; i++) {
    GenosMeshTransfer *transfer = g_ptr_array_index (self->all, i);

    if (strcmp (transfer->origin, origin) != 0)
      continue;
    share.n++;
    share.bytes += transfer->n_bytes;
  }
  return share;
}

/* @origin (nullable): whoever's */
static gboolean
drop_finished (GenosMeshTransfers *self, const char *origin, const GenosMeshTransfer *except)
{
  for (guint i = 0; i < self->all->len; i++) {
    GenosMeshTransfer *transfer = g_ptr_array_index (self->all, i);

    if (transfer != except && genos_mesh_transfer_is_complete (transfer) && transfer->n_feeds == 0
        && (origin == NULL || strcmp (transfer->origin, origin) == 0)) {
      drop_at (self, i);
      return TRUE;
    }
  }
  return FALSE;
}

/* The newest of the origin that has most; FALSE when that is @origin itself. */
static gboolean
drop_of_largest (GenosMeshTransfers *self, const char *origin)
{
  gsize most = measure (self, origin).bytes;
  guint newest = G_MAXUINT;

  for (guint i = 0; i < self->all->len; i++) {
    GenosMeshTransfer *transfer = g_ptr_array_index (self->all, i);
    Share share = measure (self, transfer->origin);

    if (share.bytes < most || (share.bytes == most && newest == G_MAXUINT))
      continue;
    most = share.bytes;
    newest = i;
  }
  if (newest == G_MAXUINT)
    return FALSE;
  drop_at (self, newest);
  return TRUE;
}

/* @known (nullable): which it is for, and which is not dropped. */
static gboolean
make_place (
    GenosMeshTransfers *self, const char *origin, const GenosMeshTransfer *known, gsize size)
{
  guint more = known == NULL;

  for (;;) {
    Share share = measure (self, origin);

    if (share.n + more <= GENOS_MESH_TRANSFERS_OF_ORIGIN
        && share.bytes + size <= GENOS_MESH_TRANSFERS_BYTES_OF_ORIGIN)
      break;
    if (!drop_finished (self, origin, known))
      return FALSE;
  }
  while (self->all->len + more > GENOS_MESH_TRANSFERS_MAX
      || self->bytes + size > GENOS_MESH_TRANSFERS_BYTES)
    if (!drop_finished (self, NULL, known) && !drop_of_largest (self, origin))
      return FALSE;
  return TRUE;
}

/* --- what comes --- */

static gboolean
suits (const GenosMeshTransfer *self, const GenosMeshFrame *frame, const GenosMeshChunk *chunk)
{
  return self->size == chunk->size && strcmp (self->origin, frame->origin) == 0;
}

GenosMeshChunkResult
genos_mesh_transfers_take (GenosMeshTransfers *self, GenosMeshFrame *frame,
    const GenosMeshChunk *chunk, gint64 now, GenosMeshTransfer **transfer)
{
  GenosMeshTransfer *known = genos_mesh_transfers_find (self, chunk->whole);

  if (known == NULL ? genos_mesh_transfers_is_over (self, chunk->whole)
                    : genos_mesh_transfer_has (known, chunk->index))
    return GENOS_MESH_CHUNK_KNOWN;
  if ((known != NULL && !suits (known, frame, chunk))
      || !make_place (self, frame->origin, known, g_bytes_get_size (chunk->bytes)))
    return GENOS_MESH_CHUNK_REFUSED;
  if (known == NULL) {
    known = genos_mesh_transfer_new (
        chunk->whole, frame->origin, frame->origin_cell, frame->ms, chunk->size, now);
    g_ptr_array_add (self->all, known);
  }
  genos_mesh_transfer_put (known, chunk->index, chunk->bytes, now);
  self->bytes += g_bytes_get_size (chunk->bytes);
  if (genos_mesh_transfer_is_complete (known))
    note_over (self, known->id);
  *transfer = known;
  return GENOS_MESH_CHUNK_TAKEN;
}

gboolean
genos_mesh_transfers_add (GenosMeshTransfers *self, GenosMeshTransfer *transfer)
{
  if (!make_place (self, transfer->origin, NULL, transfer->n_bytes))
    return FALSE;
  g_ptr_array_add (self->all, genos_mesh_transfer_ref (transfer));
  self->bytes += transfer->n_bytes;
  note_over (self, transfer->id);
  return TRUE;
}

/* --- time --- */

static gboolean
is_old (GenosMeshTransfer *transfer, gint64 now)
{
  if (!genos_mesh_transfer_is_complete (transfer))
    return now - transfer->at >= GENOS_MESH_TRANSFER_QUIET
        || now - transfer->begun >= GENOS_MESH_TRANSFER_LONGEST;
  /* The half minute begins when the last neighbour has got it. */
  if (transfer->n_feeds > 0 && now - transfer->begun < GENOS_MESH_TRANSFER_LONGEST)
    transfer->at = now;
  return now - transfer->at >= GENOS_MESH_TRANSFER_KEPT;
}

guint
genos_mesh_transfers_expire (GenosMeshTransfers *self, gint64 now)
{
  guint n_given_up = 0;

  for (guint i = self->all->len; i > 0; i--) {
    GenosMeshTransfer *transfer = g_ptr_array_index (self->all, i - 1);

    if (!is_old (transfer, now))
      continue;
    n_given_up += !genos_mesh_transfer_is_complete (transfer);
    drop_at (self, i - 1);
  }
  return n_given_up;
}
