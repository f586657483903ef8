/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/mesh/mesh-queue.h>

#include <string.h>

#include <genos/mesh/mesh-feed.h>

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

typedef enum { CONTROL, MESSAGES, BULK, N_LANES } LaneNumber;

/* Of messages and of bulk. */
typedef struct {
  GQueue turns;        /* of Origin: whoever is first has the turn */
  GHashTable *origins; /* char * (the origin's) → Origin */
} Lane;

struct _GenosMeshQueue {
  GQueue control; /* of Waiting */
  Lane lanes[N_LANES];
  Waiting *put_back[N_LANES]; /* (nullable): was not taken, and is the next of its lane */
  GenosMeshFeed *feed;        /* (nullable): no chunk ever waited */
  gboolean fed;               /* the last of bulk was a chunk */
  guint n;
  gsize bytes;
};

static gsize
measure (GenosMeshFrame *frame)
{
  return strlen (frame->data) + OVERHEAD;
}

static LaneNumber
get_lane (GenosMeshFrame *frame)
{
  if (frame->kind != GENOS_MESH_MSG || frame->ack != NULL)
    return CONTROL;
  return frame->bulk ? BULK : MESSAGES;
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
  for (guint i = MESSAGES; i < N_LANES; i++) {
    g_queue_init (&self->lanes[i].turns);
    self->lanes[i].origins = g_hash_table_new (g_str_hash, g_str_equal);
  }
  return self;
}

void
genos_mesh_queue_free (GenosMeshQueue *self)
{
  g_queue_clear_full (&self->control, waiting_free);
  for (guint i = MESSAGES; i < N_LANES; i++) {
    g_hash_table_unref (self->lanes[i].origins);
    g_queue_clear_full (&self->lanes[i].turns, origin_free);
  }
  for (guint i = 0; i < N_LANES; i++)
    g_clear_pointer (&self->put_back[i], waiting_free);
  g_clear_pointer (&self->feed, genos_mesh_feed_free);
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
find_largest (GenosMeshQueue *self, Lane **lane)
{
  Origin *largest = NULL;

  for (guint i = MESSAGES; i < N_LANES; i++) {
    for (GList *l = self->lanes[i].turns.head; l != NULL; l = l->next) {
      Origin *origin = l->data;

      if (largest != NULL && origin->bytes <= largest->bytes)
        continue;
      largest = origin;
      *lane = &self->lanes[i];
    }
  }
  return largest;
}

static void
end_turn (Lane *self, Origin *origin)
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
    Lane *lane;
    Origin *origin = find_largest (self, &lane);
    Waiting *newest = origin != NULL ? g_queue_pop_tail (&origin->frames) : NULL;

    if (newest == NULL)
      break;
    count (self, origin, newest->frame, -1);
    waiting_free (newest);
    n_dropped++;
    if (g_queue_is_empty (&origin->frames))
      end_turn (lane, origin);
  }
  return n_dropped;
}

static Origin *
ensure_origin (Lane *self, const char *id)
{
  Origin *origin = g_hash_table_lookup (self->origins, id);

  if (origin != NULL)
    return origin;
  origin = g_new0 (Origin, 1);
  origin->id = g_strdup (id);
  g_queue_init (&origin->frames);
  g_hash_table_insert (self->origins, origin->id, origin);
  g_queue_push_tail (&self->turns, origin);
  return origin;
}

guint
genos_mesh_queue_push (GenosMeshQueue *self, GenosMeshFrame *frame, guint ttl)
{
  LaneNumber lane = get_lane (frame);
  Origin *origin;

  if (lane == CONTROL) {
    if (g_queue_get_length (&self->control) >= GENOS_MESH_QUEUE_CONTROL)
      return 1;
    g_queue_push_tail (&self->control, make_waiting (frame, ttl));
    count (self, NULL, frame, 1);
    return 0;
  }
  origin = ensure_origin (&self->lanes[lane], frame->origin);
  g_queue_push_tail (&origin->frames, make_waiting (frame, ttl));
  count (self, origin, frame, 1);
  return drop_too_many (self);
}

