/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/mesh/mesh-feed.h>

#include <string.h>

#define NOTHING G_MAXUINT

/* Of one transfer. */
typedef struct {
  GenosMeshTransfer *transfer;
  GQueue entries;  /* of index and TTL */
  guint8 *waiting; /* by index: whether it is among them */
  guint popped;    /* the entry that was popped last, and may come back; NOTHING */
} Batch;

struct _GenosMeshFeed {
  GQueue batches; /* of Batch: the first of an origin is the one that it has its turn with */
  Batch *last;    /* (nullable): where the last one was popped from */
  guint n;
};

#define pack(index, ttl) GUINT_TO_POINTER ((index) << 8 | (ttl))
#define get_index(entry) ((entry) >> 8)
#define get_ttl(entry) ((entry) &0xFF)

static void
batch_free (gpointer data)
{
  Batch *batch = data;

  batch->transfer->n_feeds--;
  genos_mesh_transfer_unref (batch->transfer);
  g_queue_clear (&batch->entries);
  g_free (batch->waiting);
  g_free (batch);
}

GenosMeshFeed *
genos_mesh_feed_new (void)
{
  GenosMeshFeed *self = g_new0 (GenosMeshFeed, 1);

  g_queue_init (&self->batches);
  return self;
}

void
genos_mesh_feed_free (GenosMeshFeed *self)
{
  g_queue_clear_full (&self->batches, batch_free);
  g_free (self);
}

static Batch *
ensure_batch (GenosMeshFeed *self, GenosMeshTransfer *transfer)
{
  Batch *batch;

  for (GList *l = self->batches.head; l != NULL; l = l->next)
    if (((Batch *) l->data)->transfer == transfer)
      return l->data;
  batch = g_new0 (Batch, 1);
  batch->transfer = genos_mesh_transfer_ref (transfer);
  batch->transfer->n_feeds++;
  g_queue_init (&batch->entries);
  batch->waiting = g_new0 (guint8, transfer->n_chunks);
  batch->popped = NOTHING;
  g_queue_push_tail (&self->batches, batch);
  return batch;
}

void
genos_mesh_feed_push (GenosMeshFeed *self, GenosMeshTransfer *transfer, guint index, guint ttl)
{
  Batch *batch = ensure_batch (self, transfer);

  if (batch->waiting[index])
    return;
  batch->waiting[index] = TRUE;
  g_queue_push_tail (&batch->entries, pack (index, ttl));
  self->n++;
}

/* It was taken: nobody puts it back any more. */
static void
settle (GenosMeshFeed *self)
{
  Batch *last = g_steal_pointer (&self->last);

  if (last == NULL)
    return;
  last->popped = NOTHING;
  if (g_queue_is_empty (&last->entries)) {
    g_queue_remove (&self->batches, last);
    batch_free (last);
  }
}

/* All of its origin go behind those of the others, in their order. */
static void
end_turn (GenosMeshFeed *self, Batch *batch)
{
  GQueue own = G_QUEUE_INIT;

  for (GList *l = self->batches.head, *next; l != NULL; l = next) {
    next = l->next;
    if (strcmp (((Batch *) l->data)->transfer->origin, batch->transfer->origin) != 0)
      continue;
    g_queue_unlink (&self->batches, l);
    g_queue_push_tail_link (&own, l);
  }
  while (!g_queue_is_empty (&own))
    g_queue_push_tail_link (&self->batches, g_queue_pop_head_link (&own));
}

static GenosMeshFrame *
pop_of (GenosMeshFeed *self, Batch *batch, guint *ttl)
{
  guint entry = GPOINTER_TO_UINT (g_queue_pop_head (&batch->entries));

  self->n--;
  self->last = batch;
  batch->waiting[get_index (entry)] = FALSE;
  batch->popped = entry;
  *ttl = get_ttl (entry);
  return genos_mesh_transfer_make_frame (batch->transfer, get_index (entry));
}

GenosMeshFrame *
genos_mesh_feed_pop (GenosMeshFeed *self, guint *ttl)
{
  Batch *batch;

  for (settle (self); (batch = g_queue_peek_head (&self->batches)) != NULL; settle (self)) {
    GenosMeshFrame *frame = pop_of (self, batch, ttl);

    end_turn (self, batch);
    /* One that was dropped meanwhile has nothing left. */
    if (frame != NULL)
      return frame;
  }
  return NULL;
}

void
genos_mesh_feed_unpop (GenosMeshFeed *self)
{
  Batch *last = g_steal_pointer (&self->last);

  g_return_if_fail (last != NULL);
  if (!last->waiting[get_index (last->popped)]) {
    last->waiting[get_index (last->popped)] = TRUE;
    g_queue_push_head (&last->entries, GUINT_TO_POINTER (last->popped));
    self->n++;
  }
  last->popped = NOTHING;
}

guint
genos_mesh_feed_get_n (GenosMeshFeed *self)
{
  return self->n;
}
