/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/mesh/mesh-queue.h>

#include <string.h>

#define QUANTUM 16384 /* bytes an origin may send in its turn */
#define OVERHEAD 160  /* what a frame has besides its data */

typedef struct {
  GenosMeshFrame *frame;
  guint ttl;
} Waiting;

typedef struct {
  char *id;
  GQueue frames; /* of Waiting */
  gsize bytes;
  gssize credit;
} Origin;

struct _GenosMeshQueue {
  GQueue control;      /* of Waiting */
  GQueue turns;        /* of Origin: whoever is first has the turn */
  GHashTable *origins; /* char * (the origin's) → Origin */
  Waiting *put_back;
  guint n;
  gsize bytes;
};

static gsize
measure (GenosMeshFrame *frame)
{
  return strlen (frame->data) + OVERHEAD;
}

static void
waiting_free (gpointer data)
{
  Waiting *waiting = data;

  genos_mesh_frame_unref (waiting->frame);
  g_free (waiting);
}

static void
origin_free (gpointer data)
{
  Origin *origin = data;

  g_queue_clear_full (&origin->frames, waiting_free);
  g_free (origin->id);
  g_free (origin);
}

GenosMeshQueue *
genos_mesh_queue_new (void)
{
  GenosMeshQueue *self = g_new0 (GenosMeshQueue, 1);

  g_queue_init (&self->control);
  g_queue_init (&self->turns);
  self->origins = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

void
genos_mesh_queue_free (GenosMeshQueue *self)
{
  g_hash_table_unref (self->origins);
  g_queue_clear_full (&self->control, waiting_free);
  g_queue_clear_full (&self->turns, origin_free);
  g_clear_pointer (&self->put_back, waiting_free);
  g_free (self);
}

static Waiting *
make_waiting (GenosMeshFrame *frame, guint ttl)
{
  Waiting *waiting = g_new (Waiting, 1);

  *waiting = (Waiting){ genos_mesh_frame_ref (frame), ttl };
  return waiting;
}

static void
count (GenosMeshQueue *self, Origin *origin, GenosMeshFrame *frame, int sign)
{
  gssize size = sign * (gssize) measure (frame);

  self->n += sign;
  self->bytes += size;
  if (origin != NULL)
    origin->bytes += size;
}

static Origin *
find_largest (GenosMeshQueue *self)
{
  Origin *largest = NULL;

  for (GList *l = self->turns.head; l != NULL; l = l->next) {
    Origin *origin = l->data;

    if (largest == NULL || origin->bytes > largest->bytes)
      largest = origin;
  }
  return largest;
}

static void
end_turn (GenosMeshQueue *self, Origin *origin)
{
  g_queue_remove (&self->turns, origin);
  if (!g_queue_is_empty (&origin->frames)) {
    g_queue_push_tail (&self->turns, origin);
    return;
  }
  g_hash_table_remove (self->origins, origin->id);
  origin_free (origin);
}

static guint
drop_too_many (GenosMeshQueue *self)
{
  guint n_dropped = 0;

  while (self->n > GENOS_MESH_QUEUE_FRAMES || self->bytes > GENOS_MESH_QUEUE_BYTES) {
    Origin *origin = find_largest (self);
    Waiting *newest = origin != NULL ? g_queue_pop_tail (&origin->frames) : NULL;

    if (newest == NULL)
      break;
    count (self, origin, newest->frame, -1);
    waiting_free (newest);
    n_dropped++;
    if (g_queue_is_empty (&origin->frames))
      end_turn (self, origin);
  }
  return n_dropped;
}

guint
genos_mesh_queue_push (GenosMeshQueue *self, GenosMeshFrame *frame, guint ttl)
{
  Origin *origin;

  if (frame->kind != GENOS_MESH_MSG) {
    if (g_queue_get_length (&self->control) >= GENOS_MESH_QUEUE_CONTROL)
      return 1;
    g_queue_push_tail (&self->control, make_waiting (frame, ttl));
    count (self, NULL, frame, 1);
    return 0;
  }
  origin = g_hash_table_lookup (self->origins, frame->origin);
  if (origin == NULL) {
    origin = g_new0 (Origin, 1);
    origin->id = g_strdup (frame->origin);
    g_queue_init (&origin->frames);
    g_hash_table_insert (self->origins, origin->id, origin);
    g_queue_push_tail (&self->turns, origin);
  }
  g_queue_push_tail (&origin->frames, make_waiting (frame, ttl));
  count (self, origin, frame, 1);
  return drop_too_many (self);
}

static GenosMeshFrame *
take (GenosMeshQueue *self, Origin *origin, Waiting *waiting, guint *ttl)
{
  GenosMeshFrame *frame = genos_mesh_frame_ref (waiting->frame);

  *ttl = waiting->ttl;
  count (self, origin, frame, -1);
  waiting_free (waiting);
  return frame;
}

static GenosMeshFrame *
pop_in_turn (GenosMeshQueue *self, guint *ttl)
{
  Origin *origin;

  while ((origin = g_queue_peek_head (&self->turns)) != NULL) {
    Waiting *first = g_queue_peek_head (&origin->frames);
    gssize size = measure (first->frame);
    GenosMeshFrame *frame;

    if (origin->credit < size) {
      origin->credit += QUANTUM;
      end_turn (self, origin);
      continue;
    }
    origin->credit -= size;
    frame = take (self, origin, g_queue_pop_head (&origin->frames), ttl);
    if (g_queue_is_empty (&origin->frames))
      end_turn (self, origin);
    return frame;
  }
  return NULL;
}

GenosMeshFrame *
genos_mesh_queue_pop (GenosMeshQueue *self, guint *ttl)
{
  if (self->put_back != NULL)
    return take (self, NULL, g_steal_pointer (&self->put_back), ttl);
  if (!g_queue_is_empty (&self->control))
    return take (self, NULL, g_queue_pop_head (&self->control), ttl);
  return pop_in_turn (self, ttl);
}

void
genos_mesh_queue_unpop (GenosMeshQueue *self, GenosMeshFrame *frame, guint ttl)
{
  self->put_back = make_waiting (frame, ttl);
  count (self, NULL, frame, 1);
}

guint
genos_mesh_queue_get_n (GenosMeshQueue *self)
{
  return self->n;
}

gsize
genos_mesh_queue_get_bytes (GenosMeshQueue *self)
{
  return self->bytes;
}