void
genos_mesh_queue_push_chunk (
    GenosMeshQueue *self, GenosMeshTransfer *transfer, guint index, guint ttl)
{
  if (self->feed == NULL)
    self->feed = genos_mesh_feed_new ();
  genos_mesh_feed_push (self->feed, transfer, index, ttl);
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
pop_in_turn (GenosMeshQueue *self, Lane *lane, guint *ttl)
{
  Origin *origin;

  while ((origin = g_queue_peek_head (&lane->turns)) != NULL) {
    Waiting *first = g_queue_peek_head (&origin->frames);
    gssize size = measure (first->frame);
    GenosMeshFrame *frame;

    if (origin->credit < size) {
      origin->credit += QUANTUM;
      end_turn (lane, origin);
      continue;
    }
    origin->credit -= size;
    frame = take (self, origin, g_queue_pop_head (&origin->frames), ttl);
    if (g_queue_is_empty (&origin->frames))
      end_turn (lane, origin);
    return frame;
  }
  return NULL;
}

static GenosMeshFrame *
take_back (GenosMeshQueue *self, LaneNumber lane, guint *ttl)
{
  Waiting *waiting = g_steal_pointer (&self->put_back[lane]);

  return waiting != NULL ? take (self, NULL, waiting, ttl) : NULL;
}

/* Bulk that was not taken lets others overtake still. */
static GenosMeshFrame *
pop_directed (GenosMeshQueue *self, guint *ttl)
{
  GenosMeshFrame *frame = take_back (self, BULK, ttl);

  return frame != NULL ? frame : pop_in_turn (self, &self->lanes[BULK], ttl);
}

static GenosMeshFrame *
pop_bulk (GenosMeshQueue *self, guint *ttl)
{
  GenosMeshFrame *frame = self->fed ? pop_directed (self, ttl) : NULL;

  if (frame == NULL && self->feed != NULL)
    frame = genos_mesh_feed_pop (self->feed, ttl);
  self->fed = frame != NULL && frame->is_chunk;
  return frame != NULL ? frame : pop_directed (self, ttl);
}

GenosMeshFrame *
genos_mesh_queue_pop (GenosMeshQueue *self, guint *ttl)
{
  GenosMeshFrame *frame = NULL;

  for (guint lane = CONTROL; frame == NULL && lane <= MESSAGES; lane++)
    frame = take_back (self, lane, ttl);
  if (frame == NULL && !g_queue_is_empty (&self->control))
    frame = take (self, NULL, g_queue_pop_head (&self->control), ttl);
  if (frame == NULL)
    frame = pop_in_turn (self, &self->lanes[MESSAGES], ttl);
  return frame != NULL ? frame : pop_bulk (self, ttl);
}

void
genos_mesh_queue_unpop (GenosMeshQueue *self, GenosMeshFrame *frame, guint ttl)
{
  if (frame->is_chunk) {
    genos_mesh_feed_unpop (self->feed);
    return;
  }
  self->put_back[get_lane (frame)] = make_waiting (frame, ttl);
  count (self, NULL, frame, 1);
}

guint
genos_mesh_queue_get_n (GenosMeshQueue *self)
{
  return self->n + (self->feed != NULL ? genos_mesh_feed_get_n (self->feed) : 0);
}

gsize
genos_mesh_queue_get_bytes (GenosMeshQueue *self)
{
  return self->bytes;
}

gboolean
genos_mesh_queue_is_behind (GenosMeshQueue *self, GenosMeshFrame *frame)
{
  LaneNumber lane = get_lane (frame);

  if (lane == BULK)
    return genos_mesh_queue_get_n (self) > 0;
  if (self->put_back[CONTROL] != NULL || !g_queue_is_empty (&self->control))
    return TRUE;
  return lane == MESSAGES
      && (self->put_back[MESSAGES] != NULL || !g_queue_is_empty (&self->lanes[MESSAGES].turns));
}
